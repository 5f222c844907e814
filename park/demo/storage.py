"""The demo's battery: two charges and two discharges a day, each charge no larger than what its discharge will need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from park.demo.assumptions import Firm, assumptions, quarter

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Battery:
    """What went into and came out of the battery at its meter in each quarter-hour, shape (days, 96). [Wh]"""

    charged: Counts
    discharged: Counts


def operate(firm: Firm, net: Counts) -> Battery:
    """The battery's two flows for days of this net load (use - PV, negative when PV is left over). [Wh]

    Never lifts the net load above `ceiling_share` of the firm's peak, never sends anything to the grid, and is as full at
    the end of a day as at its beginning: the next day's load is known when it is charged.
    """
    rules = assumptions().storage
    charged, discharged = np.zeros_like(net), np.zeros_like(net)
    if firm.storage_kwh:
        for night_or_day, peak in zip(_slots(rules["charge"]), _slots(rules["discharge"]), strict=True):
            _cycle(firm, net, night_or_day, peak, charged, discharged)
    return Battery(charged, discharged)


def _cycle(firm: Firm, net: Counts, charge: slice, discharge: slice, charged: Counts, discharged: Counts) -> None:
    """One charge and its discharge, written into the two flows."""
    rules = assumptions().storage
    one_way = rules["one_way_efficiency"]
    power = firm.storage_kw * 1000 / 4
    ceiling = rules["ceiling_share"] * firm.peak_kw * 1000 / 4
    usable = firm.storage_kwh * 1000 * rules["usable_share"]
    wanted = np.clip(net[:, discharge].astype(np.float64), 0, power)
    room = np.clip(ceiling - net[:, charge].astype(np.float64), 0, power)
    out = np.minimum.reduce([usable * one_way * np.ones(len(net)), wanted.sum(axis=1), room.sum(axis=1) * one_way**2])
    discharged[:, discharge] = _spread(out, wanted)
    charged[:, charge] = _spread(discharged[:, discharge].sum(axis=1) / one_way**2, room)


def _spread(total: NDArray[np.float64], limits: NDArray[np.float64]) -> Counts:
    """Whole watt-hours in proportion to the limits, adding up to the total without its fraction."""
    share = total / np.maximum(limits.sum(axis=1), 1.0)
    ends = np.floor(np.cumsum(limits, axis=1) * share[:, None] + 1e-6).astype(np.int64)
    return np.asarray(np.diff(ends, axis=1, prepend=0), dtype=np.int64)


def _slots(windows: list[list[str]]) -> list[slice]:
    return [slice(quarter(start), quarter(end)) for start, end in windows]
