"""Whole numbers from shares and from decimals, without losing or making a unit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_INT64_BITS = 63


def largest_remainder(total: int, weights: ArrayLike) -> NDArray[np.int64]:
    """`total` split in proportion to `weights`, each share within one of its quota; the shares add up to `total` exactly.

    The units that rounding down leaves go to the largest remainders, the earlier of equal ones first. A negative total is
    split like its opposite.

    Args:
        weights: whole numbers, none negative, shape (n,).
    Raises:
        ValueError: a weight is negative or not whole, or all are zero while `total` is not.
    """
    given = np.asarray(weights)
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        raise ValueError("weights are one row of whole numbers")
    if given.size and given.min() < 0:
        raise ValueError("a weight is negative")
    whole = sum(int(part) for part in given) if given.dtype == np.uint64 else int(given.sum(dtype=object)) if given.size else 0
    if whole == 0:
        if total:
            raise ValueError("nothing to split by: all weights are zero")
        return np.zeros(given.shape, np.int64)
    sign, amount = (-1, -total) if total < 0 else (1, total)
    each, rest = divmod(amount, whole)
    # (rest * weight) must fit: else the same sums in Python's own integers, slower and as exact.
    wide = rest.bit_length() + int(given.max()).bit_length() > _INT64_BITS or whole.bit_length() > _INT64_BITS
    exact = given.astype(object if wide else np.int64)
    shares = exact * each + exact * rest // whole
    remainders = exact * rest % whole
    left = amount - int(shares.sum())
    shares[np.argsort(-remainders, kind="stable")[:left]] += 1
    split: NDArray[np.int64] = (sign * shares).astype(np.int64)
    return split


def round_cumulative(values: ArrayLike) -> NDArray[np.int64]:
    """Whole numbers whose running sums are the rounded (half to even) running sums of `values`, along the last axis.

    So a day's rounded intervals add up to the rounded day, and no interval is off by more than one.

    Raises:
        ValueError: a value is not finite, or a sum is too large to be whole.
    """
    given = np.asarray(values, dtype=np.float64)
    if not np.isfinite(given).all():
        raise ValueError("a value is not a finite number")
    # At a millionth of a unit, so that decimals count as they were written: the floats of 78.9 and 339.6 are a little less,
    # and a sum of such must not fall below a half that the written numbers reach.
    sums = np.round(np.cumsum(given, axis=-1, dtype=np.longdouble), 6)
    if given.size and np.abs(sums).max() >= 2.0**53:
        raise ValueError("a sum is too large to be exact")
    whole: NDArray[np.int64] = np.rint(sums).astype(np.int64)
    whole[..., 1:] -= whole[..., :-1].copy()
    return whole
