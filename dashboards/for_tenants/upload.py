"""A file as the firm has it: dropped, shown as understood with its curve, written when the person says so."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io
from typing import Any

import dash_mantine_components as dmc
import numpy as np
from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash import ctx as fired

from dashboards import cards, explained, figures
from dashboards.for_tenants import pending
from dashboards.house import house
from dashboards.room import Context, Query, context, refusal
from park.notation import number
from park.words import reject as reject_words
from tenants.db import TenantSession, tenant_session
from tenants.errors import LingyuanError
from tenants.flows import FLOWS
from tenants.ingest import files
from tenants.ingest.series import Series

SHOWN_REJECTS = 20
POINTS = 3000
FORMS = {
    "long": "one row per reading", "long_with_meter": "one row per reading, with a meter column", "wide": "one row per day",
    "bill": "a table of bills",
}  # fmt: skip
MARKS = {"interval_start": "times name the start of their interval", "interval_end": "times name the end of their interval"}


def layout(ctx: Context, query: Query) -> Any:
    """The page."""
    say = ctx.say
    return html.Div([
        dcc.Store("upload-name"), dcc.Download(id="upload-rejects-file"),
        cards.page(
            say("Upload a file"),
            cards.upload_box("upload-box", say("Drop the file here, or choose it"),
                             say("Excel, CSV or text as you have it: 96 points, hours, register lists, a year of bills"), say("Choose a file"),
                             max_bytes=house().settings.max_upload_mb * 2**20 * 3 // 4),
            dcc.Loading(html.Div(id="upload-preview", **{"aria-live": "polite"}), type="circle", color="var(--mantine-color-pine-6)"),
            html.Div(_earlier(ctx), id="upload-earlier"),
            lead=say("Nothing is written before you have seen what was understood."),
        ),
    ])  # fmt: skip


def _earlier(ctx: Context) -> Any:
    say = ctx.say
    with tenant_session(ctx.db, ctx.tenant) as session:
        rows = session.rows(
            "SELECT name, source, received, receipt FROM batch WHERE source = 'file' ORDER BY received DESC LIMIT 8"
        )
        zone = session.zone
    if not rows:
        return None
    columns = [cards.Column("name", say("File")), cards.Column("when", say("When")), cards.Column("accepted", say("Accepted"), "number"),
               cards.Column("unchanged", say("Unchanged"), "number")]  # fmt: skip
    table = [
        {"name": row.name, "when": f"{row.received.astimezone(zone):%Y-%m-%d %H:%M}", "accepted": number(row.receipt.get("accepted")),
         "unchanged": number(row.receipt.get("unchanged"))} for row in rows
    ]  # fmt: skip
    return cards.section(say("Uploaded before"), cards.table(columns, table, caption=say("Uploaded before")))


def _hints(given: dict[str, Any]) -> files.Hints:
    wanted = {key: value for key, value in given.items() if value}
    return files.Hints(**wanted)


def _preview(ctx: Context, session: TenantSession, name: str, file: str, hints: dict[str, Any]) -> Any:
    say = ctx.say
    path = pending.find(house().settings.home, ctx.tenant, file)
    found = files.look(session, path, name=name, hints=_hints(hints))
    parts = [
        html.H2(name, className="ly-file-name"),
        cards.stat_row(_counts(ctx, found)),
        html.P(_understood(ctx, found), className="ly-note"),
        *[_curve(ctx, one) for one in found.understanding.series[:3]],
        _meters(ctx, found), _bills(ctx, found), _columns(ctx, found), _rejects(ctx, found), _conflicts(ctx, found),
        _questions(ctx, found, hints),
        *[cards.notice(say(note.template, **note.facts)) for note in found.understanding.notes],
    ]  # fmt: skip
    if found.accepted or found.receipt.conflicting:
        parts.append(html.Div([
            dmc.Button(say("Write it") if not found.rejected else say("Write the good rows"), id="upload-write", size="md"),
            dmc.Checkbox(id="upload-replace", label=say("Replace what is stored where it differs")) if found.receipt.conflicting
            else dcc.Store("upload-replace"),
        ], className="ly-actions"))  # fmt: skip
    else:
        text = say("Nothing new: everything in this file is stored already.") if not found.rejected else say("Nothing in this file can be taken.")
        parts.append(cards.notice(text, "good" if not found.rejected else "bad"))
    return html.Div(parts, className="ly-preview")


def _counts(ctx: Context, found: files.Taken) -> list[cards.Stat]:
    say = ctx.say
    stats = [cards.Stat(say("Rows"), number(found.rows), data_indicator="rows"),
             cards.Stat(say("New"), number(found.accepted), data_indicator="accepted"),
             cards.Stat(say("Unchanged"), number(found.unchanged), data_indicator="unchanged"),
             cards.Stat(say("Rejected"), number(found.refused), data_indicator="rejected")]  # fmt: skip
    if found.receipt.conflicting:
        stats.append(cards.Stat(say("In conflict"), number(found.receipt.conflicting)))
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
        parts.append(say(what.marks_why.template, **what.marks_why.facts))
    return "；".join(parts) if ctx.lang == "zh" else "; ".join(parts)


def _curve(ctx: Context, one: Series) -> Any:
    say = ctx.say
    span = int((one.start[-1] - one.start[0]) // (60 * one.step_minutes)) + 1
    values = np.full(span, np.nan)
    values[(one.start - one.start[0]) // (60 * one.step_minutes)] = np.where(one.quality > 0, one.values, np.nan)
    flow = FLOWS[one.flow]
    unit = "kW" if flow.unit == "kWh" else f"{flow.unit}/h"
    power = values * (60 / one.step_minutes / 1000)
    offset = context_zone_offset(ctx, int(one.start[0]))
    begin = dt.datetime.fromtimestamp(int(one.start[0]), dt.UTC).replace(tzinfo=None) + offset
    drawn = figures.load_curve(begin, one.step_minutes, power, unit=unit, name=one.meter, missing=say("Missing"), peak=say("Highest"))
    summary = say(
        "{meter}, {flow}: {total} {unit}, at most {high} {power}.", meter=one.meter, flow=explained.flow_name(one.flow, say),
        total=number(float(np.nansum(values)) / 1000, 2), unit=flow.unit, high=number(float(np.nanmax(power)), 2), power=unit,
    ) if not np.isnan(power).all() else say("No value")  # fmt: skip
    return cards.chart_card(f"{one.meter} · {explained.flow_name(one.flow, say)}", {"type": "upload-curve", "meter": f"{one.meter}:{one.flow}"},
                            drawn, summary, lang=ctx.lang, height=240, zoom=True)  # fmt: skip


def context_zone_offset(ctx: Context, instant: int) -> dt.timedelta:
    """How far the firm's clock is ahead of UTC at an instant."""
    with tenant_session(ctx.db, ctx.tenant) as session:
        return dt.datetime.fromtimestamp(instant, session.zone).utcoffset() or dt.timedelta()


