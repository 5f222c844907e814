"""One reading on its way from a meter to the platform."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Form = Literal["registers", "rows"]


@dataclass(frozen=True)
class Reading:
    """`registers`: what a dial showed at the instant `at` [UTC seconds]. `rows`: the mean power of the interval from `at` on."""

    form: Form
    meter: str
    flow: str | None
    unit: str
    at: int
    value: Decimal
    step_minutes: int = 0
    estimated: bool = False


@dataclass(frozen=True)
class Sample:
    """One power among those whose mean becomes a reading: `step_minutes` long, expected every `every_minutes`."""

    meter: str
    flow: str | None
    unit: str
    at: int
    value: Decimal
    step_minutes: int
    every_minutes: int
