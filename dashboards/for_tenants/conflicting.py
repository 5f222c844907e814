"""Values that differ from what is stored and that nobody has decided: shown by file, kept as they are or replaced."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, no_update
from dash import ctx as fired

from dashboards import cards, explained
from dashboards.room import Context, context, refusal
from park.notation import number
from tenants.db import tenant_session
from tenants.errors import LingyuanError
from tenants.ingest.conflicts import OpenConflict, dismiss, open_conflicts

SHOWN = 6  # of each file


def undecided(ctx: Context, said: Any = None) -> Any:
    """A section with a part for each file or request; None when everything is decided."""
    say = ctx.say
    with tenant_session(ctx.db, ctx.tenant) as session:
        found = open_conflicts(session)
        names = {row.id: row.name for row in session.rows("SELECT id, name FROM batch WHERE id IN (SELECT batch FROM conflict)")}
        zone = session.zone
    if not found:
        return said
    parts = []
    for batch, group in itertools.groupby(sorted(found, key=lambda one: (str(one.batch), one.start)), key=lambda one: one.batch):
        parts.append(_of_batch(ctx, names.get(batch) or say("Readings sent by a device"), batch, list(group), zone))
    return cards.section(
        say("Values that differ from what is stored"), said, *parts, note=say("What is stored counts until you decide.")
    )


def _of_batch(ctx: Context, name: str, batch: UUID, found: list[OpenConflict], zone: Any) -> Any:
    say = ctx.say
    columns = [
        cards.Column("when", say("When")),
        cards.Column("meter", say("Meter")),
        cards.Column("flow", say("Flow")),
        cards.Column("kept", say("Stored"), "number"),
        cards.Column("offered", say("In the file"), "number"),
    ]
    rows = [
        {
            "when": f"{one.start.astimezone(zone):%Y-%m-%d %H:%M}",
            "meter": one.meter,
            "flow": explained.flow_name(one.flow, say),
            "kept": f"{number(one.kept, 3)} {say(one.unit)}" if one.kept is not None else None,
            "offered": f"{number(one.offered, 3)} {say(one.unit)}",
        }
        for one in found[:SHOWN]
    ]
    keep = dmc.Button(
        say("Keep what is stored"), id={"type": "conflict-keep", "batch": str(batch)}, size="compact-sm", variant="default"
    )
    return cards.card(
        say("{name}: {count} values", name=name, count=number(len(found))),
        cards.table(columns, rows, caption=name),
        tools=keep,
        note=say("To take the file's values instead, drop it again and tick that it replaces what differs."),
    )


def callbacks(app: Dash) -> None:
    """What is stored stays."""

    @app.callback(
        Output("upload-conflicts", "children"),
        Input({"type": "conflict-keep", "batch": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def keep(clicks: list[int | None]) -> Any:
        if not any(clicks) or not isinstance(fired.triggered_id, dict):
            return no_update
        ctx = context("firm.enter")
        try:
            with tenant_session(ctx.db, ctx.tenant) as session:
                count = dismiss(session, UUID(fired.triggered_id["batch"]), actor=ctx.who.actor)
        except LingyuanError as error:
            return undecided(ctx, refusal(ctx, error))
        return undecided(ctx, cards.notice(ctx.say("{count} values stay as they are stored.", count=number(count)), "good"))
