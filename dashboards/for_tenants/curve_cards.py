"""Cards of a load curve: its facts, the days and hours at a glance, the stretch to look into, months, price windows, meters."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
import numpy as np
from dash import dcc, html
from numpy.typing import NDArray

from dashboards import cards, explained, figures
from dashboards.aria import aria, data
from dashboards.for_tenants.money_cards import PERIOD_NAMES, finding, window_text
from dashboards.for_tenants.overview import power_kw
from dashboards.room import Context
from park.notation import day as day_text
from park.notation import number
from park.notation import period as period_text
from tenants import money, period
from tenants.calc.load import Curve, load_factor, maximum_demand
from tenants.db import TenantSession
from tenants.flows import FLOWS
from tenants.topology import Channel, Topology, load


def over(ctx: Context, curve: Curve) -> NDArray[np.bool_]:
    """Which intervals have begun to be known or are over: what is still to come is not missing. Shape of the curve's values."""
    now = np.datetime64(dt.datetime.now(ZoneInfo(ctx.who.zone)).replace(tzinfo=None), "m")
    count = int((now - curve.days[0]).astype(int)) // curve.step
    return curve.present | (np.arange(curve.quality.size).reshape(curve.quality.shape) < count)


def stats(ctx: Context, curve: Curve, unit: str) -> list[cards.Stat]:
    say = ctx.say
    total = Decimal(int(curve.values.sum())) / 1000
    peak, factor = maximum_demand(curve), load_factor(curve)
    present = float((curve.quality > 0)[over(ctx, curve)].mean())
    made = [cards.Stat(say("Total"), number(total, 2), "kWh" if unit == "kW" else unit.removesuffix("/h"), "curve_total")]
    if peak is not None:
        made += [
            cards.Stat(say("Maximum demand"), number(peak.kw, 2), unit, "maximum_demand_kw"),
            cards.Stat(say("When"), f"{peak.start:%Y-%m-%d %H:%M}"),
        ]
    if factor is not None:
        made.append(cards.Stat(say("Load factor"), number(factor * 100, 1), "%"))
    made.append(cards.Stat(say("Intervals with a value"), cards.percent(present)))
    return made


def heat(ctx: Context, curve: Curve, unit: str) -> Any:
    say = ctx.say
    values = power_kw(curve)
    drawn = figures.year_heat(curve.days[0].astype(object), values, unit=unit, missing=say("Missing"), step_minutes=curve.step)
    missing = int((curve.quality == 0)[over(ctx, curve)].sum())
    summary = (
        say("Each column is a day, each row a time; {count} intervals are missing.", count=number(missing))
        if missing
        else say("Each column is a day, each row a time; nothing is missing.")
    )
    return cards.chart_card(say("At a glance"), "energy-heat", drawn, summary, lang=ctx.lang, height=340)


def zoom(ctx: Context, session: TenantSession, flow: str, first: dt.date, last: dt.date, unit: str) -> Any:
    say = ctx.say
    picker = dmc.DatePickerInput(
        id="energy-days",
        type="range",
        value=[first.isoformat(), last.isoformat()],
        size="sm",
        w=270,
        valueFormat="YYYY-MM-DD",
        **aria(label=say("Days to show")),
    )
    return cards.card(
        say("Load curve"),
        html.Div(stretch(ctx, session, flow, first, last, unit), id="energy-curve"),
        tools=picker,
        note=say("Drag over the curve to look closer; double-click to go back."),
    )


def stretch(ctx: Context, session: TenantSession, flow: str, first: dt.date, last: dt.date, unit: str) -> Any:
    say = ctx.say
    curve = money.load_curve(session, flow, first, last)
    if curve is None or not (curve.quality > 0).any():
        return cards.notice(say("Nothing is measured on these days."))
    seen = int(over(ctx, curve).sum())
    values = power_kw(curve).ravel()[:seen]
    drawn = figures.load_curve(
        dt.datetime.combine(curve.days[0].astype(object), dt.time()),
        curve.step,
        values,
        unit=unit,
        name=explained.flow_name(flow, say),
        missing=say("Missing"),
        estimated=(curve.quality == 3).ravel()[:seen],
        estimated_name=say("Estimated"),
        peak=say("Highest"),
    )
    summary = say(
        "{first} to {last}: {kwh} {unit}, between {low} and {high} {power}.",
        first=day_text(first, ctx.lang),
        last=day_text(last, ctx.lang),
        kwh=number(Decimal(int(curve.values.sum())) / 1000, 2),
        unit="kWh" if unit == "kW" else unit.removesuffix("/h"),
        low=number(float(np.nanmin(values)), 1),
        high=number(float(np.nanmax(values)), 1),
        power=unit,
    )
    return html.Div(
        [cards.graph("energy-load", drawn, summary, lang=ctx.lang, height=320, zoom=True), html.P(summary, className="ly-note")]
    )


