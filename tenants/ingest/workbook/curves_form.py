"""Tables of intervals, long or wide, as series."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import numpy as np

from tenants.ingest.receipt import Rejects
from tenants.ingest.series import Register, Series
from tenants.ingest.workbook import moments as times
from tenants.ingest.workbook.assembly import Curves, Task, Values, assemble, still_registers
from tenants.ingest.workbook.columns import Multiplier, Reader
from tenants.ingest.workbook.conversions import countable
from tenants.ingest.workbook.date_order import Order
from tenants.ingest.workbook.endings import Ending
from tenants.ingest.workbook.grid import Codes
from tenants.ingest.workbook.guessed import guessed
from tenants.ingest.workbook.layout import Table
from tenants.ingest.workbook.local_time import instants
from tenants.ingest.workbook.long_form import Data, data_rows
from tenants.ingest.workbook.moments import Moments, moments
from tenants.ingest.workbook.numbers import number
from tenants.ingest.workbook.overlaps import meters_by_repetition, without_twins
from tenants.ingest.workbook.owners import Owners, owners
from tenants.ingest.workbook.places import Rows
from tenants.ingest.workbook.result import BillRow, Column, Form, Hints, Message, Question, message
from tenants.ingest.workbook.roles import EVERY, Assigned, Roles
from tenants.ingest.workbook.stamps import Stamps
from tenants.ingest.workbook.sun import of_plants
from tenants.ingest.workbook.units import unit
from tenants.ingest.workbook.vocabulary import SUM, meaning
from tenants.ingest.workbook.wide_form import Day, spread

REMEDIES = {
    times.NO_TIME: times.WRITE_TIME, times.NO_DAY: times.CHECK_ORDER, times.NO_YEAR: times.CHECK_CLOCK,
    times.SKIPPED: times.CHECK_ZONE,
}  # fmt: skip


@dataclass(frozen=True)
class Context:
    """What is known about the file around a table: `meter` the name for a meter that nothing names, `titles` the lines above
    it and the names of sheet and file."""

    meter: str
    delimiter: str | None
    titles: list[str]
    zone: ZoneInfo
    hints: Hints


@dataclass
class Part:
    """What one table came to."""

    form: Form
    columns: list[Column]
    rows: int
    series: list[Series] = field(default_factory=list)
    registers: list[Register] = field(default_factory=list)
    doubles: list[Series] = field(default_factory=list)
    bills: list[BillRow] = field(default_factory=list)
    assumed: list[Assigned] = field(default_factory=list)  # value columns whose unit or flow is a guess
    ending: Ending | None = None
    order: Order | None = None
    with_offset: bool = False  # the times say how far they are ahead of UTC
    notes: list[Message] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def read_curves(
    table: Table, roles: Roles, codes: Codes, stamps: Stamps, day: Day | None, context: Context, rejects: Rejects
) -> Part:  # fmt: skip
    """The series of a table. `codes` and `stamps` are its times, `day` the columns of a day in the wide form."""
    notes: list[Message] = []
    raw = moments(stamps, context.zone, context.hints)
    if day is not None:
        roles = _as_day(roles, day)
    data = data_rows(table, roles, raw.good, codes, raw.fault, rejects, REMEDIES, notes)
    questions: list[Question] = []
    roles = meters_by_repetition(table, roles, data, questions)
    people, roles = owners(table, roles, data.kept, context.meter, rejects)
    roles = of_plants(roles, [*context.titles, *(owner.meter for owner in people.every[:50])]) if day is None else roles
    roles = roles.changed(without_twins(roles.of("value"), people.named))
    data, people = _with_owner(table, data, people, notes)
    form: Form = "wide" if day else "long_with_meter" if people.named else "long"
    part = Part(form, [], data.count, notes=notes, questions=questions)
    part.order, part.with_offset = raw.order, bool(raw.with_offset.any())
    if data.row.size == 0:
        part.columns = [one.column() for one in roles.every]
        return part
    reader = Reader(table, data.kept, context.delimiter, context.hints, rejects, notes, questions)
    task = _task(data, people, raw, roles, context)
    task, roles = _wide(task, reader, roles, day, context) if day else _long(task, reader, roles)
    task = replace(task, still=still_registers(task))
    curves = assemble(task, rejects)
    _report(part, curves, roles)
    label = task.multiplier.label if task.multiplier else next(filter(None, table.multipliers), "")
    if label and context.hints.multiply is None:
        text = message("Are the values multiplied with {column} (CT x PT) already?", column=label)
        assumed = "true" if curves.registers else "false"
        part.questions.append(Question("multiply", text, assumed, ("false", "true"), label))
    return part


def _as_day(roles: Roles, day: Day) -> Roles:
    """The roles with the columns of a day as the only values."""
    inside = set(day.columns)
    why = message("its title is a time of the day")
    values = [replace(one, role="value", why=why) for one in roles.every if one.index in inside]
    others = [one.ignored(message("the columns of the day give it")) for one in roles.of("value") if one.index not in inside]
    return roles.changed([*values, *others])


def _with_owner(table: Table, data: Data, people: Owners, notes: list[Message]) -> tuple[Data, Owners]:
    """Only rows that name an owner, and without those that sum up the others."""
    sums = [number for number, owner in enumerate(people.every) if people.named and SUM.fullmatch(owner.meter)]
    keep = people.group >= 0
    refused = data.refused + int((~keep).sum())
    if sums and len(sums) < len(people.every):
        total = np.isin(people.group, sums)
        text = "{count} lines of totals were left out (row {rows})"
        notes.append(message(text, count=int(total.sum()), rows=", ".join(map(str, data.row[total][:5]))))
        keep = keep & ~total
    if keep.all():
        return data, people
    chosen = replace(data, row=data.row[keep], kept=data.kept[keep], stamp=data.stamp[keep], refused=refused)
    return chosen, replace(people, group=people.group[keep])


def _task(data: Data, people: Owners, raw: Moments, roles: Roles, context: Context) -> Task:
    rows = Rows(data.stamp, people.group, data.row)
    return Task(
        rows, raw, data.texts, context.zone, context.hints, roles.marks, owners=people.every, named=people.named
    )  # fmt: skip


def _long(task: Task, reader: Reader, roles: Roles) -> tuple[Task, Roles]:
    """The task with the values of each value column."""
    cells = [reader.read(column) for column in roles.of("value")]
    for i, one in enumerate(cells):
        if one.column.flow is None or one.column.unit is None:
            continue
        counted = countable(one.column.flow, one.column.unit, one.column.label, task.hints, reader.questions)
        if counted is None:
            cells[i] = replace(one, column=one.column.ignored(message("its unit cannot be converted without more knowledge")))
        else:
            cells[i] = replace(one, column=replace(one.column, unit=counted))
    doubtful = guessed(reader.table, roles, reader.kept)
    values = [
        Values(one.column, one.values, one.refused, doubtful.get(one.column.index), _factor(reader.table, one.column))
        for one in cells
        if one.column.role == "value"
    ]
    return replace(task, values=values, multiplier=reader.multiplier(roles)), roles.changed([one.column for one in cells])


def _factor(table: Table, column: Assigned) -> float:
    """The multiplier that stands below a column's title, or 1."""
    found = number(table.multipliers[column.index]) if table.multipliers else None
    return found[0] if found else 1.0


