"""The picture of a problem: the doubtful part marked once, the proposal visible whatever the size of the fault."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from dashboards.figures import Marked, suspect_curve

START = dt.datetime(2026, 3, 1)
MARKED = Marked(START + dt.timedelta(hours=10), START + dt.timedelta(hours=12), "In doubt")


def drawn(values: np.ndarray, **more: Any) -> Any:
    """The figure of two days."""
    return suspect_curve(START, 15, values, unit="kW", name="Grid", missing="Missing", marked=MARKED, **more)


def load() -> np.ndarray:
    """Two days at 100 kW."""
    return np.full(192, 100.0)


def test_the_doubtful_part_is_marked_and_named() -> None:
    figure = drawn(load())
    assert [(one.x0, one.x1) for one in figure.layout.shapes] == [(MARKED.start, MARKED.end)]
    assert "In doubt" in [trace.name for trace in figure.data]


def test_what_is_missing_in_it_has_no_second_veil_and_no_value() -> None:
    values = load()
    values[40:48] = np.nan
    values[100:104] = np.nan
    figure = drawn(values)
    assert len(figure.layout.shapes) == 2  # the gap elsewhere, and the mark
    curve = next(trace for trace in figure.data if trace.name == "Grid")
    assert np.isnan(np.asarray(curve.y, float)[40:48]).all()


def test_a_fault_a_thousand_times_the_load_leaves_the_proposal_visible() -> None:
    values = load()
    values[40:48] = 100_000
    proposed = np.full(192, np.nan)
    proposed[40:48] = 99
    figure = drawn(values, proposed=proposed, proposed_name="Would be")
    assert figure.layout.yaxis.range[1] < 200
    assert any("100,000 kW" in one.text for one in figure.layout.annotations)
    assert np.nanmax(next(trace for trace in figure.data if trace.name == "Would be").y) == 99


def test_a_problem_longer_than_the_picture_is_cut() -> None:
    figure = suspect_curve(
        START, 15, load(), unit="kW", name="Grid", missing="Missing",
        marked=Marked(START - dt.timedelta(days=9), START + dt.timedelta(days=9), "In doubt"),
    )  # fmt: skip
    (one,) = figure.layout.shapes
    assert (one.x0, one.x1) == (START, START + dt.timedelta(days=2))
