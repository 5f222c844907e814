"""What was understood of a dropped file, before anything is written: counts, curve, meters, columns, refusals, questions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import dash_mantine_components as dmc
import numpy as np
from dash import html

from dashboards import cards, explained, figures
from dashboards.for_tenants import asked, pending
from dashboards.house import house
from dashboards.room import Context
from park import rejected
from park.notation import number
from park.words import tell
from tenants.db import TenantSession, tenant_session
from tenants.flows import FLOWS, MEASURED, MISSING
from tenants.ingest import files
from tenants.ingest.series import Register, Series

SHOWN_REJECTS = 20


FORMS = {
    "long": "one row per reading",
    "long_with_meter": "one row per reading, with a meter column",
    "wide": "one row per day",
    "bill": "a table of bills",
}


MARKS = {"interval_start": "times name the start of their interval", "interval_end": "times name the end of their interval"}


def preview(ctx: Context, session: TenantSession, name: str, file: str, hints: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The page's part, and what the page keeps: the answers that writing confirms, what the inputs show, the file's shape.

    Raises:
        FileRefused: the file as a whole cannot be read.
    """
    say = ctx.say
    path = pending.find(house().settings.home, ctx.tenant, file)
    found = files.look(session, path, name=name, hints=asked.hints_of(hints))
    parts = [
        html.H2(name, className="ly-file-name"),
        cards.stat_row(_counts(ctx, found)),
        html.P(_understood(ctx, found), className="ly-note"),
        _as_last_time(ctx, found),
        *[_curve(ctx, one) for one in found.understanding.series[:3]],
        *[_curve(ctx, one) for one in map(rising, found.understanding.registers[:3]) if one is not None],
        _meters(ctx, found),
        _bills(ctx, found),
        _columns(ctx, found),
        _rejects(ctx, found),
        _conflicts(ctx, found),
        asked.card(ctx, found, hints),
        *[cards.notice(tell(note.template, note.facts, ctx.lang)) for note in found.understanding.notes],
    ]
    if found.accepted or found.receipt.conflicting:
        parts.append(
            html.Div(
                [
                    dmc.Button(
                        say("Write it") if not found.rejected else say("Write the good rows"),
                        id={"type": "upload-do", "what": "write"},
                        size="md",
                    ),
                    dmc.Checkbox(
                        id={"type": "upload-replace", "what": "all"}, label=say("Replace what is stored where it differs")
                    )
                    if found.receipt.conflicting
                    else None,
                ],
                className="ly-actions",
            )
        )
    else:
        text = (
            say("Nothing new: everything in this file is stored already.")
            if not found.rejected
            else say("Nothing in this file can be taken.")
        )
        parts.append(cards.notice(text, "good" if not found.rejected else "bad"))
    return html.Div(parts, className="ly-preview"), {
        "confirmed": asked.confirmed(found, hints), "shown": asked.shown(found, hints), "shape": found.understanding.shape,
    }  # fmt: skip


def _as_last_time(ctx: Context, found: files.Taken) -> Any:
    """That the file was read as the last one of its shape, and a way to forget that."""
    if not found.understanding.remembered:
        return None
    say = ctx.say
    forget = dmc.Button(
        say("Forget that, read it afresh"), id={"type": "upload-do", "what": "forget"}, size="compact-sm", variant="default"
    )
    return cards.notice(say("Read as the last file of this shape, with the answers given then."), action=forget)


def _counts(ctx: Context, found: files.Taken) -> list[cards.Stat]:
    say = ctx.say
    stats = [
        cards.Stat(say("Rows"), number(found.rows), data_indicator="rows"),
        cards.Stat(say("New"), number(found.accepted), data_indicator="accepted"),
        cards.Stat(say("Unchanged"), number(found.unchanged), data_indicator="unchanged"),
        cards.Stat(say("Rejected"), number(found.refused), data_indicator="rejected"),
    ]
    if found.receipt.conflicting:
        stats.append(cards.Stat(say("In conflict"), number(found.receipt.conflicting)))
    if found.empty:
        stats.append(cards.Stat(say("Without a value"), number(found.empty)))
    return stats


