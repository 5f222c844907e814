"""Everything that a site's facts say about some days: one `DaySums` per flow. Pure; the facts are handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.curves.codec import DayCurves
from tenants.flows import FLOWS
from tenants.publish.billed import Bill, settled
from tenants.publish.solar import SelfUse, self_use
from tenants.publish.sums import DaySums, Life, Window, metered, missing, nothing
from tenants.topology import Channel, Site

SOLAR = {"pv_gen", "grid_out", "pv_self"}  # one of them changed: self-use changes
FOREVER = 1 << 19  # a day number beyond every other that still fits a key


@dataclass(frozen=True)
class Facts:
    """What is known of one site: the channels that count and the bills, by flow, and the curves of the days in question."""

    site: Site
    channels: Mapping[str, Sequence[Channel]]
    bills: Mapping[str, Sequence[Bill]]
    curves: Mapping[int, DayCurves] = field(default_factory=dict)

    @property
    def flows(self) -> set[str]:
        """The flows the site has, self-used PV included where there is generation."""
        flows = {*self.channels, *self.bills}
        return flows | {"pv_self"} if "pv_gen" in flows else flows

    def lives(self, flow: str) -> list[Life]:
        """The days on which the flow's channels should have values: none before their first data."""
        return [_life(one) for one in self.channels.get(flow, ())]

    def boundary(self) -> tuple[int, int]:
        """The day numbers from which and until which the site lies inside the accounting boundary."""
        first, end = self.site.in_boundary_from, self.site.in_boundary_to
        return -1 if first is None else clock.number_of(first), FOREVER if end is None else clock.number_of(end)


def _life(channel: Channel) -> Life:
    since = FOREVER if channel.since is None else clock.number_of(channel.since)
    return Life(channel.id, since, FOREVER if channel.until is None else clock.number_of(channel.until))


def site_sums(facts: Facts, flows: set[str], window: Window) -> dict[str, DaySums]:
    """The sums of the wanted flows on the window's days, nothing outside the site's boundary.

    The window holds all days of every bill that overlaps it.
    """
    first, end = facts.boundary()
    inside = (window.days >= first) & (window.days < end)
    found = {flow: of_flow(facts, flow, window) for flow in flows - {"pv_self"}}
    if "pv_self" in flows:
        found["pv_self"] = solar(facts, window).sums
    if inside.all():
        return found
    return {flow: sums.where(inside, nothing(window.days.size)) for flow, sums in found.items()}


def of_flow(facts: Facts, flow: str, window: Window) -> DaySums:
    """The sums of one flow from its meters and bills; days for which a bill is due and not there are missing."""
    seen = metered(window, facts.lives(flow), facts.curves)
    bills = facts.bills.get(flow, ())
    if not bills:
        return seen
    days = window.days
    overlapping = [bill for bill in bills if np.searchsorted(days, bill.start) < np.searchsorted(days, bill.end)]
    sums = settled(window, overlapping, seen, facts.site.counts.get(flow, "auto"))
    if FLOWS[flow].kind == "gas":
        return sums  # refilled when something is lost: no month owes a bill
    owed = (sums.expected == 0) & (days >= min(bill.start for bill in bills)) & (days < owed_until(facts, flow, window.through))
    return missing(np.where(owed, window.minutes, 0)).where(owed, sums)


def owed_until(facts: Facts, flow: str, through: int) -> int:
    """First day for which no bill of the flow is due yet: that of the running month, or where a meter has taken over."""
    last = max((bill.end for bill in facts.bills.get(flow, ())), default=0)
    if facts.channels.get(flow):
        return last
    return max(last, clock.number_of(clock.date_of(through + 1).replace(day=1)))


# How self-used PV is known on a day.
NOTHING, NOT_PROVABLE, ENTERED, DECLARED, BY_DAY, BY_INTERVAL = range(6)
BASES = ("nothing", "not_provable", "entered", "declared", "by_day", "by_interval")


@dataclass(frozen=True)
class Solar:
    """Self-used PV of each day, how it is known (index into `BASES`, shape (days,)), and what the intervals say."""

    sums: DaySums
    basis: NDArray[np.uint8]
    exact: SelfUse


def solar(facts: Facts, window: Window) -> Solar:
    """Self-used PV: proven by generation and export, else as declared, else as entered, else missing.

    1. Generation and export both from meters: interval by interval.
    2. One of them from bills: their difference per day.
    3. No export known: all of the generation if the site declares that nothing can flow out (an assumption, so not backed),
       else what was entered as self-use, else missing: green use without evidence is not counted.
    """
    made, out, entered = (of_flow(facts, flow, window) for flow in ("pv_gen", "grid_out", "pv_self"))
    exact = self_use(window, facts.lives("pv_gen"), facts.lives("grid_out"), facts.curves)
    none = np.zeros(window.days.size, np.int64)
    declared = DaySums(made.quantity, made.measured, made.estimated, none, made.missing, made.expected)
    sums, basis = missing(made.expected), np.where(made.known, NOT_PROVABLE, NOTHING).astype(np.uint8)
    for code, days, better in (
        (ENTERED, entered.known, entered),
        (DECLARED, made.known & facts.site.zero_export, declared),
        (BY_DAY, made.known & (out.expected > out.missing), _difference(made, out)),
        (BY_INTERVAL, _from_meters(facts, "pv_gen", window) & _from_meters(facts, "grid_out", window), exact.sums),
    ):
        sums = better.where(days, sums)
        basis[days] = code
    return Solar(sums, basis, exact)


def _from_meters(facts: Facts, flow: str, window: Window) -> NDArray[np.bool_]:
    """The days on which the flow has a meter that counts, whether its values are there or not."""
    days = window.days
    alive = np.zeros(days.size, bool)
    for one in facts.lives(flow):
        alive |= (one.since <= days) & (days < one.until)
    if facts.site.counts.get(flow) == "bill":
        for bill in facts.bills.get(flow, ()):
            alive &= ~((days >= bill.start) & (days < bill.end))
    return alive


def _difference(made: DaySums, out: DaySums) -> DaySums:
    """Generation less export of whole days; only what both sides have measured is measured."""
    quantity = made.quantity - out.quantity
    unsure = (made.quantity - made.measured) + (out.quantity - out.measured)
    measured = np.where(unsure == 0, quantity, np.clip(quantity - unsure, 0, None))
    backed = np.where((made.backed == made.quantity) & (out.backed == out.quantity), quantity, 0)
    lost = np.minimum(np.maximum(made.missing, out.missing), made.expected)
    return DaySums(quantity, measured, quantity - measured, backed, lost, made.expected)
