"""The empty figure every other one starts from, and the grey hatch that means "missing"."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboards.palette import colour
from dashboards.theme import template

_TEMPLATE = template("light")

# Grey on transparent, readable on both grounds; a data address, so nothing is fetched.
_HATCH_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%"><defs><pattern id="h" width="6" height="6" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#8b9492" fill-opacity=".22"/>'
    '<rect width="1.4" height="6" fill="#8b9492" fill-opacity=".75"/></pattern></defs>'
    '<rect width="100%" height="100%" fill="url(#h)"/></svg>'
)
HATCH = "data:image/svg+xml;base64," + base64.b64encode(_HATCH_SVG.encode()).decode()


def canvas(*, unit: str = "", legend: bool = True, **layout: Any) -> go.Figure:
    """A figure without marks. `unit` stands above the value axis, where it costs no width on a phone."""
    figure = go.Figure(layout=go.Layout(template=_TEMPLATE, showlegend=legend))
    if unit:
        figure.add_annotation(
            text=unit,
            xref="paper",
            yref="paper",
            x=0,
            y=1,
            xanchor="left",
            yanchor="bottom",
            yshift=6,
            showarrow=False,
            font={"size": 12, "color": colour("soft")},
        )
        figure.update_layout(margin={"t": 30})
    figure.update_layout(**layout)
    return figure


def hatch_columns(figure: go.Figure, places: Sequence[Any], at: Sequence[int], name: str) -> None:
    """Add full-height hatched columns at the category positions `at`: no value is known there."""
    if not at:
        return
    figure.add_bar(
        x=[places[i] for i in at],
        y=[1] * len(at),
        yaxis="y9",
        name=name,
        width=0.86,
        offset=-0.43,
        marker={
            "color": "rgba(0,0,0,0)",
            "line": {"width": 0},
            "cornerradius": 0,
            "pattern": {"shape": "/", "fgcolor": colour("missing"), "fgopacity": 0.55, "size": 6, "solidity": 0.18},
        },
        hovertemplate=f"{name}<extra></extra>",
        legendrank=2000,
    )
    figure.update_layout(yaxis9={"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True})


def estimated_pattern(shade: str) -> dict[str, Any]:
    """Marker pattern for estimated or partial bars: striped in the bar's own colour."""
    return {"shape": "/", "fgcolor": shade, "bgcolor": "rgba(0,0,0,0)", "fgopacity": 0.9, "size": 5, "solidity": 0.45}


def number(decimals: int) -> str:
    """d3 format with thousands separators."""
    return f",.{decimals}f"


def tick_words(labels: Sequence[str]) -> list[str]:
    """Axis words short enough for twelve months on a phone: 1月, 2, 3 ... 12. Hover keeps the full ones."""
    if len(labels) > 8 and all(re.fullmatch(r"\d+月", label) for label in labels):
        return [labels[0], *(label[:-1] for label in labels[1:])]
    return list(labels)
