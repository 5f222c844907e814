"""The firm confirms its months: the park reads the confirmed ones as submitted."""

from __future__ import annotations

import datetime as dt

from tenants import audit
from tenants.db import TenantSession
from tenants.errors import InvalidInput
from tenants.period import next_month
from tenants.publish.write import say_published


def open_months(session: TenantSession, today: dt.date) -> list[dt.date]:
    """Completed months with data that are not confirmed yet, newest first; those of this year and the last."""
    rows = session.rows(
        "SELECT DISTINCT f.month FROM shared.flow_month f WHERE f.tenant = current_user AND f.missing < f.expected "
        "AND f.month >= :since AND f.month < :this "
        "AND NOT EXISTS (SELECT FROM submission s WHERE s.month = f.month) ORDER BY f.month DESC",
        since=dt.date(today.year - 1, 1, 1), this=today.replace(day=1),
    )  # fmt: skip
    return [row.month for row in rows]


def confirm(session: TenantSession, month: dt.date, *, actor: str, today: dt.date | None = None) -> None:
    """Confirms a completed month. A second time changes nothing.

    Raises:
        InvalidInput: the month is not over, or there is nothing in it.
    """
    first = month.replace(day=1)
    day = today or dt.datetime.now(session.zone).date()
    if next_month(first) > day:
        raise InvalidInput(
            field="month", reason="{month} is not over yet", remedy="Confirm it when it is over.", month=f"{first:%Y-%m}"
        )
    if not session.scalar(
        "SELECT 1 FROM shared.flow_month WHERE tenant = current_user AND month = :m AND missing < expected LIMIT 1", m=first
    ):
        raise InvalidInput(field="month", reason="there is nothing in {month}", remedy="Upload a file or enter a bill first.",
                           month=f"{first:%Y-%m}")  # fmt: skip
    done = session.execute(
        "INSERT INTO submission (month, actor) VALUES (:m, :actor) ON CONFLICT (month) DO NOTHING", {"m": first, "actor": actor}
    )
    if done.rowcount:
        session.execute(
            "INSERT INTO shared.submitted (tenant, month, park) VALUES (current_user, :m, :park) "
            "ON CONFLICT (tenant, month) DO NOTHING",
            {"m": first, "park": session.park},
        )
        say_published(session)
        audit.record(session, subject=session.tenant, actor=actor, action="month.confirm", month=f"{first:%Y-%m}")
