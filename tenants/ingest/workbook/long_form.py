"""Tables with one row for each time (and meter): which rows are data, whose they are, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.receipt import Rejects
from tenants.ingest.workbook.grid import Codes
from tenants.ingest.workbook.layout import Table
from tenants.ingest.workbook.moments import NO_TIME, WRITE_TIME
from tenants.ingest.workbook.numbers import number
from tenants.ingest.workbook.result import Message, message
from tenants.ingest.workbook.roles import Roles
from tenants.ingest.workbook.vocabulary import TOTAL_LINE

TOO_WIDE = "the row has more cells than the table has columns"
CHECK_DELIMITER = "A comma inside a number must be quoted, or divide the cells by semicolons."
NO_METER = "the row names no meter"
NAME_METER = "Write the meter's name or number into the row."


@dataclass(frozen=True)
class Data:
    """Rows of data of a table: `row` their numbers in the file, `kept` their positions counted from the table's first row,
    `stamp` the number of each one's text in `texts`."""

    row: NDArray[np.int32]
    kept: NDArray[np.intp]
    stamp: NDArray[np.int32]
    texts: Sequence[str]
    refused: int

    @property
    def count(self) -> int:
        """Number of data rows, refused ones included."""
        return self.row.size + self.refused


def data_rows(table: Table, roles: Roles, good: NDArray[np.bool_], stamps: Codes, faults: list[str], rejects: Rejects,
              remedies: dict[str, str], notes: list[Message]) -> Data:  # fmt: skip
    """The rows that are data. Totals, repeated titles and remarks are left out and noted; rows whose time is none are refused.

    `good` and `faults` say of each text of `stamps` whether it is a time, and why not.
    """
    table_of = np.append(good, False)
    usable = table_of[stamps.codes]
    refused = 0
    if not usable.all():
        refused = _others(table, roles, np.flatnonzero(~usable), stamps, faults, rejects, remedies, notes)
    titled = [i for i, header in enumerate(table.headers) if header]
    too_wide = table.grid.overflowing(table.first, titled[-1] + 1 if titled else table.grid.width) - table.first
    too_wide = too_wide[usable[too_wide]]
    if too_wide.size:
        usable = usable.copy()
        usable[too_wide] = False
        refused += too_wide.size
        rejects.add((too_wide + table.first + 1).astype(np.int32), TOO_WIDE, CHECK_DELIMITER, lambda _: {})
    kept = np.flatnonzero(usable)
    return Data((kept + table.first + 1).astype(np.int32), kept, stamps.codes[kept], stamps.texts, refused)


def _others(table: Table, roles: Roles, where: NDArray[np.intp], stamps: Codes, faults: list[str], rejects: Rejects,
            remedies: dict[str, str], notes: list[Message]) -> int:  # fmt: skip
    """Sorts rows without a usable time into blank ones, totals, remarks and refused ones; the number of the last."""
    values = [one.index for one in roles.of("value")]
    wrong: list[tuple[int, str, str]] = []
    totals, remarks = [], []
    for position, cells in zip(where.tolist(), table.grid.rows(where + table.first), strict=True):
        code = int(stamps.codes[position])
        row = position + table.first + 1
        if not any(cells):
            continue
        if any(TOTAL_LINE.search(cell) for cell in cells):
            totals.append(row)
        elif list(cells) == table.headers or not any(number(cells[i]) for i in values):
            remarks.append(row)
        else:
            wrong.append((row, faults[code] if code >= 0 else NO_TIME, stamps.texts[code] if code >= 0 else '""'))
    if totals:
        notes.append(message("{count} lines of totals were left out (row {rows})", count=len(totals), rows=_some(totals)))
    if remarks:
        notes.append(
            message("{count} lines that hold no reading were left out (row {rows})", count=len(remarks), rows=_some(remarks))
        )
    for reason in dict.fromkeys(reason for _, reason, _ in wrong):
        rows = [(row, text) for row, why, text in wrong if why == reason]
        texts = [text for _, text in rows]
        numbers = np.array([row for row, _ in rows], np.int32)
        rejects.add(numbers, reason, remedies.get(reason, WRITE_TIME), partial(_text_at, texts))
    return len(wrong)


def _text_at(texts: list[str], i: int) -> dict[str, str]:
    return {"text": texts[i]}


def _some(rows: list[int]) -> str:
    shown = ", ".join(map(str, rows[:5]))
    return f"{shown} ..." if len(rows) > 5 else shown


def groups(table: Table, column: int | None, kept: NDArray[np.intp], rejects: Rejects) -> Codes:
    """The text of a column that names the meter (or quantity) of each kept row, by number.

    A name that stands only in the first row of a block (merged cells) holds for the rows below it. Rows without one are -1.
    """
    if column is None:
        return Codes(np.zeros(kept.size, np.int32), [""])
    found = table.grid.codes([column], table.first)
    codes = found.codes[kept]
    empty = codes < 0
    if empty.any() and codes.size and not empty[0] and empty.mean() > 0.5:
        last = np.maximum.accumulate(np.where(empty, 0, np.arange(codes.size)))
        return Codes(codes[last], found.texts)
    if empty.any():
        rejects.add((kept[empty] + table.first + 1).astype(np.int32), NO_METER, NAME_METER, lambda _: {})
    return Codes(codes, found.texts)
