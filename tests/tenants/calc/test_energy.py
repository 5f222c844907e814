from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from tenants.calc import energy
from tenants.calc.indicators import Products
from tenants.calc.sums import FlowSum
from tenants.calc.terms import Flows, total
from tenants.exact import rounded
from tenants.methods import factors_of
from tests.tenants.sums import made

USE = factors_of("cn_park_2025", 2026)
PARK = (
    made("grid_in", 8_000_000), made("direct_in", 500_000), made("pv_gen", 3_000_000), made("pv_self", 2_600_000),
    made("grid_out", 400_000), made("gec_applied", 2_000_000), made("traded_applied", 1_000_000),
)  # fmt: skip


def of(function: Products, *sums: FlowSum) -> Fraction:
    return total(function(Flows(sums), USE))


@pytest.mark.parametrize(
    ("function", "value"),
    [
        (energy.consumption_kwh, "11100000"), (energy.grid_import_kwh, "8000000"), (energy.export_memo_kwh, "400000"),
        (energy.pv_generation_kwh, "3000000"), (energy.pv_self_use_kwh, "2600000"), (energy.direct_green_kwh, "3100000"),
        (energy.energy_equivalent_tce, "3170.16"), (energy.energy_calorific_tce, "1364.19"), (energy.clean_pv_tce, "742.56"),
        (energy.clean_direct_tce, "142.8"), (energy.clean_gec_tce, "571.2"), (energy.clean_traded_tce, "285.6"),
        (energy.clean_other_tce, "0"), (energy.clean_tce, "1742.16"), (energy.clean_with_gas_tce, "1742.16"),
    ],
)  # fmt: skip
def test_known_answers_of_the_park(function: Products, value: str) -> None:
    assert of(function, *PARK) == Fraction(value)


def test_fuels_and_heat_in_coal_equivalent() -> None:
    """500,000 Nm3 of gas, 20 t of diesel, 1,000,000 kWh: 921.892 tce; of it natural gas 607.15."""
    flows = (made("fuel:natural_gas", 500_000), made("fuel:diesel", 20_000), made("grid_in", 1_000_000))
    assert of(energy.energy_equivalent_tce, *flows) == Fraction("921.892")
    assert of(energy.clean_tce, *flows) == 0
    assert of(energy.clean_with_gas_tce, *flows) == Fraction("607.15")
    assert of(energy.clean_with_gas_tce, made("fuel:lng", 1_000)) == Fraction("1.7572")


def test_heat_passed_on_moves_energy_with_it() -> None:
    a = of(energy.energy_equivalent_tce, made("fuel:natural_gas", 1_000_000), made("heat_out", 25_000))
    b = of(energy.energy_equivalent_tce, made("heat_in", 20_000))
    assert (a, b, a + b) == (Fraction("361.3"), Fraction("682.4"), Fraction("1043.7"))


def test_conversion_loses_energy() -> None:
    flows = Flows(
        (), (), (made("fuel:washed_coal", 1_400_000),), (made("fuel:coke", 1_000_000), made("fuel:coke_oven_gas", 420_000))
    )
    assert total(energy.energy_equivalent_tce(flows, USE)) == Fraction("30.594")


def test_a_missing_coal_equivalent_comes_from_the_calorific_value() -> None:
    assert rounded(of(energy.energy_calorific_tce, made("fuel:bituminous_coal", 1_000)), 4) == Decimal("0.7917")


def test_pv_that_is_not_proven_to_be_used_is_not_counted() -> None:
    assert of(energy.consumption_kwh, made("grid_in", 100), made("pv_gen", 50)) == 100


def test_storage_losses_are_consumption_but_not_direct_supply() -> None:
    flows = (made("grid_in", 100), made("pv_self", 50), made("storage_in", 20), made("storage_out", 17))
    assert of(energy.consumption_kwh, *flows) == 150
    assert of(energy.direct_green_kwh, *flows) == 47


def test_passed_power_moves_consumption() -> None:
    assert of(energy.consumption_kwh, made("grid_in", 100), made("transfer_out", 40)) == 60
    assert of(energy.consumption_kwh, made("transfer_in", 40)) == 40


def test_output_and_water_as_entered() -> None:
    assert of(energy.output_cny, made("output", "1234.567")) == Fraction("1234.567")
    assert of(energy.value_added_cny, made("value_added", 5)) == 5
    assert of(energy.water_m3, made("water", 7)) == 7
