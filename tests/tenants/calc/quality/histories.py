"""Short ways to make a channel's history."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.calc.quality.day_kind import kinds
from tenants.calc.quality.history import History
from tenants.flows import MEASURED

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = 20_514  # 2026-03-02, a Monday


def history(
    values: NDArray[np.float64] | list[float],
    *,
    first: int = FIRST,
    step: int = 15,
    zone: ZoneInfo = SHANGHAI,
    alike: bool = False,
) -> History:
    """Consecutive intervals from local midnight of a day on; NaN is missing. [milli-units]"""
    row = np.asarray(values, np.float64)
    per_day = 1440 // step
    count = -(-row.size // per_day)
    midnights = clock.midnights(zone, first, first + count - 1)
    length = (np.diff(midnights) // (60 * step)).astype(np.int32)
    cells = np.full((count, int(length.max())), np.nan)
    inside = np.arange(cells.shape[1])[None, :] < length[:, None]
    flat = np.full(int(inside.sum()), np.nan)
    flat[: row.size] = row
    cells[inside] = flat
    day = np.arange(first, first + count, dtype=np.int32)
    there = ~np.isnan(cells)
    return History(
        day, midnights[:-1], length, np.zeros(count, np.int8) if alike else kinds(day), step,
        np.where(there, np.nan_to_num(cells), 0).round().astype(np.int64), np.where(there, MEASURED, 0).astype(np.uint8), inside,
    )  # fmt: skip


def workshop(days: int, *, seed: int = 1, noise: float = 0.05) -> NDArray[np.float64]:
    """A workshop's load at 15 minutes: 120 kW by day, 20 kW at night, a little restless. [Wh per interval]"""
    hour = np.arange(days * 96) % 96 / 4
    load = np.where((hour >= 8) & (hour < 18), 30_000.0, 5_000.0)
    return np.asarray((load * np.random.default_rng(seed).normal(1, noise, load.size)).round())


def roof(days: int, *, seed: int = 1) -> NDArray[np.float64]:
    """A PV plant in Chongqing in March: from 07:00 to 18:45 local time, cloudy and clear. [Wh per interval]"""
    hour = np.arange(days * 96) % 96 / 4
    bell = np.clip(np.sin((hour - 7) / 11.75 * np.pi), 0, None)
    clouds = np.random.default_rng(seed).uniform(0.5, 1, hour.size)
    return np.asarray(np.where((hour > 7) & (hour < 18.75), (20_000 * bell * clouds).round(), 0.0))


def at(day: int, hour: float) -> int:
    """The place of a local time in a row of quarter hours that begins with day 0."""
    return day * 96 + round(hour * 4)
