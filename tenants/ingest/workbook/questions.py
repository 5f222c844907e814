"""What a person could confirm: each question with the answer that was assumed."""

from __future__ import annotations

from collections.abc import Sequence

from tenants.ingest.workbook.curves_form import Part
from tenants.ingest.workbook.reading import Opened
from tenants.ingest.workbook.result import Hints, Question, message
from tenants.ingest.workbook.roles import EVERY


def ask(opened: Opened, parts: Sequence[Part], hints: Hints) -> list[Question]:
    """The questions that the parts leave, each once."""
    asked = [question for part in parts for question in (*_times(part), *part.questions, *_columns(part))]
    if len(opened.format.sheets) > len(parts) and hints.sheet is None:
        text = message("Which sheet is meant?")
        asked.append(Question("sheet", text, opened.grids[0].sheet or "", opened.format.sheets))
    asked += _behind(parts, hints)
    return list({(one.hint, one.subject): one for one in asked}.values())


def _times(part: Part) -> list[Question]:
    asked = []
    if part.ending and part.ending.open:
        text = message("Do the times name the start or the end of an interval? ({why})", why=part.ending.why.template)
        asked.append(Question("marks", text, part.ending.marks, ("interval_start", "interval_end")))
    if part.order and part.order.open:
        text = message("In which order are day and month written?")
        asked.append(Question("date_order", text, part.order.order, ("ymd", "dmy", "mdy")))
    return asked


def _columns(part: Part) -> list[Question]:
    """Units and flows that titles do not name."""
    asked = []
    for column in part.assumed:
        unit = column.unit.label if column.unit else ""
        text = message("What does {column} count, and in which unit?", column=column.label)
        if column.label == EVERY:
            text = message("What do the columns of the day count, and in which unit?")
        asked.append(Question("units", text, unit, (), column.label))
    return asked


def _behind(parts: Sequence[Part], hints: Hints) -> list[Question]:
    """Whether electricity meters of one file stand behind one another: then they must not be added."""
    meters = list(dict.fromkeys(name for part in parts for name in _electric(part)))
    if len(meters) < 2:
        return []
    text = "Does {meter} stand behind another meter of the site? Its energy is counted there already."
    return [Question("behind", message(text, meter=meter), "", tuple(other for other in meters if other != meter), meter)
            for meter in meters if meter not in hints.behind]  # fmt: skip


def _electric(part: Part) -> list[str]:
    """The meters of bought electricity, those of intervals first."""
    intervals = [one.meter for one in part.series if one.flow == "grid_in"]
    return intervals + [one.meter for one in part.registers if one.flow == "grid_in"]
