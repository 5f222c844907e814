"""Marks that several figures share: lines, level lines, legend swatches, the axis of months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import plotly.graph_objects as go

from dashboards.figures.canvas import tick_words
from dashboards.figures.envelope import Curve, gaps
from dashboards.palette import colour, veil


def line(
    figure: go.Figure, name: str, meaning: str, *, width: float = 2.0, dash: str = "solid", shape: str = "linear", **trace: Any
) -> None:
    """Add a line in the colour of a meaning; it breaks where a value is missing."""
    style = {"color": colour(meaning), "width": width, "dash": dash, "shape": shape}
    figure.add_scatter(**({"mode": "lines", "name": name, "line": style, "connectgaps": False} | trace))


def swatch(figure: go.Figure, name: str, shade: str) -> None:
    """Add a legend entry for something that is no trace (a veil, a strip, cells of one state)."""
    marker = {"symbol": "square", "size": 10, "color": shade}
    figure.add_scatter(x=[None], y=[None], mode="markers", name=name, marker=marker, hoverinfo="skip")


def level_line(figure: go.Figure, value: float, label: str, meaning: str = "target", position: str = "top right") -> None:
    """Add a horizontal line with its words: a limit is solid, anything else dashed."""
    dash = "solid" if meaning == "bad" else "dash"
    words = {"size": 12, "color": colour("bad" if meaning == "bad" else "soft")}
    style = {"color": colour(meaning), "width": 1.4, "dash": dash}
    figure.add_hline(y=value, line=style, annotation_text=label, annotation_position=position, annotation_font=words)


def by_category(figure: go.Figure, labels: Sequence[str], edge: float = 0.5) -> None:
    """Fix the order of the periods, the not yet begun ones included, and leave the page's scrolling alone."""
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=list(labels),
        range=[-edge, len(labels) - 1 + edge],
        tickvals=list(labels),
        ticktext=tick_words(labels),
        fixedrange=True,
    )
    figure.update_yaxes(fixedrange=True)


def shade_gaps(figure: go.Figure, begin: datetime, step: timedelta, values: Curve, missing: str) -> None:
    """Lay grey veils over the stretches without a value, with one legend entry."""
    found = gaps(values)
    for first, last in found:
        x0, x1 = begin + first * step, begin + last * step
        paint = {"fillcolor": veil("missing", 0.22), "line": {"width": 0}, "layer": "below"}
        figure.add_shape(type="rect", x0=x0, x1=x1, y0=0, y1=1, yref="paper", **paint)
    if found:
        swatch(figure, missing, veil("missing", 0.45))
