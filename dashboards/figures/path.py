"""The way to zero: yearly path against target, this year's emission against its budget, and trends side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.figures.canvas import canvas, number, tick_words
from dashboards.palette import MEANINGS, colour, veil

Value = float | None


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
    figure = canvas(unit=unit)
    hover = f"%{{y:{number(decimals)}}} {unit}"
    figure.add_bar(x=years, y=actual, name=actual_name, marker={"color": colour("actual")}, hovertemplate=hover, width=0.55)
    if forecast is not None and forecast_year is not None:
        figure.add_bar(
            x=[forecast_year], y=[forecast.mid], name=forecast.name, width=0.55,
            marker={"color": veil("forecast", 0.25), "line": {"color": colour("forecast"), "width": 1.5}},
            error_y={"type": "data", "array": [forecast.high - forecast.mid], "arrayminus": [forecast.mid - forecast.low],
                     "color": colour("soft"), "thickness": 1.6, "width": 6},
            hovertemplate=f"{forecast.low:{number(decimals)}} – {forecast.high:{number(decimals)}} {unit}",
        )  # fmt: skip
    figure.add_scatter(
        x=years, y=target, name=target_name, mode="lines+markers", hovertemplate=hover,
        line={"color": colour("target"), "width": 1.8, "dash": "dash"}, marker={"size": 6, "color": colour("target")},
    )  # fmt: skip
    if limit is not None:
        figure.add_hline(
            y=limit, line={"color": colour("bad"), "width": 1.4}, annotation_text=limit_name, annotation_position="bottom right",
            annotation_font={"size": 12, "color": colour("bad")},
        )  # fmt: skip
    figure.update_xaxes(dtick=1 if len(years) < 9 else 2, tickformat="d", fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    figure.update_layout(barmode="overlay", barcornerradius=3)
    return figure


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
        now, here = labels[known[-1]], actual[known[-1]]
        fan = {"x": [now, labels[-1]], "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        figure.add_scatter(y=[here, year_end.high], **fan)
        figure.add_scatter(y=[here, year_end.low], fill="tonexty", fillcolor=veil("forecast", 0.2), **fan)
        figure.add_scatter(
            x=[now, labels[-1]], y=[here, year_end.mid], mode="lines", name=year_end.name,
            line={"color": colour("forecast"), "width": 1.8, "dash": "dot"}, hovertemplate=hover,
        )  # fmt: skip
    figure.add_scatter(
        x=labels, y=planned, name=planned_name, mode="lines", line={"color": colour("target"), "width": 1.6, "dash": "dash"}, hovertemplate=hover,
    )  # fmt: skip
    figure.add_scatter(
        x=labels, y=actual, name=actual_name, mode="lines+markers", connectgaps=False, hovertemplate=hover,
        line={"color": colour("actual"), "width": 2.4}, marker={"size": 6, "color": colour("actual")},
    )  # fmt: skip
    figure.update_xaxes(
        type="category", categoryorder="array", categoryarray=list(labels), range=[-0.4, len(labels) - 0.6], fixedrange=True,
        tickvals=list(labels), ticktext=tick_words(labels),
    )  # fmt: skip
    figure.update_yaxes(fixedrange=True)
    return figure


# Told apart by dash and marker as well as by colour; after seven lines a figure should be split.
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "solid", "dash")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star", "cross")
_ORDER = ("actual", "traded", "gas", "certificates", "pv_self", "grid", "heat")


def trend(labels: Sequence[str], lines: Sequence[Line], *, unit: str, decimals: int = 2) -> go.Figure:
    """Several curves over the same periods; a gap in a line is a period without a shown value."""
    figure = canvas(unit=unit)
    for i, line in enumerate(lines):
        shade = colour(line.meaning if line.meaning in MEANINGS else _ORDER[i % len(_ORDER)])
        figure.add_scatter(
            x=labels, y=line.values, name=line.name, mode="lines+markers", connectgaps=False,
            line={"color": shade, "width": 2, "dash": _DASHES[i % len(_DASHES)]},
            marker={"size": 7, "color": shade, "symbol": _SYMBOLS[i % len(_SYMBOLS)]},
            hovertemplate=f"%{{y:{number(decimals)}}} {unit}",
        )  # fmt: skip
    figure.update_xaxes(
        type="category", categoryorder="array", categoryarray=list(labels), range=[-0.4, len(labels) - 0.6], fixedrange=True,
        tickvals=list(labels), ticktext=tick_words(labels),
    )  # fmt: skip
    figure.update_yaxes(fixedrange=True, rangemode="normal")  # lines compare with each other, not with zero
    return figure
