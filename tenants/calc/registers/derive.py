"""All of it: readings and events in, verdicts and curves out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tenants.calc.registers.course import Readings, arranged
from tenants.calc.registers.dial import Dial
from tenants.calc.registers.intervals import DayRows, days_of, intervals
from tenants.calc.registers.knots import Knots, knots
from tenants.calc.registers.verdict import Verdicts, judged


@dataclass(frozen=True)
class Derived:
    """What the readings of some registers say. Lines are the places of their dials."""

    verdicts: Verdicts
    knots: Knots

    def curves(
        self, zone: ZoneInfo, line: NDArray[np.int64] | None = None, day: NDArray[np.int32] | None = None, step: int | None = None
    ) -> list[DayRows]:
        """The curves of these lines on these days, by step; default every day from a line's first reading to its last."""
        if line is None or day is None:
            line, day = days_of(self.knots, zone)
        return intervals(self.knots, line, day, zone, step)


def derived(readings: Readings, dials: Sequence[Dial]) -> Derived:
    """Verdicts and exact energies of all readings; a function of the set of readings and events, not of their order.

    Args:
        readings: sorted by line and time; `line` counts `dials`.
    """
    course = arranged(readings, dials)
    verdicts = judged(course, dials)
    return Derived(verdicts, knots(verdicts, dials))
