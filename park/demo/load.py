"""Loads of a demo firm: relative patterns over its days, scaled so that a calendar year gives the firm's energy."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from park.demo import workdays
from park.demo.assumptions import Firm, Load, assumptions, quarter
from park.demo.noise import Floats, key, normal, uniform
from park.demo.weather import SLOTS, sine_of_elevation, temperature
from park.demo.workdays import Days, numbers

_HOUR = np.arange(SLOTS) / 4
_JULY_AUGUST_C = 29.0


def energy(firm: Firm, load: Load, days: Days) -> Floats:
    """What one load uses in each quarter-hour, shape (days, 96). [Wh]"""
    result = np.zeros((len(days), SLOTS))
    years = workdays.years(days)
    for year in np.unique(years):
        mine = years == year
        result[mine] = _level(firm, load, days[mine]) * _scale(firm, load.name, int(year))
    return result


@functools.lru_cache(maxsize=1024)
def _scale(firm: Firm, name: str, year: int) -> float:
    """Watt-hours of a quarter-hour per unit of the pattern, so that the year adds up. Depends on the year alone."""
    load = next(one for one in firm.load if one.name == name)
    total = _level(firm, load, workdays.year_days(year)).sum()
    spread = 2 * float(uniform(key(firm.key, "year"), year)) - 1
    return float(firm.mwh * 1e6 * load.share * (1 + assumptions().load["year_spread"] * spread) / total)


def busyness(firm: Firm, days: Days) -> Floats:
    """How much each day contributes to the year's work: the order book on working days, 0 on days off."""
    return _orders(firm, days) * _works(firm, days)


def _level(firm: Firm, load: Load, days: Days) -> Floats:
    level = _PATTERNS[load.pattern](firm, load, days)
    level = level * _cooling(load, days)[:, None]
    if load.pattern not in _STEADY:
        level = level * _orders(firm, days)[:, None]
    quarters = normal(key(firm.key, load.name, "quarter"), numbers(days)[:, None], np.arange(SLOTS))
    return np.asarray(np.clip(level * (1 + _NOISE.get(load.pattern, 0.05) * quarters), 0, None))


def _cooling(load: Load, days: Days) -> Floats:
    rules = assumptions().load
    share = rules["cooling_july_august"] if load.cooling is None else load.cooling
    above = np.clip(temperature(days) - rules["cooling_from_c"], 0, None)
    return np.asarray(1 + share * above / (_JULY_AUGUST_C - rules["cooling_from_c"]))


