"""What the park may see of a firm beside its months. The views of the park's role enforce it."""

from __future__ import annotations

from tenants import audit, publish
from tenants.db import TenantSession
from tenants.errors import InvalidInput

LEVELS = ("month", "day", "interval")


def current(session: TenantSession) -> str:
    """month, day or interval."""
    return str(session.scalar("SELECT consent FROM shared.tenant WHERE name = current_user"))


def choose(session: TenantSession, level: str, *, actor: str) -> None:
    """Shows the park more or less from now on; what is published follows in the same transaction.

    Raises:
        InvalidInput: no such level.
    """
    if level not in LEVELS:
        raise InvalidInput(
            field="consent", reason="{given} is not a level", remedy="One of: {known}", given=level, known=" ".join(LEVELS)
        )
    before = current(session)
    session.execute("UPDATE shared.tenant SET consent = :level WHERE name = current_user", {"level": level})
    if "interval" in (before, level):
        publish.republish(session)
    audit.record(session, subject=session.tenant, actor=actor, action="consent.choose", before=before, after=level)
