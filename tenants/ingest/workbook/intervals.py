"""One flow of one meter: rows in the order of time become intervals; doubles, odd times and impossible values are refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tenants.calc.spread import round_cumulative
from tenants.flows import MEASURED, MISSING
from tenants.ingest.receipt import Rejects
from tenants.ingest.series import Series
from tenants.ingest.workbook.stamps import DAY_S, Ints
from tenants.ingest.workbook.units import Unit

GREATEST = 2**31 - 1  # milli-units of one interval, as stored
SIGNED = frozenset({"pv_self"})  # generation less export: may come out below zero
_NEAR = 2e-6  # of a milli-unit: noise of binary fractions

CONTRADICTED = "{meter}: {start} stands in rows {rows} with different values; none of them is taken"
DECIDE = "Delete the wrong row."
OFF_START = "{meter}: {start} is not the start of a {step}-minute interval"
OFF_END = "{meter}: {start} is not the end of a {step}-minute interval"
CHECK_STEP = (
    "The usual distance of the times is {step} minutes, counted from midnight. Correct the time, or send such rows apart."
)
NEGATIVE = "{meter}: {value} {unit} is negative"
CHECK_SIGN = (
    "Energy that flows out belongs into a column of its own (反向有功, 上网电量). Correct the sign or the column's title."
)
TOO_LARGE = "{meter}: {value} {unit} in one interval is beyond anything a meter gives"
CHECK_UNIT = "Check the unit in the column's title: Wh, kWh and MWh are a factor of 1,000 apart."


@dataclass(frozen=True)
class Readings:
    """Values [`unit`] of one flow of one meter in the order of time, shape (n,): NaN where the cell is empty. `utc` and
    `local` are the interval starts, `row` the row of the file."""

    utc: Ints
    local: Ints
    values: NDArray[np.float64]
    row: NDArray[np.int32]

    def earlier(self, seconds: int) -> Readings:
        """The same, with the starts of intervals that end at these moments."""
        return Readings(self.utc - seconds, self.local - seconds, self.values, self.row) if seconds else self

    def only(self, keep: NDArray[np.bool_] | NDArray[np.intp]) -> Readings:
        """The chosen ones."""
        return Readings(self.utc[keep], self.local[keep], self.values[keep], self.row[keep])


@dataclass(frozen=True)
class Target:
    """What readings become: `meter` and `flow` of the series, their `unit`, `step_minutes`, `ends`: stamps name the end."""

    meter: str
    flow: str
    unit: Unit
    step_minutes: int
    ends: bool
    zone: ZoneInfo


def series(readings: Readings, target: Target, rejects: Rejects) -> tuple[Series, Series | None]:
    """The series, and the readings that say again what another row says."""
    readings = _on_step(readings, target, rejects)
    readings, doubles = once(readings, target, rejects)
    readings = possible(readings, target, rejects)
    milli = readings.values * float(target.unit.milli(target.step_minutes))
    there = np.isfinite(milli)
    values, inexact = _whole(np.where(there, milli, 0.0), readings.local)
    quality = np.where(there, MEASURED, MISSING).astype(np.uint8)
    result = Series(target.meter, target.flow, target.step_minutes, readings.utc, values, quality, readings.row, inexact)
    return result, again(result, doubles)


def again(series: Series, doubles: Readings) -> Series | None:
    """The doubles as a series of their own, with the values that the series has."""
    at = np.searchsorted(series.start, doubles.utc)
    known = at < series.start.size
    known[known] = series.start[at[known]] == doubles.utc[known]
    doubles, at = doubles.only(known), at[known]
    if at.size == 0:
        return None
    return Series(
        series.meter, series.flow, series.step_minutes, series.start[at], series.values[at], series.quality[at], doubles.row,
        series.inexact,
    )  # fmt: skip


def _whole(milli: NDArray[np.float64], local: Ints) -> tuple[NDArray[np.int64], bool]:
    """Whole milli-units, and whether rounding was needed: then each local day's sum is its rounded sum."""
    nearest = np.rint(milli)
    if milli.size == 0 or (np.abs(milli - nearest) <= _NEAR).all():
        return nearest.astype(np.int64), False
    day = local // DAY_S
    cuts = np.flatnonzero(np.diff(day)) + 1
    return np.concatenate([round_cumulative(part) for part in np.split(milli, cuts)]), True


