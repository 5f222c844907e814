"""What each column of a table of bills holds: quantities, price windows, and what else a bill says."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from tenants.ingest.workbook.conversions import countable
from tenants.ingest.workbook.result import Column, Hints, Message, Question, message
from tenants.ingest.workbook.roles import AS_SAID, EMPTY, Assigned, Roles
from tenants.ingest.workbook.units import Unit, unit
from tenants.ingest.workbook.vocabulary import MULTIPLIER

# The reading at the beginning of a period, which the row before has at its end.
BEFORE = re.compile(r"上[次月期年]|前[次月期]|起[码度]|期初|起始|previous|last|start|opening|begin", re.IGNORECASE)
# Of several named columns of one flow: the one that holds all, gateways that do, and names that are no meter's.
ALL = re.compile(r"^(总表|总计?|合计|总电表|全厂|全公司|总用电|total|sum|main)$", re.IGNORECASE)
_GATEWAY = re.compile(r"总表|关口|进线|主变|incom(er|ing)|gateway", re.IGNORECASE)
_NO_METER = re.compile(
    r"[本上当次去今前][月期年次]|同期|期[初末]|计划|目标|定额|预算|结算|抄见|实际|理论|标准|损|退补|加减|折标|其中|预测|中水|循环|回用|"
    r"last|previous|plan|budget|target|forecast|loss|of which",
    re.IGNORECASE,
)
BESIDE = "{column} was taken as the whole; {others} were not counted beside it"
WINDOWS = ("sharp", "peak", "flat", "valley", "deep_valley")
DETAILS = ("max_demand", "power_factor", "amount")


@dataclass(frozen=True)
class Quantity:
    """A column of quantities: its flow, its unit, and the milli-units of the flow in one of it."""

    column: Assigned
    flow: str
    unit: Unit
    milli: Fraction


@dataclass(frozen=True)
class BillColumns:
    """Columns of a bill: quantities (several of one flow are added up), `windows` and other `details` of electricity by key."""

    quantities: list[Quantity]
    windows: dict[str, Quantity]
    details: dict[str, Assigned]
    registers: tuple[Quantity, Quantity] | None = None  # readings at the beginning and at the end of each period
    multiplier: Assigned | None = None

    def shown(self, one: Assigned) -> Column:
        """The column as shown to a person."""
        for key, quantity in self.windows.items():
            if quantity.column.index == one.index:
                return Column(
                    one.label,
                    "value",
                    message("it is a price window of the bill: {key}", key=key),
                    "grid_in",
                    quantity.unit.label,
                )
        for quantity in self.registers or ():
            if quantity.column.index == one.index:
                return one.column()
        for key, detail in self.details.items():
            if detail.index == one.index:
                return Column(one.label, "value", message("it is a part of the bill: {key}", key=key))
        if one.role == "value" and one.index not in {quantity.column.index for quantity in self.quantities}:
            return one.ignored(message("another column gives this quantity, or its unit cannot be converted")).column()
        return one.column()


def bill_columns(roles: Roles, hints: Hints, questions: list[Question], notes: list[Message]) -> BillColumns:
    """What the columns hold. The total of a flow is the column without a name of its own, else see `_of_meters`."""
    found = BillColumns([], {}, {})
    every: dict[str, list[Assigned]] = {}
    for one in sorted(roles.every, key=lambda one: (bool(one.means.name), one.index)):
        if one.role not in ("value", "ignored") or (one.why.template == AS_SAID and one.role == "ignored"):
            continue
        detail, known = one.means.detail, one.unit or one.means.unit or one.means.default_unit
        if detail in WINDOWS and known and one.why.template != EMPTY:
            found.windows.setdefault(detail, Quantity(one, "grid_in", known, known.milli(60)))
        elif detail in DETAILS and one.why.template != EMPTY:
            found.details.setdefault(detail, one)
        elif one.role == "value" and not one.means.register and one.flow and known and not known.power:
            every.setdefault(one.flow, []).append(one)
    for flow, columns in every.items():
        for one in _of_meters(columns, notes):
            known = one.unit or one.means.unit or one.means.default_unit
            counted = countable(flow, known, one.label, hints, questions) if known else None
            found.quantities.extend([Quantity(one, flow, known, counted.milli(60))] if counted and known else [])
    if not found.quantities:
        found = _from_registers(found, roles)
    return replace(found, quantities=sorted(found.quantities, key=lambda one: one.column.index))


def _of_meters(columns: list[Assigned], notes: list[Message]) -> list[Assigned]:
    """Of the columns of one flow those that together are all of it: one without a name, one that says so, the gateways, or
    every meter. Where names are no meters' (last month, planned, lost), the first alone."""
    if len(columns) == 1 or not columns[0].means.name:
        return columns[:1]
    total = [one for one in columns if ALL.match(one.means.name)]
    meters = [one for one in columns if _GATEWAY.search(one.means.name)] or columns
    doubtful = any(_NO_METER.search(one.label) for one in columns)
    chosen = total[:1] or ([] if doubtful else meters) or [one for one in columns if not _NO_METER.search(one.label)][:1]
    chosen = chosen or columns[:1]
    others = [one.label for one in columns if one not in chosen]
    if len(chosen) > 1:
        text = "{columns} were added up: each is a meter's"
        notes.append(message(text, columns=", ".join(one.label for one in chosen)))
    if others:
        notes.append(message(BESIDE, column=", ".join(one.label for one in chosen), others=", ".join(others)))
    return chosen


def _from_registers(found: BillColumns, roles: Roles) -> BillColumns:
    """The columns with the two readings that give the quantity, where no column gives it."""
    dials = [Quantity(one, one.flow, one.unit, one.unit.milli(60)) for one in roles.of("value")
             if one.means.register and one.flow and one.unit and not one.unit.power]  # fmt: skip
    first = next((one for one in dials if BEFORE.search(one.column.label)), None)
    last = next((one for one in dials if one is not first), None)
    if first is None or last is None:
        return found
    multiplier = next((one for one in roles.every if MULTIPLIER.search(one.label)), None)
    return replace(found, registers=(first, last), multiplier=multiplier)


UNIT_OF_DETAIL: dict[str, Unit] = {
    key: known for key, text in (("max_demand", "kW"), ("amount", "CNY")) if (known := unit(text))
}  # fmt: skip
