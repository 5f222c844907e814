from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.exact import decimal_of, grouped, rounded


@given(st.integers(-(10**40), 10**40), st.integers(0, 30))
def test_a_decimal_that_ends_is_kept_to_the_last_digit(digits: int, places: int) -> None:
    exact = Fraction(digits, 10**places)
    assert Fraction(decimal_of(exact)) == exact


@given(st.fractions(min_value=-(10**12), max_value=10**12))
def test_a_decimal_that_does_not_end_is_half_a_unit_of_its_last_place_away_at_most(value: Fraction) -> None:
    assert abs(Fraction(decimal_of(value)) - value) <= Fraction(1, 2 * 10**12)


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [("0.125", 2, "0.12"), ("0.135", 2, "0.14"), ("-0.125", 2, "-0.12"), ("2.5", 0, "2"), ("3.5", 0, "4"), ("1", 2, "1.00")],
)
def test_one_rounding_half_to_even(value: str, places: int, shown: str) -> None:
    assert str(rounded(Fraction(value), places)) == shown


def test_grouped() -> None:
    assert grouped(Fraction(8_000_000)) == "8,000,000"
    assert grouped(Fraction("959636.71")) == "959,636.71"
    assert grouped(Decimal("4995.00")) == "4,995.00"
    assert grouped(12345) == "12,345"
