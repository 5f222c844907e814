"""A year at a glance: power by day and hour."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboards.figures.canvas import HATCH, canvas, number

DAY_MS = 86_400_000
CLEAR = [[0, "rgba(0,0,0,0)"], [1, "rgba(0,0,0,0)"]]


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
    figure = canvas(legend=False, hovermode="closest", margin={"t": 34}, coloraxis=_scale(unit))
    place: dict[str, Any] = {"x0": f"{first_day:%Y-%m-%d}", "dx": DAY_MS, "y": times, "hoverongaps": False}
    cells = values.T.astype(np.float32)
    when = "%{x|%Y-%m-%d} %{y}<br>"
    shown = f"{when}<b>%{{z:{number(decimals)}}} {unit}</b><extra></extra>"
    figure.add_heatmap(z=cells, coloraxis="coloraxis", hovertemplate=shown, **place)
    absent = np.isnan(cells)
    if absent.any():
        unseen = np.where(absent, np.float32(1), np.float32(np.nan))
        said = f"{when}{missing}<extra></extra>"
        figure.add_heatmap(z=unseen, colorscale=CLEAR, showscale=False, hovertemplate=said, **place)
        _hatch_ground(figure, first_day, days)
    hours = [time for time in ("00:00", "06:00", "12:00", "18:00") if time in times]
    figure.update_yaxes(type="category", autorange="reversed", tickvals=hours, showgrid=False, fixedrange=True)
    figure.update_xaxes(type="date", tickformat="%b", dtick="M1" if days < 150 else "M2", fixedrange=True)
    return figure


def _scale(unit: str) -> dict[str, Any]:
    """Colour axis from zero, its bar small at the top right."""
    place = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom", "xpad": 0, "ypad": 2}
    size = {"len": 0.42, "thickness": 8, "nticks": 4, "tickangle": 0}
    return {"cmin": 0, "colorbar": place | size | {"ticksuffix": f" {unit}", "showticksuffix": "last"}}


def _hatch_ground(figure: go.Figure, first_day: date, days: int) -> None:
    """The hatch lies under the whole map; only cells without a value let it through."""
    start = f"{first_day - timedelta(days=1):%Y-%m-%d} 12:00"  # cells are centred on midnight
    span = {"sizex": days * DAY_MS, "sizey": 1, "sizing": "stretch", "layer": "below"}
    figure.add_layout_image(source=HATCH, xref="x", yref="paper", x=start, y=1, **span)
