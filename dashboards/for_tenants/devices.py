"""Meters and devices: the tree with each meter's month and newest value, what sends by itself, and the tokens for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from dash import Dash, dcc, html

from dashboards import cards
from dashboards.aria import aria
from dashboards.for_tenants import meter_forms, register_forms, senders
from dashboards.for_tenants.meter_tree import LATE, Tree, tree
from dashboards.room import Context, Query, context, refusal
from park.people import tokens
from tenants import devices, standing, topology
from tenants.db import tenant_session
from tenants.devices import Device
from tenants.errors import LingyuanError
from tenants.period import add_months
from tenants.registers import events
from tenants.rest import unmetered

PAGE = "firm-devices"


def layout(ctx: Context, query: Query) -> Any:
    """The page."""
    return html.Div(_content(ctx), id=PAGE)


def _content(ctx: Context, said: Any = None) -> Any:
    month = ctx.today.replace(day=1)
    with tenant_session(ctx.db, ctx.tenant) as session:
        meters = topology.load(session)
        stand = standing.of_month(session, meters, month, add_months(month, 1))
        sending = devices.listed(session)
        rests = {(one.meter, one.flow): one for one in unmetered(session, month, ctx.today)}
        known = events.listed(session)
        zone = session.zone
    drawn = Tree(meters, stand, rests, month, zone, dt.datetime.now(dt.UTC))
    titles = {one.id: one.title for one in tokens.listed(ctx.db, ctx.tenant)}
    return cards.page(
        ctx.say("Meters and devices"),
        html.Div(said, **aria(live="polite")),
        *([_numbers(ctx, drawn, sending), tree(ctx, drawn)] if meters.meters else [_nothing_yet(ctx)]),
        senders.senders(ctx, sending, titles),
        senders.token_section(ctx, zone) if ctx.who.may("firm.tokens") else None,
        register_forms.section(ctx, meters, known),
        meter_forms.forms(ctx, meters),
        lead=ctx.say("Which meter stands where, what it last said, and what comes by itself."),
        tools=dcc.Link(ctx.say("Upload a file"), href="/firm/upload", className="ly-button"),
    )


def _nothing_yet(ctx: Context) -> Any:
    say = ctx.say
    return cards.empty_state(
        say("No meter yet"),
        say("Drop a file as the grid company or the meter's maker gave it, or connect a gateway: meters appear by themselves."),
        dcc.Link(say("Upload a file"), href="/firm/upload", className="ly-button"),
        symbol="bolt",
    )


def _numbers(ctx: Context, drawn: Tree, sending: Sequence[Device]) -> Any:
    """How many meters there are, how many send by themselves, and how many of those are late."""
    say = ctx.say
    late = sum(one.lag is None or one.lag > LATE for one in sending)
    return cards.stat_row(
        [
            cards.Stat(say("Meters"), str(len(drawn.topology.meters))),
            cards.Stat(say("Sent by devices"), str(len(sending))),
            cards.Stat(say("Late by more than 2 h"), str(late)),
            cards.Stat(say("With refusals"), str(sum(one.error is not None for one in sending))),
        ]
    )


def callbacks(app: Dash) -> None:
    """What is changed here."""
    senders.callbacks(app, PAGE, _saved)
    meter_forms.callbacks(app, PAGE, _saved)
    register_forms.callbacks(app, PAGE, _saved)


def _saved(change: Callable[[Context], object]) -> Any:
    """The page after a change: with what the change says, or with the reason why it was not made."""
    ctx = context("firm.enter")
    try:
        said = change(ctx)
    except LingyuanError as error:
        return _content(ctx, refusal(ctx, error))
    return _content(ctx, said)
