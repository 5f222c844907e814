"""What is entered by hand or by file, newest first, with its reading period split to months."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards import cards, explained
from dashboards.room import Context
from park.notation import day as day_text
from park.notation import month as month_text
from park.notation import number
from tenants import activities
from tenants.db import TenantSession
from tenants.flows import FLOWS
from tenants.period import add_months
from tenants.quality.bills import BillAndMeter, compared
from tenants.topology import load

SHOWN = 36


def listing(ctx: Context, session: TenantSession) -> Any:
    say = ctx.say
    found = sorted(activities.list_activities(session), key=lambda one: (one.start, one.flow), reverse=True)
    if not found:
        return cards.empty_state(say("No bill entered yet"), say("Begin with last month's electricity bill."), symbol="file")
    scans = {row.id: row.name for row in session.rows("SELECT id, name FROM document")}
    metered = compared(session, load(session))
    rows = [_line(ctx, session, one, scans) | {"meter": _beside(ctx, metered.get(one.id))} for one in found[:SHOWN]]
    optional = {
        "amount": cards.Column("amount", say("CNY"), "number"),
        "meter": cards.Column("meter", say("Against the meter")),
        "split": cards.Column("split", say("Split to months")),
        "scan": cards.Column("scan", say("Scan")),
    }
    columns = [
        cards.Column("what", say("What")),
        cards.Column("period", say("Period")),
        cards.Column("quantity", say("Quantity"), "number"),
        *(column for key, column in optional.items() if any(row[key] for row in rows)),
        cards.Column("do", ""),
    ]
    note = say("{count} entries; the newest {shown} are shown", count=len(found), shown=SHOWN) if len(found) > SHOWN else ""
    return cards.section(say("Entered"), cards.table(columns, rows, caption=say("Entered")), note=note)


def _period(one: activities.Activity, lang: str) -> str:
    """The calendar month by its name; any other reading period by its first and last day."""
    if one.start.day == 1 and one.end == add_months(one.start, 1):
        return month_text(one.start, lang)
    return f"{day_text(one.start, lang)} – {day_text(one.end - dt.timedelta(days=1), lang)}"


def _line(ctx: Context, session: TenantSession, one: activities.Activity, scans: dict[Any, str]) -> dict[str, Any]:
    say = ctx.say
    unit = FLOWS[one.flow].unit
    months = activities.months_of(session, one.id) if one.start.day != 1 or one.end.day != 1 else []
    split = " · ".join(f"{month_text(part.month, ctx.lang)}: {number(Decimal(part.quantity) / 1000, 0)}" for part in months)
    scan = html.A(scans[one.document], href=f"/firm/file/{one.document}", target="_blank") if one.document in scans else None
    amount = one.details.get("amount")
    return {
        "what": explained.flow_name(one.flow, say),
        "period": _period(one, ctx.lang),
        "quantity": f"{number(Decimal(one.quantity) / 1000, 2)} {say(unit)}",
        "amount": number(Decimal(amount), 2) if amount else None,
        "split": split,
        "scan": scan,
        "do": dmc.Button(say("Remove"), id={"type": "bill-remove", "id": str(one.id)}, size="compact-sm", variant="default"),
    }


def _beside(ctx: Context, one: BillAndMeter | None) -> Any:
    """What the meters saw in the bill's period, and whether it agrees; None where nothing was metered."""
    if one is None:
        return None
    say, found = ctx.say, one.comparison
    meter = f"{number(Decimal(found.metered) / 1000, 0)} {say(FLOWS[one.activity.flow].unit)}"
    if found.verdict == "incomplete":
        text = say("{meter}; only {share} of the time is metered", meter=meter, share=cards.percent(float(found.present)))
        return cards.status_chip(text, "neutral")
    share = "" if found.share is None else f" ({number(-found.share * 100, 1)} %)"
    if found.verdict == "agrees":
        return cards.status_chip(f"{meter}{share}", "good")
    chip = cards.status_chip(f"{meter}{share}", "warn")
    return dcc.Link(chip, href="/firm/data", title=say("See it under Data"))
