from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.calc.sums import FlowSum
from tenants.calc.terms import Flows, Term, per_milli, plain, quantities, times, total
from tenants.errors import LingyuanError
from tenants.factors import Factor, calorific_value, constant, fuel_emission, fuel_energy
from tests.tenants.sums import made


@pytest.mark.parametrize(
    ("one", "factor", "value"),
    [
        (made("grid_in", 10_000), constant("cn_park_2025", "electricity"), "8.325"),
        (made("heat_in", 1_000), constant("cn_park_2025", "heat"), "110"),
        (made("fuel:natural_gas", 10_000), fuel_emission("natural_gas"), "21.62188809"),
        (made("fuel:naphtha", 3_000), fuel_emission("naphtha"), "8.84628360"),
        (made("grid_in", 1_000), calorific_value("electricity"), "0.1229"),
        (made("heat_in", 1), calorific_value("heat"), "0.03412"),
        (made("fuel:natural_gas", 10_000), fuel_energy("natural_gas"), "12.143"),
        (made("fuel:diesel", 1_000), fuel_energy("diesel"), "1.4571"),
    ],
)  # fmt: skip
def test_a_product_in_tonnes(one: FlowSum, factor: Factor, value: str) -> None:
    assert Term(one, factor).value == Fraction(value)


def test_a_factor_of_another_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="counted in kWh"):
        per_milli(fuel_emission("diesel"), made("grid_in", 1))


def test_without_a_factor_the_quantity_itself() -> None:
    assert total(plain([made("grid_in", "959636.71")])) == Fraction("959636.71")
    assert total(plain([made("transfer_out", 5)], -1)) == -5


def test_the_estimated_part() -> None:
    term = Term(made("grid_in", 960_000, estimated=30_000), constant("cn_park_2025", "electricity"))
    assert (term.value, term.estimated) == (Fraction("799.2"), Fraction("24.975"))


def test_nothing_needs_no_factor() -> None:
    def none(one: FlowSum) -> Factor:
        raise LingyuanError

    assert total(times([made("fuel:raw_coal", 0)], none)) == 0
    with pytest.raises(LingyuanError):
        times([made("fuel:raw_coal", 1)], none)


def test_flows_by_name_in_the_order_asked() -> None:
    sums = (made("gec_applied", 1), made("grid_in", 2), made("fuel:diesel", 3), made("fuel:coke", 4))
    flows = Flows(sums)
    assert [one.flow for one in flows.of("grid_in", "gec_applied", "pv_gen")] == ["grid_in", "gec_applied"]
    assert [one.flow for one in flows.fuels()] == ["fuel:diesel", "fuel:coke"]


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_linear_in_the_quantity(a: int, b: int) -> None:
    def value(quantity: int) -> Fraction:
        return Term(FlowSum("fuel:diesel", "重庆", quantity, 0, 0, 0, 0, 1), fuel_emission("diesel")).value

    assert value(a) + value(b) == value(a + b)


def test_each_flow_behind_the_terms_once() -> None:
    one, other = made("grid_in", 1), made("heat_in", 2)
    assert quantities([Term(one), Term(other), Term(one, sign=-1)]) == [one, other]
