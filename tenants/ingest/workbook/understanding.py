"""A file understood: sheets chosen, table found, form recognised, and what a person should confirm."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from tenants.ingest.receipt import MOST_LISTED, Rejects
from tenants.ingest.workbook.accounts import Account, added_up, of_all
from tenants.ingest.workbook.bill_columns import BEFORE
from tenants.ingest.workbook.bills import is_bill, read_bills
from tenants.ingest.workbook.curves_form import Context, Part, read_curves
from tenants.ingest.workbook.grid import Codes
from tenants.ingest.workbook.layout import Table
from tenants.ingest.workbook.limits import Limits
from tenants.ingest.workbook.months import names_period
from tenants.ingest.workbook.names import clean, from_file
from tenants.ingest.workbook.questions import ask
from tenants.ingest.workbook.reading import Opened, open_file
from tenants.ingest.workbook.refusals import FileRefused, NoClockColumn, NoTimeColumn, NoValueColumn
from tenants.ingest.workbook.result import BillRow, Hints, Message, Understanding
from tenants.ingest.workbook.rising import as_readings
from tenants.ingest.workbook.roles import EMPTY, WORDS, Roles, assign
from tenants.ingest.workbook.sources import Source, tables_of
from tenants.ingest.workbook.stamps import Stamps, of_seconds, parse
from tenants.ingest.workbook.sun import clock_of, noon_of, question
from tenants.ingest.workbook.wide_form import find_day

_PERIOD = re.compile(r"(19|20)\d{2}([-/.年]?\d{1,2}){0,2}[月日]?")
_UNNAMED = re.compile(r"^(sheet ?\d*|工作表 ?\d*|)$", re.IGNORECASE)  # sheets that nobody gave the name of a meter
_ROWS_OF_A_DAY = 3  # rows of one date that are no double by mistake any more


def understand(
    data: bytes | Path, name: str, zone: ZoneInfo, hints: Hints | None = None, limits: Limits | None = None,
    remembered: Callable[[str], Hints | None] = lambda _: None,
) -> Understanding:  # fmt: skip
    """What a file holds: series of interval values or rows of bills, and everything that was taken for granted.

    Args:
        name: the file's name; it names the meter when nothing else does.
        zone: the park's, in which times without an offset are read.
        hints: what a person says about the file.
        remembered: gives what a person said of the last file of a shape; asked when nothing is said of this one.
    Raises:
        FileRefused: the file as a whole cannot be taken; the message says where and what to do.
    """
    hints = hints or Hints()
    opened = open_file(data, name, hints.sheet, limits or Limits())
    tables, notes = tables_of(opened, name, hints.year)
    shape = shape_of(tables[0].table.headers)
    known = remembered(shape) if hints == Hints() else None
    if known is not None:
        try:
            return replace(_in_sun(opened, tables, notes, name, zone, known), shape=shape, remembered=True)
        except FileRefused:  # what was said of the other file does not fit this one
            pass
    return replace(_in_sun(opened, tables, notes, name, zone, hints), shape=shape)


def shape_of(headers: Sequence[str]) -> str:
    """The digest of a table's headings, whatever period they name."""
    plain = [_PERIOD.sub("#", text) for text in headers]
    return hashlib.sha256("\x1f".join(plain).encode()).hexdigest()[:32]


def _in_sun(
    opened: Opened, tables: list[Source], notes: list[Message], name: str, zone: ZoneInfo, hints: Hints
) -> Understanding:  # fmt: skip
    """The tables understood, in the clock that the sun of a PV plant tells where nobody said one."""
    found = _read(opened, tables, notes, name, zone, hints)
    if hints.zone is None and not found.with_offset and (clock := clock_of(found.series, zone)):
        asked = question(noon_of(found.series, zone))
        found = _read(opened, tables, notes, name, zone, replace(hints, zone=clock))
        found = replace(found, questions=[asked, *found.questions])
    return found


