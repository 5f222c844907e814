"""Bars by month, bars in parts, and the steps from one total to another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go

from dashboards.figures.canvas import canvas, estimated_pattern, hatch_columns, number
from dashboards.figures.marks import by_category, level_line
from dashboards.palette import colour

Value = float | None


@dataclass(frozen=True)
class Part:
    """One kind within stacked bars; `meaning` is a key of palette.MEANINGS. A kind that does not apply is 0, None is missing."""

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
    figure = canvas(unit=unit, barmode="group", bargap=0.3, bargroupgap=0.06, barcornerradius=3)
    bars = {"x": labels, "hovertemplate": f"%{{y:{number(decimals)}}} {unit}"}
    if last is not None:
        figure.add_bar(y=last, name=last_name, offsetgroup="last", marker={"color": colour("previous"), "opacity": 0.55}, **bars)
    shade = colour("actual")
    whole = [None if i in partial else value for i, value in enumerate(this)]
    part = [value if i in partial else None for i, value in enumerate(this)]
    figure.add_bar(y=whole, name=this_name, offsetgroup="this", marker={"color": shade}, **bars)
    if any(value is not None for value in part):
        striped = {"color": shade, "pattern": estimated_pattern(shade), "line": {"color": shade, "width": 1}}
        figure.add_bar(y=part, name=partial_name, offsetgroup="this", marker=striped, **bars)
    hatch_columns(figure, labels, [i for i, value in enumerate(this[:due]) if value is None], missing)
    by_category(figure, labels)
    return figure.update_layout(showlegend=len(figure.data) > 1)


def stacked_months(
    labels: Sequence[str],
    parts: Sequence[Part],
    *,
    unit: str,
    missing: str,
    due: int | None = None,
    decimals: int = 0,
    level: Value = None,
    level_name: str = "",
) -> go.Figure:
    """Months split into kinds (price windows, clean sources, emission sources), with an optional line to reach.

    A month in which a kind is None stands in a hatched column, so that its stack is not taken for the whole.
    """
    figure = canvas(unit=unit, barmode="stack")
    edge = {"color": colour("card"), "width": 1}  # neighbours stay apart without relying on colour
    hover = f"%{{y:{number(decimals)}}} {unit}"
    for part in parts:
        paint = {"color": colour(part.meaning), "line": edge}
        figure.add_bar(x=labels, y=part.values, name=part.name, marker=paint, hovertemplate=hover)
    last = len(labels) if due is None else due
    hatch_columns(figure, labels, [i for i in range(last) if any(part.values[i] is None for part in parts)], missing)
    if level is not None:
        level_line(figure, level, level_name)
    by_category(figure, labels)
    return figure.update_layout(legend={"traceorder": "normal"})


def waterfall(steps: Sequence[Step], *, unit: str, decimals: int = 1, more_is_better: bool = False) -> go.Figure:
    """How one total became another; each change carries its signed number, so colour is not needed to read it."""
    figure = canvas(unit=unit, legend=False, hovermode="closest", margin={"t": 40})
    up, down = ("good", "bad") if more_is_better else ("bad", "good")
    texts = [f"{step.value:{'+' if step.kind == 'change' else ''},.{decimals}f}" for step in steps]
    paint = {
        name: {"marker": {"color": colour(kind)}}
        for name, kind in (("increasing", up), ("decreasing", down), ("totals", "actual"))
    }
    figure.add_waterfall(
        x=[step.name for step in steps],
        y=[step.value for step in steps],
        measure=["relative" if step.kind == "change" else "absolute" for step in steps],
        text=texts,
        textposition="outside",
        textfont={"color": colour("ink"), "size": 12},
        cliponaxis=False,
        hovertemplate=f"%{{x}}<br><b>%{{text}} {unit}</b><extra></extra>",
        connector={"line": {"color": colour("missing"), "width": 1, "dash": "dot"}},
        **paint,
    )
    figure.update_xaxes(type="category", fixedrange=True)
    return figure.update_yaxes(fixedrange=True)
