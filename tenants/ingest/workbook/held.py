"""The park's own sheet: account numbers and names down, months across (or one row for each account and month)."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np

from tenants.ingest.receipt import Rejects
from tenants.ingest.workbook import months
from tenants.ingest.workbook.bills import CHECK_UNIT, GREATEST, TOO_LARGE
from tenants.ingest.workbook.grid import Grid
from tenants.ingest.workbook.limits import Limits
from tenants.ingest.workbook.months import Month
from tenants.ingest.workbook.names import clean
from tenants.ingest.workbook.numbers import NOTHING, decimal
from tenants.ingest.workbook.reading import open_file
from tenants.ingest.workbook.refusals import FileRefused, NoTable, YearUnknown
from tenants.ingest.workbook.result import HeldRow, HeldSheet, Message, Question, message
from tenants.ingest.workbook.units import SPELLINGS, Unit, named_unit, split_unit
from tenants.ingest.workbook.vocabulary import TIME, TOTAL_LINE, meaning

ACCOUNT = re.compile(r"户\s*号|客户编号|用户编号|账户|account|customer.?(no|id)", re.IGNORECASE)
NAME = re.compile(r"户\s*名|客户名称|用户名称|企业|公司|单位名称|名\s*称|name|customer", re.IGNORECASE)
NO_ACCOUNT = "the row has no account number"
GIVE_ACCOUNT = "Write the account number (户号) of the electricity contract into the row."
LOST_DIGITS = "{text} has lost digits of the account number"
AS_TEXT = "Format the column as text before pasting account numbers into it."
NOT_A_NUMBER = "{column}: {text} is not a number"
WRITE_NUMBER = "Write a number, or leave the cell empty."
NEGATIVE = "{column}: {text} is negative"
NOT_BELOW_ZERO = "Use is never below zero. Correct the sign."
TWICE = "account {account} stands in rows {rows}; none of them is taken"
ADD_UP = "Add the rows up to one, or delete the wrong one."
NO_MONTH = "{text} is no month"
WRITE_MONTH = "Write the month as 2026-01."
_SCIENTIFIC = re.compile(r"^\d(\.\d+)?e\+?\d+$", re.IGNORECASE)


class NoHeldTable(FileRefused):
    """{name} has no table of account numbers by months."""

    remedy = "One column 户号, one 户名, then one column for each month (2026年1月 ...), or one row for each account and month."


@dataclass(frozen=True)
class _Layout:
    """Columns of the sheet; `months` by column (wide), or `month` and `value` (long)."""

    first: int
    account: int
    name: int | None
    months: dict[int, Month] = field(default_factory=dict)
    month: int | None = None
    value: int | None = None
    unit: Unit | None = None
    above: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


def understand_held(data: bytes | Path, name: str, year: int | None = None, limits: Limits | None = None) -> HeldSheet:
    """The accounts of a park's sheet with their months [milli-kWh]. Rows that cannot be taken are listed, not dropped.

    Args:
        year: of months written without one, when nothing around the table names it.
    Raises:
        FileRefused: no such table in the file, months without a year, or the file itself cannot be read.
    """
    opened = open_file(data, name, None, limits or Limits())
    found = next(((grid, layout) for grid in opened.grids if (layout := _layout(grid))), None)
    if found is None:
        raise NoHeldTable(name=clean(name)) if opened.grids else NoTable(name=clean(name))
    grid, layout = found
    notes, questions = list(opened.notes), list[Question]()
    counted = layout.unit or SPELLINGS["kwh"]
    if layout.unit is None:
        questions.append(Question("unit", message("In which unit are the quantities?"), "kWh", ("kWh", "万kWh", "MWh")))
    known_year = _year(layout, name, year, grid)
    rejects = Rejects()
    rows = _rows(grid, layout, known_year, counted, rejects, notes)
    return HeldSheet(_once(rows, rejects), rejects.sorted(), counted.label, notes, questions)


def _layout(grid: Grid) -> _Layout | None:
    """Where accounts and months stand, or None."""
    head = grid.head()
    for at, cells in enumerate(head[:50]):
        account = next((i for i, cell in enumerate(cells) if ACCOUNT.search(cell)), None)
        if account is None:
            continue
        lower = head[at + 1] if at + 1 < len(head) else []
        if lower and not lower[account] and any(_month(cell) for cell in lower):  # months in a second row of titles
            titles, first = [low or up for up, low in zip(cells, lower, strict=True)], at + 2
        else:
            titles, first = cells, at + 1
        above = tuple(cell for row in head[: at + 1] for cell in row if cell)
        if found := _columns(titles, first, account, above):
            return found
    return None


def _columns(titles: list[str], first: int, account: int, above: tuple[str, ...]) -> _Layout | None:
    """The columns of a row of titles, or None when it names no months."""
    others = [i for i in range(len(titles)) if i != account]
    name = next((i for i in others if NAME.search(titles[i])), None)
    others = [i for i in others if i != name]
    across = {i: found for i in others if (found := _month(titles[i]))}
    written = next((known for text in (*above, *titles) if (known := named_unit(text) or _unit_of(text))), None)
    if across:
        return _Layout(first, account, name, across, unit=written, above=above, headers=tuple(titles))
    month = next((i for i in others if TIME.search(titles[i])), None)
    value = next((i for i in others if i != month and meaning(titles[i]).flow == "grid_in"), None)
    if month is None or value is None:
        return None
    unit_ = meaning(titles[value]).unit or written
    return _Layout(first, account, name, month=month, value=value, unit=unit_, above=above, headers=tuple(titles))


def _month(text: str) -> Month | None:
    """The month that a title names, with or without words for the quantity beside it: 2026年1月电量(kWh)."""
    _, title = split_unit(text)
    plain = re.sub(r"(用|售|购)?电?量$|用电$|电费$", "", title.strip()) if "费" not in title else title
    found = months.month(plain)
    if found is None and (day := months.date(plain)) is not None and day.day == 1:
        return Month(day.year, day.month)
    return found


def _unit_of(title: str) -> Unit | None:
    known, _ = split_unit(title)
    return known if known and known.quantity == "electricity" and not known.power else None


def _year(layout: _Layout, name: str, year: int | None, grid: Grid) -> int | None:
    """The year of months without one.

    Raises:
        YearUnknown.
    """
    if all(month.year for month in layout.months.values()) and layout.month is None:
        return None
    known = year or months.year_beside(*layout.above, grid.sheet or "", clean(name))
    if known is None and layout.month is None:
        raise YearUnknown(name=clean(name))
    return known


def _rows(
    grid: Grid, layout: _Layout, year: int | None, counted: Unit, rejects: Rejects, notes: list[Message]
) -> list[HeldRow]:  # fmt: skip
    """The accounts row by row."""
    rows, totals = [], []
    at = np.arange(layout.first, grid.height)
    for number, cells in zip((at + 1).tolist(), grid.rows(at), strict=True):
        if not any(cells) or cells == layout.headers:
            continue
        account = re.sub(r"[\s'’]", "", cells[layout.account])
        name = clean(cells[layout.name]) if layout.name is not None else ""
        if not account.isdigit() and any(TOTAL_LINE.search(cell) for cell in cells):
            totals.append(str(number))
        elif not account:
            if len([cell for cell in cells if cell]) > 1:
                _refuse(number, rejects, NO_ACCOUNT, GIVE_ACCOUNT)
        elif _SCIENTIFIC.match(account):
            _refuse(number, rejects, LOST_DIGITS, AS_TEXT, text=account)
        elif (found := _months_of(number, cells, layout, year, counted, rejects)) is not None:
            rows.append(HeldRow(number, account, name, found))
    if totals:
        text = "{count} lines of totals were left out (row {rows})"
        notes.append(message(text, count=len(totals), rows=", ".join(totals[:5])))
    return rows


def _months_of(
    row: int, cells: tuple[str, ...], layout: _Layout, year: int | None, counted: Unit, rejects: Rejects
) -> dict[dt.date, int] | None:  # fmt: skip
    """The months of one row; None when the row was refused."""
    if layout.month is not None and layout.value is not None:
        month = _month(cells[layout.month])
        if month is None or (month.year or year) is None:
            _refuse(row, rejects, NO_MONTH, WRITE_MONTH, text=cells[layout.month])
            return None
        columns = {layout.value: month}
    else:
        columns = layout.months
    found: dict[dt.date, int] = {}
    for column, month in columns.items():
        text = cells[column]
        if not text or text in NOTHING:
            continue
        milli = _milli(decimal(text), counted)
        if isinstance(milli, tuple):
            _refuse(row, rejects, *milli, column=layout.headers[column], text=text, unit=counted.label)
            return None
        found[months.first_days(month, year or 0)[0]] = milli
    return found


def _milli(value: Decimal | None, counted: Unit) -> int | tuple[str, str]:
    """The quantity [milli-kWh], or reason and remedy why it is none."""
    if value is None:
        return NOT_A_NUMBER, WRITE_NUMBER
    if value < 0:
        return NEGATIVE, NOT_BELOW_ZERO
    milli = round(Fraction(value) * counted.milli(60))
    return (TOO_LARGE, CHECK_UNIT) if milli > GREATEST else milli


def _refuse(row: int, rejects: Rejects, reason: str, remedy: str, **facts: str) -> None:
    rejects.add(np.array([row], np.int32), reason, remedy, lambda _: dict(facts))


def _once(rows: list[HeldRow], rejects: Rejects) -> list[HeldRow]:
    """Each account once, its months together; an account whose rows contradict each other is not taken at all."""
    by_account: dict[str, list[HeldRow]] = defaultdict(list)
    for row in rows:
        by_account[row.account_no].append(row)
    kept = []
    for account, same in by_account.items():
        together: dict[dt.date, int] = {}
        torn = False
        for row in same:
            torn = torn or any(together.get(month, milli) != milli for month, milli in row.months.items())
            together |= row.months
        if not torn:
            kept.append(HeldRow(same[0].row, account, same[0].account_name, dict(sorted(together.items()))))
            continue
        for row in same:
            _refuse(row.row, rejects, TWICE, ADD_UP, account=account, rows=", ".join(str(one.row) for one in same))
    return kept
