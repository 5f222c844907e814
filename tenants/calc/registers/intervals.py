"""Interval curves of local days from knots: they add up to the energy between the readings exactly."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.calc.registers.exactly import times
from tenants.calc.registers.knots import Knots
from tenants.flows import ALLOCATED, MEASURED, MISSING

Ints = NDArray[np.int64]
MINUTE = 60
LATE = 1.2  # a poll may come so much later than its step and still show what each interval was
_LINE = 1 << 33  # seconds of a line, for one search over all lines


@dataclass(frozen=True)
class DayRows:
    """Days of one step: row r is `line[r]` on local day `day[r]`, with `length[r]` intervals in `values` [milli-units] and
    `quality`, shape (rows, width), and nothing beyond."""

    step: int
    line: Ints
    day: NDArray[np.int32]
    length: NDArray[np.int32]
    values: NDArray[np.int32]
    quality: NDArray[np.uint8]


def days_of(knots: Knots, zone: ZoneInfo) -> tuple[Ints, NDArray[np.int32]]:
    """Every day between the first and the last knot of each line, as (line, day)."""
    if knots.line.size == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int32)
    day, _ = clock.split(knots.at, zone)
    starts = np.flatnonzero(np.append(True, np.diff(knots.line) != 0))
    first, last = day[starts], day[np.append(starts[1:], day.size) - 1]
    count = (last - first + 1).astype(np.int64)
    line = np.repeat(knots.line[starts], count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return line, (np.repeat(first, count) + within).astype(np.int32)


def intervals(knots: Knots, line: Ints, day: NDArray[np.int32], zone: ZoneInfo, step_minutes: int | None = None) -> list[DayRows]:
    """The curves of these lines on these days, in any order; days of which nothing is known have no row.

    An interval at the edge of what is known holds the part that is, as `allocated`. It is `measured` where each of its ends
    lies on a reading or between two that are hardly more than a step apart.

    Args:
        step_minutes: 15, 30 or 60; default what the readings of each day tell.
    """
    if line.size == 0 or knots.line.size == 0:
        return []
    base, last = int(day.min()), int(day.max())
    midnights = clock.midnights(zone, base, last)
    begin, end = midnights[day - base], midnights[day - base + 1]
    whole = _Cumulative(knots)
    step = whole.steps(line, begin, end) if step_minutes is None else np.full(line.size, step_minutes, np.int64)
    found = []
    for size in np.unique(step).tolist():
        rows = np.flatnonzero(step == size)
        made = _of_step(whole, size, line[rows], day[rows], begin[rows], end[rows])
        known = np.asarray(made.quality.any(axis=1))
        if known.any():
            found.append(made if known.all() else _chosen(made, known))
    return found


def _chosen(rows: DayRows, which: NDArray[np.bool_]) -> DayRows:
    return DayRows(rows.step, rows.line[which], rows.day[which], rows.length[which], rows.values[which], rows.quality[which])


def _of_step(whole: _Cumulative, step: int, line: Ints, day: NDArray[np.int32], begin: Ints, end: Ints) -> DayRows:
    length = (end - begin) // (step * MINUTE)
    width = int(length.max())
    marks = np.minimum(begin[:, None] + np.arange(width + 1) * (step * MINUTE), end[:, None])
    sums, covered, firm = whole.at(np.broadcast_to(line[:, None], marks.shape), marks, step)
    values, known = np.diff(sums, axis=1), np.diff(covered, axis=1)
    complete = (known == np.diff(marks, axis=1)) & firm[:, 1:] & firm[:, :-1]
    quality = np.where(known > 0, np.where(complete, MEASURED, ALLOCATED), MISSING).astype(np.uint8)
    return DayRows(step, line, day, length.astype(np.int32), values.astype(np.int32), quality)


class _Cumulative:
    """Energy and known time of each line up to any moment."""

    def __init__(self, knots: Knots) -> None:
        self.knots = knots
        self.base = int(knots.at.min()) - clock.DAY_S * 400
        self.key = self._key(knots.line, knots.at)
        span = np.zeros(knots.at.size, np.int64)
        span[:-1] = np.diff(knots.at)
        span[knots.gap] = 0
        self.span = np.append(span, 1)
        self.energy = np.append(knots.energy, 0)
        self.sums = np.concatenate([[0], np.cumsum(knots.energy)])
        self.covered = np.concatenate([[0], np.cumsum(span)])

    def _key(self, line: Ints, at: Ints) -> Ints:
        return np.asarray(line * _LINE + (at - self.base))

    def at(self, line: Ints, moment: Ints, step: int) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        """Energy, known seconds, and whether the moment lies on a reading or between two near ones, shape of `moment`."""
        key = self._key(line, moment).reshape(-1)
        place = np.searchsorted(self.key, key, side="right") - 1
        before = place < 0
        place[before] = 0
        passed = np.where(before, 0, key - self.key[place])
        on = (passed == 0) & ~before
        span = self.span[place]
        passed = np.minimum(passed, span)  # nothing is known behind the last reading, or in a gap
        part = times(self.energy[place], passed, np.maximum(span, 1))
        firm = on | ((span > 0) & (passed < span) & (span <= LATE * step * MINUTE) & ~before)
        shape = moment.shape
        return (
            (self.sums[place] + part).reshape(shape),
            (self.covered[place] + np.where(before, 0, passed)).reshape(shape),
            firm.reshape(shape),
        )

    def steps(self, line: Ints, begin: Ints, end: Ints) -> Ints:
        """The step of each day [min]: 15, or 30 or 60 where most readings that touch the day are farther apart."""
        span = np.where(self.knots.gap, 0, self.span[:-1])
        first = np.maximum(np.searchsorted(self.key, self._key(line, begin), side="right") - 1, 0)
        last = np.searchsorted(self.key, self._key(line, end), side="left")
        count = self._between(span > 0, first, last)
        quick, middling = (self._between((span > 0) & (span <= most * MINUTE), first, last) for most in (20, 40))
        step = np.where(2 * quick > count, 15, np.where(2 * middling > count, 30, 60))
        minutes = (end - begin) // MINUTE
        return np.where(minutes % step == 0, step, np.where(minutes % 30 == 0, 30, 15))

    @staticmethod
    def _between(flags: NDArray[np.bool_], first: NDArray[np.intp], last: NDArray[np.intp]) -> Ints:
        sums = np.concatenate([[0], np.cumsum(flags)])
        return np.asarray(sums[last] - sums[first])
