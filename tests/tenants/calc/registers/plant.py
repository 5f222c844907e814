"""A plant whose true consumption is known, read by meters that are exchanged, reset, rolled over, and by lines that lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from tenants.calc.registers.course import Readings
from tenants.calc.registers.dial import Dial, Exchange, Multiplied, modulus

START = 1_767_196_800  # 2026-01-01T00:00+08:00


@dataclass
class Plant:
    """What was read, what is recorded, and the truth: energy [milli-units] counted up to each reading."""

    at: NDArray[np.int64]
    value: NDArray[np.int64]
    truth: NDArray[np.int64]
    dial: Dial
    lies: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))

    def readings(self) -> Readings:
        return Readings(np.zeros(self.at.size, np.int64), self.at, self.value)


def times(rng: np.random.Generator, days: int) -> NDArray[np.int64]:
    """Readings every 5 to 60 minutes, exact or late, a few of them missing."""
    every = int(rng.choice([300, 900, 900, 1800, 3600]))
    at = START + np.arange(0, days * 86_400, every, dtype=np.int64)
    kind = int(rng.integers(3))
    if kind == 1:
        at += rng.integers(0, 60, at.size)
    if kind == 2:
        at = np.unique(START + rng.integers(0, days * 86_400, days * 50))
    return at[rng.random(at.size) > 0.03]


def load(rng: np.random.Generator, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """What the dial counts between readings [milli-units]: a day and night, idle stretches."""
    hours = np.diff(at, prepend=at[0]) / 3600
    power = 20_000 + 15_000 * np.sin((at - START) / 86_400 * 2 * np.pi) + rng.integers(0, 4000, at.size)
    if rng.random() < 0.4:
        power[rng.random(at.size) < 0.3] = 0
    return np.asarray((power * hours).astype(np.int64))


def plant(seed: int, *, days: int = 4, events: bool = True, lies: bool = True) -> Plant:
    """A plant of which everything is drawn from the seed."""
    rng = np.random.default_rng(seed)
    at = times(rng, days)
    counted = load(rng, at)
    counted[0] = 0
    digits = int(rng.choice([4, 5, 6]))
    start = int(rng.integers(0, modulus(digits)))
    if events and rng.random() < 0.5:
        start = modulus(digits) - int(rng.integers(1, max(int(counted.sum()), 2)))  # it will roll over
    multiplier = Decimal(str(rng.choice(["1", "400", "0.333333", "12.5", "1.05"])))
    value = (start + np.cumsum(counted)) % modulus(digits)
    exchanges: list[Exchange] = []
    multipliers: list[Multiplied] = []
    if events:
        for place in sorted(set(rng.integers(20, at.size - 20, int(rng.integers(0, 3))).tolist())):
            moment = int(at[place])
            if rng.random() < 0.5:  # exchanged just at a reading, which the new one's first follows
                initial = int(rng.integers(0, 50_000))
                exchanges.append(Exchange(moment, int(value[place]), initial))
                value[place:] = (initial + np.cumsum(counted[place:]) - counted[place]) % modulus(digits)
            else:
                multipliers.append(Multiplied(moment, Decimal(str(rng.choice(["2", "80", "0.7"])))))
    dial = Dial(multiplier, digits if rng.random() < 0.5 else None, None, tuple(exchanges), tuple(multipliers))
    truth = np.array([0, *np.cumsum([_energy(dial, at, counted, i) for i in range(1, at.size)])], np.float64)
    plant_ = Plant(at, value.astype(np.int64), np.rint(truth).astype(np.int64), dial, np.zeros(at.size, bool))
    if lies:
        _lie(rng, plant_)
    return plant_


def _energy(dial: Dial, at: NDArray[np.int64], counted: NDArray[np.int64], i: int) -> float:
    return float(dial.multiplier_at(int(at[i - 1]))) * int(counted[i])


def _lie(rng: np.random.Generator, plant_: Plant) -> None:
    """Brief zeros, steps back, absurd jumps: never the same place as an event, never at the ends."""
    events = {one.at for one in plant_.dial.exchanges}
    size = plant_.at.size
    for _ in range(int(rng.integers(0, 4))):
        place, length = int(rng.integers(12, size - 12)), int(rng.integers(1, 4))
        span = slice(place, place + length)
        near = plant_.at[max(place - 8, 0) : place + length + 8]
        if any(near[0] <= one <= near[-1] for one in events) or plant_.lies[place - 10 : place + length + 10].any():
            continue
        kind = int(rng.integers(3))
        if kind == 0:
            plant_.value[span] = 0
        elif kind == 1:
            plant_.value[span] = plant_.value[place - 1] // 2
        else:
            plant_.value[span] = plant_.value[place] * 3 + 40_000_000_000
        plant_.lies[span] = True
