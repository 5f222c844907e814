"""Products of whole numbers and fractions, rounded half to even, whole arrays at a time and without a float."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_SAFE = 2.0**62


def times(value: Ints, numerator: Ints, denominator: Ints) -> Ints:
    """value x numerator / denominator, rounded half to even, shape (n,). No fraction is negative."""
    return np.asarray(_product(value, numerator, denominator).astype(np.int64))


def between(begin: Ints, end: Ints, numerator: Ints, denominator: Ints) -> Ints:
    """The rounded product of `end` less that of `begin`, shape (n,); only the differences need fit."""
    return np.asarray((_product(end, numerator, denominator) - _product(begin, numerator, denominator)).astype(np.int64))


def _product(value: Ints, numerator: Ints, denominator: Ints) -> NDArray[Any]:
    """Large numbers are computed with Python's own integers, slower and as exact."""
    if value.size == 0:
        return np.zeros(0, np.int64)
    top, bottom = float(np.abs(numerator).max()), float(denominator.max())
    if bottom * top < _SAFE and (float(np.abs(value).max()) / float(denominator.min()) + 1) * top < _SAFE:
        return _rounded(value, numerator, denominator)
    return _rounded(value.astype(object), numerator.astype(object), denominator.astype(object))


def _rounded(value: NDArray[Any], numerator: NDArray[Any], denominator: NDArray[Any]) -> NDArray[Any]:
    whole, rest = value // denominator, value % denominator  # so that the product below stays small
    product = rest * numerator
    result = whole * numerator + product // denominator
    twice = 2 * (product % denominator)
    up = (twice > denominator) | ((twice == denominator) & (result % 2 != 0))
    return np.asarray(result + up)
