"""What each column of a table of bills holds: quantities, price windows, and what else a bill says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from tenants.ingest.workbook.conversions import countable
from tenants.ingest.workbook.result import Column, Hints, Question, message
from tenants.ingest.workbook.roles import AS_SAID, EMPTY, Assigned, Roles
from tenants.ingest.workbook.units import Unit, unit

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
    """Columns of a bill: quantities (one for each flow), `windows` and other `details` of electricity by key."""

    quantities: list[Quantity]
    windows: dict[str, Quantity]
    details: dict[str, Assigned]

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
        for key, detail in self.details.items():
            if detail.index == one.index:
                return Column(one.label, "value", message("it is a part of the bill: {key}", key=key))
        if one.role == "value" and one.index not in {quantity.column.index for quantity in self.quantities}:
            return one.ignored(message("another column gives this quantity, or its unit cannot be converted")).column()
        return one.column()


def bill_columns(roles: Roles, hints: Hints, questions: list[Question]) -> BillColumns:
    """What the columns hold. The total of a flow is the column without a name of its own, else the first."""
    found = BillColumns([], {}, {})
    for one in sorted(roles.every, key=lambda one: (bool(one.means.name), one.index)):
        if one.role not in ("value", "ignored") or (one.why.template == AS_SAID and one.role == "ignored"):
            continue
        detail, known = one.means.detail, one.unit or one.means.unit or one.means.default_unit
        if detail in WINDOWS and known and one.why.template != EMPTY:
            found.windows.setdefault(detail, Quantity(one, "grid_in", known, known.milli(60)))
        elif detail in DETAILS and one.why.template != EMPTY:
            found.details.setdefault(detail, one)
        elif one.role == "value" and one.flow and known and one.flow not in {other.flow for other in found.quantities}:
            counted = None if known.power else countable(one.flow, known, one.label, hints, questions)
            found.quantities.extend([Quantity(one, one.flow, known, counted.milli(60))] if counted else [])
    return replace(found, quantities=sorted(found.quantities, key=lambda one: one.column.index))


UNIT_OF_DETAIL: dict[str, Unit] = {
    key: known for key, text in (("max_demand", "kW"), ("amount", "CNY")) if (known := unit(text))
}  # fmt: skip
