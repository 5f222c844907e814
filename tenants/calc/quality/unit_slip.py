"""unit_slip: for a while every value is a thousand times the usual, or a thousandth of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tenants.calc.quality.history import Found, History, joined, runs
from tenants.calc.quality.usual import median_of

NEAR = 0.6  # decades around 1,000 or 1/1,000
SHORTEST_UP_MINUTES = 120  # what is no longer is a spike
FEWEST_DOWN = 12  # a plant at rest also draws a thousandth, so its shape has to be that of the usual load too
ALIKE = 0.7  # correlation with the usual load
MOSTLY = 0.8
ABOVE_PEAKS = 20.0  # times the highest of nearly all other days: a machine that seldom runs is no slip
FEWEST_DAYS = 7


def unit_slips(history: History) -> list[Found]:
    """Stretches in which Wh, kWh and MWh were mixed up; at stake is what the true unit would change."""
    if int(history.measured.any(axis=1).sum()) < FEWEST_DAYS:
        return []
    expected = np.nan_to_num(history.line(_profile(history)))
    values = np.nan_to_num(history.line(history.known))
    both = (values > 0) & (expected > 0)
    decades = np.zeros(values.size)
    decades[both] = np.log10(values[both] / expected[both])
    made = []
    for sign, fewest in ((3, SHORTEST_UP_MINUTES // history.step + 1), (-3, FEWEST_DOWN)):
        off = both & (np.abs(decades - sign) < NEAR)
        for a, b in joined(runs(off), 24 * 60 // history.step):
            count, known = int(off[a:b].sum()), int((values[a:b] > 0).sum())
            if count < fewest or count < MOSTLY * known:
                continue
            if _absurd(history, values, a, b) if sign > 0 else _alike(values[a:b], expected[a:b], off[a:b]):
                total = float(values[a:b].sum())
                energy = total * 0.999 if sign > 0 else total * 999
                made.append(history.found("unit_slip", a, b, energy, factor="1000" if sign > 0 else "0.001", times=count))
    return made


def _profile(history: History) -> NDArray[np.float64]:
    """The usual value of each interval over the whole history, by kind of day."""
    expected = np.full(history.values.shape, np.nan)
    for kind in np.unique(history.kind):
        mine = history.kind == kind
        expected[mine] = median_of(history.known[mine], fewest=min(FEWEST_DAYS, max(int(mine.sum()), 1)))
    return expected


def _absurd(history: History, values: NDArray[np.float64], first: int, end: int) -> bool:
    """Whether the values are far above the daily peaks of the other days."""
    rows = np.broadcast_to(np.arange(history.day.size)[:, None], history.values.shape)
    mine = np.unique(history.line(rows)[first:end])
    others = np.delete(history.known, mine, axis=0)
    others = others[~np.isnan(others).all(axis=1)]
    if others.shape[0] < FEWEST_DAYS:
        return False
    peaks = np.sort(np.nanmax(others, axis=1))
    return bool(np.median(values[first:end]) > ABOVE_PEAKS * peaks[int(0.95 * (peaks.size - 1))])


def _alike(values: NDArray[np.float64], expected: NDArray[np.float64], off: NDArray[np.bool_]) -> bool:
    """Whether the small values rise and fall as the usual load does."""
    x, y = np.log(values[off]), np.log(expected[off])
    if x.std() < 1e-6 or y.std() < 1e-6:
        return False
    return bool(np.corrcoef(x, y)[0, 1] >= ALIKE)


def true_unit(history: History, factor: float) -> NDArray[np.float64]:
    """The values brought to the usual unit where they are off by the factor; shape (days, intervals), others as they are."""
    expected, values = _profile(history), np.nan_to_num(history.known)
    typical = float(np.median(expected[expected > 0])) if (expected > 0).any() else 0.0
    reference = np.where(expected > 0, expected, typical)
    ratio = np.divide(values, reference, out=np.ones_like(values), where=reference > 0)
    off = ratio > factor**0.5 if factor > 1 else (values > 0) & (ratio < factor**0.5)
    return np.where(off, values / factor, values)
