"""Tables of months with a column for each year: each year's columns as a table of their own."""

from __future__ import annotations

import re

import numpy as np

from tenants.ingest.workbook.grid import Grid
from tenants.ingest.workbook.layout import Table
from tenants.ingest.workbook.months import month
from tenants.ingest.workbook.rewritten import chosen, with_cells

_YEAR = re.compile(r"^((?:19|20)\d{2})\s*(?:年|(?!\d))")


def of_years(table: Table) -> list[Grid]:
    """The sheet once for each year that titles of columns name, with that year in its months; none where they name no two."""
    if not table.months or table.dates:
        return []
    months, years = table.months[0], _columns(table)
    cells = [row[months] for row in table.grid.rows(np.arange(table.first, table.grid.height))]
    named = [found for cell in cells if (found := month(cell))]
    if len(years) < 2 or not named or any(found.year for found in named):
        return []
    return [
        with_cells(chosen(table.grid, [months, *columns]), 0, table.first, [_dated(cell, year) for cell in cells])
        for year, columns in years.items()
    ]


def _columns(table: Table) -> dict[int, list[int]]:
    """The columns of each year."""
    years: dict[int, list[int]] = {}
    for i, title in enumerate(table.headers):
        if (found := _YEAR.match(title)) and i != table.months[0]:
            years.setdefault(int(found[1]), []).append(i)
    return years


def _dated(cell: str, year: int) -> str:
    found = month(cell)
    return f"{year}年{found.month}月" if found else cell
