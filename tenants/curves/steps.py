"""Facts of several steps on one day: the finest stands, a coarser value is shared out over what finer ones leave open. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.flows import ALLOCATED, ESTIMATED, MISSING

STEPS = (1, 5, 15, 30, 60)  # minutes; each divides the longer ones, so intervals nest


@dataclass(frozen=True)
class Facts:
    """What one step says on each of some days: `values` [milli-units] and `quality`, shape (days, intervals)."""

    values: NDArray[np.int32]
    quality: NDArray[np.uint8]


@dataclass(frozen=True)
class Combined:
    """The days in their finest step.

    `facts` are what remains of each step's facts, by step: a coarser value is dropped where finer ones cover its interval or
    already exceed it. `dropped` marks those cells by step, `finer` holds the sum of the finer values in every coarser cell.
    """

    values: NDArray[np.int32]
    quality: NDArray[np.uint8]
    facts: dict[int, Facts]
    dropped: dict[int, NDArray[np.bool_]]
    finer: dict[int, NDArray[np.int64]]


def combine(facts: dict[int, Facts]) -> Combined:
    """The days as one curve each. The result depends on the facts only, not on the order in which they came."""
    steps = sorted(facts)
    finest = steps[0]
    values, quality = facts[finest].values.astype(np.int64), facts[finest].quality.copy()
    left, dropped, finer = {finest: facts[finest]}, {}, {}
    for step in steps[1:]:
        coarse = facts[step]
        shape = (*coarse.values.shape, step // finest)
        fine, filled = values.reshape(shape), (quality != MISSING).reshape(shape)
        sums, open_slots = fine.sum(axis=2), (~filled).sum(axis=2)
        has = coarse.quality != MISSING
        drop = has & ((open_slots == 0) | (sums > coarse.values))
        use = has & ~drop
        _share_out(fine, quality.reshape(shape), filled, np.where(use, coarse.values - sums, -1), open_slots, coarse.quality)
        left[step] = Facts(np.where(use, coarse.values, 0), np.where(use, coarse.quality, MISSING).astype(np.uint8))
        dropped[step], finer[step] = drop, sums
    return Combined(values.astype(np.int32), quality, left, dropped, finer)


def _share_out(
    fine: NDArray[np.int64],
    quality: NDArray[np.uint8],
    filled: NDArray[np.bool_],
    rest: NDArray[np.int64],
    open_slots: NDArray[np.int64],
    coarse_quality: NDArray[np.uint8],
) -> None:
    """Spreads what is left of each coarse value (>= 0) evenly over its open slots, the larger shares first, in place."""
    rows, columns = np.nonzero(rest >= 0)
    if rows.size == 0:
        return
    amount, count, open_ = rest[rows, columns], open_slots[rows, columns], ~filled[rows, columns]
    each, extra = np.divmod(amount, count)
    rank = np.cumsum(open_, axis=1) - 1
    share = each[:, None] + (rank < extra[:, None])
    fine[rows, columns] = np.where(open_, share, fine[rows, columns])
    kind = np.where(coarse_quality[rows, columns] == ESTIMATED, ESTIMATED, ALLOCATED)[:, None]
    quality[rows, columns] = np.where(open_, kind, quality[rows, columns])


def coarsened(values: NDArray[np.int64], quality: NDArray[np.uint8], ratio: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Values summed over `ratio` intervals each, with the worst quality among them, shape (days, intervals / ratio)."""
    if ratio == 1:
        return values, quality
    shape = (values.shape[0], values.shape[1] // ratio, ratio)
    return values.reshape(shape).sum(axis=2), worst(quality.reshape(shape))


# From the worst: missing, suspect, estimated, allocated, corrected, measured.
_SEVERITY = np.array([5, 0, 1, 3, 2, 4], np.uint8)
_BY_SEVERITY = np.argsort(_SEVERITY).astype(np.uint8)


def worst(quality: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The worst quality along the last axis: missing before suspect, estimated, allocated, corrected, measured."""
    return np.asarray(_BY_SEVERITY[_SEVERITY[quality].max(axis=-1)])


def spread(values: NDArray[np.int64], quality: NDArray[np.uint8], ratio: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Values shared out evenly over `ratio` finer intervals each, sums kept, shape (days, intervals * ratio)."""
    if ratio == 1:
        return values, quality
    each, extra = np.divmod(values, ratio)
    fine = each[:, :, None] + (np.arange(ratio) < extra[:, :, None])
    kinds = np.where((quality == MISSING) | (quality == ESTIMATED), quality, ALLOCATED).astype(np.uint8)
    return fine.reshape(values.shape[0], -1), np.repeat(kinds, ratio, axis=1)