def _meters(ctx: Context, found: files.Taken) -> Any:
    say = ctx.say
    if not found.receipt.meters:
        return None
    columns = [cards.Column("name", say("Meter")), cards.Column("flow", say("Flow")), cards.Column("total", say("Total"), "number"),
               cards.Column("first", say("First")), cards.Column("last", say("Last")), cards.Column("missing", say("Missing"), "number"),
               cards.Column("new", "")]  # fmt: skip
    rows = [
        {"name": one.name, "flow": explained.flow_name(one.flow, say), "total": f"{number(one.total, 2)} {one.unit}",
         "first": f"{one.first:%Y-%m-%d %H:%M}", "last": f"{one.last:%Y-%m-%d %H:%M}", "missing": number(one.missing),
         "new": cards.status_chip(say("new meter"), "neutral") if one.new else None}
        for one in found.receipt.meters
    ]  # fmt: skip
    return cards.section(say("Meters in this file"), cards.table(columns, rows, caption=say("Meters in this file")))


def _bills(ctx: Context, found: files.Taken) -> Any:
    say = ctx.say
    if not found.understanding.bills:
        return None
    columns = [cards.Column("row", say("Row"), "number"), cards.Column("what", say("What")), cards.Column("period", say("Period")),
               cards.Column("quantity", say("Quantity"), "number"), cards.Column("amount", say("CNY"), "number")]  # fmt: skip
    rows = [
        {"row": str(one.row), "what": explained.flow_name(one.flow, say), "period": f"{one.start_day} – {one.end_day - dt.timedelta(days=1)}",
         "quantity": f"{number(one.quantity / 1000, 2)} {FLOWS[one.flow].unit}", "amount": one.details.get("amount")}
        for one in found.understanding.bills
    ]  # fmt: skip
    return cards.section(say("Bills in this file"), cards.table(columns, rows, caption=say("Bills in this file")))


