"""Rows in the order of meter and time, a million in 15 ms: radix sort on 16-bit digits of small whole numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.workbook.stamps import Ints

_DIGIT = 1 << 16


@dataclass(frozen=True)
class Rows:
    """Rows of data, shape (n,): `stamp` the number of its moment, `group` the number of its meter, `row` in the file."""

    stamp: NDArray[np.int32]
    group: NDArray[np.int32]
    row: NDArray[np.int32]

    def only(self, keep: NDArray[np.bool_]) -> Rows:
        """The rows marked in `keep`."""
        return self if keep.all() else Rows(self.stamp[keep], self.group[keep], self.row[keep])


@dataclass(frozen=True)
class Places:
    """An order of rows: `order[bounds[g]:bounds[g + 1]]` are the positions of group g's rows, by ascending key."""

    order: NDArray[np.intp]
    bounds: NDArray[np.intp]

    def of(self, group: int) -> NDArray[np.intp]:
        """Positions of one group's rows."""
        return self.order[self.bounds[group] : self.bounds[group + 1]]


def by_time(rows: Rows, key: Ints, groups: int) -> Places:
    """The rows by group and then by `key` of their moment; equal ones stay in the order of the file."""
    distinct, rank = np.unique(key, return_inverse=True)
    return _sorted(rank.astype(np.int32).ravel()[rows.stamp], len(distinct), rows.group, groups)


def by_file(rows: Rows, key: Ints, groups: int) -> Places:
    """The rows by group, each group's in the order of the file, turned round where time runs backwards in it."""
    places = _sorted(np.zeros(rows.group.size, np.int32), 1, rows.group, groups)
    order = places.order.copy()
    times = key[rows.stamp][order]
    for group in range(groups):
        here = slice(places.bounds[group], places.bounds[group + 1])
        changes = np.sign(np.diff(times[here]))
        if changes.sum() < 0:
            order[here] = order[here][::-1]
    return Places(order, places.bounds)


def _sorted(rank: NDArray[np.int32], ranks: int, group: NDArray[np.int32], groups: int) -> Places:
    """Least significant digit first; numpy sorts 16-bit numbers by counting."""
    order: NDArray[np.intp] | None = None
    for key, size in ((rank, ranks), (group, groups)):
        for shift in range(0, max(1, (size - 1).bit_length()), 16):
            if size <= 1:
                continue
            digit = ((key >> shift) % _DIGIT).astype(np.uint16)
            if order is None:
                order = np.argsort(digit, kind="stable")
            else:
                order = order[np.argsort(digit[order], kind="stable")]
    bounds = np.zeros(groups + 1, np.intp)
    np.cumsum(np.bincount(group, minlength=groups), out=bounds[1:])
    return Places(np.arange(rank.size) if order is None else order, bounds)


def steps(places: Places, rows: Rows, key: Ints) -> list[int | None]:
    """The usual distance [s] between one group's times, by group; None where a group has one time only."""
    times = key[rows.stamp][places.order]
    found: list[int | None] = []
    for low, high in zip(places.bounds[:-1], places.bounds[1:], strict=True):
        distances = np.diff(times[low:high])
        distances = distances[distances > 0]
        found.append(int(np.sort(distances)[(distances.size - 1) // 2]) if distances.size else None)
    return found


def second_occurrences(rows: Rows, double: NDArray[np.bool_], places: Places) -> NDArray[np.bool_]:
    """Rows whose local time clocks show twice and whose meter had it before, in the order of time within the file."""
    again = np.zeros(rows.stamp.size, bool)
    at = places.order[double[rows.stamp[places.order]]]
    seen: set[tuple[int, int]] = set()
    for position in at.tolist():
        mark = (int(rows.group[position]), int(rows.stamp[position]))
        again[position] = mark in seen
        seen.add(mark)
    return again
