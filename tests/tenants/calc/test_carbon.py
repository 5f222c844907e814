from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from tenants.calc import carbon
from tenants.calc.indicators import Products
from tenants.calc.sums import FlowSum, add
from tenants.calc.terms import Flows, Passed, total
from tenants.exact import rounded
from tenants.methods import factors_of
from tests.tenants.sums import flow_sums, made

PARK = factors_of("cn_park_2025", 2026)
LOCATION = factors_of("ghgp_location", 2025)
MARKET = factors_of("ghgp_market", 2025)


def emission(*sums: FlowSum, passed: tuple[Passed, ...] = ()) -> Fraction:
    return total(carbon.emission_tco2(Flows(sums, passed), PARK))


# method.md section 2
def test_grid_power() -> None:
    assert emission(made("grid_in", 10_000)) == Fraction("8.325")


def test_certificates_and_direct_supply_count_zero() -> None:
    assert emission(made("grid_in", 7_000), made("gec_applied", 5_000), made("direct_in", 3_000)) == Fraction("1.665")


def test_fossil_heat() -> None:
    assert emission(made("heat_in", 1_000)) == 110


# section 8
def test_no_netting() -> None:
    flows = [
        made("grid_in", 8_000_000), made("direct_in", 500_000), made("pv_gen", 3_000_000), made("pv_self", 2_600_000),
        made("grid_out", 400_000), made("gec_applied", 2_000_000),
    ]  # fmt: skip
    assert emission(*flows) == 4_995


def test_fuels() -> None:
    value = emission(made("fuel:natural_gas", 500_000), made("fuel:diesel", 20_000), made("grid_in", 1_000_000))
    assert rounded(value, 6) == Decimal("1976.496854")


def test_gases() -> None:
    gases = Flows((made("gas:R410A", 12), made("gas:R32", 5), made("gas:R290", 2), made("gas:R22", 3)))
    for use in (LOCATION, MARKET):
        assert total(carbon.fugitive_tco2e(gases, use)) == total(carbon.scope1_tco2e(gases, use)) == Fraction("30.92104")
        assert total(carbon.outside_scopes_tco2e(gases, use)) == Fraction("5.88")
    assert total(carbon.scope12_location_tco2e(gases, LOCATION)) == Fraction("30.92104"), "R22 is in no scope"
    assert total(carbon.emission_tco2(gases, PARK)) == 0


def test_conversion_is_a_carbon_balance() -> None:
    flows = Flows(
        (), (), (made("fuel:washed_coal", 1_400_000),), (made("fuel:coke", 1_000_000), made("fuel:coke_oven_gas", 420_000))
    )
    assert rounded(total(carbon.emission_conversion_tco2(flows, PARK)), 6) == Decimal("4.307729")
    with_oxidation = total(carbon.emission_fuel_tco2(Flows(flows.put_in), PARK)) - total(
        carbon.emission_fuel_tco2(Flows(flows.made), PARK)
    )
    assert rounded(with_oxidation, 2) == Decimal("-17.84")


def heat(direction: str, quantity: int, inside: bool) -> Passed:
    boiler = total(carbon.emission_fuel_tco2(Flows((made("fuel:natural_gas", 1_000_000),)), PARK))
    factor = carbon.measured_heat_factor(boiler, 35_000 * 1000, source="boiler meters")
    return Passed(made(direction, quantity), factor, inside)


def test_heat_made_inside_counts_at_its_own_factor_at_both_ends() -> None:
    out_inside, out_outside, in_inside = (
        heat("heat_out", 20_000, True),
        heat("heat_out", 5_000, False),
        heat("heat_in", 20_000, True),
    )
    assert rounded(out_inside.factor.exact, 10) == Decimal("0.0617768231")
    a = emission(made("fuel:natural_gas", 1_000_000), made("heat_out", 25_000), passed=(out_inside, out_outside))
    b = emission(made("heat_in", 20_000), passed=(in_inside,))
    park = emission(
        made("fuel:natural_gas", 1_000_000), made("heat_out", 25_000), made("heat_in", 20_000),
        passed=(out_inside, out_outside, in_inside),
    )  # fmt: skip
    assert rounded(a, 6) == Decimal("617.768231")
    assert rounded(b, 6) == Decimal("1235.536462")
    assert rounded(park, 6) == Decimal("1853.304693")
    assert a + b == park


def test_heat_sold_without_a_factor_earns_no_credit() -> None:
    assert emission(made("heat_in", 1_000), made("heat_out", 400)) == 110


