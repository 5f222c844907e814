"""What the demo's meters have to say between two instants, as the HTTP door takes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from park.demo import model
from park.demo.assumptions import Firm, assumptions
from tenants.clock import date_of, day_bounds, split

MINUTE_S = 60


def readings(firm: Firm, zone: ZoneInfo, since: int, until: int) -> list[dict[str, Any]]:
    """The readings that ended after `since` and by `until` [UTC seconds], one entry for each channel and local day.

    Gateways, PV and battery speak each minute, sub-meters each quarter-hour. A reading that the firm's modem lost is null.
    """
    found: list[dict[str, Any]] = []
    for day, midnight in _days(zone, since, until):
        arrived = model.present(firm, day, day)[0]
        every_minute = model.minutes(firm, day)
        quarters = model.curves(firm, day, day)
        for channel in model.channels(firm):
            fine = channel in every_minute
            values, step = (every_minute[channel], 1) if fine else (quarters[channel][0], assumptions().meters["step_minutes"])
            there = np.repeat(arrived, 15) if fine else arrived
            found += _entry(channel, step, values, there, zone, midnight, since, until)
    return found


def _days(zone: ZoneInfo, since: int, until: int) -> Iterator[tuple[str, int]]:
    """The local days that overlap the span: ISO date and the instant of midnight."""
    if until <= since:
        return
    numbers, _ = split(np.array([since, until - 1], dtype=np.int64), zone)
    first, last = date_of(int(numbers[0])), date_of(int(numbers[1]))
    bounds = day_bounds(zone, first, last)
    for offset in range((last - first).days + 1):
        yield (first + dt.timedelta(days=offset)).isoformat(), int(bounds[offset])


def _entry(
    channel: model.Channel, step: int, values: NDArray[np.int64], there: NDArray[np.bool_],
    zone: ZoneInfo, midnight: int, since: int, until: int,
) -> list[dict[str, Any]]:  # fmt: skip
    first = max(0, (since - midnight) // (step * MINUTE_S))
    end = min(len(values), (until - midnight) // (step * MINUTE_S))
    if first >= end or not there[first:end].any():
        return []
    start = dt.datetime.fromtimestamp(midnight + first * step * MINUTE_S, zone)
    shown = [float(value) / 1000 if known else None for value, known in zip(values[first:end], there[first:end], strict=True)]
    unit = "kvarh" if channel.flow.startswith("reactive") else "kWh"
    return [
        {"meter": channel.meter, "flow": channel.flow, "start": start.isoformat(), "step_minutes": step, "unit": unit,
         "values": shown}
    ]  # fmt: skip
