"""What regulators see: no cell of fewer than three, none dominated, nothing to be had by subtraction."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from park import summaries
from park.access import park_session, regulator_session
from park.rollups import of_park
from park.summaries import cell, hide_complement, may_follow
from tenants.db import Database
from tenants.period import of_year
from tests.databases import Installed, new_tenant
from tests.published import publish

AMOUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.decimals(0, 10**6, places=3), max_size=8)


@given(AMOUNTS)
def test_a_shown_cell_has_three_contributors_and_no_giant(parts: dict[str, Decimal]) -> None:
    found = cell("x", sum(parts.values(), Decimal(0)), parts)
    given = [part for part in parts.values() if part]
    if found.value is not None and given:
        assert len(given) >= 3
        assert max(given) <= Decimal("0.8") * sum(given)
    if not given:
        assert found.value == 0


@given(st.lists(AMOUNTS, min_size=2, max_size=5))
def test_never_exactly_one_part_is_hidden_beside_a_shown_one(all_parts: list[dict[str, Decimal]]) -> None:
    cells = hide_complement(cell(str(i), sum(parts.values(), Decimal(0)), parts) for i, parts in enumerate(all_parts))
    hidden = [one for one in cells if one.value is None]
    shown = [one for one in cells if one.value]
    assert len(hidden) != 1 or not shown


@given(st.sets(st.integers(0, 8)), st.sets(st.integers(0, 8)))
def test_two_shown_months_differ_by_none_or_three(last: set[int], now: set[int]) -> None:
    allowed = may_follow([str(one) for one in last], [str(one) for one in now])
    assert allowed == (len(last ^ now) == 0 or len(last ^ now) >= 3)


def months(installed: Installed, db: Database, park: str, firms: int, count: int = 2) -> list[str]:
    tenants = [new_tenant(installed, park) for _ in range(firms)]
    for month in range(1, count + 1):
        for i, tenant in enumerate(tenants, start=2):
            publish(db, tenant, dt.date(2026, month, 1), "grid_in", i * 1_000_000_000)
    return tenants


def row(db: Database, park: str, year: int = 2026) -> summaries.ParkRow:
    with regulator_session(db) as session:
        return next(one for one in summaries.compared(session, year) if one.park == park)


def test_the_regulators_figure_is_the_parks(installed: Installed, db: Database, park: str) -> None:
    months(installed, db, park, 4)
    summaries.refresh(db, installed.owner, dt.date(2026, 3, 5))
    found = row(db, park)
    with park_session(db, park) as session:
        ours = of_park(session, of_year(2026), summaries.METHOD).whole
    for key in summaries.TOTALS:
        assert found.figures[key] == ours.figures[key].value
    assert found.core is not None
    assert round(found.core, 10) == round(ours.figures["carbon_per_energy"].value or 0, 10)
    assert (found.months, found.tenants, found.held_back) == (2, 4, 0)


def test_two_firms_are_not_shown(installed: Installed, db: Database, park: str) -> None:
    months(installed, db, park, 2)
    summaries.refresh(db, installed.owner, dt.date(2026, 3, 5))
    found = row(db, park)
    assert found.core is None
    assert set(found.hidden.values()) == {"few"}


def test_the_running_month_is_not_shown(installed: Installed, db: Database, park: str) -> None:
    months(installed, db, park, 3, count=3)
    summaries.refresh(db, installed.owner, dt.date(2026, 3, 5))
    assert row(db, park).months == 2


def test_one_firm_more_holds_the_month_back(installed: Installed, db: Database, park: str) -> None:
    months(installed, db, park, 3, count=3)
    newcomer = new_tenant(installed, park)
    publish(db, newcomer, dt.date(2026, 2, 1), "grid_in", 3_000_000_000)
    summaries.refresh(db, installed.owner, dt.date(2026, 4, 5))
    found = row(db, park)
    assert (found.months, found.held_back) == (2, 1)
    shown = found.figures["energy_equivalent_tce"]
    assert shown is not None  # January and March: the newcomer's February is not in it
    assert shown == 2 * (2 + 3 + 4) * Decimal("0.2856") * 1000


def test_a_regulator_reads_no_contributors(db: Database) -> None:
    with regulator_session(db) as session:
        assert "contributors" not in {row.column_name for row in session.rows(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'summary'"
        )}  # fmt: skip
