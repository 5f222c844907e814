"""Sheets put right before their table is read: dates written over several columns, and tables that stand below one another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from tenants.ingest.workbook.grid import HEAD, Grid
from tenants.ingest.workbook.months import month, names_period
from tenants.ingest.workbook.stamps import chinese_digits
from tenants.ingest.workbook.vocabulary import METER

_PARTS = {
    "year": re.compile(r"^(年份?|year)$", re.IGNORECASE), "month": re.compile(r"^(月份?|month)$", re.IGNORECASE),
    "day": re.compile(r"^(日|day)$", re.IGNORECASE), "date": re.compile(r"^(数据)?日期$|^date$", re.IGNORECASE),
    "hour": re.compile(r"^(小?时|时点|点|钟点|hour|hr|he)$", re.IGNORECASE),
    "minute": re.compile(r"^(分钟?|minute|min)$", re.IGNORECASE),
    "share": re.compile(r"^(时刻|时间|time)$", re.IGNORECASE),
    "point": re.compile(
        r"^(数据|采样|时间|时段)?(点号?|点数|点位|点序|时点号?|时段号?|序号|编号)$|^(interval|period|point|slot|seq)( ?no\.?)?$",
        re.IGNORECASE,
    ),
}  # fmt: skip
_LOOK = 30  # rows in which the titles are looked for
_WHOLE = re.compile(r"^\d{1,4}$")
_HHMM = re.compile(r"^([01]\d|2[0-4])[0-5]\d$")
_POINTS = {24: 60, 48: 30, 96: 15, 288: 5}  # minutes of each, by the number of points of a day
_SHARE = re.compile(r"^(0(\.\d+)?|\.\d+|1(\.0+)?|\d\.\d+[eE]-\d+)$")
_NAMED = re.compile(r"^(?P<what>[^:：]{1,12})[:：]\s*(?P<name>.+)$")


@dataclass(frozen=True)
class Block:
    """A part of a sheet with a table of its own: the rows from `offset` on, and the name of the meter above it, if any."""

    grid: Grid
    offset: int
    meter: str = ""


def whole_dates(grid: Grid) -> Grid:
    """The sheet with year, month, day and time of day as one column, where they stand in several; else as it is."""
    for row, cells in enumerate(grid.head(_LOOK)):
        parts = {part: i for i, cell in enumerate(cells) for part, title in _PARTS.items() if title.match(cell.strip())}
        if {"year", "month", "day"} <= set(parts):
            return grid.joined(row, [parts[key] for key in ("year", "month", "day", "hour", "minute") if key in parts], _stamp)
        if {"year", "month"} <= set(parts):
            return grid.joined(row, [parts["year"], parts["month"]], _Month().text)
        if "date" in parts and "point" in parts and (minutes := _minutes(grid, row, parts["date"], parts["point"])):
            return grid.joined(row, [parts["date"], parts["point"]], partial(_at_point, *minutes))
        if "date" in parts and "hour" in parts and _all(grid, row, parts["hour"], _WHOLE):
            names = [key for key in ("date", "hour", "minute") if key in parts]
            return grid.joined(row, [parts[key] for key in names], _with_hour)
        if "date" in parts and "share" in parts and _all(grid, row, parts["share"], _SHARE):
            return grid.joined(row, [parts["date"], parts["share"]], _with_share)
        if "date" in parts and "share" in parts and _all(grid, row, parts["share"], _HHMM):
            return grid.joined(row, [parts["date"], parts["share"]], _with_digits)
    return grid


def _all(grid: Grid, row: int, column: int, form: re.Pattern[str]) -> bool:
    """Whether the cells below a title are all of this form."""
    below = [cells[column] for cells in grid.head(row + 1 + _LOOK)[row + 1 :] if cells[column]]
    return bool(below) and all(form.match(cell) for cell in below)


def _minutes(grid: Grid, row: int, date: int, point: int) -> tuple[int, int] | None:
    """The first number and the minutes of one, where the days' intervals are numbered; None where they are not."""
    below = [(cells[date], cells[point]) for cells in grid.head(row + 1 + HEAD)[row + 1 :] if cells[point]]
    days = {day for day, _ in below if day}
    if not below or not all(_WHOLE.match(number) for _, number in below) or any(":" in day for day in days):
        return None
    numbers = [int(number) for _, number in below]
    first, count = min(numbers), max(numbers) - min(numbers) + 1
    if first not in (0, 1) or count not in _POINTS or len(numbers) < count or len(days) > -(-len(numbers) // count) + 1:
        return None
    return first, _POINTS[count]


def _at_point(first: int, minutes: int, cells: Sequence[str]) -> str:
    """The start of a numbered interval of a day."""
    date, number = cells[0].split(" ")[0], cells[1]
    if not date or not _WHOLE.match(number):
        return " ".join(cells).strip()
    start = (int(number) - first) * minutes
    return f"{date} {start // 60:02d}:{start % 60:02d}"


def _with_digits(cells: Sequence[str]) -> str:
    """A date and a time of day without a colon, as 0015."""
    date, digits = cells[0].split(" ")[0], cells[1]
    return f"{date} {digits[:2]}:{digits[2:]}" if date and _HHMM.match(digits) else " ".join(cells).strip()


class _Month:
    """Joins years and months; a year holds for the rows below it that name none."""

    def __init__(self) -> None:
        self.year = ""

    def text(self, cells: Sequence[str]) -> str:
        """The month with its year."""
        year = re.sub(r"\D", "", chinese_digits(cells[0]))
        self.year = year or self.year
        found = month(cells[1])
        number = found.month if found else int(cells[1]) if _WHOLE.match(cells[1]) else 0
        plain = cells[1] and (year or not cells[0]) and 1 <= number <= 12
        return f"{self.year}年{number}月" if plain and len(self.year) == 4 else " ".join(cells).strip()


def _stamp(cells: Sequence[str]) -> str:
    """One stamp of year, month, day and maybe hour and minute."""
    parts = [re.sub(r"\D", "", cell) for cell in cells]
    if not all(parts[:3]):
        return " ".join(cells).strip()
    date = "-".join(parts[:3])
    return _clocked(date, parts[3], parts[4] if len(parts) > 4 else "0") if len(parts) > 3 and parts[3] else date


def _with_hour(cells: Sequence[str]) -> str:
    date, hour = cells[0].split(" ")[0], cells[1]
    return _clocked(date, hour, cells[2] if len(cells) > 2 else "0") if date and hour else " ".join(cells).strip()


def _with_share(cells: Sequence[str]) -> str:
    """A date and a part of its day, as spreadsheets keep times."""
    date, share = cells
    if not date or not _SHARE.match(share):
        return " ".join(cells).strip()
    if re.fullmatch(r"\d{5}", date):
        return str(int(date) + float(share))
    minutes = round(float(share) * 24 * 60)
    return f"{date.split(' ')[0]} {minutes // 60:02d}:{minutes % 60:02d}"


def _clocked(date: str, hour: str, minute: str) -> str:
    if not _WHOLE.match(hour) or not _WHOLE.match(minute or "0"):
        return f"{date} {hour} {minute}"  # is no time, and refused as such with its row
    return f"{date} {int(hour):02d}:{int(minute or 0):02d}"


def blocks(grid: Grid, headers: Sequence[str], first: int) -> list[Block]:
    """The tables of a sheet that stand below one another under the same titles, each named by a line above it.

    `headers` are the titles of the first table, whose data begin at row `first`.
    """
    titles = [tuple(cell.strip() for cell in row) for row in grid.head(first)[-1:]]
    if not titles or list(titles[0]) != list(headers):
        return [Block(grid, 0)]
    heads = grid.like(titles[0])
    if len(heads) < 2:
        return [Block(grid, 0)]
    begins = [0, *(_above(grid, head) for head in heads[1:])]
    found = [
        Block(grid.rows_between(begin, end), begin, _meter(grid, begin, head))
        for begin, end, head in zip(begins, [*begins[1:], grid.height], heads, strict=True)
    ]
    named = [one.meter for one in found]
    # Titles repeated at the top of each page are no new table.
    return found if all(named) and len(set(named)) == len(named) else [Block(grid, 0)]


def _above(grid: Grid, head: int) -> int:
    """The first row of the lines right above the titles at this row."""
    at = head
    while at > 0 and _is_line(cells := _cells(grid, at - 1)) and (cells or at == head):
        at -= 1
    return at


def _is_line(cells: list[str]) -> bool:
    """Whether a row stands above a table and is none of its rows, which may have two cells as well."""
    return len(cells) < 2 or (len(cells) == 2 and any(METER.search(cell) or _NAMED.match(cell) for cell in cells[:1]))


def _cells(grid: Grid, row: int) -> list[str]:
    return [cell for cell in grid.row(row) if cell]


def _meter(grid: Grid, begin: int, head: int) -> str:
    """The name of the meter in the lines above a table: behind 表号： or alone on its line."""
    lines = [cells for row in range(begin, head) if (cells := _cells(grid, row))]
    for cells in lines:
        for cell in cells:
            if (found := _NAMED.match(cell)) and METER.search(found["what"]):
                return found["name"].strip()
        if len(cells) == 2 and METER.search(cells[0]):
            return cells[1]
    alone = [cells[0] for cells in lines if len(cells) == 1 and not names_period(cells[0])]
    return alone[-1] if alone else ""
