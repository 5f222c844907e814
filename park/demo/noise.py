"""Repeatable randomness: a value depends on names and numbers only, never on when or in which order it is asked for.

A counter is hashed (splitmix64), so a day's noise needs no generator state, and all days come from one array operation.
"""

from __future__ import annotations

import functools
import hashlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@functools.lru_cache(maxsize=4096)
def key(*parts: str | int) -> int:
    """A 64-bit number for a name, for example ("chillers", "line 01")."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:8], "big")


def uniform(seed: int, *counters: ArrayLike) -> Floats:
    """Values in [0, 1), one for each combination of the broadcast counters."""
    return (_hash(seed, *counters) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normal(seed: int, *counters: ArrayLike) -> Floats:
    """Values of mean 0 and standard deviation 1, never beyond 3.5: the sum of four 16-bit parts of the hash.

    No logarithm or cosine: the last digit is the same on every machine.
    """
    bits = _hash(seed, *counters)
    parts = sum(((bits >> np.uint64(shift)) & np.uint64(0xFFFF)).astype(np.float64) for shift in (0, 16, 32, 48))
    return np.asarray((parts - 131070.0) / 37837.23, dtype=np.float64)


def _hash(seed: int, *counters: ArrayLike) -> NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        state = np.asarray(np.uint64(seed))
        for counter in counters:
            state = _mix(state ^ (np.asarray(counter).astype(np.int64).view(np.uint64) * _GOLDEN))
        return state


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    state = np.asarray(state + _GOLDEN)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(state ^ (state >> np.uint64(31)))
