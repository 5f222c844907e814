"""Readings of many registers in one sequence: in order of their true time, with what events say a dial showed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.calc.registers.dial import ClockOff, Dial

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Readings:
    """Readings of several registers, sorted by `line` (which register, from 0), then `at`; shape (n,) each.

    `at` [UTC seconds, as the meter's clock says], `value` [milli-units at the dial]. No moment twice in a line.
    """

    line: Ints
    at: Ints
    value: Ints

    def __len__(self) -> int:
        return int(self.line.size)


@dataclass(frozen=True)
class Course:
    """Readings in order of true time, cut into pieces: the readings of one dial between two exchanges.

    Arrays of shape (n,): `line`, `piece` (ascending), `at` [UTC seconds, true], `value` [milli-units], `origin` (index among the
    readings, -1 for what an event says), `first` (a piece begins here), `known` (its piece begins with an exchange).
    `doubled`: readings (indices) whose moment another one has already.
    """

    line: Ints
    piece: Ints
    at: Ints
    value: Ints
    origin: Ints
    first: Flags
    known: Flags
    doubled: Ints

    def __len__(self) -> int:
        return int(self.at.size)


def arranged(readings: Readings, dials: Sequence[Dial]) -> Course:
    """The readings with the clock's errors taken out and with the final and initial readings of exchanges."""
    special = [i for i, dial in enumerate(dials) if dial.clocks or dial.exchanges]
    count = len(readings)
    if not special:
        first = np.ones(count, bool)
        first[1:] = readings.line[1:] != readings.line[:-1]
        none = np.zeros(count, bool)
        return Course(readings.line, np.cumsum(first) - 1, readings.at, readings.value, np.arange(count), first, none,
                         np.zeros(0, np.int64))  # fmt: skip
    bounds = np.searchsorted(readings.line, np.arange(len(dials) + 1))
    parts, doubled = [], []
    for i, dial in enumerate(dials):
        own = np.arange(bounds[i], bounds[i + 1])
        part, twice = _one(readings, own, dial) if i in special else (_plain(readings, own), own[:0])
        parts.append(part)
        doubled.append(twice)
    return _joined(parts, np.concatenate(doubled))


_Part = tuple[Ints, Ints, Ints, Ints, Ints]  # line, true time, value, origin, number of the exchange before it


def _plain(readings: Readings, own: Ints) -> _Part:
    return readings.line[own], readings.at[own], readings.value[own], own, np.zeros(own.size, np.int64)


def corrected(at: Ints, clocks: Sequence[ClockOff]) -> Ints:
    """The true times of what a faulty clock stamped."""
    true = at.copy()
    for one in clocks:
        true[(at >= one.start) & (at < one.end)] -= one.ahead
    return true


def _one(readings: Readings, own: Ints, dial: Dial) -> tuple[_Part, Ints]:
    """One register's part of the sequence, and the readings that stand aside because their moment is taken."""
    at, value = corrected(readings.at[own], dial.clocks), readings.value[own]
    cuts = np.array([one.at for one in dial.exchanges], np.int64)
    # What an event says comes before a reading of the same moment, which then says nothing new.
    said = [(one.at, one.initial, i + 1, 0) for i, one in enumerate(dial.exchanges)]
    said += [(one.at, one.final, i, 0) for i, one in enumerate(dial.exchanges) if one.final is not None]
    events = np.array(said, np.int64).reshape(len(said), 4)
    times = np.concatenate([events[:, 0], at])
    values = np.concatenate([events[:, 1], value])
    piece = np.concatenate([events[:, 2], np.searchsorted(cuts, at, side="right")])
    origin = np.concatenate([np.full(len(said), -1, np.int64), own])
    order = np.lexsort((origin, times, piece))
    times, values, piece, origin = times[order], values[order], piece[order], origin[order]
    twice = np.zeros(times.size, bool)
    twice[1:] = (times[1:] == times[:-1]) & (piece[1:] == piece[:-1])
    keep = ~twice
    line = np.full(int(keep.sum()), int(readings.line[own[0]]) if own.size else 0, np.int64)
    return (line, times[keep], values[keep], origin[keep], piece[keep]), origin[twice]


def _joined(parts: list[_Part], doubled: Ints) -> Course:
    line, at, value, origin, number = (np.concatenate([part[i] for part in parts]) for i in range(5))
    first = np.ones(line.size, bool)
    first[1:] = (line[1:] != line[:-1]) | (number[1:] != number[:-1])
    return Course(line, np.cumsum(first) - 1, at, value, origin, first, number > 0, doubled)
