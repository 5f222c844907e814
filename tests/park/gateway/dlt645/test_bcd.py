"""Decimals in half bytes, there and back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.gateway.dlt645.bcd import NoDigits, number, to_bytes


@given(st.integers(0, 99_999_999), st.integers(0, 4))
def test_there_and_back(whole: int, decimals: int) -> None:
    value = Decimal(whole).scaleb(-decimals)
    assert number(to_bytes(value, 4, decimals), decimals) == value


@given(st.integers(-799_999, 799_999))
def test_the_highest_bit_says_minus(whole: int) -> None:
    value = Decimal(whole).scaleb(-4)
    assert number(to_bytes(value, 3, 4, signed=True), 4, signed=True) == value


def test_the_lowest_byte_comes_first() -> None:
    assert number(bytes.fromhex("56341200"), 2) == Decimal("1234.56")
    assert number(bytes.fromhex("341280"), 4, signed=True) == Decimal("-0.1234")
    assert number(bytes.fromhex("341280"), 4) == Decimal("80.1234")


@pytest.mark.parametrize("data", ["FFFFFFFF", "0000000A", "F0"])
def test_what_is_no_digit_is_no_number(data: str) -> None:
    with pytest.raises(NoDigits):
        number(bytes.fromhex(data), 2)


@pytest.mark.parametrize(
    ("value", "length", "decimals", "signed"),
    [("100", 1, 0, False), ("-1", 2, 0, False), ("1.234", 2, 2, False), ("80", 1, 0, True)],
)
def test_what_does_not_fit_is_not_written(value: str, length: int, decimals: int, signed: bool) -> None:
    with pytest.raises(ValueError, match=r"does not fit|cannot be written"):
        to_bytes(Decimal(value), length, decimals, signed=signed)
