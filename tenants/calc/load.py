"""What a load curve shows: its maximum demand, its load factor. Missing intervals are not zeros."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tenants.exact import decimal_of
from tenants.flows import CORRECTED, MEASURED, MISSING

DEMAND_MINUTES = 15
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Curve:
    """Local days of one flow: `days` shape (d,), `values` [milli-units] and `quality` shape (d, 1440 / step), `step` [min].

    Raises:
        ValueError: the shapes do not agree.
    """

    days: NDArray[np.datetime64]
    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    step: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", self.values.astype(np.int64, copy=False))  # sums and costs outgrow int32
        shape = (len(self.days), DAY_MINUTES // self.step)
        if self.values.shape != shape or self.quality.shape != shape:
            raise ValueError(f"a curve of these days and step has the shape {shape}")

    @cached_property
    def present(self) -> NDArray[np.bool_]:
        """Where an interval has a value of any kind."""
        found: NDArray[np.bool_] = self.quality != MISSING
        return found

    @cached_property
    def measured(self) -> NDArray[np.bool_]:
        """Where an interval has a meter behind its shape: measured or corrected, not estimated, allocated or suspect."""
        found: NDArray[np.bool_] = np.isin(self.quality, (MEASURED, CORRECTED))
        return found

    @cached_property
    def demand(self) -> Curve:
        """The curve at 15 minutes where it is finer; such an interval is measured only if all its parts are."""
        parts = DEMAND_MINUTES // self.step
        if parts <= 1:
            return self
        shape = (len(self.days), -1, parts)
        known = self.measured.reshape(shape).all(axis=2)
        quality = np.where(known, MEASURED, MISSING).astype(np.uint8)
        return Curve(self.days, self.values.reshape(shape).sum(axis=2), quality, DEMAND_MINUTES)


@dataclass(frozen=True)
class Demand:
    """The highest mean power over `minutes` [kW]; `start` is its local start."""

    kw: Decimal
    start: dt.datetime
    minutes: int


def maximum_demand(curve: Curve) -> Demand | None:
    """The highest mean power over 15 minutes (or the step, where that is longer) of the measured intervals. [kW]

    The earliest of equal ones; None where nothing is measured.
    """
    at = curve.demand
    if not at.measured.any():
        return None
    highest = int(np.where(at.measured, at.values, np.iinfo(np.int64).min).argmax())
    row, column = divmod(highest, at.values.shape[1])
    start = at.days[row].astype("datetime64[m]") + np.timedelta64(column * at.step, "m")
    return Demand(power_kw(int(at.values[row, column]), at.step), start.astype(dt.datetime), at.step)


def power_kw(wh: int, minutes: int) -> Decimal:
    """Mean power of an energy over some minutes. [kW]"""
    return decimal_of(Fraction(wh * 60, minutes * 1000))


def load_factor(curve: Curve) -> Decimal | None:
    """Mean power over maximum demand of the measured intervals; None where nothing is used. [1]"""
    at = curve.demand
    known = at.values[at.measured]
    highest = int(known.max()) if known.size else 0
    return decimal_of(Fraction(int(known.sum()), known.size * highest)) if highest > 0 else None
