from __future__ import annotations

from decimal import Decimal

import pytest

from tenants.calc.sums import FlowSum
from tenants.factors import calorific_value, constant, equivalent_value, footprint_factor, fuel_emission, grid_factor
from tenants.factors.errors import FactorNotAdmitted
from tenants.methods import METHODS, UnknownMethod, admitted, factors_of, method
from tests.tenants.sums import made


def test_the_park_methods_factor_is_locked() -> None:
    for year in (2018, 2023, 2030):
        found = factors_of("cn_park_2025", year).grid("西藏")
        assert (found.value, found.year, found.matched) == (Decimal("0.8325"), None, "exact")


def test_location_takes_the_province_and_market_the_residual() -> None:
    assert factors_of("ghgp_location", 2025).grid("重庆").value == Decimal("0.5581")
    assert factors_of("ghgp_market", 2025).grid("重庆").value == Decimal("0.6096")


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("cn_park_2025", "provincial_average"), ("cn_park_2025", "national_average"), ("cn_park_2025", "national_fossil_only"),
        ("ghgp_location", "national_average"), ("ghgp_location", "regional_average"), ("ghgp_market", "provincial_average"),
    ],
)  # fmt: skip
def test_a_factor_of_another_method_is_refused(key: str, kind: str) -> None:
    region = {"provincial_average": "重庆", "regional_average": "西南"}.get(kind, "全国")
    with pytest.raises(FactorNotAdmitted) as caught:
        admitted(method(key), grid_factor(region, 2023, kind))
    assert kind in caught.value.message
    assert caught.value.facts["admitted"]


@pytest.mark.parametrize("key", METHODS)
def test_no_method_of_this_registry_takes_a_footprint_factor_or_another_fuel_set(key: str) -> None:
    for factor in (footprint_factor(2024), fuel_emission("diesel", "B")):
        with pytest.raises(FactorNotAdmitted):
            admitted(method(key), factor)


@pytest.mark.parametrize("key", ["ghgp_location", "ghgp_market"])
def test_the_parks_constant_stays_in_the_park_method(key: str) -> None:
    with pytest.raises(FactorNotAdmitted):
        admitted(method(key), constant("cn_park_2025", "electricity"))


@pytest.mark.parametrize("key", METHODS)
def test_what_every_method_needs_is_admitted(key: str) -> None:
    use = factors_of(key, 2026)
    flows: list[FlowSum] = [made("grid_in", 1), made("heat_in", 1), made("fuel:diesel", 1)]
    found = [use.grid("重庆"), use.green(), use.heat(), use.equivalent(), use.fuel("fuel:diesel"), *map(use.calorific, flows)]
    assert [admitted(method(key), one) for one in found] == found
    assert use.green().value == 0
    assert use.equivalent() == equivalent_value(2026)
    assert use.calorific(flows[0]) == calorific_value("electricity")


def test_an_unknown_method_lists_the_known_ones() -> None:
    with pytest.raises(UnknownMethod) as caught:
        method("gbt_24067_product")
    assert "cn_park_2025" in str(caught.value.facts)
