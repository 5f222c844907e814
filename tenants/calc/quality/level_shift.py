"""level_shift: from one day to the next the channel reads several times as much, or a fraction, and it stays so."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tenants.calc.quality.history import Found, History, joined, runs

DAYS = 28  # complete days before and after; what lasts shorter is a holiday or an order
SUDDEN_DAYS = 5
SUDDEN = 0.6  # share of the change that its first days show
FACTOR = 2.5  # a smaller change is everyday life
SPREADS = 2.0  # of the days around their median
WHOLE = 0.95  # of a day's intervals


def level_shifts(history: History, season: NDArray[np.float64] | None = None) -> list[Found]:
    """The days from which on the daily total is another one; at stake is the difference over the four weeks after.

    Args:
        season: what the daily totals may be divided by, for example the sun's course; shape (days,).
    """
    whole = history.measured.sum(axis=1) >= WHOLE * np.maximum(history.length, 1)
    totals = np.where(history.measured, history.values, 0).sum(axis=1)
    rows = np.flatnonzero(whole & (totals > 0))
    if rows.size < 2 * DAYS:
        return []
    found = []
    for at in shifts(totals[rows] / (1.0 if season is None else season[rows])):
        before, after = totals[rows[at - DAYS : at]], totals[rows[at : at + DAYS]]
        low, high = float(np.median(before)), float(np.median(after))
        first, last = int(rows[at]), int(rows[min(at + DAYS, rows.size) - 1])
        end = int(history.begins[last]) + int(history.length[last]) * history.seconds
        facts = {"before": round(low), "after": round(high), "factor": f"{high / low:.2g}"}
        found.append(Found("level_shift", int(history.begins[first]), end, round(abs(high - low) * DAYS), facts))
    return found


def shifts(totals: NDArray[np.float64]) -> list[int]:
    """The places in a row of positive totals at which their level changes for good."""
    x = np.log(totals)
    if x.size < 2 * DAYS:
        return []
    middle = np.median(sliding_window_view(x, DAYS), axis=1)
    around = 1.4826 * np.median(np.abs(sliding_window_view(x, DAYS) - middle[:, None]), axis=1)
    before, after = middle[: x.size - 2 * DAYS + 1], middle[DAYS:]
    change = after - before
    noise = np.maximum(around[: change.size], around[DAYS:])
    near = np.median(sliding_window_view(x, SUDDEN_DAYS), axis=1)
    at = np.arange(change.size) + DAYS
    sudden = np.abs(near[at] - near[at - SUDDEN_DAYS]) >= SUDDEN * np.abs(change)
    big = (np.abs(change) >= np.log(FACTOR)) & (np.abs(change) >= SPREADS * noise)
    return [_sharpest(x, a + DAYS, b + DAYS) for a, b in joined(runs(big & sudden), DAYS)]


def _sharpest(x: NDArray[np.float64], first: int, end: int) -> int:
    """The place at which two levels fit the row best."""

    def misfit(at: int) -> float:
        left, right = x[max(at - DAYS, 0) : at], x[at : at + DAYS]
        return float(np.abs(left - np.median(left)).sum() + np.abs(right - np.median(right)).sum())

    return min(range(first, end), key=misfit)
