"""Registers kept in memory as the database keeps them: each batch reads only around itself and writes only the touched days."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.calc.registers.course import Readings
from tenants.calc.registers.derive import Derived, derived
from tenants.calc.registers.dial import Dial
from tenants.calc.registers.locality import Around, Calm, touched_days

Curves = dict[int, tuple[int, bytes, bytes]]  # by day: step, values, quality
MARGIN = 2


def curves(found: Derived, zone: ZoneInfo, days: NDArray[np.int32] | None = None) -> Curves:
    line = None if days is None else np.zeros(days.size, np.int64)
    return {
        int(rows.day[i]): (rows.step, rows.values[i].tobytes(), rows.quality[i].tobytes())
        for rows in found.curves(zone, line, days) for i in range(rows.day.size)
    }  # fmt: skip


class Memory:
    """One register."""

    def __init__(self, dial: Dial, zone: ZoneInfo) -> None:
        self.dial, self.zone = dial, zone
        self.readings: dict[int, int] = {}
        self.curves: Curves = {}
        self.read_whole = 0

    def send(self, at: NDArray[np.int64], value: NDArray[np.int64]) -> None:
        """Takes a batch in."""
        new = {int(a): int(v) for a, v in zip(at, value, strict=True) if int(a) not in self.readings}
        if not new:
            return
        self.readings |= new
        first, last = min(new), max(new)
        for margin in (MARGIN, None):
            found, touched = self._attempt(first, last, margin)
            if touched is not None:
                break
            self.read_whole += 1
        assert touched is not None
        for day in range(touched[0], touched[1] + 1):
            self.curves.pop(day, None)
        self.curves |= curves(found, self.zone, np.arange(touched[0], touched[1] + 1, dtype=np.int32))

    def _attempt(self, first: int, last: int, margin: int | None) -> tuple[Derived, tuple[int, int] | None]:
        at = np.array(sorted(self.readings), np.int64)
        value = np.array([self.readings[one] for one in at.tolist()], np.int64)
        day, _ = clock.split(at, self.zone)
        ends, _ = clock.split(np.array([first, last], np.int64), self.zone)
        near = np.ones(at.size, bool) if margin is None else (day >= ends[0] - margin) & (day <= ends[1] + margin)
        from_start, to_end = bool(near[0]), bool(near[-1])
        span = clock.midnights(self.zone, int(day[near][0]), int(day[near][-1]))
        dial = self.dial.within(None if from_start else int(span[0]), None if to_end else int(span[-1]))
        found = derived(Readings(np.zeros(int(near.sum()), np.int64), at[near], value[near]), [dial])
        calm, size = Calm(found.verdicts), len(found.verdicts.course)
        return found, touched_days(calm, 0, size, Around(from_start, to_end), first, last, self.zone)

    def whole(self) -> Curves:
        """The curves of everything, derived at once."""
        at = np.array(sorted(self.readings), np.int64)
        value = np.array([self.readings[one] for one in at.tolist()], np.int64)
        return curves(derived(Readings(np.zeros(at.size, np.int64), at, value), [self.dial]), self.zone)
