"""The way to zero: yearly path against target, this year's emission against its budget, and trends side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from dashboards.figures.canvas import canvas, number
from dashboards.figures.marks import by_category, level_line, line
from dashboards.palette import MEANINGS, colour, veil

Value = float | None
WIDTH = 0.55


@dataclass(frozen=True)
class Band:
    """Where the year is likely to end: low, middle, high, and its words."""

    low: float
    mid: float
    high: float
    name: str


@dataclass(frozen=True)
class Line:
    """One curve of a trend; a `meaning` of palette.MEANINGS fixes its colour, else the order does."""

    name: str
    values: Sequence[Value]
    meaning: str = ""


def emission_path(
    years: Sequence[int],
    target: Sequence[Value],
    actual: Sequence[Value],
    *,
    unit: str,
    target_name: str,
    actual_name: str,
    forecast: Band | None = None,
    forecast_year: int | None = None,
    limit: Value = None,
    limit_name: str = "",
    decimals: int = 1,
) -> go.Figure:
    """Actual years as bars against the dashed path of targets; the open year is an outlined bar with its likely range."""
    figure = canvas(unit=unit, barmode="overlay", barcornerradius=3)
    hover = f"%{{y:{number(decimals)}}} {unit}"
    figure.add_bar(x=years, y=actual, name=actual_name, marker={"color": colour("actual")}, hovertemplate=hover, width=WIDTH)
    if forecast is not None and forecast_year is not None:
        _open_year(figure, forecast_year, forecast, unit, decimals)
    dots: dict[str, Any] = {"mode": "lines+markers", "marker": {"size": 6, "color": colour("target")}, "hovertemplate": hover}
    line(figure, target_name, "target", width=1.8, dash="dash", x=years, y=target, **dots)
    if limit is not None:
        level_line(figure, limit, limit_name, "bad", "bottom right")
    figure.update_xaxes(dtick=1 if len(years) < 9 else 2, tickformat="d", fixedrange=True)
    return figure.update_yaxes(fixedrange=True)


def budget(
    labels: Sequence[str],
    actual: Sequence[Value],
    planned: Sequence[Value],
    *,
    unit: str,
    actual_name: str,
    planned_name: str,
    year_end: Band | None = None,
    decimals: int = 0,
) -> go.Figure:
    """Emission since January against the budget; from the last known month a fan opens to the likely year end."""
    figure = canvas(unit=unit)
    hover = f"%{{y:{number(decimals)}}} {unit}"
    known = [i for i, value in enumerate(actual) if value is not None]
    if year_end is not None and known and known[-1] < len(labels) - 1:
        _fan(figure, [labels[known[-1]], labels[-1]], actual[known[-1]], year_end, hover)
    line(figure, planned_name, "target", width=1.6, dash="dash", x=labels, y=planned, hovertemplate=hover)
    dots: dict[str, Any] = {"mode": "lines+markers", "marker": {"size": 6, "color": colour("actual")}, "hovertemplate": hover}
    line(figure, actual_name, "actual", width=2.4, x=labels, y=actual, **dots)
    by_category(figure, labels, 0.4)
    return figure


# Told apart by dash and marker as well as by colour; after seven lines a figure should be split.
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "solid", "dash")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star", "cross")
_ORDER = ("actual", "traded", "gas", "certificates", "pv_self", "grid", "heat")


def trend(labels: Sequence[str], lines: Sequence[Line], *, unit: str, decimals: int = 2) -> go.Figure:
    """Several curves over the same periods; a gap in a line is a period without a shown value."""
    figure = canvas(unit=unit)
    hover = f"%{{y:{number(decimals)}}} {unit}"
    for i, one in enumerate(lines):
        meaning = one.meaning if one.meaning in MEANINGS else _ORDER[i % len(_ORDER)]
        marker = {"size": 7, "color": colour(meaning), "symbol": _SYMBOLS[i % len(_SYMBOLS)]}
        dots: dict[str, Any] = {"mode": "lines+markers", "marker": marker, "hovertemplate": hover}
        line(figure, one.name, meaning, dash=_DASHES[i % len(_DASHES)], x=labels, y=one.values, **dots)
    by_category(figure, labels, 0.4)
    return figure.update_yaxes(rangemode="normal")  # the lines are compared with each other, not with zero


def _open_year(figure: go.Figure, year: int, band: Band, unit: str, decimals: int) -> None:
    spread = {"array": [band.high - band.mid], "arrayminus": [band.mid - band.low]}
    figure.add_bar(
        x=[year],
        y=[band.mid],
        name=band.name,
        width=WIDTH,
        marker={"color": veil("forecast", 0.25), "line": {"color": colour("forecast"), "width": 1.5}},
        error_y={"type": "data", "color": colour("soft"), "thickness": 1.6, "width": 6} | spread,
        hovertemplate=f"{band.low:{number(decimals)}} – {band.high:{number(decimals)}} {unit}",
    )


def _fan(figure: go.Figure, ends: list[str], here: Value, band: Band, hover: str) -> None:
    edge = {"x": ends, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    figure.add_scatter(y=[here, band.high], **edge)
    figure.add_scatter(y=[here, band.low], fill="tonexty", fillcolor=veil("forecast", 0.2), **edge)
    line(figure, band.name, "forecast", width=1.8, dash="dot", x=ends, y=[here, band.mid], hovertemplate=hover)
