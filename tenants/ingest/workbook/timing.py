"""Which interval each row means: the step of each meter, the edge that its stamps name, the instant of its start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.receipt import Rejects
from tenants.ingest.workbook.endings import Ending, FileOrder, judge
from tenants.ingest.workbook.moments import CHECK_ZONE, SKIPPED, Moments, placed
from tenants.ingest.workbook.places import Places, Positions, Rows, by_file, by_time, second_occurrences, steps
from tenants.ingest.workbook.refusals import OneReading, UnknownStep
from tenants.ingest.workbook.result import Hints, Marks

STEPS = (1, 5, 15, 30, 60)  # minutes, those that curves are kept in
_FEW = 6  # rows of a meter from which its own step is believed


@dataclass(frozen=True)
class Clockwork:
    """Rows and the moments their stamps name. `texts` are the stamps as written. `step_s` and `ending` are given where the
    titles of columns name the times of the day; `marks` is what the title of the time column says."""

    rows: Rows
    moments: Moments
    texts: Sequence[str]
    zone: ZoneInfo
    hints: Hints
    marks: Marks | None = None
    step_s: int | None = None
    ending: Ending | None = None


@dataclass(frozen=True)
class Timed:
    """Rows with instants, in the order of time; `steps` [min] by owner; `usable` says of each moment that it exists."""

    rows: Rows
    moments: Moments
    places: Places
    steps: list[int]
    ending: Ending | None
    usable: NDArray[np.bool_]

    def of(self, group: int) -> Positions:
        """Positions of one owner's rows in the order of time."""
        at = self.places.of(group)
        if self.usable.all():
            return at
        every = np.arange(at.start, at.stop) if isinstance(at, slice) else at
        return every[self.usable[self.rows.stamp[every]]]


def in_time(rows: Rows, meters: Sequence[str], work: Clockwork, rejects: Rejects) -> Timed:
    """The rows in time.

    Raises:
        UnknownStep, OneReading: the length of intervals cannot be told.
    """
    groups = len(meters)
    places = by_time(rows, work.moments.local, groups)
    usual, found = _steps(rows, meters, work, places)
    ending = work.ending or judge(_in_file_order(rows, groups, usual, work), work.hints, work.marks)
    moments = placed(work.moments, work.zone, work.ending is None and ending.midnight == "same_date")
    usable = _usable(moments)
    if not usable.all():
        _refuse_skipped(rows, usable, work, rejects)
    if moments.double:
        rows, moments, usable = _twice(rows, groups, moments, usable)
    if _reordered(work.moments, moments):
        places = by_time(rows, moments.utc, groups)
    return Timed(rows, moments, places, [step // 60 for step in found], ending, usable)


def at_moments(rows: Rows, meters: Sequence[str], work: Clockwork, rejects: Rejects) -> Timed:
    """The rows in time, where each holds at its moment and not for an interval: any times may follow one another."""
    moments = placed(work.moments, work.zone, work.hints.midnight == "same_date")
    usable = _usable(moments)
    if not usable.all():
        _refuse_skipped(rows, usable, work, rejects)
    if moments.double:
        rows, moments, usable = _twice(rows, len(meters), moments, usable)
    return Timed(rows, moments, by_time(rows, moments.utc, len(meters)), [0] * len(meters), None, usable)


def _usable(moments: Moments) -> NDArray[np.bool_]:
    """Times that clocks do not skip."""
    if SKIPPED not in moments.fault:
        return np.ones(len(moments.fault), bool)
    return np.array([fault != SKIPPED for fault in moments.fault], bool)


def _reordered(before: Moments, after: Moments) -> bool:
    """Whether the order of instants may differ from that of the local times as written."""
    if before.local.size != after.local.size or not np.array_equal(before.local, after.local):
        return True
    by_local = np.argsort(after.local, kind="stable")
    return bool((np.diff(after.utc[by_local]) <= 0).any())


def _steps(rows: Rows, meters: Sequence[str], work: Clockwork, places: Places) -> tuple[int, list[int]]:
    """The usual step [s], that of the meter with the most rows, and each meter's. A meter with few rows, or only now and
    then one, has the usual step.

    Raises:
        OneReading, UnknownStep.
    """
    said = work.step_s or 60 * (work.hints.step_minutes or 0)
    if said:
        return said, [said] * len(meters)
    found = steps(places, rows, work.moments.local)
    sizes = np.diff(places.bounds)
    largest = max(range(len(meters)), key=lambda group: int(sizes[group])) if meters else None
    usual = found[largest] if largest is not None else None
    if usual is None:
        raise OneReading(meter=meters[0] if meters else "", row=int(rows.row.min()) if rows.row.size else 0)
    if not _supported(usual):
        raise UnknownStep(meter=meters[largest or 0], minutes=f"{usual / 60:g}")
    chosen = [usual if step is None or (sizes[i] < _FEW and step % usual == 0) else step for i, step in enumerate(found)]
    for group, step in enumerate(chosen):
        if not _supported(step):
            if step % usual:
                raise UnknownStep(meter=meters[group], minutes=f"{step / 60:g}")
            chosen[group] = usual
    return usual, chosen


def _supported(step_s: int) -> bool:
    return step_s % 60 == 0 and step_s // 60 in STEPS


def _in_file_order(rows: Rows, groups: int, step_s: int, work: Clockwork) -> FileOrder:
    """The local times as the file orders them."""
    local = work.moments.local
    places = by_file(rows, local, groups)
    first = np.zeros(rows.stamp.size, bool)
    first[places.bounds[:-1][np.diff(places.bounds) > 0]] = True
    moments = work.moments
    return FileOrder(places.apply(local[rows.stamp]), first, step_s, bool(moments.at_24.any()), bool(moments.ranged.any()))


def _refuse_skipped(rows: Rows, usable: NDArray[np.bool_], work: Clockwork, rejects: Rejects) -> None:
    """Refuses rows whose local time does not exist."""
    bad = np.flatnonzero(~usable[rows.stamp])
    _, first = np.unique(rows.row[bad], return_index=True)  # a row of a whole day is listed once
    bad = bad[first]
    rejects.add(rows.row[bad], SKIPPED, CHECK_ZONE, lambda i: {"text": work.texts[rows.stamp[bad[i]]]})


def _twice(
    rows: Rows, groups: int, moments: Moments, usable: NDArray[np.bool_]
) -> tuple[Rows, Moments, NDArray[np.bool_]]:  # fmt: skip
    """Rows of an hour that clocks show twice: each meter's second row of one time is the second hour's."""
    again = second_occurrences(rows, moments.again != moments.utc, by_file(rows, moments.local, groups))
    count = moments.local.size
    stamp = np.where(again, rows.stamp + count, rows.stamp).astype(np.int32)
    doubled = replace(
        moments, local=np.tile(moments.local, 2), utc=np.concatenate([moments.utc, moments.again]),
        again=np.tile(moments.again, 2), at_24=np.tile(moments.at_24, 2), with_offset=np.tile(moments.with_offset, 2),
        ranged=np.tile(moments.ranged, 2), fault=moments.fault * 2,
    )  # fmt: skip
    return Rows(stamp, rows.group, rows.row), doubled, np.tile(usable, 2)
