"""What may stand in place of values that are missing or wrong. Each method is one that a person can check by hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tenants.calc.quality.history import Flags, History, runs
from tenants.calc.quality.usual import median_of
from tenants.calc.spread import largest_remainder, round_cumulative
from tenants.errors import LingyuanError

NEAR_DAYS = 28
FEWEST_ALIKE = 3


class CannotEstimate(LingyuanError):
    """This cannot be estimated so: {reason}"""

    status = 422
    remedy = "Choose another way, or leave it as it is."


def linear(history: History, cells: Flags) -> NDArray[np.int64]:
    """A straight line from the last good value before to the first after, for each stretch of cells; shape of the line.

    Raises:
        CannotEstimate: one of the two is not there.
    """
    known = history.line(history.measured) & ~cells
    values = history.line(history.values).astype(np.float64)
    at = np.arange(values.size)
    for first, end in runs(cells):
        before, after = np.flatnonzero(known[:first]), np.flatnonzero(known[end:])
        if not before.size or not after.size:
            raise CannotEstimate(reason="there is no measured value before and after it")
        a, b = int(before[-1]), end + int(after[0])
        values[first:end] = np.interp(at[first:end], [a, b], [values[a], values[b]])
    return whole(values, cells)


def comparable(history: History, cells: Flags) -> NDArray[np.int64]:
    """The median of the same time on comparable days within four weeks before and after; shape of the line.

    Raises:
        CannotEstimate: fewer than three such days.
    """
    return whole(likeness(history, cells), cells)


def likeness(history: History, cells: Flags) -> NDArray[np.float64]:
    """What comparable days show at the times of the cells, shape of the line; zero elsewhere. [milli-units]"""
    wanted = np.zeros(history.values.shape, bool)
    wanted[history.inside] = cells
    good = np.where(wanted, np.nan, history.known)
    out = np.zeros(history.values.shape)
    for row in np.flatnonzero(wanted.any(axis=1)):
        near = np.abs(history.day - history.day[row]) <= NEAR_DAYS
        alike = median_of(good[near & (history.kind == history.kind[row])], FEWEST_ALIKE)
        any_day = median_of(good[near], FEWEST_ALIKE)
        out[row] = np.where(np.isnan(alike), any_day, alike)
    if np.isnan(out[wanted]).any():
        raise CannotEstimate(reason="there are too few comparable days with values")
    return np.where(cells, history.line(out), 0.0)


def of_total(history: History, cells: Flags, total: int) -> NDArray[np.int64]:
    """A known total [milli-units] in the shape of comparable days, or even where there are none; shape of the line.

    Raises:
        CannotEstimate: the total is negative.
    """
    if total < 0:
        raise CannotEstimate(reason="nothing is left of the total for it")
    try:
        weights = np.rint(likeness(history, cells)).astype(np.int64)
    except CannotEstimate:
        weights = cells.astype(np.int64)
    if not weights[cells].any():
        weights = cells.astype(np.int64)
    return np.where(cells, largest_remainder(total, np.where(cells, weights, 0)), 0)


def whole(values: NDArray[np.float64], cells: Flags) -> NDArray[np.int64]:
    """Whole milli-units that add up to the rounded sum, none negative; zero outside the cells."""
    made = np.zeros(values.size, np.int64)
    made[cells] = np.maximum(round_cumulative(np.maximum(values[cells], 0)), 0)
    return made
