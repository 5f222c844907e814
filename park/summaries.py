"""What regulators see of a park: additive figures of its completed months, small cells hidden, refreshed once a day.

A figure of a month is shown only if at least three tenants contribute to it and none makes up more than 80 %. Where one
part of a total is hidden, the next smallest part is hidden too, so that total minus parts tells nothing. A month is shown
only if its contributors differ from those of the last shown month by none or by at least three: else the difference of
two months would be one firm.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa

from park import progress, rollups
from park.access import accounts_session, park_session, summary_session
from tenants.calc.sums import FlowSum
from tenants.db import Database, Session
from tenants.ledger import account, cancel_transfers
from tenants.period import Period, add_months, of_year

METHOD = "cn_park_2025"
TOTALS = ("emission_tco2", "energy_equivalent_tce")
PARTS = ("clean_pv_tce", "clean_direct_tce", "clean_traded_tce", "clean_gec_tce", "clean_other_tce")
FIGURES = (*TOTALS, *PARTS)
FEWEST = 3
LARGEST_SHARE = Decimal("0.8")


@dataclass(frozen=True)
class Cell:
    """One figure of one month. `value` is None where hidden, and `hidden` says why."""

    figure: str
    value: Decimal | None
    hidden: str | None
    contributors: tuple[str, ...]


def cell(figure: str, value: Decimal, parts: dict[str, Decimal]) -> Cell:
    """The figure, hidden if fewer than three tenants contribute or one is above 80 %."""
    given = {tenant: abs(part) for tenant, part in parts.items() if part}
    names = tuple(sorted(given))
    if not given:
        return Cell(figure, value, None, names)  # nobody has any: zero tells nothing about anyone
    if len(given) < FEWEST:
        return Cell(figure, None, "few", names)
    if max(given.values()) > LARGEST_SHARE * sum(given.values()):
        return Cell(figure, None, "dominated", names)
    return Cell(figure, value, None, names)


def hide_complement(cells: Iterable[Cell]) -> list[Cell]:
    """The parts of one total; where exactly one is hidden, the smallest shown one is hidden too."""
    parts = list(cells)
    hidden = [one for one in parts if one.value is None]
    shown = sorted((one for one in parts if one.value), key=lambda one: (one.value or 0, one.figure))
    if len(hidden) != 1 or not shown:
        return parts
    return [replace(one, value=None, hidden="complement") if one is shown[0] else one for one in parts]


def may_follow(last: Sequence[str] | None, now: Sequence[str]) -> bool:
    """Whether a month with these contributors may be shown after the last shown one."""
    return last is None or len(set(last) ^ set(now)) not in (1, 2)


def refresh(db: Database, owner: sa.Engine, today: dt.date | None = None) -> int:
    """Makes the summaries of all parks anew, for the last year and this one; gives the number of parks.

    Args:
        today: the local day; None: each park's own.
    """
    with accounts_session(db) as session:
        parks = [(row.name, row.timezone) for row in session.rows("SELECT name, timezone FROM shared.park ORDER BY name")]
    for park, zone in parks:
        day = today or dt.datetime.now(ZoneInfo(zone)).date()
        period = Period("rolling", dt.date(day.year - 1, 1, 1), day.replace(day=1))
        with park_session(db, park) as session:
            months = _months(session, period)
            facts = {year: progress.year_facts(session, year, day) for year in (day.year - 1, day.year)}
        with summary_session(db, owner) as session:
            _store(session, park, months, facts)
    return len(parks)


def _months(session: Session, period: Period) -> dict[dt.date, tuple[list[Cell], int, int]]:
    """The cells of each completed month, with missing and expected minutes."""
    found: dict[dt.date, tuple[list[Cell], int, int]] = {}
    last: Sequence[str] | None = None
    for month, tenants in _by_month_and_tenant(session, period).items():
        choice = rollups.chosen_year(session, month.year)
        cells = _cells(month, tenants, choice)
        everyone = cells[0].contributors
        if may_follow(last, everyone):
            last = everyone
        else:
            cells = [replace(one, value=None, hidden="changed") for one in cells]
        flows = [one for sums in tenants.values() for one in sums]
        found[month] = cells, sum(one.missing for one in flows), sum(one.expected for one in flows)
    return found


def _cells(month: dt.date, tenants: dict[str, list[FlowSum]], choice: int | None) -> list[Cell]:
    def figures(sums: Sequence[FlowSum]) -> dict[str, Decimal]:
        found = account(sums, method=METHOD, year=month.year, choice=choice).figures
        return {key: found[key].value or Decimal(0) for key in FIGURES if key in found}

    whole = figures(cancel_transfers([one for sums in tenants.values() for one in sums]))
    each = {tenant: figures(sums) for tenant, sums in tenants.items()}
    made = {
        key: cell(key, whole[key], {tenant: own.get(key, Decimal(0)) for tenant, own in each.items()})
        for key in FIGURES
        if key in whole
    }
    parts = hide_complement(made[key] for key in PARTS if key in made)
    return [*(made[key] for key in TOTALS if key in made), *parts]


def _by_month_and_tenant(session: Session, period: Period) -> dict[dt.date, dict[str, list[FlowSum]]]:
    rows = session.rows(
        "SELECT month, tenant, flow, region, sum(quantity)::bigint, sum(measured)::bigint, sum(estimated)::bigint, "
        "sum(backed)::bigint, sum(missing)::bigint, sum(expected)::bigint FROM flow_month "
        "WHERE month >= :start AND month < :end GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
        start=period.start, end=period.end,
    )  # fmt: skip
    found: dict[dt.date, dict[str, list[FlowSum]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row.month][row.tenant].append(FlowSum(*tuple(row)[2:]))
    return found


def _store(
    session: Session, park: str, months: dict[dt.date, tuple[list[Cell], int, int]], facts: dict[int, dict[str, Any]]
) -> None:
    session.execute("DELETE FROM shared.summary_month WHERE park = :park", {"park": park})
    session.execute("DELETE FROM shared.summary_year WHERE park = :park", {"park": park})
    cells = [
        {"park": park, "month": month, "method": METHOD, "figure": one.figure, "value": one.value, "hidden": one.hidden,
         "tenants": len(one.contributors), "missing": missing, "expected": expected, "contributors": list(one.contributors)}
        for month, (row, missing, expected) in months.items() for one in row
    ]  # fmt: skip
    if cells:
        session.execute(
            "INSERT INTO shared.summary_month (park, month, method, figure, value, hidden, tenants, missing, expected, "
            "contributors) VALUES (:park, :month, :method, :figure, :value, :hidden, :tenants, :missing, :expected, "
            ":contributors)",
            cells,
        )
    session.execute(
        "INSERT INTO shared.summary_year (park, year, facts) VALUES (:park, :year, CAST(:facts AS jsonb))",
        [{"park": park, "year": year, "facts": orjson.dumps(one, default=str).decode()} for year, one in facts.items()],
    )


@dataclass(frozen=True)
class ParkRow:
    """One park as a regulator sees it in a year: sums of its `months` shown months; None where a month's cell is hidden."""

    park: str
    title: str
    province: str
    demo: bool
    figures: dict[str, Decimal | None]
    hidden: dict[str, str]
    months: int
    held_back: int
    tenants: int
    completeness: Decimal | None
    facts: dict[str, Any]
    refreshed: dt.datetime | None

    @property
    def core(self) -> Decimal | None:
        """Carbon per unit of energy of the shown months [tCO2/tce]."""
        emission, energy = (self.figures.get(key) for key in TOTALS)
        return emission / energy if emission is not None and energy else None

    @property
    def clean_share(self) -> Decimal | None:
        """Clean share of the shown months' energy; None if a part is hidden."""
        parts = [self.figures.get(key) for key in PARTS]
        energy = self.figures.get("energy_equivalent_tce")
        if any(part is None for part in parts) or not energy:
            return None
        return sum((part for part in parts if part is not None), Decimal(0)) / energy


