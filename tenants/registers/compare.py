"""Derived curves beside stored ones: what differs, what a person or an estimate has put there and stays. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tenants.curves.codec import DayCurves, fitted
from tenants.curves.merge import found
from tenants.flows import ALLOCATED, CORRECTED, ESTIMATED, MISSING

Ints = NDArray[np.int64]
_NO_KEYS: Ints = np.zeros(0, np.int64)


class Curves(Protocol):
    """The derived curves of all days in question, or of some of them (places) in a given step."""

    def __call__(self, which: NDArray[np.intp] | None = None, step: int | None = None) -> list[DayCurves]: ...


@dataclass
class Compared:
    """`curves` take the place of the rows with the keys `replaced`, `corrected` of them are kept as former rows; rows of the
    keys `gone` have nothing in their place."""

    curves: list[DayCurves]
    replaced: Ints
    corrected: Ints
    gone: Ints


def compare(
    curves: Curves, keys: Ints, stored: Mapping[int, DayCurves], repaired: Mapping[int, DayCurves] | None = None
) -> Compared:
    """What has to be written so that the days with these keys are as derived.

    A correction by a person stays, and an estimate where the readings tell nothing, or nothing new; such a day keeps its step.

    Args:
        repaired: The rows in whose place a person put estimates, by step.
    """
    made = curves()
    held = [(step, rows.key[_held(rows).any(axis=1)]) for step, rows in stored.items()]
    for step, hold in held:
        which = np.flatnonzero(np.isin(keys, hold))
        if which.size:
            made = [_others(one, hold) for one in made] + curves(which, step)
    result = Compared([], _NO_KEYS, _NO_KEYS, _NO_KEYS)
    derived = np.concatenate([_NO_KEYS, *(one.key for one in made)])
    for one in made:
        _of_step(result, one, stored, repaired or {})
    for rows in stored.values():
        _left_over(result, rows.take(np.isin(rows.key, keys) & ~np.isin(rows.key, derived)))
    return result


def _held(rows: DayCurves) -> NDArray[np.bool_]:
    return np.asarray((rows.quality == CORRECTED) | (rows.quality == ESTIMATED))


def _others(rows: DayCurves, keys: Ints) -> DayCurves:
    return rows.take(~np.isin(rows.key, keys))


def _of_step(result: Compared, new: DayCurves, stored: Mapping[int, DayCurves], repaired: Mapping[int, DayCurves]) -> None:
    if not len(new):
        return
    revision = np.zeros(len(new), np.int32)
    equal, corrected = np.zeros(len(new), bool), np.zeros(len(new), bool)
    for step, rows in stored.items():
        hit, at = found(rows.key, new.key)
        if not hit.any():
            continue
        revision[hit] = rows.revision[at[hit]]
        if step != new.step:
            corrected[hit] = ~_only_open(rows.quality[at[hit]])
            continue
        width = new.values.shape[1]
        values, quality = fitted(rows.values, width)[at[hit]], fitted(rows.quality, width)[at[hit]]
        told = (new.quality != MISSING) & ~_replaced(new, repaired.get(step))
        kept = (quality == CORRECTED) | ((quality == ESTIMATED) & ~told[hit])
        new.values[hit] = np.where(kept, values, new.values[hit])
        new.quality[hit] = np.where(kept, quality, new.quality[hit])
        same = (values == new.values[hit]) & (quality == new.quality[hit])
        equal[hit] = same.all(axis=1)
        other = (quality != MISSING) & ((values != new.values[hit]) | (new.quality[hit] == MISSING))
        corrected[hit] = (other & ~_grown(values, quality, new.values[hit])).any(axis=1)
    rows = new.take(~equal)
    had, kept_rows = rows.revision.copy(), corrected[~equal]
    had[:] = revision[~equal]
    result.replaced = np.concatenate([result.replaced, rows.key[had > 0]])
    result.corrected = np.concatenate([result.corrected, rows.key[kept_rows]])
    number = np.maximum(had + kept_rows, 1).astype(np.int32)
    if len(rows):
        result.curves.append(
            DayCurves(rows.step, rows.channel, rows.day, rows.length, rows.values, rows.quality, number)
        )  # fmt: skip


def _replaced(new: DayCurves, former: DayCurves | None) -> NDArray[np.bool_]:
    """The intervals whose value is just what a person replaced by an estimate."""
    same = np.zeros(new.values.shape, bool)
    for i in range(0 if former is None else len(former)):
        assert former is not None
        rows = np.flatnonzero(new.key == former.key[i])
        values, quality = (fitted(one[i : i + 1], new.values.shape[1]) for one in (former.values, former.quality))
        same[rows] |= (values == new.values[rows]) & (quality != MISSING)
    return same


def _last(quality: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The last filled interval of each row."""
    filled = quality != MISSING
    mark = np.zeros(quality.shape, bool)
    place = quality.shape[1] - 1 - np.argmax(filled[:, ::-1], axis=1)
    mark[np.arange(len(quality)), place] = filled.any(axis=1)
    return mark


def _grown(values: NDArray[np.int32], quality: NDArray[np.uint8], new: NDArray[np.int32]) -> NDArray[np.bool_]:
    """An interval that was still running has got its rest: that is no correction."""
    return np.asarray(_last(quality) & (quality == ALLOCATED) & (new >= values))


def _only_open(quality: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Rows that held nothing but an interval that was still running."""
    return np.asarray(((quality != MISSING).sum(axis=1) == 1) & (quality == ALLOCATED).any(axis=1))


def _left_over(result: Compared, rows: DayCurves) -> None:
    """Rows of which the readings tell nothing any more; what a person or an estimate put there stays alone."""
    if not len(rows):
        return
    held = _held(rows)
    alone = np.asarray(held.any(axis=1))
    stays = alone & ~((rows.quality != MISSING) & ~held).any(axis=1)
    rows, held, alone = rows.take(~stays), held[~stays], alone[~stays]
    result.replaced = np.concatenate([result.replaced, rows.key])
    result.corrected = np.concatenate([result.corrected, rows.key])
    result.gone = np.concatenate([result.gone, rows.key[~alone]])
    left = rows.take(alone)
    if len(left):
        result.curves.append(
            DayCurves(left.step, left.channel, left.day, left.length, np.where(held[alone], left.values, 0),
                      np.where(held[alone], left.quality, MISSING).astype(np.uint8), left.revision + 1)
        )  # fmt: skip
