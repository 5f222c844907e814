"""Daily sums of one flow of one site, and how they follow from curves. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tenants.curves.codec import DayCurves
from tenants.flows import ALLOCATED, CORRECTED, ESTIMATED, MEASURED, MISSING

Ints = NDArray[np.int64]
Days = NDArray[np.int32]

# A value shared out from a measured coarser one is measured as far as a day is concerned.
_MEASURED = np.zeros(6, bool)
_MEASURED[[MEASURED, CORRECTED, ALLOCATED]] = True


@dataclass(frozen=True)
class DaySums:
    """Sums of each of some days, all of shape (days,): quantities in milli-units, times in minutes (see `FlowSum`)."""

    quantity: Ints
    measured: Ints
    estimated: Ints
    backed: Ints
    missing: Ints
    expected: Ints

    @property
    def known(self) -> NDArray[np.bool_]:
        """The days on which something is expected or there."""
        return np.asarray((self.expected > 0) | (self.quantity != 0))

    def where(self, days: NDArray[np.bool_], other: DaySums) -> DaySums:
        """These sums on the chosen days, the other's elsewhere."""
        return DaySums(*(np.where(days, mine, theirs) for mine, theirs in zip(self.columns, other.columns, strict=True)))

    @property
    def columns(self) -> list[Ints]:
        """The six arrays, in the order of the published tables."""
        return [getattr(self, each.name) for each in fields(self)]


def nothing(count: int) -> DaySums:
    """No quantity, nothing expected."""
    return DaySums(*(np.zeros(count, np.int64) for _ in range(6)))


def missing(expected: Ints) -> DaySums:
    """Nothing there of what was expected."""
    none = np.zeros(expected.size, np.int64)
    return DaySums(none, none, none, none, expected, expected)


@dataclass(frozen=True)
class Life:
    """A channel and the days it should have values on: `since` <= day < `until`, as day numbers."""

    channel: int
    since: int
    until: int

    def expected(self, days: Days, through: int) -> NDArray[np.bool_]:
        """Which of the days should be complete. Later days than `through` are still running and expect what they have."""
        return (self.since <= days) & (days < self.until) & (days <= through)


@dataclass(frozen=True)
class Window:
    """The days in question, ascending, with their lengths [min]. Days after `through` are still running."""

    days: Days
    minutes: Ints
    through: int

    def rows(self, curves: DayCurves, channels: Sequence[int]) -> tuple[DayCurves, NDArray[np.intp]]:
        """The curves of these channels on these days, with the place of each row's day."""
        at = np.minimum(np.searchsorted(self.days, curves.day), self.days.size - 1)
        mine = np.isin(curves.channel, channels) & (self.days[at] == curves.day)
        return (curves, at) if mine.all() else (curves.take(mine), at[mine])


def metered(window: Window, lives: Sequence[Life], curves: Mapping[int, DayCurves]) -> DaySums:
    """The sums of the channels' curves, derived from values and quality."""
    sums = nothing(window.days.size)
    present = np.zeros((len(lives), window.days.size), np.int64)
    running = np.zeros_like(present)
    place = np.full(max((one.channel for one in lives), default=0) + 1, -1, np.intp)
    place[[one.channel for one in lives]] = np.arange(len(lives))
    for step, stored in curves.items():
        rows, at = window.rows(stored, [one.channel for one in lives])
        if len(rows) == 0:
            continue
        measured, estimated, count = _row_sums(rows)
        np.add.at(sums.quantity, at, rows.values.sum(axis=1, dtype=np.int64))
        np.add.at(sums.measured, at, measured)
        np.add.at(sums.estimated, at, estimated)
        line = place[rows.channel]
        present[line, at] = count * step
        late = rows.day > window.through
        if late.any():
            running[line[late], at[late]] = _last_end(rows.quality[late]) * step
    due = np.array([one.expected(window.days, window.through) for one in lives]).reshape(present.shape)
    expected = np.maximum(np.where(due, window.minutes, running), present)
    sums.expected[:] = expected.sum(axis=0)
    sums.missing[:] = (expected - present).sum(axis=0)
    return sums


def _row_sums(rows: DayCurves) -> tuple[Ints, Ints, Ints]:
    """Measured and estimated quantity and the number of filled intervals of each row, shape (rows,)."""
    if (rows.quality == MEASURED).all():
        none = np.zeros(len(rows), np.int64)
        return rows.values.sum(axis=1, dtype=np.int64), none, rows.length.astype(np.int64)
    measured = np.where(_MEASURED[rows.quality], rows.values, 0).sum(axis=1, dtype=np.int64)
    estimated = np.where(rows.quality == ESTIMATED, rows.values, 0).sum(axis=1, dtype=np.int64)
    return measured, estimated, (rows.quality != MISSING).sum(axis=1, dtype=np.int64)


def _last_end(quality: NDArray[np.uint8]) -> Ints:
    """The number of intervals up to and with the last filled one, shape (rows,)."""
    filled = quality != MISSING
    count = np.where(filled.any(axis=1), quality.shape[1] - np.argmax(filled[:, ::-1], axis=1), 0)
    return count.astype(np.int64)
