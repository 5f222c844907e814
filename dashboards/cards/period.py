"""The period picker: month, year to date, rolling twelve months, year - one kind and one month it refers to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, TypedDict

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dashboards.cards.words import Say

PeriodKind = Literal["month", "ytd", "rolling", "year"]


class Period(TypedDict):
    """What the store `{id}` holds. `month` is `2026-03`; for `year` only its year counts."""

    kind: PeriodKind
    month: str


def period_picker(picker_id: str, kind: PeriodKind, month: date, *, first: date, last: date, say: Say) -> html.Div:
    """Segments for the kind and lists for month or year; `Input(picker_id, "data")` gives a `Period`.

    Args:
        first: Any day of the earliest month with data.
        last: Any day of the latest month to offer.
    """
    kinds = [
        {"value": "month", "label": say("Single month")},
        {"value": "ytd", "label": say("Year to date")},
        {"value": "rolling", "label": say("Rolling 12 months")},
        {"value": "year", "label": say("Whole year")},
    ]
    months = _months(first, last)
    choices = [{"value": one, "label": say("{year}-{month}", year=one[:4], month=one[5:], number=int(one[5:]))} for one in months]
    years = [{"value": str(year), "label": say("Year {year}", year=year)} for year in range(last.year, first.year - 1, -1)]
    chosen = f"{month:%Y-%m}"
    common = {"allowDeselect": False, "size": "sm", "comboboxProps": {"shadow": "md"}}
    return html.Div(
        [
            dcc.Store(id=picker_id, data=Period(kind=kind, month=chosen)),
            dmc.SegmentedControl(
                id=f"{picker_id}-kind", data=kinds, value=kind, size="sm", className="ly-period-kind", **{"aria-label": say("Kind of period")}
            ),
            dmc.Select(
                id=f"{picker_id}-month", data=choices, value=chosen, className="ly-period-month", **{"aria-label": say("Choose the month")}, **common
            ),
            dmc.Select(
                id=f"{picker_id}-year", data=years, value=f"{month:%Y}", className="ly-period-year", **{"aria-label": say("Choose the year")}, **common
            ),
        ],
        id=f"{picker_id}-box",
        className=f"ly-period ly-period-{'year' if kind == 'year' else 'month'}-shown",
    )  # fmt: skip


def period_callbacks(app: Dash, picker_id: str) -> None:
    """Keep the store in step with the three controls, in the browser."""
    app.clientside_callback(
        ClientsideFunction("lingyuan", "period"),
        Output(picker_id, "data"),
        Output(f"{picker_id}-box", "className"),
        Input(f"{picker_id}-kind", "value"),
        Input(f"{picker_id}-month", "value"),
        Input(f"{picker_id}-year", "value"),
        prevent_initial_call=True,
    )


def _months(first: date, last: date) -> Sequence[str]:
    """Months from last to first, newest on top."""
    count = (last.year - first.year) * 12 + last.month - first.month
    index = last.year * 12 + last.month - 1
    return [f"{(index - i) // 12}-{(index - i) % 12 + 1:02d}" for i in range(count + 1)]
