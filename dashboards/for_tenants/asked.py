"""What a person may say about a dropped file: an input for every question the reader can ask, and the answers as hints."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboards import cards, explained
from dashboards.room import Context
from park.words import tell
from tenants.flows import ENTERED
from tenants.ingest import files
from tenants.ingest.workbook import Question
from tenants.ingest.workbook.result import message
from tenants.ingest.workbook.roles import EVERY
from tenants.ingest.workbook.units import SPELLINGS

ZONES = ("local", "UTC", "Asia/Shanghai", "Asia/Urumqi", "Asia/Tokyo", "Europe/Berlin", "Europe/London", "America/New_York")
STEPS = ("1", "5", "15", "30", "60")
CHOICES: dict[str, dict[str, str]] = {
    "marks": {"interval_start": "the start of their interval", "interval_end": "the end of their interval"},
    "midnight": {"next_day": "as 00:00 of the next day", "same_date": "as 00:00 of the same date", "24:00": "as 24:00"},
    "date_order": {"ymd": "year, month, day", "dmy": "day, month, year", "mdy": "month, day, year"},
    "decimal_mark": {".": "a point: 12.5", ",": "a comma: 12,5"},
    "multiply": {"false": "yes, they are true kWh", "true": "no, multiply them"},
    "zone": {"local": "the clock of the park", "UTC": "UTC"},
    "roles": {"meter": "the meters", "ignored": "nothing that counts", "time": "the time"},
}
LABELS = {
    "marks": "Times name", "midnight": "The end of a day is written", "date_order": "Order of the date",
    "decimal_mark": "Decimal mark", "multiply": "Multiplied with CT x PT already", "zone": "Times are of",
    "roles": "{subject} is", "units": "Unit of {subject}", "unit": "Unit", "behind": "{subject} stands behind",
    "meter": "Name of the meter", "reading_day": "Read on day of the month", "year": "Year of the months",
    "gj_per_tonne": "GJ in a tonne of steam", "sheet": "Sheet", "step_minutes": "Minutes of a row",
}  # fmt: skip
_NUMBERS = {"reading_day": (1, 31), "year": (2000, 2098), "gj_per_tonne": (0, 10)}


def hints_of(given: Mapping[str, Any]) -> files.Hints:
    """The answers as hints. A key such as `units:总表` is about one column or meter."""
    said: dict[str, Any] = {}
    for key, value in given.items():
        field, _, subject = key.partition(":")
        if value in (None, ""):
            continue
        if subject:
            said.setdefault(field, {})[subject] = str(value)
        else:
            said[field] = _value(field, value)
    return files.Hints(**{key: value for key, value in said.items() if value is not None})


def _value(field: str, value: Any) -> Any:
    if field == "multiply":
        return value == "true"
    if field == "gj_per_tonne":
        try:
            return Decimal(str(value))
        except InvalidOperation:
            return None
    return int(value) if field in ("reading_day", "year", "step_minutes") else str(value)


def confirmed(found: files.Taken, hints: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that a person agrees to by writing the file: their own, and what was assumed where they were asked."""
    assumed = {
        _key(one): one.assumed
        for one in found.understanding.questions
        if one.assumed and one.hint not in ("roles", "behind", "sheet", "meter")
    }
    return {**assumed, **{key: value for key, value in hints.items() if value not in (None, "")}}


def _key(one: Question) -> str:
    return f"{one.hint}:{one.subject}" if one.hint in ("roles", "units", "behind") else one.hint


def shown(found: files.Taken, hints: Mapping[str, Any]) -> dict[str, str]:
    """What the inputs are filled with: an input that shows something else was changed by the person."""
    read = found.understanding
    filled = {_key(one): _filled(one, hints.get(_key(one))) for one in read.questions}
    filled |= {key: _filled(one, hints.get(key)) for key, one in _besides(found, hints).items() if key not in filled}
    filled |= {f"roles:{one.subject}": hints.get(f"roles:{one.subject}") for one in read.questions if one.hint == "units"}
    return {key: str(value) for key, value in filled.items() if value not in (None, "")}


def _filled(one: Question | None, said: Any) -> Any:
    return said if said not in (None, "") else one.assumed if one else None


