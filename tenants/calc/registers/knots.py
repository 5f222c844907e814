"""The counted readings as knots of a cumulative energy that is exact at each of them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tenants.calc.registers.dial import Dial
from tenants.calc.registers.exactly import between
from tenants.calc.registers.verdict import COUNTED, RESET, UNKNOWN, Verdicts

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Knots:
    """Moments of known readings, sorted by `line`, then `at` [UTC seconds], shape (n,).

    `energy[k]` [milli-units, after the multiplier] was counted between knot k and the next; `gap[k]`: nothing is known of that
    time (also: the next knot is another line's). The last one's energy is 0.
    """

    line: Ints
    at: Ints
    energy: Ints
    gap: Flags

    def total(self, line: int) -> int:
        """All energy of a line [milli-units]."""
        return int(self.energy[self.line == line].sum())


def knots(verdicts: Verdicts, dials: Sequence[Dial]) -> Knots:
    """The knots of all lines. Energy between two is round(multiplier x second) - round(multiplier x first)."""
    course = verdicts.course
    counted = np.flatnonzero(verdicts.verdict == COUNTED)
    line, at, value = course.line[counted], course.at[counted], course.value[counted]
    link, lap = verdicts.link[counted], verdicts.lap[counted]
    piece = course.piece[counted]
    count = counted.size
    gap = np.ones(count, bool)
    begin, end = value.copy(), value.copy()
    if count > 1:
        same = piece[1:] == piece[:-1]
        gap[:-1] = ~same | (link[1:] == UNKNOWN)
        joins = ~same & (line[1:] == line[:-1]) & (at[1:] == at[:-1])  # final and initial reading of one exchange
        gap[:-1][joins] = False
        end[:-1] = np.where(same, value[1:] + lap[1:], value[:-1])
        begin[:-1][same & (link[1:] == RESET)] = 0
        end[:-1][gap[:-1]] = begin[:-1][gap[:-1]]
    end[-1:] = begin[-1:]
    cut = _Cut(line, at, begin, end, gap)
    for number, dial in enumerate(dials):
        for one in dial.multipliers:
            cut = cut.at_moment(number, one.at)
    numerator, denominator = _multipliers(cut, dials)
    energy = between(cut.begin, cut.end, numerator, denominator)
    return Knots(cut.line, cut.at, energy, cut.gap)


@dataclass(frozen=True)
class _Cut:
    """Stretches of the dial: from each moment to the next it went from `begin` to `end` [milli-units]."""

    line: Ints
    at: Ints
    begin: Ints
    end: Ints
    gap: Flags

    def at_moment(self, line: int, moment: int) -> _Cut:
        """With another knot at the moment, by interpolation, if it lies within a known stretch of the line."""
        first, last = np.searchsorted(self.line, [line, line + 1])
        place = int(first + np.searchsorted(self.at[first:last], moment, side="right")) - 1
        if place < first or place + 1 >= last or self.at[place] == moment or self.gap[place]:
            return self
        passed, whole = moment - int(self.at[place]), int(self.at[place + 1] - self.at[place])
        begin, end = int(self.begin[place]), int(self.end[place])
        there = begin + round(Fraction((end - begin) * passed, whole))
        ends = np.insert(self.end, place + 1, end)
        ends[place] = there
        return _Cut(
            np.insert(self.line, place + 1, line), np.insert(self.at, place + 1, moment),
            np.insert(self.begin, place + 1, there), ends, np.insert(self.gap, place + 1, False),
        )  # fmt: skip


def _multipliers(cut: _Cut, dials: Sequence[Dial]) -> tuple[Ints, Ints]:
    """The multiplier in force from each knot on, as a fraction."""
    start = [_fraction(dial.multiplier) for dial in dials]
    numerator = np.array([one.numerator for one in start], np.int64)[cut.line]
    denominator = np.array([one.denominator for one in start], np.int64)[cut.line]
    for number, dial in enumerate(dials):
        for one in dial.multipliers:
            later = (cut.line == number) & (cut.at >= one.at)
            exact = _fraction(one.multiplier)
            numerator[later], denominator[later] = exact.numerator, exact.denominator
    return numerator, denominator


@functools.lru_cache(maxsize=1024)
def _fraction(multiplier: Decimal) -> Fraction:
    return Fraction(multiplier)
