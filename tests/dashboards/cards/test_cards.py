"""What cards promise: no value is not zero, "not defined" is not "met", words beside every colour."""

from __future__ import annotations

from datetime import date
from typing import Any

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import cards as c
from tenants.errors import fill
from tests.dashboards.cards.walk import classes, marked, parts, text


def say(msgid: str, **facts: Any) -> str:
    return fill(msgid, facts)


def card(**given: Any) -> Any:
    return c.indicator_card("Use", given.pop("value", "12.5"), "tce", say=say, data_indicator="energy", **given)


def test_the_number_carries_its_address() -> None:
    (number,) = marked(card(), "energy")
    assert number.children == "12.5"


def test_no_value_is_said_in_words_and_never_as_zero() -> None:
    empty = card(value=None)
    assert marked(empty, "energy")[0].children == "No value"
    assert "0" not in text(empty)
    assert "tce" not in text(empty)


def test_a_partial_total_says_so_beside_itself() -> None:
    shown = [part.className for part in parts(card(partial="仅含1—9月")) if getattr(part, "className", None)]
    assert shown.index("ly-partial") == shown.index("ly-number") + 3, "right under the number (figure and unit between)"


@pytest.mark.parametrize(("verdict", "words"), [("undefined", "国家未规定限值"), ("good", "已达标"), ("bad", "未达标")])
def test_verdicts_differ_in_words_shape_and_frame(verdict: c.Status, words: str) -> None:
    shown = c.headline_card("Core", "2.58", "t", say=say, data_indicator="core", verdict=verdict, verdict_text=words)
    assert words in text(shown)
    assert f"ly-verdict-{verdict}" in classes(shown)
    assert ("ly-icon-check" in classes(shown)) == (verdict == "good"), "only what is met has a tick"


def test_the_scale_is_read_aloud_with_every_mark() -> None:
    marks = [c.Mark("Limit", 0.2, "0.20", "limit"), c.Mark("Own target", 2.2, "2.20")]
    shown = c.headline_card(
        "Core", "2.58", "t", say=say, data_indicator="core", verdict="bad", verdict_text="no", at=2.58, marks=marks
    )
    (spoken,) = [getattr(part, "aria-label") for part in parts(shown) if getattr(part, "role", None) == "img"]
    assert spoken == "Core 2.58 t; Limit 0.20; Own target 2.20"


def test_explain_buttons_have_the_key_of_their_figure() -> None:
    (button,) = [part for part in parts(card(explain="energy")) if isinstance(getattr(part, "id", None), dict)]
    assert button.id == {"type": "explain", "key": "energy"}
    assert "Use" in getattr(button, "aria-label")


@pytest.mark.parametrize(
    ("shares", "words", "status"),
    [
        ((1, 0, 0), "Measured 100%", "good"),
        ((0.985, 0.015, 0), "Measured 98.5% · Estimated 1.5%", "warn"),
        ((0.9, 0.04, 0.06), "Measured 90.0% · Estimated 4.0% · Missing 6.0%", "bad"),
        ((0, 0, 1), "Missing 100%", "bad"),
        ((0, 0, 0), "No data yet", "good"),
    ],
)
def test_completeness_names_only_what_is_there(shares: tuple[float, float, float], words: str, status: str) -> None:
    found = c.Completeness(*shares)
    assert c.completeness_text(found, say) == words
    assert found.status == status


@given(st.floats(0, 1))
def test_only_the_whole_is_called_100_percent_and_only_nothing_0(share: float) -> None:
    shown = c.percent(share)
    assert (shown == "100%") == (share == 1)
    assert (shown in ("0%", "0.0%")) == (share == 0)


def test_a_finding_without_yuan_has_a_dash_and_its_reason() -> None:
    shown = text(c.finding_card("Power factor", "low", None, "add", per="yuan/month", basis="no table"))
    assert "—" in shown
    assert "yuan/month" not in shown
    assert "no table" in shown


def test_a_rank_without_a_value_is_hatched_not_empty() -> None:
    shown = c.ranking_bars([c.Ranked("A", "5", 1.0, href="/a"), c.Ranked("B", "not submitted", None)], label="rank")
    bars = [part for part in parts(shown) if "ly-piece" in (getattr(part, "className", None) or "")]
    assert [bar.className for bar in bars] == ["ly-piece", "ly-piece ly-piece-missing"]


def test_unknown_shares_are_dashes_and_take_no_room() -> None:
    shown = c.share_bar([c.Share("PV", 0.4, "pv_self"), c.Share("Other", None, "other_clean")], label="clean", rest="rest")
    assert "—" in text(shown)
    assert "60.0%" in text(shown)
    assert len([part for part in parts(shown) if (getattr(part, "className", None) or "") == "ly-piece"]) == 1


def test_cells_without_a_value_are_dashes() -> None:
    rows: list[dict[str, Any]] = [{"a": "x", "b": None}, {"a": "", "b": "0"}]
    shown = c.table([c.Column("a", "A"), c.Column("b", "B", "number")], rows, caption="t")
    cells = [part for part in parts(shown) if type(part).__name__ == "Td"]
    assert [text(cell) for cell in cells] == ["x", "—", "—", "0"]
    assert [getattr(cell, "data-label") for cell in cells] == ["A", "B", "A", "B"]


def test_long_tables_sort_numbers_by_value() -> None:
    box = c.grid_table(
        "g", [c.Column("a", "A"), c.Column("b", "B", "number")], [{"a": "x", "b": "1,000.5"}], say=say, row_key="a"
    )
    _, number = box.children.columnDefs
    assert number["comparator"] == {"function": "lyByNumber"}
    assert "ag-right-aligned-cell" in number["cellClass"]


def test_a_figure_needs_words() -> None:
    with pytest.raises(ValueError, match="text alternative"):
        c.graph("g", go.Figure(), "  ", lang="zh")
    assert getattr(c.graph("g", go.Figure(), "Highest 5", lang="zh"), "aria-label") == "Highest 5"


def test_errors_are_read_out_at_once() -> None:
    assert "role='alert'" in repr(c.notice("wrong", "bad", remedy="do this"))
    assert "role='status'" in repr(c.notice("fine"))


def test_months_of_the_picker_run_from_last_to_first() -> None:
    picker = c.period_picker("p", "ytd", date(2026, 2, 9), first=date(2025, 11, 30), last=date(2026, 2, 1), say=say)
    months = next(part for part in parts(picker) if getattr(part, "id", None) == "p-month")
    assert [one["value"] for one in months.data] == ["2026-02", "2026-01", "2025-12", "2025-11"]
    store = next(part for part in parts(picker) if getattr(part, "id", None) == "p")
    assert store.data == {"kind": "ytd", "month": "2026-02"}


def test_explanation_shows_formula_numbers_factor_and_doubt() -> None:
    shown = c.explain_body(
        c.Explanation(
            "E", "535.57", "t", "E = Q x f", "959,636.71 x 0.5581",
            inputs=[c.InputLine("Bought", "959,636.71", "kWh", "meter 1")],
            factors=[c.FactorLine("Average", "0.5581", "kg/kWh", "2023", "notice", "latest earlier", False, "not verified")],
            completeness=c.Completeness(1, 0, 0), method="ghgp_location", notes=["never netted"],
        ),
        say,
    )  # fmt: skip
    for words in (
        "E = Q x f",
        "959,636.71 x 0.5581",
        "0.5581",
        "notice, 2023",
        "latest earlier",
        "not verified",
        "ghgp_location",
        "never netted",
    ):
        assert words in text(shown)
    assert "ly-chip-warn" in classes(shown), "an unverified factor is not shown as good"
