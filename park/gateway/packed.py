"""Numbers in Modbus registers of 16 bits: every type, word order and byte order that meters use. Exact: decimals come out."""

from __future__ import annotations

import contextlib
import math
import struct
from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Final, Literal

Order = Literal["big", "little"]

# type -> (struct code, words)
TYPES: Final = {
    "int16": ("h", 1), "uint16": ("H", 1), "int32": ("i", 2), "uint32": ("I", 2), "int64": ("q", 4), "uint64": ("Q", 4),
    "float32": ("f", 2), "float64": ("d", 4),
}  # fmt: skip
_EXACT: Final = Context(prec=60)


def words_of(kind: str) -> int:
    """How many registers a number of this type takes."""
    return TYPES[kind][1]


def decode(words: Sequence[int], kind: str, *, word_order: Order = "big", byte_order: Order = "big") -> Decimal:
    """The number in the registers, before scaling.

    A float gives the shortest decimal that is the same float: 230.1, not 230.1000061035.

    Raises:
        ValueError: not a number, or infinite.
    """
    code, count = TYPES[kind]
    ordered = words[:count] if word_order == "big" else words[:count][::-1]
    data = b"".join(word.to_bytes(2, byte_order) for word in ordered)
    value = struct.unpack(f">{code}", data)[0]
    if isinstance(value, int):
        return Decimal(value)
    if not math.isfinite(value):
        raise ValueError("it is no number")
    return _shortest(value, code)


def encode(value: Decimal, kind: str, *, word_order: Order = "big", byte_order: Order = "big") -> list[int]:
    """The registers that hold the number."""
    code, _ = TYPES[kind]
    data = struct.pack(f">{code}", float(value) if code in "fd" else int(value))
    words = [int.from_bytes(data[i : i + 2], byte_order) for i in range(0, len(data), 2)]
    return words if word_order == "big" else words[::-1]


def scaled(value: Decimal, scale: Decimal) -> Decimal:
    """The number times its scale, exact for everything a register can hold."""
    return _EXACT.multiply(value, scale)


def _shortest(value: float, code: str) -> Decimal:
    if code == "d":
        return Decimal(repr(value))
    packed = struct.pack(">f", value)
    for digits in range(6, 9):
        text = f"{value:.{digits}g}"
        with contextlib.suppress(OverflowError):  # rounded up beyond the largest float
            if struct.pack(">f", float(text)) == packed:
                return Decimal(text)
    return Decimal(f"{value:.9g}")
