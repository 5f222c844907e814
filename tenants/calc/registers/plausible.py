"""Which steps of a register are ordinary: forward, and no faster than its rated power or, unknown, its own history allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.calc.registers.course import Course
from tenants.calc.registers.dial import Dial
from tenants.flows import MILLI

NEAR = 8  # steps on each side that are a step's history
RANK, LEAST = 3, 6  # the third largest of at least six rates: two spikes among them mislead nobody
ABSURD = 100.0  # times the history's rate
MARGIN = 1.2  # times the rated power
GREATEST = 2.0**30 - 2.0**20  # milli-units an hour after the multiplier: a gigawatt; twice that still fits an interval's 32 bits
HOUR = 3600.0
AT_ONCE = 100_000  # readings whose histories are in memory together: 14 MB


@dataclass(frozen=True)
class Limits:
    """What a register may count by the hour up to each reading [milli-units at the dial an hour], shape (n,).

    `top` is impossible anywhere, `hard` by the rated power; `soft` is where doubt begins; `usual` is the history's rate, NaN if
    there is too little.
    `grain`: the dial seems to count in such parts [milli-units], which a short step may be off by. `ordinary`: the step from
    the reading before is one (true where a piece begins).
    """

    top: NDArray[np.float64]
    hard: NDArray[np.float64]
    soft: NDArray[np.float64]
    usual: NDArray[np.float64]
    grain: NDArray[np.int64]
    ordinary: NDArray[np.bool_]


def limits(course: Course, dials: Sequence[Dial]) -> Limits:
    """The limits of every reading of the course."""
    top, hard = _bounds(course, dials)
    usual = _history(course)
    soft = np.where(np.isnan(usual), hard, np.minimum(hard, ABSURD * usual))
    told = course.origin < 0
    soft[told] = hard[told]
    grain = _grain(course.value)
    ordinary = np.ones(len(course), bool)
    rise, passed = np.diff(course.value), np.diff(course.at)
    slack = np.minimum(np.minimum(grain[1:], grain[:-1]), top[1:] * passed / HOUR)
    ordinary[1:] = (rise >= 0) & (rise <= soft[1:] * passed / HOUR + slack)
    ordinary[course.first] = True
    return Limits(top, hard, soft, usual, grain, ordinary)


def _bounds(course: Course, dials: Sequence[Dial]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What is possible at all, and by the rated power; what a person recorded is doubted only where it is impossible."""
    multiplier = np.array([float(dial.multiplier) for dial in dials])[course.line]
    for i, dial in enumerate(dials):
        for one in dial.multipliers:
            multiplier[(course.line == i) & (course.at > one.at)] = float(one.multiplier)
    # Between two readings any of its multipliers may have been in force.
    most = np.array([max(float(one.multiplier), *(float(each.multiplier) for each in one.multipliers), 0.0) for one in dials])
    rated = np.array([GREATEST if one.rated is None else min(float(one.rated) * MILLI * MARGIN, GREATEST) for one in dials])
    top = GREATEST / most[course.line]
    return top, np.where(course.origin < 0, top, np.minimum(rated[course.line] / multiplier, top))


def _history(course: Course) -> NDArray[np.float64]:
    """The third largest rate among the steps around each one, of the same piece; its own and backward steps do not count."""
    count, width = len(course), 2 * NEAR + 1
    if not count:
        return np.zeros(0)
    rate, piece = np.full(count + 2 * NEAR, -1.0), np.full(count + 2 * NEAR, -1, np.int64)
    inner = rate[NEAR : NEAR + count]
    inner[1:] = np.diff(course.value) / np.maximum(np.diff(course.at), 1) * HOUR
    inner[course.first] = -1.0
    piece[NEAR : NEAR + count] = course.piece
    rates, pieces = (np.lib.stride_tricks.sliding_window_view(one, width) for one in (rate, piece))
    found = np.empty(count)
    for start in range(0, count, AT_ONCE):
        some = slice(start, start + AT_ONCE)
        window = np.where(pieces[some] == course.piece[some, None], rates[some], -1.0)
        window[:, NEAR] = -1.0
        window.partition((width - LEAST, width - RANK), axis=1)
        found[some] = np.where(window[:, width - LEAST] > 0, window[:, width - RANK], np.nan)
    return found


def _grain(value: NDArray[np.int64]) -> NDArray[np.int64]:
    """The largest of 1,000, 100, 10 and 1 that divides each reading."""
    grain = np.ones(value.size, np.int64)
    for size in (10, 100, 1000):
        grain[value % size == 0] = size
    return grain
