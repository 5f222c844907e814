"""What is recorded of registers, as the calculation wants it: a `Dial` from a channel and its events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tenants.calc.registers.dial import ClockOff, Dial, Exchange, Multiplied
from tenants.topology import Channel

# Events of a channel that count, as JSON: to be read beside its rows.
EVENTS = (
    "(SELECT jsonb_agg(jsonb_build_object('kind', e.kind, 'at', extract(epoch FROM e.at)::bigint, 'details', e.details) "
    "ORDER BY e.at, e.recorded, e.id) FROM meter_event e WHERE e.channel = q.c AND e.withdrawn IS NULL)"
)


def dial(channel: Channel, events: Iterable[Mapping[str, Any]]) -> Dial:
    """The register of a channel. Each event has `kind`, `at` [UTC seconds] and `details` (see `registers.events`)."""
    exchanges, multipliers, clocks = [], [], []
    for one in events:
        at, details = int(one["at"]), one["details"]
        if one["kind"] in ("exchange", "reset"):
            exchanges.append(Exchange(at, details.get("final"), details.get("initial") or 0, details.get("digits")))
        if details.get("multiplier") is not None:
            multipliers.append(Multiplied(at, Decimal(details["multiplier"])))
        if one["kind"] == "clock":
            clocks.append(ClockOff(at, int(details["until"]), int(details["offset_s"])))
    return Dial(channel.multiplier, channel.digits, channel.rated, tuple(exchanges), tuple(multipliers), tuple(clocks))
