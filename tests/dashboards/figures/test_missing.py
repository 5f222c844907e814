"""Missing is not zero, in any figure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import figures as f

NAN = float("nan")
MONTHS = [f"{month}月" for month in range(1, 13)]


def traces(figure: go.Figure, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.name == name]


def test_missing_cells_of_the_year_have_no_colour_but_a_word() -> None:
    values = np.full((10, 96), 5.0)
    values[3, 10:20] = np.nan
    figure = f.year_heat(date(2026, 1, 1), values, unit="kW", missing="缺失")
    shown, absent = figure.data
    assert np.isnan(np.asarray(shown.z)[10:20, 3]).all()
    assert not (np.asarray(shown.z) == 0).any()
    assert np.nansum(np.asarray(absent.z)) == 10
    assert "缺失" in absent.hovertemplate
    assert absent.colorscale[1][1] == "rgba(0,0,0,0)"
    assert len(figure.layout.images) == 1, "the hatch lies below"


def test_a_complete_year_carries_neither_hatch_nor_second_layer() -> None:
    figure = f.year_heat(date(2026, 1, 1), np.ones((3, 24)), unit="kW", missing="缺失", step_minutes=60)
    assert len(figure.data) == 1
    assert not figure.layout.images
    assert list(figure.data[0].y)[:2] == ["00:00", "01:00"]


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=12, max_size=12), st.integers(0, 12))
def test_months_without_a_value_are_hatched_while_due_and_empty_after(this: list[float | None], due: int) -> None:
    figure = f.months(MONTHS, this, unit="kWh", this_name="2026", missing="缺失", due=due)
    assert list(traces(figure, "2026")[0].y) == this
    hatched = [label for trace in traces(figure, "缺失") for label in trace.x]
    assert hatched == [label for i, (label, value) in enumerate(zip(MONTHS, this, strict=True)) if value is None and i < due]


def test_partial_months_are_striped_and_named() -> None:
    figure = f.months(MONTHS[:3], [1.0, 2.0, 3.0], unit="kWh", this_name="2026", missing="缺失", partial={1}, partial_name="未满")
    assert list(traces(figure, "2026")[0].y) == [1.0, None, 3.0]
    striped = traces(figure, "未满")[0]
    assert list(striped.y) == [None, 2.0, None]
    assert striped.marker.pattern.shape == "/"


def test_a_stack_without_one_of_its_kinds_is_marked() -> None:
    parts = [f.Part("峰", [1.0, None, 3.0], "peak"), f.Part("谷", [1.0, 2.0, 3.0], "valley")]
    figure = f.stacked_months(MONTHS[:3], parts, unit="元", missing="缺失")
    assert list(traces(figure, "缺失")[0].x) == ["2月"]


def test_the_load_curve_breaks_and_shades_where_nothing_is_known() -> None:
    values = np.full(96 * 3, 100.0)
    values[50:60] = np.nan
    figure = f.load_curve(datetime(2026, 3, 1), 15, values, unit="kW", name="负荷", missing="缺失")
    curve = traces(figure, "负荷")[0]
    assert curve.connectgaps is False
    assert np.isnan(np.asarray(curve.y)[50:60]).all()
    shade = figure.layout.shapes[0]
    assert (str(shade.x0), str(shade.x1)) == ("2026-03-01 12:30:00", "2026-03-01 15:00:00")
    assert traces(figure, "缺失")


def test_a_long_curve_is_short_to_send_and_keeps_its_peak() -> None:
    values = np.random.default_rng(1).uniform(0, 500, 35_040)
    values[12_345] = 628.72
    figure = f.load_curve(datetime(2026, 1, 1), 15, values, unit="kW", name="负荷", missing="缺失", peak="最大需量")
    curve = traces(figure, "负荷")[0]
    assert curve.x is None, "start and step, not a time per point"
    assert len(curve.y) <= 2000
    assert np.nanmax(curve.y) == np.float32(628.72)
    assert traces(figure, "最大需量")[0].y[0] == 628.72


def test_estimated_stretches_are_dotted_not_solid() -> None:
    guessed = np.zeros(96, dtype=bool)
    guessed[10:20] = True
    figure = f.load_curve(
        datetime(2026, 3, 1), 15, np.ones(96), unit="kW", name="负荷", missing="缺失", estimated=guessed, estimated_name="估算"
    )
    assert np.isnan(np.asarray(traces(figure, "负荷")[0].y)[10:20]).all()
    dotted = traces(figure, "估算")[0]
    assert dotted.line.dash == "dot"
    assert np.count_nonzero(~np.isnan(np.asarray(dotted.y))) == 10


def test_a_day_without_any_value_draws_no_line_at_zero() -> None:
    figure = f.day_curve(datetime(2026, 3, 1), 15, np.full(96, np.nan), unit="kW", name="昨日", missing="缺失")
    assert np.isnan(np.asarray(traces(figure, "昨日")[0].y)).all()
    assert len(figure.layout.shapes) == 1


def test_windows_appear_once_each_in_the_legend() -> None:
    windows = [f.Window(0, 480, "valley", "谷"), f.Window(480, 1320, "peak", "峰"), f.Window(1320, 1440, "valley", "谷")]
    figure = f.day_curve(datetime(2026, 3, 1), 15, np.ones(96), unit="kW", name="昨日", missing="缺失", windows=windows)
    assert len(figure.layout.shapes) == 3
    assert [len(traces(figure, label)) for label in ("谷", "峰")] == [1, 1]


def test_hidden_periods_of_a_trend_are_gaps() -> None:
    figure = f.trend(MONTHS[:4], [f.Line("甲", [1.0, None, 3.0, 4.0])], unit="t")
    assert list(figure.data[0].y) == [1.0, None, 3.0, 4.0]
    assert figure.data[0].connectgaps is False


def test_the_fan_starts_at_the_last_known_month() -> None:
    actual = [1.0, 2.0, *[None] * 10]
    band = f.Band(10, 11, 12, "预计")
    figure = f.budget(MONTHS, actual, [1.0] * 12, unit="t", actual_name="实际", planned_name="预算", year_end=band)
    assert list(traces(figure, "预计")[0].x) == ["2月", "12月"]
    assert list(traces(figure, "预计")[0].y) == [2.0, 11]
    closed = f.budget(MONTHS, [1.0] * 12, [1.0] * 12, unit="t", actual_name="实际", planned_name="预算", year_end=band)
    assert not traces(closed, "预计"), "a whole year needs no forecast"


def test_calendar_squares_are_on_their_weekday_and_undue_days_empty() -> None:
    names: dict[f.DayState, str] = {"complete": "完整", "missing": "缺失"}
    figure = f.completeness_calendar(
        date(2026, 1, 1), ["complete", "missing", None], names=names, weekdays=list("一二三四五六日")
    )
    cells = {trace.name: np.asarray(trace.z) for trace in figure.data if trace.type == "heatmap"}
    assert cells["完整"][3, 0] == 1  # 1 January 2026 is a Thursday
    assert cells["缺失"][4, 0] == 1
    assert sum(np.nansum(z) for z in cells.values()) == 2


def test_flows_that_are_nothing_are_left_out_and_unknown_ends_refused() -> None:
    nodes = [f.Node("grid", "电网", "grid"), f.Node("pv", "光伏", "pv_self"), f.Node("use", "用电")]
    figure = f.sankey(nodes, [f.Link("grid", "use", 5), f.Link("pv", "use", 0)], unit="tce")
    assert list(figure.data[0].node.label) == ["电网", "用电"]
    with pytest.raises(KeyError):
        f.sankey(nodes, [f.Link("grid", "nowhere", 5)], unit="tce")


def test_waterfall_says_its_signs() -> None:
    steps = [f.Step("2月", 10, "total"), f.Step("活动", 2.5), f.Step("因子", -1), f.Step("3月", 11.5, "total")]
    assert list(f.waterfall(steps, unit="t").data[0].text) == ["10.0", "+2.5", "-1.0", "11.5"]


def test_the_open_year_shows_its_range() -> None:
    figure = f.emission_path(
        [2025, 2026], [70.0, 66.0], [73.9, None], unit="kt", target_name="目标", actual_name="实际",
        forecast=f.Band(60, 62, 65, "预计"), forecast_year=2026, limit=50.0, limit_name="限值",
    )  # fmt: skip
    expected = traces(figure, "预计")[0]
    assert (expected.error_y.array[0], expected.error_y.arrayminus[0]) == (3, 2)
    assert list(traces(figure, "实际")[0].y) == [73.9, None]
    assert figure.layout.annotations[-1].text == "限值"
