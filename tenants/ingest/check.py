"""Which readings of a series can be true at all: time, step, sign and size. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.curves.offer import Readings
from tenants.curves.steps import STEPS
from tenants.entries import check_flow
from tenants.errors import InvalidInput
from tenants.flows import FLOWS, MISSING
from tenants.ingest.receipt import Rejects
from tenants.ingest.series import Series
from tenants.quantities import in_units

EARLIEST_S = 946_684_800  # 2000-01-01 UTC
CLOCK_AHEAD_S = 3600  # a device's clock may be a little fast
GREATEST = 2**31 - 1

TOO_EARLY = "{meter}: {start} is before the year 2000"
FUTURE = "{meter}: {start} lies in the future"
CHECK_CLOCK = "Check the order of day and month, the time zone, and the device's clock."
OFF_STEP = "{meter}: {start} is not the start of a {step}-minute interval"
CHECK_STEP = "Intervals begin at local midnight and every {step} minutes after it. Check the step and the times."
NEGATIVE = "{meter}: {value} {unit} is negative"
CHECK_SIGN = "What flows out is a flow of its own, for example grid_out. Check the register's direction."
TOO_LARGE = "{meter}: {value} {unit} in {step} minutes is too large"
CHECK_UNIT = "Check the unit: Wh, kWh and MWh are a factor of 1,000 apart."


def all_checked(asked: Sequence[tuple[Series, int, Decimal]], zone: ZoneInfo, now_s: int, rejects: Rejects) -> list[Readings]:
    """`checked` for several series with their channels and multipliers. Many short ones, as devices send, are one."""
    steps = {one.step_minutes for one, _, _ in asked}
    if len(asked) > 1 and len(steps) == 1 and steps <= set(STEPS) and all(multiplier == 1 for _, _, multiplier in asked):
        for one, _, _ in asked:
            check_flow(one.flow)
        if found := _faultless([(one, channel) for one, channel, _ in asked], zone, now_s):
            return found
    return [checked(one, channel, multiplier, zone, now_s, rejects) for one, channel, multiplier in asked]


def _faultless(asked: Sequence[tuple[Series, int]], zone: ZoneInfo, now_s: int) -> list[Readings] | None:
    """The readings if each of them can be true, else None."""
    step = asked[0][0].step_minutes
    start = np.concatenate([one.start for one, _ in asked])
    values = np.concatenate([one.values for one, _ in asked])
    if start.size == 0 or start.min() < EARLIEST_S or start.max() > now_s + CLOCK_AHEAD_S - 60 * step:
        return None
    day, seconds = clock.split(start, zone)
    place = seconds // (60 * step)
    if (
        values.min() < 0
        or values.max() > GREATEST
        or (place * (60 * step) != seconds).any()
        or np.any(_broken_days(day, step, zone))
    ):
        return None
    slot, verdict, inexact = place.astype(np.int32), np.zeros(start.size, np.uint8), np.zeros(start.size, bool)
    made, at = [], 0
    for one, channel in asked:
        part = slice(at, at + one.start.size)
        at = part.stop
        if one.inexact:
            inexact[part] = True
        made.append(
            Readings(channel, step, day[part], slot[part], one.values, one.quality, one.rows, inexact[part], verdict[part],
                     np.zeros(0, np.intp))
        )  # fmt: skip
    return made


def checked(series: Series, channel: int, multiplier: Decimal, zone: ZoneInfo, now_s: int, rejects: Rejects) -> Readings:
    """The readings that can be true, ready for the merge; the others are refused with their reasons.

    Raises:
        InvalidInput: the flow or the step is unknown, or the flow is one of certificates.
    """
    check_flow(series.flow)
    if series.step_minutes not in STEPS:
        raise InvalidInput(field="step_minutes", reason="{step} minutes is not a step", remedy="One of: {choices}",
                           step=series.step_minutes, choices=" ".join(map(str, STEPS)))  # fmt: skip
    values = series.values if multiplier == 1 or series.final else _multiplied(series.values, multiplier)
    good = np.ones(series.start.size, bool)
    _refuse(series, values, zone, good, series.start < EARLIEST_S, TOO_EARLY, CHECK_CLOCK, rejects)
    latest = now_s + CLOCK_AHEAD_S - 60 * series.step_minutes
    _refuse(series, values, zone, good, series.start > latest, FUTURE, CHECK_CLOCK, rejects)
    if not good.all():
        series, values = _chosen(series, good), values[good]
    day, seconds = clock.split(series.start, zone)
    slot = seconds // (60 * series.step_minutes)
    good = np.ones(series.start.size, bool)
    off = (slot * (60 * series.step_minutes) != seconds) | _broken_days(day, series.step_minutes, zone)
    _refuse(series, values, zone, good, off, OFF_STEP, CHECK_STEP, rejects)
    there = series.quality != MISSING
    _refuse(series, values, zone, good, there & (values < 0), NEGATIVE, CHECK_SIGN, rejects)
    _refuse(series, values, zone, good, there & (values > GREATEST), TOO_LARGE, CHECK_UNIT, rejects)
    if not good.all():
        series, values, day, slot = _chosen(series, good), values[good], day[good], slot[good]
    count = day.size
    return Readings(
        channel, series.step_minutes, day, slot.astype(np.int32), values, series.quality, series.rows,
        np.full(count, series.inexact), np.zeros(count, np.uint8), np.zeros(0, np.intp),
    )  # fmt: skip


def _multiplied(values: NDArray[np.int64], multiplier: Decimal) -> NDArray[np.int64]:
    """What the device shows times its multiplier (CT x PT), rounded half to even."""
    values = np.clip(values, -(2**40), 2**40)  # far beyond what an interval holds, and safe to multiply
    if multiplier == multiplier.to_integral_value():
        return values * int(multiplier)
    return np.array([int((multiplier * int(value)).to_integral_value()) for value in values], np.int64)


def _broken_days(day: NDArray[np.int32], step: int, zone: ZoneInfo) -> NDArray[np.bool_] | bool:
    """Days that are not a whole number of steps long: half-hour clock changes under an hourly step."""
    if day.size == 0:
        return False
    first, last = int(day.min()), int(day.max())
    broken = np.diff(clock.midnights(zone, first, last)) % (60 * step) != 0
    return np.asarray(broken[day - first]) if broken.any() else False


def _chosen(series: Series, good: NDArray[np.bool_]) -> Series:
    return Series(
        series.meter, series.flow, series.step_minutes, series.start[good], series.values[good], series.quality[good],
        series.rows[good], series.inexact,
    )  # fmt: skip


def _refuse(
    series: Series, values: NDArray[np.int64], zone: ZoneInfo, good: NDArray[np.bool_], bad: NDArray[np.bool_] | bool,
    reason: str, remedy: str, rejects: Rejects,
) -> None:  # fmt: skip
    """Takes the bad ones out of the good ones, each with its reason."""
    at = np.flatnonzero(good & bad)
    if at.size == 0:
        return
    good[at] = False

    def facts(i: int) -> dict[str, Any]:
        return {
            "meter": series.meter, "flow": series.flow, "start": local(int(series.start[at[i]]), zone),
            "step": series.step_minutes, "value": in_units(int(values[at[i]])), "unit": FLOWS[series.flow].unit,
        }  # fmt: skip

    rejects.add(series.rows[at], reason, remedy, facts)


def local(instant_s: int, zone: ZoneInfo) -> str:
    """The instant as a person of the zone writes it."""
    try:
        return dt.datetime.fromtimestamp(instant_s, zone).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return str(instant_s)
