"""Readings and events without any sense: what must hold of everything must hold of them."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from tenants.calc.registers.course import Readings
from tenants.calc.registers.dial import ClockOff, Dial, Exchange, Multiplied
from tests.tenants.calc.registers.plant import START

ODD = [0, 1, 1000, 999_999_000, 10**13, 5, 123_456]


def wild(seed: int) -> tuple[Readings, Dial]:
    """Everything is drawn from the seed."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 400))
    gaps = rng.choice([1, 60, 900, 3600, 86_400, 20 * 86_400], size, p=[0.05, 0.1, 0.63, 0.2, 0.015, 0.005])
    at = START + np.cumsum(gaps)
    start = int(rng.choice([0, 1, 99_990_000, 10**12]))
    value = start + np.cumsum(rng.choice([0, 0, 1, 10, 1000, 5000], size)).astype(np.int64)
    odd = rng.random(size) < rng.choice([0, 0.02, 0.1, 0.5])
    value[odd] = rng.choice(ODD, int(odd.sum()))
    kind = int(rng.integers(3))
    if kind == 1:
        value[size // 2 :] += int(rng.choice([0, 3, 5000])) - value[size // 2]
    if kind == 2:
        value = rng.choice([0, 1, 2, 1000, 2000, 10**6, 10**12], size).astype(np.int64)
    readings = Readings(np.zeros(size, np.int64), at, np.clip(value, 0, 10**13))
    return readings, _dial(rng, int(at[0]) - 1000, int(at[-1]) + 1000)


def _dial(rng: np.random.Generator, first: int, last: int) -> Dial:
    some = rng.integers(first, last, 3).tolist() if rng.random() < 0.4 else []
    exchanges = tuple(
        Exchange(moment, None if rng.random() < 0.3 else int(rng.choice([0, 5, 10**6, 10**9])), int(rng.choice([0, 7000])),
                 None if rng.random() < 0.5 else int(rng.integers(3, 8)))
        for moment in sorted(set(some))
    )  # fmt: skip
    some = rng.integers(first, last, 2).tolist() if rng.random() < 0.3 else []
    sizes = ["2", "0.5", "1000", "0.000001", "1000000"]
    multipliers = tuple(Multiplied(moment, Decimal(str(rng.choice(sizes)))) for moment in sorted(some))
    start = int(rng.integers(first, last))
    ahead = int(rng.choice([-3600, 900, 3600, 86_400]))
    clocks = (ClockOff(start, start + int(rng.integers(1, 10**5)), ahead),) if rng.random() < 0.15 else ()
    digits = None if rng.random() < 0.5 else int(rng.integers(3, 10))
    rated = None if rng.random() < 0.5 else Decimal(int(rng.choice([1, 100, 10**6])))
    times = Decimal(str(rng.choice(["1", "400", "0.3", "1000000", "0.000001"])))
    return Dial(times, digits, rated, exchanges, multipliers, clocks)
