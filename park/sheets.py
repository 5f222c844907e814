"""Lists for people to download, as CSV or XLSX. What a stranger wrote is never a formula there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: Any) -> Any:
    """The cell with an apostrophe before a text that a spreadsheet would compute; numbers stay as they are."""
    if not isinstance(cell, str) or not cell.lstrip(" \u00a0\u3000").startswith(_STARTS):
        return cell
    try:
        return cell if Decimal(cell.strip()).is_finite() and cell == cell.strip() else "'" + cell
    except InvalidOperation:
        return "'" + cell


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with a byte-order mark, which Excel needs to know Chinese."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([harmless(cell) for cell in row] for row in (head, *rows))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(head: Sequence[str], rows: Iterable[Sequence[Any]], title: str) -> bytes:
    """A workbook of one sheet; texts are texts."""
    import xlsxwriter  # only here: it is slow to import

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(title[:31])
        sheet.write_row(0, 0, list(head), book.add_format({"bold": True}))
        for line, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, place, str(harmless(cell)))
                else:
                    sheet.write(line, place, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofit(700)
    return out.getvalue()
