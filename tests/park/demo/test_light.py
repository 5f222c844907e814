"""Months of the light parks."""

from datetime import date

import pytest

from park.demo import light
from park.demo.assumptions import LightPark, assumptions
from tenants.factors import provinces

PARKS = assumptions().light_parks


@pytest.mark.parametrize("park", PARKS, ids=lambda park: park.key)
def test_a_year_of_months_is_about_the_assumed_amount(park: LightPark) -> None:
    assert park.province in provinces()
    assert 3 <= len(park.firms) <= 8
    for firm in park.firms:
        made = light.bills(park, firm, date(2025, 1, 1), date(2026, 1, 1))
        of = {flow: sum(one.quantity for one in made if one.flow == flow) for flow in {one.flow for one in made}}
        assert of["grid_in"] == pytest.approx(firm.mwh * 1e6, rel=0.04)
        assert of.get("fuel:natural_gas", 0) == pytest.approx(firm.gas_10k_m3 * 1e7, rel=0.04)
        assert of.get("grid_out", 0) == pytest.approx(of["pv_gen"] * firm.export, abs=12)
        assert {one.start.month for one in made if one.flow == "grid_in"} == set(range(1, 13))


def test_a_month_does_not_depend_on_how_many_are_asked_for() -> None:
    park = PARKS[0]
    whole = light.bills(park, park.firms[0], date(2025, 1, 1), date(2026, 11, 24))
    part = light.bills(park, park.firms[0], date(2026, 3, 1), date(2026, 5, 1))
    assert [one for one in whole if date(2026, 3, 1) <= one.start < date(2026, 5, 1)] == part


def test_parks_differ_as_a_regulator_would_want_to_see() -> None:
    def grid(park: LightPark) -> list[float]:
        return sorted(firm.mwh + firm.direct_mwh for firm in park.firms)

    dominated = PARKS[-1]
    assert grid(dominated)[-1] > 0.8 * sum(grid(dominated))  # its cell must be merged
    assert len(dominated.firms) == 3
    # The only one that reaches the national scale of 200,000 tce a year, at 0.2856 kgce/kWh.
    assert [sum(grid(park)) * 0.2856 > 200_000 for park in PARKS] == [False, False, False, False, True]
