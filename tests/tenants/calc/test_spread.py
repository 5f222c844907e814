from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tenants.calc.spread import largest_remainder, round_cumulative

WEIGHTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=60).filter(any)


@given(st.integers(-(10**15), 10**15), WEIGHTS)
def test_shares_add_up_and_stay_within_one_of_their_quota(total: int, weights: list[int]) -> None:
    shares = largest_remainder(total, np.array(weights))
    assert shares.dtype == np.int64
    assert int(shares.sum()) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(int(share) - Fraction(total * weight, sum(weights))) < 1
        assert weight or share == 0


@given(st.integers(0, 10**18), st.lists(st.integers(0, 2**60), min_size=1, max_size=5).filter(any))
def test_exact_where_the_products_outgrow_64_bits(total: int, weights: list[int]) -> None:
    assert int(largest_remainder(total, np.array(weights)).sum()) == total


@given(st.integers(0, 10**9), WEIGHTS)
def test_a_part_of_the_weights_never_exceeds_them(part: int, weights: list[int]) -> None:
    shares = largest_remainder(min(part, sum(weights)), np.array(weights))
    assert (shares <= np.array(weights)).all()


def test_the_larger_remainder_first_and_of_equal_ones_the_earlier() -> None:
    assert largest_remainder(10, [1, 1, 1]).tolist() == [4, 3, 3]
    assert largest_remainder(100, [3, 3, 1]).tolist() == [43, 43, 14]
    assert largest_remainder(-10, [1, 1, 1]).tolist() == [-4, -3, -3]
    assert largest_remainder(1_500, [1] * 1_000).tolist() == [2] * 500 + [1] * 500


def test_nothing_to_split_by() -> None:
    assert largest_remainder(0, [0, 0]).tolist() == [0, 0]
    assert largest_remainder(0, []).tolist() == []
    with pytest.raises(ValueError, match="all weights are zero"):
        largest_remainder(1, [0, 0])
    with pytest.raises(ValueError, match="all weights are zero"):
        largest_remainder(1, [])


@pytest.mark.parametrize("weights", [[1, -1], [0.5, 0.5], [[1, 2]]])
def test_weights_are_one_row_of_whole_numbers(weights: object) -> None:
    with pytest.raises(ValueError, match="weight"):
        largest_remainder(3, weights)  # type: ignore[arg-type]


VALUES = arrays.arrays(np.float64, st.integers(1, 200), elements=st.floats(-1e6, 1e6, width=32))


@given(VALUES)
def test_every_running_sum_is_the_rounded_running_sum(values: np.ndarray) -> None:
    whole = round_cumulative(values)
    assert whole.dtype == np.int64
    for end in range(1, len(values) + 1):
        assert abs(int(whole[:end].sum()) - math.fsum(values[:end])) <= 0.5 + 1e-6


@example([789, 3396, 64136, 64136, 340048])
@given(st.lists(st.integers(0, 2_000_000), min_size=1, max_size=200))
def test_tenths_of_a_watt_hour_do_not_drift_over_a_half(tenths: list[int]) -> None:
    values = np.array(tenths) / 10
    assert int(round_cumulative(values).sum()) == round(Fraction(sum(tenths), 10))


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1))
def test_whole_values_stay(values: list[int]) -> None:
    assert round_cumulative(np.array(values, np.float64)).tolist() == values


def test_half_to_even_on_the_running_sum() -> None:
    assert round_cumulative([0.5, 0.5, 0.5, 1.0]).tolist() == [0, 1, 1, 0]


@settings(max_examples=30)
@given(arrays.arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 96)), elements=st.floats(0, 1e6)))
def test_each_day_by_itself(days: np.ndarray) -> None:
    assert round_cumulative(days).tolist() == [round_cumulative(day).tolist() for day in days]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        round_cumulative([1.0, bad])


def test_a_sum_too_large_to_be_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        round_cumulative([1e16])


def test_no_values() -> None:
    assert round_cumulative([]).tolist() == []
