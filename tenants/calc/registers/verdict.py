"""Which readings count. A step that is not ordinary is believed only when the readings after it count on from there.

A brief zero, a step back or an absurd jump is a candidate first. If the register returns to its line, it was a glitch; if it
counts on from the new place, the register rolled over, was reset, or stands elsewhere for a reason nobody has recorded. A
candidate at the end is neither counted nor zero: what it means is not known yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tenants.calc.registers.course import Course
from tenants.calc.registers.dial import Dial, modulus
from tenants.calc.registers.plausible import HOUR, Limits, limits

COUNTED, GLITCH, CANDIDATE = range(3)
# How a counted reading follows the one before it: forward; past the dial's end; from zero; from nowhere, the energy is unknown.
FORWARD, ROLLED, RESET, UNKNOWN = range(4)

REACH = 4  # so many counted readings are taken back when what follows contradicts them
STARTED = 3.0  # times the usual rate: what a register may have counted since it was set to zero
GROWN = 10.0  # times the rate since a drop: a step like this is a return to the former line
FEWEST = 3  # digits; a dial that is not known has at least so many


@dataclass(frozen=True)
class Verdicts:
    """What each reading of a course is: `verdict`, `link` to the counted one before, `lap` [milli-units] added when it rolled."""

    course: Course
    limits: Limits
    verdict: NDArray[np.uint8]
    link: NDArray[np.uint8]
    lap: NDArray[np.int64]


def judged(course: Course, dials: Sequence[Dial]) -> Verdicts:
    """The verdicts on a whole course. Without an extraordinary step nothing is looked at one by one."""
    bounds = limits(course, dials)
    count = len(course)
    found = Verdicts(course, bounds, np.zeros(count, np.uint8), np.zeros(count, np.uint8), np.zeros(count, np.int64))
    trouble = np.flatnonzero(~bounds.ordinary)
    if trouble.size == 0:
        return found
    starts = np.append(np.flatnonzero(course.first), count)
    for number in np.unique(course.piece[trouble]).tolist():
        begin, end = int(starts[number]), int(starts[number + 1])
        line = int(course.line[begin])
        last = end == count or int(course.line[end]) != line
        digits = dials[line].digits_at(int(course.at[begin]))
        walk = _Walk(found, begin, end, digits, dials[line].rated is not None)
        walk.through(trouble[(trouble >= begin) & (trouble < end)])
        walk.finish(CANDIDATE if last else GLITCH)
    return found


class _Walk:
    """One piece, walked through around its extraordinary steps. Places are counted from the piece's beginning."""

    def __init__(self, found: Verdicts, begin: int, end: int, digits: int | None, rated: bool) -> None:
        course, bounds, span = found.course, found.limits, slice(begin, end)
        self.begin, self.count, self.digits, self.rated = begin, end - begin, digits, rated
        self.at, self.value = course.at[span].tolist(), course.value[span].tolist()
        self.top, self.hard, self.soft = (one[span].tolist() for one in (bounds.top, bounds.hard, bounds.soft))
        self.usual = bounds.usual[span].tolist()
        self.grain = bounds.grain[span].tolist()
        self.recorded = bool(course.origin[begin] < 0)  # the piece begins with what a person said the dial showed
        self.verdict, self.link, self.lap = found.verdict[span], found.link[span], found.lap[span]
        self.chain: list[int] = []
        self.pending: list[int] = []
        self.quiet = 0

    def through(self, trouble: NDArray[np.intp]) -> None:
        """Looks at the readings from each extraordinary step until the register has been quiet for a while."""
        spots = (trouble - self.begin).tolist()
        spot = 0
        while spot < len(spots):
            at = spots[spot]
            self.chain = list(range(max(at - REACH - 1, 0), at))
            self.quiet = 0
            while at < self.count and self.quiet <= REACH:
                self._take(at)
                at += 1
            while spot < len(spots) and spots[spot] < at:
                spot += 1

    def finish(self, verdict: int) -> None:
        """What is still undecided at the end. A final reading that somebody recorded may be the first after a rollover."""
        if verdict == GLITCH and len(self.pending) == 1 and (lap := self._lap(self.chain[-1], self.pending[0])):
            self.link[self.pending], self.lap[self.pending] = ROLLED, lap
            return
        self.verdict[self.pending] = verdict

    def _take(self, x: int) -> None:
        if not self.pending:
            if self._follows(self.chain[-1], x):
                self._append(x)
            else:
                self.pending, self.quiet = [x], 0
        elif self._follows(self.pending[-1], x) and (self._higher() or not self._follows(self.chain[-1], x)):
            self.pending.append(x)
            if self.value[x] > self.value[self.pending[0]] or self._follows(self.chain[-1], x):
                self._settle()
        elif self._follows(self.chain[-1], x):  # back on its line
            self._drop(self.pending)
            self.pending, self.quiet = [], 0
            self._append(x)
        elif self._higher() and 0 <= self.value[x] - self.value[self.pending[-1]] <= self._most(self.hard, self.pending[-1], x):
            self.pending.append(x)  # a burst that goes on; the step after it will tell
        else:
            self._drop(self.pending)
            self.pending = [x]

    def _higher(self) -> bool:
        """Whether the pending readings lie ahead on the line: then what goes on from them went through them."""
        return bool(self.value[self.pending[0]] >= self.value[self.chain[-1]])

    def _append(self, x: int) -> None:
        back = self._former_line(x)
        if back is not None:
            self._cut(back)
            self.quiet = 0
        self.chain.append(x)
        self.quiet += 1

    def _settle(self) -> None:
        """The register has counted on from where it was seen: decides how it came there."""
        pending, self.pending, self.quiet = self.pending, [], 0
        link, lap = self._fall(pending) if self.value[pending[0]] < self.value[self.chain[-1]] else (self._rise(pending), 0)
        self.link[pending[0]], self.lap[pending[0]] = link, lap
        self.chain += pending

    def _fall(self, pending: list[int]) -> tuple[int, int]:
        x = pending[0]
        spike = self._spike_before(x)
        if spike is not None:
            self._cut(spike)
            return FORWARD, 0
        last = self.chain[-1]
        lap = self._lap(last, x)
        if lap:
            return ROLLED, lap
        rate = min(STARTED * self._usual(pending), self.hard[x])
        passed = self.at[x] - self.at[last]
        started = rate * passed / HOUR + min(self.grain[x], self.top[x] * passed / HOUR)
        return (RESET if self.value[x] <= started else UNKNOWN), 0

    def _rise(self, pending: list[int]) -> int:
        x = pending[0]
        back = self._former_line(x)
        if back is not None:
            self._cut(back)
            return FORWARD
        last = self.chain[-1]
        begun = self.chain[0] == 0 and len(self.chain) <= REACH
        if begun and self.value[last] == self.value[0] and not self.recorded:
            self._cut(0)  # it stood still and then elsewhere: the first readings were none
            return FORWARD
        return FORWARD if self.value[x] - self.value[last] <= self._most(self.hard, last, x) else UNKNOWN

    def _follows(self, a: int, x: int) -> bool:
        return bool(0 <= self.value[x] - self.value[a] <= self._most(self.soft, a, x))

    def _most(self, rate: list[float], a: int, x: int) -> float:
        """What the register may have counted between two readings."""
        passed = self.at[x] - self.at[a]
        return float(rate[x] * passed / HOUR + min(self.grain[x], self.grain[a], self.top[x] * passed / HOUR))

    def _spike_before(self, x: int) -> int | None:
        """Place in the chain from which the last few counted readings stand above what came before and after them."""
        for depth in range(1, REACH + 1):
            place = len(self.chain) - depth
            if place < 1 or self.link[self.chain[place]] != FORWARD:
                return None
            if self.value[self.chain[place - 1]] <= self.value[x]:
                return place if self._follows(self.chain[place - 1], x) else None
        return None

    def _former_line(self, x: int) -> int | None:
        """Place in the chain where it left the line to which it now returns, if that was just before."""
        for place in range(len(self.chain) - 1, max(len(self.chain) - 1 - REACH, 0), -1):
            if self.link[self.chain[place]] == FORWARD:
                continue
            since = self.chain[place:]
            fastest = max((self._rate(a, b) for a, b in pairwise(since)), default=0.0)
            returned = self._follows(self.chain[place - 1], x) and self._rate(since[-1], x) > GROWN * fastest
            return place if returned else None
        return None

    def _lap(self, last: int, x: int) -> int:
        """What the dial shows no more after it rolled over [milli-units], 0 if it did not."""
        digits = self.digits or max(len(str(self.value[last] // 1000)), FEWEST)
        whole = modulus(digits)
        rise = self.value[x] + whole - self.value[last]
        near = 0.25 * whole if self.digits else 0.05 * whole
        bound = min(self._most(self.soft, last, x), near)
        return whole if self.value[last] < whole and self.value[x] <= near and rise <= bound else 0

    def _usual(self, pending: list[int]) -> float:
        """The rate to expect [milli-units an hour]: by the history, the rated power, or what was counted since."""
        x = pending[0]
        history = self.usual[x]
        if history == history:  # not NaN
            return float(history)
        return float(self.hard[x]) if self.rated else max(self._rate(a, b) for a, b in pairwise(pending))

    def _rate(self, a: int, b: int) -> float:
        return float((self.value[b] - self.value[a]) / (self.at[b] - self.at[a]) * HOUR)

    def _cut(self, place: int) -> None:
        self._drop(self.chain[place:])
        del self.chain[place:]

    def _drop(self, several: list[int]) -> None:
        self.verdict[several] = GLITCH
        self.link[several] = FORWARD
        self.lap[several] = 0
