"""What each column of a table of bills holds: quantities, price windows, and what else a bill says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from tenants.flows import FLOWS
from tenants.ingest.workbook.result import Column, Hints, Question, message
from tenants.ingest.workbook.roles import Assigned, Roles
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
        if one.role not in ("value", "ignored") or (one.why.template == "as you said" and one.role == "ignored"):
            continue
        detail, known = one.means.detail, one.unit or one.means.unit or one.means.default_unit
        if detail in WINDOWS and known and one.why.template != "it is empty":
            found.windows.setdefault(detail, Quantity(one, "grid_in", known, known.milli(60)))
        elif detail in DETAILS and one.why.template != "it is empty":
            found.details.setdefault(detail, one)
        elif one.role == "value" and one.flow and known and one.flow not in {other.flow for other in found.quantities}:
            milli = _milli(one.flow, known, one, hints, questions)
            found.quantities.extend([Quantity(one, one.flow, known, milli)] if milli else [])
    return replace(found, quantities=sorted(found.quantities, key=lambda one: one.column.index))


def _milli(flow: str, known: Unit, column: Assigned, hints: Hints, questions: list[Question]) -> Fraction | None:
    """Milli-units of a flow in one of a unit; None where the unit cannot be converted without more knowledge."""
    if known.power:
        return None
    if flow.startswith("heat") and known.quantity == "mass":
        return steam(known, column, hints, questions)
    ask_temperature(flow, known, column, questions)
    return known.milli(60)


def steam(known: Unit, column: Assigned, hints: Hints, questions: list[Question]) -> Fraction | None:
    """Milli-GJ of one of a mass unit of steam; None, and a question, while its heat content is unknown."""
    if hints.gj_per_tonne is not None:
        return known.size * Fraction(hints.gj_per_tonne)  # kilograms times GJ per tonne is thousandths of a GJ
    text = "How many GJ does a tonne of steam in {column} hold? Until it is said the column is not taken."
    questions.append(Question("gj_per_tonne", message(text, column=column.label), "", (), column.label))
    return None


def ask_temperature(flow: str, known: Unit, column: Assigned, questions: list[Question]) -> None:
    """Asks at which temperature cubic metres of gas are counted, where the unit does not say."""
    if FLOWS[flow].unit == "Nm3" and known.normal is None:
        text = "Is {column} at 0 °C (Nm3) or at 20 °C? At 20 °C one cubic metre is 0.93178 Nm3."
        questions.append(Question("units", message(text, column=column.label), "Nm3", ("Nm3", "m3 (20 °C)"), column.label))


UNIT_OF_DETAIL: dict[str, Unit] = {
    key: known for key, text in (("max_demand", "kW"), ("amount", "CNY")) if (known := unit(text))
}  # fmt: skip
