"""What goes through a meter and through none of the meters behind it: the unmetered rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.curves.codec import fitted
from tenants.curves.read import CurveBlock, read
from tenants.db import TenantSession
from tenants.errors import NotFound
from tenants.flows import FLOWS
from tenants.quality.behind import AT_LEAST, Tree, trees
from tenants.quantities import in_units
from tenants.topology import Channel, load


@dataclass(frozen=True)
class Rest:
    """A meter's flow beside that of the meters right behind it, over the hours for which all of them have values.

    Quantities in milli-units. `total`: what reaches the meters behind (for grid_in with generation and storage behind the meter
    added, export taken off); `behind`: what they saw; `rest` = total - behind, negative where they saw more. `present` of
    `expected` hours: those that could be compared.
    """

    meter: str
    flow: str
    children: tuple[str, ...]
    start: dt.date
    end: dt.date
    total: int
    behind: int
    present: int
    expected: int

    @property
    def rest(self) -> int:
        """The unmetered quantity [milli-units]."""
        return self.total - self.behind

    @property
    def share(self) -> Decimal | None:
        """The rest as a share of the total; None where nothing went through."""
        return (Decimal(self.rest) / self.total).quantize(Decimal("0.0001")) if self.total > 0 else None

    @property
    def completeness(self) -> Decimal:
        """Share of the time that could be compared, 0 to 1."""
        return (Decimal(self.present) / self.expected).quantize(Decimal("0.0001")) if self.expected else Decimal(0)

    def as_json(self) -> dict[str, Any]:
        """For JSON: quantities in the flow's unit, as strings; what could not be compared at all is null."""
        known = self.present > 0
        total, behind, rest = (str(in_units(one)) if known else None for one in (self.total, self.behind, self.rest))
        return {
            "meter": self.meter, "flow": self.flow, "unit": FLOWS[self.flow].unit, "children": list(self.children),
            "from": self.start, "to": self.end, "total": total, "behind": behind, "rest": rest,
            "share": None if self.share is None else str(self.share), "completeness": str(self.completeness),
        }  # fmt: skip


def unmetered(
    session: TenantSession, first: dt.date, last: dt.date, *, meter: str | None = None, by_month: bool = False
) -> list[Rest]:
    """The rest of every meter with others of the same flow right behind it, or of one, over the local days `first` to `last`.

    Args:
        by_month: one for each calendar month instead of one for all.
    Raises:
        NotFound: no such meter, or nothing behind it.
    """
    topology = load(session)
    if meter is not None and topology.meter_named(meter) is None:
        raise NotFound(what="meter", name=meter)
    found = [one for one in trees(topology) if meter in (None, topology.meters[one.parent.meter].name)]
    if meter is not None and not found:
        raise NotFound(what="meter behind this one", name=meter)
    rests = []
    for tree in found:
        names = tuple(topology.meters[one.meter].name for one in tree.children)
        for start, end in _periods(first, last, by_month):
            sums = _compared(session, tree, start, end)
            rests.append(Rest(topology.meters[tree.parent.meter].name, tree.parent.flow, names, start, end, *sums))
    return rests


def _periods(first: dt.date, last: dt.date, by_month: bool) -> list[tuple[dt.date, dt.date]]:
    if not by_month:
        return [(first, last)]
    found, start = [], first
    while start <= last:
        following = (start.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        found.append((start, min(last, following - dt.timedelta(days=1))))
        start = following
    return found


def _compared(session: TenantSession, tree: Tree, first: dt.date, last: dt.date) -> tuple[int, int, int, int]:
    """Total, behind, compared and expected hours."""
    hours = [_hours(session, several, first, last) for several in ([tree.parent, *tree.adds], tree.takes, tree.children)]
    width = max(values.shape[1] for values, _, _ in hours)
    (through, seen, due), (out, seen_out, _), (below, seen_below, due_below) = (
        tuple(fitted(one, width) for one in each) for each in hours
    )
    there = seen & seen_below & (seen_out if tree.takes else True)
    total, behind = (int(np.where(there, one, 0).sum()) for one in (through - out, below))
    return total, behind, int(there.sum()), int((due | due_below).sum())


_Hours = tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]  # values, whether all are there, whether any is expected


def _hours(session: TenantSession, several: Sequence[Channel], first: dt.date, last: dt.date) -> _Hours:
    if not several:
        days = clock.number_of(last) - clock.number_of(first) + 1
        return np.zeros((days, 1), np.int64), np.zeros((days, 1), bool), np.zeros((days, 1), bool)
    block: CurveBlock = read(session, list(several), first, last, at_least=AT_LEAST)
    return block.values, block.present == len(several), block.due > 0
