"""The normal form between the doors (files, HTTP) and the gate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Series:
    """Interval values of one flow of one meter, as understood by a door.

    `start` [UTC seconds] strictly ascending, shape (n,); `values` [milli-units of the flow's unit], shape (n,), 0 where
    missing; `quality` codes of `tenants.flows`; `rows` the row number in the file or request, for messages.
    """

    meter: str
    flow: str
    step_minutes: int
    start: NDArray[np.int64]
    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    rows: NDArray[np.int32]
    inexact: bool = False  # a rounded unit conversion: one milli-unit of difference is no difference
    final: bool = False  # the meter's multiplier is in the values already


@dataclass(frozen=True)
class Register:
    """Cumulative readings of one flow of one meter, as a door understood them.

    `at` [UTC seconds] in any order, shape (n,); `readings` [milli-units of the flow's unit, at the dial], shape (n,); `rows` the
    row number in the file or request. The same moment twice with the same reading is one reading.
    """

    meter: str
    flow: str
    at: NDArray[np.int64]
    readings: NDArray[np.int64]
    rows: NDArray[np.int32]


@dataclass(frozen=True)
class Reject:
    """A row that was not taken: where, why and what to do. `reason` and `remedy` are templates over `facts`."""

    row: int
    reason: str
    remedy: str
    facts: dict[str, Any] = field(default_factory=dict)
