"""Every question of the reader has an input on the page, filled with what was assumed; its answer reaches the reader."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from dashboards.for_tenants import asked
from park.words import t
from tenants.ingest.workbook import Hints, Understanding, understand
from tests.tenants.ingest.workbook.tables import SHANGHAI, delimited, instants

DAY = dt.datetime(2026, 3, 1)
CTX: Any = SimpleNamespace(lang="en", say=lambda text, **facts: t(text, "en", **facts))


def quarters(title: str, form: str = "%Y-%m-%d %H:%M", first: int = 0, count: int = 96, cell: Any = 5) -> list[list[Any]]:
    return [["时间", title], *([f"{moment:{form}}", cell] for moment in instants(DAY, 96 * 2)[first : first + count])]


FILES: dict[str, bytes] = {
    "marks": delimited(quarters("电量(kWh)", first=3, count=40)),
    "date_order": delimited(quarters("电量(kWh)", "%d/%m/%Y %H:%M", count=96)),
    "units": delimited(quarters("有功")),
    "decimal_mark": delimited(quarters("电量(kWh)", cell="12,345"), ";"),
    "multiply": delimited([[*row, 40 if i else "倍率"] for i, row in enumerate(quarters("电量(kWh)"))]),
    "behind": delimited([["时间", "A(kWh)", "B(kWh)"], *([f"{moment:%Y-%m-%d %H:%M}", 1, 2] for moment in instants(DAY, 96))]),
    "roles": delimited([["时间", "线", "kWh"], *([f"{m:%Y-%m-%d %H:%M}", line, 2] for m in instants(DAY, 96) for line in "AB")]),
    "gj_per_tonne": delimited([["月份", "蒸汽(t)"], ["2026-01", 5], ["2026-02", 6]]),
    "reading_day": delimited([["月份", "电量(kWh)"], ["2026-01", 5], ["2026-02", 6]]),
    "year": delimited([["2026年用电"], ["月份", "电量(kWh)"], ["1月", 5], ["2月", 6]]),
    "zone": delimited([["时间", "光伏发电(kW)"], *([f"{m:%Y-%m-%d %H:%M}", 9 * (1 <= m.hour < 8)] for m in instants(DAY, 300))]),
}  # fmt: skip


def ids(node: Any) -> dict[str, Any]:
    """The hint inputs below a component, by key, with their values."""
    found: dict[str, Any] = {}
    if isinstance(getattr(node, "id", None), dict) and node.id.get("type") == "upload-hint":
        found[node.id["key"]] = getattr(node, "value", None)
    children = getattr(node, "children", None)
    for child in children if isinstance(children, (list, tuple)) else [children] if children is not None else []:
        found |= ids(child)
    return found


def taken(read: Understanding) -> Any:
    return SimpleNamespace(understanding=read)


@pytest.mark.parametrize("hint", sorted(FILES))
def test_a_question_has_an_input_with_the_answer_assumed(hint: str) -> None:
    found = taken(understand(FILES[hint], "甲.csv", SHANGHAI))
    questions = [one for one in found.understanding.questions if one.hint == hint]
    shown = ids(asked.card(CTX, found, {}))
    keys = {one.hint if one.hint not in ("roles", "units", "behind") else f"{one.hint}:{one.subject}": one for one in questions}
    assert keys, hint
    for key, one in keys.items():
        assert key in shown, key
        assert str(shown[key] or "") == one.assumed
    assert {key: str(value) for key, value in shown.items() if value not in (None, "")} == asked.shown(found, {})


def test_answers_become_hints() -> None:
    said = {"units:总表": "MWh", "roles:总表": "pv_gen", "behind:A": "B", "multiply": "true", "reading_day": 25, "year": "2026",
            "gj_per_tonne": "2.75", "marks": "interval_end", "zone": "UTC", "meter": "", "unit": None}  # fmt: skip
    assert asked.hints_of(said) == Hints(
        units={"总表": "MWh"}, roles={"总表": "pv_gen"}, behind={"A": "B"}, multiply=True, reading_day=25,
        gj_per_tonne=Decimal("2.75"), year=2026, marks="interval_end", zone="UTC",
    )  # fmt: skip


def test_what_was_assumed_is_confirmed_by_writing() -> None:
    found = taken(understand(FILES["units"], "甲.csv", SHANGHAI))
    assert asked.confirmed(found, {}) == {"units:有功": "kWh"}
    assert asked.confirmed(found, {"units:有功": "MWh", "meter": ""}) == {"units:有功": "MWh"}


@pytest.mark.parametrize(("code", "key"), [("year_unknown", "year"), ("one_reading", "step_minutes"), ("no_table", None)])
def test_a_refusal_that_a_word_would_help_asks_for_it(code: str, key: str | None) -> None:
    part = asked.on_refusal(CTX, code, {})
    assert (list(ids(part)) if part is not None else [None]) == [key]
