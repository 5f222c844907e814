"""What would stand in place of a problem's values, by each method: shown before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.calc.quality.estimate import CannotEstimate, comparable, likeness, linear, of_total, whole
from tenants.calc.quality.history import Flags, History
from tenants.calc.quality.pv_night import dark
from tenants.calc.quality.rules import RULES
from tenants.calc.quality.unit_slip import true_unit
from tenants.db import TenantSession
from tenants.errors import InvalidInput
from tenants.flows import CORRECTED, ESTIMATED
from tenants.quality import bills
from tenants.quality.evidence import history, place
from tenants.quality.problems import Problem
from tenants.quantities import to_milli
from tenants.topology import Topology, load

GREATEST = 10**12  # units of a flow that a person may enter for one stretch
AROUND_DAYS = 29  # what the methods look at before and after

# What a person reads; catalogue texts.
METHODS = {
    "comparable": "Same time on comparable days",
    "linear": "Straight line between the neighbours",
    "bill": "What the bill leaves for it, in the usual shape",
    "given": "A total that I enter, in the usual shape",
    "rescale": "The same values in the right unit",
    "offered": "The values that were sent again",
    "zero": "No generation at night",
}
# A person vouches for these; the others are estimates and are counted as such for ever.
VOUCHED = frozenset({"given", "rescale", "offered"})


@dataclass(frozen=True)
class Repair:
    """The intervals to be set: `start` [UTC seconds], `values` [milli-units], shape (n,), and the code they get."""

    method: str
    step: int
    start: NDArray[np.int64]
    values: NDArray[np.int64]
    quality: int

    @property
    def total(self) -> int:
        """What they add up to. [milli-units]"""
        return int(self.values.sum())


class NotHere(InvalidInput):
    """This problem cannot be put right by {method}."""

    status = 422
    remedy = "One of: {choices}"


def propose(session: TenantSession, problem: Problem, method: str, total: str | None = None) -> Repair:
    """The values that a method puts in place of the problem's.

    Args:
        total: for `given`, the quantity of the whole stretch in units of the flow.
    Raises:
        NotHere: the method does not fit the rule. CannotEstimate: it finds too little to go by. InvalidInput: no such total.
    """
    allowed = RULES[problem.rule].methods if problem.rule in RULES else ()
    if method not in allowed:
        raise NotHere(method=method, choices=" ".join(allowed) or "accept leave")
    if method == "offered":
        return _offered(session, problem)
    topology = load(session)
    seen = around(session, topology, problem)
    cells = concerned(session, topology, problem, seen)
    if not cells.any():
        raise CannotEstimate(reason="nothing is left to replace")
    values = _values(session, topology, problem, seen, cells, method, total)
    return Repair(method, seen.step, seen.starts[cells], values[cells], CORRECTED if method in VOUCHED else ESTIMATED)


def around(session: TenantSession, topology: Topology, problem: Problem) -> History:
    """The channel's curve from four weeks before the problem to four weeks after it."""
    first, last = (clock.number_of(at.date()) for at in (problem.start, problem.end))
    return history(session, topology.channels[problem.channel], first - AROUND_DAYS, last + AROUND_DAYS)


def concerned(session: TenantSession, topology: Topology, problem: Problem, seen: History) -> Flags:
    """The intervals that the problem is about, shape of the line."""
    inside = (seen.starts >= problem.start.timestamp()) & (seen.starts < problem.end.timestamp())
    if problem.rule in ("gap", "gaps"):
        return np.asarray(inside & seen.line(seen.missing))
    inside &= seen.line(seen.measured)
    if problem.rule == "pv_at_night":
        where = place(topology, topology.channels[problem.channel])
        return np.asarray(inside & dark(seen, where) & (seen.line(seen.values) > 0)) if where else np.zeros_like(inside)
    if problem.rule == "unit_slip":
        return np.asarray(inside & (seen.line(true_unit(seen, float(problem.facts["factor"]))) != seen.line(seen.values)))
    return np.asarray(inside)


def _values(
    session: TenantSession, topology: Topology, problem: Problem, seen: History, cells: Flags, method: str, total: str | None
) -> NDArray[np.int64]:
    if method == "linear":
        return linear(seen, cells)
    if method == "comparable":
        return comparable(seen, cells)
    if method == "rescale":
        return whole(seen.line(true_unit(seen, float(problem.facts["factor"]))), cells)
    if method == "zero":
        return np.zeros(cells.size, np.int64)
    if method == "given":
        return of_total(seen, cells, _entered(problem, total))
    return _of_bill(session, topology, problem, seen, cells)


