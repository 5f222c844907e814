"""Working days of the demo's firms."""

import numpy as np
import pytest

from park.demo import workdays


@pytest.mark.parametrize(
    ("year", "first", "last"),
    [(2025, "2025-01-25", "2025-02-05"), (2026, "2026-02-13", "2026-02-24"), (2031, "2031-01-19", "2031-01-30")],
)
def test_the_festival_stop_is_twelve_days_around_the_lunar_new_year(year: int, first: str, last: str) -> None:
    stop = workdays.stop_days(year)
    assert (len(stop), stop[0], stop[-1]) == (12, first, last)
    days = workdays.year_days(year)
    assert list(days[workdays.festival(days)]) == list(workdays.span(first, last))
    assert not workdays.working(workdays.span(first, last), 7).any()


def test_six_day_firms_rest_on_sundays_and_on_the_national_day() -> None:
    days = workdays.span("2026-09-28", "2026-10-11")
    free = days[~workdays.working(days, 6)]
    assert [str(day) for day in free] == ["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-11"]
    assert workdays.working(days, 7).all()


def test_weekdays() -> None:
    assert list(workdays.weekdays(workdays.span("2026-11-23", "2026-11-29"))) == list(range(7))


def test_a_cold_start_follows_every_day_off() -> None:
    days = workdays.span("2026-09-28", "2026-10-11")
    assert [str(day) for day in days[workdays.opening(days, 6)]] == ["2026-09-28", "2026-10-05"]


def test_a_year_beyond_the_table_says_so() -> None:
    with pytest.raises(ValueError, match="no lunar new year of 2050"):
        workdays.festival(np.array(["2050-03-01"], dtype="datetime64[D]"))
