"""Which days compare: workdays with workdays, days off with days off, by the calendar of China where it carries the year."""

from __future__ import annotations

import datetime as dt
import functools

import chinese_calendar
import numpy as np
from numpy.typing import NDArray

WORKDAY, DAY_OFF = 0, 1
_EPOCH = dt.date(1970, 1, 1)


@functools.lru_cache(maxsize=32)
def _year(year: int) -> NDArray[np.int8]:
    first = dt.date(year, 1, 1)
    days = [first + dt.timedelta(days=i) for i in range((dt.date(year + 1, 1, 1) - first).days)]
    return np.array([WORKDAY if _works(day) else DAY_OFF for day in days], np.int8)


def _works(day: dt.date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # a year whose holidays are not announced yet
        return day.weekday() < 5


def kinds(days: NDArray[np.int32]) -> NDArray[np.int8]:
    """The kind of each day number, shape (n,)."""
    dates = [_EPOCH + dt.timedelta(days=int(day)) for day in days]
    return np.array([_year(one.year)[one.timetuple().tm_yday - 1] for one in dates], np.int8)
