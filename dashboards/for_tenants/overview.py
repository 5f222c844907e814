"""A workshop owner's first look, on a phone: this month's cost, what could be saved, carbon for the customer, yesterday, to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import dash_mantine_components as dmc
import numpy as np
from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash import ctx as fired

from dashboards import cards, explained, figures
from dashboards.room import Context, Query, context
from park.notation import change, energy, number, yuan
from park.notation import day as day_text
from park.notation import month as month_text
from tenants import accounts, clock, money, submissions
from tenants.calc.finding import Finding
from tenants.calc.load import Curve
from tenants.calc.tariff import period_codes
from tenants.db import TenantSession, tenant_session
from tenants.factors import PERIODS
from tenants.period import Period, named

BASES = {
    "bill": "from your bills", "windows": "estimated with your window prices", "average": "estimated with your average price",
    "none": "no price entered",
}  # fmt: skip
PERIOD_NAMES = {"sharp": "Sharp", "peak": "Peak", "flat": "Flat", "valley": "Valley", "deep_valley": "Deep valley"}
FINDING_DAYS = 90


def layout(ctx: Context, query: Query) -> Any:
    """The page, for the latest month with data."""
    with tenant_session(ctx.db, ctx.tenant) as session:
        months = accounts.months_with_data(session)
        if not months:
            return _first_day(ctx)
        chosen = query.get("month", "")
        month = dt.date.fromisoformat(f"{chosen if chosen in months else months[0]}-01")
        content = _content(ctx, session, named("month", month), months)
    return html.Div([
        content,
        cards.explain_drawer("overview-drawer", "overview-how", ctx.say("How this is computed"), ctx.say),
    ])  # fmt: skip


def _first_day(ctx: Context) -> Any:
    say = ctx.say
    links = [dcc.Link(say("Upload a file"), href="/firm/upload", className="ly-button ly-button-main"),
             dcc.Link(say("Enter a bill"), href="/firm/bills", className="ly-button")]  # fmt: skip
    return cards.page(
        say("Welcome"),
        cards.empty_state(
            say("One file or six numbers, and you see your cost and carbon"),
            say("Drop the Excel file that the grid company or meter vendor gave you, as it is; or copy six numbers from the electricity bill."),
            html.Div(links, className="ly-actions"), symbol="bolt",
        ),
        cards.notice(say("Free. By default the park sees your months only, no day and no quarter hour.")),
    )  # fmt: skip


def _content(ctx: Context, session: TenantSession, of: Period, months: Sequence[str]) -> Any:
    say = ctx.say
    today = clock.today(session.zone)
    last = min(of.end - dt.timedelta(days=1), today - dt.timedelta(days=1))
    picker = dmc.Select(
        id="overview-month", value=f"{of.start:%Y-%m}", allowDeselect=False, w=150, **{"aria-label": say("Month")},
        data=[{"value": one, "label": month_text(dt.date.fromisoformat(f"{one}-01"), ctx.lang)} for one in months],
    )  # fmt: skip
    found = money.findings(session, last - dt.timedelta(days=FINDING_DAYS - 1), last)
    return cards.page(
        month_text(of.start, ctx.lang),
        cards.grid(_cost(ctx, session, of, today), _use(ctx, session, of, today), columns=2),
        _savings(ctx, found),
        _carbon(ctx, session, of),
        cards.split(_yesterday(ctx, session, last), _to_do(ctx, session, of, today)),
        _solar(ctx, session, of),
        tools=picker,
    )  # fmt: skip


def _cost(ctx: Context, session: TenantSession, of: Period, today: dt.date) -> Any:
    say = ctx.say
    now, before = money.cost(session, of), money.cost(session, of.before())
    if now.cny is None:
        link = dcc.Link(say("Enter a price"), href="/firm/settings", className="ly-button")
        return cards.card(say("Electricity cost"), cards.empty_state(
            say("No price yet"), say("One number is enough: your average price per kWh. Or enter a bill with its amount."), link, symbol="yuan"))  # fmt: skip
    shown = yuan(now.cny, ctx.lang)
    whole = of.complete(today)
    reason = _why(ctx, now, before) if whole else say("the month is still running")
    price = say("{price} CNY/kWh on average", price=number(now.average_price, 4)) if now.average_price is not None else ""
    return cards.indicator_card(
        say("Electricity cost"), shown.number, shown.unit, say=say, data_indicator="electricity_cost_cny",
        status="neutral" if now.estimate else None, status_text=say("Estimate") if now.estimate else "",
        changes=[cards.Change(change(now.cny, before.cny), say("against last month"))] if before.cny and whole else [],
        note=" · ".join(filter(None, (price, reason, say(BASES[now.basis])))),
    )  # fmt: skip


def _why(ctx: Context, now: money.Money, before: money.Money) -> str:
    """One reason for the change of cost: the amount used, or the price of a kWh, whichever did more."""
    if before.cny is None or now.cny is None or not before.wh or not now.wh:
        return ""
    assert now.average_price is not None
    assert before.average_price is not None
    by_amount = (now.wh - before.wh) * before.average_price / 1000
    by_price = now.wh * (now.average_price - before.average_price) / 1000
    if abs(by_amount) >= abs(by_price):
        return ctx.say("mainly because of {change} electricity", change=change(now.wh, before.wh))
    return ctx.say("mainly because a kWh cost {change}", change=change(now.average_price, before.average_price))


def _use(ctx: Context, session: TenantSession, of: Period, today: dt.date) -> Any:
    say = ctx.say
    now = accounts.of_tenant(session, of, "ghgp_location").figures["consumption_kwh"]
    before = accounts.of_tenant(session, of.before(), "ghgp_location").figures["consumption_kwh"]
    shown = energy(None if now.value is None else int(now.value * 1000), ctx.lang)
    peak = money.peak(session, of.start, of.end - dt.timedelta(days=1))
    note = say("Maximum demand {kw} kW, {when}", kw=number(peak.kw, 2), when=f"{peak.start:%m-%d %H:%M}") if peak else ""
    return cards.indicator_card(
        say("Electricity used"), shown.number if now.value is not None else None, shown.unit, say=say, data_indicator="consumption_kwh",
        changes=[cards.Change(change(now.value, before.value), say("against last month"))] if before.value and of.complete(today) else [],
        note=note,
        completeness=explained.completeness(now.completeness, now.estimated_share), explain="consumption_kwh",
    )  # fmt: skip


def _savings(ctx: Context, found: tuple[Finding, ...]) -> Any:
    say = ctx.say
    best = money.best(found)
    if not found:
        return cards.notice(say("With a 15-minute load curve this page also says what could be saved. The grid company gives it on request."))
    if not best:
        return cards.section(say("What could be saved"), cards.notice(say("Nothing stands out in the last 90 days."), "good"))
    worth = sum((one.yuan_per_month for one in best if one.yuan_per_month), Decimal(0))
    title = say("Could save about {yuan} CNY a month", yuan=number(worth, 0)) if worth else say("What could be saved")
    return cards.section(title, *[finding(ctx, one) for one in best], note=say("Estimates from the last 90 days of your load curve"))


def finding(ctx: Context, one: Finding) -> Any:
    """One finding as a card."""
    say = ctx.say
    monthly = one.yuan_per_month
    return cards.finding_card(
        say(one.title), say(one.reason, **_said(ctx, one.facts)), say("about {yuan}", yuan=number(monthly, 0)) if monthly is not None else None,
        say(one.remedy, **_said(ctx, one.facts)) if one.remedy else "", per=say("CNY a month"),
        basis=say(one.yuan_why, **_said(ctx, one.facts)) if monthly is None and one.yuan_why else say("estimated with your own price"),
        status="warn" if one.state == "found" else "neutral",
    )  # fmt: skip


def _said(ctx: Context, facts: dict[str, Any]) -> dict[str, Any]:
    return {key: ctx.say(PERIOD_NAMES[value]) if value in PERIOD_NAMES else value for key, value in facts.items()}


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
    )  # fmt: skip


def power_kw(curve: Curve) -> Any:
    """The curve's mean power per interval as floats for drawing, NaN where missing. [kW]"""
    kw = curve.values * (60 / curve.step / 1000)
    return np.where(curve.quality > 0, kw, np.nan)