def _orders(firm: Firm, days: Days) -> Floats:
    """How busy the firm is on each day: season, the week's orders, the day."""
    rules, day = assumptions().load, numbers(days)
    season = np.array(firm.season)[workdays.months(days)]
    week = normal(key(firm.key, "week"), (day + 3) // 7)
    return np.asarray(season * (1 + rules["week_sd"] * week + rules["day_sd"] * normal(key(firm.key, "day"), day)))


@functools.cache
def shift_profile(shifts: int, night_level: float) -> Floats:
    """Relative level of a working day's 96 quarter-hours for one, two or three shifts from 08:00 on."""
    rules = assumptions().load
    level = np.zeros(SLOTS)
    end = {1: quarter("17:15"), 2: SLOTS, 3: SLOTS}[shifts]
    level[quarter("08:00") : end] = 1.0
    if shifts == 3:
        level[: quarter("08:00")] = night_level
        for change in ("00:00", "08:00", "16:00"):
            level[quarter(change)] *= rules["handover_level"]
    else:
        level[quarter("08:00") : quarter("08:30")] *= rules["warm_up_level"]
        level[end - 2 : end] *= rules["warm_up_level"]
    for pause in (rules["lunch"], rules["supper"]) if shifts > 1 else (rules["lunch"],):
        level[quarter(pause["start"]) : quarter(pause["end"])] *= pause["level"]
    return level


def _works(firm: Firm, days: Days) -> Floats:
    return workdays.working(days, firm.days).astype(np.float64)


def _flat(firm: Firm, load: Load, days: Days) -> Floats:
    return np.ones((len(days), SLOTS))


def _shift(firm: Firm, load: Load, days: Days) -> Floats:
    # Each line comes to its work some minutes earlier or later and has its own good and bad days.
    own = 1 + 0.06 * normal(key(firm.key, load.name, "day"), numbers(days))
    return np.asarray(shift_profile(firm.shifts, firm.night_level) * (_works(firm, days) * own)[:, None])


def _bursts(firm: Firm, load: Load, days: Days) -> Floats:
    at_work = shift_profile(firm.shifts, firm.night_level) > 0.8
    seed, slots = key(firm.key, load.name, "burst"), np.arange(SLOTS)
    draw = uniform(seed, numbers(days)[:, None], slots)
    running = (draw < 0.30) & at_work & (_works(firm, days) > 0)[:, None]
    return np.asarray(running * (0.6 + 0.4 * uniform(seed, numbers(days)[:, None], slots, 1)))


def _start(firm: Firm, load: Load, days: Days) -> Floats:
    profile = np.zeros(SLOTS)
    profile[quarter("08:00") : quarter("10:00")] = (0.8, 0.9, 1, 1, 1, 0.9, 0.6, 0.3)
    return np.asarray(profile * workdays.opening(days, firm.days)[:, None])


def _furnace(firm: Firm, load: Load, days: Days) -> Floats:
    """Three-hour charges: full power for the first hour, then held. The day off is only held, the festival is cold."""
    offset = np.floor(12 * uniform(key(firm.key, load.name, "charge"), numbers(days))).astype(np.int64)
    phase = (np.arange(SLOTS) + offset[:, None]) % 12
    charge = np.where(phase < 4, 1.0, np.where(phase < 5, 0.9, 0.72))
    hold = assumptions().load["sunday_hold"]
    works = _works(firm, days)[:, None]
    return np.asarray(np.where(works > 0, charge, hold) * ~workdays.festival(days)[:, None])


def _cold(firm: Firm, load: Load, days: Days) -> Floats:
    profile = 1 + 0.13 * np.sin(np.pi * (_HOUR - 8) / 12)
    defrost = np.where(np.isin(np.arange(SLOTS) % 24, (3, 4)), 0.82, 1.0)
    return np.asarray(np.broadcast_to(profile * defrost, (len(days), SLOTS)))


def _hvac(firm: Firm, load: Load, days: Days) -> Floats:
    profile = np.where((_HOUR >= 7) & (_HOUR < 24 if firm.shifts > 1 else _HOUR < 19), 1.0, 0.86)
    festival = np.where(workdays.festival(days), assumptions().load["festival_hvac"], 1.0)
    return np.asarray(profile * festival[:, None])


def _leaky(firm: Firm, load: Load, days: Days) -> Floats:
    """Compressors: full in a shift, and `idle` when nobody works, because the leaks go on. Off in the festival."""
    profile = np.where(shift_profile(firm.shifts, firm.night_level) > 0.6, 1.0, load.idle)
    works = _works(firm, days)[:, None]
    return np.asarray(np.where(works > 0, profile, load.idle) * ~workdays.festival(days)[:, None])


def _night(firm: Firm, load: Load, days: Days) -> Floats:
    return np.asarray((sine_of_elevation(days) < -0.05).astype(np.float64))


def _evening(firm: Firm, load: Load, days: Days) -> Floats:
    after_work, at_noon = np.exp(-(((_HOUR - 20) / 2.2) ** 2)), np.exp(-(((_HOUR - 12.5) / 1.2) ** 2))
    return np.asarray(np.broadcast_to(0.3 + after_work + 0.6 * at_noon, (len(days), SLOTS)))


_PATTERNS: dict[str, Callable[[Firm, Load, Days], Floats]] = {
    "flat": _flat, "shift": _shift, "bursts": _bursts, "start": _start, "furnace": _furnace, "cold": _cold, "hvac": _hvac,
    "leaky": _leaky, "night": _night, "evening": _evening,
}  # fmt: skip
_STEADY = ("flat", "cold", "hvac", "night", "evening", "start")  # do not follow the order book
_NOISE = {"bursts": 0.02, "start": 0.03, "flat": 0.03, "night": 0.01}