def _columns(ctx: Context, found: files.Taken) -> Any:
    say = ctx.say
    roles = {"time": say("Time"), "meter": say("Meter"), "value": say("Value"), "unit": say("Unit"), "item": say("Item"), "ignored": say("Ignored")}
    rows = [
        {"header": one.header, "role": roles.get(one.role, one.role),
         "as": f"{explained.flow_name(one.flow, say)} {one.unit or ''}" if one.flow else "", "why": say(one.why.template, **one.why.facts)}
        for one in found.understanding.columns
    ]  # fmt: skip
    columns = [cards.Column("header", say("Column")), cards.Column("role", say("Taken as")), cards.Column("as", say("Flow and unit")),
               cards.Column("why", say("Why"))]  # fmt: skip
    return html.Details([html.Summary(say("How each column was understood")), cards.table(columns, rows, caption=say("Columns"))],
                        className="ly-card")  # fmt: skip


def _rejects(ctx: Context, found: files.Taken) -> Any:
    say = ctx.say
    if not found.rejected:
        return None
    rows = [_reject(ctx, one) for one in found.rejected[:SHOWN_REJECTS]]
    columns = [cards.Column("row", say("Row"), "number"), cards.Column("why", say("Why")), cards.Column("remedy", say("What to do"))]
    return cards.section(
        say("{count} rows cannot be taken", count=number(found.refused)), cards.table(columns, rows, caption=say("Rejected rows")),
        tools=dmc.Button(say("Download the list"), id="upload-rejects", size="compact-sm", variant="default"),
    )  # fmt: skip


def _reject(ctx: Context, one: Any) -> dict[str, str]:
    why, remedy = reject_words(one.reason, one.remedy, one.facts, ctx.lang)
    return {"row": str(one.row), "why": why, "remedy": remedy}


def _conflicts(ctx: Context, found: files.Taken) -> Any:
    say = ctx.say
    if not found.receipt.conflicts:
        return None
    rows = [
        {"meter": one.meter, "when": f"{one.start:%Y-%m-%d %H:%M}", "kept": number(one.kept, 3) if one.kept is not None else None,
         "offered": number(one.offered, 3), "unit": one.unit} for one in found.receipt.conflicts[:SHOWN_REJECTS]
    ]  # fmt: skip
    columns = [cards.Column("meter", say("Meter")), cards.Column("when", say("When")), cards.Column("kept", say("Stored"), "number"),
               cards.Column("offered", say("In the file"), "number"), cards.Column("unit", say("Unit"))]  # fmt: skip
    return cards.section(say("Different from what is stored"), cards.table(columns, rows, caption=say("Different from what is stored")),
                         note=say("Not applied unless you say so; the former value is kept then"))  # fmt: skip


def _questions(ctx: Context, found: files.Taken, hints: dict[str, Any]) -> Any:
    """What a person may say differently: which end a time names, the unit, the meter's name."""
    say = ctx.say
    asked = {one.hint: one for one in found.understanding.questions}
    inputs: list[Any] = []
    if found.understanding.marks or "marks" in asked:
        inputs.append(dmc.Select(
            id={"type": "upload-hint", "key": "marks"}, label=say("Times name"), value=hints.get("marks") or found.understanding.marks,
            data=[{"value": "interval_start", "label": say("the start of their interval")}, {"value": "interval_end", "label": say("the end of their interval")}],
            allowDeselect=False,
        ))  # fmt: skip
    if "unit" in asked or "units" in asked:
        inputs.append(dmc.Select(id={"type": "upload-hint", "key": "unit"}, label=say("Unit"), value=hints.get("unit"),
                                 data=["kWh", "kW", "MWh", "万kWh", "kvarh", "m3", "Nm3", "GJ", "t", "kg"], searchable=True))  # fmt: skip
    if "meter" in asked:
        inputs.append(dmc.TextInput(id={"type": "upload-hint", "key": "meter"}, label=say("Name of the meter"),
                                    value=hints.get("meter") or asked["meter"].assumed))  # fmt: skip
    texts = [html.Li(say(one.text.template, **one.text.facts)) for one in found.understanding.questions]
    if not inputs and not texts:
        return None
    again = dmc.Button(say("Read it again so"), id="upload-again", variant="default") if inputs else None
    return cards.card(say("Is this right?"), html.Ul(texts, className="ly-notes"), html.Div([*inputs, again], className="ly-form-row"))