def card(ctx: Context, found: files.Taken, hints: Mapping[str, Any]) -> Any:
    """The questions with their inputs, and what can be said besides; None where there is nothing to say."""
    say, read = ctx.say, found.understanding
    asked = {_key(one): one for one in read.questions}
    first = [_input(ctx, key, one, hints) for key, one in asked.items()]
    first += [_flow_of(ctx, one.subject, hints) for one in read.questions if one.hint == "units" and one.subject]
    more = [_input(ctx, key, one, hints) for key, one in _besides(found, hints).items() if key not in asked]
    if not first and not more:
        return None
    again = dmc.Button(say("Read it again so"), id={"type": "upload-do", "what": "again"}, variant="default")
    texts = [html.Li(tell(one.text.template, one.text.facts, ctx.lang)) for one in read.questions]
    return cards.card(
        say("Is this right?") if first else say("Something else?"),
        html.Ul(texts, className="ly-notes") if texts else None,
        html.Div(first, className="ly-form-row") if first else None,
        html.Details([html.Summary(say("Say more about the file")), html.Div(more, className="ly-form-row")]) if more else None,
        html.Div(again, className="ly-actions"),
    )


def on_refusal(ctx: Context, code: str, hints: Mapping[str, Any]) -> Any:
    """An input where a word of the person can help a file that was refused; None where it cannot."""
    needed = {"year_unknown": "year", "one_reading": "step_minutes", "unknown_zone": "zone"}.get(code)
    if needed is None:
        return None
    again = dmc.Button(ctx.say("Read it again so"), id={"type": "upload-do", "what": "again"}, variant="default")
    return html.Div([_input(ctx, needed, None, hints), again], className="ly-form-row")


def _besides(found: files.Taken, hints: Mapping[str, Any]) -> dict[str, Question | None]:
    """What is not asked and may be said all the same: whatever was said before, ends and clock of times, the meter's name."""
    read = found.understanding
    keys: dict[str, Question | None] = {
        key: None for key, value in hints.items() if value not in (None, "") and key.partition(":")[0] in LABELS
    }
    if read.marks:
        keys["marks"] = _plain("marks", read.marks)
        if read.marks == "interval_end":
            keys["midnight"] = _plain("midnight", read.midnight or "")
    if (read.series or read.registers) and not read.with_offset:
        keys["zone"] = _plain("zone", "local")
    meters = list(dict.fromkeys([one.meter for one in read.series] + [one.meter for one in read.registers]))
    if len(meters) == 1:
        keys["meter"] = _plain("meter", meters[0])
    if len(read.format.sheets) > 1:
        keys["sheet"] = Question("sheet", message(""), "", read.format.sheets)
    return keys


def _plain(field: str, assumed: str) -> Question:
    return Question(field, message(""), assumed, tuple(CHOICES.get(field, ())) if field != "zone" else ZONES)


def _input(ctx: Context, key: str, one: Question | None, hints: Mapping[str, Any]) -> Any:
    """One input, filled with what was said or assumed."""
    field, _, subject = key.partition(":")
    label = ctx.say(LABELS[field], subject=_subject(ctx, subject))
    value = _filled(one, hints.get(key))
    about = {"id": {"type": "upload-hint", "key": key}, "label": label}
    if field in _NUMBERS:
        low, high = _NUMBERS[field]
        step = {"decimalScale": 3, "step": 0.1} if field == "gj_per_tonne" else {"allowDecimal": False}
        return dmc.NumberInput(**about, value=value or "", min=low, max=high, hideControls=True, **step)
    if field == "meter":
        return dmc.TextInput(**about, value=value or "")
    data = _options(ctx, field, one, value)
    return dmc.Select(**about, data=data, value=value or None, searchable=len(data) > 8, clearable=field in ("behind", "units"))


def _subject(ctx: Context, column: str) -> str:
    """A column as the person knows it."""
    return ctx.say("the columns of the day") if column == EVERY else column


def _options(ctx: Context, field: str, one: Question | None, value: Any) -> list[dict[str, str]]:
    say = ctx.say
    words = CHOICES.get(field, {})
    if field in ("unit", "units"):
        keys = list(one.options if one and one.options else dict.fromkeys(unit.label for unit in SPELLINGS.values()))
    elif field == "zone":
        keys = list(ZONES)
    elif field == "step_minutes":
        keys = list(STEPS)
    else:
        keys = list(one.options if one and one.options else words)
    if value and value not in keys:
        keys.append(str(value))
    return [{"value": key, "label": say(words[key]) if key in words else key} for key in keys if key]


def _flow_of(ctx: Context, column: str, hints: Mapping[str, Any]) -> Any:
    """Which flow a column counts, where its title does not say so."""
    key = f"roles:{column}"
    data = [{"value": flow, "label": explained.flow_name(flow, ctx.say)} for flow in ENTERED]
    return dmc.Select(
        id={"type": "upload-hint", "key": key}, label=ctx.say("{subject} counts", subject=_subject(ctx, column)), data=data,
        searchable=True,
        value=hints.get(key) or None, clearable=True, placeholder=ctx.say("as shown below"),
    )  # fmt: skip
