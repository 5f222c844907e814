"""Identifiers against lines of the standards, written out here a second time."""

from __future__ import annotations

from decimal import Decimal

import pytest

from park.gateway.dlt645.identifiers import ITEMS, Version, named


@pytest.mark.parametrize(
    ("version", "quantity", "identifier", "wire", "length", "decimals", "unit"),
    [
        (2007, "energy_import", "00010000", "00000100", 4, 2, "kWh"),
        (2007, "energy_import_sharp", "00010100", "00010100", 4, 2, "kWh"),
        (2007, "energy_import_valley", "00010400", "00040100", 4, 2, "kWh"),
        (2007, "energy_export", "00020000", "00000200", 4, 2, "kWh"),
        (2007, "reactive_import", "00030000", "00000300", 4, 2, "kvarh"),
        (2007, "demand_import", "01010000", "00000101", 3, 4, "kW"),
        (2007, "voltage_a", "02010100", "00010102", 2, 1, "V"),
        (2007, "current_c", "02020300", "00030202", 3, 3, "A"),
        (2007, "power", "02030000", "00000302", 3, 4, "kW"),
        (2007, "power_factor", "02060000", "00000602", 2, 3, ""),
        (1997, "energy_import", "9010", "1090", 4, 2, "kWh"),
        (1997, "energy_import_valley", "9014", "1490", 4, 2, "kWh"),
        (1997, "energy_export", "9020", "2090", 4, 2, "kWh"),
        (1997, "reactive_import", "9110", "1091", 4, 2, "kvarh"),
        (1997, "voltage_a", "B611", "11B6", 2, 0, "V"),
        (1997, "current_a", "B621", "21B6", 2, 2, "A"),
        (1997, "power", "B630", "30B6", 3, 4, "kW"),
    ],
)
def test_as_the_standard_has_it(
    version: Version, quantity: str, identifier: str, wire: str, length: int, decimals: int, unit: str
) -> None:
    item = ITEMS[version][quantity]
    assert (item.identifier, item.wire().hex().upper(), item.length, item.decimals, item.unit) == (
        identifier, wire, length, decimals, unit,
    )  # fmt: skip


@pytest.mark.parametrize("version", [2007, 1997])
def test_each_identifier_is_one_quantity(version: Version) -> None:
    items = ITEMS[version]
    assert len({one.identifier for one in items.values()}) == len(items)
    assert all(named(version, one.identifier) == (key, one) for key, one in items.items())
    assert named(version, "FFFFFFFF") is None


def test_generation_shows_as_minus() -> None:
    assert ITEMS[2007]["power"].value(bytes.fromhex("002580")) == Decimal("-0.2500")
