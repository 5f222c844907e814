"""What may stand in place of a value: sums are whole, nothing outside the cells changes, and each method is what it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.calc.quality.estimate import CannotEstimate, comparable, linear, of_total
from tenants.calc.quality.unit_slip import true_unit
from tests.tenants.calc.quality.histories import at, history, workshop


def cells(size: int, *ranges: tuple[int, int]) -> np.ndarray:
    """The chosen places of a line."""
    chosen = np.zeros(size, bool)
    for first, end in ranges:
        chosen[first:end] = True
    return chosen


def test_a_straight_line_between_the_neighbours() -> None:
    values = np.array([10.0, 10, 10, 0, 0, 0, 50, 50] + [50.0] * 88)
    made = linear(history(values), cells(96, (3, 6)))
    assert made[3:6].tolist() == [20, 30, 40]
    assert made.sum() == 90


def test_no_line_without_a_neighbour() -> None:
    with pytest.raises(CannotEstimate):
        linear(history([np.nan, 1.0, *[2.0] * 94]), cells(96, (0, 1)))


def test_comparable_days_are_workdays_for_a_workday() -> None:
    values = workshop(28, noise=0)
    for saturday in (5, 12, 19, 26):
        values[at(saturday, 0) : at(saturday + 2, 0)] = 1_000
    seen = history(values)
    assert comparable(seen, cells(values.size, (at(15, 10), at(15, 11))))[at(15, 10) : at(15, 11)].tolist() == [30_000] * 4
    assert comparable(seen, cells(values.size, (at(20, 10), at(20, 11)))).sum() == 4 * 1_000


def test_too_few_days_tell_nothing() -> None:
    with pytest.raises(CannotEstimate):
        comparable(history(workshop(3)), cells(288, (100, 104)))


@given(total=st.integers(0, 10**12), first=st.integers(0, 1200), length=st.integers(1, 140))
@settings(max_examples=60)
def test_a_total_is_shared_out_to_the_last_unit(total: int, first: int, length: int) -> None:
    chosen = cells(14 * 96, (first, first + length))
    made = of_total(history(workshop(14)), chosen, total)
    assert int(made.sum()) == total
    assert (made >= 0).all()
    assert not made[~chosen].any()


def test_a_total_keeps_the_usual_shape() -> None:
    made = of_total(history(workshop(14, noise=0)), cells(14 * 96, (at(10, 6), at(10, 10))), 1_000_000)
    assert made[at(10, 9)] == pytest.approx(6 * made[at(10, 6)], rel=1e-4)


def test_the_true_unit_leaves_good_values_alone() -> None:
    values = workshop(30)
    slipped = values.copy()
    slipped[at(20, 9) : at(20, 15)] *= 1000
    seen = history(slipped)
    assert seen.line(true_unit(seen, 1000.0)).tolist() == values.tolist()
