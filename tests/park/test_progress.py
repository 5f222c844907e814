"""Where the park stands: ranking, path, forecast, obstacles, submissions - from published sums only."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from park import progress, rollups
from park.access import park_session
from tenants import submissions
from tenants.db import Database, tenant_session
from tenants.errors import InvalidInput
from tenants.period import named, of_month, of_year
from tests.databases import Installed, new_tenant
from tests.published import publish

TODAY = dt.date(2026, 4, 10)
GRID = Decimal("0.8325")


@pytest.fixture
def two_years(installed: Installed, db: Database, park: str) -> list[str]:
    """Two firms with every month of 2025 and the first quarter of 2026: a tenth less than the year before."""
    tenants = [new_tenant(installed, park), new_tenant(installed, park)]
    for tenant, size in zip(tenants, (2_000_000_000, 1_000_000_000), strict=True):
        for month in range(1, 13):
            publish(db, tenant, dt.date(2025, month, 1), "grid_in", size)
        for month in range(1, 4):
            publish(db, tenant, dt.date(2026, month, 1), "grid_in", size * 9 // 10)
    publish(db, tenants[1], dt.date(2026, 1, 1), "fuel:natural_gas", 10_000_000)
    return tenants


def test_ranking_puts_the_largest_first_and_the_unknown_last(
    installed: Installed, db: Database, park: str, two_years: list[str]
) -> None:
    silent = new_tenant(installed, park)
    with park_session(db, park) as session:
        found = progress.ranking(session, of_month(2026, 3))
    assert [one.tenant for one in found] == [*two_years, silent]
    assert found[-1].emission_tco2 is None
    assert found[0].emission_tco2 == 1_800_000 * GRID / 1000
    assert found[0].year_on_year == Decimal("-0.1")


def test_the_forecast_is_the_year_so_far_and_last_years_rest_times_the_ratio(
    db: Database, park: str, two_years: list[str]
) -> None:
    with park_session(db, park) as session:
        found = progress.forecast(session, TODAY)
        monthly = progress.monthly(session, of_year(2026))
    assert found is not None
    so_far = sum((value for value in monthly.values() if value is not None), Decimal(0))
    base, left = 3 * 3_000_000 * GRID / 1000, 9 * 3_000_000 * GRID / 1000
    assert found.value == so_far + left * so_far / base
    assert found.low <= found.value <= found.high
    assert found.low == so_far + left * Decimal("0.9")
    assert found.months == 3


def test_no_forecast_without_last_year(installed: Installed, db: Database, park: str) -> None:
    publish(db, new_tenant(installed, park), dt.date(2026, 1, 1), "grid_in", 1_000_000_000)
    with park_session(db, park) as session:
        assert progress.forecast(session, TODAY) is None


def test_the_path_holds_targets_and_years(db: Database, park: str, two_years: list[str]) -> None:
    with park_session(db, park) as session:
        for year, tonnes in ((2025, 30_000), (2030, 10_000)):
            progress.set_target(session, year=year, emission_tco2=Decimal(tonnes), actor="test")
        found = progress.path(session, TODAY)
        with pytest.raises(InvalidInput):
            progress.set_target(session, year=2026, emission_tco2=Decimal(-1), actor="test")
    assert [(one.year, one.complete) for one in found] == [(2025, True), (2026, False), (2030, False)]
    assert found[0].emission == 12 * 3_000_000 * GRID / 1000
    assert found[2].emission is None


def test_green_power_missing_to_a_limit(db: Database, park: str, two_years: list[str]) -> None:
    with park_session(db, park) as session:
        whole = rollups.of_park(session, of_month(2026, 3), progress.METHOD)
    kwh = progress.missing_green_kwh(whole, Decimal("0.2"))
    assert kwh is not None
    used = Decimal(2_700_000)
    expected = (used * GRID - Decimal("0.2") * used * Decimal("0.2856")) / GRID
    assert abs(kwh - expected) < Decimal("0.001")
    assert progress.missing_green_kwh(whole, None) is None
    assert progress.missing_green_kwh(whole, Decimal(3)) is None


def test_obstacles_name_the_boiler(db: Database, park: str, two_years: list[str]) -> None:
    with park_session(db, park) as session:
        whole = rollups.of_park(session, named("ytd", dt.date(2026, 3, 1)), progress.METHOD)
        found = progress.holding_back(session, whole, Decimal("0.2"), TODAY)
    kinds = [one.kind for one in found]
    assert kinds[0] == "green_power"
    assert "fuel" in kinds
    assert "missing_firms" in kinds
    assert len(found) <= 5


def test_a_confirmed_month_leaves_the_list(db: Database, park: str, two_years: list[str]) -> None:
    period = named("ytd", dt.date(2026, 3, 1))
    with tenant_session(db, two_years[0]) as session:
        for month in submissions.open_months(session, TODAY):
            submissions.confirm(session, month, actor="test", today=TODAY)
        assert submissions.open_months(session, TODAY) == []
        with pytest.raises(InvalidInput):
            submissions.confirm(session, dt.date(2026, 4, 1), actor="test", today=TODAY)
    with park_session(db, park) as session:
        found = progress.unsubmitted(session, period, TODAY)
    assert [one.tenant for one in found] == [two_years[1]]
    assert found[0].months == [dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)]
    assert found[0].empty == []


def test_the_energy_flow_adds_up_to_the_energy_used(db: Database, park: str, two_years: list[str]) -> None:
    period = of_month(2026, 1)
    with park_session(db, park) as session:
        links = progress.energy_flow(session, period)
        whole = rollups.of_park(session, period, progress.METHOD).whole.figures["energy_equivalent_tce"]
    assert sum((one.tce for one in links), Decimal(0)) == whole.value


def test_year_facts_hold_no_name(db: Database, park: str, two_years: list[str]) -> None:
    with park_session(db, park) as session:
        facts = progress.year_facts(session, 2026, TODAY)
        titles = [row.title for row in session.rows("SELECT title FROM tenant")]
    assert facts["due"] == 6
    assert facts["submitted"] == 0
    assert not any(title in str(facts) for title in [*titles, *two_years])
