"""A file as the firm has it: dropped, shown as understood with its curve, written when the person says so."""

from __future__ import annotations

import base64
import csv
import io
from typing import Any

from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash import ctx as fired

from dashboards import cards
from dashboards.aria import aria, data
from dashboards.for_tenants import conflicting, pending
from dashboards.for_tenants.preview import hints_of, preview, rejected
from dashboards.house import house
from dashboards.room import Context, Query, context, download, refusal
from park.notation import number
from tenants.db import tenant_session
from tenants.errors import LingyuanError
from tenants.ingest import files


def layout(ctx: Context, query: Query) -> Any:
    """The page."""
    say = ctx.say
    return html.Div(
        [
            dcc.Store("upload-name"),
            dcc.Download(id="upload-rejects-file"),
            cards.page(
                say("Upload a file"),
                cards.upload_box(
                    "upload-box",
                    say("Drop the file here, or choose it"),
                    say("Excel, CSV or text as you have it: 96 points, hours, a year of bills"),
                    say("Choose a file"),
                    max_bytes=house().settings.max_upload_mb * 2**20 * 3 // 4,
                ),
                dcc.Loading(
                    html.Div(id="upload-preview", **aria(live="polite")), type="circle", color="var(--mantine-color-pine-6)"
                ),
                html.Div(conflicting.undecided(ctx), id="upload-conflicts"),
                html.Div(_earlier(ctx), id="upload-earlier"),
                lead=say("Nothing is written before you have seen what was understood."),
            ),
        ]
    )


def _earlier(ctx: Context) -> Any:
    say = ctx.say
    with tenant_session(ctx.db, ctx.tenant) as session:
        rows = session.rows(
            "SELECT name, source, received, receipt FROM batch WHERE source = 'file' ORDER BY received DESC LIMIT 8"
        )
        zone = session.zone
    if not rows:
        return None
    columns = [
        cards.Column("name", say("File")),
        cards.Column("when", say("When")),
        cards.Column("accepted", say("Accepted"), "number"),
        cards.Column("unchanged", say("Unchanged"), "number"),
    ]
    table = [
        {
            "name": row.name,
            "when": f"{row.received.astimezone(zone):%Y-%m-%d %H:%M}",
            "accepted": number(row.receipt.get("accepted")),
            "unchanged": number(row.receipt.get("unchanged")),
        }
        for row in rows
    ]
    return cards.section(say("Uploaded before"), cards.table(columns, table, caption=say("Uploaded before")))


def callbacks(app: Dash) -> None:
    """Drop, read again, write, the list of rejects, decide what differs."""
    conflicting.callbacks(app)

    @app.callback(
        Output("upload-preview", "children"),
        Output("upload-name", "data"),
        Input("upload-box", "contents"),
        State("upload-box", "filename"),
        prevent_initial_call=True,
    )
    def drop(content: str | None, name: str | None) -> Any:
        if not content:
            return no_update, no_update
        ctx = context("firm.enter")
        try:
            file = pending.keep(house().settings.home, ctx.tenant, base64.b64decode(content.partition(",")[2]))
            with tenant_session(ctx.db, ctx.tenant) as session:
                return preview(ctx, session, name or "file", file, {}), {"file": file, "name": name or "file", "hints": {}}
        except LingyuanError as error:
            return refusal(ctx, error), None

    @app.callback(
        Output("upload-preview", "children", allow_duplicate=True),
        Output("upload-name", "data", allow_duplicate=True),
        Output("upload-earlier", "children"),
        Output("upload-conflicts", "children", allow_duplicate=True),
        # By pattern: a button that is not on the page must not stop the other one.
        Input({"type": "upload-do", "what": ALL}, "n_clicks"),
        State("upload-name", "data"),
        State({"type": "upload-hint", "key": ALL}, "value"),
        State({"type": "upload-hint", "key": ALL}, "id"),
        State({"type": "upload-replace", "what": ALL}, "checked"),
        prevent_initial_call=True,
    )
    def act(
        clicks: list[int | None], dropped: Any, values: list[Any], ids: list[dict[str, str]], replace: list[bool | None]
    ) -> Any:
        if not dropped or not any(clicks) or not isinstance(fired.triggered_id, dict):
            return no_update, no_update, no_update, no_update
        ctx = context("firm.enter")
        hints = {one["key"]: value for one, value in zip(ids, values, strict=True)}
        try:
            if fired.triggered_id["what"] == "again":
                with tenant_session(ctx.db, ctx.tenant) as session:
                    return (
                        preview(ctx, session, dropped["name"], dropped["file"], hints),
                        {**dropped, "hints": hints},
                        no_update,
                        no_update,
                    )
            return _write(ctx, dropped, any(replace)), None, _earlier(ctx), conflicting.undecided(ctx)
        except LingyuanError as error:
            return refusal(ctx, error), dropped, no_update, no_update

    @app.callback(
        Output("upload-rejects-file", "data"),
        Input("upload-rejects", "n_clicks"),
        State("upload-name", "data"),
        prevent_initial_call=True,
    )
    def rejects(clicks: int | None, dropped: Any) -> Any:
        if not clicks or not dropped:
            return no_update
        ctx = context("firm.enter")
        path = pending.find(house().settings.home, ctx.tenant, dropped["file"])
        with tenant_session(ctx.db, ctx.tenant) as session:
            found = files.look(session, path, name=dropped["name"], hints=hints_of(dropped["hints"]))
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([ctx.say("Row"), ctx.say("Why"), ctx.say("What to do")])
        writer.writerows([rejected(ctx, one).values() for one in found.rejected])
        return download(out.getvalue().encode("utf-8-sig"), "rejected.csv")


def _write(ctx: Context, dropped: dict[str, Any], replace: bool) -> Any:
    say = ctx.say
    home = house().settings.home
    path = pending.find(home, ctx.tenant, dropped["file"])
    with tenant_session(ctx.db, ctx.tenant, timeout_s=300) as session:
        done = files.take(
            session,
            path,
            name=dropped["name"],
            actor=ctx.who.actor,
            hints=hints_of(dropped["hints"]),
            replace_reason=say("replaced by {file}", file=dropped["name"]) if replace else None,
            folder=home / "files",
        )
    pending.drop(home, ctx.tenant, dropped["file"])
    text = say(
        "Written: {accepted} new, {unchanged} unchanged, {refused} rejected.",
        accepted=number(done.accepted),
        unchanged=number(done.unchanged),
        refused=number(done.refused),
    )
    links = [
        dcc.Link(say("See the month"), href="/firm/", className="ly-button"),
        dcc.Link(say("Energy"), href="/firm/energy", className="ly-button"),
    ]
    return cards.notice(html.Span(text, **data(done="upload")), "good", action=html.Div(links, className="ly-actions"))
