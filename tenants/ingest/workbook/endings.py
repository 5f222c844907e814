"""Does a stamp name the start or the end of its interval, and how is midnight stamped? Read off the order of the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.workbook.result import Hints, Marks, Message, Midnight, message
from tenants.ingest.workbook.stamps import DAY_S, Ints

_NO_DAY = np.iinfo(np.int64).min
_DISORDER = 10  # one row in so many may go back in time, as where days run backwards and their rows do not


@dataclass(frozen=True)
class Ending:
    """Which end of its interval a stamp names and how the day's last one is written; `open`: a person should confirm it."""

    marks: Marks
    midnight: Midnight | None
    why: Message
    open: bool = False


@dataclass(frozen=True)
class FileOrder:
    """Local times [s] row after row, meter after meter, each meter's rows from the earliest to the latest as the file orders
    them; `first` marks each meter's first row. `at_24`: some are written 24:00. `ranges`: some name both ends."""

    local: Ints
    first: NDArray[np.bool_]
    step_s: int
    at_24: bool
    ranges: bool


def judge(rows: FileOrder, hints: Hints, named: Marks | None) -> Ending:
    """What the stamps mean. `named` is what the title of the column says."""
    same = _same_date(rows)
    if hints.marks or hints.midnight:
        marks: Marks = hints.marks or "interval_end"
        midnight: Midnight = hints.midnight or ("24:00" if rows.at_24 else "same_date" if same else "next_day")
        return Ending(marks, midnight if marks == "interval_end" else None, message("as you said"))
    if rows.ranges:
        return Ending("interval_start", None, message("each time is a range, its start counts"))
    if rows.at_24:
        return Ending("interval_end", "24:00", message("a day ends with 24:00, so times name the end of an interval"))
    if same:
        why = "the row of 00:00 follows the last row of its own date, so it ends that day and times name the end of an interval"
        return Ending("interval_end", "same_date", message(why))
    if named:
        why = "the column's title says so"
        return Ending(named, "next_day" if named == "interval_end" else None, message(why))
    return _by_edges(int(rows.local.min()) % DAY_S, int(rows.local.max()) % DAY_S, rows.step_s)


def _same_date(rows: FileOrder) -> bool:
    """Whether rows stamped 00:00 mostly stand where their own date ends, not where it begins.

    Rows in no order prove nothing: then a row of the same date stands before 00:00 by chance.
    """
    local, day = rows.local, rows.local // DAY_S
    back = (local[1:] < local[:-1]) & ~rows.first[1:] & (local[1:] % DAY_S != 0)
    if _DISORDER * np.count_nonzero(back) > local.size:
        return False
    at = np.flatnonzero(local % DAY_S == 0)
    begins = np.append(rows.first, True)
    here = day[at]
    before = np.where(begins[at], _NO_DAY, day[at - 1])
    after = np.where(begins[at + 1], _NO_DAY, day[np.minimum(at + 1, local.size - 1)])
    ending = np.count_nonzero(before == here)
    beginning = np.count_nonzero((before != here) & (after == here))
    return bool(ending > beginning)


def _by_edges(first: int, last: int, step: int) -> Ending:
    """What the first and last time of the file suggest: whole days begin at 00:00 or end with it."""
    if first == 0 and last == DAY_S - step:
        return Ending("interval_start", None, message("the days begin with 00:00 and end one step before midnight"))
    if first == step and last == 0:
        why = "the days begin one step after midnight and end with 00:00 of the next day"
        return Ending("interval_end", "next_day", message(why))
    if first == step or (last == 0 and first != 0):
        why = "the file begins one step after midnight" if first == step else "the file ends with midnight"
        return Ending("interval_end", "next_day", message(why), open=True)
    why = "the file begins with midnight" if first == 0 else "nothing in the file tells"
    return Ending("interval_start", None, message(why), open=True)