def _understood(ctx: Context, found: files.Taken) -> str:
    say = ctx.say
    what = found.understanding
    parts = [say(FORMS[what.form])]
    if what.series:
        parts.append(say("{step} minutes", step=what.series[0].step_minutes))
    if what.marks:
        parts.append(say(MARKS[what.marks]))
    if what.marks_why:
        parts.append(tell(what.marks_why.template, what.marks_why.facts, ctx.lang))
    return "；".join(parts) if ctx.lang == "zh" else "; ".join(parts)


def _curve(ctx: Context, one: Series) -> Any:
    say = ctx.say
    span = int((one.start[-1] - one.start[0]) // (60 * one.step_minutes)) + 1
    values = np.full(span, np.nan)
    values[(one.start - one.start[0]) // (60 * one.step_minutes)] = np.where(one.quality > 0, one.values, np.nan)
    flow = FLOWS[one.flow]
    unit = "kW" if flow.unit == "kWh" else f"{flow.unit}/h"
    power = values * (60 / one.step_minutes / 1000)
    offset = _ahead_of_utc(ctx, int(one.start[0]))
    begin = dt.datetime.fromtimestamp(int(one.start[0]), dt.UTC).replace(tzinfo=None) + offset
    drawn = figures.load_curve(
        begin, one.step_minutes, power, unit=unit, name=one.meter, missing=say("Missing"), peak=say("Highest")
    )
    summary = (
        say(
            "{meter}, {flow}: {total} {unit}, at most {high} {power}.",
            meter=one.meter,
            flow=explained.flow_name(one.flow, say),
            total=number(float(np.nansum(values)) / 1000, 2),
            unit=flow.unit,
            high=number(float(np.nanmax(power)), 2),
            power=unit,
        )
        if not np.isnan(power).all()
        else say("No value")
    )
    return cards.chart_card(
        f"{one.meter} · {explained.flow_name(one.flow, say)}",
        {"type": "upload-curve", "meter": f"{one.meter}:{one.flow}"},
        drawn,
        summary,
        lang=ctx.lang,
        height=240,
        zoom=True,
    )


def rising(one: Register) -> Series | None:
    """What a register counts between its readings, evenly, for the picture only; None where there is nothing to see."""
    at, first = np.unique(one.at, return_index=True)
    if at.size < 2:
        return None
    usual = int(np.median(np.diff(at))) // 60
    step = max((each for each in (15, 60) if each <= usual), default=15)
    edges = np.arange(at[0], at[-1] + 1, 60 * step, dtype=np.int64)
    counted = np.diff(np.interp(edges, at, one.readings[first]))
    values = np.rint(counted).astype(np.int64)
    quality = np.where(values < 0, MISSING, MEASURED).astype(np.uint8)  # an exchange or a reset: the gate tells
    return (
        Series(one.meter, one.flow, step, edges[:-1], values, quality, np.zeros(values.size, np.int32)) if values.size else None
    )


def _ahead_of_utc(ctx: Context, instant: int) -> dt.timedelta:
    """How far the firm's clock is ahead of UTC at an instant."""
    with tenant_session(ctx.db, ctx.tenant) as session:
        return dt.datetime.fromtimestamp(instant, session.zone).utcoffset() or dt.timedelta()


def _meters(ctx: Context, found: files.Taken) -> Any:
    say = ctx.say
    if not found.receipt.meters:
        return None
    columns = [
        cards.Column("name", say("Meter")),
        cards.Column("flow", say("Flow")),
        cards.Column("total", say("Total"), "number"),
        cards.Column("first", say("First")),
        cards.Column("last", say("Last")),
        cards.Column("missing", say("Missing"), "number"),
        cards.Column("new", ""),
    ]
    rows = [
        {
            "name": one.name,
            "flow": explained.flow_name(one.flow, say),
            "total": f"{number(one.total, 2)} {one.unit}",
            "first": f"{one.first:%Y-%m-%d %H:%M}",
            "last": f"{one.last:%Y-%m-%d %H:%M}",
            "missing": number(one.missing),
            "new": cards.status_chip(say("new meter"), "neutral") if one.new else None,
        }
        for one in found.receipt.meters
    ]
    return cards.section(say("Meters in this file"), cards.table(columns, rows, caption=say("Meters in this file")))


def _bills(ctx: Context, found: files.Taken) -> Any:
    say = ctx.say
    if not found.understanding.bills:
        return None
    columns = [
        cards.Column("row", say("Row")),
        cards.Column("what", say("What")),
        cards.Column("period", say("Period")),
        cards.Column("quantity", say("Quantity"), "number"),
        cards.Column("amount", say("CNY"), "number"),
    ]
    rows = [
        {
            "row": " ".join(filter(None, (found.place(one.row)[0], say("Row {row}", row=found.place(one.row)[1])))),
            "what": explained.flow_name(one.flow, say),
            "period": f"{one.start_day} – {one.end_day - dt.timedelta(days=1)}",
            "quantity": f"{number(one.quantity / 1000, 2)} {FLOWS[one.flow].unit}",
            "amount": number(Decimal(amount), 2) if (amount := one.details.get("amount")) else None,
        }
        for one in found.understanding.bills
    ]
    return cards.section(say("Bills in this file"), cards.table(columns, rows, caption=say("Bills in this file")))


def _columns(ctx: Context, found: files.Taken) -> Any:
    say = ctx.say
    roles = {
        "time": say("Time"),
        "meter": say("Meter"),
        "value": say("Value"),
        "unit": say("Unit"),
        "item": say("Item"),
        "ignored": say("Ignored"),
    }
    rows = [
        {
            "header": one.header,
            "role": roles.get(one.role, one.role),
            "as": f"{explained.flow_name(one.flow, say)} {one.unit or ''}" if one.flow else "",
            "why": tell(one.why.template, one.why.facts, ctx.lang),
        }
        for one in found.understanding.columns
    ]
    columns = [
        cards.Column("header", say("Column")),
        cards.Column("role", say("Taken as")),
        cards.Column("as", say("Flow and unit")),
        cards.Column("why", say("Why")),
    ]
    return html.Details(
        [html.Summary(say("How each column was understood")), cards.table(columns, rows, caption=say("Columns"))],
        className="ly-card",
    )


def _rejects(ctx: Context, found: files.Taken) -> Any:
    say = ctx.say
    if not found.rejected:
        return None
    rows = [one | {"row": say("Row {row}", row=one["row"])} for one in rejected.rows(found, ctx.lang)[:SHOWN_REJECTS]]
    columns = [
        *([cards.Column("sheet", say("Sheet"))] if any(one["sheet"] for one in rows) else []),
        cards.Column("row", say("Row")),
        cards.Column("reason", say("Why")),
        cards.Column("remedy", say("What to do")),
    ]
    return cards.section(
        say("{count} rows cannot be taken", count=number(found.refused)),
        cards.table(columns, rows, caption=say("Rejected rows")),
        tools=html.Div(
            [
                html.Span(say("Download the list"), className="ly-note"),
                *(
                    dmc.Button(kind.upper(), id={"type": "upload-rejects", "kind": kind}, size="compact-sm", variant="default")
                    for kind in ("xlsx", "csv")
                ),
            ],
            className="ly-actions",
        ),
    )


def _conflicts(ctx: Context, found: files.Taken) -> Any:
    say = ctx.say
    if not found.receipt.conflicts:
        return None
    rows = [
        {
            "meter": one.meter,
            "when": f"{one.start:%Y-%m-%d %H:%M}",
            "kept": number(one.kept, 3) if one.kept is not None else None,
            "offered": number(one.offered, 3),
            "unit": one.unit,
        }
        for one in found.receipt.conflicts[:SHOWN_REJECTS]
    ]
    columns = [
        cards.Column("meter", say("Meter")),
        cards.Column("when", say("When")),
        cards.Column("kept", say("Stored"), "number"),
        cards.Column("offered", say("In the file"), "number"),
        cards.Column("unit", say("Unit")),
    ]
    return cards.section(
        say("Different from what is stored"),
        cards.table(columns, rows, caption=say("Different from what is stored")),
        note=say("Not applied unless you say so; the former value is kept then"),
    )
