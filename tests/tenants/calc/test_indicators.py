"""A figure's key is its one address: registry, function, unit in the name, test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenants.calc import carbon, energy, shares
from tenants.calc.indicators import INDICATORS, Indicator, of_method
from tenants.methods import METHODS

SUFFIXES = {"_tco2": "tCO2", "_tco2e": "tCO2e", "_tce": "tce", "_kwh": "kWh", "_cny": "CNY", "_m3": "m3"}
EVERY = pytest.mark.parametrize("one", INDICATORS.values(), ids=INDICATORS)


@EVERY
def test_the_key_is_the_name_of_its_one_function(one: Indicator) -> None:
    homes = [module for module in (carbon, energy, shares) if hasattr(module, one.key)]
    assert len(homes) == 1
    assert one.function is getattr(homes[0], one.key)
    assert (one.products is None) != (one.quotient is None)


@EVERY
def test_the_key_ends_in_its_unit(one: Indicator) -> None:
    suffix = next((suffix for suffix in SUFFIXES if one.key.endswith(suffix)), None)
    if one.products is not None:
        assert suffix is not None
        assert one.unit == SUFFIXES[suffix]
    else:
        assert suffix is None


@EVERY
def test_a_quotient_divides_two_figures_of_its_methods(one: Indicator) -> None:
    if one.of is None:
        return
    for key in one.of:
        assert set(one.methods) <= set(INDICATORS[key].methods)
        assert INDICATORS[key].products is not None
    assert one.of == one.quotient.__code__.co_varnames[:2]  # type: ignore[union-attr]


@EVERY
def test_it_says_what_it_is(one: Indicator) -> None:
    assert one.title
    assert one.formula
    assert one.source
    assert one.function.__doc__
    unit = one.function.__doc__.split("[")[1].split("]")[0]
    assert unit == one.unit


@EVERY
def test_it_has_a_test(one: Indicator) -> None:
    texts = [path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    assert any(f".{one.key}" in text for text in texts)


def test_every_function_of_a_figure_is_registered() -> None:
    for module in (carbon, energy, shares):
        for name, found in vars(module).items():
            if callable(found) and getattr(found, "__module__", "") == module.__name__ and not name.startswith("_"):
                assert name in INDICATORS or name == "measured_heat_factor"


def test_methods_have_their_headline() -> None:
    for method in METHODS.values():
        assert method.headline in {one.key for one in of_method(method.key)}
    assert "scope2_market_tco2e" not in {one.key for one in of_method("ghgp_location")}
    assert "emission_tco2" not in {one.key for one in of_method("ghgp_market")}
    assert all(one.methods for one in INDICATORS.values())
    assert {method for one in INDICATORS.values() for method in one.methods} == set(METHODS)
