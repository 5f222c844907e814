"""Sun and temperature of the demo park."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from park.demo import weather, workdays
from park.demo.assumptions import assumptions

YEAR = workdays.year_days(2025)


def test_a_month_s_yield_keeps_to_the_climatology() -> None:
    month = workdays.months(YEAR)
    made = np.bincount(month, weights=weather.yield_per_kwp(YEAR).sum(axis=1)) / 1000
    wanted = np.array(assumptions().climate["pv_kwh_per_kwp"])
    assert np.abs(made / wanted - 1).max() < 0.07
    assert made.sum() == pytest.approx(734, rel=0.03)


@settings(max_examples=25)
@given(st.integers(0, 360), st.integers(1, 60))
def test_a_day_is_the_same_alone_and_among_others(first: int, count: int) -> None:
    part = YEAR[first : first + count]
    assert (weather.yield_per_kwp(part) == weather.yield_per_kwp(YEAR)[first : first + count]).all()
    assert (weather.temperature(part) == weather.temperature(YEAR)[first : first + count]).all()


def test_the_sun_of_chongqing() -> None:
    height = weather.sine_of_elevation(YEAR)
    june, december = height[171], height[354]
    assert (june > 0).sum() / 4 == pytest.approx(14, abs=0.3)  # hours of daylight at 29.6 N
    assert (december > 0).sum() / 4 == pytest.approx(10.2, abs=0.3)
    assert np.degrees(np.arcsin(june.max())) == pytest.approx(90 - 29.6 + 23.44, abs=0.3)
    assert 12.6 <= np.argmax(june) / 4 <= 13.1  # Beijing time, 13.5 degrees east of here


def test_no_yield_at_night_and_never_more_than_the_roof_can() -> None:
    made = weather.yield_per_kwp(YEAR)
    assert (made[weather.sine_of_elevation(YEAR) <= 0] == 0).all()
    assert made.max() * 4 <= 860


def test_summer_days_are_bright_and_winter_days_grey() -> None:
    day = weather.yield_per_kwp(YEAR).sum(axis=1) / 1000
    month = workdays.months(YEAR)
    assert np.median(day[month == 7]) > 3 > 1.2 > np.median(day[month == 0])


def test_temperature_follows_the_months() -> None:
    month = workdays.months(YEAR)
    mean = np.bincount(month, weights=weather.temperature(YEAR)) / np.bincount(month)
    assert np.abs(mean - np.array(assumptions().climate["mean_temperature_c"])).max() < 2.5
