"""Reads what publishing needs to know of a tenant: its sites with channels and bills, and how far days are over."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
import orjson

from tenants import clock
from tenants.curves.codec import DayCurves, joined
from tenants.curves.store import read_range
from tenants.db import TenantSession
from tenants.publish.billed import Bill
from tenants.publish.derive import Facts
from tenants.publish.sums import Window
from tenants.topology import Topology, load

NEAR_DAYS = 31  # nearer ranges cost less together than apart
Range = tuple[int, int]  # first and last day number, both inclusive


@dataclass(frozen=True)
class Standing:
    """What else publishing asks of a tenant: the last day that was over, its consent, whether it has certificates, its bills."""

    through: int | None
    consent: str
    certified: bool
    bills: Mapping[UUID, Mapping[str, Sequence[Bill]]]


_STANDING = """
    SELECT (SELECT settings ->> 'published_through' FROM state) AS through,
        (SELECT consent FROM shared.tenant WHERE name = current_user) AS consent,
        EXISTS (SELECT FROM certificate WHERE kind IN ('gec', 'traded')) AS certified,
        (SELECT json_agg(json_build_array(site, flow, start_day, end_day, quantity, method) ORDER BY site, flow, start_day)
            FROM activity)::text AS bills
"""


def standing(session: TenantSession) -> Standing:
    """All of it in one round trip."""
    [row] = session.fetch(_STANDING)
    bills: dict[UUID, dict[str, list[Bill]]] = defaultdict(lambda: defaultdict(list))
    for site, flow, start, end, quantity, method in orjson.loads(row.bills or "[]"):
        bill = Bill(clock.number_of(dt.date.fromisoformat(start)), clock.number_of(dt.date.fromisoformat(end)), quantity, method)
        bills[UUID(site)][flow].append(bill)
    return Standing(_number(row.through), row.consent, row.certified, bills)


def sites(session: TenantSession, topology: Topology | None = None, known: Standing | None = None) -> list[Facts]:
    """What is known of each site, without curves."""
    topology, bills = topology or load(session), (known or standing(session)).bills
    return [
        Facts(site, topology.counted(site.id), {flow: tuple(several) for flow, several in bills.get(site.id, {}).items()})
        for site in topology.sites.values()
    ]


@dataclass(frozen=True)
class Fresh:
    """Channels that began in this transaction, with all their curves, and rows of others as they were just written.

    What is here need not be read back.
    """

    channels: frozenset[int] = frozenset()
    curves: Sequence[DayCurves] = ()


def with_curves(session: TenantSession, facts: Facts, flows: set[str], days: Range, fresh: Fresh | None = None) -> Facts:
    """The same with the curves that these flows need on these days."""
    wanted = {*flows, "pv_gen", "grid_out"} if "pv_self" in flows else flows
    channels = [channel.id for flow in sorted(wanted) for channel in facts.channels.get(flow, ())]
    new = fresh or Fresh()
    known = _known(new, channels, days)
    stored = read_range(session, [one for one in channels if one not in known], *days)
    parts = defaultdict(list, {step: [curves] for step, curves in stored.items()})
    for curves in new.curves:
        mine = np.isin(curves.channel, list(known))
        parts[curves.step].append(curves if mine.all() else curves.take(mine))
    return replace(facts, curves={step: joined(several) for step, several in parts.items()})


def _known(fresh: Fresh, channels: Sequence[int], days: Range) -> set[int]:
    """The channels of which nothing has to be read: new ones, and those whose every day was just written."""
    first, last = days
    rows = [one.channel[(one.day >= first) & (one.day <= last)] for one in fresh.curves]
    numbers, counts = np.unique(np.concatenate([np.zeros(0, np.int64), *rows]), return_counts=True)
    return {*(set(channels) & fresh.channels), *(set(channels) & set(numbers[counts == last - first + 1].tolist()))}


def window(session: TenantSession, days: Range, through: int) -> Window:
    """The window of a range of days."""
    numbers = np.arange(days[0], days[1] + 1, dtype=np.int32)
    return Window(numbers, clock.minutes_in_days(session.zone, numbers).astype(np.int64), through)


def published_through(session: TenantSession) -> int | None:
    """The last day that was over when something was published; missing values are counted up to it."""
    return _number(session.scalar("SELECT settings ->> 'published_through' FROM state"))


def _number(text: str | None) -> int | None:
    return None if text is None else clock.number_of(dt.date.fromisoformat(text))


def advance(session: TenantSession, today: dt.date) -> int:
    """Counts one more publication and moves the end of the days that are over to yesterday; its number."""
    session.later(
        "UPDATE state SET revision = revision + 1, "
        "settings = settings || jsonb_build_object('published_through', CAST(:day AS text))",
        {"day": (today - dt.timedelta(days=1)).isoformat()},
    )
    return clock.number_of(today) - 1


def widened_by_bills(facts: Facts, flows: set[str], ranges: Sequence[Range]) -> list[Range]:
    """The ranges, grown so that each holds every bill of these flows that it touches; near ones joined."""
    periods = [(bill.start, bill.end - 1) for flow in flows for bill in facts.bills.get(flow, ())]
    grown = merged(ranges)
    while True:
        more = [period for period in periods if any(a <= period[1] and period[0] <= b for a, b in grown)]
        wider = merged([*grown, *more])
        if wider == grown:
            return grown
        grown = wider


def merged(ranges: Sequence[Range], gap: int = NEAR_DAYS) -> list[Range]:
    """The ranges in order, those that overlap or lie within `gap` days of each other made one."""
    made: list[Range] = []
    for first, last in sorted(one for one in ranges if one[0] <= one[1]):
        if made and first <= made[-1][1] + gap:
            made[-1] = (made[-1][0], max(made[-1][1], last))
        else:
            made.append((first, last))
    return made
