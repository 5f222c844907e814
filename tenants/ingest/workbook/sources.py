"""Where in the sheets of a file its tables are, put right where their times are incomplete or they lie on their side."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tenants.ingest.workbook.filled import filled_down
from tenants.ingest.workbook.grid import Grid
from tenants.ingest.workbook.layout import Table, find_table
from tenants.ingest.workbook.names import clean, from_file
from tenants.ingest.workbook.pieces import blocks, whole_dates
from tenants.ingest.workbook.reading import Opened
from tenants.ingest.workbook.refusals import FileRefused, NoTable, NoTimeColumn
from tenants.ingest.workbook.result import Message, message
from tenants.ingest.workbook.strips import strips
from tenants.ingest.workbook.undated import Words, completed, of_one_month
from tenants.ingest.workbook.units import unit_above
from tenants.ingest.workbook.years import of_years

_TITLES = 3  # cells of a row that may be titles and not a line above them
_TURNED_ROWS, _TURNED_COLUMNS = 2_000, 400  # the largest table that is tried with rows and columns exchanged


@dataclass(frozen=True)
class Source:
    """A table to read: row 1 of its grid is row `offset` + 1 of its sheet; `meter` is named above it ("" if it is not)."""

    table: Table
    offset: int = 0
    meter: str = ""


def tables_of(opened: Opened, name: str, year: int | None) -> tuple[list[Source], list[Message]]:
    """The tables to read: the first sheet that has one, and all sheets built like it.

    Raises:
        NoTable, NoTimeColumn, YearUnknown, YearTurns.
    """
    grids = [whole_dates(grid) for grid in opened.grids]
    refused: list[FileRefused] = []
    notes: list[Message] = []
    found = [(grid, _found(grid, Words(grid.sheet or "", from_file(name), year), refused, notes)) for grid in grids]
    tables = [table for _, table in found if table is not None]
    if not tables:
        if refused:
            raise refused[0]
        filled = [row for grid in grids for row in grid.head() if any(row)]
        widest = max(filled, key=lambda row: len([cell for cell in row if cell]), default=[])
        if len(filled) < 2:
            raise NoTable(name=clean(name))
        raise NoTimeColumn(name=clean(name), columns=", ".join(cell for cell in widest if cell)[:300])
    alike = [table for table in tables if table.headers == tables[0].headers]
    others = [grid.sheet or "" for grid, table in found if not any(table is one for one in alike)]
    if others:
        notes.append(message("sheets that are built differently were not read: {sheets}", sheets=", ".join(others)))
    return [one for table in alike for one in _sources(table)], notes


def _sources(table: Table) -> list[Source]:
    """The table, or the tables beside or below one another, each a meter's own or a month's."""
    if beside := strips(table):
        made = [(strip, find_table(strip.grid)) for strip in beside]
        return [Source(_under(table, one), 0, strip.meter) for strip, one in made if one is not None]
    if years := of_years(table):
        return [Source(_under(table, one)) for grid in years if (one := find_table(grid)) is not None]
    parts = blocks(table.grid, table.headers, table.first)
    if len(parts) == 1:
        return [Source(table)]
    read = [(part, find_table(part.grid)) for part in parts]
    return [Source(one, part.offset, part.meter) for part, one in read if one is not None]


def _under(whole: Table, one: Table) -> Table:
    """A table of several side by side, with the lines that stand over all of them."""
    return replace(one, above=list(dict.fromkeys([*whole.above, *one.above])), unit=one.unit or whole.unit)


def _found(grid: Grid, words: Words, refused: list[FileRefused], notes: list[Message]) -> Table | None:
    """The table of a sheet, whose times may have to be completed, or rows and columns exchanged. What stands against it is
    added to `refused`."""
    try:
        table = find_table(grid) or _whole(completed(grid, words, notes)) or _turned(grid, words, notes)
        table = table or _whole(of_one_month(grid, words))
    except FileRefused as error:
        refused.append(error)
        return None
    return (table and _whole(filled_down(table))) or table


def _whole(grid: Grid | None) -> Table | None:
    return None if grid is None else find_table(grid)


def _turned(grid: Grid, words: Words, notes: list[Message]) -> Table | None:
    """The table with rows and columns exchanged: days or months side by side, times or quantities below one another."""
    if grid.height > _TURNED_ROWS or grid.width > _TURNED_COLUMNS:
        return None
    head = grid.head()
    top = next((row for row, cells in enumerate(head) if len([cell for cell in cells if cell]) >= _TITLES), 0)
    lines = [cell for row in head[:top] for cell in row if cell]
    turned = grid.rows_between(top, grid.height).transposed()
    table = find_table(turned) or _whole(completed(turned, replace(words, lines=tuple(lines)), notes, turned=True))
    return table and replace(table, above=[*lines, *table.above], unit=table.unit or unit_above(lines))
