"""What happened to a tenant's registers that nobody recorded, for the list of problems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tenants import clock
from tenants.calc.registers.derive import derived
from tenants.calc.registers.occurrences import Occurrence, facts, occurrences
from tenants.db import TenantSession
from tenants.registers.change import readings
from tenants.registers.recorded import dial
from tenants.registers.store import read_all
from tenants.topology import Channel

RULES = ("register_reset", "register_rollover", "register_glitch", "register_pending")
CHANNELS_AT_ONCE = 20


@dataclass(frozen=True)
class Finding:
    """One occurrence on a channel. `energy` [milli-units] is at stake; `counted`: it is in the curve (see
    `calc.registers.occurrences`). `facts`: before, after [units at the dial], readings, counted."""

    channel: int
    rule: str
    start: dt.datetime
    end: dt.datetime
    energy: int
    counted: bool
    facts: dict[str, str | int | bool]


def findings(
    session: TenantSession, channels: Sequence[Channel], first: dt.date | None = None, last: dt.date | None = None
) -> list[Finding]:
    """Resets, rollovers, glitches and pending readings of the register channels, that touch the local days `first` to `last`.

    Every reading of a channel is looked at, so that the answer is the same for any range. Interval channels have none.
    """
    wanted = [one for one in channels if one.kind == "register"]
    found = []
    for place in range(0, len(wanted), CHANNELS_AT_ONCE):
        some = wanted[place : place + CHANNELS_AT_ONCE]
        reads = [read_all(session, one.id) for one in some]
        dials = [dial(one, read.events) for one, read in zip(some, reads, strict=True)]
        whole = derived(readings([read.rows for read in reads], session.zone), dials)
        found += [_finding(session, some[one.line], one) for one in occurrences(whole.verdicts, dials)]
    begin = None if first is None else int(clock.day_bounds(session.zone, first, first)[0])
    end = None if last is None else int(clock.day_bounds(session.zone, last, last)[1])
    return [
        one for one in found
        if (begin is None or one.end.timestamp() >= begin) and (end is None or one.start.timestamp() < end)
    ]  # fmt: skip


def _finding(session: TenantSession, channel: Channel, one: Occurrence) -> Finding:
    start, end = (dt.datetime.fromtimestamp(moment, session.zone) for moment in (one.start, one.end))
    return Finding(channel.id, one.rule, start, end, one.energy, one.counted, facts(one))
