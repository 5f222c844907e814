"""The list of imports: what, who, when, how many rows; each can be taken back as a whole, with one question."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, html, no_update
from dash import ctx as fired

from dashboards import cards
from dashboards.aria import data
from dashboards.for_tenants import conflicting
from dashboards.room import Context, context, refusal
from park.notation import number
from park.people import memberships
from tenants.db import tenant_session
from tenants.errors import LingyuanError
from tenants.ingest import imports
from tenants.ingest.undo import Undone, undo

SHOWN = 12
SOURCES = {"file": "File", "held": "Entered by the park", "bill": "By hand", "repair": "Repair"}


def listing(ctx: Context, said: Any = None) -> Any:
    """The newest imports; None while there is none."""
    say = ctx.say
    with tenant_session(ctx.db, ctx.tenant) as session:
        found = imports.listed(session, most=SHOWN)
    if not found:
        return said
    columns = [
        cards.Column("name", say("What")),
        cards.Column("when", say("When")),
        cards.Column("who", say("Who")),
        cards.Column("rows", say("Rows"), "number"),
        cards.Column("accepted", say("Accepted"), "number"),
        cards.Column("refused", say("Rejected"), "number"),
        cards.Column("do", ""),
    ]
    names = {str(one.user_id): one.name for one in memberships.people(ctx.db, tenant=ctx.tenant)}
    rows = [_line(ctx, one, names) for one in found]
    return cards.section(say("Imports"), said, cards.table(columns, rows, caption=say("Imports")))


def _line(ctx: Context, one: imports.Import, names: dict[str, str]) -> dict[str, Any]:
    """A row; whoever is no member any more, or a program, has no name here."""
    say = ctx.say
    undone = cards.status_chip(say("taken back"), "neutral")
    button = dmc.Button(say("Undo"), id={"type": "import-undo", "batch": str(one.id)}, size="compact-sm", variant="default")
    return {
        "name": one.name or say(SOURCES[one.source]),
        "when": f"{one.received:%Y-%m-%d %H:%M}",
        "who": names.get(one.actor) or (say("a program") if ":" in one.actor else None),
        **{key: number(one.counts[key]) if key in one.counts else None for key in ("rows", "accepted", "refused")},
        "do": undone if one.undone else button,
    }


def _question(ctx: Context, batch: str) -> Any:
    """The one question before an import is taken back."""
    say = ctx.say
    with tenant_session(ctx.db, ctx.tenant) as session:
        names = {str(one.id): one.name or say(SOURCES[one.source]) for one in imports.listed(session, most=SHOWN)}
    reason = dmc.TextInput(id={"type": "undo-reason", "batch": batch}, label=say("Why?"), placeholder=say("the wrong meter"))
    buttons = [
        dmc.Button(say("Take it back"), id={"type": "undo-do", "what": "yes", "batch": batch}, color="red"),
        dmc.Button(say("Leave it"), id={"type": "undo-do", "what": "no", "batch": batch}, variant="default"),
    ]
    return cards.card(
        say("Take {name} back?", name=names.get(batch, "")),
        html.P(say("What nobody has set since is again what it was before. The former values are kept."), className="ly-note"),
        reason,
        html.Div(buttons, className="ly-actions"),
    )


def callbacks(app: Dash) -> None:
    """Ask, then take back or leave."""

    @app.callback(
        Output("upload-undo", "children"),
        Input({"type": "import-undo", "batch": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def ask(clicks: list[int | None]) -> Any:
        if not any(clicks) or not isinstance(fired.triggered_id, dict):
            return no_update
        ctx, batch = context("firm.enter"), fired.triggered_id["batch"]
        return _question(ctx, batch)

    @app.callback(
        Output("upload-undo", "children", allow_duplicate=True),
        Output("upload-earlier", "children", allow_duplicate=True),
        Output("upload-conflicts", "children", allow_duplicate=True),
        Input({"type": "undo-do", "what": ALL, "batch": ALL}, "n_clicks"),
        State({"type": "undo-reason", "batch": ALL}, "value"),
        prevent_initial_call=True,
    )
    def act(clicks: list[int | None], reasons: list[str | None]) -> Any:
        if not any(clicks) or not isinstance(fired.triggered_id, dict):
            return no_update, no_update, no_update
        ctx, pressed = context("firm.enter"), fired.triggered_id
        if pressed["what"] == "no":
            return None, no_update, no_update
        try:
            with tenant_session(ctx.db, ctx.tenant, timeout_s=300) as session:
                done = undo(session, UUID(pressed["batch"]), actor=ctx.who.actor, reason=(reasons or [""])[0] or "")
        except LingyuanError as error:
            return [_question(ctx, pressed["batch"]), refusal(ctx, error)], no_update, no_update
        said = html.Span(_undone(ctx, done), **data(done="undo"))
        return cards.notice(said, "good"), listing(ctx), conflicting.undecided(ctx)


def _undone(ctx: Context, done: Undone) -> str:
    """What was taken back, without what was not."""
    say = ctx.say
    parts = [
        (done.intervals, say("{intervals} intervals of {days} days.", intervals=number(done.intervals), days=number(done.days))),
        (done.bills, say("{bills} bills.", bills=number(done.bills))),
        (done.kept, say("{kept} intervals stay as a later import has them.", kept=number(done.kept))),
    ]
    return say("Taken back.") + " " + " ".join(text for count, text in parts if count)
