"""A workshop owner's first look, on a phone: this month's cost, what could be saved, carbon for the customer, to do."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import dash_mantine_components as dmc
import numpy as np
from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash import ctx as fired

from dashboards import cards, explained, figures
from dashboards.aria import aria
from dashboards.for_tenants import solar
from dashboards.for_tenants.money_cards import FINDING_DAYS, PERIOD_NAMES, by_window, cost, savings
from dashboards.room import Context, Query, context
from park.notation import change, energy, number
from park.notation import day as day_text
from park.notation import month as month_text
from tenants import accounts, clock, money, submissions, uncertainties
from tenants.calc.load import Curve
from tenants.calc.tariff import period_codes
from tenants.db import TenantSession, tenant_session
from tenants.factors import PERIODS
from tenants.ingest.conflicts import open_conflicts
from tenants.period import Period, named
from tenants.quality import problems


def layout(ctx: Context, query: Query) -> Any:
    """The page, for the latest month with data."""
    with tenant_session(ctx.db, ctx.tenant) as session:
        months = accounts.months_with_data(session)
        if not months:
            return _first_day(ctx)
        chosen = query.get("month", "")
        month = dt.date.fromisoformat(f"{chosen if chosen in months else months[0]}-01")
        content = _content(ctx, session, named("month", month), months)
    return html.Div(
        [
            content,
            cards.explain_drawer("overview-drawer", "overview-how", ctx.say("How this is computed"), ctx.say),
        ]
    )


def _first_day(ctx: Context) -> Any:
    say = ctx.say
    links = [
        dcc.Link(say("Upload a file"), href="/firm/upload", className="ly-button ly-button-main"),
        dcc.Link(say("Enter a bill"), href="/firm/bills", className="ly-button"),
    ]
    return cards.page(
        say("Welcome"),
        cards.empty_state(
            say("One file or six numbers, and you see your cost and carbon"),
            say(
                "Drop the Excel file that the grid company or meter vendor gave you, as it is; "
                "or copy six numbers from the electricity bill."
            ),
            html.Div(links, className="ly-actions"),
            symbol="bolt",
        ),
        cards.notice(say("Free. By default the park sees your months only, no day and no quarter hour.")),
    )


def _content(ctx: Context, session: TenantSession, of: Period, months: Sequence[str]) -> Any:
    say = ctx.say
    today = clock.today(session.zone)
    last = min(of.end - dt.timedelta(days=1), today - dt.timedelta(days=1))
    picker = dmc.Select(
        id="overview-month",
        value=f"{of.start:%Y-%m}",
        allowDeselect=False,
        w=150,
        **aria(label=say("Month")),
        data=[{"value": one, "label": month_text(dt.date.fromisoformat(f"{one}-01"), ctx.lang)} for one in months],
    )
    found = money.findings(session, last - dt.timedelta(days=FINDING_DAYS - 1), last)
    return cards.page(
        month_text(of.start, ctx.lang),
        cards.grid(cost(ctx, session, of, today), _use(ctx, session, of, today), by_window(ctx, session, of), columns=3),
        savings(ctx, found),
        _carbon(ctx, session, of),
        cards.split(_yesterday(ctx, session, last), _to_do(ctx, session, today)),
        solar.solar(ctx, session, of),
        tools=picker,
    )


def _use(ctx: Context, session: TenantSession, of: Period, today: dt.date) -> Any:
    say = ctx.say
    now = accounts.of_tenant(session, of, "ghgp_location").figures["consumption_kwh"]
    before = accounts.of_tenant(session, of.before(), "ghgp_location").figures["consumption_kwh"]
    shown = energy(None if now.value is None else int(now.value * 1000), ctx.lang)
    peak = money.peak(session, of.start, of.end - dt.timedelta(days=1))
    note = say("Maximum demand {kw} kW, {when}", kw=number(peak.kw, 2), when=f"{peak.start:%m-%d %H:%M}") if peak else ""
    return cards.indicator_card(
        say("Electricity used"),
        shown.number if now.value is not None else None,
        shown.unit,
        say=say,
        data_indicator="consumption_kwh",
        changes=[cards.Change(change(now.value, before.value), say("against last month"))]
        if before.value and of.complete(today)
        else [],
        note=note,
        completeness=explained.completeness(now.completeness, now.estimated_share),
        explain="consumption_kwh",
    )


def _carbon(ctx: Context, session: TenantSession, of: Period) -> Any:
    say = ctx.say
    customer = accounts.of_tenant(session, of, "ghgp_location")
    market = accounts.of_tenant(session, of, "ghgp_market")
    park = accounts.of_tenant(session, of, "cn_park_2025")
    return cards.section(
        say("Carbon"),
        cards.grid(
            explained.card(customer, "scope12_location_tco2e", say, note=say("what a customer asks for")),
            explained.card(market, "scope12_market_tco2e", say, note=say("with your certificates and contracts")),
            explained.card(park, "emission_tco2", say, note=say("what the park reports")),
            columns=3,
        ),
        tools=dcc.Link(say("More accounting methods"), href="/firm/carbon", className="ly-button"),
    )


def power_kw(curve: Curve) -> Any:
    """The curve's mean power per interval as floats for drawing, NaN where missing. [kW]"""
    kw = curve.values * (60 / curve.step / 1000)
    return np.where(curve.quality > 0, kw, np.nan)


