"""lingyuan meter exchange, reset, multiplier, clock, events, withdraw, rest: what was done to registers"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import click

from park.cli.frame import DAY, FLOW, TENANT, actor, command, listing, number_of, of_tenant
from park.cli.places import meter
from tenants.db import TenantSession
from tenants.errors import InvalidInput
from tenants.registers import events

NAME = click.option("--name", required=True, help="The meter.")
WHICH = click.option("--flow", type=FLOW, metavar="FLOW", help="Of a register: which, if the meter has several.")
AT = click.option("--at", required=True, help="When, for example 2026-03-01T10:15; the firm's time unless an offset is given.")
WHY = click.option("--reason", default="", help="Why, in a sentence.")
_COLUMNS = (
    "id",
    "at",
    "meter",
    "flow",
    "kind",
    "final",
    "initial",
    "digits",
    "multiplier",
    "until",
    "offset_s",
    "reason",
    "withdrawn",
)


def _moment(session: TenantSession, field: str, text: str) -> dt.datetime:
    """The time a person typed."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(field=field, reason="{given} is not a time", given=text,
                           remedy="Write 2026-03-01T00:15:00+08:00.") from None  # fmt: skip
    return found if found.tzinfo else found.replace(tzinfo=session.zone)


@command("exchange", group=meter)
@TENANT
@NAME
@AT
@click.option("--final", help="What the old meter showed at last, on the dial; without it that energy is missing.")
@click.option("--initial", default="0", show_default=True, help="What the new meter showed first.")
@click.option("--digits", type=int, help="Places before the point of the new meter; default as before.")
@click.option("--multiplier", help="CT x PT of the new meter; default as before.")
@WHICH
@WHY
def exchange(
    tenant: str, name: str, at: str, final: str | None, initial: str, digits: int | None, multiplier: str | None,
    flow: str | None, reason: str,
) -> dict[str, Any]:  # fmt: skip
    """Record that a meter was exchanged; its curve follows."""
    last = number_of("--final", final) if final else None
    times = number_of("--multiplier", multiplier) if multiplier else None
    first = number_of("--initial", initial)
    with of_tenant(tenant, timeout_s=600) as (_, session):
        made = events.exchange(
            session, name, at=_moment(session, "--at", at), final=last, initial=first, digits=digits, multiplier=times,
            flow=flow, actor=actor(), reason=reason,
        )  # fmt: skip
        return made.as_json()


@command("reset", group=meter)
@TENANT
@NAME
@AT
@click.option("--final", help="What the register showed before; without it that energy is missing.")
@click.option("--initial", default="0", show_default=True, help="To what it was set.")
@WHICH
@WHY
def reset(tenant: str, name: str, at: str, final: str | None, initial: str, flow: str | None, reason: str) -> dict[str, Any]:
    """Record that a register was reset; its curve follows."""
    last, first = (number_of("--final", final) if final else None), number_of("--initial", initial)
    with of_tenant(tenant, timeout_s=600) as (_, session):
        moment = _moment(session, "--at", at)
        return events.reset(
            session, name, at=moment, final=last, initial=first, flow=flow, actor=actor(), reason=reason
        ).as_json()


@command("multiplier", group=meter)
@TENANT
@NAME
@AT
@click.option("--multiplier", required=True, help="CT x PT from then on.")
@WHICH
@WHY
def multiplier(tenant: str, name: str, at: str, multiplier: str, flow: str | None, reason: str) -> dict[str, Any]:
    """Record another multiplier of a register from a moment on; its curve follows."""
    times = number_of("--multiplier", multiplier)
    with of_tenant(tenant, timeout_s=600) as (_, session):
        moment = _moment(session, "--at", at)
        return events.set_multiplier(
            session, name, at=moment, multiplier=times, flow=flow, actor=actor(), reason=reason
        ).as_json()


@command("clock", group=meter)
@TENANT
@NAME
@click.option("--from", "start", required=True, help="First time that its faulty clock showed.")
@click.option("--to", "end", required=True, help="First time that was right again, as its clock showed it.")
@click.option("--ahead", required=True, type=int, help="Seconds by which it was ahead; behind with a minus.")
@WHICH
@WHY
def clock(tenant: str, name: str, start: str, end: str, ahead: int, flow: str | None, reason: str) -> dict[str, Any]:
    """Record that a meter's clock was off: its readings of that time are taken at their true times."""
    with of_tenant(tenant, timeout_s=600) as (_, session):
        first, last = _moment(session, "--from", start), _moment(session, "--to", end)
        made = events.clock_off(session, name, start=first, end=last, ahead_s=ahead, flow=flow, actor=actor(), reason=reason)
        return made.as_json()


@command("events", group=meter, text=listing(*_COLUMNS))
@TENANT
@click.option("--name", help="One meter; default all.")
@click.option("--withdrawn", is_flag=True, help="Those withdrawn as well.")
def list_events(tenant: str, name: str | None, withdrawn: bool) -> list[dict[str, Any]]:
    """What is recorded of registers: exchanges, resets, multipliers, clocks."""
    with of_tenant(tenant) as (_, session):
        return [one.as_json() for one in events.listed(session, name, withdrawn=withdrawn)]


@command("withdraw", group=meter)
@TENANT
@click.option("--event", required=True, type=click.UUID, help="Its id, as the list shows it.")
@WHY
def withdraw(tenant: str, event: UUID, reason: str) -> dict[str, Any]:
    """Take an event back, as if it had never been recorded; the curve follows."""
    with of_tenant(tenant, timeout_s=600) as (_, session):
        return events.withdraw(session, event, actor=actor(), reason=reason).as_json()


@command("rest", group=meter, text=listing("meter", "flow", "unit", "total", "behind", "rest", "share", "completeness"))
@TENANT
@click.option("--name", help="One meter; default every one with others behind it.")
@click.option("--from", "first", required=True, type=DAY)
@click.option("--to", "last", required=True, type=DAY, help="The last local day, included.")
def rest(tenant: str, name: str | None, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """What goes through a meter and through none of the meters behind it."""
    from tenants.rest import unmetered

    with of_tenant(tenant) as (_, session):
        return [one.as_json() for one in unmetered(session, first, last, meter=name)]