def _yesterday(ctx: Context, session: TenantSession, last: dt.date) -> Any:
    say = ctx.say
    curve = money.load_curve(session, "grid_in", last, last)
    if curve is None or not curve.measured.any():
        return cards.card(say("Latest day"), html.P(say("No load curve of {day}.", day=day_text(last, ctx.lang)), className="ly-note"))
    values = power_kw(curve)[0]
    windows = _windows(ctx, session, curve)
    drawn = figures.day_curve(
        dt.datetime.combine(last, dt.time()), curve.step, values, unit="kW", name=say("Power"), missing=say("Missing"), windows=windows
    )
    summary = say(
        "{day}: {kwh} kWh, at most {kw} kW.", day=day_text(last, ctx.lang), kwh=number(Decimal(int(curve.values.sum())) / 1000),
        kw=number(float(np.nanmax(values)), 1),
    )  # fmt: skip
    return cards.chart_card(say("Latest day"), "overview-day", drawn, summary, lang=ctx.lang)


def _windows(ctx: Context, session: TenantSession, curve: Curve) -> list[figures.Window]:
    table = money.windows_of(session.region)
    if table is None or curve.step > 30:
        return []
    codes = period_codes(table, curve.days, curve.step)[0]
    cuts = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    return [
        figures.Window(a * curve.step, b * curve.step, PERIODS[codes[a]], ctx.say(PERIOD_NAMES[PERIODS[codes[a]]]))
        for a, b in zip(cuts, cuts[1:], strict=False)
    ]


