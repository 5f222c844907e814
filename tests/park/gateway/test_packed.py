"""Numbers in registers: every type in every order, there and back; floats as short as they can be."""

from __future__ import annotations

import struct
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.gateway.packed import TYPES, Order, decode, encode, scaled, words_of

ORDERS = st.sampled_from(["big", "little"])
INTEGERS = {"int16": (-(2**15), 2**15), "uint16": (0, 2**16), "int32": (-(2**31), 2**31), "uint32": (0, 2**32),
            "int64": (-(2**63), 2**63), "uint64": (0, 2**64)}  # fmt: skip


@given(st.sampled_from(sorted(INTEGERS)), ORDERS, ORDERS, st.data())
def test_whole_numbers_there_and_back(kind: str, words: Order, order: Order, choice: st.DataObject) -> None:
    low, high = INTEGERS[kind]
    value = Decimal(choice.draw(st.integers(low, high - 1)))
    sent = encode(value, kind, word_order=words, byte_order=order)
    assert len(sent) == words_of(kind)
    assert all(0 <= one <= 0xFFFF for one in sent)
    assert decode(sent, kind, word_order=words, byte_order=order) == value


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), ORDERS, ORDERS)
def test_floats_of_32_bits_there_and_back(value: float, words: Order, order: Order) -> None:
    found = decode(
        encode(Decimal(value), "float32", word_order=words, byte_order=order), "float32", word_order=words, byte_order=order
    )
    assert struct.pack(">f", float(found)) == struct.pack(">f", value + 0.0 if value else 0.0) or value == float(found) == 0
    assert len(found.as_tuple().digits) <= 9


@given(st.floats(allow_nan=False, allow_infinity=False), ORDERS, ORDERS)
def test_floats_of_64_bits_there_and_back(value: float, words: Order, order: Order) -> None:
    sent = encode(Decimal(value), "float64", word_order=words, byte_order=order)
    assert float(decode(sent, "float64", word_order=words, byte_order=order)) == value


@pytest.mark.parametrize(
    ("words", "kind", "word_order", "byte_order", "value"),
    [
        ([0x4366, 0x199A], "float32", "big", "big", "230.1"),
        ([0x199A, 0x4366], "float32", "little", "big", "230.1"),
        ([0x6643, 0x9A19], "float32", "big", "little", "230.1"),
        ([0x9A19, 0x6643], "float32", "little", "little", "230.1"),
        ([0x0001, 0xE240], "uint32", "big", "big", "123456"),
        ([0xE240, 0x0001], "uint32", "little", "big", "123456"),
        ([0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE], "int64", "big", "big", "-2"),
        ([0xFFFE], "int16", "big", "big", "-2"),
        ([0x3FF8, 0, 0, 0], "float64", "big", "big", "1.5"),
        ([0x7F7F, 0xFFFF], "float32", "big", "big", "3.4028235E+38"),
    ],
)
def test_as_meters_send_them(words: list[int], kind: str, word_order: Order, byte_order: Order, value: str) -> None:
    assert decode(words, kind, word_order=word_order, byte_order=byte_order) == Decimal(value)


@pytest.mark.parametrize("words", [[0x7FC0, 0], [0x7F80, 0], [0xFF80, 0]])
def test_no_number_is_no_number(words: list[int]) -> None:
    with pytest.raises(ValueError, match="no number"):
        decode(words, "float32")


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from(["0.001", "0.1", "1", "1000", "1e-6"]))
def test_scaling_is_exact(raw: int, scale: str) -> None:
    assert scaled(Decimal(raw), Decimal(scale)) * (1 / Decimal(scale)).normalize() == raw or abs(raw) > 10**18


def test_every_type_has_a_size() -> None:
    assert {kind: struct.calcsize(f">{code}") // 2 for kind, (code, _) in TYPES.items()} == {
        kind: words for kind, (_, words) in TYPES.items()
    }
