"""Exact numbers and the one rounding they get. Sums and products of an account are fractions: 44/12 of a tonne of carbon
does not end as a decimal, and an account must be the exact sum of its parts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

PLACES_OF_ENDLESS = 12


def decimal_of(value: Fraction) -> Decimal:
    """The same number as a decimal; one that does not end is rounded half to even at 12 places."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return rounded(value, PLACES_OF_ENDLESS)
    places = max(twos, fives)
    return _shifted(value.numerator * 10**places // value.denominator, places)


def rounded(value: Fraction, places: int) -> Decimal:
    """The number at this many places, half to even."""
    return _shifted(round(value * 10**places), places)


def _shifted(digits: int, places: int) -> Decimal:
    # From text: every arithmetic operation on a Decimal would round to the context's 28 digits.
    return Decimal(f"{digits}E-{places}") if places else Decimal(digits)


def grouped(value: Fraction | Decimal | int) -> str:
    """The number as people write it, with thousands separated: 8,000,000 or 0.8325."""
    exact = decimal_of(value) if isinstance(value, Fraction) else Decimal(value)
    return f"{exact:,f}"
