"""A long curve made short enough to draw, without losing a peak or hiding a gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Envelope:
    """`values` at equal distances of `step` original intervals; NaN where nothing is known."""

    values: NDArray[np.float32]
    step: float


def minmax(values: Curve, n: int) -> Envelope:
    """At most `n` points (n >= 2) holding the lowest and highest value of every bucket, in their order in time.

    A bucket without any value stays NaN. One with some values shows those; `gaps` tells what is missing in it.
    """
    if n < 2:
        raise ValueError("n must be at least 2")
    if len(values) <= n:
        return Envelope(values.astype(np.float32), 1.0)
    width = -(-len(values) // (n // 2))
    count = -(-len(values) // width)
    padded = np.full(count * width, np.nan)
    padded[: len(values)] = values
    buckets = padded.reshape(count, width)
    low_at = np.argmin(np.where(np.isnan(buckets), np.inf, buckets), axis=1)
    high_at = np.argmax(np.where(np.isnan(buckets), -np.inf, buckets), axis=1)
    row = np.arange(count)
    pair = np.stack([np.minimum(low_at, high_at), np.maximum(low_at, high_at)], axis=1)
    return Envelope(buckets[row[:, None], pair].reshape(-1).astype(np.float32), width / 2)


def gaps(values: Curve, most: int = 200) -> list[tuple[int, int]]:
    """Half-open index ranges without a value; the closest ones are joined until at most `most` remain."""
    missing = np.isnan(values).astype(np.int8)
    edges = np.flatnonzero(np.diff(missing, prepend=np.int8(0), append=np.int8(0)))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    while len(runs) > most:
        distances = [runs[i + 1][0] - runs[i][1] for i in range(len(runs) - 1)]
        limit = sorted(distances)[len(runs) - most - 1]
        joined = [runs[0]]
        for start, end in runs[1:]:
            if start - joined[-1][1] <= limit:
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        runs = joined
    return runs
