"""How complete each day is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboards.figures.canvas import canvas
from dashboards.figures.heat import DAY_MS
from dashboards.figures.marks import swatch
from dashboards.palette import colour

DayState = Literal["complete", "estimated", "partial", "missing"]
STATE_COLOURS: dict[DayState, str] = {"complete": "actual", "estimated": "peak", "partial": "gas", "missing": "missing"}
States = Sequence[DayState | None]


def completeness_calendar(
    first_day: date, states: States, *, names: Mapping[DayState, str], weekdays: Sequence[str]
) -> go.Figure:
    """Weeks across, weekdays down, one square a day; None is a day that is not due and stays empty.

    Args:
        names: Words for the four states, shown as legend and on hover.
        weekdays: Seven short names, Monday first.
    """
    start = first_day - timedelta(days=first_day.weekday())
    weeks = ((first_day - start).days + len(states) + 6) // 7
    figure = canvas(hovermode="closest")
    place = {"x0": f"{start:%Y-%m-%d}", "dx": 7 * DAY_MS, "y": list(weekdays), "xgap": 2, "ygap": 2}
    for state, name in names.items():
        z, text = _cells(first_day, states, state, start, weeks)
        if np.isnan(z).all():
            continue
        shade = colour(STATE_COLOURS[state])
        paint = {"colorscale": [[0, shade], [1, shade]], "showscale": False, "hoverongaps": False}
        figure.add_heatmap(z=z, text=text, name=name, hovertemplate=f"%{{text}}<br>{name}<extra></extra>", **place, **paint)
        swatch(figure, name, shade)
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False, fixedrange=True, tickvals=list(weekdays)[::2])
    span = [start - timedelta(days=4), start + timedelta(days=7 * weeks - 4)]
    figure.update_xaxes(type="date", tickformat="%b", dtick="M1" if weeks < 20 else "M2", fixedrange=True, range=span)
    return figure


def _cells(
    first_day: date, states: States, wanted: DayState, start: date, weeks: int
) -> tuple[NDArray[np.float32], NDArray[np.object_]]:
    """Shape (7, weeks): 1 and the date where the day is in the wanted state, NaN and nothing elsewhere."""
    z = np.full((7, weeks), np.nan, dtype=np.float32)
    text = np.full((7, weeks), "", dtype=object)
    for i, found in enumerate(states):
        if found == wanted:
            day = first_day + timedelta(days=i)
            at = (day.weekday(), (day - start).days // 7)
            z[at], text[at] = 1, f"{day:%Y-%m-%d}"
    return z, text