def test_heat_inside_under_the_ghg_protocol() -> None:
    seller = Flows((made("fuel:natural_gas", 1_000_000), made("heat_out", 25_000)), (heat("heat_out", 20_000, True),))
    buyer = Flows((made("heat_in", 20_000),), (heat("heat_in", 20_000, True),))
    assert total(carbon.scope1_tco2e(seller, LOCATION)) == Fraction("2162.188809")
    assert total(carbon.scope2_location_tco2e(seller, LOCATION)) == 0
    assert rounded(total(carbon.scope2_location_tco2e(buyer, LOCATION)), 6) == Decimal("1235.536462")


def test_a_heat_factor_needs_heat() -> None:
    with pytest.raises(ValueError, match="useful heat"):
        carbon.measured_heat_factor(Fraction(1), 0, source="")


CHONGQING = (made("grid_in", 2_000_000), made("pv_gen", 600_000), made("pv_self", 500_000), made("grid_out", 100_000))


def test_scope_2() -> None:
    covered = Flows((*CHONGQING, made("gec_applied", 600_000)))
    assert total(carbon.scope2_location_tco2e(covered, LOCATION)) == Fraction("1116.2")
    assert total(carbon.scope2_market_tco2e(covered, MARKET)) == Fraction("853.44")
    assert total(carbon.scope2_market_tco2e(Flows(CHONGQING), MARKET)) == Fraction("1219.2")


def test_exports_never_lower_scope_2() -> None:
    without = Flows(tuple(one for one in CHONGQING if one.flow != "grid_out"))
    for function, use in ((carbon.scope2_location_tco2e, LOCATION), (carbon.scope2_market_tco2e, MARKET)):
        assert total(function(without, use)) == total(function(Flows(CHONGQING), use))


def test_each_region_at_its_own_average() -> None:
    two = Flows((made("grid_in", 1_000, region="重庆"), made("grid_in", 1_000, region="四川")))
    assert total(carbon.scope2_location_tco2e(two, factors_of("ghgp_location", 2022))) == Fraction("0.5227") + Fraction("0.1404")


def test_a_gap_filled_from_the_register() -> None:
    one = made("grid_in", 960_000, estimated=30_000)
    terms = carbon.emission_tco2(Flows((one,)), PARK)
    assert (total(terms), sum(term.estimated for term in terms)) == (Fraction("799.2"), Fraction("24.975"))
    filled = made("grid_in", 930_000 + 876 * 25, estimated=876 * 25)
    terms = carbon.emission_tco2(Flows((filled,)), PARK)
    assert total(terms) == Fraction("792.45675")
    assert rounded(100 * sum((term.estimated for term in terms), Fraction(0)) / total(terms), 4) == Decimal("2.3007")


ALL: list[tuple[Products, str]] = [
    (carbon.emission_tco2, "cn_park_2025"), (carbon.emission_electricity_tco2, "cn_park_2025"),
    (carbon.emission_heat_tco2, "cn_park_2025"), (carbon.scope1_tco2e, "ghgp_location"),
    (carbon.scope2_location_tco2e, "ghgp_location"), (carbon.scope12_location_tco2e, "ghgp_location"),
    (carbon.scope2_market_tco2e, "ghgp_market"),
    (carbon.scope12_market_tco2e, "ghgp_market"),
]  # fmt: skip


@given(flow_sums())
def test_the_parts_of_the_emission_add_up(sums: list[FlowSum]) -> None:
    flows = Flows(tuple(sums))
    parts = (
        carbon.emission_fuel_tco2,
        carbon.emission_conversion_tco2,
        carbon.emission_electricity_tco2,
        carbon.emission_heat_tco2,
    )
    assert total(carbon.emission_tco2(flows, PARK)) == sum(total(part(flows, PARK)) for part in parts)


@given(flow_sums(), flow_sums())
def test_the_emission_of_a_sum_is_the_sum_of_the_emissions(a: list[FlowSum], b: list[FlowSum]) -> None:
    for function, method in ALL:
        use = factors_of(method, 2025)
        parts = [total(function(Flows(tuple(one)), use)) for one in (a, b)]
        assert total(function(Flows(tuple(add([*a, *b]))), use)) == sum(parts)


def test_transfers_cancel() -> None:
    passed_on = emission(made("grid_in", 1_000), made("transfer_out", 400))
    received = emission(made("transfer_in", 400))
    assert passed_on + received == emission(made("grid_in", 1_000))
    assert received > 0


def test_a_park_on_grid_power_alone() -> None:
    """It sits at 0.8325/0.2856 = 2.915 tCO2/tce."""
    assert rounded(Fraction("0.8325") / Fraction("0.2856"), 3) == Decimal("2.915")