def _read(
    opened: Opened, tables: list[Source], notes: list[Message], name: str, zone: ZoneInfo, hints: Hints
) -> Understanding:  # fmt: skip
    """The tables of the sheets, understood. Rows are numbered through all of them: see `Understanding.place`."""
    several = len({one.table.grid.sheet for one in tables}) > 1
    rejects = [Rejects() for _ in tables]
    labels = {source.table.label(i) for source in tables for i in range(source.table.grid.width)}
    parts = [
        _part(source, name, zone, _own(hints, source.table, labels), opened, several, own)
        for source, own in zip(tables, rejects, strict=True)
    ]
    return _joined(opened, tables, parts, rejects, [*opened.notes, *notes], hints)


def _own(hints: Hints, table: Table, every: set[str]) -> Hints:
    """The hints without those for columns that only other tables of the file have."""
    others = every - {table.label(i) for i in range(table.grid.width)}
    if not others & (set(hints.roles) | set(hints.units)):
        return hints
    roles, units = ({key: said for key, said in given.items() if key not in others} for given in (hints.roles, hints.units))
    return replace(hints, roles=roles, units=units)


def _part(source: Source, name: str, zone: ZoneInfo, hints: Hints, opened: Opened, several: bool, rejects: Rejects) -> Part:
    """What one table comes to.

    Raises:
        NoTimeColumn, NoValueColumn.
    """
    table, sheet = source.table, source.table.grid.sheet or ""
    # Sheets for months are pages of one meter, others are named after theirs.
    usual = clean(sheet) if several and not names_period(sheet) else from_file(name)
    meter = (clean(source.meter) or hints.meter or usual) if source.meter else hints.meter or usual
    titles = [*table.above, sheet, from_file(name)]
    roles = assign(table, hints, titles)
    context = Context(meter, opened.format.delimiter, titles, zone, hints)
    codes = table.grid.codes(roles.time, table.first) if roles.time else None
    stamps = _stamps(codes) if codes else None
    day = find_day(table, hints)
    bill = day is None and is_bill(table, stamps)
    roles = as_readings(table, roles, codes, stamps, context) if bill and codes and stamps else roles
    if bill and not (table.dates and _registers_only(roles)):
        _check_days(table, roles, codes, name)
        part = read_bills(table, roles, context, rejects)
        waiting = any(question.hint == "gj_per_tonne" for question in part.questions)
        if not waiting and not any(column.role == "value" for column in part.columns):
            raise _no_value(table, roles, name)
        return part
    if codes is None or stamps is None:
        raise NoTimeColumn(name=clean(name), columns=_columns(table))
    if not roles.of("value") and day is None:
        raise _no_value(table, roles, name)
    return read_curves(table, roles, codes, stamps, day, context, rejects)


def _stamps(codes: Codes) -> Stamps:
    return parse(codes.texts, serials=True) if codes.seconds is None else of_seconds(codes.seconds)


def _check_days(table: Table, roles: Roles, codes: Codes | None, name: str) -> None:
    """Raises NoClockColumn where each day stands in many rows that nothing tells apart: they would count once."""
    if codes is None or not table.dates or roles.of("meter") or roles.of("item"):
        return
    days = np.bincount(codes.codes[codes.codes >= 0])
    if days.size and float(np.median(days[days > 0])) >= _ROWS_OF_A_DAY:
        raise NoClockColumn(name=clean(name), column=table.label(roles.time[0]), count=int(np.median(days[days > 0])))


def _registers_only(roles: Roles) -> bool:
    """Whether all that is counted stands in registers, read once a day or less: then the differences are what was used."""
    values = roles.of("value")
    return bool(values) and all(one.means.register for one in values) and not any(BEFORE.search(one.label) for one in values)


def _columns(table: Table) -> str:
    return ", ".join(table.label(i) for i in range(table.grid.width))[:300]


