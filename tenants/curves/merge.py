"""Facts of one step: what is stored meets what is offered. Pure, whole matrices at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.curves.codec import DayCurves, fitted
from tenants.curves.offer import CONFLICT, EMPTY, RANK, REPLACED, SAME, TAKEN, Offered
from tenants.flows import CORRECTED, MEASURED, MISSING


@dataclass(frozen=True)
class Settled:
    """The rows that were offered, as they are to be, and what became of each offered cell.

    `curves.revision` is the stored row's, 0 where there was none. `changed[r]`: the row differs from the stored one;
    `corrected[r]`: a value that was there is another now, or better known, so the former row is to be kept. `verdict` and `kept`
    (the stored value beside a conflict), shape (rows, width).
    """

    curves: DayCurves
    changed: NDArray[np.bool_]
    corrected: NDArray[np.bool_]
    verdict: NDArray[np.uint8]
    kept: NDArray[np.int32]


def settle(stored: DayCurves, offered: Offered, *, replace: bool) -> Settled:
    """What the facts of a step are after an offer.

    A missing interval is filled. An equal value changes nothing. Better evidence takes the place of worse (measured of
    estimated); worse is not needed. A different value of equal evidence is a conflict and not applied, unless `replace`.

    Args:
        stored: Rows of the same step, sorted by key; others than the offered ones are ignored.
    """
    new = offered.curves
    if len(stored) == 0:
        verdict = np.where(new.quality != MISSING, TAKEN, EMPTY).astype(np.uint8)
        every = np.ones(len(new), bool)
        return Settled(new, every, ~every, verdict, np.zeros((0, 0), np.int32))
    old_values, old_quality, revision = _aligned(stored, new)
    has, offers = old_quality != MISSING, new.quality != MISSING
    both = has & offers
    same = np.abs(old_values - new.values) <= offered.slack[:, None]
    better = both & (RANK[new.quality] > RANK[old_quality])
    worse = both & (RANK[new.quality] < RANK[old_quality])
    apart = both & ~same & ~better
    forced = apart if replace else np.zeros_like(apart)
    conflict = apart & ~worse & ~forced
    take = (offers & ~has) | better | forced
    verdict = np.full(new.quality.shape, EMPTY, np.uint8)
    verdict[offers] = SAME
    verdict[take] = TAKEN
    verdict[forced] = REPLACED
    verdict[conflict] = CONFLICT
    quality = np.where(take, np.where(forced & (new.quality == MEASURED), CORRECTED, new.quality), old_quality).astype(np.uint8)
    values = np.where(take, new.values, old_values)
    curves = DayCurves(new.step, new.channel, new.day, new.length, values, quality, revision)
    return Settled(curves, take.any(axis=1), (take & both).any(axis=1), verdict, old_values)


def _aligned(stored: DayCurves, new: DayCurves) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.int32]]:
    """The stored values, quality and revision of the offered rows, zero where there is no such row."""
    values = np.zeros(new.values.shape, np.int32)
    quality = np.zeros(new.values.shape, np.uint8)
    revision = np.zeros(len(new), np.int32)
    hit, at = found(stored.key, new.key)
    width = new.values.shape[1]
    values[hit] = fitted(stored.values, width)[at[hit]]
    quality[hit] = fitted(stored.quality, width)[at[hit]]
    revision[hit] = stored.revision[at[hit]]
    return values, quality, revision


def found(sorted_keys: NDArray[np.int64], wanted: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Which wanted keys are among the sorted ones, and where."""
    if sorted_keys.size == 0:
        return np.zeros(wanted.size, bool), np.zeros(wanted.size, np.intp)
    at = np.minimum(np.searchsorted(sorted_keys, wanted), sorted_keys.size - 1)
    return sorted_keys[at] == wanted, at