def months(ctx: Context, session: TenantSession, flow: str, of: period.Period) -> Any:
    """The months of the period (of its year, for one month) beside the same a year before."""
    say = ctx.say
    span = period.of_year(of.start.year) if of.kind in ("month", "ytd") else of
    rows = _published(session, flow, span)
    found = {row.month: row for row in rows}
    each = list(span.months())
    this = [_thousands(found.get(month)) for month in each]
    last = [_thousands(found.get(month.replace(year=month.year - 1))) for month in each]
    unit = "MWh" if FLOWS[flow].unit == "kWh" else f"10³ {FLOWS[flow].unit}"
    drawn = figures.months(
        [f"{month.month}月" if ctx.lang == "zh" else f"{month:%b}" for month in each],
        this,
        unit=unit,
        this_name=period_text(span, ctx.lang),
        missing=say("No data"),
        last=last if any(value is not None for value in last) else None,
        last_name=period_text(span.year_before(), ctx.lang),
        partial=[index for index, month in enumerate(each) if month in found and found[month].missing],
        partial_name=say("Incomplete"),
        due=max((index + 1 for index, value in enumerate(this) if value is not None), default=0),
        decimals=1,
    )
    known = [value for value in this if value is not None]
    summary = say("{count} months, {total} {unit} in all.", count=len(known), total=number(sum(known), 2), unit=unit)
    foot = html.Details(
        [html.Summary(say("As a table")), _month_table(ctx, flow, [row for row in rows if row.month >= span.start])]
    )
    return cards.chart_card(say("Months"), "energy-months", drawn, summary, lang=ctx.lang, foot=foot)


def _published(session: TenantSession, flow: str, span: period.Period) -> list[Any]:
    """The firm's own published months of the span and of the year before: month, quantity [milli-units], missing [minutes]."""
    return list(
        session.rows(
            "SELECT month, sum(quantity)::bigint AS quantity, sum(missing)::bigint AS missing FROM shared.flow_month "
            "WHERE tenant = current_user AND flow = :flow AND month >= :a AND month < :b GROUP BY month ORDER BY month",
            flow=flow,
            a=span.year_before().start,
            b=span.end,
        )
    )


def _thousands(row: Any) -> float | None:
    """A published month in thousands of the flow's unit."""
    return None if row is None else row.quantity / 10**6


def _month_table(ctx: Context, flow: str, rows: list[Any]) -> Any:
    lines = [
        {
            "month": f"{row.month:%Y-%m}",
            "value": html.Span(number(Decimal(row.quantity) / 1000, 2), **data(month=f"{row.month:%Y-%m}")),
        }
        for row in rows
    ]
    columns = [cards.Column("month", ctx.say("Month")), cards.Column("value", FLOWS[flow].unit, "number")]
    return cards.table(columns, lines, caption=ctx.say("Months"))


def windows(ctx: Context, session: TenantSession, curve: Curve, of: period.Period) -> Any:
    """Energy by price window, with its cost where the firm has entered window prices."""
    say = ctx.say
    table = money.windows_of(session.region)
    if table is None or curve.step > 30:
        return None
    parts = money.window_energy(curve, table)
    whole = sum(parts.values())
    if not whole:
        return None
    priced = money.priced(session, of).periods
    shares = [
        cards.Share(
            say(PERIOD_NAMES[name]),
            wh / whole,
            name if name in ("sharp", "peak", "flat", "valley") else "valley",
            window_text(ctx, wh, priced.get(name)),
        )
        for name, wh in parts.items()
    ]
    return cards.card(
        say("Price windows"),
        cards.share_bar(shares, label=say("Price windows")),
        note=say("Windows of {area}: {document}", area=table.area, document=table.document),
    )


def findings(ctx: Context, session: TenantSession, last: dt.date) -> Any:
    say = ctx.say
    found = money.findings(session, last - dt.timedelta(days=89), last)
    return cards.section(
        say("What the curve says"),
        *[finding(ctx, one) for one in found],
        note=say("Estimates from the last 90 days of your load curve"),
    )


def meters(ctx: Context, session: TenantSession, first: dt.date, last: dt.date) -> Any:
    say = ctx.say
    topology = load(session)
    found = session.rows(
        "SELECT channel, sum(total)::bigint AS total FROM curve WHERE day BETWEEN :a AND :b GROUP BY channel", a=first, b=last
    )
    totals = {row.channel: row.total for row in found}
    rows = [_meter(ctx, topology, one, totals[one.id]) for one in topology.channels.values() if one.id in totals]
    columns = [
        cards.Column("meter", say("Meter")),
        cards.Column("behind", say("Behind")),
        cards.Column("flow", say("Flow")),
        cards.Column("total", say("Total"), "number"),
    ]
    listed = cards.table(columns, sorted(rows, key=lambda row: (row["behind"], row["meter"])), caption=say("Meters"))
    link = dcc.Link(say("Meters and devices"), href="/firm/devices", className="ly-button")
    return cards.section(say("Meters"), listed, tools=link)


def _meter(ctx: Context, topology: Topology, one: Channel, total: int) -> dict[str, str]:
    say = ctx.say
    meter = topology.meters[one.meter]
    behind = topology.meters[meter.parent].name if meter.parent else ""
    flow = say("Electricity behind it") if meter.parent and one.flow == "grid_in" else explained.flow_name(one.flow, say)
    shown = f"{number(Decimal(total) / 1000, 2)} {say(FLOWS[one.flow].unit)}"
    return {"meter": meter.name, "behind": behind, "flow": flow, "total": shown}
