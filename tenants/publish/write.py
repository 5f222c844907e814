"""Writes sums into the shared schema under the tenant's own role. Only rows that differ are touched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from tenants import clock
from tenants.db import TenantSession
from tenants.publish.sums import DaySums, Window
from tenants.topology import Site

NUMBERS = ("quantity", "measured", "estimated", "backed", "missing", "expected")
_SET = ", ".join(f"{name} = excluded.{name}" for name in ("park", "zone", "region", *NUMBERS))
_COLUMNS = ", ".join(NUMBERS)
_MINE = "tenant = current_user AND site = :site"


def _differs(table: str) -> str:
    names = ("park", "zone", "region", *NUMBERS)
    return f"({', '.join(f'{table}.{n}' for n in names)}) IS DISTINCT FROM ({', '.join(f'excluded.{n}' for n in names)})"


_ARRAYS = ", ".join(f"CAST(:{name} AS bigint[])" for name in NUMBERS)
_INSERT_DAYS = f"""
    INSERT INTO shared.flow_day (tenant, site, flow, day, park, zone, region, {_COLUMNS})
    SELECT current_user, :site, :flow, date '1970-01-01' + d, :park, :zone, :region, {_COLUMNS}
    FROM unnest(CAST(:days AS int[]), {_ARRAYS}) AS q(d, {_COLUMNS})
    ON CONFLICT (tenant, site, flow, day) DO UPDATE SET {_SET} WHERE {_differs("flow_day")}
"""
_INSERT_MONTHS = f"""
    WITH sums AS MATERIALIZED (
        SELECT flow, day - (extract(day FROM day)::int - 1) AS month, {", ".join(f"sum({n})::bigint AS {n}" for n in NUMBERS)}
        FROM shared.flow_day WHERE {_MINE} AND flow = ANY(:flows) AND day >= :first AND day < :end GROUP BY 1, 2
    )
    INSERT INTO shared.flow_month (tenant, site, flow, month, park, zone, region, {_COLUMNS})
    SELECT current_user, :site, flow, month, :park, :zone, :region, {_COLUMNS} FROM sums
    ON CONFLICT (tenant, site, flow, month) DO UPDATE SET {_SET} WHERE {_differs("flow_month")}
"""
# The days are looked up once, by key: joined to each month instead, a table without fresh statistics is read whole each time.
_DELETE_MONTHS = f"""
    WITH filled AS MATERIALIZED (
        SELECT DISTINCT flow, day - (extract(day FROM day)::int - 1) AS month
        FROM shared.flow_day WHERE {_MINE} AND flow = ANY(:flows) AND day >= :first AND day < :end
    )
    DELETE FROM shared.flow_month m WHERE {_MINE} AND flow = ANY(:flows) AND month >= :first AND month < :end
    AND NOT EXISTS (SELECT FROM filled WHERE filled.flow = m.flow AND filled.month = m.month)
"""


def place(session: TenantSession, site: Site) -> dict[str, Any]:
    """The columns that say where a published row belongs."""
    return {"site": site.id, "park": session.park, "zone": site.zone, "region": site.region}


def write_days(session: TenantSession, site: Site, flow: str, window: Window, sums: DaySums) -> bool:
    """Publishes the flow's days of the window; days on which nothing is expected or there are taken back. Whether any were."""
    known = sums.known
    if not known.all():
        gone = {"site": site.id, "flow": flow, "days": window.days[~known].tolist()}
        session.later(
            f"DELETE FROM shared.flow_day WHERE {_MINE} AND flow = :flow "
            "AND day = ANY (ARRAY(SELECT date '1970-01-01' + d FROM unnest(CAST(:days AS int[])) AS q(d)))",
            gone,
        )
    if known.any():
        columns = {name: _list(column[known]) for name, column in zip(NUMBERS, sums.columns, strict=True)}
        days = _list(window.days[known])
        session.later(_INSERT_DAYS, {**place(session, site), "flow": flow, "days": days, **columns})
    return not bool(known.all())


def _list(numbers: NDArray[np.int64] | NDArray[np.int32]) -> str:
    """Whole numbers as PostgreSQL writes an array, in a tenth of the time the driver needs for a list of them."""
    return f"{{{','.join(map(str, numbers.tolist()))}}}"


def write_months(session: TenantSession, site: Site, flows: Sequence[str], first: int, last: int, *, emptied: bool) -> None:
    """Publishes the months that the days `first` to `last` touch, as the sums of their published days.

    Args:
        emptied: Days were taken back, so a month may have none left.
    """
    start, end = clock.date_of(first).replace(day=1), clock.date_of(last)
    params = {
        **place(session, site),
        "flows": list(flows),
        "first": start,
        "end": (end.replace(day=28) + dt.timedelta(days=4)).replace(day=1),
    }
    session.later(_INSERT_MONTHS, params)
    if emptied:
        session.later(_DELETE_MONTHS, {key: params[key] for key in ("site", "flows", "first", "end")})


def write_curves(
    session: TenantSession,
    site: Site,
    flow: str,
    days: NDArray[np.int32],
    step: int,
    values: NDArray[np.int64],
    complete: NDArray[np.bool_],
) -> None:
    """Publishes the flow's intervals, shape (days, intervals); a value that is not complete is null."""
    rows = [
        {"day": clock.date_of(int(day)).isoformat(), "values": [v if ok else None for v, ok in zip(line, filled, strict=True)]}
        for day, line, filled in zip(days, values.tolist(), complete.tolist(), strict=True)
    ]
    session.execute(
        'INSERT INTO shared.flow_curve (tenant, site, flow, day, park, step_minutes, "values") '
        'SELECT current_user, :site, :flow, day, :park, :step, "values" '
        'FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(day date, "values" bigint[]) '
        "ON CONFLICT (tenant, site, flow, day) DO UPDATE SET park = excluded.park, step_minutes = excluded.step_minutes, "
        '"values" = excluded."values"',
        {"site": site.id, "flow": flow, "park": session.park, "step": step, "rows": orjson.dumps(rows).decode()},
    )


def say_published(session: TenantSession) -> None:
    """Counts this publication, which is what waiting pages look at."""
    session.later(
        "INSERT INTO shared.published (tenant, park, revision) VALUES (current_user, :park, 1) ON CONFLICT (tenant) "
        "DO UPDATE SET revision = published.revision + 1, at = excluded.at",
        {"park": session.park},
    )
