"""What the gate answers: how many rows were taken, which were not and why, what contradicts what is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants.curves.offer import CONFLICT, REPLACED, SAME, TAKEN
from tenants.ingest.series import Reject

MOST_LISTED = 1_000  # of rejects and of conflicts; all are counted


@dataclass(frozen=True)
class Conflict:
    """A value that was not applied because another is there; `kept` None: two rows of the submission contradict each other."""

    meter: str
    flow: str
    unit: str
    start: dt.datetime
    step_minutes: int
    offered: Decimal
    kept: Decimal | None


@dataclass(frozen=True)
class MeterSummary:
    """What a submission holds for one flow of one meter. `first` and `last` are interval starts; `missing` lie between them."""

    name: str
    flow: str
    unit: str
    total: Decimal
    first: dt.datetime
    last: dt.datetime
    missing: int
    intervals: int
    step_minutes: int
    new: bool


@dataclass(frozen=True)
class Receipt:
    """The answer to one submission, counted in its rows. `batch` is None when there was nothing to write."""

    rows: int
    accepted: int
    unchanged: int
    conflicting: int
    refused: int
    conflicts: list[Conflict] = field(default_factory=list)
    rejected: list[Reject] = field(default_factory=list)
    meters: list[MeterSummary] = field(default_factory=list)
    batch: UUID | None = None

    def as_json(self) -> dict[str, Any]:
        """The receipt for JSON: numbers as strings, instants in ISO 8601. Rejects are left to the edge, which has the words."""
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "unchanged": self.unchanged,
            "conflicting": self.conflicting,
            "conflicts": [
                {"meter": one.meter, "flow": one.flow, "start": one.start.isoformat(), "step_minutes": one.step_minutes,
                 "offered": str(one.offered), "kept": None if one.kept is None else str(one.kept), "unit": one.unit}
                for one in self.conflicts
            ],
            "meters": [
                {"name": one.name, "flow": one.flow, "unit": one.unit, "total": str(one.total), "first": one.first.isoformat(),
                 "last": one.last.isoformat(), "missing": one.missing, "intervals": one.intervals,
                 "step_minutes": one.step_minutes, "new": one.new}
                for one in self.meters
            ],
            "batch": None if self.batch is None else str(self.batch),
        }  # fmt: skip


@dataclass
class Rejects:
    """Rows that cannot be taken: all counted, the first of them listed with their reasons."""

    listed: list[Reject] = field(default_factory=list)
    rows: list[NDArray[np.int32]] = field(default_factory=list)

    def add(self, rows: NDArray[np.int32], reason: str, remedy: str, facts: Callable[[int], dict[str, Any]]) -> None:
        """Refuses these rows; `facts(i)` gives the places of the i-th one's reason."""
        self.rows.append(rows)
        self.listed += [Reject(int(rows[i]), reason, remedy, facts(i)) for i in range(min(rows.size, MOST_LISTED))]

    def add_all(self, rows: NDArray[np.int32], reason: str, remedy: str, **facts: Any) -> None:
        """Refuses these rows for one reason, which is listed once."""
        self.rows.append(rows)
        self.listed.append(Reject(int(rows[0]) if rows.size else 0, reason, remedy, facts))

    def sorted(self) -> list[Reject]:
        """The listed rejects in the order of their rows."""
        return sorted(self.listed, key=lambda one: (one.row, one.reason))[:MOST_LISTED]


@dataclass(frozen=True)
class Tally:
    """Numbers of distinct rows."""

    rows: int
    accepted: int
    unchanged: int
    conflicting: int
    refused: int


def tally(readings: Iterable[tuple[NDArray[np.int32], NDArray[np.uint8]]], refused: Iterable[NDArray[np.int32]]) -> Tally:
    """The rows by what became of them: a row from which anything was taken is accepted, whatever else it holds."""
    told, gone = list(readings), list(refused)
    rows = np.concatenate([np.zeros(0, np.int32), *(rows for rows, _ in told)])
    verdict = np.concatenate([np.zeros(0, np.uint8), *(verdict for _, verdict in told)])
    lost = np.concatenate([np.zeros(0, np.int32), *gone])
    size = 1 + max(int(rows.max(initial=0)), int(lost.max(initial=0)))
    every, taken, same, torn, out = np.zeros((5, size), bool)
    every[rows], out[lost] = True, True
    for flags, codes in ((taken, (TAKEN, REPLACED)), (same, (SAME,)), (torn, (CONFLICT,))):
        for code in codes:
            hit = verdict == code
            flags[rows if hit.all() else rows[hit]] = True
    return Tally(
        int((every | out).sum()), int(taken.sum()), int((same & ~taken & ~torn).sum()), int((torn & ~taken).sum()), int(out.sum())
    )
