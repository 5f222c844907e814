"""The load curve over a range of time, with zoom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import plotly.graph_objects as go

from dashboards.figures.canvas import canvas, number
from dashboards.figures.envelope import Curve, Flags, minmax
from dashboards.figures.marks import level_line, line, shade_gaps
from dashboards.palette import colour

MINUTE_MS = 60_000
STEPPED_UP_TO = timedelta(days=7)

# Clock with the date below it, then days with the year, then months with the year.
_TICKS = [
    {"dtickrange": [None, 86_399_999], "value": "%H:%M\n%m-%d"},
    {"dtickrange": [86_400_000, "M1"], "value": "%m-%d\n%Y"},
    {"dtickrange": ["M1", None], "value": "%b\n%Y"},
]


@dataclass(frozen=True)
class Level:
    """A horizontal line with its words, for example the declared demand."""

    value: float
    label: str


def load_curve(
    start: datetime,
    step_minutes: int,
    values: Curve,
    *,
    unit: str,
    name: str,
    missing: str,
    estimated: Flags | None = None,
    estimated_name: str = "",
    peak: str = "",
    level: Level | None = None,
    points: int = 2000,
) -> go.Figure:
    """Power over a range of time, zoomable along time. Missing stretches are shaded, the line breaks there.

    Args:
        start: Local start of the first interval (its zone, if any, is not drawn).
        values: Mean power per interval, NaN where missing; reduced here to `points` by lowest and highest.
        estimated: True where a value was filled in: drawn dotted.
        peak: Words for the highest value; empty for no mark.
    """
    begin, step = start.replace(tzinfo=None), timedelta(minutes=step_minutes)
    end = begin + len(values) * step
    figure = canvas(unit=unit, dragmode="zoom")
    guessed = np.zeros(len(values), dtype=bool) if estimated is None else estimated
    _curve(figure, begin, end, np.where(guessed, np.nan, values), name, "solid", unit, points)
    if guessed.any():
        _curve(figure, begin, end, np.where(guessed, values, np.nan), estimated_name, "dot", unit, points)
    shade_gaps(figure, begin, step, values, missing)
    if peak and not np.isnan(values).all():
        _peak(figure, begin, step, values, peak, unit)
    if level is not None:
        level_line(figure, level.value, level.label, position="top left")
    axis = {"range": [begin, end], "tickformatstops": _TICKS, "nticks": 7, "tickangle": 0}
    figure.update_xaxes(type="date", hoverformat="%Y-%m-%d %H:%M", **axis)
    figure.update_yaxes(fixedrange=True)
    return figure.update_layout(showlegend=len(figure.data) > 1)


def _curve(
    figure: go.Figure, begin: datetime, end: datetime, values: Curve, name: str, dash: str, unit: str, points: int
) -> None:
    """One line, sent as start and step instead of a time for each point."""
    short = minmax(values, points)
    shape = "hv" if end - begin <= STEPPED_UP_TO else "linear"
    every = short.step * (end - begin) / len(values) / timedelta(milliseconds=1)
    place = {"x0": f"{begin:%Y-%m-%d %H:%M}", "dx": every, "y": short.values}
    line(figure, name, "actual", width=1.6, dash=dash, shape=shape, hovertemplate=f"%{{y:{number(1)}}} {unit}", **place)


def _peak(figure: go.Figure, begin: datetime, step: timedelta, values: Curve, name: str, unit: str) -> None:
    at = int(np.nanargmax(values))
    marker = {"color": colour("bad"), "size": 9, "line": {"width": 2, "color": colour("card")}}
    figure.add_scatter(
        x=[begin + at * step],
        y=[float(values[at])],
        mode="markers",
        name=name,
        marker=marker,
        hovertemplate=f"%{{y:{number(1)}}} {unit}",
    )
