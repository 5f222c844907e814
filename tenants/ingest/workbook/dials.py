"""Columns that count up: registers, which are handed on as they were read, and counters that begin anew every day."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from tenants.calc.spread import round_cumulative
from tenants.flows import ALLOCATED, MEASURED
from tenants.ingest.receipt import Rejects
from tenants.ingest.series import Register, Series
from tenants.ingest.workbook.intervals import Readings, Target, again, once, possible
from tenants.ingest.workbook.stamps import DAY_S

# Words for a counter that begins with 0 every midnight, as inverters show their yield.
OF_DAY = re.compile(r"当日|今日|日发电|日累计|daily|today|\be(ac|pv)?[-_ ]?(to)?day\b|yield.?day", re.IGNORECASE)
_FEW = 8  # values from which a title that speaks of a register can be found wrong
_FALLS = 0.25  # share of changes downwards from which it is


def is_register(readings: Readings, titled: bool) -> bool:
    """Whether these are readings of a register rather than quantities of intervals. `titled`: the column's title says so.

    A register hardly ever falls; loads do not rise for a day and night on end.
    """
    there = np.isfinite(readings.values)
    values = readings.values[there]
    with np.errstate(over="ignore"):  # absurd values are refused later
        changes = np.diff(values)
    falls, rises = int((changes < 0).sum()), int((changes > 0).sum())
    if titled:
        return values.size < _FEW or falls <= _FALLS * (falls + rises)
    if values.size < 24 or readings.utc[there][-1] - readings.utc[there][0] < 20 * 3600:
        return False
    return falls <= changes.size // 500 and rises >= changes.size // 10 and rises >= 5


def is_day_counter(readings: Readings, titled: bool) -> bool:
    """Whether the values rise through every local day and fall between days only: of two days at least, or as the title says."""
    there = np.isfinite(readings.values)
    values = readings.values[there]
    day = _counted_on(readings.local[there], values)
    if values.size < 6 or (values < 0).any():
        return False
    changes, inside = np.diff(values), day[1:] == day[:-1]
    if (changes[inside] < 0).any():
        return False
    falls = int((changes[~inside] < 0).sum())
    days = np.unique(day).size
    rises = int((changes[inside] > 0).sum())
    return titled or (days >= 2 and 2 * falls >= days - 1 and rises >= 3 * days)


def register(readings: Readings, target: Target, rejects: Rejects) -> Register | None:
    """The register's readings, equal doubles among them, contradicting ones refused. None when nothing is left."""
    readings, doubles = once(readings.only(np.isfinite(readings.values)), target, rejects)
    readings = possible(readings, target, rejects, greatest=2.0**53)
    if readings.utc.size == 0:
        return None
    milli = np.rint(readings.values * float(target.unit.size * 1000)).astype(np.int64)
    at = np.searchsorted(readings.utc, doubles.utc)
    known = (at < readings.utc.size) & (readings.utc[np.minimum(at, readings.utc.size - 1)] == doubles.utc)
    more = at[known]
    return Register(
        target.meter, target.flow, np.append(readings.utc, readings.utc[more]), np.append(milli, milli[more]),
        np.append(readings.row, doubles.row[known]).astype(np.int32),
    )  # fmt: skip


def of_day_counter(readings: Readings, target: Target, rejects: Rejects) -> tuple[Series, Series | None]:
    """Intervals between the readings of a counter that begins with 0 at local midnight; what it counted over a gap is shared
    out evenly, as allocated."""
    step = 60 * target.step_minutes
    readings, doubles = once(readings.only(np.isfinite(readings.values)), target, rejects)
    readings = possible(readings, target, rejects)
    local, values = readings.local, readings.values
    day = _counted_on(local, values)
    begins = np.append(True, day[1:] != day[:-1])
    before = np.where(begins, day * DAY_S, np.append(0, local[:-1]))
    used = np.where(begins, values, values - np.append(0.0, values[:-1]))
    count = (local - before) // step  # none for the 0 of midnight
    milli = round_cumulative(used * float(target.unit.size * 1000)) if used.size else np.zeros(0, np.int64)
    at = np.repeat(np.arange(used.size), count)
    place = np.arange(at.size) - np.repeat(np.cumsum(count) - count, count)
    each, extra = np.divmod(milli, np.maximum(count, 1))
    shares = each[at] + (place < extra[at])
    start = readings.utc[at] - step * (count[at] - place)
    quality = np.where(count[at] > 1, ALLOCATED, MEASURED).astype(np.uint8)
    # Before the first and after the last change of a day the gap is the night's: 0 there is a reading.
    quality[(count[at] > 1) & (milli[at] == 0)] = MEASURED
    keep = _first_of_each(start)
    result = Series(
        target.meter, target.flow, target.step_minutes, start[keep], shares[keep], quality[keep], readings.row[at][keep], True
    )
    return result, again(result, doubles)


def _counted_on(local: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.int64]:
    """The day that each reading counts: one of 00:00 closes the day before it, unless it has begun anew."""
    anew = np.append(values[:1] == 0, values[1:] < values[:-1])
    return np.where((local % DAY_S == 0) & ~anew, local - 1, local) // DAY_S


def _first_of_each(start: NDArray[np.int64]) -> NDArray[np.intp]:
    return np.unique(start, return_index=True)[1]
