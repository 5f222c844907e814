"""Child process: a workbook on standard input becomes delimited text, and columns of numbers, on standard output.

Run by its path, in isolation, so that nothing but the standard library and calamine is loaded. It waits for its one file with
everything loaded, and ends when whoever started it does. The first line of the input are the limits of memory [bytes], processor
time [s] and cells, which it sets itself before it reads on. First line of the output: JSON, the sheets with the sizes of their
blocks, or an error; then the blocks. A sheet's blocks are the text of its first rows, the text of the other rows, and one block
for each column that below the first rows holds nothing but numbers (8-byte floats) or moments (8-byte seconds since 1970, in the
sheet's clock).
"""

from __future__ import annotations

import datetime as dt
import gc
import io
import json
import resource
import sys
from array import array
from collections.abc import Callable, Sequence
from itertools import repeat
from operator import attrgetter, floordiv, not_, sub
from typing import Any

CELL = "\x1f"
LONGEST = 256  # characters of one cell; nothing that is a title, a time or a number is longer
FEW, HEAD = 200, 40  # rows of a sheet that is written column by column, and those that may be titles
TEXT, NUMBER, MOMENT = "tnm"  # kinds of columns
_EPOCH, _SECOND = dt.datetime(1970, 1, 1), dt.timedelta(seconds=1)
_CONTROLS = dict.fromkeys((*range(32), 127, 8232, 8233), " ")


def main() -> None:
    """Writes the sheets of the workbook on standard input to standard output."""
    import python_calamine

    order = sys.stdin.buffer.readline()
    if not order:  # there was no file
        return None
    memory, seconds, most_cells = map(int, order.split())
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
    """Header and blocks of all visible worksheets."""
    sheets, hidden, blocks = [], [], []
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
        kinds, own = _blocks(list(sheet.iter_rows()))
        sheets.append({"name": about.name, "kinds": kinds, "sizes": list(map(len, own))})
        blocks += own
    return {"sheets": sheets, "hidden": hidden}, blocks


def _blocks(rows: list[list[Any]]) -> tuple[str, list[bytes]]:
    """The kinds of the columns below the titles ("" where all rows are one text) and the blocks of a sheet."""
    if len(rows) < FEW or not rows[0] or len(set(map(len, rows))) != 1:
        return "", [_text(rows)]
    columns = list(zip(*rows[HEAD:], strict=True))
    arrays = [_array(column) for column in columns]
    mixed = [map(_cell, column) for column, found in zip(columns, arrays, strict=True) if found is None]
    rest = "\n".join(map((CELL + "{}").format, map(CELL.join, zip(*mixed, strict=True))))  # no line is empty
    kinds = "".join(TEXT if found is None else MOMENT if found.typecode == "q" else NUMBER for found in arrays)
    own = [found.tobytes() for found in arrays if found is not None]
    return kinds, [_text(rows[:HEAD]), rest.encode("utf-8", "replace"), *own]


def _text(rows: Sequence[Sequence[Any]]) -> bytes:
    return "\n".join(CELL.join(map(_cell, row)) for row in rows).encode("utf-8", "replace")


def _array(cells: tuple[Any, ...]) -> array[float] | array[int] | None:
    """The cells of a column as numbers or seconds; None where they are of several kinds or hold something else."""
    kinds = set(map(type, cells))
    if kinds == {float}:
        return array("d", cells)
    if not kinds <= {dt.datetime, dt.date}:
        return None
    dates = [i for i, kind in enumerate(map(type, cells)) if kind is dt.date]
    moments = list(cells)
    for i in dates:
        moments[i] = dt.datetime.combine(cells[i], dt.time())
    since = list(map(sub, moments, repeat(_EPOCH)))
    if any(map(attrgetter("microseconds"), since)):
        return None
    # Written as a date alone where it is one: any other midnight is none quite.
    midnights = sum(map(not_, map(attrgetter("seconds"), since)))
    return array("q", map(floordiv, since, repeat(_SECOND))) if midnights == len(dates) else None


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


def _answer(header: dict[str, Any], blocks: list[bytes]) -> None:
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n")
    for block in blocks:
        sys.stdout.buffer.write(block)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
