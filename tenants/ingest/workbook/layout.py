"""Where in a sheet the table is: lines above, titles of columns, first row of data, columns of dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.workbook import months
from tenants.ingest.workbook.grid import Grid
from tenants.ingest.workbook.numbers import number
from tenants.ingest.workbook.stamps import clock, parse
from tenants.ingest.workbook.units import Unit, unit, unit_above
from tenants.ingest.workbook.vocabulary import MULTIPLIER, TIME, UNIT

_LOOK = 20  # rows below a first stamp that must mostly be stamps too
_SHARE = 0.6
_NUMBER = re.compile(r"^[+-]?(\d{0,7}|\d*\.\d*)$")  # no date: too short, or with a decimal point
_PLAIN = re.compile(r"^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?$", re.ASCII)
_RANGE_END = re.compile(r"\s*[-~～—–至到]+\s*\d{1,2}([:：]\d{2}(:\d{2})?|[时点])$")
_DIALS = re.compile(r"示数|示值|表底|止[码度]|底[码度]|表码|抄见数|register reading", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """A table in a grid. `headers` are the titles of its columns ("" where there is none), `first` the index of the first row
    of data, `above` the texts over the titles, `unit` one written for the whole table. `dates`, `clocks`, `months` are the
    columns that hold dates (with or without times), times of day, months or billing periods."""

    grid: Grid
    headers: list[str]
    first: int
    above: list[str]
    unit: Unit | None
    dates: list[int]
    clocks: list[int]
    months: list[int]
    multipliers: tuple[str, ...] = ()  # a row below the titles with the multiplier (CT x PT) of each column

    @property
    def of_dials(self) -> bool:
        """Whether the columns hold readings of registers: multipliers stand over them, or the lines above say so."""
        return bool(self.multipliers) or any(_DIALS.search(text) for text in self.above)

    def label(self, column: int) -> str:
        """The column's title, or its letter where it has none."""
        return self.headers[column] or f"#{column + 1}"


def find_table(grid: Grid) -> Table | None:
    """The table of a sheet, or None when no column holds dates, times or months."""
    head = grid.head()
    if not head or not grid.width:
        return None
    stamps = _marks(head, _stamps(head, serials=False))
    first, dates = _columns(head, stamps)
    if first is None:
        stamps = _marks(head, _stamps(head, serials=True)) & _titled(head)
        first, dates = _columns(head, stamps)
    month_marks = _marks(head, _found(head, lambda text: months.month(text) or months.period(text)))
    first_month, month_columns = _columns(head, month_marks)
    if first is None or (first_month is not None and _titles_months(head, first_month, month_columns)):
        first = first_month if first_month is not None else first
    if first is None:
        return None
    clocks = _at(head, _marks(head, _found(head, clock_label)), first)
    return _table(grid, head, first, dates, clocks, _at(head, month_marks, first))


def _titles_months(head: list[list[str]], first: int, columns: list[int]) -> bool:
    """Whether a column of months or periods stands under a title that says so."""
    return any(TIME.search(head[row][column]) for column in columns for row in range(max(0, first - 3), first))


def _table(
    grid: Grid, head: list[list[str]], first: int, dates: list[int], clocks: list[int], month_columns: list[int]
) -> Table:  # fmt: skip
    """The table whose data begin at row `first`."""
    at = next((row for row in range(first - 1, -1, -1) if any(head[row])), None)
    multipliers: tuple[str, ...] = ()
    if at is not None and _are_multipliers(head[at]):
        multipliers = tuple(head[at])
        at = next((row for row in range(at - 1, -1, -1) if any(head[row])), None)
    headers, top = [""] * grid.width, first
    if at is not None and at > 0 and _are_units(head[at]) and (_several(head[at]) or _several(head[at - 1])):
        headers, top = [_joined(name, below) for name, below in zip(head[at - 1], head[at], strict=True)], at - 1
    elif at is not None and (_several(head[at]) or grid.width == 1):
        headers, top = list(head[at]), at
        if at > 0 and _several(head[at - 1]):
            headers, top = _two_levels(head[at - 1], headers), at - 1 if _is_level(head[at - 1], headers) else at
    above = [cell for row in head[:top] for cell in row if cell]
    return Table(grid, headers, first, above, unit_above(above), dates, clocks, month_columns, multipliers)


