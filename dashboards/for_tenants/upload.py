"""A file as the firm has it: dropped, shown as understood with its curve, written when the person says so."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash import ctx as fired

from dashboards import cards
from dashboards.aria import aria, data
from dashboards.for_tenants import asked, conflicting, imported, pending
from dashboards.for_tenants.preview import preview
from dashboards.house import house
from dashboards.room import Context, Query, context, download, refusal
from park import rejected, template
from park.notation import number
from tenants import clock
from tenants.db import tenant_session
from tenants.errors import LingyuanError
from tenants.ingest import files, layouts


def layout(ctx: Context, query: Query) -> Any:
    """The page."""
    say = ctx.say
    return html.Div(
        [
            dcc.Store("upload-name"),
            dcc.Download(id="upload-rejects-file"),
            dcc.Download(id="upload-template-file"),
            cards.page(
                say("Upload a file"),
                cards.upload_box(
                    "upload-box",
                    say("Drop the file here, or choose it"),
                    say("Excel, CSV or text as you have it: 96 points, hours, registers, a year of bills"),
                    say("Choose a file"),
                    say,
                    max_bytes=house().settings.max_upload_mb * 2**20 * 3 // 4,
                ),
                dcc.Loading(
                    html.Div(id="upload-preview", **aria(live="polite")), type="circle", color="var(--mantine-color-pine-6)"
                ),
                html.Div(conflicting.undecided(ctx), id="upload-conflicts"),
                html.Div(id="upload-undo", **aria(live="polite")),
                html.Div(imported.listing(ctx), id="upload-earlier"),
                html.P(
                    [
                        say("No file of your own? "),
                        dmc.Button(say("A template"), id="upload-template", size="compact-sm", variant="subtle"),
                    ],
                    className="ly-note",
                ),
                lead=say("Nothing is written before you have seen what was understood."),
            ),
        ]
    )


def _shown(ctx: Context, file: str, name: str, hints: dict[str, Any], said: Any = None) -> tuple[Any, dict[str, Any]]:
    """The preview of a waiting file and what the page keeps of it. A refusal offers the word that would help."""
    kept: dict[str, Any] = {"file": file, "name": name, "hints": hints, "confirmed": hints, "shown": hints}
    try:
        with tenant_session(ctx.db, ctx.tenant) as session:
            part, more = preview(ctx, session, name, file, hints)
            kept |= more
    except LingyuanError as error:
        part = html.Div([refusal(ctx, error), asked.on_refusal(ctx, error.code, hints)])
    return html.Div([part, said]), kept  # near the button that was pressed


def callbacks(app: Dash) -> None:
    """Drop, read again, write, the list of rejects, decide what differs, take back."""
    conflicting.callbacks(app)
    imported.callbacks(app)
    _downloads(app)

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
            return _shown(ctx, file, name or "file", {})
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
        ctx, what = context("firm.enter"), fired.triggered_id["what"]
        hints = {one["key"]: value for one, value in zip(ids, values, strict=True) if value not in (None, "")}
        try:
            if what == "forget":
                _forget(ctx, dropped)
                return *_shown(ctx, dropped["file"], dropped["name"], {}), no_update, no_update
            changed = {key: str(value) for key, value in hints.items()} != dropped["shown"]
            if what == "write" and not changed:
                return _write(ctx, dropped, any(replace)), None, imported.listing(ctx), conflicting.undecided(ctx)
            said = cards.notice(ctx.say("You changed an answer: look again, then write.")) if what == "write" else None
            told = {
                key: value for key, value in hints.items() if key in dropped["hints"] or str(value) != dropped["shown"].get(key)
            }
            return *_shown(ctx, dropped["file"], dropped["name"], told, said), no_update, no_update
        except LingyuanError as error:
            return refusal(ctx, error), dropped, no_update, no_update


def _forget(ctx: Context, dropped: dict[str, Any]) -> None:
    with tenant_session(ctx.db, ctx.tenant) as session:
        layouts.forget(session, dropped["shape"], actor=ctx.who.actor)


def _downloads(app: Dash) -> None:
    """The rows that cannot be taken, and the template."""

    @app.callback(
        Output("upload-rejects-file", "data"),
        Input({"type": "upload-rejects", "kind": ALL}, "n_clicks"),
        State("upload-name", "data"),
        prevent_initial_call=True,
    )
    def rejects(clicks: list[int | None], dropped: Any) -> Any:
        if not any(clicks) or not dropped or not isinstance(fired.triggered_id, dict):
            return no_update
        ctx, kind = context("firm.enter"), "xlsx" if fired.triggered_id["kind"] == "xlsx" else "csv"
        path = pending.find(house().settings.home, ctx.tenant, dropped["file"])
        with tenant_session(ctx.db, ctx.tenant) as session:
            found = files.look(session, path, name=dropped["name"], hints=asked.hints_of(dropped["hints"]))
        return download(rejected.as_file(found, kind, ctx.lang), f"rejected.{kind}")

    @app.callback(Output("upload-template-file", "data"), Input("upload-template", "n_clicks"), prevent_initial_call=True)
    def blank(clicks: int | None) -> Any:
        if not clicks:
            return no_update
        ctx = context("firm.enter")
        with tenant_session(ctx.db, ctx.tenant) as session:
            yesterday = clock.today(session.zone) - dt.timedelta(days=1)
        return download(template.workbook(yesterday, ctx.lang), "lingyuan.xlsx")


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
            hints=asked.hints_of(dropped["confirmed"]),
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
