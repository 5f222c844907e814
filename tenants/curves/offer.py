"""What one submission says about each interval, before anything stored is looked at. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.curves.codec import DayCurves
from tenants.flows import ALLOCATED, CORRECTED, ESTIMATED, MEASURED, MISSING, SUSPECT

# What became of a reading.
EMPTY, TAKEN, SAME, CONFLICT, REPLACED = range(5)

# Evidence beats an estimate, whichever comes first; among equals a difference is a conflict.
RANK = np.zeros(6, np.uint8)
RANK[[ALLOCATED, ESTIMATED, MEASURED, CORRECTED, SUSPECT]] = 1, 2, 3, 3, 3


@dataclass
class Readings:
    """Readings of one channel at one step, in any order, possibly twice.

    All arrays have shape (n,): `day` (number) and `slot` (interval of the day), `values` [milli-units], `quality`, `row` for
    messages, `inexact` where a difference of one milli-unit means nothing. `verdict` is filled in as it becomes known.
    """

    channel: int
    step: int
    day: NDArray[np.int32]
    slot: NDArray[np.int32]
    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    row: NDArray[np.int32]
    inexact: NDArray[np.bool_]
    verdict: NDArray[np.uint8]
    chosen: NDArray[np.intp] | slice
    cell: NDArray[np.intp] | None = None

    def choose(self) -> NDArray[np.intp]:
        """Decides which readings stand for their intervals; says which contradict each other (indices).

        Equal duplicates are one reading. Where the best evidence for an interval contradicts itself, none is chosen, in
        whatever order it came.
        """
        place = self.day.astype(np.int64) * 2048 + self.slot
        if (place[1:] > place[:-1]).all():
            full = bool((self.quality != MISSING).all())
            self.chosen = slice(None) if full else np.flatnonzero(self.quality != MISSING)
            return np.zeros(0, np.intp)
        return self._choose_among(place)

    def _choose_among(self, place: NDArray[np.int64]) -> NDArray[np.intp]:
        index = np.flatnonzero(self.quality != MISSING)
        rank = RANK[self.quality].astype(np.int8)
        order = index[np.lexsort((self.quality[index], self.values[index], -rank[index], place[index]))]
        new = np.ones(order.size, bool)
        new[1:] = place[order[1:]] != place[order[:-1]]
        group = np.cumsum(new) - 1
        first = np.flatnonzero(new)
        best = rank[order] == rank[order[first]][group]
        lowest = self.values[order[first]]
        highest = np.full(first.size, -1, np.int64)
        np.maximum.at(highest, group[best], self.values[order[best]])
        slack = np.zeros(first.size, np.int64)
        np.maximum.at(slack, group, self.inexact[order].astype(np.int64))
        torn = highest - lowest > slack
        self.verdict[order] = np.where(torn[group] & best, CONFLICT, SAME)
        self.chosen = order[first[~torn]]
        return np.asarray(order[torn[group] & best])


@dataclass(frozen=True)
class Offered:
    """The chosen readings of one step as day curves sorted by key; `slack[r]` is the difference that means nothing."""

    curves: DayCurves
    slack: NDArray[np.int32]


def arrange(readings: Sequence[Readings], zone: ZoneInfo) -> Offered:
    """The chosen readings, which have one step, laid out by day; each reading learns its `cell` in the flattened matrix."""
    step = readings[0].step
    channels, days, slacks, placed = [], [], [], []
    base = 0
    for one in sorted(readings, key=lambda each: each.channel):
        day = one.day[one.chosen]
        if day.size == 0:
            continue
        new = np.ones(day.size, bool)
        np.not_equal(day[1:], day[:-1], out=new[1:])
        line = np.cumsum(new)
        line += base - 1
        first = day[new]
        slack = np.zeros(first.size, np.int32)
        if one.inexact.any():
            np.maximum.at(slack, line - base, one.inexact[one.chosen].astype(np.int32))
        channels.append(np.full(first.size, one.channel, np.int64))
        days.append(first)
        slacks.append(slack)
        placed.append((one, line))
        base += first.size
    return _laid_out(step, channels, days, slacks, placed, zone)


def _laid_out(
    step: int,
    channels: list[NDArray[np.int64]],
    days: list[NDArray[np.int32]],
    slacks: list[NDArray[np.int32]],
    placed: list[tuple[Readings, NDArray[np.intp]]],
    zone: ZoneInfo,
) -> Offered:
    none = [np.zeros(0, np.int32)]
    day = np.concatenate(days or none)
    length = clock.minutes_in_days(zone, day) // step
    width = int(length.max()) if length.size else 0
    values = np.zeros((day.size, width), np.int32)
    quality = np.zeros((day.size, width), np.uint8)
    flat_values, flat_quality = values.reshape(-1), quality.reshape(-1)
    for one, line in placed:
        one.cell = line * width + one.slot[one.chosen]
        flat_values[one.cell] = one.values[one.chosen]
        flat_quality[one.cell] = one.quality[one.chosen]
    channel = np.concatenate(channels or [np.zeros(0, np.int64)])
    curves = DayCurves(step, channel, day, length, values, quality, np.zeros(day.size, np.int32))
    return Offered(curves, np.concatenate(slacks or none))


def tell(readings: Sequence[Readings], verdict: NDArray[np.uint8]) -> None:
    """Writes the verdict on each cell, shape (rows, width), back to the readings it came from."""
    flat = verdict.reshape(-1)
    for one in readings:
        if one.cell is not None:
            one.verdict[one.chosen] = flat[one.cell]
