from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest

from tenants.calc.load import Curve, load_factor, maximum_demand, power_kw
from tenants.flows import ALLOCATED, CORRECTED, ESTIMATED, MEASURED, MISSING, SUSPECT


def curve(values: np.ndarray, quality: np.ndarray | None = None, first: str = "2026-03-01") -> Curve:
    days = np.datetime64(first) + np.arange(len(values))
    return Curve(days, values, np.full(values.shape, MEASURED, np.uint8) if quality is None else quality, 1440 // values.shape[1])


def test_maximum_demand_and_its_local_start() -> None:
    values = np.full((2, 96), 10_000)
    values[1, 38] = 157_180
    found = maximum_demand(curve(values, first="2018-11-21"))
    assert found is not None
    assert (found.kw, found.start, found.minutes) == (Decimal("628.72"), dt.datetime(2018, 11, 22, 9, 30), 15)


@pytest.mark.parametrize("code", [MISSING, ESTIMATED, ALLOCATED, SUSPECT])
def test_only_what_was_measured_makes_a_demand(code: int) -> None:
    values = np.full((1, 96), 1_000)
    values[0, 5] = 9_000
    quality = np.full((1, 96), MEASURED, np.uint8)
    quality[0, 5] = code
    assert maximum_demand(curve(values, quality)).kw == 4  # type: ignore[union-attr]
    quality[0, 5] = CORRECTED
    assert maximum_demand(curve(values, quality)).kw == 36  # type: ignore[union-attr]


def test_minutes_are_averaged_to_a_quarter_hour() -> None:
    values = np.zeros((1, 1440), np.int32)
    values[0, 30] = 15_000  # one minute at 900 kW
    found = maximum_demand(curve(values))
    assert found is not None
    assert (found.kw, found.minutes, found.start.minute) == (60, 15, 30)


def test_a_quarter_hour_with_a_missing_minute_is_not_measured() -> None:
    values, quality = np.ones((1, 1440), np.int64), np.full((1, 1440), MEASURED, np.uint8)
    values[0, :15], quality[0, 3] = 100, MISSING
    assert maximum_demand(curve(values, quality)).kw == Decimal("0.06")  # type: ignore[union-attr]


def test_hours_stay_hours() -> None:
    values = np.zeros((1, 24), np.int64)
    values[0, 7] = 500_000
    found = maximum_demand(curve(values))
    assert found is not None
    assert (found.kw, found.minutes, found.start.hour) == (500, 60, 7)


def test_the_first_of_equal_ones() -> None:
    assert maximum_demand(curve(np.full((3, 96), 5))).start == dt.datetime(2026, 3, 1)  # type: ignore[union-attr]


def test_nothing_measured() -> None:
    empty = curve(np.zeros((1, 96), np.int64), np.zeros((1, 96), np.uint8))
    assert maximum_demand(empty) is None
    assert load_factor(empty) is None
    assert load_factor(curve(np.zeros((1, 96), np.int64))) is None


def test_load_factor_ignores_what_is_missing() -> None:
    values, quality = np.full((1, 96), 50), np.full((1, 96), MEASURED, np.uint8)
    values[0, 0], values[0, 1], quality[0, 1] = 100, 0, MISSING
    assert round(load_factor(curve(values, quality)), 6) == round(Decimal(94 * 50 + 100) / (95 * 100), 6)  # type: ignore[type-var, arg-type]


def test_power() -> None:
    assert power_kw(250, 15) == 1
    assert power_kw(1, 1) == Decimal("0.06")


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match="shape"):
        Curve(np.array(["2026-01-01"], "datetime64[D]"), np.zeros((1, 95), np.int64), np.zeros((1, 95), np.uint8), 15)
