"""Derives everything again and compares it with what is published: there must be no difference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from tenants import clock
from tenants.db import TenantSession
from tenants.publish.facts import published_through, sites
from tenants.publish.run import derive, first_day
from tenants.publish.write import NUMBERS

_SHOWN = (
    "SELECT day FROM shared.flow_day WHERE tenant = current_user "
    "UNION ALL SELECT month FROM shared.flow_month WHERE tenant = current_user"
)
_SUMS = ", ".join(NUMBERS)
Row = tuple[int, ...]


@dataclass(frozen=True)
class Difference:
    """One published row that is not what the facts say; None: there is no such row on that side. Numbers as in `FlowSum`."""

    site: UUID
    flow: str
    period: str  # a day or a month
    published: Row | None
    derived: Row | None


def check(session: TenantSession, first: dt.date | None = None, last: dt.date | None = None) -> list[Difference]:
    """Every published day and month between the two days (default: all) that differs from what the facts give."""
    begin = first or _first_day(session)
    through = published_through(session)
    if begin is None:
        return []
    over = begin if through is None else clock.date_of(through)
    begin, end = begin.replace(day=1), last or max(over, _last_published(session))
    end = (end.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    derived = dict(_derived(session, begin, end))
    found = _compare(_published(session, "day", begin, end), derived, "%Y-%m-%d")
    months: dict[tuple[UUID, str, dt.date], Row] = {}
    for (site, flow, day), row in derived.items():
        key = (site, flow, day.replace(day=1))
        months[key] = tuple(a + b for a, b in zip(months.get(key, (0,) * len(row)), row, strict=True))
    return found + _compare(_published(session, "month", begin, end), months, "%Y-%m")


def _first_day(session: TenantSession) -> dt.date | None:
    """The first day that is published or should be."""
    shown = session.scalar(f"SELECT min(day) FROM ({_SHOWN}) shown")
    known = (first_day(facts) for facts in sites(session))
    return min((*(clock.date_of(day) for day in known if day is not None), *([shown] if shown else [])), default=None)


def _last_published(session: TenantSession) -> dt.date:
    found: dt.date | None = session.scalar(f"SELECT max(day) FROM ({_SHOWN}) shown")
    return found or dt.date(1970, 1, 1)


def _published(session: TenantSession, unit: str, first: dt.date, last: dt.date) -> dict[tuple[UUID, str, dt.date], Row]:
    rows = session.rows(
        f"SELECT site, flow, {unit}, {_SUMS} FROM shared.flow_{unit} WHERE tenant = current_user "
        f"AND {unit} BETWEEN :first AND :last AND flow NOT IN ('gec_applied', 'traded_applied')",
        first=first, last=last,
    )  # fmt: skip
    cells: list[tuple[Any, ...]] = [tuple(row) for row in rows]
    return {(row[0], row[1], row[2]): row[3:] for row in cells}


def _derived(session: TenantSession, first: dt.date, last: dt.date) -> Iterator[tuple[tuple[UUID, str, dt.date], Row]]:
    low, high = clock.number_of(first), clock.number_of(last)
    for facts, window, flows in derive(session, first, last):
        for flow, sums in flows.items():
            shown = sums.known & (window.days >= low) & (window.days <= high)
            table = np.stack([column[shown] for column in sums.columns], axis=1).tolist()
            for day, row in zip(window.days[shown].tolist(), table, strict=True):
                yield (facts.site.id, flow, clock.date_of(day)), tuple(row)


def _compare(
    published: dict[tuple[UUID, str, dt.date], Row], derived: dict[tuple[UUID, str, dt.date], Row], form: str
) -> list[Difference]:
    keys = sorted({*published, *derived}, key=lambda key: (str(key[0]), key[1], key[2]))
    return [
        Difference(site, flow, day.strftime(form), published.get((site, flow, day)), derived.get((site, flow, day)))
        for site, flow, day in keys
        if published.get((site, flow, day)) != derived.get((site, flow, day))
    ]
