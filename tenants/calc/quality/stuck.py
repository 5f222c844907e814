"""stuck: the same value again and again where this channel's values vary.

How many equal values in a row are too many is asked of the channel itself: how often does it repeat a value at this time of the
day on other days? A meter that counts whole kilowatt-hours repeats often, a fine one hardly ever.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tenants.calc.quality.gap import hours
from tenants.calc.quality.history import Found, History, runs
from tenants.calc.quality.usual import Usual

FEWEST = 6  # equal values in a row
SHORTEST_MINUTES = 90
BY_CHANCE = 1e-4  # how often a channel may look stuck by chance in its whole history
AROUND_DAYS = 62  # before and after a stretch
FEWEST_DAYS = 7  # other days that tell how often a value repeats
FEWEST_PAIRS = 40
SAME_LEVEL = 0.02
HOLIDAY_HOURS = 72
SELDOM = 0.05  # of the other days show zero at that time


def stuck(history: History, usual: Usual, *, rests: bool = False) -> list[Found]:
    """Stretches of one repeated value that are too long to be chance; at stake is what differs from the usual.

    Args:
        rests: zero is nothing special for this channel, for example where PV feeds the site.
    """
    values, there = history.line(history.values), history.line(history.measured)
    if there.sum() < FEWEST_PAIRS:
        return []
    equal, pairs = np.zeros(values.size, bool), np.zeros(values.size, bool)
    pairs[1:] = there[1:] & there[:-1]
    equal[1:] = pairs[1:] & (values[1:] == values[:-1])
    expected = history.line(np.where(np.isnan(usual.median), usual.level[:, None], usual.median))
    fewest = max(FEWEST, SHORTEST_MINUTES // history.step)
    repeats, limit = _Repeats(history, equal, pairs, values), float(np.log(BY_CHANCE / values.size))
    long = [(a, b) for a, b in _equal_runs(equal) if b - a >= fewest]
    for a, b in long:
        repeats.holiday[a:b] = values[a] == 0 and _holiday(history, a, b)
    made = []
    for a, b in long:
        if values[a]:
            rule, bad = "stuck", repeats.unlikely(a, b, limit)
        elif rests:
            continue
        else:
            awake = a + np.flatnonzero(np.nan_to_num(expected[a:b]) > 0)
            unheard = awake.size >= fewest and repeats.zero_share(a, b, awake) < SELDOM
            rule, bad = "stuck_at_zero", unheard and not repeats.holiday[a]
        if bad:
            difference = np.nan_to_num(np.abs(values[a:b] - expected[a:b]))
            made.append(history.found(rule, a, b, float(difference.sum()), value=int(values[a]), hours=hours(history, b - a),
                                      times=b - a, usual=round(float(np.nansum(expected[a:b])))))  # fmt: skip
    return made


def _equal_runs(equal: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Half-open ranges of one value."""
    return [(a - 1, b) for a, b in runs(equal)]


def _holiday(history: History, first: int, end: int) -> bool:
    """Whether a plant that shows zero stands still over a long holiday: most of its days are days off."""
    if (end - first) * history.step < HOLIDAY_HOURS * 60:
        return False
    kind = history.line(np.broadcast_to(history.kind[:, None], history.values.shape))
    return bool(kind[first:end].mean() >= 0.5)


class _Repeats:
    """How often the channel repeats its value, by hour of the day, on the days around."""

    def __init__(self, history: History, equal: NDArray[np.bool_], pairs: NDArray[np.bool_], values: NDArray[np.int64]) -> None:
        shape = history.values.shape
        self.hour = history.line(np.broadcast_to(np.arange(shape[1]), shape)).astype(np.int64) * history.step // 60
        self.day = history.line(np.broadcast_to(np.arange(shape[0])[:, None], shape))
        self.there = history.line(history.measured)
        self.equal, self.pairs, self.values = equal, pairs, values
        self.before = np.concatenate([values[:1], values[:-1]])
        self.known_days: NDArray[np.bool_] = np.asarray(history.measured.any(axis=1))
        self.holiday = np.zeros(values.size, bool)
        self.hours = int(self.hour.max()) + 1

    def unlikely(self, first: int, end: int, limit: float) -> bool:
        """Whether the logarithm of the chance that the values from `first` on repeat until `end` lies below the limit.

        Not where too few other days tell.
        """
        return self._others(first, end) and self._by_hour(first, end) < limit and self._by_value(first, end) < limit

    def zero_share(self, first: int, end: int, cells: NDArray[np.intp]) -> float:
        """How often other days show zero at the times of the cells, 0 to 1; 1 where they do not tell."""
        counted = self.there & ~self.holiday
        count, zero = self._counted(first, end, counted, counted & (self.values == 0))
        place = self.hour[cells]
        if not self._others(first, end) or not count[place].all():
            return 1.0
        return float((zero[place] / count[place]).mean())

    def _days(self, first: int, end: int) -> tuple[int, int]:
        return int(self.day[first]), int(self.day[end - 1]) + 1

    def _others(self, first: int, end: int) -> bool:
        a, b = self._days(first, end)
        near = int(self.known_days[max(a - AROUND_DAYS, 0) : b + AROUND_DAYS].sum())
        return near - int(self.known_days[a:b].sum()) >= FEWEST_DAYS

    def _around(self, first: int, end: int) -> tuple[slice, slice]:
        """The days around a stretch, and its own, which do not speak for it."""
        a, b = self._days(first, end)
        cuts = np.searchsorted(self.day, [a - AROUND_DAYS, b + AROUND_DAYS, a, b]).tolist()
        return slice(cuts[0], cuts[1]), slice(cuts[2], cuts[3])

    def _counted(
        self, first: int, end: int, every: NDArray[np.bool_], some: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many of both kinds lie on the days around, by hour."""
        near, own = self._around(first, end)
        made = []
        for flags in (every, some):
            whole = np.bincount(self.hour[near][flags[near]], minlength=self.hours)
            made.append(whole - np.bincount(self.hour[own][flags[own]], minlength=self.hours))
        return made[0], made[1]

    def _by_hour(self, first: int, end: int) -> float:
        counted = self.pairs & (self.before != 0)
        count, repeated = self._counted(first, end, counted, counted & self.equal)
        whole = (repeated.sum() + 1) / (count.sum() + 2)
        share = (repeated + 4 * whole) / (count + 4)  # an hour with few pairs leans on the whole day
        return float(np.log(np.minimum(share[self.hour[first + 1 : end]], 0.9999)).sum())

    def _by_value(self, first: int, end: int) -> float:
        """By how a load at rest, which stands still at any hour, repeats this very value on other days."""
        near, own = self._around(first, end)
        near_value = np.abs(self.before - self.values[first]) <= SAME_LEVEL * self.values[first]
        alike: NDArray[np.bool_] = np.logical_and(self.pairs, near_value)
        count, repeated = (
            int(flags[near].sum()) - int(flags[own].sum()) for flags in (alike, alike & self.equal)
        )  # fmt: skip
        return -np.inf if count < FEWEST_PAIRS else (end - first - 1) * float(np.log((repeated + 1) / (count + 2)))
