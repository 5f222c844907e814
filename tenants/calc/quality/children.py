"""children_above_parent: the meters behind a meter add up to more than goes through it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tenants.calc.quality.history import Found, History, cut, joined, runs, years

TOLERANCE = 0.02  # two meters of class 1
LEAST_SHARE = 0.5  # of a day's intervals that all meters have
PAUSE_DAYS = 2


def children_above(
    parent: History, through: NDArray[np.int64], below: NDArray[np.int64], there: NDArray[np.bool_]
) -> list[Found]:
    """Days on which `below` exceeds `through` beyond the meters' tolerance; at stake is the excess.

    Args:
        through: what can reach the meters behind, generation behind the parent included. [milli-units], shape (days, intervals)
        below: the sum of the meters behind it.
        there: where all of them are measured.
    """
    above = np.where(there, through, 0).sum(axis=1)
    under = np.where(there, below, 0).sum(axis=1)
    enough = there.sum(axis=1) >= LEAST_SHARE * parent.length
    over = enough & (under > (1 + TOLERANCE) * np.maximum(above, 0)) & (under - above > there.sum(axis=1))
    found = []
    for first, last in cut(joined(runs(over), PAUSE_DAYS), years(parent.day)):
        where = first + np.flatnonzero(over[first:last])
        if not where.size:
            continue
        a, b = int(where[0]), int(where[-1]) + 1
        mine = over[a:b]
        up, down = int(above[a:b][mine].sum()), int(under[a:b][mine].sum())
        end = int(parent.begins[b - 1]) + int(parent.length[b - 1]) * parent.seconds
        facts = {"above": up, "below": down, "days": int(mine.sum()), "share": f"{100 * (down - up) / up:.1f}" if up > 0 else ""}
        found.append(Found("children_above_parent", int(parent.begins[a]), end, down - up, facts))
    return found
