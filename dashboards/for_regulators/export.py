"""The comparison as a workbook: the screen's digits, and a sheet that says what they mean."""

from __future__ import annotations

import io
from collections.abc import Sequence

from dashboards.cards.words import Say
from dashboards.for_regulators import words
from park.notation import rounded
from park.summaries import METHOD, ParkRow


def workbook(rows: Sequence[ParkRow], year: int, say: Say) -> bytes:
    """An XLSX file. Texts are never formulas; a hidden figure is an empty cell with its reason beside it."""
    import xlsxwriter  # only here: it is slow to import

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet(str(year))
        bold = book.add_format({"bold": True, "text_wrap": True})
        heads = [
            say("Park"),
            say("Province"),
            say("Core, tCO2/tce"),
            say("Target"),
            say("Emission, tCO2"),
            say("Energy, tce"),
            say("Clean energy share"),
            say("Coverage"),
            say("Completeness"),
            say("Months shown"),
            say("Not ranked because"),
        ]
        sheet.write_row(0, 0, heads, bold)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 9, 14)
        sheet.set_column(10, 10, 48)
        sheet.freeze_panes(1, 1)
        for line, row in enumerate(rows, start=1):
            sheet.write_row(line, 0, _cells(row, say))
        method = book.add_worksheet(say("Method"))
        method.set_column(0, 0, 110)
        for line, text in enumerate(_method(say)):
            method.write(line, 0, text)
    return buffer.getvalue()


def _cells(row: ParkRow, say: Say) -> list[str | float | int | None]:
    def shown(value: object, places: int) -> float | None:
        return None if value is None else float(rounded(value, places))  # type: ignore[arg-type]

    return [
        row.title,
        row.province,
        shown(row.core, 4),
        words.standing(row, say)[0],
        shown(row.figures["emission_tco2"], 2),
        shown(row.figures["energy_equivalent_tce"], 2),
        shown(row.clean_share, 4),
        words.coverage_text(row, say),
        shown(row.completeness, 3),
        row.months,
        words.not_ranked(row, say),
    ]


def _method(say: Say) -> list[str]:
    return [
        say("Method {method}: national zero-carbon park indicator, CO2 only; offsets are never deducted.", method=METHOD),
        say("Completed months only, refreshed once a day, provisional until the park closes them."),
        say(
            "A figure is shown only if at least three firms are in it and none makes up more than 80 %. Ranks are given only "
            "to closed years under one method with at least 90 % coverage."
        ),
    ]