def _to_do(ctx: Context, session: TenantSession, of: Period, today: dt.date) -> Any:
    say = ctx.say
    open_ = submissions.open_months(session, today)
    items = [
        html.Li([html.Span(say("Confirm {month}", month=month_text(month, ctx.lang))),
                 dmc.Button(say("Confirm"), id={"type": "confirm", "month": f"{month:%Y-%m}"}, size="compact-sm")
                 if ctx.who.may("firm.submit") else None])
        for month in open_[:6]
    ]  # fmt: skip
    body = html.Ul(items, className="ly-todo") if items else cards.notice(say("Nothing to do."), "good")
    more = say("{count} more months", count=len(open_) - 6) if len(open_) > 6 else ""
    return cards.card(say("To do"), html.Div(body, id="overview-todo"), html.P(more, className="ly-note") if more else None,
                      note=say("By confirming you tell the park that the month is whole"))  # fmt: skip


def _solar(ctx: Context, session: TenantSession, of: Period) -> Any:
    say = ctx.say
    account = accounts.of_tenant(session, of, "ghgp_location")
    if not account.figures["pv_generation_kwh"].exact:
        return None
    keys = ("pv_generation_kwh", "pv_self_use_kwh", "pv_generation_share", "pv_self_use_share", "pv_self_consumption_rate")
    return cards.section(say("PV"), cards.grid(*[explained.card(account, key, say) for key in keys], columns=3))


def callbacks(app: Dash) -> None:
    """Another month, a confirmed month, a figure explained."""
    @app.callback(Output("url", "search"), Input("overview-month", "value"), State("url", "search"), prevent_initial_call=True)  # type: ignore[untyped-decorator]
    def another(month: str, search: str | None) -> Any:
        wanted = f"?month={month}"
        return no_update if search == wanted else wanted

    @app.callback(  # type: ignore[untyped-decorator]
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

    @app.callback(  # type: ignore[untyped-decorator]
        Output("overview-drawer", "opened"), Output("overview-how", "children"),
        Input({"type": "explain", "key": ALL}, "n_clicks"), State("overview-month", "value"), prevent_initial_call=True,
    )  # fmt: skip
    def explain(clicks: list[int | None], month: str) -> Any:
        if not any(clicks) or not isinstance(fired.triggered_id, dict):
            return no_update, no_update
        ctx = context("firm.see")
        key = fired.triggered_id["key"]
        method = {"emission_tco2": "cn_park_2025", "scope12_market_tco2e": "ghgp_market"}.get(key, "ghgp_location")
        with tenant_session(ctx.db, ctx.tenant) as session:
            account = accounts.of_tenant(session, named("month", dt.date.fromisoformat(f"{month}-01")), method)
        return True, cards.explain_body(explained.explanation(account, key, ctx.say), ctx.say)