def _yesterday(ctx: Context, session: TenantSession, last: dt.date) -> Any:
    say = ctx.say
    curve = money.load_curve(session, "grid_in", last, last)
    if curve is None or not curve.measured.any():
        return cards.card(
            say("Latest day"), html.P(say("No load curve of {day}.", day=day_text(last, ctx.lang)), className="ly-note")
        )
    values = power_kw(curve)[0]
    windows = _windows(ctx, session, curve)
    drawn = figures.day_curve(
        dt.datetime.combine(last, dt.time()),
        curve.step,
        values,
        unit="kW",
        name=say("Power"),
        missing=say("Missing"),
        windows=windows,
    )
    summary = say(
        "{day}: {kwh} kWh, at most {kw} kW.",
        day=day_text(last, ctx.lang),
        kwh=number(Decimal(int(curve.values.sum())) / 1000),
        kw=number(float(np.nanmax(values)), 1),
    )
    return cards.chart_card(say("Latest day"), "overview-day", drawn, summary, lang=ctx.lang)


def _windows(ctx: Context, session: TenantSession, curve: Curve) -> list[figures.Window]:
    table = money.windows_of(session.region)
    if table is None or curve.step > 30:
        return []
    codes = period_codes(table, curve.days, curve.step)[0]
    cuts = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    return [
        figures.Window(a * curve.step, b * curve.step, PERIODS[codes[a]], ctx.say(PERIOD_NAMES[PERIODS[codes[a]]]))
        for a, b in itertools.pairwise(cuts)
    ]


def _to_do(ctx: Context, session: TenantSession, today: dt.date) -> Any:
    say = ctx.say
    open_ = submissions.open_months(session, today)
    items = [
        html.Li(
            [
                html.Span(say("Confirm {month}", month=month_text(month, ctx.lang))),
                dmc.Button(say("Confirm"), id={"type": "confirm", "month": f"{month:%Y-%m}"}, size="compact-sm")
                if ctx.who.may("firm.submit")
                else None,
            ]
        )
        for month in open_[:6]
    ]
    undecided = len(open_conflicts(session, most=100))
    if undecided:
        link = dcc.Link(say("Decide"), href="/firm/upload", className="ly-button")
        items.append(html.Li([html.Span(say("{count} values differ from what is stored", count=undecided)), link]))
    if doubtful := problems.counted(session).get("open", 0):
        link = dcc.Link(say("Look"), href="/firm/data", className="ly-button")
        items.append(html.Li([html.Span(say("{count} problems in the data", count=doubtful)), link]))
    body = html.Ul(items, className="ly-todo") if items else cards.notice(say("Nothing to do."), "good")
    more = say("{count} more months", count=len(open_) - 6) if len(open_) > 6 else ""
    return cards.card(
        say("To do"),
        html.Div(body, id="overview-todo"),
        html.P(more, className="ly-note") if more else None,
        note=say("By confirming you tell the park that the month is whole"),
    )


def callbacks(app: Dash) -> None:
    """Another month, a confirmed month, a figure explained."""

    @app.callback(Output("url", "search"), Input("overview-month", "value"), State("url", "search"), prevent_initial_call=True)
    def another(month: str, search: str | None) -> Any:
        wanted = f"?month={month}"
        return no_update if search == wanted else wanted

    @app.callback(
        Output("overview-todo", "children"), Input({"type": "confirm", "month": ALL}, "n_clicks"), prevent_initial_call=True
    )
    def confirm(clicks: list[int | None]) -> Any:
        if not any(clicks) or not isinstance(fired.triggered_id, dict):
            return no_update
        ctx = context("firm.submit")
        month = dt.date.fromisoformat(f"{fired.triggered_id['month']}-01")
        with tenant_session(ctx.db, ctx.tenant) as session:
            submissions.confirm(session, month, actor=ctx.who.actor)
        return cards.notice(ctx.say("{month} is confirmed; the park sees it now.", month=month_text(month, ctx.lang)), "good")

    @app.callback(
        Output("overview-drawer", "opened"),
        Output("overview-how", "children"),
        Input({"type": "explain", "key": ALL}, "n_clicks"),
        State("overview-month", "value"),
        prevent_initial_call=True,
    )
    def explain(clicks: list[int | None], month: str) -> Any:
        if not any(clicks) or not isinstance(fired.triggered_id, dict):
            return no_update, no_update
        ctx = context("firm.see")
        key = fired.triggered_id["key"]
        method = {"emission_tco2": "cn_park_2025", "scope12_market_tco2e": "ghgp_market"}.get(key, "ghgp_location")
        with tenant_session(ctx.db, ctx.tenant) as session:
            account = accounts.of_tenant(session, named("month", dt.date.fromisoformat(f"{month}-01")), method)
            said = uncertainties.stated(session)
        return True, cards.explain_body(explained.explanation(account, key, ctx.say, said), ctx.say)
