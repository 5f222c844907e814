"""Data identifiers of DL/T 645-2007 (table A) and DL/T 645-1997 (appendix A) with the form of their data.

The customary order of the tariffs is sharp, peak, flat, valley (尖峰平谷): `sharp` is tariff 1, however the meter was set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from park.gateway.dlt645 import bcd

Version = Literal[2007, 1997]


@dataclass(frozen=True)
class Item:
    """One quantity in one version: its identifier (high byte first), `length` [bytes] and decimals of the number, unit."""

    identifier: str
    length: int
    decimals: int
    unit: str
    signed: bool = False

    def wire(self) -> bytes:
        """The identifier as sent: the lowest byte first."""
        return bytes.fromhex(self.identifier)[::-1]

    def value(self, data: bytes) -> Decimal:
        """The number in the data behind the identifier. A demand carries its moment behind it, which is left alone.

        Raises:
            NoDigits: no number. ValueError: too few bytes.
        """
        if len(data) < self.length:
            raise ValueError("it sent too few bytes")
        return bcd.number(data[: self.length], self.decimals, signed=self.signed)


_TARIFFS: Final = ("", "_sharp", "_peak", "_flat", "_valley")
_PHASES: Final = ("a", "b", "c")


def _of_2007() -> dict[str, Item]:
    items = {
        "energy_combined": Item("00000000", 4, 2, "kWh", True), "demand_import": Item("01010000", 3, 4, "kW"),
        "demand_export": Item("01020000", 3, 4, "kW"), "power": Item("02030000", 3, 4, "kW", True),
        "reactive_power": Item("02040000", 3, 4, "kvar", True), "apparent_power": Item("02050000", 3, 4, "kVA", True),
        "power_factor": Item("02060000", 2, 3, "", True), "frequency": Item("02800002", 2, 2, "Hz"),
    }  # fmt: skip
    for i, tariff in enumerate(_TARIFFS):
        items[f"energy_import{tariff}"] = Item(f"0001{i:02X}00", 4, 2, "kWh")
        items[f"energy_export{tariff}"] = Item(f"0002{i:02X}00", 4, 2, "kWh")
        items[f"reactive_import{tariff}"] = Item(f"0003{i:02X}00", 4, 2, "kvarh", True)
        items[f"reactive_export{tariff}"] = Item(f"0004{i:02X}00", 4, 2, "kvarh", True)
    for i, phase in enumerate(_PHASES, 1):
        items[f"voltage_{phase}"] = Item(f"0201{i:02X}00", 2, 1, "V")
        items[f"current_{phase}"] = Item(f"0202{i:02X}00", 3, 3, "A", True)
        items[f"power_{phase}"] = Item(f"0203{i:02X}00", 3, 4, "kW", True)
    return items


def _of_1997() -> dict[str, Item]:
    items = {
        "demand_import": Item("A010", 3, 4, "kW"), "demand_export": Item("A020", 3, 4, "kW"),
        "power": Item("B630", 3, 4, "kW"), "reactive_power": Item("B640", 2, 2, "kvar"),
        "power_factor": Item("B650", 2, 3, ""),
    }  # fmt: skip
    for i, tariff in enumerate(_TARIFFS):
        items[f"energy_import{tariff}"] = Item(f"901{i:X}", 4, 2, "kWh")
        items[f"energy_export{tariff}"] = Item(f"902{i:X}", 4, 2, "kWh")
        items[f"reactive_import{tariff}"] = Item(f"911{i:X}", 4, 2, "kvarh")
        items[f"reactive_export{tariff}"] = Item(f"912{i:X}", 4, 2, "kvarh")
    for i, phase in enumerate(_PHASES, 1):
        items[f"voltage_{phase}"] = Item(f"B61{i:X}", 2, 0, "V")
        items[f"current_{phase}"] = Item(f"B62{i:X}", 2, 2, "A")
        items[f"power_{phase}"] = Item(f"B63{i:X}", 3, 4, "kW")
    return items


ITEMS: Final[Mapping[Version, Mapping[str, Item]]] = {2007: _of_2007(), 1997: _of_1997()}


def named(version: Version, identifier: str) -> tuple[str, Item] | None:
    """The quantity that an identifier stands for, or None."""
    return next(((key, item) for key, item in ITEMS[version].items() if item.identifier == identifier.upper()), None)
