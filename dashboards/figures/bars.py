"""Bars by month, bars in parts, and the steps from one total to another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go

from dashboards.figures.canvas import canvas, estimated_pattern, hatch_columns, number, tick_words
from dashboards.palette import colour

Value = float | None


@dataclass(frozen=True)
class Part:
    """One kind within stacked bars; `meaning` is a key of palette.MEANINGS."""

    name: str
    values: Sequence[Value]
    meaning: str


@dataclass(frozen=True)
class Step:
    """One column of a waterfall: a change, or a total that stands on the ground."""

    name: str
    value: float
    kind: Literal["change", "total"] = "change"


def months(
    labels: Sequence[str],
    this: Sequence[Value],
    *,
    unit: str,
    this_name: str,
    missing: str,
    last: Sequence[Value] | None = None,
    last_name: str = "",
    partial: Collection[int] = (),
    partial_name: str = "",
    due: int | None = None,
    decimals: int = 0,
) -> go.Figure:
    """This year's months beside last year's. None before `due` is a hatched column; None after it is the future.

    Args:
        partial: Indices of months whose total is incomplete: striped, named by `partial_name`.
        due: How many leading months should have a value; all of them if not given.
    """
    figure = canvas(unit=unit, barmode="group", bargap=0.3, bargroupgap=0.06)
    hover = f"%{{y:{number(decimals)}}} {unit}"
    if last is not None:
        figure.add_bar(x=labels, y=last, name=last_name, marker={"color": colour("previous"), "opacity": 0.55}, hovertemplate=hover, offsetgroup="last")
    shade = colour("actual")
    whole = [None if i in partial else value for i, value in enumerate(this)]
    part = [value if i in partial else None for i, value in enumerate(this)]
    figure.add_bar(x=labels, y=whole, name=this_name, marker={"color": shade}, hovertemplate=hover, offsetgroup="this")
    if any(value is not None for value in part):
        figure.add_bar(
            x=labels, y=part, name=partial_name, hovertemplate=hover, offsetgroup="this",
            marker={"color": shade, "pattern": estimated_pattern(shade), "line": {"color": shade, "width": 1}},
        )  # fmt: skip
    gap = [i for i, value in enumerate(this) if value is None and i < (len(this) if due is None else due)]
    hatch_columns(figure, labels, gap, missing)
    _by_category(figure, labels)
    figure.update_layout(showlegend=len(figure.data) > 1, barcornerradius=3)
    return figure


def stacked_months(
    labels: Sequence[str], parts: Sequence[Part], *, unit: str, missing: str, due: int | None = None, decimals: int = 0, level: Value = None,
    level_name: str = "",
) -> go.Figure:  # fmt: skip
    """Months split into kinds (price windows, clean sources, emission sources), with an optional line to reach."""
    figure = canvas(unit=unit, barmode="stack")
    edge = {"color": colour("card"), "width": 1}  # neighbours stay apart without relying on colour
    for part in parts:
        figure.add_bar(
            x=labels, y=part.values, name=part.name, marker={"color": colour(part.meaning), "line": edge},
            hovertemplate=f"%{{y:{number(decimals)}}} {unit}",
        )  # fmt: skip
    last = len(labels) if due is None else due
    gap = [i for i in range(last) if all(part.values[i] is None for part in parts)]
    hatch_columns(figure, labels, gap, missing)
    if level is not None:
        figure.add_hline(
            y=level, line={"color": colour("target"), "width": 1.4, "dash": "dash"}, annotation_text=level_name,
            annotation_position="top right", annotation_font={"size": 12, "color": colour("soft")},
        )  # fmt: skip
    _by_category(figure, labels)
    figure.update_layout(legend={"traceorder": "normal"})
    return figure


def waterfall(steps: Sequence[Step], *, unit: str, decimals: int = 1, more_is_better: bool = False) -> go.Figure:
    """How one total became another; each change carries its signed number, so colour is not needed to read it."""
    figure = canvas(unit=unit, legend=False)
    up, down = ("good", "bad") if more_is_better else ("bad", "good")
    texts = [f"{step.value:{'+' if step.kind == 'change' else ''},.{decimals}f}" for step in steps]
    figure.add_waterfall(
        x=[step.name for step in steps], y=[step.value for step in steps], text=texts, textposition="outside", cliponaxis=False,
        measure=["relative" if step.kind == "change" else "absolute" for step in steps],
        textfont={"color": colour("ink"), "size": 12}, hovertemplate=f"%{{x}}<br><b>%{{text}} {unit}</b><extra></extra>",
        increasing={"marker": {"color": colour(up)}}, decreasing={"marker": {"color": colour(down)}},
        totals={"marker": {"color": colour("actual")}}, connector={"line": {"color": colour("missing"), "width": 1, "dash": "dot"}},
    )  # fmt: skip
    figure.update_layout(hovermode="closest", margin={"t": 40})
    figure.update_xaxes(type="category", fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return figure


def _by_category(figure: go.Figure, labels: Sequence[str]) -> None:
    """Fix the order of the months, the not yet begun ones included."""
    figure.update_xaxes(
        type="category", categoryorder="array", categoryarray=list(labels), range=[-0.5, len(labels) - 0.5], fixedrange=True,
        tickvals=list(labels), ticktext=tick_words(labels),
    )  # fmt: skip
    figure.update_yaxes(fixedrange=True)
