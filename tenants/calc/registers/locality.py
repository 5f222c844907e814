"""How far a change among the readings can reach, and whether enough was read around it to know.

A register that has counted on quietly for a while has forgotten what was before: every reading since its last extraordinary
step counts, whatever came earlier. So a change touches only what lies between two such quiet stretches.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.calc.registers.plausible import NEAR
from tenants.calc.registers.verdict import REACH, Verdicts

QUIET = 3 * (REACH + 1)  # ordinary steps after the register was seen counting
_NEVER = -1


@dataclass(frozen=True)
class Around:
    """What was read of a line: whether it reaches back to the first reading there is, and on to the last.

    `block`: time [UTC seconds] before which rows may have been left out that only repeat one value.
    """

    from_start: bool
    to_end: bool
    block: int = 0


class Calm:
    """Where a course has forgotten what was before."""

    def __init__(self, verdicts: Verdicts) -> None:
        course = verdicts.course
        place = np.arange(len(course))
        rises = np.zeros(len(course), bool)
        rises[1:] = (np.diff(course.value) > 0) & ~course.first[1:]
        self.at = course.at
        self.risen = np.maximum.accumulate(np.where(rises, place, _NEVER))
        self.trouble = np.maximum.accumulate(np.where(verdicts.limits.ordinary, _NEVER, place))
        self.start = np.maximum.accumulate(np.where(course.first, place, 0))

    def settles(self, place: int, begin: int) -> bool:
        """Whether a quiet stretch of the line that begins at `begin` ends here; one place of what `settled` finds."""
        if place < begin + QUIET:
            return False
        return bool(self.risen[place - QUIET] > max(self.trouble[place], self.start[place] + NEAR + 1, begin + NEAR))

    def settled(self, begin: int, end: int, after: int) -> NDArray[np.intp]:
        """The places from `begin` to `end` at which a quiet stretch ends that began behind `after`."""
        if end <= begin:
            return np.zeros(0, np.intp)
        place = np.arange(max(begin, QUIET), end)
        quiet = self.risen[place - QUIET] > np.maximum(np.maximum(self.trouble[place], self.start[place] + NEAR + 1), after)
        return np.asarray(place[quiet])


def touched_days(
    calm: Calm, begin: int, end: int, around: Around, first: int, last: int, zone: ZoneInfo
) -> tuple[int, int] | None:
    """The first and last day whose curve a change between the moments `first` and `last` can touch; None: read more.

    Args:
        begin, end: the line's part of the course.
    """
    at = calm.at[begin:end]
    if at.size == 0:
        return _day(first, zone), _day(last, zone)
    low = _back(calm, begin, end, around, begin + int(np.searchsorted(at, first)), zone)
    high = _on(calm, begin, end, around, begin + int(np.searchsorted(at, last, side="right")) - 1, zone)
    if low is None or high is None:
        return None
    return min(low, _day(first, zone)), max(high, _day(last, zone))


def _day(moment: int, zone: ZoneInfo) -> int:
    return clock.number_of(dt.datetime.fromtimestamp(moment, zone).date())


def _back(calm: Calm, begin: int, end: int, around: Around, changed: int, zone: ZoneInfo) -> int | None:
    far = changed - NEAR
    if calm.settles(far - 1, begin):  # the usual case, without looking at every reading
        day, midnight = _begun(calm, far - 1, begin, zone)
        place = begin + int(np.searchsorted(calm.at[begin:end], midnight, side="right")) - 1
        if calm.settles(place, begin) and calm.at[place] >= around.block:
            return day
    quiet = calm.settled(begin, end, begin + NEAR)
    if around.from_start and far > begin and calm.trouble[far - 1] < begin:
        quiet = np.arange(begin, far)  # nothing extraordinary since the first reading
    near = quiet[quiet < far]
    if near.size:
        day, midnight = _begun(calm, int(near[-1]), begin, zone)
        before = quiet[(calm.at[quiet] <= midnight) & (calm.at[quiet] >= around.block)]
        if before.size:
            return day
    return _day(int(calm.at[begin]), zone) if around.from_start and not around.block else None


def _begun(calm: Calm, quiet: int, begin: int, zone: ZoneInfo) -> tuple[int, int]:
    """The day that a change after this quiet place can touch first, and its beginning [UTC seconds]."""
    day = _day(int(calm.at[max(quiet - REACH - 1, begin)]), zone)
    return day, int(clock.midnights(zone, day, day)[0])


def _on(calm: Calm, begin: int, end: int, around: Around, changed: int, zone: ZoneInfo) -> int | None:
    if around.to_end and changed + NEAR + 1 + QUIET >= end:
        return _day(int(calm.at[end - 1]), zone)
    if not around.to_end:
        end -= NEAR + 1  # the last ones may look different with what follows
    quiet = calm.settled(begin, end, changed + NEAR + 1)
    if quiet.size:
        day = _day(int(calm.at[quiet[0]]), zone)
        over = int(clock.midnights(zone, day, day)[1])
        if around.to_end or calm.at[quiet[-1] - REACH - 1] >= over:
            return day
    return _day(int(calm.at[end - 1]), zone) if around.to_end else None
