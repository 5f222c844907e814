"""The curves a rule looks at, read from the tenant's tables."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np

from tenants import clock
from tenants.calc.quality.day_kind import kinds
from tenants.calc.quality.history import History
from tenants.calc.quality.place import PROVINCES, Place
from tenants.curves.read import CurveBlock, read
from tenants.db import TenantSession
from tenants.flows import FLOWS, MILLI
from tenants.topology import Channel, Topology

SUN_MADE = frozenset({"pv_gen"})  # every day compares with every other; the sun tells when there can be none
RESTLESS = frozenset({"pv_gen", "grid_out", "pv_self", "storage_in", "storage_out"})


def history(session: TenantSession, channel: Channel, first: int, last: int) -> History:
    """The channel's intervals on the days numbered `first` to `last`."""
    return as_history(read(session, channel, clock.date_of(first), clock.date_of(last)), channel.flow)


def as_history(block: CurveBlock, flow: str) -> History:
    """A block of one channel as the rules take it."""
    day = block.days.astype(np.int64).astype(np.int32)
    kind = np.zeros(day.size, np.int8) if flow in RESTLESS else kinds(day)
    return History(day, block.midnights, block.length, kind, block.step, block.values, block.quality, block.due > 0)


def rated(channel: Channel, step: int) -> int | None:
    """The greatest energy possible in an interval of the step. [milli-units]"""
    return None if not channel.rated else int(channel.rated * MILLI * step / Decimal(60))


def place(topology: Topology, channel: Channel) -> Place | None:
    """Where a PV channel stands; None for other flows, and where the province is not on the map."""
    if channel.flow not in SUN_MADE:
        return None
    return PROVINCES.get(topology.sites[topology.meters[channel.meter].site].region)


def rests(topology: Topology, channel: Channel) -> bool:
    """Whether zero is nothing special: what comes from the grid while PV or a battery on the site gives enough."""
    site = topology.meters[channel.meter].site
    own = {one.flow for one in topology.channels.values() if topology.meters[one.meter].site == site and one.since is not None}
    return channel.flow == "grid_in" and bool(own & {"pv_gen", "storage_out", "direct_in"})


def checked(channel: Channel) -> bool:
    """Whether the rules look at the channel: it has data, and its flow is a quantity of energy or matter."""
    return channel.since is not None and FLOWS[channel.flow].kind not in ("money", "certificate")


def days_of(session: TenantSession, channel: Channel) -> tuple[int, int] | None:
    """The first and last day number on which the channel has or should have values; None without data."""
    row = session.row("SELECT min(day) AS first, max(day) AS last FROM curve WHERE channel = :channel", channel=channel.id)
    if row is None or row.first is None:
        return None
    first = min(row.first, channel.since or row.first)
    due = clock.today(session.zone) - dt.timedelta(days=1)
    if channel.until is not None:
        due = min(due, channel.until - dt.timedelta(days=1))
    return clock.number_of(first), max(clock.number_of(row.last), clock.number_of(due))
