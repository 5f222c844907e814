"""pv_at_night and pv_clock: generation without the sun, and a clock that does not agree with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tenants.calc.quality.history import Found, History, cut, joined, runs, years
from tenants.calc.quality.place import Place
from tenants.calc.quality.sun import elevation, since_noon
from tenants.calc.quality.usual import Usual

DARK = -4.0  # degrees; before it twilight still gives a little
SHARE = 0.01  # of the highest output; less is the inverter's noise
SAME_HOURS = 36  # nights no further apart are one finding
BLOCK_DAYS = 14
FEWEST_DAYS = 7
OFF_S = 5400  # a clock off by less may be a roof that looks east or west
DAY_S = 86_400


def against_the_sun(history: History, usual: Usual, place: Place) -> list[Found]:
    """A wrong clock where there is one; else generation at night."""
    if not (history.measured & (history.values > 0)).any():
        return []
    return clocks(history, place) or nights(history, usual, place)


def dark(history: History, place: Place) -> NDArray[np.bool_]:
    """The intervals, in order of time, in which the sun is down everywhere within the place."""
    down = np.ones(history.starts.size, bool)
    for longitude in {place.longitude - place.reach, place.longitude, place.longitude + place.reach}:
        for instant in (history.starts, history.starts + history.seconds):
            down &= elevation(instant, place.latitude, longitude) < DARK
    return down


def nights(history: History, usual: Usual, place: Place) -> list[Found]:
    """Generation while the sun is down; at stake is its energy."""
    values = np.nan_to_num(history.line(history.known))
    top = np.nan_to_num(history.line(np.broadcast_to(usual.top[:, None], history.values.shape)), nan=float(values.max()))
    lit = dark(history, place) & (values > SHARE * np.maximum(top, 1))
    found = []
    year = history.line(np.broadcast_to(years(history.day)[:, None], history.values.shape))
    for a, b in cut(joined(runs(lit), SAME_HOURS * 60 // history.step), year):
        a, b = a + int(lit[a:b].argmax()), b - int(lit[a:b][::-1].argmax())
        count = len(joined(runs(lit[a:b]), 12 * 60 // history.step))
        found.append(history.found("pv_at_night", a, b, float(values[a:b][lit[a:b]].sum()), nights=count))
    return found


def clocks(history: History, place: Place) -> list[Found]:
    """Fortnights in which the middle of the generation is more than an hour and a half from the sun's noon."""
    offset = _offsets(history, place)
    block = history.day // BLOCK_DAYS
    wrong = np.zeros(history.day.size, bool)
    for one in np.unique(block):
        rows = np.flatnonzero(block == one)
        known = offset[rows][~np.isnan(offset[rows])]
        wrong[rows] = known.size >= FEWEST_DAYS and abs(np.median(known)) > OFF_S
    night = dark(history, place)
    values = np.where(night, np.nan_to_num(history.line(history.known)), 0)
    row = history.line(np.broadcast_to(np.arange(history.day.size)[:, None], history.values.shape))
    found = []
    for a, b in cut(joined(runs(wrong), BLOCK_DAYS), years(history.day)):
        off = float(np.nanmedian(offset[a:b]))
        end = int(history.begins[b - 1]) + int(history.length[b - 1]) * history.seconds
        energy = round(float(values[(row >= a) & (row < b)].sum()))
        found.append(Found("pv_clock", int(history.begins[a]), end, energy, {"hours": f"{off / 3600:+.1f}"}))
    return found


def _offsets(history: History, place: Place) -> NDArray[np.float64]:
    """How late each day's generation is centred against the sun's noon [s]; NaN for days that do not tell. Shape (days,)."""
    middle = history.begins[:, None] + np.arange(history.values.shape[1]) * history.seconds + history.seconds // 2
    angle = since_noon(middle.ravel(), place.longitude).reshape(middle.shape) / DAY_S * 2 * np.pi
    weight = np.where(history.measured, np.maximum(history.values, 0), 0).astype(np.float64)
    total = weight.sum(axis=1)
    x, y = (weight * np.cos(angle)).sum(axis=1), (weight * np.sin(angle)).sum(axis=1)
    usable = (total > 0.3 * np.median(total[total > 0])) & (history.measured.sum(axis=1) >= 0.9 * history.length)
    usable &= np.hypot(x, y) > 0.5 * total  # a day without a middle does not tell
    return np.where(usable, np.arctan2(y, x) / (2 * np.pi) * DAY_S, np.nan)
