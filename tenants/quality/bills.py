"""Bills beside the meters of the same site and flow."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from tenants import activities, clock
from tenants.calc.quality.bill import Comparison, compare
from tenants.calc.quality.history import Found
from tenants.curves.read import read
from tenants.db import TenantSession
from tenants.exact import rounded
from tenants.topology import Channel, Topology

BILLED = ("bill", "statement")


@dataclass(frozen=True)
class BillAndMeter:
    """One bill with what the channels of its site and flow saw in its period."""

    activity: activities.Activity
    channels: tuple[Channel, ...]
    comparison: Comparison


def compared(session: TenantSession, topology: Topology, *, flow: str | None = None) -> dict[UUID, BillAndMeter]:
    """Every bill whose period is over and metered at least in part, by the bill's id."""
    today, found = clock.today(session.zone), dict[UUID, BillAndMeter]()
    by_place: dict[tuple[UUID, str], list[activities.Activity]] = defaultdict(list)
    for one in activities.list_activities(session, flow=flow):
        if one.method in BILLED and one.end <= today:
            by_place[one.site, one.flow].append(one)
    for (site, of), bills in by_place.items():
        channels = [one for one in topology.counted(site).get(of, []) if one.since is not None]
        if channels:
            found |= _beside(session, channels, bills)
    return found


def _beside(
    session: TenantSession, channels: Sequence[Channel], bills: Sequence[activities.Activity]
) -> dict[UUID, BillAndMeter]:
    since = min(one.since for one in channels if one.since is not None)
    metered = [one for one in bills if one.end > since]
    if not metered:
        return {}
    first, last = min(one.start for one in metered), max(one.end for one in metered) - dt.timedelta(days=1)
    block = read(session, channels, first, last, at_least=60)
    totals = block.values.sum(axis=1)
    present = block.present.sum(axis=1) * block.step
    expected = block.length.astype(int) * block.step * len(channels)
    found = {}
    for one in metered:
        days = slice((one.start - first).days, (one.end - first).days)
        share = Fraction(int(present[days].sum()), int(expected[days].sum()))
        if share:
            comparison = compare(one.quantity, int(totals[days].sum()), share)
            found[one.id] = BillAndMeter(one, tuple(channels), comparison)
    return found


def findings(session: TenantSession, topology: Topology) -> dict[int, list[Found]]:
    """The bills that differ from their meters, by the first of the meters' channels."""
    found: dict[int, list[Found]] = defaultdict(list)
    for one in compared(session, topology).values():
        if one.comparison.verdict != "differs":
            continue
        bounds = clock.day_bounds(session.zone, one.activity.start, one.activity.end - dt.timedelta(days=1))
        share = one.comparison.share
        facts = {
            "billed": one.comparison.billed, "metered": one.comparison.metered,
            "share": "" if share is None else str(abs(rounded(Fraction(share) * 100, 1))),
        }  # fmt: skip
        found[one.channels[0].id].append(
            Found("bill_against_meter", int(bounds[0]), int(bounds[-1]), abs(one.comparison.difference), facts)
        )
    return found