def _wide(task: Task, reader: Reader, roles: Roles, day: Day, context: Context) -> tuple[Task, Roles]:
    """The task with one row for each interval of each day."""
    columns = {one.index: one for one in roles.of("value")}
    whole = about_day(columns[day.columns[0]], reader.table, context)
    cells = [reader.read(replace(whole, index=i, label=columns[i].label)) for i in day.columns]
    column = replace(cells[0].column, index=whole.index, label=whole.label)
    values = np.stack([one.values for one in cells], axis=1).ravel()
    refused = np.stack(
        [np.zeros(one.values.shape, bool) if one.refused is None else one.refused for one in cells], axis=1
    ).ravel()
    rows, every = spread(task.rows.stamp, task.rows.group, task.rows.row, task.moments, day)
    skipped = instants(every.local, context.zone).gap
    if skipped.any():  # an hour that does not exist may well be empty
        keep = ~(skipped[rows.stamp] & np.isnan(values))
        rows, values, refused = rows.only(keep), values[keep], refused[keep]
    texts = [f"{text} {reader.table.headers[i]}" for text in task.texts for i in day.columns]
    task = replace(
        task,
        rows=rows,
        moments=every,
        texts=texts,
        values=[Values(column, values, refused)],
        multiplier=_of_days(reader.multiplier(roles), len(day.columns), rows.row.size),
        step_s=day.step_s,
        ending=day.ending,
    )
    shown = [replace(columns[i], flow=column.flow, unit=column.unit, assumed=column.assumed) for i in day.columns]
    return task, roles.changed(shown)


def _of_days(known: Multiplier | None, width: int, count: int) -> Multiplier | None:
    """The multiplier of each interval of each row."""
    if known is None:
        return None
    factors = np.repeat(known.factors, width)
    return replace(known, factors=factors) if factors.size == count else replace(known, factors=np.full(count, factors[0]))


def about_day(first: Assigned, table: Table, context: Context) -> Assigned:
    """The day's columns as one: flow and unit come from around the table, not from the times in the titles."""
    hints = context.hints
    said = unit(hints.unit) if hints.unit else None
    around = [meaning(text, said, table.unit) for text in context.titles]
    found = next((one.unit for one in around if one.unit), None)
    guess = next((one.default_unit for one in around if one.default_unit), None)
    flow = hints.roles.get(EVERY) or next((one.flow for one in around if one.flow), None)
    means = replace(first.means, name="", title="", register=False, why_not=None, detail=None)
    known = said or found or table.unit
    return replace(
        first, role="value", means=means, flow=flow or "grid_in", unit=known or guess or unit("kWh"),
        assumed=known is None or flow is None,
    )  # fmt: skip


def _report(part: Part, curves: Curves, roles: Roles) -> None:
    """Puts series, columns, notes and questions into the part."""
    part.series, part.ending = curves.series, curves.ending
    assumed = [one for one in roles.of("value") if one.assumed]
    part.assumed = [replace(one, label=EVERY) for one in assumed[:1]] if part.form == "wide" else assumed
    every = set().union(*curves.meters.values())
    for one in roles.every:
        meters = every if part.form == "wide" and one.role == "value" else curves.meters.get(one.index, set())
        part.columns.append(one.column(next(iter(meters)) if len(meters) == 1 else None))
    part.registers, part.doubles = curves.registers, curves.doubles
    if count := sum(one.start.size for one in curves.doubles):
        part.notes.append(message("{count} values repeat an earlier row with the same value: counted once", count=count))
    for column, count in curves.guessed.items():
        text = "{count} readings of {column} that the file calls interpolated are no readings: they were left out"
        part.notes.append(message(text, count=count, column=column))
    for column in dict.fromkeys(curves.counters):
        part.notes.append(message("{column} begins with 0 every day: what it rises from row to row was taken", column=column))
    for item, why in curves.left_out.items():
        part.notes.append(message("rows of {item} were left out: {why}", item=item, why=why))
