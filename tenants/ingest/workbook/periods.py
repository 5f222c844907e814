"""Which local days each row of a table of bills covers."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from tenants.ingest.workbook import months
from tenants.ingest.workbook.curves_form import Context
from tenants.ingest.workbook.date_order import date_order
from tenants.ingest.workbook.layout import Table
from tenants.ingest.workbook.refusals import YearUnknown
from tenants.ingest.workbook.result import Message, Question, message
from tenants.ingest.workbook.roles import Roles
from tenants.ingest.workbook.stamps import NONE, parse
from tenants.ingest.workbook.vocabulary import ENDS, STARTS

_MONTH_DAYS = range(27, 33)
_EPOCH = dt.date(1970, 1, 1)
Row = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Period:
    """Local days from `start` up to, not including, `end`."""

    start: dt.date
    end: dt.date


@dataclass(frozen=True)
class Periods:
    """Rows with their number in the file, cells and period; and the rows that have none, with what stands there."""

    rows: list[tuple[int, tuple[str, ...], Period]]
    wrong: list[tuple[int, str]]


def periods_of(
    table: Table, roles: Roles, rows: list[Row], context: Context, notes: list[Message], questions: list[Question]
) -> Periods:  # fmt: skip
    """The period of each row.

    Raises:
        YearUnknown: months are written without a year, and nothing around the table names one.
    """
    if table.months and not table.dates:
        return _by_month(table.months[0], rows, context, questions)
    first, last = _edges(table)
    if first is not None and last is not None:
        return _by_edges(first, last, rows)
    return _by_date(roles.time[0], rows, context, notes, questions)


def _edges(table: Table) -> tuple[int | None, int | None]:
    """The columns of first and last days, where there are both."""
    first = next((i for i in table.dates if STARTS.search(table.headers[i])), None)
    last = next((i for i in table.dates if ENDS.search(table.headers[i]) and i != first), None)
    return first, last


def _by_edges(first: int, last: int, rows: list[Row]) -> Periods:
    found = Periods([], [])
    for row, cells in rows:
        start, end = months.date(cells[first]), months.date(cells[last])
        if start is None or end is None or end < start:
            _leave(found, row, cells, f"{cells[first]} - {cells[last]}")
        else:
            found.rows.append((row, cells, Period(start, end + dt.timedelta(days=1))))
    return found


def _by_month(column: int, rows: list[Row], context: Context, questions: list[Question]) -> Periods:
    """Calendar months, billing periods in one cell, or reading periods where the person named the reading day."""
    found = Periods([], [])
    year = context.hints.year or _year(context.titles)
    asked = False
    for row, cells in rows:
        text = cells[column]
        if (edges := months.period(text)) is not None:
            found.rows.append((row, cells, Period(edges[0], edges[1] + dt.timedelta(days=1))))
        elif (month := months.month(text)) is not None:
            if month.year is None and year is None:
                raise YearUnknown(name=context.meter)
            asked = asked or (month.year is None and context.hints.year is None)
            start, end = months.first_days(month, year or 0)
            found.rows.append((row, cells, _read_on(Period(start, end), context.hints.reading_day)))
        else:
            _leave(found, row, cells, text)
    if asked:
        questions.append(Question("year", message("Which year are these months of?"), str(year)))
    if context.hints.reading_day is None and found.rows and not all(months.period(cells[column]) for _, cells, _ in found.rows):
        text = "On which day of the month is the meter read? Whole calendar months are assumed."
        questions.append(Question("reading_day", message(text), ""))
    return found


def _year(titles: Sequence[str]) -> int | None:
    return months.year_beside(*(PurePosixPath(text).stem for text in titles))


def _read_on(period: Period, day: int | None) -> Period:
    """The billing period of a month whose meter is read on this day: from the day after last month's reading."""
    if day is None or day >= 28:  # the end of the month, as near as any month has it
        return period
    previous = (period.start - dt.timedelta(days=1)).replace(day=day)
    return Period(previous + dt.timedelta(days=1), period.start.replace(day=day) + dt.timedelta(days=1))


def _by_date(
    column: int, rows: list[Row], context: Context, notes: list[Message], questions: list[Question]
) -> Periods:  # fmt: skip
    """Days, months written as one of their days, or readings that close a period."""
    stamps = parse([cells[column] for _, cells in rows], serials=True)
    order = date_order(stamps, context.hints.date_order)
    if order.open:
        questions.append(
            Question("date_order", message("In which order are day and month written?"), order.order, ("ymd", "dmy", "mdy"))
        )
    found = Periods([], [])
    dated: list[tuple[int, tuple[str, ...], dt.date]] = []
    for (row, cells), number in zip(rows, stamps.days(order.order).tolist(), strict=True):
        if number == NONE:
            _leave(found, row, cells, cells[column])
        else:
            dated.append((row, cells, _EPOCH + dt.timedelta(days=number)))
    distances = sorted({(later - earlier).days for earlier, later in _neighbours(sorted({day for _, _, day in dated}))})
    usual = distances[len(distances) // 2] if distances else 1
    return replace(found, rows=_dated(dated, usual, notes, questions))


def _neighbours(days: list[dt.date]) -> list[tuple[dt.date, dt.date]]:
    return list(itertools.pairwise(days))


def _dated(
    dated: list[tuple[int, tuple[str, ...], dt.date]], usual: int, notes: list[Message], questions: list[Question]
) -> list[tuple[int, tuple[str, ...], Period]]:  # fmt: skip
    """Rows with the period that their date stands for."""
    if usual < _MONTH_DAYS.start:
        notes.append(message("one row for each day: the rows are taken as daily quantities"))
        return [(row, cells, Period(day, day + dt.timedelta(days=1))) for row, cells, day in dated]
    firsts = all(day.day == 1 for _, _, day in dated)
    lasts = all((day + dt.timedelta(days=1)).day == 1 for _, _, day in dated)
    if firsts or lasts:
        return [(row, cells, Period(day.replace(day=1), months.next_month(day))) for row, cells, day in dated]
    text = "The dates are taken as reading days: each row covers the days since the reading before. Is that so?"
    questions.append(Question("reading_day", message(text), str(dated[0][2].day)))
    before = {day: earlier for earlier, day in _neighbours(sorted({day for _, _, day in dated}))}
    one = dt.timedelta(days=1)
    return [(row, cells, Period(before.get(day, _month_before(day)) + one, day + one)) for row, cells, day in dated]


def _month_before(day: dt.date) -> dt.date:
    last = day.replace(day=1) - dt.timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def _leave(found: Periods, row: int, cells: Sequence[str], text: str) -> None:
    """A row without a period is refused when it holds more than a remark."""
    if len([cell for cell in cells if cell]) > 1:
        found.wrong.append((row, text))
