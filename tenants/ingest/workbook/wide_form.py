"""Tables with one row for each day (and meter) and one column for each interval of it."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.workbook.endings import Ending
from tenants.ingest.workbook.layout import Table, clock_label
from tenants.ingest.workbook.moments import Moments
from tenants.ingest.workbook.places import Rows
from tenants.ingest.workbook.refusals import OneTooMany
from tenants.ingest.workbook.result import Hints, message
from tenants.ingest.workbook.stamps import DAY_S
from tenants.ingest.workbook.timing import STEPS

_FEWEST = 12  # times of day among the titles before they are taken for the columns of a day
_COUNTS = {24: 60, 48: 30, 96: 15, 288: 5, 1440: 1}
_HHMM = re.compile(r"^([01]\d|2[0-4])([0-5]\d)$")
_HOURS = re.compile(r"^(\d{1,2})\s*[-~～—–至到]\s*(\d{1,2})\s*[时点h]?$")
_ORDINAL = re.compile(r"^(?:[a-zA-Z]{1,4}|第|点)?\s*(\d{1,4})\s*(?:点|时|h|次)?$")


@dataclass(frozen=True)
class Day:
    """The columns of a day: `columns` their indices, `at` the second of the day that each names, in the same order, `step_s`."""

    columns: list[int]
    at: list[int]
    step_s: int
    ending: Ending


def find_day(table: Table, hints: Hints) -> Day | None:
    """The columns of a day when the titles name them, else None."""
    labels = [(i, found) for i, text in enumerate(table.headers) if text and (found := clock_label(text))]
    labels = labels or _digits(table)
    if len(labels) >= _FEWEST:
        return _by_clock(labels, hints)
    return _by_number(table, hints)


def _digits(table: Table) -> list[tuple[int, tuple[int, bool]]]:
    """Columns named 0000 to 2345, 0015 to 2400 or 0-1 to 23-24; none where they are not a whole day."""
    hours = [(i, (int(one[1]) * 3600, True)) for i, text in enumerate(table.headers)
             if (one := _HOURS.match(text)) and int(one[2]) == int(one[1]) + 1]  # fmt: skip
    if len(hours) == 24:
        return hours
    found = [(i, 60 * int(one[1]) + int(one[2])) for i, text in enumerate(table.headers) if (one := _HHMM.match(text))]
    steps = {after - before for (_, before), (_, after) in itertools.pairwise(found)}
    whole = len(steps) == 1 and _COUNTS.get(len(found)) == next(iter(steps))
    return [(i, (60 * minute, False)) for i, minute in found] if whole else []


def _by_clock(labels: list[tuple[int, tuple[int, bool]]], hints: Hints) -> Day | None:
    """Columns named by times of day. 00:00 after the others is the day's end.

    Raises:
        OneTooMany: 97 instants are not 96 intervals.
    """
    columns = [i for i, _ in labels]
    at = [second for _, (second, _) in labels]
    ranged = all(is_range for _, (_, is_range) in labels)
    moved = at[-1] == 0 and len(at) > 1
    if moved:
        at[-1] = DAY_S
    steps = {after - before for before, after in itertools.pairwise(at)}
    if len(steps) != 1 or (step := steps.pop()) <= 0 or step % 60 or step // 60 not in STEPS:
        return None
    if at[0] == 0 and at[-1] == DAY_S and not ranged:
        raise OneTooMany(count=len(at))
    if moved:
        ending = Ending("interval_end", "same_date", message("the titles end with 00:00, the end of the day"))
    elif at[-1] == DAY_S:
        ending = Ending("interval_end", "24:00", message("the titles end with 24:00, the end of the day"))
    elif ranged or at[0] == 0:
        ending = Ending("interval_start", None, message("the titles begin with 00:00, the start of the day"))
    else:
        ending = Ending("interval_start", None, message("nothing in the file tells"), open=True)
    return Day(columns, at, step, _said(ending, hints))


def _by_number(table: Table, hints: Hints) -> Day | None:
    """Columns named by their number, 1 to 96 or 0 to 23."""
    numbered = [(i, int(found[1])) for i, text in enumerate(table.headers) if text and (found := _ORDINAL.match(text))]
    runs = [(i, number) for i, number in numbered if i not in table.dates]
    for first in (0, 1):
        at = next((k for k, (_, number) in enumerate(runs) if number == first), None)
        if at is None:
            continue
        run = runs[at:]
        length = next((k for k, (_, number) in enumerate(run) if number != first + k), len(run))
        if length in _COUNTS:
            step = 60 * _COUNTS[length]
            ending = Ending("interval_start", None, message("the columns are numbered through the day"))
            return Day([i for i, _ in run[:length]], [step * k for k in range(length)], step, ending)
    return None


def _said(ending: Ending, hints: Hints) -> Ending:
    if hints.marks is None or hints.marks == ending.marks:
        return ending
    return replace(ending, marks=hints.marks, midnight=None, why=message("as you said"), open=False)


def spread(
    stamp: NDArray[np.int32], group: NDArray[np.int32], row: NDArray[np.int32], days: Moments, day: Day
) -> tuple[Rows, Moments]:
    """One row for each interval: rows times columns, and the moments of all distinct days times columns."""
    width = len(day.columns)
    at = np.array(day.at, np.int64)
    local = (days.local[:, None] + at).ravel()
    moments = replace(
        days, local=local, utc=local, again=local, at_24=np.zeros(local.size, bool), with_offset=np.zeros(local.size, bool),
        ranged=np.zeros(local.size, bool), fault=[fault for fault in days.fault for _ in range(width)],
    )  # fmt: skip
    stamps = (stamp[:, None] * width + np.arange(width)).ravel().astype(np.int32)
    return Rows(stamps, np.repeat(group, width), np.repeat(row, width)), moments
