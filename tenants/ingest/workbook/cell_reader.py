"""Child process: a workbook on standard input becomes delimited text, and columns of numbers, on standard output.

Run by its path, in isolation, so that nothing but the standard library and two bindings of calamine is loaded. It waits for its
one file with everything loaded, and ends when whoever started it does. The first line of the input are the limits of memory
[bytes], processor time [s] and cells, which it sets itself before it reads on. First line of the output: JSON, the sheets with
the sizes of their blocks, or an error; then the blocks. A sheet's blocks are the text of its first rows, the text of the other
rows, and one block for each column that below the first rows holds nothing but numbers (8-byte floats) or moments (8-byte
seconds since 1970, in the sheet's clock).

python-calamine tells the kind of each cell, but goes through a sheet twice (the second time for merged cells) and makes an
object of each cell. fastexcel does neither, but knows only columns of one kind. So a long sheet whose first rows promise nothing
but such columns is read with fastexcel, and only a copy cut after those rows with python-calamine; where a column turns out
otherwise, python-calamine reads the whole sheet.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import gc
import io
import json
import os
import resource
import sys
import zipfile
from array import array
from collections.abc import Callable, Sequence
from functools import cache
from itertools import repeat
from operator import attrgetter, floordiv, mod, not_, sub
from typing import Any

CELL = "\x1f"
LONGEST = 256  # characters of one cell; nothing that is a title, a time or a number is longer
FEW, HEAD = 200, 40  # rows of a sheet that is written column by column, and those that may be titles
TEXT, NUMBER, MOMENT = "tnm"  # kinds of columns
_EPOCH, _SECOND = dt.datetime(1970, 1, 1), dt.timedelta(seconds=1)
_DAY_S, _MS = 86_400, 1000
_CUT_FROM, _CUT_TO = 1 << 18, 1 << 22  # bytes: parts of a workbook that are cut, and what all of them may come to
_ROW_END, _SHEET_END = b"</row>", b"</sheetData></worksheet>"
_CONTROLS = dict.fromkeys((*range(32), 127, 8232, 8233), " ")


def main() -> None:
    """Writes the sheets of the workbook on standard input to standard output."""
    import fastexcel
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
        answer = _sheets(sys.stdin.buffer.read(), python_calamine, fastexcel, most_cells)
    except MemoryError:
        return _answer({"error": "memory"}, [])
    except python_calamine.PasswordError:
        return _answer({"error": "password"}, [])
    except BaseException as error:  # calamine's panics are not Exceptions
        if "pointer is null" in str(error):  # how its binding tells that Python has no memory left
            return _answer({"error": "memory"}, [])
        return _answer({"error": "damaged", "detail": str(error)[:LONGEST]}, [])
    return _answer(*answer)


def _sheets(data: bytes, calamine: Any, fastexcel: Any, most_cells: int) -> tuple[dict[str, Any], list[bytes]]:
    """Header and blocks of all visible worksheets."""
    sheets, hidden, blocks = [], [], []
    cells = 0
    whole = cache(lambda: calamine.load_workbook(io.BytesIO(data)))
    typed = cache(lambda: fastexcel.read_excel(data))
    short = _shortened(data, calamine)
    for about in (short or whole()).sheets_metadata:
        if about.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        if about.visible != calamine.SheetVisibleEnum.Visible:
            hidden.append(about.name)
            continue
        made = None if short is None else _typed_blocks(short, typed, about.name, most_cells - cells)
        if made is None:
            sheet = whole().get_sheet_by_name(about.name)
            cells += sheet.total_height * sheet.width
            if cells > most_cells:
                return {"error": "cells"}, []
            kinds, own = _blocks(list(sheet.iter_rows()))
        else:
            kinds, own = made
            cells += len(kinds) * (HEAD + len(own[-1]) // 8)
        sheets.append({"name": about.name, "kinds": kinds, "sizes": list(map(len, own))})
        blocks += own
    return {"sheets": sheets, "hidden": hidden}, blocks


def _shortened(data: bytes, calamine: Any) -> Any:
    """The workbook with its long sheets cut after their first rows; None where none is long, or it is built in an unusual way."""
    short, size, long = io.BytesIO(), 0, False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(short, "w") as made:
            for part in parts.infolist():
                with parts.open(part) as file:
                    text = file.read(_CUT_FROM)
                if len(text) == _CUT_FROM:
                    rows = text.split(_ROW_END, FEW)
                    if len(rows) <= FEW or b"<!" in text:
                        return None
                    text, long = _ROW_END.join((*rows[:FEW], _SHEET_END)), True
                size += len(text)
                if size > _CUT_TO:
                    return None
                made.writestr(part.filename, text)
        return calamine.load_workbook(io.BytesIO(short.getvalue())) if long else None
    except Exception:  # not a zip (an .xls), or a damaged one: the whole tells
        return None


def _typed_blocks(short: Any, typed: Callable[[], Any], name: str, most_cells: int) -> tuple[str, list[bytes]] | None:
    """As `_blocks`, where all columns below the titles are numbers or moments; None where they are not."""
    try:
        rows = list(short.get_sheet_by_name(name).iter_rows())
        if len(rows) < FEW or any(_array(column) is None for column in zip(*rows[HEAD:], strict=True)):
            return None
        # "strict": a column of several kinds is an error.
        sheet = typed().load_sheet(name, header_row=None, skip_rows=HEAD, schema_sample_rows=None, dtype_coercion="strict")
        if sheet.width != len(rows[0]) or sheet.total_height * sheet.width > most_cells:
            return None
        columns = _arrow(sheet.__arrow_c_array__())
    except BaseException:  # the other library says what is wrong, if anything is
        return None
    own = [found for kind, cells in columns if cells and (found := _seconds(cells) if kind == b"tsm:" else _floats(cells))]
    if len(own) < sheet.width:
        return None
    return "".join(MOMENT if kind == b"tsm:" else NUMBER for kind, _ in columns), [_text(rows[:HEAD]), b"", *own]


def _floats(cells: bytes) -> bytes | None:
    """8-byte floats; None where one is no number: it may have been a text."""
    total = sum(memoryview(cells).cast("d"))
    return cells if total == total else None


def _seconds(cells: bytes) -> bytes | None:
    """Milliseconds as seconds; None where some are no whole ones, times of day alone (which are in the year 1900), or all dates
    (it is not told which midnights are none quite)."""
    exact = memoryview(cells).cast("q").tolist()
    seconds = [one // _MS for one in exact]
    if _MS * sum(seconds) != sum(exact) or min(seconds) < 0 or not any(map(mod, seconds, repeat(_DAY_S))):
        return None
    return array("q", seconds).tobytes()


class _Schema(ctypes.Structure):
    """ArrowSchema of Arrow's C data interface, as far as it is used."""


_Schema._fields_ = [
    ("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", ctypes.c_char_p), ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64), ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
]  # fmt: skip


class _Array(ctypes.Structure):
    """ArrowArray of Arrow's C data interface, as far as it is used."""


_Array._fields_ = [
    ("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64), ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64), ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
]  # fmt: skip


def _arrow(capsules: tuple[Any, Any]) -> list[tuple[bytes, bytes]]:
    """Format and cells of each column of a record batch: no cells where some are empty, or neither floats nor moments."""
    inside = ctypes.pythonapi.PyCapsule_GetPointer
    inside.restype, inside.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    schema = _Schema.from_address(inside(capsules[0], b"arrow_schema"))
    batch = _Array.from_address(inside(capsules[1], b"arrow_array"))
    found = []
    for i in range(batch.n_children):
        kind, column = schema.children[i].contents.format, batch.children[i].contents
        plain = kind in (b"g", b"tsm:") and column.null_count == 0
        found.append((kind, ctypes.string_at(column.buffers[1] + 8 * column.offset, 8 * column.length) if plain else b""))
    return found


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
    os._exit(0)  # whoever waits for the end of the output need not wait until everything is taken apart
