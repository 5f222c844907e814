"""A workbook to fill in, for whoever has no file of their own. Any other table is read just as well."""

from __future__ import annotations

import datetime as dt
import io

from park.words import t

_ROWS = 96


def workbook(day: dt.date, lang: str) -> bytes:
    """An XLSX with the quarter hours of one day, a column of energy, and a sheet that says what may be changed."""
    import xlsxwriter  # only here: it is slow to import

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = book.add_worksheet(t("Readings", lang))
        sheet.write_row(0, 0, [t("Start of the interval", lang), t("Meter 1, energy (kWh)", lang)], bold)
        begin = dt.datetime.combine(day, dt.time())
        for row in range(_ROWS):
            sheet.write_datetime(row + 1, 0, begin + dt.timedelta(minutes=15 * row), stamp)
        sheet.set_column(0, 1, 24)
        sheet.freeze_panes(1, 0)
        notes = book.add_worksheet(t("Read me", lang))
        notes.set_column(0, 0, 100)
        for line, text in enumerate(_said(lang)):
            notes.write_string(line, 0, text)
    return out.getvalue()


def _said(lang: str) -> list[str]:
    return [
        t("You need not use this: a file from the grid company, a meter or a portal is read as it is.", lang),
        t("One row for each interval of 1, 5, 15, 30 or 60 minutes; more meters in more columns, each with name and unit.", lang),
        t("Leave a cell empty where there is no reading. A zero is a reading.", lang),
        t("Registers may be given instead: write 表底 or register into the title, and what the dial shows into the cells.", lang),
    ]
