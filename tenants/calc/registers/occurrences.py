"""What happened to registers that nobody recorded, told from the verdicts: resets, rollovers, glitches, what is pending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tenants.calc.registers.dial import Dial
from tenants.calc.registers.verdict import CANDIDATE, COUNTED, FORWARD, GLITCH, RESET, ROLLED, Verdicts
from tenants.flows import MILLI


@dataclass(frozen=True)
class Occurrence:
    """One of them, between two moments [UTC seconds]; `energy` [milli-units, after the multiplier] is what is at stake.

    `rule`: register_reset, register_rollover, register_glitch, register_pending. `counted`: the energy is in the curve; else it
    is missing (a reset whose energy is unknown, a pending reading) or was left out (a glitch). `before` and `after`: what the
    dial showed [milli-units]; of a glitch what it should have been near, and what it was.
    """

    rule: str
    line: int
    start: int
    end: int
    energy: int
    counted: bool
    before: int
    after: int
    readings: int


def occurrences(verdicts: Verdicts, dials: Sequence[Dial]) -> list[Occurrence]:
    """All of them, by line and time. Readings pushed aside one after another are one."""
    course = verdicts.course
    counted = np.flatnonzero(verdicts.verdict == COUNTED)
    found = []
    for place in np.flatnonzero(verdicts.link[counted] != FORWARD).tolist():
        found.append(_jump(verdicts, dials, int(counted[place - 1]), int(counted[place])))
    for rule, code in (("register_glitch", GLITCH), ("register_pending", CANDIDATE)):
        places = np.flatnonzero(verdicts.verdict == code)
        if not places.size:
            continue
        cuts = np.flatnonzero((np.diff(places) > 1) | (np.diff(course.piece[places]) != 0)) + 1
        for several in np.split(places, cuts):
            found.append(_aside(verdicts, dials, rule, several))
    return sorted(found, key=lambda one: (one.line, one.start, one.rule))


def _jump(verdicts: Verdicts, dials: Sequence[Dial], a: int, b: int) -> Occurrence:
    """A counted reading that follows from zero, past the dial's end or from nowhere."""
    course, link = verdicts.course, int(verdicts.link[b])
    before, after = int(course.value[a]), int(course.value[b])
    counted = {ROLLED: after + int(verdicts.lap[b]) - before, RESET: after}.get(link)
    line, at = int(course.line[b]), int(course.at[b])
    energy = round(dials[line].multiplier_at(at) * (abs(after - before) if counted is None else counted))
    rule = "register_rollover" if link == ROLLED else "register_reset"
    return Occurrence(rule, line, int(course.at[a]), at, energy, counted is not None, before, after, 1)


def _aside(
    verdicts: Verdicts, dials: Sequence[Dial], rule: str, several: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> Occurrence:
    course, first = verdicts.course, int(several[0])
    near = first - 1 if first and course.piece[first - 1] == course.piece[first] else int(several[-1]) + 1
    values = course.value[several]
    before = int(course.value[near]) if near < len(course) and course.piece[near] == course.piece[first] else 0
    worst = int(values[np.argmax(np.abs(values - before))])
    line, at = int(course.line[first]), int(course.at[first])
    energy = round(dials[line].multiplier_at(at) * abs(worst - before))
    return Occurrence(rule, line, at, int(course.at[several[-1]]), energy, False, before, worst, int(several.size))


def facts(one: Occurrence) -> dict[str, str | int | bool]:
    """The facts of a sentence about it, readings in the flow's unit."""
    return {"before": _shown(one.before), "after": _shown(one.after), "readings": one.readings, "counted": one.counted}


def _shown(value: int) -> str:
    return f"{value / MILLI:.3f}".rstrip("0").rstrip(".")
