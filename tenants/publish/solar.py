"""Self-used PV: generation less export, interval by interval. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.curves.codec import DayCurves, fitted
from tenants.curves.steps import coarsened
from tenants.flows import ESTIMATED, MISSING, SUSPECT
from tenants.publish.sums import DaySums, Ints, Life, Window, nothing


@dataclass(frozen=True)
class Stack:
    """Sums of several channels per interval of one step, shape (days, intervals); `complete`: every expected one is there."""

    values: Ints
    complete: NDArray[np.bool_]
    estimated: NDArray[np.bool_]
    suspect: NDArray[np.bool_]
    started: NDArray[np.bool_]


@dataclass(frozen=True)
class SelfUse:
    """Self-use per day, and the intervals in which export exceeds generation: (day number, step [min], slot, milli-kWh)."""

    sums: DaySums
    negative: list[tuple[int, int, int, int]]


def self_use(window: Window, generation: Sequence[Life], export: Sequence[Life], curves: Mapping[int, DayCurves]) -> SelfUse:
    """Self-used PV of each day. [milli-kWh]

    An interval counts where generation and export are both measured, with its sign: export above generation is not set to
    zero but listed. Where either is missing, self-use is missing.
    """
    sums, negative = nothing(window.days.size), []
    step_of = _common_step(window, [one.channel for one in (*generation, *export)], curves)
    for step in map(int, np.unique(step_of)):
        at = np.flatnonzero(step_of == step)
        part = Window(window.days[at], window.minutes[at], window.through)
        made, out = stack(part, step, generation, curves), stack(part, step, export, curves)
        both = made.complete & out.complete
        value = np.where(both, made.values - out.values, 0)
        estimated, suspect = made.estimated | out.estimated, made.suspect | out.suspect
        sums.quantity[at] = value.sum(axis=1)
        sums.measured[at] = np.where(estimated | suspect, 0, value).sum(axis=1)
        sums.estimated[at] = np.where(estimated & ~suspect, value, 0).sum(axis=1)
        expected = _expected(part, step, generation, made.started | out.started)
        sums.expected[at] = expected
        sums.missing[at] = np.maximum(expected - both.sum(axis=1) * step, 0)
        rows, slots = np.nonzero(value < 0)
        negative += [(int(part.days[r]), step, int(s), int(value[r, s])) for r, s in zip(rows, slots, strict=True)]
    return SelfUse(sums, sorted(negative))


def _common_step(window: Window, channels: Sequence[int], curves: Mapping[int, DayCurves]) -> NDArray[np.int64]:
    """The coarsest step on each day, so that all intervals of the day can be compared."""
    steps = np.zeros(window.days.size, np.int64)
    for step, stored in curves.items():
        _, at = window.rows(stored, channels)
        steps[at] = np.maximum(steps[at], step)
    steps[steps == 0] = 60
    return steps


def stack(window: Window, step: int, lives: Sequence[Life], curves: Mapping[int, DayCurves]) -> Stack:
    """The channels' intervals of one step added up; finer ones are summed first, coarser ones left out."""
    shape = (window.days.size, -(-int(window.minutes.max()) // step))
    values, present = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    estimated, suspect = np.zeros(shape, bool), np.zeros(shape, bool)
    needed = np.array([one.expected(window.days, window.through) for one in lives]).reshape(len(lives), shape[0])
    index = {one.channel: i for i, one in enumerate(lives)}
    for finer, stored in curves.items():
        rows, at = window.rows(stored, list(index))
        if step % finer or len(rows) == 0:
            continue
        ratio = step // finer
        fine, codes = fitted(rows.values, shape[1] * ratio), fitted(rows.quality, shape[1] * ratio)
        value, quality = coarsened(fine.astype(np.int64), codes, ratio)
        np.add.at(values, at, value)
        np.add.at(present, at, quality != MISSING)
        np.logical_or.at(estimated, at, quality == ESTIMATED)
        np.logical_or.at(suspect, at, quality == SUSPECT)
        needed[[index[int(one)] for one in rows.channel], at] = True
    slots = np.arange(shape[1])[None, :] * step < window.minutes[:, None]
    want = needed.sum(axis=0)[:, None]
    return Stack(values, slots & (want > 0) & (present >= want), estimated, suspect, present > 0)


def _expected(window: Window, step: int, lives: Sequence[Life], started: NDArray[np.bool_]) -> Ints:
    """Minutes of each day that should have self-use: the whole day, or as far as a running day has got."""
    due = np.any([one.expected(window.days, window.through) for one in lives], axis=0)
    filled = started.any(axis=1)
    reached = np.where(filled, started.shape[1] - np.argmax(started[:, ::-1], axis=1), 0) * step
    return np.where(due, window.minutes, np.minimum(reached, window.minutes)).astype(np.int64)
