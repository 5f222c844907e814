"""From bytes to grids: the format found, the dangers looked for, the sheets read."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tenants.ingest.workbook import archive, formats, sandbox
from tenants.ingest.workbook.grid import CELL, Grid, from_text, with_rows
from tenants.ingest.workbook.limits import MB, Limits
from tenants.ingest.workbook.names import clean
from tenants.ingest.workbook.refusals import EmptyFile, FileTooLarge, UnknownSheet, UnreadableFile
from tenants.ingest.workbook.result import Format, Message, message

_BLANK = 1 << 12


@dataclass(frozen=True)
class Opened:
    """A file's sheets as grids (a text file has one, without a name), and what there is to say about them."""

    format: Format
    grids: list[Grid]
    notes: list[Message]


def open_file(data: bytes | Path, name: str, sheet: str | None, limits: Limits) -> Opened:
    """The sheets of a file, or the one that a person named.

    Raises:
        FileRefused: it is empty, too large, no table, damaged, protected or dangerous.
    """
    shown = clean(name) or "file"
    size = data.stat().st_size if isinstance(data, Path) else len(data)
    if size > limits.file_bytes:
        raise FileTooLarge(name=shown, size=f"{size / MB:.1f}", limit=f"{limits.file_bytes / MB:g}")
    content = data.read_bytes() if isinstance(data, Path) else bytes(data)
    if not content[:_BLANK].strip() and not content.strip():  # without a copy of every file
        raise EmptyFile(name=shown)
    kind = formats.is_workbook(content, shown)
    if kind is None:
        return _text(content, name, shown)
    return _workbook(content, "xlsx" if kind == "xlsx" else "xls", shown, sheet, limits)


def _text(content: bytes, name: str, shown: str) -> Opened:
    found = formats.text(content, shown)
    try:
        grid = from_text(found.data, found.delimiter, found.quoted)
    except csv.Error as error:
        raise UnreadableFile(name=shown, problem="a quotation mark is not closed, or it has too many columns") from error
    kind: Literal["csv", "txt"] = "txt" if name.lower().endswith(".txt") else "csv"
    return Opened(Format(kind, found.encoding, found.delimiter), [grid], [])


def _workbook(content: bytes, kind: Literal["xlsx", "xls"], shown: str, sheet: str | None, limits: Limits) -> Opened:
    notes: list[Message] = []
    parts = archive.directory(content, shown, limits) if kind == "xlsx" else []
    with sandbox.Child() as child:
        child.hand(content, sum(part.file_size for part in parts) or len(content), limits)
        if kind == "xlsx":  # looked into while the child reads: what it says counts only when nothing was found
            found = archive.inspect(content, parts, shown)
            formats.check_parts(frozenset(part.filename for part in parts), shown)
            if found.formulas:
                notes.append(
                    message("{count} cells hold formulas: the results stored in the file were read", count=found.formulas)
                )
            if found.errors:
                notes.append(message("{count} cells hold errors such as #DIV/0!: they count as empty", count=found.errors))
        sheets, hidden = child.sheets(shown, limits)
    if hidden:
        notes.append(message("hidden sheets were not read: {sheets}", sheets=", ".join(hidden)))
    names = [one.name for one in sheets]
    if sheet is not None and sheet not in names:
        raise UnknownSheet(sheet=sheet, sheets=", ".join(names))
    # The child's texts hold no quotes that mean anything, no line ends, no separators inside cells.
    wanted = [one for one in sheets if sheet in (None, one.name) and one.text]
    try:
        grids = [_grid(one) for one in wanted]
    except csv.Error as error:
        raise UnreadableFile(name=shown, problem="it has too many columns") from error
    return Opened(Format(kind, sheets=tuple(names)), grids, notes)


def _grid(sheet: sandbox.Sheet) -> Grid:
    top = from_text(sheet.text, CELL, quoted=False, sheet=sheet.name)
    if not sheet.kinds:
        return top
    rest = from_text(sheet.rest, CELL, quoted=False) if sheet.rest else top
    return with_rows(top, sheet.kinds, rest, sheet.arrays)
