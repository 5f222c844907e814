"""stuck: the same value again and again where this channel's values vary.

How many equal values in a row are too many is asked of the channel itself: how often does it repeat a value at this time of the
day on other days? A meter that counts whole kilowatt-hours repeats often, a fine one hardly ever.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tenants.calc.quality.gap import hours
from tenants.calc.quality.history import Found, History, joined
from tenants.calc.quality.usual import Usual

FEWEST = 6  # equal values in a row
SHORTEST_MINUTES = 90
BY_CHANCE = 1e-4  # how often a channel may look stuck by chance in its whole history
FEWEST_DAYS = 7  # other days that tell how often a value repeats
FEWEST_PAIRS = 40
SAME_LEVEL = 0.02


def stuck(history: History, usual: Usual) -> list[Found]:
    """Stretches of one repeated value that are too long to be chance; at stake is what differs from the usual."""
    values, there = history.line(history.values), history.line(history.measured)
    if there.sum() < FEWEST_PAIRS:
        return []
    equal = np.zeros(values.size, bool)
    equal[1:] = there[1:] & there[:-1] & (values[1:] == values[:-1])
    pairs = np.zeros(values.size, bool)
    pairs[1:] = there[1:] & there[:-1]
    expected = history.line(np.where(np.isnan(usual.median), usual.level[:, None], usual.median))
    fewest = max(FEWEST, SHORTEST_MINUTES // history.step)
    repeats = _Repeats(history, equal, pairs, values)
    found = []
    for a, b in _equal_runs(equal, there):
        if b - a >= fewest and repeats.chance(a, b) < np.log(BY_CHANCE / values.size):
            found.append((a, b))
    made = []
    for a, b in joined(found, 0):
        difference = np.nan_to_num(np.abs(values[a:b] - expected[a:b]))
        rule = "stuck" if values[a] else "stuck_at_zero"
        if rule == "stuck_at_zero" and difference.sum() == 0:
            continue
        made.append(history.found(rule, a, b, float(difference.sum()), value=int(values[a]), hours=hours(history, b - a),
                                  times=b - a, usual=round(float(np.nansum(expected[a:b])))))  # fmt: skip
    return made


def _equal_runs(equal: NDArray[np.bool_], there: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Half-open ranges of one value."""
    edges = np.flatnonzero(np.diff(equal.astype(np.int8), prepend=np.int8(0), append=np.int8(0)))
    return [(int(a) - 1, int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


class _Repeats:
    """How often the channel repeats its value, by hour of the day, counted apart for zero and for other values."""

    def __init__(self, history: History, equal: NDArray[np.bool_], pairs: NDArray[np.bool_], values: NDArray[np.int64]) -> None:
        slots = np.broadcast_to(np.arange(history.values.shape[1]), history.values.shape)
        days = np.broadcast_to(np.arange(history.day.size)[:, None], history.values.shape)
        self.hour = history.line(slots).astype(np.int64) * history.step // 60
        self.day = history.line(days)
        self.equal, self.pairs, self.values = equal, pairs, values
        self.before = np.concatenate([values[:1], values[:-1]])
        self.days = int(history.measured.any(axis=1).sum())

    def chance(self, first: int, end: int) -> float:
        """Logarithm of the chance that the values from `first` on repeat until `end`; 0 where other days do not tell."""
        away = (self.day < self.day[first]) | (self.day > self.day[end - 1])
        if self.days - (int(self.day[end - 1]) - int(self.day[first]) + 1) < FEWEST_DAYS:
            return 0.0
        zero, away = self.values[first] == 0, away & self.pairs
        alike = away & ((self.before == 0) == zero)
        if alike.sum() < FEWEST_PAIRS:  # never near this value: what it does at any other
            alike = away
        by_hour = self._by_hour(alike, slice(first + 1, end))
        return by_hour if zero else max(by_hour, self._by_value(away, first, end))

    def _by_hour(self, counted: NDArray[np.bool_], inner: slice) -> float:
        hours = int(self.hour.max()) + 1
        count = np.bincount(self.hour[counted], minlength=hours)
        repeated = np.bincount(self.hour[counted & self.equal], minlength=hours)
        whole = (repeated.sum() + 1) / (count.sum() + 2)
        share = (repeated + 4 * whole) / (count + 4)  # an hour with few pairs leans on the whole day
        return float(np.log(np.minimum(share[self.hour[inner]], 0.9999)).sum())

    def _by_value(self, away: NDArray[np.bool_], first: int, end: int) -> float:
        """By how a load at rest, which stands still at any hour, repeats this very value on other days."""
        near = away & (np.abs(self.before - self.values[first]) <= SAME_LEVEL * self.values[first])
        count, repeated = int(near.sum()), int((near & self.equal).sum())
        return -np.inf if count < FEWEST_PAIRS else (end - first - 1) * float(np.log((repeated + 1) / (count + 2)))
