"""The rows of a file that could not be taken, in words: on screen, at the command line, and as a list to download."""

from __future__ import annotations

from typing import Any

from park.sheets import as_csv, as_xlsx
from park.words import reject, t


def rows(taken: Any, lang: str) -> list[dict[str, Any]]:
    """Sheet, row, reason and remedy of each listed row of `tenants.ingest.files.Taken`, in the order of the file."""
    told = []
    for one in taken.rejected:
        why, remedy = reject(one.reason, one.remedy, one.facts, lang)
        sheet, row = taken.place(one.row)
        told.append({"sheet": sheet, "row": row, "reason": why, "remedy": remedy})
    return told


def as_file(taken: Any, kind: str, lang: str) -> bytes:
    """The list as `csv` or `xlsx`. Rows beyond the listed ones are counted in a last line."""
    listed = rows(taken, lang)
    sheets = any(one["sheet"] for one in listed)
    head = [*([t("Sheet", lang)] if sheets else []), t("Row", lang), t("Why", lang), t("What to do", lang)]
    lines = [[*([one["sheet"]] if sheets else []), one["row"], one["reason"], one["remedy"]] for one in listed]
    more = taken.refused - len({(one["sheet"], one["row"]) for one in listed})
    if more > 0:
        blank: list[Any] = [""] * (len(head) - 2)
        lines.append([*blank, t("and {count} more rows for the same reasons", lang, count=more), ""])
    return as_csv(head, lines) if kind == "csv" else as_xlsx(head, lines, t("Rejected rows", lang))
