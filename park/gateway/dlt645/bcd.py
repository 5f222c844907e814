"""Binary coded decimals as DL/T 645 sends them: two digits a byte, the lowest byte first."""

from __future__ import annotations

from decimal import Decimal

from tenants.errors import LingyuanError


class NoDigits(LingyuanError):
    """{shown} holds a half byte that is no decimal digit."""

    status = 502
    remedy = "The meter has no value there, or the data have another form than the standard says."


def digits(data: bytes) -> str:
    """The digits in the order people write them, two for each byte.

    Raises:
        NoDigits: a half byte is above 9.
    """
    text = data[::-1].hex()
    if not text.isdecimal():
        raise NoDigits(shown=text.upper())
    return text


def number(data: bytes, decimals: int, *, signed: bool = False) -> Decimal:
    """The number in the bytes, its last `decimals` digits behind the point.

    Args:
        signed: The highest bit says minus, as for power and for combined energy.
    Raises:
        NoDigits.
    """
    negative = signed and bool(data) and bool(data[-1] & 0x80)
    if negative:
        data = data[:-1] + bytes([data[-1] & 0x7F])
    value = Decimal(int(digits(data) or "0")).scaleb(-decimals)
    return -value if negative else value


def to_bytes(value: Decimal, length: int, decimals: int, *, signed: bool = False) -> bytes:
    """The number as a meter sends it in `length` bytes.

    Raises:
        ValueError: it has more digits than there is room for, or a sign that has no place.
    """
    whole = abs(value).scaleb(decimals)
    if whole != whole.to_integral_value() or (value < 0 and not signed):
        raise ValueError(f"{value} cannot be written with {decimals} decimals")
    text = f"{int(whole):0{2 * length}d}"
    if len(text) > 2 * length or (signed and int(text[0]) > 7):
        raise ValueError(f"{value} does not fit into {length} bytes")
    data = bytearray(bytes.fromhex(text)[::-1])
    if value < 0:
        data[-1] |= 0x80
    return bytes(data)
