"""Reducing a curve loses no peak and hides no gap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dashboards.figures import gaps, minmax

VALUE = st.one_of(st.just(float("nan")), st.floats(-1e6, 1e6, width=32))
CURVES = arrays(np.float64, st.integers(1, 600), elements=VALUE)


@given(CURVES, st.integers(2, 80))
def test_extremes_survive(values: np.ndarray, n: int) -> None:
    short = minmax(values, n)
    assert len(short.values) <= max(n, 2)
    assert np.isnan(short.values).all() == np.isnan(values).all()
    if not np.isnan(values).all():
        assert np.nanmax(short.values) == np.float32(np.nanmax(values))
        assert np.nanmin(short.values) == np.float32(np.nanmin(values))


@given(CURVES, st.integers(2, 80))
def test_points_cover_the_range_and_little_more(values: np.ndarray, n: int) -> None:
    short = minmax(values, n)
    covered = len(short.values) * short.step
    assert len(values) <= covered < len(values) + 2 * short.step


@given(CURVES, st.integers(2, 80))
def test_every_shown_value_was_measured(values: np.ndarray, n: int) -> None:
    known = set(values[~np.isnan(values)].astype(np.float32).tolist())
    shown = minmax(values, n).values
    assert set(shown[~np.isnan(shown)].tolist()) <= known, "a gap must never become a number"


def test_short_curves_stay_as_they_are() -> None:
    short = minmax(np.array([1.0, np.nan, 3.0]), 3)
    assert short.step == 1
    np.testing.assert_array_equal(short.values, np.array([1, np.nan, 3], dtype=np.float32))


def test_order_in_time_is_kept() -> None:
    np.testing.assert_array_equal(minmax(np.array([1.0, 9, 5, 5, 9, 1, 5, 5]), 4).values, [1, 9, 9, 1])


def test_one_point_is_not_enough() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        minmax(np.zeros(5), 1)


@given(CURVES)
def test_gaps_are_exactly_the_missing_intervals(values: np.ndarray) -> None:
    covered = np.zeros(len(values), dtype=bool)
    for start, end in gaps(values, most=10_000):
        assert end > start
        covered[start:end] = True
    np.testing.assert_array_equal(covered, np.isnan(values))


@given(CURVES, st.integers(1, 5))
def test_joined_gaps_still_cover_every_missing_interval(values: np.ndarray, most: int) -> None:
    found = gaps(values, most)
    assert len(found) <= most
    for i in np.flatnonzero(np.isnan(values)):
        assert any(start <= i < end for start, end in found)
