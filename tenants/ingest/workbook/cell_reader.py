"""Child process: a workbook on standard input becomes delimited text on standard output.

Run by its path, in isolation, so that nothing but the standard library and calamine is loaded. The first line of the input are
the limits of memory [bytes], processor time [s] and cells, which it sets itself before it reads on. First line of the output:
JSON, the sheets with their sizes, or an error; then the texts.
"""

from __future__ import annotations

import datetime as dt
import gc
import io
import json
import resource
import sys
from collections.abc import Callable
from typing import Any

CELL = "\x1f"
LONGEST = 256  # characters of one cell; nothing that is a title, a time or a number is longer
FEW, HEAD = 200, 40  # rows of a sheet that is written column by column, and those that may be titles
SECONDS = len("2026-03-01 00:15:00")
_CONTROLS = dict.fromkeys((*range(32), 127, 8232, 8233), " ")


def main() -> None:
    """Writes the sheets of the workbook on standard input to standard output."""
    import python_calamine

    memory, seconds, most_cells = map(int, sys.stdin.buffer.readline().split())
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # pipes are not files
    gc.disable()  # nothing here refers to itself, and the process ends soon
    try:
        workbook = python_calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
        answer = _sheets(workbook, python_calamine, most_cells)
    except MemoryError:
        return _answer({"error": "memory"}, [])
    except python_calamine.PasswordError:
        return _answer({"error": "password"}, [])
    except BaseException as error:  # calamine's panics are not Exceptions
        if "pointer is null" in str(error):  # how its binding tells that Python has no memory left
            return _answer({"error": "memory"}, [])
        return _answer({"error": "damaged", "detail": str(error)[:LONGEST]}, [])
    return _answer(*answer)


def _sheets(workbook: Any, calamine: Any, most_cells: int) -> tuple[dict[str, Any], list[bytes]]:
    """Header and texts of all visible worksheets."""
    names, hidden, texts = [], [], []
    cells = 0
    for about in workbook.sheets_metadata:
        if about.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        if about.visible != calamine.SheetVisibleEnum.Visible:
            hidden.append(about.name)
            continue
        sheet = workbook.get_sheet_by_name(about.name)
        cells += sheet.total_height * sheet.width
        if cells > most_cells:
            return {"error": "cells"}, []
        names.append(about.name)
        texts.append(_text(list(sheet.iter_rows())).encode("utf-8", "replace"))
    return {"sheets": names, "hidden": hidden, "sizes": [len(text) for text in texts]}, texts


def _text(rows: list[list[Any]]) -> str:
    """The rows as lines, column by column: below the titles most columns hold one kind of cell."""
    if len(rows) < FEW or len(set(map(len, rows))) != 1:
        return "\n".join(CELL.join(map(_cell, row)) for row in rows)
    lines = [CELL.join(map(_cell, row)) for row in rows[:HEAD]]
    lines += map(CELL.join, zip(*map(_column, zip(*rows[HEAD:], strict=True)), strict=True))
    return "\n".join(lines)


def _column(cells: tuple[Any, ...]) -> list[str]:
    """The cells of a column as texts."""
    kinds = set(map(type, cells))
    if kinds == {float}:
        texts = list(map(repr, cells))
        return [text[:-2] if text.endswith(".0") else text for text in texts] if any(map(float.is_integer, cells)) else texts
    if kinds <= {dt.datetime, dt.date}:
        texts = list(map(str, cells))
        if max(map(len, texts)) <= SECONDS:  # no fraction of a second
            return texts
    return list(map(_cell, cells))


def _cell(cell: Any) -> str:
    return _WRITE.get(type(cell), str)(cell)


def _number(cell: float) -> str:
    return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)


def _words(cell: str) -> str:
    return cell[:LONGEST].translate(_CONTROLS).strip() if cell else cell


def _moment(cell: dt.datetime) -> str:
    # Excel's fractions of a day may fall a hair short of the second.
    return (cell + dt.timedelta(milliseconds=500) if cell.microsecond else cell).isoformat(" ", "seconds")


def _duration(cell: dt.timedelta) -> str:
    minutes, seconds = divmod(round(cell.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


# Numbers exactly, times in ISO 8601 to the second.
_WRITE: dict[type, Callable[[Any], str]] = {
    float: _number,
    str: _words,
    dt.datetime: _moment,
    dt.timedelta: _duration,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
}


def _answer(header: dict[str, Any], texts: list[bytes]) -> None:
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n")
    for text in texts:
        sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