def _entered(problem: Problem, total: str | None) -> int:
    try:
        value = Decimal((total or "").replace(",", "").replace("，", "").strip())
    except ArithmeticError as error:
        raise InvalidInput(field="the total", reason="a number is needed", remedy="Write it like 12345.67.") from error
    if not value.is_finite() or not 0 <= value <= GREATEST:
        raise InvalidInput(field="the total", reason="a number is needed", remedy="Write it like 12345.67.")
    return to_milli(value, problem.unit, problem.flow)


def _of_bill(session: TenantSession, topology: Topology, problem: Problem, seen: History, cells: Flags) -> NDArray[np.int64]:
    """What the bill of the period leaves, after all that was measured in it, shared with its other gaps by the usual shape."""
    channel = topology.channels[problem.channel]
    found = bills.compared(session, topology, flow=channel.flow).values()
    mine = [one for one in found if len(one.channels) == 1 and one.channels[0].id == channel.id]
    starts = seen.starts[cells]
    for one in mine:
        first, end = (clock.number_of(day) for day in (one.activity.start, one.activity.end))
        bounds = clock.midnights(session.zone, first, end - 1)
        if bounds[0] <= starts[0] and starts[-1] < bounds[-1]:
            return _rest(session, channel, one.activity.quantity, seen, cells, (first, end - 1))
    raise CannotEstimate(reason="no bill covers the whole of it")


def _rest(
    session: TenantSession, channel: object, billed: int, seen: History, cells: Flags, days: tuple[int, int]
) -> NDArray[np.int64]:
    rows = np.broadcast_to(seen.day[:, None], seen.values.shape)
    inside = (seen.line(rows) >= days[0]) & (seen.line(rows) <= days[1])
    if int(inside.sum()) < int(seen.length[0]) * (days[1] - days[0]):
        raise CannotEstimate(reason="its period reaches further than the curve that is looked at")
    open_ = inside & (cells | seen.line(seen.missing) | (seen.line(seen.quality) == ESTIMATED))
    kept = int(seen.line(seen.values)[inside & ~open_].sum())
    shared = of_total(seen, open_, billed - kept)
    return np.where(cells, shared, 0)


def _offered(session: TenantSession, problem: Problem) -> Repair:
    """The values that were sent again; of several for one interval the last sent."""
    rows = session.rows(
        "SELECT DISTINCT ON (c.start, c.step_minutes) extract(epoch FROM c.start)::bigint AS start, c.step_minutes, c.offered "
        "FROM conflict c JOIN batch b ON b.id = c.batch WHERE c.channel = :channel AND c.state = 'open' AND c.start >= :start "
        'AND c.start < :end ORDER BY c.start, c.step_minutes, b.received DESC',
        channel=problem.channel, start=problem.start, end=problem.end,
    )  # fmt: skip
    steps = {row.step_minutes for row in rows}
    if len(steps) != 1:
        raise CannotEstimate(reason="nothing is left to replace" if not steps else "the values have several steps")
    start, values = (np.array([getattr(row, name) for row in rows], np.int64) for name in ("start", "offered"))
    return Repair("offered", steps.pop(), start, values, CORRECTED)


def choices(session: TenantSession, problem: Problem) -> dict[str, Repair | CannotEstimate]:
    """Every method that fits the problem: its values, or why it cannot; what needs a number of the person's is left out."""
    found: dict[str, Repair | CannotEstimate] = {}
    for method in RULES[problem.rule].methods if problem.rule in RULES else ():
        if method == "given":
            continue
        try:
            found[method] = propose(session, problem, method)
        except CannotEstimate as error:
            found[method] = error
    return found


def usual_total(session: TenantSession, problem: Problem) -> int | None:
    """What comparable days suggest for the whole stretch; None where they do not tell. [milli-units]"""
    topology = load(session)
    seen = around(session, topology, problem)
    try:
        return round(float(likeness(seen, concerned(session, topology, problem, seen)).sum()))
    except CannotEstimate:
        return None


__all__ = ["METHODS", "UUID", "VOUCHED", "NotHere", "Repair", "around", "choices", "concerned", "propose", "usual_total"]
