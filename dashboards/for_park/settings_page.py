"""What the park sets: its own core target, targets by year, top-down totals, factor years, whether joining waits for its yes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html, no_update

from dashboards import cards, explained
from dashboards.aria import aria
from dashboards.room import Context, Query, context, refusal
from park import parks, progress, rollups
from park.access import park_session
from park.notation import month as month_text
from park.notation import number, of_milli
from tenants.db import Session
from tenants.errors import InvalidInput, LingyuanError
from tenants.flows import FLOWS
from tenants.period import of_year
from tenants.quantities import parse_quantity

TOTALS = ("grid_in", "fuel:natural_gas", "fuel:diesel", "heat_in", "fuel:bituminous_coal")


def layout(ctx: Context, query: Query) -> Any:
    """The page."""
    return html.Div(_content(ctx), id="settings-content")


def _content(ctx: Context, said: Any = None) -> Any:
    with park_session(ctx.db, ctx.park) as session:
        park = parks.own(session)
        targets = session.rows("SELECT year, emission_tco2 FROM shared.park_target ORDER BY year")
        today = ctx.today
        totals = [row for year in (today.year, today.year - 1) for row in reversed(rollups.totals(session, of_year(year)))]
        choices = session.rows("SELECT year, use_year, why FROM shared.park_choice ORDER BY year")
    say = ctx.say
    return cards.page(
        say("Totals and targets"),
        html.Div(said, **aria(live="polite")),
        cards.grid(_own_target(ctx, park), _joining(ctx, park), columns=2),
        cards.grid(_targets(ctx, targets), _choices(ctx, choices), columns=2),
        _totals(ctx, totals),
    )


def _own_target(ctx: Context, park: Any) -> Any:
    say = ctx.say
    return cards.card(
        say("The park's own core target"),
        dmc.TextInput(id="own-target", label="tCO2/tce", value=str(park.own_target or ""), placeholder="0.20"),
        dmc.NumberInput(
            id="base-year", label=say("Base year"), value=park.base_year or "", min=2015, max=2060, allowDecimal=False
        ),
        dmc.Button(say("Save"), id="own-target-save"),
        note=say("Most parks use less than 200,000 tce a year: there is no national limit for them, so an own target matters."),
    )


def _joining(ctx: Context, park: Any) -> Any:
    say = ctx.say
    return cards.card(
        say("How firms join"),
        dmc.Switch(id="approval", checked=park.approval, label=say("A firm that joins waits for our yes")),
        html.P([say("Join code"), " ", html.Span(park.code, className="ly-code")]),
        dmc.Button(say("Make a new code; the old one stops working"), id="new-code", variant="default"),
    )


def _targets(ctx: Context, targets: Any) -> Any:
    say = ctx.say
    columns = [cards.Column("year", say("Year")), cards.Column("value", "tCO2", "number")]
    rows = [{"year": str(row.year), "value": number(row.emission_tco2, 0)} for row in targets]
    form = html.Div(
        [
            dmc.NumberInput(id="target-year", label=say("Year"), value=ctx.today.year, allowDecimal=False),
            dmc.TextInput(id="target-value", label=say("tCO2; empty removes the target")),
            dmc.Button(say("Save"), id="target-save"),
        ],
        className="ly-form-row",
    )
    return cards.card(
        say("Emission targets"), cards.table(columns, rows, caption=say("Emission targets"), empty=say("None yet.")), form
    )


def _choices(ctx: Context, choices: Any) -> Any:
    say = ctx.say
    columns = [cards.Column("year", say("Year")), cards.Column("use", say("Uses factors of")), cards.Column("why", say("Why"))]
    rows = [{"year": str(row.year), "use": str(row.use_year), "why": row.why} for row in choices]
    form = html.Div(
        [
            dmc.NumberInput(id="choice-year", label=say("Year"), value=ctx.today.year - 1, allowDecimal=False),
            dmc.NumberInput(id="choice-use", label=say("Uses factors of"), value=ctx.today.year, allowDecimal=False),
            dmc.TextInput(id="choice-why", label=say("Why")),
            dmc.Button(say("Save"), id="choice-save"),
        ],
        className="ly-form-row",
    )
    return cards.card(
        say("Later factor years"),
        cards.table(columns, rows, caption=say("Later factor years"), empty=say("None.")),
        form,
        note=say("Earlier factors are found by themselves; a later year's are used only by your recorded choice."),
    )


def _totals(ctx: Context, totals: Any) -> Any:
    say = ctx.say
    flows = [flow for flow in TOTALS if any(row.flow == flow for row in totals)]
    columns = [
        cards.Column("month", say("Month")),
        *(cards.Column(flow, f"{explained.flow_name(flow, say)}, {say(FLOWS[flow].unit)}", "number") for flow in flows),
        cards.Column("source", say("Source")),
    ]
    months: dict[dt.date, dict[str, Any]] = {}
    for row in totals:
        line = months.setdefault(row.month, {"month": month_text(row.month, ctx.lang), "source": row.source})
        line[row.flow] = of_milli(row.quantity, FLOWS[row.flow].unit, 0).number
        if row.source not in line["source"]:
            line["source"] += f"; {row.source}"
    rows = [months[month] for month in sorted(months, reverse=True)]
    form = html.Div(
        [
            dmc.TextInput(id="total-month", label=say("Month"), placeholder="2026-03", value=f"{ctx.today:%Y-%m}"),
            dmc.Select(
                id="total-flow",
                label=say("Energy"),
                allowDeselect=False,
                value="grid_in",
                data=[{"value": flow, "label": explained.flow_name(flow, say)} for flow in TOTALS],
            ),
            dmc.TextInput(id="total-value", label=say("Total with unit"), placeholder="860万kWh"),
            dmc.TextInput(id="total-source", label=say("Source"), placeholder=say("grid company, March statement")),
            dmc.Button(say("Save"), id="total-save"),
        ],
        className="ly-form-row",
    )
    return cards.section(
        say("The park's own totals from above"),
        form,
        cards.table(
            columns, rows, caption=say("Totals"), empty=say("None yet. Until then the park's figure is its members' only.")
        ),
        note=say("From the grid company, the gas company or statistics; the difference to the firms is shown as its own line."),
    )


def _number(text: str | None, field: str) -> Decimal | None:
    if not (text or "").strip():
        return None
    try:
        return Decimal(str(text).replace(",", "").strip())
    except InvalidOperation as error:
        raise InvalidInput(field=field, reason="'{given}' is not a number", remedy="Give a plain number.", given=text) from error


def _month(text: str | None) -> dt.date:
    try:
        return dt.date.fromisoformat(f"{(text or '').strip()}-01")
    except ValueError as error:
        reason, remedy = "'{given}' is not a month", "Write it like 2026-03."
        raise InvalidInput(field="month", reason=reason, remedy=remedy, given=text) from error


def callbacks(app: Dash) -> None:
    """Everything that is saved here, form by form."""
    for each in (_saves_own_target, _saves_joining, _saves_target, _saves_choice, _saves_total):
        each(app)


PAGE = "settings-content"


def _saved(change: Callable[[Context, Session], object]) -> Any:
    """The page after a change, or after the reason why it was not made."""
    ctx = context("park.settings")
    try:
        with park_session(ctx.db, ctx.park) as session:
            change(ctx, session)
    except LingyuanError as error:
        return _content(ctx, refusal(ctx, error))
    return _content(ctx, cards.notice(ctx.say("Saved."), "good"))


def _saves_own_target(app: Dash) -> None:
    @app.callback(
        Output(PAGE, "children"),
        Input("own-target-save", "n_clicks"),
        State("own-target", "value"),
        State("base-year", "value"),
        prevent_initial_call=True,
    )
    def save(clicks: int | None, own: str | None, base: int | None) -> Any:
        if not clicks:
            return no_update
        return _saved(
            lambda ctx, session: progress.set_own_target(
                session, value=_number(own, "own_target"), base_year=base or None, actor=ctx.who.actor
            )
        )


def _saves_joining(app: Dash) -> None:
    @app.callback(Output(PAGE, "children", allow_duplicate=True), Input("approval", "checked"), prevent_initial_call=True)
    def approve(wanted: bool | None) -> Any:
        ctx = context("park.settings")
        with park_session(ctx.db, ctx.park) as session:
            if parks.own(session).approval == wanted:
                return no_update
        return _saved(lambda ctx, session: parks.set_approval(session, bool(wanted), ctx.who.actor))

    @app.callback(Output(PAGE, "children", allow_duplicate=True), Input("new-code", "n_clicks"), prevent_initial_call=True)
    def another_code(clicks: int | None) -> Any:
        return _saved(lambda ctx, session: parks.new_join_code(session, ctx.who.actor)) if clicks else no_update


def _saves_target(app: Dash) -> None:
    @app.callback(
        Output(PAGE, "children", allow_duplicate=True),
        Input("target-save", "n_clicks"),
        State("target-year", "value"),
        State("target-value", "value"),
        prevent_initial_call=True,
    )
    def save(clicks: int | None, year: int | None, target: str | None) -> Any:
        if not clicks:
            return no_update
        return _saved(
            lambda ctx, session: progress.set_target(
                session, year=int(year or 0), emission_tco2=_number(target, "target"), actor=ctx.who.actor
            )
        )


def _saves_choice(app: Dash) -> None:
    @app.callback(
        Output(PAGE, "children", allow_duplicate=True),
        Input("choice-save", "n_clicks"),
        State("choice-year", "value"),
        State("choice-use", "value"),
        State("choice-why", "value"),
        prevent_initial_call=True,
    )
    def save(clicks: int | None, year: int | None, use: int | None, why: str | None) -> Any:
        if not clicks:
            return no_update
        return _saved(
            lambda ctx, session: rollups.choose_factor_year(
                session, year=int(year or 0), use_year=int(use or 0), why=why or "", actor=ctx.who.actor
            )
        )


def _saves_total(app: Dash) -> None:
    @app.callback(
        Output(PAGE, "children", allow_duplicate=True),
        Input("total-save", "n_clicks"),
        State("total-month", "value"),
        State("total-flow", "value"),
        State("total-value", "value"),
        State("total-source", "value"),
        prevent_initial_call=True,
    )
    def save(clicks: int | None, month: str | None, flow: str, total: str | None, source: str | None) -> Any:
        if not clicks:
            return no_update
        return _saved(
            lambda ctx, session: rollups.set_total(
                session,
                month=_month(month),
                flow=flow,
                quantity=parse_quantity(total or "", flow),
                source=source or "",
                actor=ctx.who.actor,
            )
        )
