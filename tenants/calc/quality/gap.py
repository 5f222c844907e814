"""gap, gaps, silence: values are expected and not there, once, again and again, or for so long that nobody can fill it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tenants.calc.quality.history import Found, History, runs
from tenants.calc.quality.usual import Usual

AGAIN = 4  # gaps of one month, no further apart than
SILENT_HOURS = 62 * 24  # longer, and what the meter usually shows says nothing about it any more
APART_HOURS = 48  # are one finding: nobody decides the same thing thirty times

Stretch = tuple[int, int]  # intervals, the end excluded


def gaps(history: History, usual: Usual) -> list[Found]:
    """The stretches without values; at stake is what the channel usually shows then, or, where that is not known, at any time."""
    missing = history.line(history.missing)
    if not missing.any():
        return []
    mean = float(np.nanmean(history.known)) if history.measured.any() else 0.0
    level = np.where(np.isnan(usual.level), mean, usual.level)[:, None]
    expected = np.where(missing, history.line(np.where(np.isnan(usual.median), level, usual.median)), 0.0)
    stretches, silent = _sorted(history, runs(missing))
    found = [_found("silence", history, a, b, np.zeros_like(expected), hours=hours(history, b - a)) for a, b in silent]
    for group in _groups(history, stretches):
        if len(group) < AGAIN:
            found += [_found("gap", history, a, b, expected, intervals=b - a, hours=hours(history, b - a)) for a, b in group]
        else:
            a, b, count = group[0][0], group[-1][1], sum(end - first for first, end in group)
            found.append(_found("gaps", history, a, b, expected, count=len(group), intervals=count, hours=hours(history, count)))
    return found


def _sorted(history: History, stretches: list[Stretch]) -> tuple[list[Stretch], list[Stretch]]:
    """The gaps, and the silences between values.

    What lies before a channel's first value on its first day is no gap, nor is the time after a file of past years.
    """
    day, count = 24 * 60 // history.step, int(history.inside.sum())
    made: tuple[list[Stretch], list[Stretch]] = [], []
    for first, end in stretches:
        silent = (end - first) * history.step > SILENT_HOURS * 60
        if (first == 0 and end < day) or (silent and end >= count - day):
            continue
        made[silent].append((first, end))
    return made


def _found(rule: str, history: History, first: int, end: int, expected: np.ndarray, **facts: Any) -> Found:
    return history.found(rule, first, end, float(expected[first:end].sum()), **facts)


def _groups(history: History, stretches: list[Stretch]) -> list[list[Stretch]]:
    """Stretches near each other that begin in the same month (so the months before do not move where a group begins)."""
    days = history.line(np.broadcast_to(history.day[:, None], history.values.shape))
    made: list[list[Stretch]] = []
    for first, end in stretches:
        near = bool(made) and (first - made[-1][-1][1]) * history.step <= APART_HOURS * 60
        if near and _month(days[made[-1][0][0]]) == _month(days[first]):
            made[-1].append((first, end))
        else:
            made.append([(first, end)])
    return made


def _month(day: np.int32) -> int:
    return int(np.datetime64(int(day), "D").astype("datetime64[M]").astype(int))


def hours(history: History, intervals: int) -> str:
    """So many intervals in hours, as people write it."""
    return f"{intervals * history.step / 60:g}"
