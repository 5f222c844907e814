"""The curve around something that looks wrong, the suspected part marked, and what would stand in its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboards.figures.envelope import Curve, Flags
from dashboards.figures.load import load_curve
from dashboards.figures.marks import line, swatch
from dashboards.palette import colour, veil

CUT = 4.0  # times the rest of the curve


@dataclass(frozen=True)
class Marked:
    """The suspected stretch, as local times without a zone, and its word."""

    start: datetime
    end: datetime
    label: str


def suspect_curve(
    start: datetime,
    step_minutes: int,
    values: Curve,
    *,
    unit: str,
    name: str,
    missing: str,
    marked: Marked,
    estimated: Flags | None = None,
    estimated_name: str = "",
    proposed: Curve | None = None,
    proposed_name: str = "",
) -> go.Figure:
    """Power over some days with one stretch marked.

    Args:
        values: Mean power per interval, NaN where missing.
        proposed: What would stand in place of some intervals, NaN elsewhere; drawn over the curve.
    """
    begin = start.replace(tzinfo=None)
    end = begin + len(values) * timedelta(minutes=step_minutes)
    first, last = max(marked.start, begin), min(marked.end, end)
    inside = np.zeros(len(values), bool)
    inside[_index(first - begin, step_minutes) : _index(last - begin, step_minutes)] = True
    # The doubtful stretch has its own veil; a second one for what is missing in it would only darken it.
    known = np.where(inside & np.isnan(values), 0.0, values)
    figure = load_curve(
        start, step_minutes, known, unit=unit, name=name, missing=missing, estimated=estimated, estimated_name=estimated_name
    )
    if np.isnan(values[inside]).any():
        _without(figure, step_minutes, begin, values, unit, name)
    paint = {"fillcolor": veil("bad", 0.12), "line": {"color": colour("bad"), "width": 1}, "layer": "below"}
    figure.add_shape(type="rect", x0=first, x1=last, y0=0, y1=1, yref="paper", **paint)
    swatch(figure, marked.label, veil("bad", 0.35))
    if proposed is not None and not np.isnan(proposed).all():
        shape = "hv" if end - begin <= timedelta(days=7) else "linear"
        place: dict[str, Any] = {"x0": f"{begin:%Y-%m-%d %H:%M}", "dx": step_minutes * 60_000, "y": proposed}
        line(figure, proposed_name, "peak", width=2.6, shape=shape, hovertemplate=f"%{{y:,.1f}} {unit}", **place)
    _fit(figure, values, inside, proposed, first, unit)
    figure.update_xaxes(fixedrange=True)
    return figure.update_layout(showlegend=True, dragmode=False)


def _index(since: timedelta, step_minutes: int) -> int:
    return max(round(since / timedelta(minutes=step_minutes)), 0)


def _without(figure: go.Figure, step_minutes: int, begin: datetime, values: Curve, unit: str, name: str) -> None:
    """Draws the curve as it is, broken where a value is missing, in place of the filled one."""
    shape = figure.data[0].line.shape
    figure.data = figure.data[1:]
    place: dict[str, Any] = {"x0": f"{begin:%Y-%m-%d %H:%M}", "dx": step_minutes * 60_000, "y": values}
    line(figure, name, "actual", width=1.6, shape=shape, hovertemplate=f"%{{y:,.1f}} {unit}", **place)


def _fit(figure: go.Figure, values: Curve, inside: Flags, proposed: Curve | None, at: datetime, unit: str) -> None:
    """Cuts the axis where the doubtful values would press everything else to the ground, and says how high they go."""
    rest = [one[~np.isnan(one)] for one in (values[~inside], np.zeros(0) if proposed is None else proposed)]
    usual, highest = float(np.concatenate(rest).max(initial=0)), float(np.nan_to_num(values[inside]).max(initial=0))
    if usual <= 0 or highest <= CUT * usual:
        return
    figure.update_yaxes(range=[0, 1.6 * usual])
    words = f"\N{UPWARDS ARROW} {highest:,.0f} {unit}"
    style: dict[str, Any] = {"font": {"size": 12, "color": colour("bad")}, "bgcolor": veil("card", 0.8)}
    figure.add_annotation(x=at, y=1, yref="paper", xanchor="left", yanchor="top", text=words, showarrow=False, **style)
