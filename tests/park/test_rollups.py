"""Park = tenants + own loads + remainder, by the same functions; members only while the remainder is unknown."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from park import rollups
from park.access import park_session
from tenants.db import Database
from tenants.errors import InvalidInput
from tenants.period import of_month, of_year
from tests.databases import Installed, new_tenant
from tests.published import publish

MARCH = dt.date(2026, 3, 1)
METHOD = "cn_park_2025"


@pytest.fixture
def three(installed: Installed, park: str, db: Database) -> list[str]:
    tenants = [new_tenant(installed, park, held=held) for held in (False, False, True)]
    for i, tenant in enumerate(tenants, start=1):
        publish(db, tenant, MARCH, "grid_in", i * 1_000_000_000)
    publish(db, tenants[0], MARCH, "fuel:natural_gas", 10_000_000)
    return tenants


def test_members_only_until_the_remainder_is_known(db: Database, park: str, three: list[str]) -> None:
    with park_session(db, park) as session:
        found = rollups.of_park(session, of_month(2026, 3), METHOD)
    assert found.members_only
    assert found.coverage is None
    expected = 6_000_000 * Decimal("0.8325") / 1000 + Decimal("21.62188809")
    assert found.whole.figures["emission_tco2"].shown(6) == expected.quantize(Decimal("0.000001"))


def test_the_whole_is_members_plus_remainder(db: Database, park: str, three: list[str]) -> None:
    with park_session(db, park) as session:
        rollups.set_total(session, month=MARCH, flow="grid_in", quantity=6_500_000_000, source="grid company", actor="test")
        found = rollups.of_park(session, of_month(2026, 3), METHOD)
        year = rollups.of_park(session, of_year(2026), METHOD)
    assert not found.members_only
    assert found.remainder[0].quantity == 500_000_000
    whole, members = (one.figures["emission_tco2"].exact for one in (found.whole, found.members))
    assert whole is not None
    assert members is not None
    assert whole - members == Decimal("0.8325") * 500
    assert year.members_only  # the other months' totals are not known


def test_park_equals_the_sum_of_its_tenants(db: Database, park: str, three: list[str]) -> None:
    with park_session(db, park) as session:
        each = rollups.by_tenant(session, of_month(2026, 3))
        whole = rollups.of_park(session, of_month(2026, 3), METHOD).whole
    parts = [rollups.account(sums, method=METHOD, year=2026).figures["emission_tco2"].exact for sums in each.values()]
    assert set(each) == set(three)
    assert sum(part for part in parts if part is not None) == whole.figures["emission_tco2"].exact


def test_a_negative_remainder_is_refused_and_names_the_tenants(db: Database, park: str, three: list[str]) -> None:
    with park_session(db, park) as session:
        rollups.set_total(session, month=MARCH, flow="grid_in", quantity=5_000_000_000, source="grid company", actor="test")
        found = rollups.of_park(session, of_month(2026, 3), METHOD)
    assert isinstance(found.problem, rollups.NegativeRemainder)
    assert found.members_only
    assert "Firm" in found.problem.facts["largest"]
    assert found.problem.facts["excess"] == 1_000_000


@pytest.mark.parametrize(("flow", "quantity", "source"), [("magic", 1, "x"), ("grid_in", -1, "x"), ("grid_in", 1, " ")])
def test_impossible_totals_are_refused(db: Database, park: str, flow: str, quantity: int, source: str) -> None:
    with park_session(db, park) as session, pytest.raises(InvalidInput):
        rollups.set_total(session, month=MARCH, flow=flow, quantity=quantity, source=source, actor="test")


def test_another_parks_rows_are_not_in_it(installed: Installed, db: Database, park: str, three: list[str]) -> None:
    from tests.databases import new_park

    other = new_park(installed)
    with park_session(db, other) as session:
        assert rollups.members(session, of_year(2026)) == []
