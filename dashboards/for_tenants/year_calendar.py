"""A year of each meter as a calendar: which days are measured, estimated, incomplete, missing."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards import cards, explained, figures
from dashboards.room import Context
from park.notation import number
from tenants.db import TenantSession
from tenants.quality import coverage
from tenants.quality.evidence import checked
from tenants.topology import Channel, Topology, load

MOST = 6  # calendars at once; of more meters one is chosen
SUM = ""  # the choice that shows them all, or the first ones


def channels(session: TenantSession) -> tuple[Topology, list[Channel]]:
    """What can be shown, gateway meters first."""
    topology = load(session)
    found = [one for one in topology.channels.values() if checked(one) and not one.flow.startswith("reactive")]
    return topology, sorted(found, key=lambda one: (topology.meters[one.meter].parent is not None, one.id))


def label(ctx: Context, topology: Topology, channel: Channel) -> str:
    """Meter and flow."""
    meter = topology.meters[channel.meter]
    behind = meter.parent is not None and channel.flow == "grid_in"
    flow = ctx.say("Electricity behind it") if behind else explained.flow_name(channel.flow, ctx.say)
    return f"{meter.name} · {flow}"


def calendars(ctx: Context, session: TenantSession, year: int, chosen: int | None) -> list[Any]:
    """One card for each meter, or for the chosen one."""
    topology, found = channels(session)
    shown = [one for one in found if chosen in (None, one.id)][:MOST]
    made: list[Any] = [_card(ctx, session, topology, one, year) for one in shown]
    if chosen is None and len(found) > MOST:
        made.append(html.P(ctx.say("{count} more meters: choose one above.", count=len(found) - MOST), className="ly-note"))
    return made


def _card(ctx: Context, session: TenantSession, topology: Topology, channel: Channel, year: int) -> Any:
    say = ctx.say
    found = coverage.of_year(session, channel, year)
    title = label(ctx, topology, channel)
    if found.due == 0:
        return cards.card(title, html.P(say("Nothing is expected of this meter in {year}.", year=year), className="ly-note"))
    names: dict[figures.DayState, str] = {
        "complete": say("Measured"), "estimated": say("With estimates"), "partial": say("With gaps"), "missing": say("Missing"),
    }  # fmt: skip
    weekdays = [say(day) for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")]
    drawn = figures.completeness_calendar(found.first, found.states, names=names, weekdays=weekdays)
    parts = [say("{count} days measured", count=number(found.count("complete")))]
    other: dict[coverage.DayState, str] = {
        "estimated": "{count} with estimates", "partial": "{count} with gaps", "missing": "{count} missing",
    }  # fmt: skip
    parts += [say(text, count=number(found.count(state))) for state, text in other.items() if found.count(state)]
    shares = cards.Completeness(found.measured / found.due, found.estimated / found.due, found.missing / found.due)
    return cards.chart_card(
        title, {"type": "data-calendar", "channel": str(channel.id)}, drawn, " · ".join(parts), lang=ctx.lang, height=190,
        foot=cards.completeness_bar(shares, say),
    )  # fmt: skip
