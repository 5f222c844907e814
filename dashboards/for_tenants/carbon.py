"""A firm's carbon under each method, every figure explained; offsets beside them, never inside."""

from __future__ import annotations

import datetime as dt
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash import ctx as fired

from dashboards import cards, explained
from dashboards.room import Context, Query, context, period_of, refusal
from park.notation import number
from park.notation import period as period_text
from tenants import accounts, clock, period, uncertainties
from tenants.db import TenantSession, tenant_session
from tenants.errors import LingyuanError
from tenants.ledger import METHODS, Account

SHOWN = {
    "ghgp_location": (
        "scope12_location_tco2e",
        "scope1_tco2e",
        "scope2_location_tco2e",
        "consumption_kwh",
        "export_memo_kwh",
        "energy_per_output",
    ),
    "ghgp_market": ("scope12_market_tco2e", "scope1_tco2e", "scope2_market_tco2e", "consumption_kwh", "export_memo_kwh"),
    "cn_park_2025": (
        "emission_tco2",
        "carbon_per_energy",
        "energy_equivalent_tce",
        "energy_calorific_tce",
        "clean_energy_share",
        "direct_share",
        "emission_electricity_tco2",
        "emission_fuel_tco2",
        "emission_heat_tco2",
        "emission_per_output",
    ),
}
IF_ANY = ("fugitive_tco2e", "outside_scopes_tco2e")  # shown where there is something to show
FOR_WHOM = {"ghgp_location": "For a customer", "ghgp_market": "For a customer, with certificates", "cn_park_2025": "For the park"}


def layout(ctx: Context, query: Query) -> Any:
    """The page, for the year to date, as a customer asks."""
    say = ctx.say
    with tenant_session(ctx.db, ctx.tenant) as session:
        months = accounts.months_with_data(session)
        if not months:
            link = dcc.Link(say("Upload a file"), href="/firm/upload", className="ly-button")
            return cards.page(
                say("Carbon"),
                cards.empty_state(
                    say("No carbon figure yet"),
                    say("It is computed from your electricity, gas and fuels: upload a file or enter a bill."),
                    link,
                    symbol="leaf",
                ),
            )
        last = dt.date.fromisoformat(f"{months[0]}-01")
        first = dt.date.fromisoformat(f"{months[-1]}-01")
        content = _content(ctx, session, "ghgp_location", period.named("ytd", last))
    tools = cards.period_picker("carbon-period", "ytd", last, first=first, last=max(last, clock.today(session.zone)), say=say)
    views = dmc.SegmentedControl(
        id="carbon-method",
        className="ly-choose",
        value="ghgp_location",
        data=[{"value": key, "label": say(text)} for key, text in FOR_WHOM.items()],
    )
    return html.Div(
        [
            cards.page(
                say("Carbon"),
                views,
                html.Div(content, id="carbon-content"),
                tools=tools,
                lead=say("One number for one purpose; methods are never mixed."),
            ),
            cards.explain_drawer("carbon-drawer", "carbon-how", say("How this is computed"), say),
        ]
    )


def _content(ctx: Context, session: TenantSession, method: str, of: period.Period) -> Any:
    say = ctx.say
    account = accounts.of_tenant(session, of, method)
    some = [key for key in IF_ANY if key in account.figures and account.figures[key].exact]
    figures = [explained.card(account, key, say, brief=True) for key in (*SHOWN[method], *some)]
    return html.Div(
        [
            html.H2(f"{say(METHODS[method].title)} · {period_text(of, ctx.lang)}", className="ly-label"),
            _problem(ctx, account, of),
            cards.grid(*figures, columns=3),
            _doubt(ctx, session, account),
            _notes(ctx, account),
            _offsets(ctx, session, of.factor_year),
        ],
        className="ly-body",
    )


