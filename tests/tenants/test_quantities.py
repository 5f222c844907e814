"""Units as people write them come out as exact integers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.errors import InvalidInput
from tenants.quantities import parse_quantity, to_milli


@pytest.mark.parametrize(
    ("text", "flow", "milli"),
    [
        ("860万kWh", "grid_in", 8_600_000_000), ("1,000 MWh", "grid_in", 1_000_000_000), ("0.001 kWh", "grid_in", 1),
        ("20 t", "fuel:diesel", 20_000_000), ("50万Nm3", "fuel:natural_gas", 500_000_000),
        ("1000 m3", "fuel:natural_gas", 931_780), ("1000 GJ", "heat_in", 1_000_000), ("12吨", "water", 12_000),
        ("28万元", "output", 280_000_000),
    ],
)  # fmt: skip
def test_known_quantities(text: str, flow: str, milli: int) -> None:
    assert parse_quantity(text, flow) == milli


@given(st.integers(0, 10**12))
def test_whole_milli_units_survive(milli: int) -> None:
    assert to_milli(Decimal(milli) / 1000, "kWh", "grid_in") == milli
    assert to_milli(Decimal(milli) / 10**6, "MWh", "grid_in") == milli


@pytest.mark.parametrize(
    ("text", "flow", "field"),
    [
        ("5 GJ", "grid_in", "unit"),
        ("kWh", "grid_in", "quantity"),
        ("5 kWh", "magic", "flow"),
        ("1.2.3 kWh", "grid_in", "quantity"),
    ],
)
def test_what_does_not_fit_is_named(text: str, flow: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_quantity(text, flow)
    assert caught.value.facts["field"] == field
    assert caught.value.facts["remedy"]


def test_not_a_number() -> None:
    with pytest.raises(InvalidInput):
        to_milli(Decimal("NaN"), "kWh", "grid_in")
