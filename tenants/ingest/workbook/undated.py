"""Dates that lack their year, month or day, completed with what the lines above, the sheet and the file's name say."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from tenants.ingest.workbook import months
from tenants.ingest.workbook.grid import Grid
from tenants.ingest.workbook.layout import clock_label
from tenants.ingest.workbook.refusals import YearTurns, YearUnknown
from tenants.ingest.workbook.result import Message, message
from tenants.ingest.workbook.rewritten import with_cells, with_column
from tenants.ingest.workbook.stamps import chinese_digits
from tenants.ingest.workbook.vocabulary import IDENTITY, METER, MULTIPLIER, TIME, meaning

_SHARE = 0.6  # of the cells below a title must be such dates
_MONTH_DAYS = 28
_TITLES = 3  # cells of a row that may be titles
_DAY = re.compile(r"^(\d{1,2})\s*(?:月|[/-])\s*(\d{1,2})\s*[日号]?(?![\d/-])(?P<rest>.*)$")
_NUMBER = re.compile(r"^(\d{1,2})\s*[日号]?$")
_NUMBERED = re.compile(r"^(日期?|天|号|date|day)$", re.IGNORECASE)
_YEAR_MONTH = re.compile(r"((?:19|20)\d{2})\s*[年./-]\s*(\d{1,2})(?:\s*月|(?!\d))|(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(?!\d)")
_DATE = re.compile(r"((?:19|20)\d{2})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})")


@dataclass(frozen=True)
class Words:
    """What stands around a table beside the lines above it: the names of sheet and file, `year` as a person said it, and
    `lines` that were taken away before the table was turned."""

    sheet: str
    file: str
    year: int | None
    lines: tuple[str, ...] = ()

    def month(self, above: Sequence[str]) -> tuple[int, int] | None:
        """The one month that the nearest of them names."""
        for texts in (above, [self.sheet], [PurePosixPath(self.file).stem]):
            found = {
                (int(one[1] or one[3]), int(one[2] or one[4])) for text in texts for one in _YEAR_MONTH.finditer(_plain(text))
            }
            if len(found) == 1:
                return next(iter(found))
            named = {one.month for text in texts if (one := months.month(text.strip()))}
            if len(named) == 1 and (year := self.of_year(above)):
                return year, named.pop()
        return None

    def of_year(self, above: Sequence[str]) -> int | None:
        """The year that a person said, or the one that the nearest of them names."""
        texts = ([_plain(text) for text in above], [self.sheet], [PurePosixPath(self.file).stem])
        return self.year or next((year for one in texts if (year := months.year_beside(*one))), None)

    def day(self, above: Sequence[str]) -> dt.date | None:
        """The one day that they name."""
        found = {one.groups() for text in (*above, self.sheet, self.file) for one in _DATE.finditer(_plain(text))}
        return months.date("-".join(found.pop())) if len(found) == 1 else None


def _plain(text: str) -> str:
    return chinese_digits(text)


def completed(grid: Grid, words: Words, notes: list[Message], turned: bool = False) -> Grid | None:
    """The sheet with whole dates in its column of times, or None where nothing can or need be completed. `turned`: rows and
    columns were exchanged, so the title of the first column is that of the others.

    Raises:
        YearUnknown, YearTurns: the days have no year, and nothing says which.
    """
    head = grid.head()
    for row, cells in enumerate(head[:-1]):
        above = [*words.lines, *(cell for line in head[:row] for cell in line if cell)]
        for column, title in enumerate(cells[:1] if turned else cells):
            if turned or (title and TIME.search(title)) or _NUMBERED.match(title):
                below = [line[column] for line in head[row + 1 :] if line[column]]
                if (found := _writer(below, "日" if turned and _whole_month(below) else title, above, words)) is not None:
                    write, said = found
                    cells = [cells[column] for cells in grid.rows(np.arange(row + 1, grid.height))]
                    _check_turn(cells, words)
                    notes.append(
                        message("the dates were read as those of {period}, as the words around the table say", period=said)
                    )
                    return with_cells(grid, column, row + 1, [write(cell) for cell in cells])
    return None


def _writer(below: list[str], title: str, above: list[str], words: Words) -> tuple[Callable[[str], str], str] | None:
    """How a cell becomes a whole date, and what it is completed with, where most cells below the title lack part of one."""
    if _mostly(below, _DAY.match) and _possible(below):
        year = words.of_year(above)
        if year is None:
            raise YearUnknown(name=words.file)
        return (lambda cell: _with_year(cell, year)), str(year)
    if _NUMBERED.match(title) and _mostly(below, _NUMBER.match) and (month := words.month(above)):
        text = f"{month[0]}-{month[1]:02d}"
        return (lambda cell: f"{text}-{found[1]}" if (found := _NUMBER.match(cell)) else cell), text
    clocks = [cell for cell in below if clock_label(cell)]
    if len(clocks) > 1 and len(set(clocks)) == len(clocks) and _mostly(below, clock_label) and (day := words.day(above)):
        return (lambda cell: f"{day} {cell}" if clock_label(cell) else cell), str(day)
    return None


def _whole_month(below: list[str]) -> bool:
    """Whether the cells begin with the numbers of all days of a month."""
    numbers = [int(found[1]) for cell in below if (found := _NUMBER.match(cell))]
    return len(numbers) >= _MONTH_DAYS and numbers == list(range(1, len(numbers) + 1))


def _mostly(below: list[str], test: Callable[[str], object]) -> bool:
    return bool(below) and sum(bool(test(cell)) for cell in below) >= _SHARE * len(below)


def _possible(below: list[str]) -> bool:
    """Whether the first numbers are months and the second ones days."""
    found = [one for cell in below if (one := _DAY.match(cell))]
    return all(1 <= int(one[1]) <= 12 and 1 <= int(one[2]) <= 31 for one in found)


def _with_year(cell: str, year: int) -> str:
    found = _DAY.match(cell)
    return f"{year}-{found[1]}-{found[2]} {found['rest'].strip()}".strip() if found else cell


def _check_turn(cells: list[str], words: Words) -> None:
    """Raises YearTurns where December and January follow one another: one year cannot be both's."""
    named = [int(found[1]) for cell in cells if (found := _DAY.match(cell))]
    if any({before, after} == {1, 12} for before, after in itertools.pairwise(named)):
        raise YearTurns(name=words.file)


def of_one_month(grid: Grid, words: Words) -> Grid | None:
    """A sheet whose rows are meters, all for the month that its title names: the same with that month in each row."""
    head = grid.head()
    for row, cells in enumerate(head[:-1]):
        if len([cell for cell in cells if cell]) < _TITLES or not any(
            IDENTITY.search(cell) or METER.search(cell) for cell in cells
        ):
            continue
        if any(TIME.search(cell) for cell in cells):
            return None
        if not any(meaning(cell).flow or meaning(cell).register for cell in cells if cell and not MULTIPLIER.search(cell)):
            continue
        month = words.month([cell for line in head[:row] for cell in line if cell])
        if month is None:
            return None
        text = f"{month[0]}年{month[1]}月"
        below = [text if len([cell for cell in line if cell]) > 1 else "" for line in grid.rows(np.arange(row + 1, grid.height))]
        return with_column(grid, [*[""] * row, "月份", *below])
    return None
