"""Units that need knowledge from outside the file: steam by weight, gas by volume at an unnamed temperature."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tenants.flows import FLOWS
from tenants.ingest.workbook.result import Hints, Question, message
from tenants.ingest.workbook.units import Unit


def countable(flow: str, written: Unit, column: str, hints: Hints, questions: list[Question]) -> Unit | None:
    """The unit in which a column's quantities become the flow's; None, and a question, while a person must say more."""
    if flow.startswith("heat") and written.quantity == "mass":
        if hints.gj_per_tonne is not None:
            return replace(written, quantity="heat", size=written.size / 1000 * Fraction(hints.gj_per_tonne))
        text = "How many GJ does a tonne of steam in {column} hold? Until it is said the column is not taken."
        questions.append(Question("gj_per_tonne", message(text, column=column), "", (), column))
        return None
    if FLOWS[flow].unit == "Nm3" and written.normal is None:
        text = "Is {column} at 0 °C (Nm3) or at 20 °C? At 20 °C one cubic metre is 0.93178 Nm3."
        questions.append(Question("units", message(text, column=column), "Nm3", ("Nm3", "m3 (20 °C)"), column))
    return written
