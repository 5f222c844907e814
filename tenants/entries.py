"""A bill or another quantity of a period as a person gives it, turned into exact milli-units. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from tenants.errors import InvalidInput, LingyuanError
from tenants.flows import ENTERED, FLOWS
from tenants.quantities import GAS_20C_TO_NM3, factor_to, in_units, to_milli

METHODS = ("bill", "statement", "estimate")
PERIODS = ("sharp", "peak", "flat", "valley", "deep_valley")  # kWh by time-of-use period
BILL_ITEMS = (*PERIODS, "max_demand", "power_factor", "amount")  # kW, 1, CNY
REGISTERS = ("register_start", "register_end", "multiplier")
AT_20C = "Gas volume at 20 °C, turned into Nm3 with {factor}"


class PartsDisagree(LingyuanError):
    """The parts add up to {parts} kWh, the total is {total} kWh."""

    status = 422
    remedy = "Check the bill: sharp, peak, flat and valley together are the total."


class RegistersDisagree(LingyuanError):
    """The registers {start} to {end} times {multiplier} give {computed} kWh, the bill says {total} kWh."""

    status = 422
    remedy = "Check the two readings and the multiplier (CT x PT). A register that started again at 0 needs the total only."


@dataclass(frozen=True)
class Entry:
    """A quantity [milli-units] of the local days `start` <= day < `end`, as it is to be stored.

    `details`: decimal strings under the names of `BILL_ITEMS` and `REGISTERS`; `given` and `unit` as written; `note`.
    `site` None: the tenant's only one.
    """

    flow: str
    start: dt.date
    end: dt.date
    quantity: int
    site: UUID | None = None
    method: str = "bill"
    details: Mapping[str, Any] = field(default_factory=dict)
    document: UUID | None = None
    row: int = 1


def entry(
    flow: str, value: Decimal | int, unit: str, start: dt.date, end: dt.date, *, site: UUID | None = None, method: str = "bill",
    details: Mapping[str, Any] | None = None, document: UUID | None = None,
) -> Entry:  # fmt: skip
    """The entry of one quantity in any unit that fits the flow (10,000 kWh, t, GJ, m3 of gas at 20 C...).

    Raises:
        InvalidInput: unknown flow, method or unit, a negative quantity, an empty period.
    """
    check_flow(flow)
    quantity = to_milli(Decimal(value), unit, flow)
    kept = {"given": str(value), "unit": unit, **(details or {})}
    if FLOWS[flow].unit == "Nm3" and factor_to(unit, "Nm3") not in (None, Decimal(1), Decimal(10**4)):
        kept |= {"note": AT_20C, "factor": str(GAS_20C_TO_NM3)}
    made = Entry(flow, start, end, quantity, site, method, kept, document)
    check(made)
    return made


def electricity(
    start: dt.date, end: dt.date, items: Mapping[str, Decimal], *, total_kwh: Decimal | None = None, flow: str = "grid_in",
    site: UUID | None = None, document: UUID | None = None,
) -> Entry:  # fmt: skip
    """The entry of one electricity bill: its total, its parts, or its register readings, which must agree.

    Args:
        items: any of `BILL_ITEMS` and `REGISTERS`.
    Raises:
        PartsDisagree, RegistersDisagree: the bill contradicts itself by 1 kWh or more.
        InvalidInput: nothing gives the total, an unknown item, a power factor above 1.
    """
    if unknown := set(items) - {*BILL_ITEMS, *REGISTERS}:
        raise InvalidInput(field=min(unknown), reason="is no item of a bill", remedy="One of: {choices}",
                           choices=" ".join((*BILL_ITEMS, *REGISTERS)))  # fmt: skip
    for name, value in items.items():
        if value < 0 or (name == "power_factor" and value > 1):
            raise InvalidInput(field=name, reason="{given} is not possible", remedy="Check the bill.", given=value)
    total = _agreed(total_kwh, items)
    details = {name: str(value) for name, value in items.items()}
    return entry(flow, total, "kWh", start, end, site=site, details=details, document=document)


def _agreed(total: Decimal | None, items: Mapping[str, Decimal]) -> Decimal:
    """The total, which parts and registers confirm or give. [kWh]"""
    parts = [items[name] for name in PERIODS if name in items]
    registers = "register_start" in items and "register_end" in items
    if total is None and registers:
        total = _from_registers(items)
    if total is None and parts:
        total = sum(parts, Decimal(0))
    if total is None:
        raise InvalidInput(field="total", reason="the bill has no quantity",
                           remedy="Give the total, the periods, or both register readings.")  # fmt: skip
    if parts and abs(sum(parts, Decimal(0)) - total) >= 1:
        raise PartsDisagree(parts=sum(parts, Decimal(0)), total=total)
    if registers and abs(_from_registers(items) - total) >= 1:
        raise RegistersDisagree(start=items["register_start"], end=items["register_end"], multiplier=items.get("multiplier", 1),
                                computed=_from_registers(items), total=total)  # fmt: skip
    return total


def _from_registers(items: Mapping[str, Decimal]) -> Decimal:
    return (items["register_end"] - items["register_start"]) * items.get("multiplier", Decimal(1))


def check_flow(flow: str) -> None:
    """Raises InvalidInput for what cannot be read from a meter or entered: an unknown flow, or a certificate without serials."""
    if flow in ENTERED:
        return
    if flow in FLOWS:
        raise InvalidInput(field="flow", reason="certificates are entered with their serial numbers",
                           remedy="Use certificate add.")  # fmt: skip
    raise InvalidInput(field="flow", reason="{flow} is not a flow", remedy="One of: {choices}", flow=flow,
                       choices=" ".join(ENTERED))  # fmt: skip


def check(one: Entry) -> None:
    """Raises InvalidInput where the entry cannot be true whatever else is stored."""
    check_flow(one.flow)
    if one.method not in METHODS:
        raise InvalidInput(field="method", reason="{given} is no method", remedy="One of: {choices}", given=one.method,
                           choices=" ".join(METHODS))  # fmt: skip
    if one.end <= one.start:
        raise InvalidInput(field="end", reason="{end} is not after {start}", start=one.start, end=one.end,
                           remedy="The end is the first day of the next period.")  # fmt: skip
    if one.quantity < 0:
        raise InvalidInput(field="quantity", reason="{given} {unit} is negative",
                           given=in_units(one.quantity), unit=FLOWS[one.flow].unit,
                           remedy="What flows out is a flow of its own, for example grid_out.")  # fmt: skip
    if one.quantity > 2**53:
        raise InvalidInput(field="quantity", reason="{given} {unit} is too large", given=in_units(one.quantity),
                           unit=FLOWS[one.flow].unit, remedy="Check the unit.")  # fmt: skip
