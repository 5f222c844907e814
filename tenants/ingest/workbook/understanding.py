"""A file understood: sheets chosen, table found, form recognised, and what a person should confirm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from tenants.ingest.receipt import Rejects
from tenants.ingest.workbook.bills import is_bill, read_bills
from tenants.ingest.workbook.curves_form import Context, Part, read_curves
from tenants.ingest.workbook.grid import Grid
from tenants.ingest.workbook.layout import Table, find_table
from tenants.ingest.workbook.limits import Limits
from tenants.ingest.workbook.months import names_period
from tenants.ingest.workbook.names import clean, from_file
from tenants.ingest.workbook.questions import ask
from tenants.ingest.workbook.reading import Opened, open_file
from tenants.ingest.workbook.refusals import NoTable, NoTimeColumn, NoValueColumn
from tenants.ingest.workbook.result import Hints, Message, Understanding, message
from tenants.ingest.workbook.roles import EMPTY, WORDS, Roles, assign
from tenants.ingest.workbook.stamps import parse
from tenants.ingest.workbook.wide_form import find_day

_TURNED_ROWS, _TURNED_COLUMNS = 2_000, 400  # the largest table that is tried with rows and columns exchanged


def understand(
    data: bytes | Path, name: str, zone: ZoneInfo, hints: Hints | None = None, limits: Limits | None = None
) -> Understanding:  # fmt: skip
    """What a file holds: series of interval values or rows of bills, and everything that was taken for granted.

    Args:
        name: the file's name; it names the meter when nothing else does.
        zone: the park's, in which times without an offset are read.
        hints: what a person says about the file.
    Raises:
        FileRefused: the file as a whole cannot be taken; the message says where and what to do.
    """
    hints = hints or Hints()
    opened = open_file(data, name, hints.sheet, limits or Limits())
    tables, notes = _tables(opened, name)
    rejects = Rejects()
    several = len(tables) > 1
    parts = [_part(table, name, zone, hints, opened, several, rejects) for table in tables]
    return _joined(opened, tables, parts, rejects, [*opened.notes, *notes], hints)


def _tables(opened: Opened, name: str) -> tuple[list[Table], list[Message]]:
    """The tables to read: the first sheet that has one, and all sheets built like it.

    Raises:
        NoTable, NoTimeColumn.
    """
    found = [(grid, find_table(grid) or _turned(grid)) for grid in opened.grids]
    tables = [table for _, table in found if table is not None]
    if not tables:
        filled = [row for grid in opened.grids for row in grid.head() if any(row)]
        widest = max(filled, key=lambda row: len([cell for cell in row if cell]), default=[])
        if len(filled) < 2:
            raise NoTable(name=clean(name))
        raise NoTimeColumn(name=clean(name), columns=", ".join(cell for cell in widest if cell)[:300])
    alike = [table for table in tables if table.headers == tables[0].headers]
    others = [grid.sheet or "" for grid, table in found if not any(table is one for one in alike)]
    notes = [message("sheets that are built differently were not read: {sheets}", sheets=", ".join(others))] if others else []
    return alike, notes


def _turned(grid: Grid) -> Table | None:
    """The table with rows and columns exchanged: days or months side by side, times or quantities below one another."""
    if grid.height > _TURNED_ROWS or grid.width > _TURNED_COLUMNS:
        return None
    return find_table(grid.transposed())


def _part(table: Table, name: str, zone: ZoneInfo, hints: Hints, opened: Opened, several: bool, rejects: Rejects) -> Part:
    """What one table comes to.

    Raises:
        NoTimeColumn, NoValueColumn.
    """
    sheet = table.grid.sheet or ""
    # Sheets for months are pages of one meter, others are named after theirs.
    meter = hints.meter or (clean(sheet) if several and not names_period(sheet) else from_file(name))
    titles = [*table.above, sheet, from_file(name)]
    roles = assign(table, hints, titles)
    context = Context(meter, opened.format.delimiter, titles, zone, hints)
    codes = table.grid.codes(roles.time, table.first) if roles.time else None
    stamps = parse(codes.texts, serials=True) if codes else None
    day = find_day(table, hints)
    if day is None and is_bill(table, stamps):
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
    opened: Opened, tables: Sequence[Table], parts: list[Part], rejects: Rejects, notes: list[Message], hints: Hints
) -> Understanding:  # fmt: skip
    """The parts as one understanding."""
    first = parts[0]
    read = tuple(table.grid.sheet for table in tables if table.grid.sheet)
    refused = np.unique(np.concatenate(rejects.rows)) if rejects.rows else np.zeros(0, np.int32)
    ending, order = first.ending, first.order
    return Understanding(
        format=replace(opened.format, sheets=read), form=first.form, columns=first.columns, rows=sum(part.rows for part in parts),
        marks=ending.marks if ending else None, midnight=ending.midnight if ending else None,
        marks_why=ending.why if ending else None, date_order=order.order if order else None,
        series=[one for part in parts for one in part.series], bills=[row for part in parts for row in part.bills],
        rejected=rejects.sorted(), refused=refused.astype(np.int32),
        questions=ask(opened, parts, hints), notes=[*notes, *(note for part in parts for note in part.notes)],
        behind=hints.behind,
    )  # fmt: skip
