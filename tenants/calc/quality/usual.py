"""What a channel usually does: a robust profile by kind of day and interval, from the weeks before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.calc.quality.history import History

TRAILING_DAYS = 56
FEWEST_DAYS = 5  # of one kind, with a value at that time; fewer tell nothing
BLOCK_DAYS = 7  # a profile holds for a week; weeks are counted from 1970, so any stretch of history gives the same profile
HIGHEST = 3  # the third highest day counts as seen: two days with a fault do not hide a third


@dataclass(frozen=True)
class Usual:
    """`median` and `spread` (scaled median deviation), shape (days, intervals); NaN where history does not tell. [milli-units]

    `top`: the highest value seen in the weeks before, but for the two highest days; `level`: a usual interval; shape (days,),
    NaN unknown.
    """

    median: NDArray[np.float64]
    spread: NDArray[np.float64]
    top: NDArray[np.float64]
    level: NDArray[np.float64]


def usual(history: History) -> Usual:
    """The profile for each day, from the 56 days before its week; at the beginning of a history, from its first 56 days."""
    known, shape = history.known, history.values.shape
    median, spread = np.full(shape, np.nan), np.full(shape, np.nan)
    top, level = np.full(shape[0], np.nan), np.full(shape[0], np.nan)
    week = history.day // BLOCK_DAYS
    for one in np.unique(week):
        rows = np.flatnonzero(week == one)
        before = _before(history, int(rows[0]))
        seen = np.sort(known[before][history.measured[before]])
        if seen.size == 0:
            continue
        peaks = np.sort(np.max(np.nan_to_num(known[before]), axis=1, initial=0.0))
        top[rows] = peaks[-min(HIGHEST, peaks.size)]
        level[rows] = seen[seen.size // 2]
        for kind in np.unique(history.kind[rows]):
            mine = rows[history.kind[rows] == kind]
            like = before & (history.kind == kind)
            middle, around = _profile(known[like])
            if np.isnan(middle).all() and not like.all():
                middle, around = _profile(known[before])
            median[mine], spread[mine] = middle, around
    return Usual(median, spread, top, level)


def _before(history: History, row: int) -> NDArray[np.bool_]:
    """The days whose values tell what is usual in the week that begins with this row."""
    first = int(history.day[row]) // BLOCK_DAYS * BLOCK_DAYS
    before = (history.day >= first - TRAILING_DAYS) & (history.day < first)
    if history.measured[before].any(axis=1).sum() >= FEWEST_DAYS:
        return np.asarray(before)
    return np.asarray(history.day < history.day[0] + TRAILING_DAYS)


def _profile(rows: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median and scaled median deviation of each column; NaN where fewer than `FEWEST_DAYS` rows have a value."""
    middle = median_of(rows)
    return middle, 1.4826 * median_of(np.abs(rows - middle))


def median_of(rows: NDArray[np.float64], fewest: int = FEWEST_DAYS) -> NDArray[np.float64]:
    """The median of each column without its NaN; NaN where fewer than `fewest` are left. (numpy's own is ten times slower.)"""
    if rows.shape[0] == 0:
        return np.full(rows.shape[1], np.nan)
    ordered = np.sort(rows, axis=0)  # NaN last
    count = (~np.isnan(ordered)).sum(axis=0)
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, rows.shape[0] - 1)
    middle = (np.take_along_axis(ordered, low[None, :], 0)[0] + np.take_along_axis(ordered, high[None, :], 0)[0]) / 2
    return np.where(count >= fewest, middle, np.nan)
