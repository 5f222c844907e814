"""What a rule looks at: one channel's intervals on consecutive local days; and what it finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenants.flows import CORRECTED, MEASURED, MISSING

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Found:
    """One finding: from `start` to `end` [UTC seconds], the `energy` at stake [milli-units], the places of its sentence."""

    rule: str
    start: int
    end: int
    energy: int
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class History:
    """Intervals of one channel, shape (days, intervals); `length[d]` of them belong to day d, what lies beyond is empty.

    `day` (number) and `begins` (UTC seconds of midnight), shape (days,), ascending without holes; `kind` tells days that
    compare from those that do not (0 workday, 1 day off); `due` where a value is expected; `values` [milli-units].
    """

    day: NDArray[np.int32]
    begins: NDArray[np.int64]
    length: NDArray[np.int32]
    kind: NDArray[np.int8]
    step: int
    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    due: Flags

    @cached_property
    def inside(self) -> Flags:
        """Which cells are intervals of their day."""
        return np.asarray(np.arange(self.values.shape[1])[None, :] < self.length[:, None])

    @cached_property
    def measured(self) -> Flags:
        """Where a meter stands behind the value: not an estimate, nor a share of a coarser one."""
        return np.asarray(np.isin(self.quality, (MEASURED, CORRECTED)) & self.inside)

    @cached_property
    def known(self) -> NDArray[np.float64]:
        """The measured values, NaN elsewhere. [milli-units]"""
        return np.where(self.measured, self.values, np.nan)

    @cached_property
    def missing(self) -> Flags:
        """Where a value is expected and none is there."""
        return np.asarray(self.due & self.inside & (self.quality == MISSING))

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """When each interval begins [UTC seconds], in order of time, shape (n,)."""
        slots = np.arange(self.values.shape[1], dtype=np.int64) * 60 * self.step
        return np.asarray((self.begins[:, None] + slots)[self.inside])

    @property
    def seconds(self) -> int:
        """The length of an interval."""
        return 60 * self.step

    def line(self, cells: NDArray[Any]) -> NDArray[Any]:
        """The cells in order of time, shape (n,)."""
        return np.asarray(cells[self.inside])

    def found(self, rule: str, first: int, end: int, energy: float, **facts: Any) -> Found:
        """A finding about the intervals `first` to `end` (excluded) of the line."""
        return Found(
            rule, int(self.starts[first]), int(self.starts[end - 1]) + self.seconds, round(energy), {"step": self.step, **facts}
        )


def runs(flags: Flags) -> list[tuple[int, int]]:
    """Half-open index ranges in which the flags are set."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=np.int8(0), append=np.int8(0)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def joined(ranges: list[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    """The ranges in order, those no more than `gap` apart made one."""
    made: list[tuple[int, int]] = []
    for first, end in ranges:
        if made and first - made[-1][1] <= gap:
            made[-1] = (made[-1][0], end)
        else:
            made.append((first, end))
    return made


def years(day: NDArray[np.int32]) -> NDArray[np.int64]:
    """The calendar year of each day number."""
    return np.asarray(day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64))


def cut(ranges: list[tuple[int, int]], keys: NDArray[np.int64]) -> list[tuple[int, int]]:
    """The ranges, parted where the key of their places changes: what lasts for years is one finding a year."""
    made = []
    for first, end in ranges:
        edges = [first, *(first + 1 + np.flatnonzero(np.diff(keys[first:end]))).tolist(), end]
        made += list(pairwise(edges))
    return made