def _no_value(table: Table, roles: Roles, name: str) -> NoValueColumn:
    """The refusal, with the reason of the column that comes closest: one of numbers before one of words."""
    others = [one for one in roles.every if one.role not in ("time", "meter")] or roles.every
    closest = next((one for one in others if one.why.template not in (WORDS, EMPTY)), others[0])
    return NoValueColumn(
        name=clean(name), columns=_columns(table), column=closest.label, reason=closest.why.template, **closest.why.facts
    )


def _joined(
    opened: Opened, tables: Sequence[Source], parts: list[Part], rejects: list[Rejects], notes: list[Message], hints: Hints
) -> Understanding:  # fmt: skip
    """The parts as one understanding."""
    first = parts[0]
    sheets = [one.table.grid.sheet or "" for one in tables]
    read = tuple(dict.fromkeys(filter(None, sheets)))
    bases = [0, *itertools.accumulate(one.table.grid.height for one in tables)][: len(tables)]
    several = len(read) > 1
    for part, own, base, source in zip(parts, rejects, bases, tables, strict=True):
        _numbered(part, own, base)
        part.notes = [_moved(note, source.offset) for note in part.notes]
    said = [*notes, *(note for part in parts for note in part.notes)]
    gone = [rows for own in rejects for rows in own.rows]
    refused = np.unique(np.concatenate(gone)) if gone else np.zeros(0, np.int32)
    ending, order = first.ending, first.order
    return Understanding(
        format=replace(opened.format, sheets=read), form=first.form, columns=first.columns, rows=sum(part.rows for part in parts),
        marks=ending.marks if ending else None, midnight=ending.midnight if ending else None,
        marks_why=ending.why if ending else None, date_order=order.order if order else None,
        with_offset=any(part.with_offset for part in parts),
        series=[one for part in parts for one in part.series],
        registers=[one for part in parts for one in part.registers], doubles=[one for part in parts for one in part.doubles],
        bills=_bills(tables, parts, said),
        rejected=[one for own in rejects for one in own.sorted()][:MOST_LISTED], refused=refused.astype(np.int32),
        questions=ask(opened, parts, hints), notes=[note for i, note in enumerate(said) if note not in said[:i]],
        behind=hints.behind, bases=tuple(
            (sheet if several else "", base, one.offset) for sheet, base, one in zip(sheets, bases, tables, strict=True)
        ) if len(tables) > 1 else (),
    )  # fmt: skip


def _bills(tables: Sequence[Source], parts: Sequence[Part], notes: list[Message]) -> list[BillRow]:
    """The bills of all tables; those of several meters, each with a sheet of its own, are added up."""
    owners = [one.meter or one.table.grid.sheet or "" for one in tables]
    every: list[tuple[Account, BillRow]] = [
        ((owner,), row) for owner, part in zip(owners, parts, strict=True) for row in part.bills
    ]
    if len(set(owners)) < 2 or any(names_period(name) or _UNNAMED.match(name) for name in owners):
        return [row for _, row in every]
    return added_up(of_all(every, notes) if every else [])


def _moved(note: Message, offset: int) -> Message:
    """A remark about rows of a table that begins further down in its sheet, with the rows of the sheet."""
    if not offset or not {"row", "rows"} & set(note.facts):
        return note
    rows = {
        key: re.sub(r"\d+", lambda found: str(int(found[0]) + offset), str(note.facts[key]))
        for key in ("row", "rows")
        if key in note.facts
    }
    return replace(note, facts={**note.facts, **rows})


def _numbered(part: Part, rejects: Rejects, base: int) -> None:
    """Counts the rows of a sheet on from those of the sheets before it, in place."""
    if not base:
        return
    part.series = [replace(one, rows=one.rows + np.int32(base)) for one in part.series]
    part.doubles = [replace(one, rows=one.rows + np.int32(base)) for one in part.doubles]
    part.registers = [replace(one, rows=one.rows + np.int32(base)) for one in part.registers]
    part.bills = [replace(one, row=one.row + base) for one in part.bills]
    rejects.rows = [rows + np.int32(base) for rows in rejects.rows]
    rejects.listed = [replace(one, row=one.row + base) for one in rejects.listed]
