"""From rows with moments, owners and values to series: which interval each row means, then one series per meter and flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.receipt import Rejects
from tenants.ingest.series import Series
from tenants.ingest.workbook import intervals
from tenants.ingest.workbook.endings import Ending
from tenants.ingest.workbook.names import meter_of
from tenants.ingest.workbook.owners import Owner
from tenants.ingest.workbook.refusals import RegisterReadings
from tenants.ingest.workbook.result import Message
from tenants.ingest.workbook.roles import Assigned
from tenants.ingest.workbook.timing import Clockwork, in_time
from tenants.ingest.workbook.units import Unit
from tenants.ingest.workbook.vocabulary import meaning

REGISTER = "{meter}: {column} holds register readings (from {first} to {last}), not quantities of intervals"
NO_REGISTERS = "registers come in a later version"
NO_QUANTITY = "its words name no quantity"
NO_HEAT = "steam by weight needs its heat content: give GJ"
LATER = "Registers come in a later version. Until then send differences: this reading less the one before."


@dataclass(frozen=True)
class Values:
    """One column's values [the column's unit] of the rows, shape (n,): NaN where there is none; `refused` marks bad cells."""

    column: Assigned
    values: NDArray[np.float64]
    refused: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Task(Clockwork):
    """All that is known before intervals are made: rows with their times, values and owners. `named`: rows name meters."""

    values: Sequence[Values] = ()
    owners: Sequence[Owner] = ()
    named: bool = False


@dataclass
class Curves:
    """The series, which end of the intervals stamps name, and what there is to say."""

    series: list[Series] = field(default_factory=list)
    ending: Ending | None = None
    notes: list[Message] = field(default_factory=list)
    meters: dict[int, set[str]] = field(default_factory=dict)  # by column
    doubles: int = 0
    registers: list[tuple[str, str, float, float]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)  # quantities named in rows, with the reason


def assemble(task: Task, rejects: Rejects) -> Curves:
    """The curves of a table.

    Raises:
        UnknownStep, OneReading: the length of intervals cannot be told. RegisterReadings: there is nothing else.
    """
    timed = in_time(task.rows, [owner.meter for owner in task.owners], task, rejects)
    result = Curves(ending=timed.ending)
    ends = timed.ending.marks == "interval_end"
    for group, owner in enumerate(task.owners):
        at = timed.of(group)
        step, stamp = timed.steps[group], timed.rows.stamp[at]
        if stamp.size == 0:
            continue
        start = 60 * step if ends else 0
        utc, local, row = timed.moments.utc[stamp] - start, timed.moments.local[stamp] - start, timed.rows.row[at]
        for values in task.values:
            one = intervals.Readings(utc, local, values.values[at], row)
            if values.refused is not None and values.refused[at].any():
                one = one.only(~values.refused[at])
            _add(task, owner, values.column, one, step, result, rejects)
    if not result.series and result.registers:
        _, column, first, last = result.registers[0]
        raise RegisterReadings(column=column, first=f"{first:g}", last=f"{last:g}")
    return result


def _add(
    task: Task, owner: Owner, column: Assigned, readings: intervals.Readings, step: int, result: Curves, rejects: Rejects
) -> None:  # fmt: skip
    """Makes one owner's readings of one column a series of the result."""
    flow, unit = _meant(task, owner, column, result)
    if flow is None or unit is None or not np.isfinite(readings.values).any():
        return
    meter = meter_of(column, owner.meter, task.named, [one.column for one in task.values])
    if found := intervals.is_register(readings):
        result.registers.append((meter, column.label, *found))
        facts = {"meter": meter, "column": column.label, "first": f"{found[0]:g}", "last": f"{found[1]:g}"}
        rejects.add_all(np.sort(readings.row), REGISTER, LATER, **facts)
        return
    ends = result.ending is not None and result.ending.marks == "interval_end"
    target = intervals.Target(meter, flow, unit, step, ends, task.zone)
    series, doubles = intervals.series(readings, target, rejects)
    result.doubles += doubles
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
    if means.why_not or means.register or means.detail or means.flow is None:
        reason = means.why_not or (NO_REGISTERS if means.register else NO_QUANTITY)
        result.left_out.setdefault(owner.item or column.label, reason)
        return None, None
    return means.flow, unit
