"""Tables that stand side by side in one sheet, as months do: each begins with a time column of the same title."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tenants.ingest.workbook.bill_columns import BEFORE
from tenants.ingest.workbook.grid import Grid
from tenants.ingest.workbook.layout import Table
from tenants.ingest.workbook.months import names_period
from tenants.ingest.workbook.rewritten import chosen
from tenants.ingest.workbook.title_words import REGISTER
from tenants.ingest.workbook.units import unit
from tenants.ingest.workbook.vocabulary import ENDS, STARTS

_COUNT = re.compile(r"^(序号|no\.?|#)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Strip:
    """Some columns of a sheet with a table of their own, all rows of it, and the name of the meter above it, if any."""

    grid: Grid
    meter: str


def strips(table: Table) -> list[Strip]:
    """The tables side by side; none where the sheet holds one table."""
    begins = _begins(table)
    if len(begins) < 2:
        return []
    ends = [*begins[1:], table.grid.width]
    if not all(any(table.headers[begin + 1 : end]) for begin, end in zip(begins, ends, strict=True)):
        return []
    groups = _groups(table, list(zip(begins, ends, strict=True)))
    if any(BEFORE.search(text) or STARTS.search(text) or ENDS.search(text) for text in (*groups, table.headers[begins[0]])):
        titles = [tuple(map(_last_word, table.headers[begin:end])) for begin, end in zip(begins, ends, strict=True)]
        if len(set(titles)) > 1 or not all(REGISTER.search(" ".join(one)) for one in titles):
            return []  # the beginning and the end of a period
        groups = [""] * len(begins)  # readings at both of them, each with its date: one register
    columns = [[row[begin] for row in table.grid.head()[table.first :]] for begin in begins]
    named = all(groups) and len(set(groups)) == len(groups) and not any(names_period(text) or unit(text) for text in groups)
    if not named and all(one == columns[0] for one in columns):
        return []  # one table, whose times are repeated
    spans = zip(begins, ends, groups, strict=True)
    return [Strip(chosen(table.grid, range(begin, end)), group if named else "") for begin, end, group in spans]


def _begins(table: Table) -> list[int]:
    """The columns of times that have the title of the first of them, where nothing but numbers of rows stands before it."""
    columns = table.dates or table.months
    if not columns or not table.headers[columns[0]]:
        return []
    if not all(_COUNT.match(text) for text in table.headers[: columns[0]]):
        return []
    title = _last_word(table.headers[columns[0]])
    return [i for i in columns if _last_word(table.headers[i]) == title]


def _last_word(title: str) -> str:
    """The title without the name of its group."""
    return title.rsplit(" ", 1)[-1]


def _groups(table: Table, spans: list[tuple[int, int]]) -> list[str]:
    """What stands over each of the tables, in the lowest row above the titles that says something of each of them; or ""."""
    for row in reversed(table.grid.head(table.first)):
        if any(cell and cell in row[begin:end] for begin, end in spans for cell in table.headers[begin:end]):
            continue  # the titles
        over = [next((cell for cell in row[begin:end] if cell), "") for begin, end in spans]
        if len([text for text in over if text]) > 1:
            return over
    return [""] * len(spans)
