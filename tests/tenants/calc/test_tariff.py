from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tenants.calc.tariff import AveragePrice, PriceMissing, WindowPrices, average_price, cost, half_hours, period_codes, prices
from tenants.factors import PERIODS, areas, window_table

CHONGQING = WindowPrices(window_table("重庆"), {"sharp": 1_200, "peak": 1_000, "flat": 700, "valley": 300})
JULY, MARCH = np.array(["2026-07-15"], "datetime64[D]"), np.array(["2026-03-15"], "datetime64[D]")


def everything(values: np.ndarray) -> np.ndarray:
    return np.ones(values.shape, bool)


def test_the_period_of_each_interval_follows_the_month() -> None:
    days = np.array(["2026-03-15", "2026-07-15"], "datetime64[D]")
    codes = period_codes(CHONGQING.table, days, 15)
    assert codes.shape == (2, 96)
    assert [PERIODS[codes[0, hour * 4]] for hour in (0, 8, 12, 17, 20, 23)] == ["valley", "flat", "peak", "flat", "peak", "flat"]
    assert PERIODS[codes[1, 12 * 4]] == PERIODS[codes[1, 14 * 4 - 1]] == "sharp"
    assert PERIODS[codes[1, 14 * 4]] == "peak"


@pytest.mark.parametrize("step", [1, 5, 15, 30])
def test_every_step_sees_the_same_windows(step: int) -> None:
    codes = period_codes(CHONGQING.table, JULY, step)
    assert codes.shape == (1, 1440 // step)
    assert (np.repeat(codes, step, axis=1) == period_codes(CHONGQING.table, JULY, 1)).all()


@pytest.mark.parametrize("step", [60, 7])
def test_intervals_that_may_straddle_a_window_are_refused(step: int) -> None:
    with pytest.raises(ValueError, match="straddle"):
        period_codes(CHONGQING.table, JULY, step)


def test_known_cost_of_a_flat_load() -> None:
    """100 kWh an hour through a July day: 8 h valley, 8 h flat, 6 h peak, 2 h sharp."""
    values = np.full((1, 96), 25_000)
    found = cost(values, everything(values), JULY, step=15, tariff=CHONGQING)
    assert found.cny == Decimal(800) * Decimal("0.3") + 800 * Decimal("0.7") + 600 * Decimal(1) + 200 * Decimal("1.2")
    assert {name: part.wh // 1000 for name, part in found.periods.items()} == {
        "sharp": 200,
        "peak": 600,
        "flat": 800,
        "valley": 800,
    }
    assert sum(part.cny for part in found.periods.values()) == found.cny
    assert found.average_price is not None
    assert round(found.average_price, 6) == Decimal("0.683333")


LOADS = arrays.arrays(np.int64, (1, 24), elements=st.integers(0, 10**9))


@given(LOADS, st.integers(0, 5_000))
def test_exact_to_the_millionth_of_a_yuan(values: np.ndarray, price: int) -> None:
    found = cost(values, everything(values), MARCH, step=60, tariff=AveragePrice(price))
    assert Fraction(found.cny) == Fraction(int(values.sum()) * price, 10**6)
    assert found.wh == int(values.sum())
    assert found.periods == {}


@given(LOADS)
def test_periods_of_hourly_values_add_up(values: np.ndarray) -> None:
    found = cost(values, everything(values), JULY, step=60, tariff=CHONGQING)
    assert sum(part.wh for part in found.periods.values()) == found.wh == int(values.sum())
    assert sum((part.cny for part in found.periods.values()), Decimal(0)) == found.cny


@given(LOADS)
def test_an_hour_over_a_window_is_split_evenly(values: np.ndarray) -> None:
    split, step = half_hours(values, 60)
    assert (split.shape, step) == ((1, 48), 30)
    assert (split.reshape(1, 24, 2).sum(axis=2) == values).all()
    assert (split[:, ::2] - split[:, 1::2] <= 1).all()
    assert half_hours(values, 15)[0] is values


def test_missing_is_not_zero_and_is_told() -> None:
    values = np.full((1, 96), 25_000)
    present = everything(values)
    present[0, :4] = False
    found = cost(values, present, MARCH, step=15, tariff=AveragePrice(500))
    assert (found.wh, found.cny, found.missing) == (92 * 25_000, Decimal(1150), 4)


def test_a_period_without_a_price_is_refused_by_name() -> None:
    partial = WindowPrices(CHONGQING.table, {"peak": 1_000, "flat": 700, "valley": 300})
    assert prices(partial, MARCH, 15).max() == 1_000
    with pytest.raises(PriceMissing) as caught:
        prices(partial, JULY, 15)
    assert "sharp" in caught.value.message
    assert "deep_valley" not in str(caught.value.facts)


def test_average_price_from_a_bill() -> None:
    assert average_price(Decimal("796.5"), 1_000_000) == Decimal("0.7965")
    assert average_price(Decimal(10), 0) is None


@pytest.mark.parametrize("area", areas())
def test_every_area_can_be_priced_through_the_year(area: str) -> None:
    days = np.arange("2026-01-01", "2027-01-01", dtype="datetime64[D]")
    tariff = WindowPrices(window_table(area), dict.fromkeys(PERIODS, 1))
    assert (prices(tariff, days, 30) == 1).all()
