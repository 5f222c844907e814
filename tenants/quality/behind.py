"""Meters behind a meter, compared with what goes through it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import numpy as np

from tenants.calc.quality.children import children_above
from tenants.calc.quality.history import Found
from tenants.clock import date_of
from tenants.curves.read import read
from tenants.db import TenantSession
from tenants.flows import ESTIMATED
from tenants.quality.evidence import as_history
from tenants.topology import Channel, Topology

AT_LEAST = 60  # minutes: two meters' clocks may differ by some
# What can reach the meters behind a gateway besides what comes in from the grid, and what leaves.
ADDS, TAKES = ("pv_gen", "storage_out", "direct_in"), ("grid_out", "storage_in", "transfer_out")


@dataclass(frozen=True)
class Tree:
    """A channel, those of the meters right behind it with the same flow, and what else reaches or leaves them."""

    parent: Channel
    children: list[Channel]
    adds: list[Channel]
    takes: list[Channel]


def trees(topology: Topology) -> list[Tree]:
    """Every channel with meters behind it that measure the same flow."""
    behind: dict[UUID, list[UUID]] = {}
    for meter in topology.meters.values():
        if meter.parent is not None:
            behind.setdefault(meter.parent, []).append(meter.id)
    found = []
    for parent in topology.channels.values():
        own = [topology.channel(meter, parent.flow) for meter in behind.get(parent.meter, [])]
        children = [one for one in own if one is not None and one.since is not None]
        if parent.since is None or not children:
            continue
        family = [parent.meter, *_under(behind, parent.meter)] if parent.flow == "grid_in" else []
        adds, takes = (
            [one for meter in family for flow in flows if (one := topology.channel(meter, flow)) and one.since]
            for flows in (ADDS, TAKES)
        )
        found.append(Tree(parent, children, adds, takes))
    return found


def _under(behind: dict[UUID, list[UUID]], meter: UUID) -> list[UUID]:
    found, left = [], list(behind.get(meter, []))
    while left:
        one = left.pop()
        if one not in found:
            found.append(one)
            left += behind.get(one, [])
    return found


def findings(session: TenantSession, tree: Tree, first: int, last: int) -> list[Found]:
    """Days on which the children add up to more than the parent lets through, over the days numbered `first` to `last`."""
    days = date_of(first), date_of(last)
    parent = as_history(read(session, tree.parent, *days, at_least=AT_LEAST), tree.parent.flow)
    sums = []
    for several in ([tree.parent, *tree.adds], tree.takes, tree.children):
        block = read(session, several, *days, at_least=AT_LEAST) if several else None
        if block is None:
            sums.append((np.zeros_like(parent.values), np.ones(parent.values.shape, bool)))
        elif block.step != parent.step:
            return []
        else:
            sums.append((block.values, (block.present == len(several)) & (block.quality != ESTIMATED)))
    (through, seen), (out, seen_out), (below, seen_below) = sums
    return children_above(parent, through - out, below, seen & seen_out & seen_below & parent.inside)