def compared(session: Session, year: int, months: int = 12) -> list[ParkRow]:
    """All parks of a regulator's session in the first so many months of a year, in the order of their titles."""
    period = Period("ytd", dt.date(year, 1, 1), add_months(of_year(year).start, months))
    cells: dict[str, list[sa.Row[Any]]] = defaultdict(list)
    for row in session.rows(
        "SELECT * FROM month WHERE month >= :start AND month < :end AND method = :method",
        start=period.start, end=period.end, method=METHOD,
    ):  # fmt: skip
        cells[row.park].append(row)
    facts = {row.park: row for row in session.rows("SELECT * FROM year WHERE year = :year", year=year)}
    return [_row(park, cells[park.name], facts.get(park.name)) for park in session.rows("SELECT * FROM park ORDER BY title")]


def _row(park: sa.Row[Any], cells: list[sa.Row[Any]], facts: sa.Row[Any] | None) -> ParkRow:
    sums: dict[str, Decimal | None] = {}
    hidden: dict[str, str] = {}
    held_back = {one.month for one in cells if one.hidden == "changed"}
    cells = [one for one in cells if one.month not in held_back]
    for key in FIGURES:
        mine = [one for one in cells if one.figure == key]
        shown = [one.value for one in mine if one.value is not None]
        if reasons := [one.hidden for one in mine if one.hidden]:
            hidden[key] = reasons[-1]
        sums[key] = sum(shown, Decimal(0)) if shown and len(shown) == len(mine) else None
    totals = [one for one in cells if one.figure == TOTALS[0]]
    expected = sum(one.expected for one in totals)
    return ParkRow(
        park.name, park.title, park.province, park.demo, sums, hidden, len({one.month for one in totals}), len(held_back),
        max((one.tenants for one in totals), default=0),
        Decimal(expected - sum(one.missing for one in totals)) / expected if expected else None,
        facts.facts if facts else {}, facts.refreshed if facts else None,
    )  # fmt: skip


def trend(session: Session, park: str, last: dt.date) -> list[sa.Row[Any]]:
    """The shown figures of one park, month by month over two years: month, figure, value, hidden."""
    return list(session.rows(
        "SELECT month, figure, value, hidden, tenants FROM month WHERE park = :park AND method = :method "
        "AND month > :since ORDER BY month, figure",
        park=park, method=METHOD, since=add_months(last.replace(day=1), -24),
    ))  # fmt: skip
