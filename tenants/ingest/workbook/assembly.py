"""From rows with moments, owners and values to series: which interval each row means, then one series per meter and flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from tenants.flows import ESTIMATED, MISSING
from tenants.ingest.receipt import Rejects
from tenants.ingest.series import Register, Series
from tenants.ingest.workbook import dials, intervals
from tenants.ingest.workbook.columns import Multiplier
from tenants.ingest.workbook.dials import OF_DAY
from tenants.ingest.workbook.endings import Ending
from tenants.ingest.workbook.names import meter_of
from tenants.ingest.workbook.owners import Owner
from tenants.ingest.workbook.places import by_time
from tenants.ingest.workbook.result import Message
from tenants.ingest.workbook.roles import Assigned
from tenants.ingest.workbook.timing import Clockwork, at_moments, in_time
from tenants.ingest.workbook.title_words import REGISTER
from tenants.ingest.workbook.units import Unit
from tenants.ingest.workbook.vocabulary import meaning

NO_QUANTITY = "its words name no quantity"
NO_HEAT = "steam by weight needs its heat content: give GJ"


@dataclass(frozen=True)
class Values:
    """One column's values [the column's unit] of the rows, shape (n,): NaN where there is none; `refused` marks bad cells."""

    column: Assigned
    values: NDArray[np.float64]
    refused: NDArray[np.bool_] | None = None
    guessed: NDArray[np.int32] | None = None  # rows of the file whose value it calls interpolated
    factor: float = 1.0  # the column's multiplier (CT x PT)


@dataclass(frozen=True)
class Task(Clockwork):
    """All that is known before intervals are made: rows with their times, values and owners. `named`: rows name meters."""

    values: Sequence[Values] = ()
    multiplier: Multiplier | None = None
    owners: Sequence[Owner] = ()
    named: bool = False
    still: frozenset[int] = frozenset()  # columns that stand still beside registers: registers of what does not flow


@dataclass
class Curves:
    """The series and registers, which end of the intervals stamps name, and what there is to say. `doubles` are the readings
    that say again what an earlier row says."""

    series: list[Series] = field(default_factory=list)
    registers: list[Register] = field(default_factory=list)
    doubles: list[Series] = field(default_factory=list)
    ending: Ending | None = None
    notes: list[Message] = field(default_factory=list)
    meters: dict[int, set[str]] = field(default_factory=dict)  # by column
    guessed: dict[str, int] = field(default_factory=dict)  # readings of registers that the file calls interpolated
    counters: list[str] = field(default_factory=list)  # columns that begin anew every day
    left_out: dict[str, str] = field(default_factory=dict)  # quantities named in rows, with the reason


def assemble(task: Task, rejects: Rejects) -> Curves:
    """The curves of a table.

    Raises:
        UnknownStep, OneReading: the length of intervals cannot be told.
    """
    meters = [owner.meter for owner in task.owners]
    timed = at_moments(task.rows, meters, task, rejects) if _all_registers(task, meters) else None
    timed = timed or in_time(task.rows, meters, task, rejects)
    result = Curves(ending=timed.ending)
    ends = timed.ending is not None and timed.ending.marks == "interval_end"
    for group, owner in enumerate(task.owners):
        at = timed.of(group)
        step, stamp = timed.steps[group], timed.rows.stamp[at]
        if stamp.size == 0:
            continue
        utc, local, row = timed.moments.utc[stamp], timed.moments.local[stamp], timed.rows.row[at]
        for values in task.values:
            one = intervals.Readings(utc, local, values.values[at], row)
            factors = None if task.multiplier is None else task.multiplier.factors[at]
            factors = factors if values.factor == 1 else np.full(row.size, values.factor)
            if values.refused is not None and values.refused[at].any():
                factors = None if factors is None else factors[~values.refused[at]]
                one = one.only(~values.refused[at])
            _add(task, owner, values, (one, factors), (step, ends), result, rejects)
    if not result.series:
        result.ending = None
    return result


def _may_rise(task: Task) -> bool:
    """Whether the first owner's first column goes one way in the order of the file: a look that spares sorting most tables."""
    values = task.values[0].values[task.rows.group == 0]
    changes = np.diff(values[np.isfinite(values)])
    falls, rises = int((changes < 0).sum()), int((changes > 0).sum())
    return 10 * min(falls, rises) <= falls + rises


