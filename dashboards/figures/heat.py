"""A year at a glance: load by day and hour, and how complete each day is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboards.figures.canvas import HATCH, canvas, number
from dashboards.palette import colour

DAY_MS = 86_400_000

DayState = Literal["complete", "estimated", "partial", "missing"]
STATE_COLOURS: dict[DayState, str] = {"complete": "actual", "estimated": "peak", "partial": "gas", "missing": "missing"}


def year_heat(
    first_day: date, values: NDArray[np.float64], *, unit: str, missing: str, decimals: int = 0, step_minutes: int = 15
) -> go.Figure:
    """Heat map, days across and hours down. NaN cells are hatched and say `missing`; they never get a colour.

    Args:
        values: Shape (days, intervals of a day); end it at the last day that is due, so that the future stays empty.
        unit: Unit of the values, for example kW.
    """
    days, intervals = values.shape
    times = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(0, intervals * step_minutes, step_minutes)]
    figure = canvas(legend=False, hovermode="closest")
    grid = {"x0": f"{first_day:%Y-%m-%d}", "dx": DAY_MS, "y": times}
    cells = values.T.astype(np.float32)
    figure.add_heatmap(
        z=cells, **grid, coloraxis="coloraxis", hoverongaps=False,
        hovertemplate=f"%{{x|%Y-%m-%d}} %{{y}}<br><b>%{{z:{number(decimals)}}} {unit}</b><extra></extra>",
    )  # fmt: skip
    absent = np.isnan(cells)
    if absent.any():
        figure.add_heatmap(
            z=np.where(absent, np.float32(1), np.float32(np.nan)), **grid, showscale=False, hoverongaps=False,
            colorscale=[[0, "rgba(0,0,0,0)"], [1, "rgba(0,0,0,0)"]], hovertemplate=f"%{{x|%Y-%m-%d}} %{{y}}<br>{missing}<extra></extra>",
        )  # fmt: skip
        figure.add_layout_image(
            source=HATCH, xref="x", yref="paper", x=f"{first_day - timedelta(days=1):%Y-%m-%d} 12:00", y=1,
            sizex=days * DAY_MS, sizey=1, sizing="stretch", layer="below",
        )  # fmt: skip
    hours = [time for time in ("00:00", "06:00", "12:00", "18:00") if time in times]
    figure.update_yaxes(type="category", autorange="reversed", tickvals=hours, ticktext=hours, showgrid=False, fixedrange=True)
    figure.update_xaxes(type="date", tickformat="%b", dtick="M1" if days < 150 else "M2", fixedrange=True)
    figure.update_layout(
        coloraxis={
            "cmin": 0,
            "colorbar": {
                "orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom", "len": 0.42, "thickness": 8, "xpad": 0, "ypad": 2,
                "nticks": 3, "tickangle": 0, "ticksuffix": f" {unit}", "showticksuffix": "last",
            },
        },
        margin={"t": 34},
    )  # fmt: skip
    return figure


def completeness_calendar(
    first_day: date, states: Sequence[DayState | None], *, names: Mapping[DayState, str], weekdays: Sequence[str]
) -> go.Figure:
    """Weeks across, weekdays down, one square a day; None is a day that is not due and stays empty.

    Args:
        names: Words for the four states, shown as legend and on hover.
        weekdays: Seven short names, Monday first.
    """
    start = first_day - timedelta(days=first_day.weekday())
    weeks = ((first_day - start).days + len(states) + 6) // 7
    figure = canvas(hovermode="closest")
    for state, name in names.items():
        z = np.full((7, weeks), np.nan, dtype=np.float32)
        text = np.full((7, weeks), "", dtype=object)
        for i, found in enumerate(states):
            if found == state:
                day = first_day + timedelta(days=i)
                at = (day.weekday(), (day - start).days // 7)
                z[at], text[at] = 1, f"{day:%Y-%m-%d}"
        if np.isnan(z).all():
            continue
        shade = colour(STATE_COLOURS[state])
        figure.add_heatmap(
            z=z, x0=f"{start:%Y-%m-%d}", dx=7 * DAY_MS, y=list(weekdays), text=text, xgap=2, ygap=2, showscale=False, hoverongaps=False,
            colorscale=[[0, shade], [1, shade]], hovertemplate=f"%{{text}}<br>{name}<extra></extra>", name=name,
        )  # fmt: skip
        figure.add_scatter(
            x=[None], y=[None], mode="markers", name=name, marker={"symbol": "square", "size": 10, "color": shade}, hoverinfo="skip",
        )  # fmt: skip
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False, fixedrange=True, tickvals=list(weekdays)[::2])
    end = start + timedelta(days=7 * weeks - 4)
    figure.update_xaxes(
        type="date", tickformat="%b", dtick="M1" if weeks < 20 else "M2", fixedrange=True, range=[start - timedelta(days=4), end],
    )  # fmt: skip
    return figure
