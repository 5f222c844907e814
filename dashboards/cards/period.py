"""The period picker: month, year to date, rolling twelve months, year - one kind and one month it refers to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, TypedDict

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dashboards.aria import aria
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
    chosen = f"{month:%Y-%m}"
    months = [
        _choice(one, say("{year}-{month}", year=one[:4], month=one[5:], number=int(one[5:]))) for one in _months(first, last)
    ]
    years = [_choice(str(year), say("Year {year}", year=year)) for year in range(last.year, first.year - 1, -1)]
    return html.Div(
        [
            dcc.Store(id=picker_id, data={"kind": kind, "month": chosen}),
            _kinds(f"{picker_id}-kind", kind, say),
            _list(f"{picker_id}-month", months, chosen, "ly-period-month", say("Choose the month")),
            _list(f"{picker_id}-year", years, f"{month:%Y}", "ly-period-year", say("Choose the year")),
        ],
        id=f"{picker_id}-box",
        className=f"ly-period ly-period-{'year' if kind == 'year' else 'month'}-shown",
    )


def period_callbacks(app: Dash, picker_id: str) -> None:
    """Keep the store in step with the three controls, in the browser."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
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


def _choice(value: str, label: str) -> dict[str, str]:
    return {"value": value, "label": label}


def _kinds(control_id: str, kind: PeriodKind, say: Say) -> dmc.SegmentedControl:
    data = [
        _choice("month", say("Single month")),
        _choice("ytd", say("Year to date")),
        _choice("rolling", say("Rolling 12 months")),
        _choice("year", say("Whole year")),
    ]
    name = aria(label=say("Kind of period"))
    return dmc.SegmentedControl(id=control_id, data=data, value=kind, size="sm", className="ly-period-kind", **name)


def _list(control_id: str, data: Sequence[dict[str, str]], value: str, style: str, name: str) -> dmc.Select:
    return dmc.Select(
        id=control_id,
        data=data,
        value=value,
        className=style,
        size="sm",
        allowDeselect=False,
        comboboxProps={"shadow": "md"},
        **aria(label=name),
    )
