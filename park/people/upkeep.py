"""What the worker does for people: carries messages, and clears away what is over."""

from __future__ import annotations

from park.access import accounts_session
from park.config import Settings
from park.people import codes, outbox, sessions, throttle
from park.people.carriers import carriers_of
from tenants.db import Database


def carry(db: Database, settings: Settings) -> int:
    """How many messages were carried out of the house just now."""
    carriers = carriers_of(settings)
    return outbox.carry(db, carriers) if carriers else 0


def sweep(db: Database) -> dict[str, int]:
    """How many dead sessions, old codes, messages and counts of tries were deleted. Once a day."""
    with accounts_session(db) as session:
        return {
            "sessions": sessions.sweep(session), "codes": codes.sweep(session),
            "messages": outbox.sweep(session), "tries": throttle.sweep(session),
        }  # fmt: skip