def still_registers(task: Task) -> frozenset[int]:
    """Columns of energy whose value never changes, not zero, in a table that has a register: nothing flows through them."""
    energy = [values for values in task.values if values.column.unit and not values.column.unit.power and len(task.owners) == 1]
    if len(energy) < 2:
        return frozenset()
    still = frozenset(
        values.column.index
        for values in energy
        if np.isfinite(values.values).any() and np.nanmin(values.values) == np.nanmax(values.values) != 0
    )
    if not still:
        return still
    at = by_time(task.rows, task.moments.local, 1).of(0)
    local = task.moments.local[task.rows.stamp[at]]
    found = [intervals.Readings(local, local, values.values[at], task.rows.row[at]) for values in energy]
    return still if any(dials.is_register(one, False) for one in found) else frozenset()


def _all_registers(task: Task, meters: Sequence[str]) -> bool:
    """Whether every column counts up: then the times may be any, and no interval need be found."""
    if task.step_s is not None or not task.values:
        return False
    if not task.values[0].column.means.register and not _may_rise(task):
        return False
    places = by_time(task.rows, task.moments.local, len(meters))
    for values in task.values:
        for group, owner in enumerate(task.owners):
            at = places.of(group)
            local = task.moments.local[task.rows.stamp[at]]
            one = intervals.Readings(local, local, values.values[at], task.rows.row[at])
            titled = values.column.means.register or bool(REGISTER.search(owner.item))
            counts = values.column.index in task.still or dials.is_register(one, titled)
            if np.isfinite(one.values).any() and (OF_DAY.search(values.column.label) or not counts):
                return False
    return True


def _add(
    task: Task, owner: Owner, values: Values, cells: tuple[intervals.Readings, NDArray[np.float64] | None],
    step: tuple[int, bool], result: Curves, rejects: Rejects,
) -> None:  # fmt: skip
    """Makes one owner's readings of one column a series or a register of the result.

    Args:
        cells: the readings, and the multiplier of each: a register is read at the dial, before CT and PT; a quantity is taken
            as multiplied, unless a person said otherwise.
        step: its minutes, and whether the times name the ends.
    """
    readings, factors = cells
    column = values.column
    flow, unit = _meant(task, owner, column, result)
    if flow is None or unit is None or not np.isfinite(readings.values).any():
        return
    meter = meter_of(column, owner.meter, task.named, [one.column for one in task.values])
    minutes, ends = step
    titled, of_day = column.means.register or bool(REGISTER.search(owner.item)), bool(OF_DAY.search(column.label))
    counts = not unit.power and not of_day and (dials.is_register(readings, titled) or column.index in task.still)
    if factors is not None and (counts if task.hints.multiply is None else task.hints.multiply):
        readings = replace(readings, values=readings.values * factors)
    if counts:
        if values.guessed is not None:
            real = ~np.isin(readings.row, values.guessed)
            result.guessed[column.label] = result.guessed.get(column.label, 0) + int((~real).sum())
            readings = readings.only(real)
        made = dials.register(readings, intervals.Target(meter, flow, unit, 0, False, task.zone), rejects)
        if made is not None:
            result.registers.append(made)
            result.meters.setdefault(column.index, set()).add(meter)
        return
    target = intervals.Target(meter, flow, unit, minutes, ends, task.zone)
    if not unit.power and task.step_s is None and (of_day or flow == "pv_gen") and dials.is_day_counter(readings, of_day):
        result.counters.append(column.label)
        series, doubles = dials.of_day_counter(readings, target, rejects)
    else:
        series, doubles = intervals.series(readings.earlier(60 * minutes if ends else 0), target, rejects)
    if values.guessed is not None:
        series.quality[np.isin(series.rows, values.guessed) & (series.quality != MISSING)] = ESTIMATED
    result.doubles += [doubles] if doubles is not None else []
    if series.start.size:
        result.series.append(series)
        result.meters.setdefault(column.index, set()).add(meter)


def _meant(task: Task, owner: Owner, column: Assigned, result: Curves) -> tuple[str | None, Unit | None]:
    """Flow and unit of an owner's values in a column: the row's own words count before the column's title."""
    if not owner.item and owner.unit is None:
        return column.flow, column.unit
    table = None if column.assumed else column.unit
    means = meaning(owner.item or column.label, (task.hints.unit and column.unit) or owner.unit, table)
    unit = means.unit or means.default_unit
    if unit and unit.quantity == "mass" and str(means.flow).startswith("heat"):
        result.left_out.setdefault(owner.item or column.label, NO_HEAT)
        return None, None
    flow = means.flow or ("grid_in" if means.register else None)
    if means.why_not or means.detail or flow is None:
        result.left_out.setdefault(owner.item or column.label, means.why_not or NO_QUANTITY)
        return None, None
    return flow, unit or (column.unit if means.register else None)
