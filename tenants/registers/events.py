"""What was done to a register, recorded by a person: exchanged, reset, another multiplier, a clock that was found off.

Every event counts until it is withdrawn; recording and withdrawing derive the channel's curve again and publish what changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import orjson

from tenants import audit
from tenants.activities import open_batch
from tenants.calc.registers.bounds import MOST_DIGITS, check_digits, check_multiplier, check_rated
from tenants.db import TenantSession
from tenants.errors import InvalidInput, LingyuanError, NotFound
from tenants.flows import FLOWS
from tenants.quantities import in_units, to_milli
from tenants.registers.publishing import derive_again
from tenants.topology import Channel, load

KINDS = ("exchange", "reset", "multiplier", "clock")
# What a person reads; catalogue texts.
KIND_NAMES = {
    "exchange": "Meter exchanged", "reset": "Register reset", "multiplier": "New multiplier", "clock": "Clock was off",
}  # fmt: skip
LONGEST_CLOCK_ERROR_S = 400 * 86_400


class NotARegister(LingyuanError):
    """{meter} is not read as a register: it has values of intervals"""

    status = 409
    remedy = "Such events matter to meters whose readings count up. Values of intervals are what they are."


@dataclass(frozen=True)
class Event:
    """One event of a channel. Readings in the flow's unit, `at` in the firm's zone; what does not belong to the kind is None.

    exchange, reset: `final` (None: unknown), `initial`, `digits`, `multiplier`. multiplier: `multiplier`. clock: the meter's
    clock was `offset_s` ahead while it showed `at` to `until`.
    """

    id: UUID
    meter: str
    flow: str
    unit: str
    kind: str
    at: dt.datetime
    final: Decimal | None
    initial: Decimal | None
    digits: int | None
    multiplier: Decimal | None
    until: dt.datetime | None
    offset_s: int | None
    reason: str
    actor: str
    recorded: dt.datetime
    withdrawn: dt.datetime | None

    def as_json(self) -> dict[str, Any]:
        """For JSON: numbers that count as strings, instants as they are."""
        found = asdict(self)
        exact = ("final", "initial", "multiplier")
        return found | {name: format(found[name], "f") for name in exact if found[name] is not None}


def register_of(session: TenantSession, meter: str, flow: str | None = None) -> Channel:
    """The register channel of a meter; without a flow its only one.

    Raises:
        NotFound: no such meter or flow. NotARegister. InvalidInput: several, and none named.
    """
    topology = load(session)
    device = topology.meter_named(" ".join(meter.split()))
    if device is None:
        raise NotFound(what="meter", name=meter)
    channels = [one for one in topology.of_meter(device.id) if flow in (None, one.flow)]
    if not channels:
        raise NotFound(what="flow of this meter", name=flow or meter)
    registers = [one for one in channels if one.kind == "register"]
    if not registers:
        raise NotARegister(meter=device.name)
    if len(registers) > 1:
        raise InvalidInput(field="flow", reason="{meter} has several registers", remedy="One of: {choices}", meter=device.name,
                           choices=" ".join(one.flow for one in registers))  # fmt: skip
    return registers[0]


def exchange(
    session: TenantSession, meter: str, *, at: dt.datetime, final: Decimal | None, initial: Decimal = Decimal(0),
    digits: int | None = None, multiplier: Decimal | None = None, flow: str | None = None, actor: str, reason: str = "",
    today: dt.date | None = None,
) -> Event:  # fmt: skip
    """Records that the meter was exchanged: from `at` on the new one's readings count, from `initial` on.

    Args:
        at: with its offset. final: what the old meter showed at last, None if nobody wrote it down: then the energy since its
            last reading is missing. Both in the flow's unit, at the dial.
        digits, multiplier: of the new meter; default as before.
    Raises:
        NotFound, NotARegister, InvalidInput.
    """
    given = _dial_facts(digits, multiplier)
    return _record(
        session, meter, flow, "exchange", at, lambda of: {**_readings(of, final, initial), **given}, actor, reason, today
    )


def reset(
    session: TenantSession, meter: str, *, at: dt.datetime, final: Decimal | None = None, initial: Decimal = Decimal(0),
    flow: str | None = None, actor: str, reason: str = "", today: dt.date | None = None,
) -> Event:  # fmt: skip
    """Records that the register was set to `initial` at `at`, after it had shown `final` (None: unknown)."""
    return _record(session, meter, flow, "reset", at, lambda of: _readings(of, final, initial), actor, reason, today)


def set_multiplier(
    session: TenantSession, meter: str, *, at: dt.datetime, multiplier: Decimal, flow: str | None = None, actor: str,
    reason: str = "", today: dt.date | None = None,
) -> Event:  # fmt: skip
    """Records another multiplier (CT x PT) from `at` on; before, what counted before."""
    given = _dial_facts(None, multiplier)
    return _record(session, meter, flow, "multiplier", at, lambda of: given, actor, reason, today)


def clock_off(
    session: TenantSession, meter: str, *, start: dt.datetime, end: dt.datetime, ahead_s: int, flow: str | None = None,
    actor: str, reason: str = "", today: dt.date | None = None,
) -> Event:  # fmt: skip
    """Records that the meter's clock was `ahead_s` seconds ahead of the true time (behind: negative) while it showed `start` to
    `end`: those readings are taken at their true times. What was sent stays as it was."""
    _aware("until", end)
    if end <= start:
        raise InvalidInput(field="until", reason="{end} is not after {start}", remedy="Give the later time last.",
                           start=start.isoformat(), end=end.isoformat())  # fmt: skip
    if not ahead_s or abs(ahead_s) > LONGEST_CLOCK_ERROR_S:
        raise InvalidInput(field="offset", reason="{given} seconds is no error of a clock", given=ahead_s,
                           remedy="Give the seconds by which the clock was ahead; behind with a minus.")  # fmt: skip
    given = {"until": int(end.timestamp()), "offset_s": int(ahead_s)}
    return _record(session, meter, flow, "clock", start, lambda of: given, actor, reason, today)


def listed(session: TenantSession, meter: str | None = None, *, withdrawn: bool = False) -> list[Event]:
    """The events of a meter, or of all, the newest first; on request those withdrawn as well."""
    rows = session.rows(
        "SELECT e.*, m.name AS meter, c.flow FROM meter_event e JOIN channel c ON c.id = e.channel "
        "JOIN meter m ON m.id = c.meter "
        "WHERE (CAST(:meter AS text) IS NULL OR m.name = :meter) AND (:withdrawn OR e.withdrawn IS NULL) "
        "ORDER BY e.at DESC, e.recorded DESC, e.id",
        meter=meter, withdrawn=withdrawn,
    )  # fmt: skip
    return [_event(session, row) for row in rows]


def withdraw(session: TenantSession, event: UUID, *, actor: str, reason: str = "", today: dt.date | None = None) -> Event:
    """Takes an event back, as if it had never been recorded; it stays on record as withdrawn.

    Raises:
        NotFound: there is no such event, or it is withdrawn already.
    """
    session.lock()
    row = session.row(
        "UPDATE meter_event SET withdrawn = now() WHERE id = :id AND withdrawn IS NULL RETURNING channel, kind", id=event
    )
    if row is None:
        raise NotFound(what="event", name=event)
    _follow(session, row.channel, f"{row.kind} withdrawn", actor, reason, today)
    audit.record(session, subject=session.tenant, actor=actor, action="meter.event_withdrawn", event=event, reason=reason)
    return _one(session, event)


def describe(session: TenantSession, meter: str, *, flow: str | None = None, actor: str, today: dt.date | None = None,
             **changes: Any) -> Channel:  # fmt: skip
    """Says what the register is from its start: any of `digits`, `rated` (greatest possible rate, kW), `multiplier`.

    The curve follows. None: unknown (not for the multiplier). Raises: NotFound, NotARegister, InvalidInput.
    """
    session.lock()
    channel = register_of(session, meter, flow)
    given = {key: value for key, value in changes.items() if key in ("digits", "rated", "multiplier")}
    _dial_facts(given.get("digits"), given.get("multiplier"))
    check_rated(given.get("rated"))
    new = {"digits": channel.digits, "rated": channel.rated, "multiplier": channel.multiplier} | given
    session.execute(
        "UPDATE channel SET digits = :digits, rated = :rated, multiplier = :multiplier WHERE id = :id", {**new, "id": channel.id}
    )
    facts = {key: [str(getattr(channel, key)), str(value)] for key, value in given.items()}
    audit.record(session, subject=session.tenant, actor=actor, action="channel.change", channel=channel.id, **facts)
    _follow(session, channel.id, "channel", actor, "", today)
    return load(session).channels[channel.id]


def _record(
    session: TenantSession, meter: str, flow: str | None, kind: str, at: dt.datetime,
    facts: Callable[[Channel], dict[str, Any]], actor: str, reason: str, today: dt.date | None,
) -> Event:  # fmt: skip
    _aware("at", at)
    session.lock()
    channel, event = register_of(session, meter, flow), uuid4()
    details = {key: value for key, value in facts(channel).items() if value is not None}
    twin = session.scalar(
        "SELECT 1 FROM meter_event WHERE channel = :channel AND at = :at AND withdrawn IS NULL AND kind = ANY(:kinds)",
        channel=channel.id, at=at, kinds=["exchange", "reset"] if kind in ("exchange", "reset") else [kind],
    )  # fmt: skip
    if twin:
        raise InvalidInput(field="at", reason="the same is recorded for {time} already", time=at.isoformat(),
                           remedy="Withdraw that event first, or give another time.")  # fmt: skip
    session.execute(
        "INSERT INTO meter_event (id, channel, at, kind, details, reason, actor) "
        "VALUES (:id, :channel, :at, :kind, CAST(:details AS jsonb), :reason, :actor)",
        {"id": event, "channel": channel.id, "at": at, "kind": kind, "details": orjson.dumps(details).decode(),
         "reason": reason.strip(), "actor": actor},
    )  # fmt: skip
    _follow(session, channel.id, kind, actor, reason, today)
    audit.record(session, subject=session.tenant, actor=actor, action="meter.event", event=event, channel=channel.id, kind=kind,
                 at=at.isoformat(), **details)  # fmt: skip
    return _one(session, event)


def _follow(session: TenantSession, channel: int, what: str, actor: str, reason: str, today: dt.date | None) -> None:
    batch = uuid4()
    open_batch(session, batch, "event", what, "", actor)
    derive_again(session, [load(session).channels[channel]], batch, reason or what, today)


def _one(session: TenantSession, event: UUID) -> Event:
    return next(one for one in listed(session, withdrawn=True) if one.id == event)


def _event(session: TenantSession, row: Any) -> Event:
    details = row.details

    def units(key: str) -> Decimal | None:
        return None if details.get(key) is None else in_units(details[key])

    until = details.get("until")
    return Event(
        row.id, row.meter, row.flow, FLOWS[row.flow].unit, row.kind, row.at.astimezone(session.zone), units("final"),
        units("initial"), details.get("digits"), None if details.get("multiplier") is None else Decimal(details["multiplier"]),
        None if until is None else dt.datetime.fromtimestamp(until, session.zone), details.get("offset_s"), row.reason, row.actor,
        row.recorded, row.withdrawn,
    )  # fmt: skip


def _readings(of: Channel, final: Decimal | None, initial: Decimal) -> dict[str, Any]:
    unit = FLOWS[of.flow].unit
    for field, value in (("final", final), ("initial", initial)):
        if value is not None and (not value.is_finite() or value < 0 or value >= 10**MOST_DIGITS):
            raise InvalidInput(field=field, reason="{given} is not what a register shows", given=value,
                               remedy="Give the number on the dial, before any multiplier.")  # fmt: skip
    return {"final": None if final is None else to_milli(final, unit, of.flow), "initial": to_milli(initial, unit, of.flow)}


def _dial_facts(digits: int | None, multiplier: Decimal | None) -> dict[str, Any]:
    """Checked and ready for the table."""
    check_digits(digits)
    if multiplier is not None:
        check_multiplier(multiplier)
    return {"digits": digits, "multiplier": None if multiplier is None else format(multiplier, "f")}


def _aware(field: str, at: dt.datetime) -> None:
    if at.tzinfo is None:
        raise InvalidInput(field=field, reason="{given} has no offset", given=at.isoformat(),
                           remedy="Write the offset at the end, for example +08:00 or Z.")  # fmt: skip
