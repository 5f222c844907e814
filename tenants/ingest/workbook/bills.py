"""Tables of bills: one row for each month, billing period or day, as quantities with what else the bill says."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np

from tenants.ingest.receipt import Rejects
from tenants.ingest.workbook.accounts import Account, accounts_of, of_all, once, plain
from tenants.ingest.workbook.bill_columns import UNIT_OF_DETAIL, BillColumns, Quantity, bill_columns
from tenants.ingest.workbook.curves_form import Context, Part
from tenants.ingest.workbook.layout import Table
from tenants.ingest.workbook.numbers import NOTHING, decimal
from tenants.ingest.workbook.periods import Period, periods_of
from tenants.ingest.workbook.result import BillRow, Message, Question, message
from tenants.ingest.workbook.roles import Assigned, Roles
from tenants.ingest.workbook.stamps import DAY_S, NONE, Stamps
from tenants.ingest.workbook.vocabulary import TOTAL_LINE

GREATEST = 10**15  # milli-units: a million times what a large works uses in a month
NOT_A_NUMBER = "{column}: {text} is not a number"
WRITE_NUMBER = "Write a number, or leave the cell empty."
NEGATIVE = "{column}: {text} is negative"
CHECK_SIGN = "Correct the sign. What was fed into the grid belongs into a column of its own (上网电量)."
TOO_LARGE = "{column}: {text} {unit} is beyond anything a bill says"
CHECK_UNIT = "Check the unit in the column's title."
NO_PERIOD = "{text} is no month or billing period"
WRITE_PERIOD = "Write the month as 2026-01, or the period as 2026-02-26~2026-03-25."
FELL = "the register falls from {first} to {last}"
CHECK_REGISTER = "Check the two readings. Over an exchange or a rollover, give the quantity itself."


def is_bill(table: Table, stamps: Stamps | None) -> bool:
    """Whether the rows of a table are days or longer: months, billing periods, or dates without a time of day. `stamps` are
    the distinct times of its time column, None where it has none."""
    if not table.dates:
        return bool(table.months)
    if table.clocks or stamps is None:
        return False
    seconds = set(np.unique(stamps.second[stamps.good]).tolist()) - {NONE, 0, DAY_S}
    return not seconds


def read_bills(table: Table, roles: Roles, context: Context, rejects: Rejects) -> Part:
    """The bills of a table."""
    notes: list[Message] = []
    questions: list[Question] = []
    columns = bill_columns(roles, context.hints, questions, notes)
    rows = _rows(table, notes)
    found = periods_of(table, roles, rows, context, notes, questions)
    for row, text in found.wrong:
        _refuse(row, rejects, NO_PERIOD, WRITE_PERIOD, text=text)
    bills: list[tuple[Account, BillRow]] = []
    accounts = accounts_of(roles, [cells for _, cells, _ in found.rows])
    for account, (row, cells, period) in zip(accounts, found.rows, strict=True):
        bills += [(account, one) for one in _bills(row, cells, period, columns, context, rejects, notes)]
    bills = of_all(bills, notes)
    part = Part("bill", [columns.shown(one) for one in roles.every], len(found.rows) + len(found.wrong), notes=notes)
    part.bills, part.questions = once(bills, rejects), questions
    return part


def _rows(table: Table, notes: list[Message]) -> list[tuple[int, tuple[str, ...]]]:
    """Number in the file and cells of each row that is neither blank nor a total."""
    at = np.arange(table.first, table.grid.height)
    rows = [(int(i) + 1, cells) for i, cells in zip(at, table.grid.rows(at), strict=True) if any(cells)]
    totals = [row for row, cells in rows if any(TOTAL_LINE.search(cell) for cell in cells)]
    if totals:
        shown = ", ".join(map(str, totals[:5]))
        notes.append(message("{count} lines of totals were left out (row {rows})", count=len(totals), rows=shown))
    return [(row, cells) for row, cells in rows if row not in set(totals) and list(cells) != table.headers]


def _bills(
    row: int, cells: Sequence[str], period: Period, columns: BillColumns, context: Context, rejects: Rejects, notes: list[Message]
) -> list[BillRow]:  # fmt: skip
    """The bills of one row: one for each flow that has a quantity in it."""
    bills, details = [], {}
    for key, column in columns.details.items():
        if (value := _read(row, cells, column, context, rejects)) is not None:
            scale = Fraction(1) if key == "power_factor" else (column.means.unit or UNIT_OF_DETAIL[key]).size
            details[key] = plain(Fraction(value) * scale)
    windows = {key: _amount(row, cells, one, context, rejects) for key, one in columns.windows.items()}
    parts = {key: milli for key, milli in windows.items() if milli is not None}
    details |= {key: plain(Fraction(milli, 1000)) for key, milli in parts.items()}
    totals: dict[str, int] = {}
    for one in columns.quantities:
        if (milli := _amount(row, cells, one, context, rejects)) is not None:
            totals[one.flow] = totals.get(one.flow, 0) + milli
    if columns.registers is not None and (counted := _counted(row, cells, columns, context, rejects)) is not None:
        totals[columns.registers[1].flow], said = counted
        details |= said
    if parts and "grid_in" not in totals and len(parts) == len(windows):
        totals["grid_in"] = sum(parts.values())
    elif parts and "grid_in" in totals and abs(sum(parts.values()) - totals["grid_in"]) > max(1000, totals["grid_in"] // 1000):
        text = "row {row}: the price windows add up to {parts} kWh, the total says {total} kWh; the total was taken"
        notes.append(
            message(
                text, row=row, parts=plain(Fraction(sum(parts.values()), 1000)), total=plain(Fraction(totals["grid_in"], 1000))
            )
        )
    for flow, milli in totals.items():
        carried = details if flow == "grid_in" or len(totals) == 1 else {}
        bills.append(BillRow(period.start, period.end, flow, milli, carried, row))
    return bills


def _counted(
    row: int, cells: Sequence[str], columns: BillColumns, context: Context, rejects: Rejects
) -> tuple[int, dict[str, str]] | None:  # fmt: skip
    """What two readings and the multiplier come to [milli-units], and what the bill says of them; None where one is missing or
    the register fell, which is refused."""
    assert columns.registers is not None
    first, last = columns.registers
    start, end = (_read(row, cells, one.column, context, rejects) for one in columns.registers)
    factor = None if columns.multiplier is None else _read(row, cells, columns.multiplier, context, rejects)
    if start is None or end is None:
        return None
    if end < start:
        _refuse(row, rejects, FELL, CHECK_REGISTER, first=cells[first.column.index], last=cells[last.column.index])
        return None
    times = Fraction(1) if factor is None or context.hints.multiply is False else Fraction(factor)
    said = {"register_start": str(start), "register_end": str(end), "multiplier": plain(times)}
    return round((Fraction(end) - Fraction(start)) * times * last.milli), said


def _read(row: int, cells: Sequence[str], column: Assigned, context: Context, rejects: Rejects) -> Decimal | None:
    """The number in a cell; None where it is empty or was refused."""
    text = cells[column.index]
    if not text or text in NOTHING:
        return None
    value = decimal(text, context.hints.decimal_mark or ".")
    if value is not None:
        return value
    _refuse(row, rejects, NOT_A_NUMBER, WRITE_NUMBER, column=column.label, text=text)
    return None


def _amount(row: int, cells: Sequence[str], quantity: Quantity, context: Context, rejects: Rejects) -> int | None:
    """The quantity in a cell [milli-units], rounded half to even; None where it is empty or was refused."""
    value = _read(row, cells, quantity.column, context, rejects)
    if value is None:
        return None
    facts = {"column": quantity.column.label, "text": cells[quantity.column.index], "unit": quantity.unit.label}
    if value < 0:
        _refuse(row, rejects, NEGATIVE, CHECK_SIGN, **facts)
        return None
    milli = round(Fraction(value) * quantity.milli)
    if milli > GREATEST:
        _refuse(row, rejects, TOO_LARGE, CHECK_UNIT, **facts)
        return None
    return milli


def _refuse(row: int, rejects: Rejects, reason: str, remedy: str, **facts: str) -> None:
    rejects.add(np.array([row], np.int32), reason, remedy, lambda _: dict(facts))
