"""Times that stand only in the first row of a block, as in merged cells, written into every row of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tenants.ingest.workbook.grid import HEAD, Grid
from tenants.ingest.workbook.layout import Table, clock_label
from tenants.ingest.workbook.numbers import number
from tenants.ingest.workbook.rewritten import with_cells
from tenants.ingest.workbook.vocabulary import TOTAL_LINE

_BLANK = 0.45  # share of rows without a time of their own from which one holds for the rows below it
_FEWEST = 4
_NOTE = re.compile(r"[:：。]")


def filled_down(table: Table) -> Grid | None:
    """The sheet with its first column of dates or months filled, or None where every row has its own."""
    columns = table.dates or table.months
    head = table.grid.head(table.first + HEAD)[table.first :]
    if not columns or table.first == 0 or not head or not head[0][columns[0]]:
        return None
    column = columns[0]
    rows = [row for row in head if _reads(row, column)]
    blank = [row for row in rows if not row[column]]
    if len(rows) < _FEWEST or len(blank) < _BLANK * len(rows):
        return None
    filled, last = [], ""
    for row in table.grid.rows(np.arange(table.first, table.grid.height)):
        last = row[column] or last
        filled.append(last if _reads(row, column) else row[column])
    return with_cells(table.grid, column, table.first, filled)


def _reads(row: Sequence[str], column: int) -> bool:
    """Whether a row holds a reading: words or a time that tell it apart, and a number; no total and no remark."""
    others = [cell for i, cell in enumerate(row) if cell and i != column]
    if all(number(cell) is not None for cell in others):
        return bool(row[column])
    if any(TOTAL_LINE.search(cell) or (_NOTE.search(cell) and clock_label(cell) is None) for cell in others):
        return False
    return any(number(cell) is not None for cell in others)
