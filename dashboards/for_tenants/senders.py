"""What sends to the firm by itself: each sender's meters with lag, errors, signal; and the tokens they send with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash import ctx as fired

from dashboards import cards
from dashboards.cards.words import Say
from dashboards.for_tenants.meter_tree import LATE, SILENT, ago
from dashboards.room import Context
from park.notation import number
from park.people import tokens
from park.words import reject
from tenants.devices import NO_METER, Device

TITLES = {"readings:write": "send readings", "data:read": "read data"}
WEAK_PERCENT = 30  # signal below which a gateway is likely to lose its line
Saved = Callable[[Callable[[Context], object]], Any]


def senders(ctx: Context, devices: Sequence[Device], titles: Mapping[str, str]) -> Any:
    """Each sender with how well its meters come, and below it those of them that need a look.

    Args:
        titles: what the firm calls each token, by its public id.
    """
    say = ctx.say
    rows: list[dict[str, Any]] = []
    for sender in dict.fromkeys(one.sender for one in devices):
        mine = [one for one in devices if one.sender == sender]
        rows += [_sender(ctx, mine, titles.get(sender, sender)), *(_meter(ctx, one) for one in mine if _needs_a_look(one))]
    columns = [
        cards.Column("sender", say("Device or program")),
        cards.Column("lag", say("Newest value")),
        cards.Column("readings", say("Values"), "number"),
        cards.Column("signal", say("Signal"), "number"),
        cards.Column("error", say("Last refusal")),
    ]
    empty = say("No device sends yet. Make a token below, and send to the address beside it.")
    listed = cards.table(columns, rows, caption=say("What sends by itself"), empty=empty)
    return cards.section(say("What sends by itself"), listed)


def _needs_a_look(one: Device) -> bool:
    """Whether it is late, was refused something, or has a weak signal."""
    weak = one.signal is not None and one.signal < WEAK_PERCENT
    return one.error is not None or weak or (one.lag or one.silence) > LATE


def _sender(ctx: Context, mine: Sequence[Device], title: str) -> dict[str, Any]:
    """All meters of one sender in one line: the freshest of them says whether it lives."""
    say = ctx.say
    meters = say("{count} meters", count=sum(one.meter != NO_METER for one in mine))
    doors = " · ".join(dict.fromkeys(one.door.upper() for one in mine))
    signals = [one.signal for one in mine if one.signal is not None]
    return {
        "sender": html.Span([html.B(title), html.Span(f"{meters} · {doors}", className="ly-note")], className="ly-stack"),
        "lag": _lag(min(one.lag or one.silence for one in mine), say),
        "readings": number(sum(one.readings for one in mine)),
        "signal": f"{min(signals)} %" if signals else None,
    }


def _meter(ctx: Context, one: Device) -> dict[str, Any]:
    say = ctx.say
    name = one.meter if one.meter != NO_METER else say("the device itself")
    weak = one.signal is not None and one.signal < WEAK_PERCENT
    return {
        "sender": html.Span(name, className="ly-branch", style={"--depth": 1}),
        "lag": _lag(one.lag or one.silence, say),
        "readings": number(one.readings),
        "signal": cards.status_chip(f"{one.signal} %", "warn") if weak else None if one.signal is None else f"{one.signal} %",
        "error": _refusal(ctx, one),
    }


def _lag(behind: dt.timedelta, say: Say) -> Any:
    status: cards.Status = "good" if behind <= LATE else "warn" if behind <= SILENT else "bad"
    return cards.status_chip(ago(behind, say), status)


def _refusal(ctx: Context, one: Device) -> Any:
    """The last thing of it that was not taken: why, what to do, how often so far."""
    if one.error is None:
        return None
    reason, remedy = reject(str(one.error["reason"]), str(one.error["remedy"]), dict(one.error.get("facts", {})), ctx.lang)
    count = ctx.say("{count} refused so far", count=number(one.errors))
    return html.Span([html.Span(reason), html.Span(f"{remedy} {count}", className="ly-note")], className="ly-stack")


def token_section(ctx: Context, zone: ZoneInfo) -> Any:
    """The tokens, a form for another, and where a device sends with one."""
    say = ctx.say
    rows = [_token(one, zone, say) for one in tokens.listed(ctx.db, ctx.tenant)]
    columns = [
        cards.Column("title", say("Device or program")),
        cards.Column("id", say("Public part, and MQTT user")),
        cards.Column("may", say("May")),
        cards.Column("used", say("Last used")),
        cards.Column("state", say("Valid")),
        cards.Column("do", ""),
    ]
    return cards.section(
        say("Device tokens"),
        cards.grid(_form(say), _addresses(say), columns=2),
        cards.table(columns, rows, caption=say("Device tokens"), empty=say("None yet.")),
    )


def _token(one: Any, zone: ZoneInfo, say: Say) -> dict[str, Any]:
    take_back = dmc.Button(say("Revoke"), id={"type": "token-revoke", "id": one.id}, size="compact-sm", variant="default")
    return {
        "title": one.title,
        "id": html.Code(one.id, className="ly-break"),
        "may": " · ".join(say(TITLES[scope]) for scope in one.scopes if scope in TITLES),
        "used": f"{one.used.astimezone(zone):%Y-%m-%d %H:%M}" if one.used else say("never"),
        "state": say("Revoked") if one.revoked else f"{say('until')} {one.expires:%Y-%m-%d}",
        "do": None if one.revoked else take_back,
    }


def _form(say: Say) -> Any:
    choices = [{"value": scope, "label": say(title)} for scope, title in TITLES.items()]
    return cards.card(
        say("A new token"),
        dmc.TextInput(id="token-title", label=say("Device or program"), placeholder=say("for example gateway, workshop 2")),
        dmc.CheckboxGroup(
            dmc.Group([dmc.Checkbox(label=one["label"], value=one["value"]) for one in choices]),
            id="token-scopes",
            label=say("May"),
            value=["readings:write"],
        ),
        dmc.Button(say("Make a token"), id="token-make"),
        note=say("Shown once. One for each device, so that each can be revoked by itself."),
    )


def _addresses(say: Say) -> Any:
    lines = [
        (say("HTTP"), "POST /api/v1/readings", say("header Authorization: Bearer, then the token")),
        (say("MQTT topic"), "ly/<id>/readings", say("user: the token's public part; password: what follows its dot; QoS 1")),
        (say("Description"), "/api/v1/openapi.json", say("every field, with examples")),
    ]
    items = [
        html.Li(
            [
                html.Div([html.Span(name, className="ly-label"), html.Span(note, className="ly-note")]),
                html.Code(where, className="ly-break"),
            ]
        )
        for name, where, note in lines
    ]
    return cards.card(say("Where a device sends"), html.Ul(items, className="ly-lines ly-addresses"))


def callbacks(app: Dash, output: str, saved: Saved) -> None:
    """Making and taking back tokens.

    Args:
        output: id of what the page is drawn into. saved: draws it after a change, or with the reason against it.
    """

    @app.callback(
        Output(output, "children", allow_duplicate=True),
        Input("token-make", "n_clicks"),
        State("token-title", "value"),
        State("token-scopes", "value"),
        prevent_initial_call=True,
    )
    def make(clicks: int | None, title: str | None, scopes: list[str] | None) -> Any:
        return saved(lambda ctx: _made(ctx, title or "", scopes or [])) if clicks else no_update

    @app.callback(
        Output(output, "children", allow_duplicate=True),
        Input({"type": "token-revoke", "id": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def revoke(clicks: list[int | None]) -> Any:
        pressed = fired.triggered_id
        if not any(clicks) or not isinstance(pressed, dict):
            return no_update
        return saved(lambda ctx: _revoked(ctx, pressed["id"]))


def _made(ctx: Context, title: str, scopes: list[str]) -> Any:
    ctx.who.require("firm.tokens")
    public, whole = tokens.create(ctx.db, tenant=ctx.tenant, title=title, scopes=scopes, actor=ctx.who.actor)
    copy = [html.Code(whole, id="token-whole", className="ly-break"), dcc.Clipboard(target_id="token-whole", className="ly-copy")]
    topic = html.Div([ctx.say("MQTT topic"), " ", html.Code(f"ly/{public}/readings")], className="ly-note")
    return cards.notice(html.Div([ctx.say("The token, shown this once:"), html.Div(copy), topic]), "good")


def _revoked(ctx: Context, token: str) -> Any:
    ctx.who.require("firm.tokens")
    tokens.revoke(ctx.db, tenant=ctx.tenant, token=token, actor=ctx.who.actor)
    return cards.notice(ctx.say("Revoked."), "good")
