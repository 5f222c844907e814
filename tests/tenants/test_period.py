"""Periods are whole months, half-open, and know their year of factors."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants import period
from tenants.errors import InvalidInput

DAYS = st.dates(dt.date(1992, 1, 1), dt.date(2096, 12, 31))


@given(DAYS, st.sampled_from(period.KINDS))
def test_a_named_period_contains_its_anchor_and_counts_its_days(day: dt.date, kind: str) -> None:
    found = period.named(kind, day)
    assert found.start <= day.replace(day=1) < found.end
    assert sum((period.next_month(month) - month).days for month in found.months()) == found.days
    assert found.before().end == found.start
    assert found.year_before().start.year == found.start.year - 1


@given(DAYS, st.integers(-600, 600))
def test_adding_months_can_be_undone(day: dt.date, count: int) -> None:
    month = day.replace(day=1)
    try:
        moved = period.add_months(month, count)
    except ValueError:
        return
    assert period.add_months(moved, -count) == month


def test_rolling_twelve_months_take_the_factors_of_their_last_year() -> None:
    found = period.named("rolling", dt.date(2026, 3, 31))
    assert (found.start, found.end, found.factor_year) == (dt.date(2025, 4, 1), dt.date(2026, 4, 1), 2026)


@pytest.mark.parametrize(
    "make", [lambda: period.of_month(2026, 13), lambda: period.of_year(1066), lambda: period.named("week", dt.date(2026, 1, 1))]
)
def test_impossible_periods_are_refused(make: object) -> None:
    with pytest.raises(InvalidInput):
        make()  # type: ignore[operator]
