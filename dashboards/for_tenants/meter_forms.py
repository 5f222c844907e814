"""Forms that change the meters: another one, which stands behind which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html, no_update

from dashboards import cards
from dashboards.room import Context
from tenants import sites
from tenants.db import tenant_session
from tenants.errors import InvalidInput
from tenants.topology import Topology

ALONE = "-"  # behind no other meter: a name cannot be a lone dash's row of the list
Saved = Callable[[Callable[[Context], object]], Any]


def forms(ctx: Context, topology: Topology) -> Any:
    """The forms side by side; moving a meter only where there are two."""
    names = sorted(meter.name for meter in topology.meters.values())
    return cards.section(ctx.say("Change the meters"), cards.grid(_new(ctx, names), _behind(ctx, names), columns=2))


def _parents(ctx: Context, names: list[str]) -> list[dict[str, str]]:
    return [
        {"value": ALONE, "label": ctx.say("no other: it is a gateway meter")},
        *({"value": one, "label": one} for one in names),
    ]


def _parent(ctx: Context, field: str, names: list[str], chosen: str | None = None) -> Any:
    label = ctx.say("Stands behind")
    return dmc.Select(id=field, label=label, data=_parents(ctx, names), value=chosen, allowDeselect=False, searchable=True)


def _new(ctx: Context, names: list[str]) -> Any:
    say = ctx.say
    fields = [
        dmc.TextInput(id="meter-name", label=say("The meter's name"), placeholder=say("as your files and devices call it")),
        dmc.TextInput(id="meter-device", label=say("Model or number, if you like")),
        _parent(ctx, "meter-parent", names, ALONE),
    ]
    return cards.card(
        say("Add a meter"),
        html.Div(fields, className="ly-fields"),
        dmc.Button(say("Add"), id="meter-add", variant="default"),
        note=say("Not needed for files and devices: a meter they name is made by itself."),
    )


def _behind(ctx: Context, names: list[str]) -> Any:
    say = ctx.say
    fields = [
        dmc.Select(id="move-meter", label=say("Meter"), data=names, searchable=True),
        _parent(ctx, "move-parent", names),
    ]
    return cards.card(
        say("Which meter stands behind which"),
        html.Div(fields, className="ly-fields"),
        dmc.Button(say("Save"), id="meter-move", variant="default"),
        note=say("A sub-meter's energy is in its parent's already: only meters behind no other count in your total."),
    )


def callbacks(app: Dash, output: str, saved: Saved) -> None:
    """Adding and moving. Args as in `senders.callbacks`."""

    @app.callback(
        Output(output, "children", allow_duplicate=True),
        Input("meter-add", "n_clicks"),
        State("meter-name", "value"),
        State("meter-device", "value"),
        State("meter-parent", "value"),
        prevent_initial_call=True,
    )
    def add(clicks: int | None, name: str | None, device: str | None, parent: str | None) -> Any:
        return saved(lambda ctx: _added(ctx, name or "", device or "", parent)) if clicks else no_update

    @app.callback(
        Output(output, "children", allow_duplicate=True),
        Input("meter-move", "n_clicks"),
        State("move-meter", "value"),
        State("move-parent", "value"),
        prevent_initial_call=True,
    )
    def move(clicks: int | None, meter: str | None, parent: str | None) -> Any:
        return saved(lambda ctx: _moved(ctx, meter, parent)) if clicks else no_update


def _added(ctx: Context, name: str, device: str, parent: str | None) -> Any:
    with tenant_session(ctx.db, ctx.tenant) as session:
        sites.create_meter(
            session, name=name, device=device, parent=None if parent in (None, ALONE) else parent, actor=ctx.who.actor
        )
    return cards.notice(ctx.say("{meter} is there.", meter=name), "good")


def _moved(ctx: Context, meter: str | None, parent: str | None) -> Any:
    if not meter or not parent:
        raise InvalidInput(field="meter", reason="it is empty", remedy="Choose both meters.")
    alone = parent == ALONE
    with tenant_session(ctx.db, ctx.tenant) as session:
        sites.change_meter(session, meter, parent=None if alone else parent, parentless=alone, actor=ctx.who.actor)
    return cards.notice(ctx.say("Saved. Your totals count it so from now on."), "good")
