"""A firm's energy: the year as a heat map, the load curve to zoom into, the months, price windows, all findings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import dash_mantine_components as dmc
import numpy as np
from dash import Dash, Input, Output, State, dcc, html, no_update

from dashboards import cards, explained, figures
from dashboards.for_tenants.overview import PERIOD_NAMES, finding, power_kw
from dashboards.room import Context, Query, context
from park.notation import day as day_text
from park.notation import number
from tenants import clock, money
from tenants.calc.load import Curve, load_factor, maximum_demand
from tenants.db import TenantSession, tenant_session
from tenants.flows import FLOWS
from tenants.period import of_year
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
            return cards.page(say("Energy"), cards.empty_state(
                say("No load curve yet"), say("Upload the meter's readings: the 96-point file of the grid company will do."), link, symbol="bolt"))  # fmt: skip
        years = _years(session)
        content = _content(ctx, session, flows[0], years[0])
    tools = html.Div([
        dmc.Select(id="energy-flow", value=flows[0], allowDeselect=False, w=230, **{"aria-label": say("Energy")},
                   data=[{"value": flow, "label": explained.flow_name(flow, say)} for flow in flows]),
        dmc.Select(id="energy-year", value=str(years[0]), allowDeselect=False, w=110, data=[str(year) for year in years],
                   **{"aria-label": say("Year")}),
    ], className="ly-tools")  # fmt: skip
    return cards.page(say("Energy"), html.Div(content, id="energy-content", className="ly-body"), tools=tools)


def _flows(session: TenantSession) -> list[str]:
    topology = load(session)
    found = {flow for site in topology.sites for flow in topology.counted(site) if not flow.startswith("reactive")}
    return [flow for flow in FIRST_HERE if flow in found] + sorted(found - set(FIRST_HERE))


def _years(session: TenantSession) -> list[int]:
    row = session.row("SELECT min(day) AS first, max(day) AS last FROM curve")
    if row is None or row.first is None:
        return [clock.today(session.zone).year]
    return list(range(row.last.year, row.first.year - 1, -1))


def _content(ctx: Context, session: TenantSession, flow: str, year: int) -> list[Any]:
    say = ctx.say
    of = of_year(year)
    row = session.row("SELECT min(day) AS first, max(day) AS last FROM curve WHERE day >= :a AND day < :b", a=of.start, b=of.end)
    if row is None or row.first is None:
        return [cards.empty_state(say("No load curve in {year}", year=year), say("Choose another year."), symbol="bolt")]
    last = max(row.last, min(of.end, clock.today(session.zone)) - dt.timedelta(days=1)) if row.last.year == year else row.last
    curve = money.load_curve(session, flow, of.start, last)
    if curve is None or not (curve.quality > 0).any():
        return [cards.empty_state(say("No load curve in {year}", year=year), say("Choose another year."), symbol="bolt")]
    electric = flow in ("grid_in", "grid_out", "pv_gen", "storage_in", "storage_out", "direct_in")
    unit = "kW" if electric else f"{FLOWS[flow].unit}/h"
    return [
        cards.stat_row(_stats(ctx, curve, unit)),
        _heat(ctx, curve, unit),
        _zoom(ctx, session, flow, max(row.first, last - dt.timedelta(days=30)), last, unit),
        cards.split(_months(ctx, session, flow, year, curve), _windows(ctx, session, curve) if electric else None),
        _findings(ctx, session, last) if flow == "grid_in" else None,
        _meters(ctx, session, of.start, last),
    ]


def _stats(ctx: Context, curve: Curve, unit: str) -> list[cards.Stat]:
    say = ctx.say
    total = Decimal(int(curve.values.sum())) / 1000
    peak, factor = maximum_demand(curve), load_factor(curve)
    present = float((curve.quality > 0).mean())
    made = [cards.Stat(say("Total"), number(total, 2), "kWh" if unit == "kW" else unit.removesuffix("/h"), "curve_total")]
    if peak is not None:
        made += [cards.Stat(say("Maximum demand"), number(peak.kw, 2), unit, "maximum_demand_kw"),
                 cards.Stat(say("When"), f"{peak.start:%Y-%m-%d %H:%M}")]  # fmt: skip
    if factor is not None:
        made.append(cards.Stat(say("Load factor"), number(factor * 100, 1), "%"))
    made.append(cards.Stat(say("Intervals with a value"), cards.percent(present)))
    return made


def _heat(ctx: Context, curve: Curve, unit: str) -> Any:
    say = ctx.say
    values = power_kw(curve)
    drawn = figures.year_heat(curve.days[0].astype(object), values, unit=unit, missing=say("Missing"), step_minutes=curve.step)
    missing = int((curve.quality == 0).sum())
    summary = say("Each column is a day, each row a time; {count} intervals are missing.", count=number(missing)) if missing else say(
        "Each column is a day, each row a time; nothing is missing.")  # fmt: skip
    return cards.chart_card(say("The year at a glance"), "energy-heat", drawn, summary, lang=ctx.lang, height=340)


def _zoom(ctx: Context, session: TenantSession, flow: str, first: dt.date, last: dt.date, unit: str) -> Any:
    say = ctx.say
    picker = dmc.DatePickerInput(
        id="energy-days", type="range", value=[first.isoformat(), last.isoformat()], size="sm", w=270, valueFormat="YYYY-MM-DD",
        **{"aria-label": say("Days to show")},
    )  # fmt: skip
    return cards.card(
        say("Load curve"), html.Div(_curve(ctx, session, flow, first, last, unit), id="energy-curve"), tools=picker,
        note=say("Drag over the curve to look closer; double-click to go back."),
    )  # fmt: skip


def _curve(ctx: Context, session: TenantSession, flow: str, first: dt.date, last: dt.date, unit: str) -> Any:
    say = ctx.say
    curve = money.load_curve(session, flow, first, last)
    if curve is None or not (curve.quality > 0).any():
        return cards.notice(say("Nothing is measured on these days."))
    values = power_kw(curve).ravel()
    drawn = figures.load_curve(
        dt.datetime.combine(curve.days[0].astype(object), dt.time()), curve.step, values, unit=unit, name=explained.flow_name(flow, say),
        missing=say("Missing"), estimated=(curve.quality == 3).ravel(), estimated_name=say("Estimated"), peak=say("Highest"),
    )  # fmt: skip
    summary = say(
        "{first} to {last}: {kwh} {unit}, between {low} and {high} {power}.", first=day_text(first, ctx.lang), last=day_text(last, ctx.lang),
        kwh=number(Decimal(int(curve.values.sum())) / 1000, 2), unit="kWh" if unit == "kW" else unit.removesuffix("/h"),
        low=number(float(np.nanmin(values)), 1), high=number(float(np.nanmax(values)), 1), power=unit,
    )  # fmt: skip
    return html.Div([cards.graph("energy-load", drawn, summary, lang=ctx.lang, height=320, zoom=True), html.P(summary, className="ly-note")])


def _months(ctx: Context, session: TenantSession, flow: str, year: int, curve: Curve) -> Any:
    say = ctx.say
    rows = session.rows(
        "SELECT month, sum(quantity)::bigint AS quantity, sum(missing)::bigint AS missing FROM shared.flow_month "
        "WHERE tenant = current_user AND flow = :flow AND month >= :a AND month < :b GROUP BY month",
        flow=flow, a=dt.date(year - 1, 1, 1), b=dt.date(year + 1, 1, 1),
    )  # fmt: skip
    found = {row.month: row for row in rows}
    this, last, partial = [], [], []
    for month in range(1, 13):
        now, before = found.get(dt.date(year, month, 1)), found.get(dt.date(year - 1, month, 1))
        this.append(None if now is None else now.quantity / 10**6)
        last.append(None if before is None else before.quantity / 10**6)
        if now is not None and now.missing:
            partial.append(month - 1)
    unit = "MWh" if FLOWS[flow].unit == "kWh" else f"10³ {FLOWS[flow].unit}"
    due = max((index + 1 for index, value in enumerate(this) if value is not None), default=0)
    drawn = figures.months(
        [f"{month}月" if ctx.lang == "zh" else f"{dt.date(2000, month, 1):%b}" for month in range(1, 13)], this, unit=unit,
        this_name=str(year), missing=say("No data"), last=last if any(value is not None for value in last) else None,
        last_name=str(year - 1), partial=partial, partial_name=say("Incomplete"), due=due, decimals=1,
    )  # fmt: skip
    known = [value for value in this if value is not None]
    summary = say("{count} months, {total} {unit} in all.", count=len(known), total=number(sum(known), 2), unit=unit)
    table = cards.table(
        [cards.Column("month", say("Month")), cards.Column("value", FLOWS[flow].unit, "number")],
        [{"month": f"{row.month:%Y-%m}", "value": html.Span(number(Decimal(row.quantity) / 1000, 2), **{"data-month": f"{row.month:%Y-%m}"})}
         for row in sorted(rows, key=lambda one: one.month) if row.month.year == year],
        caption=say("Months"),
    )  # fmt: skip
    return cards.chart_card(say("Months"), "energy-months", drawn, summary, lang=ctx.lang,
                            foot=html.Details([html.Summary(say("As a table")), table]))  # fmt: skip


def _windows(ctx: Context, session: TenantSession, curve: Curve) -> Any:
    say = ctx.say
    table = money.windows_of(session.region)
    if table is None or curve.step > 30:
        return None
    parts = money.window_energy(curve, table)
    whole = sum(parts.values())
    if not whole:
        return None
    shares = [cards.Share(say(PERIOD_NAMES[name]), wh / whole, name if name in ("sharp", "peak", "flat", "valley") else "valley",
                          f"{number(Decimal(wh) / 1000, 0)} kWh") for name, wh in parts.items()]  # fmt: skip
    return cards.card(say("Price windows"), cards.share_bar(shares, label=say("Price windows")),
                      note=say("Windows of {area}: {document}", area=table.area, document=table.document))  # fmt: skip


def _findings(ctx: Context, session: TenantSession, last: dt.date) -> Any:
    say = ctx.say
    found = money.findings(session, last - dt.timedelta(days=89), last)
    return cards.section(say("What the curve says"), *[finding(ctx, one) for one in found],
                         note=say("Estimates from the last 90 days of your load curve"))  # fmt: skip


def _meters(ctx: Context, session: TenantSession, first: dt.date, last: dt.date) -> Any:
    say = ctx.say
    topology = load(session)
    totals = {row.channel: row for row in session.rows(
        "SELECT channel, sum(total)::bigint AS total FROM curve WHERE day BETWEEN :a AND :b GROUP BY channel", a=first, b=last)}  # fmt: skip
    rows = []
    for channel in topology.channels.values():
        meter = topology.meters[channel.meter]
        if channel.id not in totals:
            continue
        above = topology.meters[meter.parent].name if meter.parent else ""
        total = Decimal(totals[channel.id].total) / 1000
        rows.append({"meter": meter.name, "behind": above, "flow": explained.flow_name(channel.flow, say), "total": number(total, 2),
                     "unit": FLOWS[channel.flow].unit})  # fmt: skip
    columns = [cards.Column("meter", say("Meter")), cards.Column("behind", say("Behind")), cards.Column("flow", say("Flow")),
               cards.Column("total", say("Total"), "number"), cards.Column("unit", say("Unit"))]  # fmt: skip
    return cards.section(say("Meters"), cards.table(columns, sorted(rows, key=lambda row: (row["behind"], row["meter"])), caption=say("Meters")))


def callbacks(app: Dash) -> None:
    """Another flow or year; other days of the curve."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output("energy-content", "children"), Input("energy-flow", "value"), Input("energy-year", "value"), prevent_initial_call=True
    )
    def show(flow: str, year: str) -> Any:
        ctx = context("firm.see")
        with tenant_session(ctx.db, ctx.tenant) as session:
            return _content(ctx, session, flow, int(year)) if flow in _flows(session) else no_update

    @app.callback(  # type: ignore[untyped-decorator]
        Output("energy-curve", "children"), Input("energy-days", "value"), State("energy-flow", "value"), prevent_initial_call=True
    )
    def days(chosen: list[str | None] | None, flow: str) -> Any:
        if not chosen or None in chosen:
            return no_update
        first, last = (dt.date.fromisoformat(str(one)[:10]) for one in chosen)
        ctx = context("firm.see")
        last = min(last, first + dt.timedelta(days=LONGEST_ZOOM_DAYS))
        unit = "kW" if FLOWS[flow].unit == "kWh" else f"{FLOWS[flow].unit}/h"
        with tenant_session(ctx.db, ctx.tenant) as session:
            return _curve(ctx, session, flow, first, last, unit)