def _problem(ctx: Context, account: Account, of: period.Period) -> Any:
    """Why the headline cannot be told; where a factor year is missing, the choice is offered here."""
    problem = account.problem
    if problem is None:
        return None
    say = ctx.say
    message = refusal(ctx, problem)
    if problem.code != "factor_year_missing":
        return message
    return html.Div(
        [
            message,
            cards.card(
                say("Use a later year's factors"),
                html.Div(
                    [
                        dmc.NumberInput(id="carbon-use-year", label=say("Factors of"), value=2023, allowDecimal=False),
                        dmc.TextInput(
                            id="carbon-why", label=say("Why"), placeholder=say("for example: only data of that year exist")
                        ),
                        dmc.Button(say("Use them, on record"), id="carbon-choose"),
                    ],
                    className="ly-form-row",
                ),
            ),
        ]
    )


def _doubt(ctx: Context, session: TenantSession, account: Account) -> Any:
    """How sure the method's own figure is."""
    say = ctx.say
    found = explained.doubt(account.headline, uncertainties.stated(session), say, explained.own_remedy(say))
    if found is None:
        return None
    title = say(account.headline.indicator.title)
    return cards.section(say("Uncertainty"), cards.doubt_line(found, say), note=title)


def _notes(ctx: Context, account: Account) -> Any:
    say = ctx.say
    seen = {str(note): note for figure in account.figures.values() for note in figure.notes}
    if not seen:
        return None
    return cards.section(
        say("To know beside the figures"),
        html.Ul([html.Li(explained.note_text(note, say)) for note in seen.values()], className="ly-notes"),
    )


def _offsets(ctx: Context, session: TenantSession, year: int) -> Any:
    say = ctx.say
    rows = session.rows("SELECT status, tonnes FROM shared.offset_year WHERE tenant = current_user AND year = :year", year=year)
    if not rows:
        return None
    names = {"held": say("Held"), "reserved": say("Reserved"), "retired": say("Retired"), "cancelled": say("Cancelled")}
    stats = [cards.Stat(names.get(row.status, row.status), number(row.tonnes), "tCO2e") for row in rows]
    return cards.section(
        say("Offsets of {year}, beside the account", year=year),
        cards.stat_row(stats),
        note=say("Never deducted from any figure above"),
    )


def callbacks(app: Dash) -> None:
    """Another method or period, a figure explained, a factor year chosen."""
    cards.period_callbacks(app, "carbon-period")

    @app.callback(
        Output("carbon-content", "children"),
        Input("carbon-method", "value"),
        Input("carbon-period", "data"),
        prevent_initial_call=True,
    )
    def show(method: str, data: dict[str, str]) -> Any:
        ctx = context("firm.see")
        with tenant_session(ctx.db, ctx.tenant) as session:
            return _content(ctx, session, method if method in SHOWN else "ghgp_location", period_of(ctx, data))

    @app.callback(
        Output("carbon-drawer", "opened"),
        Output("carbon-how", "children"),
        Input({"type": "explain", "key": ALL}, "n_clicks"),
        State("carbon-method", "value"),
        State("carbon-period", "data"),
        prevent_initial_call=True,
    )
    def explain(clicks: list[int | None], method: str, data: dict[str, str]) -> Any:
        if not any(clicks) or not isinstance(fired.triggered_id, dict):
            return no_update, no_update
        ctx = context("firm.see")
        with tenant_session(ctx.db, ctx.tenant) as session:
            account = accounts.of_tenant(session, period_of(ctx, data), method if method in SHOWN else "ghgp_location")
            said = uncertainties.stated(session)
        return True, cards.explain_body(explained.explanation(account, fired.triggered_id["key"], ctx.say, said), ctx.say)

    @app.callback(
        Output("carbon-content", "children", allow_duplicate=True),
        Input("carbon-choose", "n_clicks"),
        State("carbon-use-year", "value"),
        State("carbon-why", "value"),
        State("carbon-method", "value"),
        State("carbon-period", "data"),
        prevent_initial_call=True,
    )
    def choose(clicks: int | None, year: int | None, why: str | None, method: str, data: dict[str, str]) -> Any:
        if not clicks:
            return no_update
        ctx = context("firm.settings")
        of = period_of(ctx, data)
        try:
            with tenant_session(ctx.db, ctx.tenant) as session:
                accounts.choose_factor_year(
                    session, year=of.factor_year, use_year=int(year or 0), why=why or "", actor=ctx.who.actor
                )
                return _content(ctx, session, method, of)
        except LingyuanError as error:
            return refusal(ctx, error)
