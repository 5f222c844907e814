"""Load curves for reading: one channel or the sum of several, at any step, with what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.curves.codec import DayCurves, fitted
from tenants.curves.steps import coarsened, spread, worst
from tenants.curves.store import read_range
from tenants.db import TenantSession
from tenants.errors import InvalidInput
from tenants.flows import ESTIMATED, MEASURED, MISSING
from tenants.topology import Channel

By = Literal["interval", "hour", "day", "month", "year"]
BY: tuple[By, ...] = ("interval", "hour", "day", "month", "year")


@dataclass(frozen=True)
class CurveBlock:
    """Intervals of some consecutive local days at one step, of one channel or of the sum of several.

    `days` (datetime64[D]) and `midnights` (UTC seconds), shape (days,); `values` [milli-units] and `quality`, shape
    (days, intervals); `length[d]` intervals belong to day d, what lies beyond is empty. `present` and `due` count the channels
    that have and should have a value, `guessed` those whose value is an estimate; while one is missing, the quality is missing
    and the value the sum of the others.
    """

    days: NDArray[np.datetime64]
    midnights: NDArray[np.int64]
    length: NDArray[np.int32]
    step: int
    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    present: NDArray[np.int64]
    due: NDArray[np.int64]
    guessed: NDArray[np.int64]


@dataclass(frozen=True)
class Points:
    """Sums per interval, hour, day, month or year.

    `start` [UTC seconds], `values` [milli-units], `present`, of it `guessed`, and `expected` [min, summed over channels], all of
    shape (n,).
    """

    start: NDArray[np.int64]
    values: NDArray[np.int64]
    present: NDArray[np.int64]
    expected: NDArray[np.int64]
    guessed: NDArray[np.int64]

    @property
    def completeness(self) -> NDArray[np.float64]:
        """Share of the expected time that has values, 0 to 1; 0 where nothing is expected."""
        return self._share(self.present)

    @property
    def estimated(self) -> NDArray[np.float64]:
        """Share of the expected time whose values are estimates, 0 to 1; part of the completeness."""
        return self._share(self.guessed)

    def _share(self, minutes: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray(np.divide(minutes, self.expected, out=np.zeros(minutes.size), where=self.expected > 0))


def read(
    session: TenantSession, channels: Channel | Sequence[Channel], first_day: dt.date, last_day: dt.date, *, at_least: int = 1
) -> CurveBlock:
    """The intervals of the local days `first_day` to `last_day`, of one channel or of the sum of several.

    The step is the finest on any of these days; a coarser day is shared out evenly over it. Values are expected from the
    channel's first data to yesterday.

    Args:
        at_least: minutes; days of a finer step are summed up to it.
    Raises:
        InvalidInput: the last day lies before the first.
    """
    if last_day < first_day:
        raise InvalidInput(field="to", reason="{end} is before {start}", remedy="Give the later day last.", start=first_day,
                           end=last_day)  # fmt: skip
    several = [channels] if isinstance(channels, Channel) else list(channels)
    first, last = clock.number_of(first_day), clock.number_of(last_day)
    stored = read_range(session, [one.id for one in several], first, last)
    numbers = np.arange(first, last + 1, dtype=np.int32)
    midnights = clock.midnights(session.zone, first, last)
    step = max(min(stored, default=60), at_least)
    length = (np.diff(midnights) // (60 * step)).astype(np.int32)
    inside = np.arange(int(length.max()))[None, :] < length[:, None]
    values, quality = np.zeros(inside.shape, np.int64), np.full((len(several), *inside.shape), MISSING, np.uint8)
    for rows in stored.values():
        _add(rows, step, [one.id for one in several], first, values, quality)
    today = clock.number_of(clock.today(session.zone))
    owed = np.array([_owed(one, numbers, today) for one in several], bool).reshape(len(several), numbers.size)
    there = quality != MISSING
    due = np.where(inside, owed[:, :, None] | there, False)
    kinds = worst(np.moveaxis(np.where(due, quality, MEASURED), 0, -1)) if several else np.full(inside.shape, MISSING, np.uint8)
    kinds[~due.any(axis=0)] = MISSING
    days = numbers.astype("datetime64[D]")
    return CurveBlock(
        days, midnights[:-1], length, step, values, kinds, there.sum(axis=0), due.sum(axis=0), (quality == ESTIMATED).sum(axis=0)
    )


def _owed(channel: Channel, days: NDArray[np.int32], today: int) -> NDArray[np.bool_]:
    """The days before today on which the channel should have values, shape (days,)."""
    if channel.since is None:
        return np.zeros(days.size, bool)
    due = (days >= clock.number_of(channel.since)) & (days < today)
    return due if channel.until is None else due & (days < clock.number_of(channel.until))


def _add(rows: DayCurves, step: int, ids: list[int], first: int, values: NDArray[np.int64], quality: NDArray[np.uint8]) -> None:
    """Adds stored rows into the matrices at the block's step."""
    if rows.step < step:
        ratio = step // rows.step
        width = -(-rows.values.shape[1] // ratio) * ratio
        fine, kinds = coarsened(fitted(rows.values.astype(np.int64), width), fitted(rows.quality, width), ratio)
    else:
        fine, kinds = spread(rows.values.astype(np.int64), rows.quality, rows.step // step)
    day = rows.day - first
    place = np.array([ids.index(int(one)) for one in rows.channel], np.intp)
    np.add.at(values, day, fitted(fine, values.shape[1]))
    quality[place, day] = fitted(kinds, values.shape[1])


def resample(block: CurveBlock, by: By) -> Points:
    """The block's sums per interval, hour, day, month or year, in order; empty ends of the range are left out.

    Raises:
        InvalidInput: an unknown `by`, or hours of a step that is longer.
    """
    if by not in BY:
        raise InvalidInput(
            field="by", reason="{given} is no way to sum", remedy="One of: {choices}", given=by, choices=" ".join(BY)
        )
    if by in ("interval", "hour"):
        return _within_days(block, 1 if by == "interval" else 60 // block.step)
    unit = {"day": "datetime64[D]", "month": "datetime64[M]", "year": "datetime64[Y]"}[by]
    bucket = block.days.astype(unit)
    new = np.flatnonzero(np.append(True, bucket[1:] != bucket[:-1]))
    sums = [np.add.reduceat(each.sum(axis=1), new) for each in (block.values, block.present, block.due, block.guessed)]
    return _trimmed(Points(block.midnights[new], sums[0], *(each * block.step for each in sums[1:])))


def _within_days(block: CurveBlock, ratio: int) -> Points:
    """Sums of `ratio` intervals each; the last hour of a day that is no whole number of hours is a short one."""
    width = -(-block.values.shape[1] // ratio) * ratio
    shape = (block.values.shape[0], width // ratio, ratio)
    matrices = (block.values, block.present, block.due, block.guessed)
    values, present, due, guessed = (fitted(each, width).reshape(shape).sum(axis=2) for each in matrices)
    inside = np.arange(shape[1])[None, :] * ratio < block.length[:, None]
    start = block.midnights[:, None] + np.arange(shape[1])[None, :] * (60 * block.step * ratio)
    minutes = (each[inside] * block.step for each in (present, due, guessed))
    return _trimmed(Points(start[inside], values[inside], *minutes))


def _trimmed(points: Points) -> Points:
    wanted = np.flatnonzero(points.expected > 0)
    if wanted.size == 0:
        return Points(*(np.zeros(0, np.int64) for _ in range(5)))
    span = slice(wanted[0], wanted[-1] + 1)
    return Points(points.start[span], points.values[span], points.present[span], points.expected[span], points.guessed[span])
