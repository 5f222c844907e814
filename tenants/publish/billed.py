"""Bills on local days, and which of bill and meter counts. Pure.

A bill fixes the sum of its period, not its course. What meters saw keeps its day; the rest of the bill goes to the minutes
without a value. A bill below the meters takes the difference from all days in proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.calc.spread import largest_remainder
from tenants.publish.sums import DaySums, Ints, Window, nothing


@dataclass(frozen=True)
class Bill:
    """A quantity [milli-units] of the local days `start` <= day < `end`. `method`: bill | statement | estimate."""

    start: int
    end: int
    quantity: int
    method: str


def by_day(window: Window, bills: Sequence[Bill], seen: DaySums) -> DaySums:
    """The bills spread over their days, with what the meters saw of them as measured.

    The window holds every day of every bill given. On days without a meter a bill is the measurement itself.
    """
    sums = nothing(window.days.size)
    for bill in bills:
        at = np.searchsorted(window.days, np.arange(bill.start, bill.end))
        metered = seen.expected[at] > 0
        open_minutes = np.where(metered, seen.missing[at], window.minutes[at])
        quantity = spread(bill.quantity, seen.quantity[at], open_minutes, window.minutes[at])
        proven = np.where(metered, np.minimum(seen.measured[at], quantity), quantity)
        sums.quantity[at] = quantity
        sums.measured[at] = 0 if bill.method == "estimate" else proven
        sums.estimated[at] = quantity - sums.measured[at]
        sums.backed[at] = quantity if bill.method == "bill" else 0
        sums.expected[at] = np.where(metered, seen.expected[at], window.minutes[at])
        sums.missing[at] = np.where(metered, seen.missing[at], 0)
    return sums


def spread(total: int, seen: Ints, open_minutes: Ints, minutes: Ints) -> Ints:
    """The total per day: what was seen there, and the difference shared out exactly. Shape (days,)."""
    rest = total - int(seen.sum())
    if rest < 0:
        return seen - largest_remainder(-rest, seen)
    weights = open_minutes if open_minutes.any() else seen if seen.any() else minutes
    return seen + largest_remainder(rest, weights)


def settled(window: Window, bills: Sequence[Bill], seen: DaySums, counts: str) -> DaySums:
    """The sums that count on each day.

    Args:
        seen: The meters' sums.
        counts: "meter" or "bill": which counts on days that have both. "auto" while nobody has said: the meter, but the bill
            where the meter saw less than half of the bill's period. On other days it is the one that is there.
    """
    if not bills:
        return seen
    billed = by_day(window, bills, seen)
    has_bill, has_meter = billed.expected > 0, seen.expected > 0
    confirmed = np.where(has_bill, np.minimum(billed.backed, seen.quantity), 0)
    by_meter = DaySums(seen.quantity, seen.measured, seen.estimated, confirmed, seen.missing, seen.expected)
    rather = _hardly_seen(window, bills, seen) if counts == "auto" else np.full(window.days.size, counts == "bill")
    return billed.where(has_bill & (~has_meter | rather), by_meter)


def _hardly_seen(window: Window, bills: Sequence[Bill], seen: DaySums) -> NDArray[np.bool_]:
    """The days of the bills of whose period the meters saw less than half. Shape (days,)."""
    found = np.zeros(window.days.size, bool)
    for bill in bills:
        at = np.searchsorted(window.days, np.arange(bill.start, bill.end))
        found[at] = 2 * int((seen.expected[at] - seen.missing[at]).sum()) < int(window.minutes[at].sum())
    return found