def callbacks(app: Dash) -> None:
    """Drop, read again, write, the list of rejects."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output("upload-preview", "children"), Output("upload-name", "data"), Input("upload-box", "contents"), State("upload-box", "filename"),
        prevent_initial_call=True,
    )  # fmt: skip
    def drop(content: str | None, name: str | None) -> Any:
        if not content:
            return no_update, no_update
        ctx = context("firm.enter")
        try:
            file = pending.keep(house().settings.home, ctx.tenant, base64.b64decode(content.partition(",")[2]))
            with tenant_session(ctx.db, ctx.tenant) as session:
                return _preview(ctx, session, name or "file", file, {}), {"file": file, "name": name or "file", "hints": {}}
        except LingyuanError as error:
            return refusal(ctx, error), None

    @app.callback(  # type: ignore[untyped-decorator]
        Output("upload-preview", "children", allow_duplicate=True), Output("upload-name", "data", allow_duplicate=True),
        Output("upload-earlier", "children"),
        Input("upload-again", "n_clicks"), Input("upload-write", "n_clicks"), State("upload-name", "data"),
        State({"type": "upload-hint", "key": ALL}, "value"), State({"type": "upload-hint", "key": ALL}, "id"),
        State("upload-replace", "checked"), prevent_initial_call=True,
    )  # fmt: skip
    def act(again: int | None, write: int | None, data: Any, values: list[Any], ids: list[dict[str, str]], replace: bool | None) -> Any:
        if not data or not (again or write):
            return no_update, no_update, no_update
        ctx = context("firm.enter")
        hints = {one["key"]: value for one, value in zip(ids, values, strict=True)}
        try:
            if fired.triggered_id == "upload-again":
                with tenant_session(ctx.db, ctx.tenant) as session:
                    return _preview(ctx, session, data["name"], data["file"], hints), {**data, "hints": hints}, no_update
            return _write(ctx, data, bool(replace)), None, _earlier(ctx)
        except LingyuanError as error:
            return refusal(ctx, error), data, no_update

    @app.callback(  # type: ignore[untyped-decorator]
        Output("upload-rejects-file", "data"), Input("upload-rejects", "n_clicks"), State("upload-name", "data"), prevent_initial_call=True
    )
    def rejects(clicks: int | None, data: Any) -> Any:
        if not clicks or not data:
            return no_update
        ctx = context("firm.enter")
        path = pending.find(house().settings.home, ctx.tenant, data["file"])
        with tenant_session(ctx.db, ctx.tenant) as session:
            found = files.look(session, path, name=data["name"], hints=_hints(data["hints"]))
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([ctx.say("Row"), ctx.say("Why"), ctx.say("What to do")])
        writer.writerows([_reject(ctx, one).values() for one in found.rejected])
        return dcc.send_bytes(out.getvalue().encode("utf-8-sig"), "rejected.csv")


def _write(ctx: Context, data: dict[str, Any], replace: bool) -> Any:
    say = ctx.say
    home = house().settings.home
    path = pending.find(home, ctx.tenant, data["file"])
    with tenant_session(ctx.db, ctx.tenant, timeout_s=300) as session:
        done = files.take(
            session, path, name=data["name"], actor=ctx.who.actor, hints=_hints(data["hints"]),
            replace_reason=say("replaced by {file}", file=data["name"]) if replace else None, folder=home / "files",
        )  # fmt: skip
    pending.drop(home, ctx.tenant, data["file"])
    text = say("Written: {accepted} new, {unchanged} unchanged, {refused} rejected.", accepted=number(done.accepted),
               unchanged=number(done.unchanged), refused=number(done.refused))  # fmt: skip
    links = [dcc.Link(say("See the month"), href="/firm/", className="ly-button"), dcc.Link(say("Energy"), href="/firm/energy", className="ly-button")]
    return cards.notice(html.Span(text, **{"data-done": "upload"}), "good", action=html.Div(links, className="ly-actions"))
