"""Energy flow from source to use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.figures.canvas import canvas, number
from dashboards.palette import MEANINGS, colour, veil


@dataclass(frozen=True)
class Node:
    """A source, a carrier or a user; `meaning` of palette.MEANINGS, else neutral."""

    key: str
    label: str
    meaning: str = ""


@dataclass(frozen=True)
class Link:
    """A flow between two nodes by key, in the figure's unit; it has the colour of its source."""

    source: str
    target: str
    value: float


def sankey(nodes: Sequence[Node], links: Sequence[Link], *, unit: str, decimals: int = 0) -> go.Figure:
    """Sankey of the links; nodes without any flow are left out, unknown keys raise KeyError."""
    used = {key for link in links if link.value > 0 for key in (link.source, link.target)}
    shown = [node for node in nodes if node.key in used]
    at = {node.key: i for i, node in enumerate(shown)}
    flows = [link for link in links if link.value > 0]
    meaning = {node.key: node.meaning if node.meaning in MEANINGS else "previous" for node in shown}
    figure = canvas(legend=False, hovermode="closest", margin={"l": 4, "r": 4, "t": 10, "b": 10})
    figure.add_sankey(
        arrangement="snap",
        valueformat=number(decimals),
        valuesuffix=f" {unit}",
        textfont={"color": colour("ink"), "size": 12},
        node={
            "label": [node.label for node in shown],
            "color": [colour(meaning[node.key]) for node in shown],
            "thickness": 12,
            "pad": 18,
            "line": {"width": 0},
            "hovertemplate": "%{label}<br><b>%{value}</b><extra></extra>",
        },
        link={
            "source": [at[link.source] for link in flows],
            "target": [at[link.target] for link in flows],
            "value": [link.value for link in flows],
            "color": [veil(meaning[link.source], 0.32) for link in flows],
            "hovertemplate": "%{source.label} → %{target.label}<br><b>%{value}</b><extra></extra>",
        },
    )
    return figure
