"""spike: for a moment far above everything the meter has shown, or above what its line can carry."""

from __future__ import annotations

import numpy as np

from tenants.calc.quality.gap import hours
from tenants.calc.quality.history import Found, History, runs
from tenants.calc.quality.usual import Usual

ABOVE_SEEN = 4.0  # times the highest of the weeks before: a new machine adds to a load, it does not make it fourfold for an hour
ABOVE_RATED = 1.1  # a transformer may be overloaded a little, and so may a meter
LONGEST_MINUTES = 120  # what stays is no spike
FEWEST_SEEN = 200  # measured intervals before it, of which
FEWEST_ALIVE = 20  # were not zero: the first run of a machine is no fault
# An inverter's output is capped: little above the highest seen is already too much, if both neighbours are lower.
CAPPED_ABOVE = 1.2
CAPPED_LONGEST = 2


def spikes(
    history: History, usual: Usual, *, rated: int | None = None, capped: bool = False, restless: bool = False
) -> list[Found]:
    """Short stretches far above the history.

    Args:
        rated: the greatest energy possible in an interval. [milli-units]
        capped: the flow has a ceiling of its own (PV).
        restless: the flow is what others leave over (export): it may be manyfold on the first holiday, so only `rated` tells.
    """
    values = history.line(history.known)
    if history.measured.sum() < FEWEST_SEEN or (np.nan_to_num(values) > 0).sum() < FEWEST_ALIVE:
        return []
    top = history.line(np.broadcast_to(usual.top[:, None], history.values.shape))
    expected = history.line(np.nan_to_num(usual.median))
    known, seen = np.nan_to_num(values), np.nan_to_num(top, nan=np.inf)
    seen[seen <= 0] = np.inf
    over = np.zeros(known.size, bool) if restless else known > ABOVE_SEEN * seen
    if rated:
        over |= known > ABOVE_RATED * rated
    longest = max(LONGEST_MINUTES // history.step, 1)
    found = [(a, b) for a, b in runs(over) if b - a <= longest]
    if capped:
        taken = {i for a, b in found for i in range(a, b)}
        found += [(a, b) for a, b in runs(known > CAPPED_ABOVE * seen) if a not in taken and _alone(known, a, b)]
    made = []
    for a, b in sorted(found):
        limit = rated if rated and known[a:b].max() > ABOVE_RATED * rated else None
        facts = {"highest": int(known[a:b].max()), "seen": 0 if np.isinf(seen[a]) else round(float(seen[a]))}
        rule = "above_rated" if limit else "spike"
        excess = float(np.maximum(known[a:b] - expected[a:b], 0).sum())
        made.append(
            history.found(rule, a, b, excess, hours=hours(history, b - a), **facts, **({"rated": limit} if limit else {}))
        )
    return made


def _alone(values: np.ndarray, first: int, end: int) -> bool:
    """Whether a stretch is short and stands out from both its neighbours."""
    if end - first > CAPPED_LONGEST or first == 0 or end >= values.size:
        return False
    return bool(values[first:end].min() > CAPPED_ABOVE * max(values[first - 1], values[end]))
