"""Messages that leave the house: written in the transaction that causes them, carried afterwards by the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

import sqlalchemy as sa

from park.access import accounts_session
from park.people.carriers import Carrier, CarryingFailed, Message
from park.people.contact import Contact
from tenants.db import Database, Session

GIVE_UP_AFTER: Final = 8


def put(session: Session, contact: Contact, subject: str, body: str) -> None:
    """Leaves a message for the contact."""
    session.execute(
        "INSERT INTO shared.outbox (id, channel, recipient, subject, body) VALUES (:id, :channel, :to, :subject, :body)",
        {"id": uuid4(), "channel": contact.channel, "to": contact.value, "subject": subject, "body": body},
    )


def carry(db: Database, carriers: Mapping[str, Carrier], limit: int = 50) -> int:
    """How many messages were carried. One that fails is tried again later, up to eight times, each later than the last.

    A message is sent while its row is locked, so two workers never send it twice; after sending its text is emptied.
    """
    sent = 0
    while sent < limit and _carry_one(db, carriers):
        sent += 1
    return sent


def _carry_one(db: Database, carriers: Mapping[str, Carrier]) -> bool:
    with accounts_session(db) as session:
        row = session.row(
            "SELECT id, channel, recipient, subject, body, tries FROM shared.outbox WHERE sent IS NULL AND tries < :most "
            "AND channel = ANY(:channels) AND created + interval '20 seconds' * (power(2, tries) - 1) <= now() "
            "ORDER BY tries, created LIMIT 1 FOR UPDATE SKIP LOCKED",
            most=GIVE_UP_AFTER, channels=list(carriers),
        )  # fmt: skip
        if row is None:
            return False
        try:
            carriers[row.channel].carry(Message(row.channel, row.recipient, row.subject, row.body))
        except CarryingFailed as failure:
            session.execute(
                "UPDATE shared.outbox SET tries = tries + 1, error = :error WHERE id = :id",
                {"error": str(failure.facts.get("reason", ""))[:500], "id": row.id},
            )
        else:
            session.execute("UPDATE shared.outbox SET sent = now(), body = '', error = NULL WHERE id = :id", {"id": row.id})
        return True


def recent(db: Database, limit: int = 50) -> Sequence[sa.Row[Any]]:
    """The newest messages, for the demo's outbox page."""
    with accounts_session(db) as session:
        return session.rows(
            "SELECT channel, recipient, subject, body, created FROM shared.outbox ORDER BY created DESC LIMIT :limit", limit=limit
        )


def sweep(session: Session) -> int:
    """How many old messages were deleted: a day after they were sent, a week after they could not be."""
    return session.execute(
        "DELETE FROM shared.outbox WHERE sent < now() - interval '1 day' OR created < now() - interval '7 days'"
    ).rowcount
