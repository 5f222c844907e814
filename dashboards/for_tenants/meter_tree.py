"""The firm's meters as a tree: each with its month, its newest reading and its door; below a parent what no sub-meter counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dash import html

from dashboards import cards, explained
from dashboards.cards.words import Say
from dashboards.room import Context
from park.notation import month as month_text
from park.notation import number, percent
from tenants.flows import FLOWS
from tenants.rest import Rest
from tenants.standing import Standing
from tenants.topology import Channel, Meter, Topology

DOORS = {"file": "File", "http": "HTTP", "mqtt": "MQTT", "bill": "Bill", "held": "Entered by the park", "repair": "Repaired"}
LATE, SILENT = dt.timedelta(hours=2), dt.timedelta(days=1)
LIVE = ("http", "mqtt")


@dataclass(frozen=True)
class Tree:
    """What the tree is drawn from. `rests` by the name and flow of the meter that has others behind it."""

    topology: Topology
    standing: Mapping[int, Standing]
    rests: Mapping[tuple[str, str], Rest]
    month: dt.date
    zone: ZoneInfo
    now: dt.datetime


def tree(ctx: Context, drawn: Tree) -> Any:
    """The table of all meters, sub-meters below their parent."""
    say = ctx.say
    rows: list[dict[str, Any]] = []
    for meter in _roots(drawn.topology):
        rows += _branch(ctx, drawn, meter, 0)
    columns = [
        cards.Column("meter", say("Meter")),
        cards.Column("month", month_text(drawn.month, ctx.lang), "number"),
        cards.Column("newest", say("Newest value")),
        cards.Column("plate", say("Multiplier and nameplate")),
    ]
    return cards.section(say("Meters"), cards.table(columns, rows, caption=say("Meters")))


def _roots(topology: Topology) -> list[Meter]:
    return [meter for meter in topology.meters.values() if meter.parent is None]


def _branch(ctx: Context, drawn: Tree, meter: Meter, depth: int) -> list[dict[str, Any]]:
    """The rows of a meter's channels, then of the meters behind it, then of what those do not count."""
    channels = drawn.topology.of_meter(meter.id)
    rows = [_row(ctx, drawn, meter, one, depth) for one in channels]
    if not channels:
        rows = [{"meter": _named(meter, ctx.say("no value yet"), depth), "plate": meter.device}]
    for child in _behind(drawn.topology, meter.id):
        rows += _branch(ctx, drawn, child, depth + 1)
    rests = [drawn.rests[meter.name, one.flow] for one in channels if (meter.name, one.flow) in drawn.rests]
    rows += [_left(ctx, one, depth + 1) for one in rests if one.present]
    return rows


def _behind(topology: Topology, meter: UUID) -> list[Meter]:
    return [one for one in topology.meters.values() if one.parent == meter]


def _row(ctx: Context, drawn: Tree, meter: Meter, one: Channel, depth: int) -> dict[str, Any]:
    say = ctx.say
    standing = drawn.standing[one.id]
    sub = depth > 0 and one.flow == "grid_in"
    return {
        "meter": _named(meter, say("Electricity behind it") if sub else explained.flow_name(one.flow, say), depth),
        "month": None if standing.month is None else _amount(standing.month, one.flow, say),
        "newest": _newest(ctx, drawn, standing),
        "plate": " · ".join(filter(None, (_plate(one, say), meter.device))),
    }


def _left(ctx: Context, one: Rest, depth: int) -> dict[str, Any]:
    """The line of what no sub-meter counts; more in the sub-meters than above them is said, not hidden."""
    say = ctx.say
    title = say("Not behind any sub-meter") if one.rest >= 0 else say("More behind than through it")
    chip = cards.status_chip(title, "neutral" if one.rest >= 0 else "bad", symbol="flow")
    share = "" if one.share is None else percent(one.share)
    compared = say("{share} of the hours compared", share=percent(one.completeness)) if one.completeness < 1 else ""
    return {
        "meter": _indented(chip, depth),
        "month": _amount(one.rest, one.flow, say),
        "plate": " · ".join(filter(None, (share, compared))),
    }


def _named(meter: Meter, what: str, depth: int) -> Any:
    return _indented(html.Span([html.B(meter.name), html.Span(what, className="ly-note")], className="ly-stack"), depth)


def _indented(what: Any, depth: int) -> Any:
    return html.Span(what, className="ly-branch", style={"--depth": depth}) if depth else what


def _amount(milli: int, flow: str, say: Say) -> str:
    return f"{number(Decimal(milli) / 1000, 1)} {say(FLOWS[flow].unit)}"


def _newest(ctx: Context, drawn: Tree, standing: Standing) -> Any:
    """When its newest value ends; how long ago, for what should come by itself."""
    if standing.until is None:
        return None
    local = standing.until.astimezone(drawn.zone)
    door = ctx.say(DOORS[standing.door]) if standing.door in DOORS else ""
    lines: list[Any] = [html.Span(f"{local:%Y-%m-%d %H:%M}", className="ly-nowrap"), html.Span(door, className="ly-note")]
    behind = drawn.now - standing.until
    if standing.door in LIVE and behind > LATE:
        lines.append(cards.status_chip(ago(behind, ctx.say), "bad" if behind > SILENT else "warn"))
    return html.Span(lines, className="ly-stack")


def _plate(one: Channel, say: Say) -> str:
    """Multiplier, digits and rated power, as far as they are known or not 1."""
    parts = [
        f"× {one.multiplier.normalize():f}" if one.multiplier != 1 else "",
        say("register") if one.kind == "register" else "",
        say("{count} digits", count=one.digits) if one.digits else "",
        f"{number(one.rated, 0)} {_per_hour(one.flow)}" if one.rated else "",
    ]
    return " · ".join(filter(None, parts))


def _per_hour(flow: str) -> str:
    unit = FLOWS[flow].unit
    return unit.removesuffix("h") if unit.endswith(("Wh", "varh")) else f"{unit}/h"


def ago(span: dt.timedelta, say: Say) -> str:
    """How long ago, in the largest unit that says it."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return say("just now")
    if minutes < 60:
        return say("{count} min ago", count=minutes)
    if minutes < 48 * 60:
        return say("{count} h ago", count=minutes // 60)
    return say("{count} days ago", count=minutes // (24 * 60))
