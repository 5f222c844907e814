"""The meters of a demo firm: integer watt-hours of every quarter-hour, consistent with each other interval by interval."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from park.demo import gaps, storage, workdays
from park.demo.assumptions import Firm, assumptions
from park.demo.load import energy
from park.demo.noise import key, normal, uniform
from park.demo.weather import SLOTS, yield_per_kwp
from park.demo.workdays import Days, numbers

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
GATEWAY = "关口表"


@dataclass(frozen=True)
class Channel:
    """One flow of one meter. `parent` is the meter it hangs behind."""

    meter: str
    flow: str
    parent: str | None = None


@dataclass(frozen=True)
class Balance:
    """A site's energy, each of shape (days, 96). [Wh, reactive: varh]

    grid_in + pv_gen + discharged = use + charged + grid_out in every quarter-hour, and grid_out <= pv_gen.
    """

    use: Counts
    pv_gen: Counts
    grid_in: Counts
    grid_out: Counts
    charged: Counts
    discharged: Counts
    reactive: Counts
    parts: dict[str, Counts]  # sub-meter -> its part of `use`


def channels(firm: Firm) -> list[Channel]:
    """What is metered at a firm: the gateway, the PV, the battery, and sub-meters behind the gateway."""
    flows = ["grid_in", "reactive_in"] + (["grid_out"] if firm.pv_kwp else [])
    result = [Channel(GATEWAY, flow) for flow in flows]
    if firm.pv_kwp:
        result.append(Channel("光伏表", "pv_gen"))
    if firm.storage_kwh:
        result += [Channel("储能表", "storage_in"), Channel("储能表", "storage_out")]
    return result + [Channel(load.meter, "grid_in", GATEWAY) for load in firm.load if load.meter]


def balance(firm: Firm, days: Days) -> Balance:
    """The site's energy on these days. [Wh]"""
    loads = [(load, _whole(energy(firm, load, days))) for load in firm.load]
    use: Counts = np.asarray(np.sum([part for _, part in loads], axis=0), dtype=np.int64)
    pv_gen = _whole(yield_per_kwp(days) * firm.pv_kwp * _roof(firm, days))
    net = use - pv_gen
    battery = storage.operate(firm, net)
    net = net + battery.charged - battery.discharged
    return Balance(
        use=use,
        pv_gen=pv_gen,
        grid_in=np.clip(net, 0, None),
        grid_out=np.clip(-net, 0, None),
        charged=battery.charged,
        discharged=battery.discharged,
        reactive=_reactive(firm, use, days),
        parts={load.meter: part for load, part in loads if load.meter},
    )


def curves(firm: Firm, first: str, last: str) -> dict[Channel, Counts]:
    """Every channel's quarter-hours from the first to the last local day, shape (days, 96). [Wh, varh]"""
    made = balance(firm, workdays.span(first, last))
    flows = {
        "grid_in": made.grid_in, "grid_out": made.grid_out, "reactive_in": made.reactive, "pv_gen": made.pv_gen,
        "storage_in": made.charged, "storage_out": made.discharged,
    }  # fmt: skip
    return {one: made.parts[one.meter] if one.parent else flows[one.flow] for one in channels(firm)}


def intervals(firm: Firm, channel: Channel, day: str) -> Counts:
    """One day of one channel, shape (96,). [Wh, varh]"""
    return np.asarray(curves(firm, day, day)[channel][0], dtype=np.int64)


def present(firm: Firm, first: str, last: str) -> Flags:
    """Which quarter-hours of the firm's meters arrived, shape (days, 96)."""
    return gaps.present(firm, workdays.span(first, last))


def minutes(firm: Firm, day: str) -> dict[Channel, Counts]:
    """The parentless meters of one day minute by minute, shape (1440,); each quarter-hour adds up to its interval. [Wh, varh]

    Own use of the PV stays >= 0 in every minute, because it is split itself.
    """
    made = balance(firm, workdays.span(day, day))
    number = int(numbers(np.array([day], dtype="datetime64[D]"))[0])
    self_used = made.pv_gen - made.grid_out
    split = {
        name: _split(values[0], key(firm.key, name, "minute"), number)
        for name, values in {
            "grid_in": made.grid_in, "grid_out": made.grid_out, "pv_self": self_used, "reactive_in": made.reactive,
            "storage_in": made.charged, "storage_out": made.discharged,
        }.items()
    }  # fmt: skip
    split["pv_gen"] = split["pv_self"] + split["grid_out"]
    return {one: split[one.flow] for one in channels(firm) if one.parent is None}


def _split(quarters: Counts, seed: int, day: int) -> Counts:
    """Fifteen uneven minutes for each quarter-hour, adding up to it exactly."""
    weights = 0.8 + 0.4 * uniform(seed, day, np.arange(SLOTS * 15)).reshape(SLOTS, 15)
    ends = np.floor(np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True) * quarters[:, None] + 1e-9).astype(np.int64)
    ends[:, -1] = quarters
    return np.asarray(np.diff(ends, axis=1, prepend=0).reshape(-1), dtype=np.int64)


def _whole(values: NDArray[np.float64]) -> Counts:
    return np.rint(values).astype(np.int64)


def _roof(firm: Firm, days: Days) -> NDArray[np.float64]:
    """The firm's roof against the park's average: a few per cent of tilt, dirt and shade from day to day."""
    return np.asarray(1 + 0.015 * normal(key(firm.key, "roof"), numbers(days)))[:, None]


def _reactive(firm: Firm, use: Counts, days: Days) -> Counts:
    noise = 1 + 0.04 * normal(key(firm.key, "reactive"), numbers(days)[:, None], np.arange(SLOTS))
    return _whole(use * noise * _reactive_share(firm))


@functools.cache
def _reactive_share(firm: Firm) -> float:
    """varh per Wh of use, so that the power factor over an ordinary year at the gateway is the assumed one.

    PV takes active power off the gateway and leaves the reactive, so it is computed against what the grid delivers.
    """
    days = workdays.span("2025-01-01", "2025-12-31")
    use = np.sum([_whole(energy(firm, load, days)) for load in firm.load], axis=0)
    grid_in = np.clip(use - yield_per_kwp(days) * firm.pv_kwp, 0, None)
    return float(np.tan(np.arccos(firm.power_factor)) * grid_in.sum() / use.sum())


def metered_share(firm: Firm) -> float:
    """Part of a firm's use that its sub-meters see."""
    return sum(load.share for load in firm.load if load.meter)


def firms_with_meters() -> list[Firm]:
    """The firms of the main park that send curves."""
    return [firm for firm in assumptions().firms if not firm.held]
