"""What was done to meters that count up: exchanged, reset, another multiplier, the nameplate; on record, withdrawable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, html, no_update
from dash import ctx as fired

from dashboards import cards, explained
from dashboards.cards.words import Say
from dashboards.for_tenants.bills import decimal_of
from dashboards.room import Context
from park.notation import number
from tenants.db import TenantSession, tenant_session
from tenants.errors import InvalidInput, NotFound
from tenants.flows import FLOWS
from tenants.registers import events
from tenants.registers.events import Event
from tenants.topology import Topology

# What each kind of event asks for; the field's id is its name here.
FORMS: dict[str, tuple[str, ...]] = {
    "exchange": ("final", "initial", "digits", "multiplier"),
    "multiplier": ("multiplier",),
    "reset": ("final", "initial"),
    "plate": ("digits", "rated", "multiplier"),
}
TITLES = {
    "exchange": "Exchanged",
    "multiplier": "New multiplier",
    "reset": "Register reset",
    "plate": "Nameplate",
}
LABELS = {
    "final": "Last reading of the old one",
    "initial": "First reading of the new one",
    "digits": "Digits before the point",
    "multiplier": "Multiplier (CT × PT)",
    "rated": "Greatest power, kW",
}
Saved = Callable[[Callable[[Context], object]], Any]


def section(ctx: Context, topology: Topology, known: Sequence[Event]) -> Any:
    """The forms and the list of events; None where no meter counts up."""
    say = ctx.say
    registers = [
        {
            "value": f"{topology.meters[one.meter].name}\n{one.flow}",
            "label": _label(topology.meters[one.meter].name, one.flow, say),
        }
        for one in topology.channels.values()
        if one.kind == "register"
    ]
    if not registers:
        return None
    tabs = dmc.Tabs(
        [
            dmc.TabsList([dmc.TabsTab(say(TITLES[kind]), value=kind) for kind in FORMS]),
            *(dmc.TabsPanel(_fields(ctx, kind), value=kind, pt="md") for kind in FORMS),
        ],
        value="exchange",
        keepMounted=True,
    )
    meter = dmc.Select(
        id="register-meter", label=say("Meter"), data=registers, value=registers[0]["value"], allowDeselect=False, searchable=True
    )
    note = say("Energy is computed anew from the readings; nothing that was sent is changed.")
    return cards.section(
        say("Exchange, multiplier, reset"), cards.card(say("Put on record"), meter, tabs, note=note), _list(ctx, known)
    )


def _label(meter: str, flow: str, say: Say) -> str:
    return f"{meter} · {explained.flow_name(flow, say)}"


def _fields(ctx: Context, kind: str) -> Any:
    """One form: when, what it showed, why."""
    say = ctx.say
    fields: list[Any] = []
    if kind != "plate":
        when = dt.datetime.combine(ctx.today, dt.time(8))
        fields.append(
            dmc.DateTimePicker(
                id=f"{kind}-at", label=say("When"), value=f"{when:%Y-%m-%d %H:%M:%S}", valueFormat="YYYY-MM-DD HH:mm"
            )
        )
    fields += [
        dmc.TextInput(id=f"{kind}-{name}", label=say(LABELS[name]), inputProps={"inputMode": "decimal"}) for name in FORMS[kind]
    ]
    if kind != "plate":
        fields.append(dmc.TextInput(id=f"{kind}-why", label=say("Why"), placeholder=say("for example work order 2026-118")))
    save = dmc.Button(say("Save"), id=f"{kind}-save", variant="default", mt="md")
    return html.Div([html.Div(fields, className="ly-fields"), save])


def _list(ctx: Context, known: Sequence[Event]) -> Any:
    say = ctx.say
    rows = [_line(ctx, one) for one in known]
    columns = [
        cards.Column("when", say("When")),
        cards.Column("meter", say("Meter")),
        cards.Column("what", say("What")),
        cards.Column("facts", say("Readings and multiplier")),
        cards.Column("why", say("Why")),
        cards.Column("do", ""),
    ]
    return cards.table(columns, rows, caption=say("What was done to the meters"), empty=say("Nothing on record yet."))


def _line(ctx: Context, one: Event) -> dict[str, Any]:
    say = ctx.say
    readings = None
    if one.kind in ("exchange", "reset"):
        final = say("not known") if one.final is None else number(one.final, 2)
        readings = f"{final} → {number(one.initial or 0, 2)}"
    clock = None if one.offset_s is None else clock_text(one.offset_s, say)
    parts = (readings, None if one.multiplier is None else f"× {one.multiplier.normalize():f}", clock)
    take_back = dmc.Button(
        say("Withdraw"), id={"type": "event-withdraw", "id": str(one.id)}, size="compact-sm", variant="default"
    )
    return {
        "when": html.Span(f"{one.at:%Y-%m-%d %H:%M}", className="ly-nowrap"),
        "meter": _label(one.meter, one.flow, say),
        "what": say(events.KIND_NAMES[one.kind]),
        "facts": " · ".join(part for part in parts if part),
        "why": one.reason,
        "do": take_back,
    }


def clock_text(ahead_s: int, say: Say) -> str:
    """By how much a clock was off, in minutes where it is that much."""
    size = abs(ahead_s)
    shown = say("{count} s", count=size) if size < 120 else say("{count} min", count=round(size / 60))
    return say("clock {span} fast", span=shown) if ahead_s > 0 else say("clock {span} slow", span=shown)


def callbacks(app: Dash, output: str, saved: Saved) -> None:
    """Putting on record and withdrawing. Args as in `senders.callbacks`."""
    for kind in FORMS:
        _saves(app, output, saved, kind)

    @app.callback(
        Output(output, "children", allow_duplicate=True),
        Input({"type": "event-withdraw", "id": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def withdraw(clicks: list[int | None]) -> Any:
        pressed = fired.triggered_id
        if not any(clicks) or not isinstance(pressed, dict):
            return no_update
        return saved(lambda ctx: _withdrawn(ctx, pressed["id"]))


def _saves(app: Dash, output: str, saved: Saved, kind: str) -> None:
    names = (*FORMS[kind], *(() if kind == "plate" else ("at", "why")))

    @app.callback(
        Output(output, "children", allow_duplicate=True),
        Input(f"{kind}-save", "n_clicks"),
        State("register-meter", "value"),
        *(State(f"{kind}-{name}", "value") for name in names),
        prevent_initial_call=True,
    )
    def save(clicks: int | None, meter: str | None, *values: Any) -> Any:
        if not clicks:
            return no_update
        return saved(lambda ctx: _recorded(ctx, kind, meter or "", dict(zip(names, values, strict=True))))


def _recorded(ctx: Context, kind: str, chosen: str, typed: dict[str, Any]) -> Any:
    meter, _, flow = chosen.partition("\n")
    numbers = {name: decimal_of(typed.get(name), name) for name in FORMS[kind]}
    with tenant_session(ctx.db, ctx.tenant) as session:
        _record(session, kind, meter, flow if flow in FLOWS else None, numbers, typed, ctx.who.actor)
    return cards.notice(ctx.say("On record. The energy follows from it."), "good")


def _record(
    session: TenantSession,
    kind: str,
    meter: str,
    flow: str | None,
    numbers: dict[str, Decimal | None],
    typed: dict[str, Any],
    actor: str,
) -> None:
    if kind == "plate":
        given: dict[str, Any] = {
            name: value for name, value in (*numbers.items(), ("digits", _whole(numbers["digits"]))) if value is not None
        }
        events.describe(session, meter, flow=flow, actor=actor, **given)
        return
    shared: dict[str, Any] = {"at": _moment(session, typed["at"]), "flow": flow, "actor": actor, "reason": typed["why"] or ""}
    if kind == "multiplier":
        events.set_multiplier(session, meter, multiplier=_needed(numbers["multiplier"], "multiplier"), **shared)
        return
    readings: dict[str, Any] = {"final": numbers["final"], "initial": numbers["initial"] or Decimal(0)}
    if kind == "reset":
        events.reset(session, meter, **readings, **shared)
    else:
        events.exchange(session, meter, **readings, digits=_whole(numbers["digits"]), multiplier=numbers["multiplier"], **shared)


def _whole(value: Decimal | None) -> int | None:
    if value is not None and value != value.to_integral_value():
        raise InvalidInput(field="digits", reason="'{given}' is not a number", remedy="Give a plain number.", given=value)
    return None if value is None else int(value)


def _needed(value: Decimal | None, field: str) -> Decimal:
    if value is None:
        raise InvalidInput(field=field, reason="it is empty", remedy="Give a plain number.")
    return value


def _moment(session: TenantSession, text: Any) -> dt.datetime:
    """The picker's time, on the firm's clock."""
    try:
        return dt.datetime.fromisoformat(str(text)).replace(tzinfo=session.zone)
    except ValueError as error:
        raise InvalidInput(field="at", reason="it is empty", remedy="Choose day and time.") from error


def _withdrawn(ctx: Context, event: str) -> Any:
    try:
        known = UUID(event)
    except ValueError as error:  # not one of this page's buttons
        raise NotFound(what="event", name=event) from error
    with tenant_session(ctx.db, ctx.tenant) as session:
        events.withdraw(session, known, actor=ctx.who.actor)
    return cards.notice(ctx.say("Withdrawn; it stays on record."), "good")
