"""A firm's energy: the year as a heat map, the load curve to zoom into, the months, price windows, all findings."""

from __future__ import annotations

import datetime as dt
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update

from dashboards import cards, explained
from dashboards.aria import aria
from dashboards.for_tenants import curve_cards
from dashboards.room import Context, Query, context, period_of
from park.notation import period as period_text
from tenants import clock, money, period
from tenants.db import TenantSession, tenant_session
from tenants.flows import FLOWS
from tenants.topology import load

LONGEST_ZOOM_DAYS = 400
FIRST_HERE = ("grid_in", "pv_gen", "grid_out")  # what people look at first


def layout(ctx: Context, query: Query) -> Any:
    """The page, for the last year with data and the firm's main flow."""
    say = ctx.say
    with tenant_session(ctx.db, ctx.tenant) as session:
        flows = _flows(session)
        if not flows:
            link = dcc.Link(say("Upload a file"), href="/firm/upload", className="ly-button")
            return cards.page(
                say("Energy"),
                cards.empty_state(
                    say("No load curve yet"),
                    say("Upload the meter's readings: the 96-point file of the grid company will do."),
                    link,
                    symbol="bolt",
                ),
            )
        first, last = _span(session)
        content = _content(ctx, session, flows[0], period.named("ytd", last))
    tools = html.Div(
        [
            dmc.Select(
                id="energy-flow",
                value=flows[0],
                allowDeselect=False,
                w=230,
                **aria(label=say("Energy")),
                data=[{"value": flow, "label": explained.flow_name(flow, say)} for flow in flows],
            ),
            cards.period_picker("energy-period", "ytd", last.replace(day=1), first=first, last=last, say=say),
        ],
        className="ly-tools",
    )
    return cards.page(say("Energy"), html.Div(content, id="energy-content", className="ly-body"), tools=tools)


def _flows(session: TenantSession) -> list[str]:
    topology = load(session)
    found = {flow for site in topology.sites for flow in topology.counted(site) if not flow.startswith("reactive")}
    return [flow for flow in FIRST_HERE if flow in found] + sorted(found - set(FIRST_HERE))


def _span(session: TenantSession) -> tuple[dt.date, dt.date]:
    """First and last day with a curve."""
    row = session.row("SELECT min(day) AS first, max(day) AS last FROM curve")
    today = clock.today(session.zone)
    return (today, today) if row is None or row.first is None else (row.first, row.last)


def _content(ctx: Context, session: TenantSession, flow: str, of: period.Period) -> list[Any]:
    say = ctx.say
    nothing = [
        cards.empty_state(
            say("No load curve in {period}", period=period_text(of, ctx.lang)), say("Choose another period."), symbol="bolt"
        )
    ]
    row = session.row("SELECT min(day) AS first, max(day) AS last FROM curve WHERE day >= :a AND day < :b", a=of.start, b=of.end)
    if row is None or row.first is None:
        return nothing
    last = max(row.last, min(of.end, clock.today(session.zone)) - dt.timedelta(days=1))
    curve = money.load_curve(session, flow, of.start, last)
    if curve is None or not (curve.quality > 0).any():
        return nothing
    electric = flow in ("grid_in", "grid_out", "pv_gen", "storage_in", "storage_out", "direct_in")
    unit = "kW" if electric else f"{FLOWS[flow].unit}/h"
    return [
        cards.stat_row(curve_cards.stats(ctx, curve, unit)),
        curve_cards.heat(ctx, curve, unit),
        curve_cards.zoom(ctx, session, flow, max(row.first, last - dt.timedelta(days=30)), last, unit),
        cards.split(
            curve_cards.months(ctx, session, flow, of), curve_cards.windows(ctx, session, curve, of) if electric else None
        ),
        curve_cards.findings(ctx, session, last) if flow == "grid_in" else None,
        curve_cards.meters(ctx, session, of.start, last),
    ]


def callbacks(app: Dash) -> None:
    """Another flow or period; other days of the curve."""
    cards.period_callbacks(app, "energy-period")

    @app.callback(
        Output("energy-content", "children"),
        Input("energy-flow", "value"),
        Input("energy-period", "data"),
        prevent_initial_call=True,
    )
    def show(flow: str, data: dict[str, str]) -> Any:
        ctx = context("firm.see")
        with tenant_session(ctx.db, ctx.tenant) as session:
            return _content(ctx, session, flow, period_of(ctx, data)) if flow in _flows(session) else no_update

    @app.callback(
        Output("energy-curve", "children"),
        Input("energy-days", "value"),
        State("energy-flow", "value"),
        prevent_initial_call=True,
    )
    def days(chosen: list[str | None] | None, flow: str) -> Any:
        if not chosen or None in chosen:
            return no_update
        first, last = (dt.date.fromisoformat(str(one)[:10]) for one in chosen)
        ctx = context("firm.see")
        last = min(last, first + dt.timedelta(days=LONGEST_ZOOM_DAYS))
        unit = "kW" if FLOWS[flow].unit == "kWh" else f"{FLOWS[flow].unit}/h"
        with tenant_session(ctx.db, ctx.tenant) as session:
            return curve_cards.stretch(ctx, session, flow, first, last, unit)