def _on_step(readings: Readings, target: Target, rejects: Rejects) -> Readings:
    """Without readings whose time lies between the grid of intervals."""
    good = readings.local % (60 * target.step_minutes) == 0
    if good.all():
        return readings
    _refuse(readings.only(~good), target, rejects, OFF_END if target.ends else OFF_START, CHECK_STEP)
    return readings.only(good)


def once(readings: Readings, target: Target, rejects: Rejects) -> tuple[Readings, Readings]:
    """Each interval once: equal doubles count once, of contradicting ones none is taken. Also the doubles."""
    utc, values = readings.utc, readings.values
    begins = np.ones(utc.size, bool)
    begins[1:] = utc[1:] != utc[:-1]
    if begins.all():
        return readings, readings.only(np.zeros(0, np.intp))
    first = np.flatnonzero(begins)
    low = np.minimum.reduceat(np.where(np.isnan(values), np.inf, values), first)
    high = np.maximum.reduceat(np.where(np.isnan(values), -np.inf, values), first)
    torn = (low != high) & np.isfinite(low) & np.isfinite(high)
    count = np.diff(np.append(first, utc.size))
    # Of equal ones the first that has a value stands for all.
    position = np.where(np.isnan(values), utc.size, np.arange(utc.size))
    chosen = np.minimum.reduceat(position, first)
    chosen = np.where(chosen == utc.size, first, chosen)
    if torn.any():
        _refuse_torn(readings, target, rejects, np.repeat(torn, count), first[torn], count[torn])
    rest = np.repeat(~torn, count) & ~np.isnan(values)
    rest[chosen[~torn]] = False
    return readings.only(chosen[~torn]), readings.only(rest)


def _refuse_torn(
    readings: Readings,
    target: Target,
    rejects: Rejects,
    torn: NDArray[np.bool_],
    first: NDArray[np.intp],
    count: NDArray[np.intp],
) -> None:
    """Refuses all rows of contradicting doubles, each naming the others."""
    partners = [readings.row[at : at + n] for at, n in zip(first, count, strict=True)]
    which = np.repeat(np.arange(len(partners)), count)
    bad = readings.only(torn)
    _, unique = np.unique(bad.row, return_index=True)  # a row of a whole day is listed once

    def facts(i: int) -> dict[str, object]:
        rows = ", ".join(str(row) for row in sorted({int(row) for row in partners[which[unique[i]]]}))
        return _facts(bad, target, int(unique[i])) | {"rows": rows}

    rejects.add(bad.row[unique], CONTRADICTED, DECIDE, facts)


def possible(readings: Readings, target: Target, rejects: Rejects, greatest: float = GREATEST) -> Readings:
    """Without values that cannot be. `greatest` [milli-units]: what can be stored."""
    factor = float(target.unit.milli(target.step_minutes or 60))
    there = np.isfinite(readings.values)
    negative = there & (readings.values < 0) if target.flow not in SIGNED else np.zeros(there.shape, bool)
    large = there & (np.abs(readings.values) > greatest / factor) & ~negative
    for bad, reason, remedy in ((negative, NEGATIVE, CHECK_SIGN), (large, TOO_LARGE, CHECK_UNIT)):
        if bad.any():
            _refuse(readings.only(bad), target, rejects, reason, remedy)
    good = ~(negative | large)
    return readings if good.all() else readings.only(good)


def _refuse(bad: Readings, target: Target, rejects: Rejects, reason: str, remedy: str) -> None:
    rejects.add(bad.row, reason, remedy, lambda i: _facts(bad, target, i))


def _facts(readings: Readings, target: Target, i: int) -> dict[str, object]:
    """Places of a reason: the stamp is shown as the file writes it, by the edge it names."""
    shift = 60 * target.step_minutes if target.ends else 0
    moment = dt.datetime.fromtimestamp(int(readings.utc[i]) + shift, target.zone)
    value = readings.values[i]
    return {
        "meter": target.meter, "start": moment.strftime("%Y-%m-%d %H:%M"), "step": target.step_minutes, 
        "value": f"{value:.10g}", "unit": target.unit.label, "flow": target.flow,
    }  # fmt: skip
