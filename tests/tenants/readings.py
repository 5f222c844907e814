"""Short ways to make series, send them through the gate and look at what is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa

from tenants.db import Database, TenantSession, tenant_session
from tenants.flows import MEASURED, MISSING
from tenants.ingest.accept import accept
from tenants.ingest.receipt import Receipt
from tenants.ingest.series import Series

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = dt.date(2026, 3, 1)


def instant(day: str, zone: ZoneInfo = SHANGHAI) -> int:
    """UTC seconds of a local time such as 2026-01-31 or 2026-01-31T10:15."""
    return int(dt.datetime.fromisoformat(day).replace(tzinfo=zone).timestamp())


def series(
    meter: str, start: str | int, values: Sequence[int | None], *, flow: str = "grid_in", step: int = 15, quality: int = MEASURED,
    row: int = 1, inexact: bool = False,
) -> Series:  # fmt: skip
    """Consecutive intervals [milli-units]; None is a missing one."""
    begin = start if isinstance(start, int) else instant(start)
    count = len(values)
    return Series(
        meter, flow, step, begin + np.arange(count, dtype=np.int64) * 60 * step,
        np.array([value or 0 for value in values], np.int64),
        np.array([MISSING if value is None else quality for value in values], np.uint8),
        np.arange(row, row + count, dtype=np.int32), inexact,
    )  # fmt: skip


def send(db: Database, tenant: str, *several: Series, replace: str | None = None, today: dt.date = TODAY) -> Receipt:
    """One submission in its own transaction, new meters allowed."""
    with tenant_session(db, tenant) as session:
        return accept(
            session, several, source="http", name="test", sha256="0" * 64, actor="test", replace_reason=replace,
            create_missing=True, today=today,
        )  # fmt: skip


def days(session: TenantSession, flow: str) -> dict[str, sa.Row]:  # type: ignore[type-arg]
    """The published days of a flow."""
    rows = session.rows("SELECT * FROM shared.flow_day WHERE tenant = current_user AND flow = :flow ORDER BY day", flow=flow)
    return {row.day.isoformat(): row for row in rows}


def months(session: TenantSession, flow: str) -> dict[str, sa.Row]:  # type: ignore[type-arg]
    """The published months of a flow, summed over sites."""
    rows = session.rows(
        "SELECT to_char(month, 'YYYY-MM') AS month, sum(quantity)::bigint AS quantity, sum(measured)::bigint AS measured, "
        "sum(estimated)::bigint AS estimated, sum(backed)::bigint AS backed, sum(missing)::int AS missing, "
        "sum(expected)::int AS expected FROM shared.flow_month WHERE tenant = current_user AND flow = :flow "
        "GROUP BY 1 ORDER BY 1",
        flow=flow,
    )
    return {row.month: row for row in rows}


def digest(session: TenantSession) -> str:
    """One hash over all curve rows and everything published."""
    numbers = " || '/' || ".join(("f.quantity", "f.measured", "f.estimated", "f.backed", "f.missing", "f.expected"))
    return str(
        session.scalar(
            "SELECT md5(string_agg(line, '|' ORDER BY line)) FROM ("
            "SELECT m.name || c.flow || v.day || v.step_minutes || v.values::text || v.quality::text || v.total "
            "AS line FROM curve v JOIN channel c ON c.id = v.channel JOIN meter m ON m.id = c.meter UNION ALL "
            f"SELECT f.flow || f.day || {numbers} FROM shared.flow_day f WHERE tenant = current_user UNION ALL "
            f"SELECT f.flow || f.month || {numbers} FROM shared.flow_month f WHERE tenant = current_user) AS lines"
        )
    )
