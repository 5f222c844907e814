"""Which days a demo firm works: weekly days off, the Spring Festival stop, a few closed days."""

from __future__ import annotations

import functools
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from park.demo.assumptions import assumptions, new_year

Days = NDArray[np.datetime64]  # datetime64[D]
Flags = NDArray[np.bool_]


def span(first: str, last: str) -> Days:
    """All days from the first to the last, both included. ISO dates."""
    return np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)


def year_days(year: int) -> Days:
    """All days of a calendar year."""
    return span(f"{year}-01-01", f"{year}-12-31")


def numbers(days: Days) -> NDArray[np.int64]:
    """Days since 1970-01-01."""
    return days.astype("datetime64[D]").astype(np.int64)


def years(days: Days) -> NDArray[np.int64]:
    """Calendar year of each day."""
    return days.astype("datetime64[Y]").astype(np.int64) + 1970


def months(days: Days) -> NDArray[np.int64]:
    """Month of the year of each day, 0 = January."""
    return days.astype("datetime64[M]").astype(np.int64) % 12


def weekdays(days: Days) -> NDArray[np.int64]:
    """Day of the week, 0 = Monday (1970-01-01 was a Thursday)."""
    return (numbers(days) + 3) % 7


def festival(days: Days) -> Flags:
    """True on the twelve days around the lunar new year."""
    rules = assumptions().calendar
    result = np.zeros(days.shape, dtype=bool)
    for year in np.unique(years(days)):
        middle = np.datetime64(new_year(int(year)), "D")
        start, end = middle - rules["festival_days_before"], middle + rules["festival_days_after"]
        result |= (days >= start) & (days <= end)
    return result


def working(days: Days, days_a_week: int) -> Flags:
    """True on the days a firm of six or seven days a week works."""
    result = ~festival(days)
    if days_a_week < 7:
        result &= (weekdays(days) < days_a_week) & ~_closed(days)
    return result


def opening(days: Days, days_a_week: int) -> Flags:
    """True on a working day after a day off: the day of the cold start."""
    return working(days, days_a_week) & ~working(days - 1, days_a_week)


def _closed(days: Days) -> Flags:
    return np.isin(days, np.array(sorted(_closed_days(int(years(days).min()), int(years(days).max()))), dtype="datetime64[D]"))


@functools.cache
def _closed_days(first_year: int, last_year: int) -> frozenset[np.datetime64]:
    texts = assumptions().calendar["closed_days"]
    return frozenset(np.datetime64(f"{year}-{text}", "D") for year in range(first_year, last_year + 1) for text in texts)


def stop_days(year: int) -> list[str]:
    """The days of a year's Spring Festival stop, ISO dates."""
    rules = assumptions().calendar
    middle = new_year(year)
    offsets = range(-rules["festival_days_before"], rules["festival_days_after"] + 1)
    return [(middle + timedelta(days=offset)).isoformat() for offset in offsets]
