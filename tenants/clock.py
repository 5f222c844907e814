"""Local days of a zone and the instants inside them. Instants are UTC seconds, days are numbered from 1970-01-01."""

from __future__ import annotations

import datetime as dt
import functools
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.int64]
DayNumbers = NDArray[np.int32]

DAY_S = 86_400
_EPOCH = dt.date(1970, 1, 1)


def number_of(day: dt.date) -> int:
    """The day's number, counted from 1970-01-01."""
    return (day - _EPOCH).days


def date_of(number: int) -> dt.date:
    """The day with this number."""
    return _EPOCH + dt.timedelta(days=int(number))


def today(zone: ZoneInfo) -> dt.date:
    """The local day of this moment."""
    return dt.datetime.now(zone).date()


@functools.lru_cache(maxsize=4096)
def _year(zone: ZoneInfo, year: int) -> Seconds:
    """UTC seconds of the local midnights of one year, shape (365,) or (366,)."""
    first, end = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    count = (end - first).days
    # Midnight that a clock change skips is taken as the instant of the change: `fold=0` says so.
    days = (dt.datetime.combine(first + dt.timedelta(days=i), dt.time(), zone) for i in range(count))
    midnights = np.fromiter((int(day.timestamp()) for day in days), np.int64, count)
    midnights.setflags(write=False)
    return midnights


def midnights(zone: ZoneInfo, first: int, last: int) -> Seconds:
    """UTC seconds at which the days `first` to `last` begin, and the end of `last`: shape (last - first + 2,)."""
    start, end = date_of(first), date_of(last + 1)
    years = np.concatenate([_year(zone, year) for year in range(start.year, end.year + 1)])
    offset = number_of(dt.date(start.year, 1, 1))
    return years[first - offset : last + 2 - offset]


def day_bounds(zone: ZoneInfo, first_day: dt.date, last_day: dt.date) -> Seconds:
    """UTC seconds of the local midnights from `first_day` to the end of `last_day`, shape (days + 1,)."""
    return midnights(zone, number_of(first_day), number_of(last_day))


def split(instants: Seconds, zone: ZoneInfo) -> tuple[DayNumbers, Seconds]:
    """The local day of each instant and the seconds passed since it began, both shape (n,). Any order of instants."""
    if instants.size == 0:
        return np.zeros(0, np.int32), np.zeros(0, np.int64)
    low, high = int(instants.min()) // DAY_S, int(instants.max()) // DAY_S
    starts = midnights(zone, low - 1, high + 1)
    base = int(starts[0])
    if int(starts[-1]) - base == DAY_S * (len(starts) - 1) and (np.diff(starts) == DAY_S).all():
        index = (instants - base) // DAY_S  # no clock change: a division is ten times faster than a search
        return (index + (low - 1)).astype(np.int32), instants - base - index * DAY_S
    index = np.searchsorted(starts, instants, side="right") - 1
    return (index + (low - 1)).astype(np.int32), instants - starts[index]


def day_of(instants: Seconds, zone: ZoneInfo) -> tuple[NDArray[np.datetime64], NDArray[np.int32]]:
    """The local day (datetime64[D]) and the whole minutes since its midnight of each instant, both shape (n,)."""
    days, seconds = split(instants, zone)
    return days.astype("datetime64[D]"), (seconds // 60).astype(np.int32)


def minutes_in_days(zone: ZoneInfo, days: DayNumbers) -> NDArray[np.int32]:
    """Length of each day [min], shape (n,): 1,440, or 1,380 and 1,500 where clocks change."""
    if days.size == 0:
        return np.zeros(0, np.int32)
    first, last = int(days.min()), int(days.max())
    lengths = np.diff(midnights(zone, first, last)) // 60
    return lengths[days - first].astype(np.int32)


def intervals_in_day(zone: ZoneInfo, day: dt.date, step_minutes: int) -> int:
    """Number of intervals of the step in the local day: 96 quarter hours, or 92 and 100 where clocks change."""
    return int(minutes_in_days(zone, np.array([number_of(day)], np.int32))[0]) // step_minutes
