"""Quantities as people write them, turned into exact integers in milli-units."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from tenants.errors import InvalidInput
from tenants.flows import FLOWS, MILLI

# unit as written (lower case) -> (unit of the flow, how many of it)
UNITS: dict[str, tuple[str, Decimal]] = {
    "kwh": ("kWh", Decimal(1)), "度": ("kWh", Decimal(1)), "千瓦时": ("kWh", Decimal(1)), "wh": ("kWh", Decimal("0.001")),
    "mwh": ("kWh", Decimal(1000)), "兆瓦时": ("kWh", Decimal(1000)), "gwh": ("kWh", Decimal(10**6)),
    "万kwh": ("kWh", Decimal(10**4)), "万千瓦时": ("kWh", Decimal(10**4)), "万度": ("kWh", Decimal(10**4)),
    "kvarh": ("kvarh", Decimal(1)), "mvarh": ("kvarh", Decimal(1000)),
    "gj": ("GJ", Decimal(1)), "吉焦": ("GJ", Decimal(1)), "mj": ("GJ", Decimal("0.001")),
    "nm3": ("Nm3", Decimal(1)), "nm³": ("Nm3", Decimal(1)), "标方": ("Nm3", Decimal(1)), "标准立方米": ("Nm3", Decimal(1)),
    "万nm3": ("Nm3", Decimal(10**4)), "万nm³": ("Nm3", Decimal(10**4)), "万标方": ("Nm3", Decimal(10**4)),
    "kg": ("kg", Decimal(1)), "千克": ("kg", Decimal(1)), "公斤": ("kg", Decimal(1)), "t": ("kg", Decimal(1000)),
    "吨": ("kg", Decimal(1000)), "万t": ("kg", Decimal(10**7)), "万吨": ("kg", Decimal(10**7)),
    "m3": ("m3", Decimal(1)), "m³": ("m3", Decimal(1)), "立方米": ("m3", Decimal(1)), "方": ("m3", Decimal(1)),
    "cny": ("CNY", Decimal(1)), "yuan": ("CNY", Decimal(1)), "元": ("CNY", Decimal(1)), "万元": ("CNY", Decimal(10**4)),
}  # fmt: skip

# Natural gas is billed at 20 C; the factors are for Nm3 (0 C): 273.15 / 293.15, as the project's rule rounds it.
GAS_20C_TO_NM3 = Decimal("0.93178")


def to_milli(value: Decimal, unit: str, flow: str) -> int:
    """The value in milli-units of the flow's unit, rounded half to even.

    Gas in plain m3 is taken at 20 C and turned into Nm3; water in tonnes is m3.

    Raises:
        InvalidInput: unknown flow, a unit that does not fit it, or a value that is no number.
    """
    if flow not in FLOWS:
        raise InvalidInput(
            field="flow", reason="{given} is not a flow", remedy="One of: {known}", given=flow, known=" ".join(FLOWS)
        )
    if not value.is_finite():
        raise InvalidInput(field="quantity", reason="'{given}' is not a number", remedy="Give a plain number.", given=value)
    wanted = FLOWS[flow].unit
    scale = factor_to(unit, wanted)
    if scale is None:
        fitting = " ".join(sorted(name for name in UNITS if factor_to(name, wanted) is not None))
        raise InvalidInput(
            field="unit", reason="{unit} does not fit {flow}", remedy="One of: {known}", unit=unit, flow=flow, known=fitting
        )
    return int((value * scale * MILLI).to_integral_value())


def in_units(milli: int) -> Decimal:
    """The quantity in the flow's unit, without superfluous zeros at the end."""
    whole, rest = divmod(abs(milli), MILLI)
    text = f"{whole}.{rest:03d}".rstrip("0").rstrip(".")
    return Decimal(f"-{text}" if milli < 0 else text)


def factor_to(unit: str, wanted: str) -> Decimal | None:
    """How many of the wanted unit one of this unit is; None if they do not fit."""
    name = unit.strip().lower()
    if wanted == "Nm3" and name in ("m3", "m³", "立方米", "方", "万m3", "万m³", "万立方米", "万方"):
        return GAS_20C_TO_NM3 * (10**4 if name.startswith("万") else 1)
    if wanted == "m3" and name in ("t", "吨"):
        return Decimal(1)
    found = UNITS.get(name)
    return found[1] if found and found[0] == wanted else None


def parse_quantity(text: str, flow: str) -> int:
    """A quantity with its unit, for example `860万kWh` or `20 t`, in milli-units."""
    found = re.fullmatch(r"\s*([+-]?[\d.,]+(?:[eE][+-]?\d+)?)\s*(\S+)\s*", text)
    if not found:
        raise InvalidInput(
            field="quantity", reason="'{given}' is not a number with a unit", remedy="For example 860万kWh.", given=text
        )
    try:
        value = Decimal(found[1].replace(",", ""))
    except InvalidOperation as error:
        raise InvalidInput(
            field="quantity", reason="'{given}' is not a number", remedy="For example 860万kWh.", given=found[1]
        ) from error
    return to_milli(value, found[2], flow)
