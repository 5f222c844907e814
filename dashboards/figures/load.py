"""Load curves: a range with zoom, and one day with its price windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import plotly.graph_objects as go

from dashboards.figures.canvas import canvas, number
from dashboards.figures.envelope import Curve, Flags, gaps, minmax
from dashboards.palette import colour, veil

MINUTE_MS = 60_000


@dataclass(frozen=True)
class Window:
    """Price window of a day. `kind` is sharp, peak, flat or valley; `label` its word, with the price if known."""

    start_minute: int
    end_minute: int
    kind: str
    label: str


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
    begin = start.replace(tzinfo=None)
    step = timedelta(minutes=step_minutes)
    figure = canvas(unit=unit, dragmode="zoom")
    shade = colour("actual")
    hover = f"%{{y:{number(1)}}} {unit}"
    shape = "hv" if len(values) <= 7 * 1440 // step_minutes else "linear"
    guessed = np.zeros(len(values), dtype=bool) if estimated is None else estimated
    parts = [(name, np.where(guessed, np.nan, values), "solid"), (estimated_name, np.where(guessed, values, np.nan), "dot")]
    for label, part, dash in parts:
        if np.isnan(part).all() and dash == "dot":
            continue
        short = minmax(part, points)
        figure.add_scatter(
            x0=f"{begin:%Y-%m-%d %H:%M}", dx=short.step * step_minutes * MINUTE_MS, y=short.values, mode="lines", name=label,
            line={"color": shade, "width": 1.6, "dash": dash, "shape": shape}, connectgaps=False, hovertemplate=hover,
        )  # fmt: skip
    _shade_gaps(figure, begin, step, values, missing)
    if peak and not np.isnan(values).all():
        at = int(np.nanargmax(values))
        figure.add_scatter(
            x=[begin + at * step], y=[float(values[at])], mode="markers", name=peak, hovertemplate=hover,
            marker={"color": colour("bad"), "size": 9, "line": {"width": 2, "color": colour("card")}},
        )  # fmt: skip
    _add_level(figure, level)
    figure.update_yaxes(fixedrange=True)
    figure.update_xaxes(
        type="date", range=[begin, begin + len(values) * step], hoverformat="%Y-%m-%d %H:%M", nticks=7, tickangle=0,
        tickformatstops=[
            {"dtickrange": [None, 86_399_999], "value": "%H:%M\n%m-%d"}, {"dtickrange": [86_400_000, "M1"], "value": "%m-%d\n%Y"},
            {"dtickrange": ["M1", None], "value": "%b\n%Y"},
        ],
    )  # fmt: skip
    figure.update_layout(showlegend=len(figure.data) > 1)
    return figure


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
    times = [begin + i * step for i in range(len(values))]
    figure = canvas(unit=unit)
    hover = f"%{{y:{number(1)}}} {unit}"
    if usual is not None:
        figure.add_scatter(
            x=times, y=usual, mode="lines", name=usual_name, line={"color": colour("previous"), "width": 1.4, "dash": "dot"}, hovertemplate=hover,
        )  # fmt: skip
    figure.add_scatter(
        x=times, y=values, mode="lines", name=name, hovertemplate=hover, connectgaps=False, fill="tozeroy", fillcolor=veil("actual", 0.1),
        line={"color": colour("actual"), "width": 2, "shape": "hv"},
    )  # fmt: skip
    _shade_gaps(figure, begin, step, values, missing)
    for window in windows:
        x0, x1 = begin + timedelta(minutes=window.start_minute), begin + timedelta(minutes=window.end_minute)
        figure.add_shape(
            type="rect", x0=x0, x1=x1, y0=-0.045, y1=-0.005, yref="paper", fillcolor=colour(window.kind), line={"width": 0}, layer="above",
        )  # fmt: skip
    for kind, label in {window.kind: window.label for window in windows}.items():
        figure.add_scatter(
            x=[None], y=[None], mode="markers", name=label, marker={"symbol": "square", "size": 10, "color": colour(kind)}, hoverinfo="skip",
        )  # fmt: skip
    _add_level(figure, level)
    figure.update_xaxes(
        type="date", range=[begin, begin + timedelta(days=1)], tickformat="%H:%M", dtick=6 * 60 * MINUTE_MS, hoverformat="%H:%M",
        fixedrange=True, ticklabelstandoff=12 if windows else 0,
    )  # fmt: skip
    figure.update_yaxes(fixedrange=True)
    figure.update_layout(showlegend=len(figure.data) > 1)
    return figure


def _shade_gaps(figure: go.Figure, begin: datetime, step: timedelta, values: Curve, missing: str) -> None:
    """Grey veils over the stretches without a value, with one legend entry."""
    found = gaps(values)
    for first, last in found:
        figure.add_shape(
            type="rect", x0=begin + first * step, x1=begin + last * step, y0=0, y1=1, yref="paper", layer="below",
            fillcolor=veil("missing", 0.22), line={"width": 0},
        )  # fmt: skip
    if found:
        figure.add_scatter(
            x=[None], y=[None], mode="markers", name=missing, hoverinfo="skip",
            marker={"symbol": "square", "size": 11, "color": veil("missing", 0.45)},
        )  # fmt: skip


def _add_level(figure: go.Figure, level: Level | None) -> None:
    if level is not None:
        figure.add_hline(
            y=level.value, line={"color": colour("target"), "width": 1.2, "dash": "dash"}, annotation_text=level.label,
            annotation_position="top left", annotation_font={"size": 12, "color": colour("soft")},
        )  # fmt: skip