def _several(row: list[str]) -> bool:
    return len([cell for cell in row if cell]) > 1


def _are_units(row: list[str]) -> bool:
    """Whether the row below the titles holds units and nothing else, be it a single one."""
    return all(unit(cell) or UNIT.search(cell) for cell in row if cell) and any(unit(cell) for cell in row if cell)


def _are_multipliers(row: list[str]) -> bool:
    """Whether the row below the titles holds the multiplier of each column."""
    said, *others = [cell for cell in row if cell] or [""]
    return bool(MULTIPLIER.search(said)) and bool(others) and all(number(cell) is not None for cell in others)


def _joined(name: str, below: str) -> str:
    return f"{name}({below})" if name and below else name or below


def _is_level(upper: list[str], lower: list[str]) -> bool:
    """Whether the row above belongs to the titles: it names columns that the lower row leaves blank."""
    return any(up and not low for up, low in zip(upper, lower, strict=True))


def _two_levels(upper: list[str], lower: list[str]) -> list[str]:
    """Titles over merged cells: each group's name in front of the titles below it."""
    if not _is_level(upper, lower):
        return lower
    joined, group = [], ""
    for up, low in zip(upper, lower, strict=True):
        group = up or (group if low else "")
        joined.append(f"{group} {low}" if group and low and group != low else low or group)
    return joined


def _stamps(head: list[list[str]], serials: bool) -> set[str]:
    texts = {cell for row in head for cell in row if cell and (serials or not _NUMBER.match(cell))}
    plain = {text for text in texts if _PLAIN.match(text)}  # a workbook's: read apart, they are read much faster
    others = {text for text in texts - plain if any(map(str.isnumeric, text)) or "○" in text}
    return {text for some in (sorted(plain), sorted(others)) for text, good in _read(some, serials) if good}


def _read(texts: list[str], serials: bool) -> Iterable[tuple[str, bool]]:
    """Each text with whether it is a stamp."""
    return zip(texts, parse(texts, serials).good.tolist(), strict=True) if texts else ()


def _found(head: list[list[str]], test: Callable[[str], object]) -> set[str]:
    return {text for text in {cell for row in head for cell in row if cell} if test(text)}


def _marks(head: list[list[str]], texts: Iterable[str]) -> NDArray[np.bool_]:
    known = set(texts)
    return np.array([[cell in known for cell in row] for row in head], bool)


def _titled(head: list[list[str]]) -> NDArray[np.bool_]:
    """Cells with the title of a time column somewhere above them: only there a bare number may be a date."""
    titles = np.array([[bool(TIME.search(cell)) for cell in row] for row in head])
    return np.logical_or.accumulate(titles, axis=0)


def _columns(head: list[list[str]], marks: NDArray[np.bool_]) -> tuple[int | None, list[int]]:
    """The first row from which a column mostly holds marked cells, and all columns that do so from there on."""
    filled = np.array([[bool(cell) for cell in row] for row in head], bool)
    first: int | None = None
    for row in range(marks.shape[0]):
        if marks[row].any() and any(_mostly(marks, filled, row, column) for column in np.flatnonzero(marks[row]).tolist()):
            first = row
            break
    if first is None:
        return None, []
    return first, _at(head, marks, first)


def _at(head: list[list[str]], marks: NDArray[np.bool_], row: int) -> list[int]:
    """The columns that mostly hold marked cells from this row on."""
    filled = np.array([[bool(cell) for cell in line] for line in head], bool)
    return [column for column in range(marks.shape[1]) if _mostly(marks, filled, row, column)]


def _mostly(marks: NDArray[np.bool_], filled: NDArray[np.bool_], row: int, column: int) -> bool:
    here = filled[row:, column]
    if not here.any():
        return False
    rows = np.flatnonzero(here)[:_LOOK] + row
    return bool(marks[rows, column].mean() >= _SHARE)


def clock_label(text: str) -> tuple[int, bool] | None:
    """The second of the day that a title such as 00:15 or 00:00-00:15 names, and whether it is the start of a range."""
    ranged = _RANGE_END.search(text)
    start = clock(text[: ranged.start()] if ranged else text)
    return None if start is None else (start, bool(ranged))
