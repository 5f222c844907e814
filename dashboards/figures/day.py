"""One day's curve above its price windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import plotly.graph_objects as go

from dashboards.figures.canvas import canvas, number
from dashboards.figures.envelope import Curve
from dashboards.figures.load import MINUTE_MS, Level
from dashboards.figures.marks import level_line, line, shade_gaps, swatch
from dashboards.palette import colour, veil


@dataclass(frozen=True)
class Window:
    """Price window of a day. `kind` is sharp, peak, flat or valley; `label` its word, with the price if known."""

    start_minute: int
    end_minute: int
    kind: str
    label: str


def day_curve(
    day: datetime,
    step_minutes: int,
    values: Curve,
    *,
    unit: str,
    name: str,
    missing: str,
    windows: Sequence[Window] = (),
    usual: Curve | None = None,
    usual_name: str = "",
    level: Level | None = None,
) -> go.Figure:
    """One day's power above a strip of price windows; `usual` is the ordinary day it is compared with."""
    begin = day.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    step = timedelta(minutes=step_minutes)
    figure = canvas(unit=unit)
    points: dict[str, Any] = {"x": [begin + i * step for i in range(len(values))], "hovertemplate": f"%{{y:{number(1)}}} {unit}"}
    if usual is not None:
        line(figure, usual_name, "previous", width=1.4, dash="dot", y=usual, **points)
    line(figure, name, "actual", shape="hv", y=values, fill="tozeroy", fillcolor=veil("actual", 0.1), **points)
    shade_gaps(figure, begin, step, values, missing)
    _strip(figure, begin, windows)
    if level is not None:
        level_line(figure, level.value, level.label, position="top left")
    clock = {"tickformat": "%H:%M", "hoverformat": "%H:%M", "dtick": 6 * 60 * MINUTE_MS}
    below = 12 if windows else 0
    figure.update_xaxes(type="date", range=[begin, begin + timedelta(days=1)], fixedrange=True, ticklabelstandoff=below, **clock)
    figure.update_yaxes(fixedrange=True)
    return figure.update_layout(showlegend=len(figure.data) > 1)


def _strip(figure: go.Figure, begin: datetime, windows: Sequence[Window]) -> None:
    """The price windows as a coloured strip under the axis, each kind once in the legend."""
    for window in windows:
        x0, x1 = begin + timedelta(minutes=window.start_minute), begin + timedelta(minutes=window.end_minute)
        paint = {"fillcolor": colour(window.kind), "line": {"width": 0}, "layer": "above"}
        figure.add_shape(type="rect", x0=x0, x1=x1, y0=-0.045, y1=-0.005, yref="paper", **paint)
    for kind, label in {window.kind: window.label for window in windows}.items():
        swatch(figure, label, colour(kind))
