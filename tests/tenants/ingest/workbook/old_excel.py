"""Writes the smallest .xls that Excel 97 would have written: BIFF8 records in a compound file."""

from __future__ import annotations

import struct
from collections.abc import Sequence

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _cell(row: int, column: int, value: str | float) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    return _record(0x204, place + _text(value)) if isinstance(value, str) else _record(0x203, place + struct.pack("<d", value))


def workbook_stream(rows: Sequence[Sequence[str | float | None]], name: str = "Sheet1") -> bytes:
    """The records of a workbook of one sheet."""
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 0x5, 0, 0, 0, 0))
    title = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    size = len(begin) + 4 + 6 + len(title) + 4
    head = begin + _record(0x85, struct.pack("<IH", size, 0) + title) + _record(0x0A)
    cells = b"".join(_cell(i, j, value) for i, row in enumerate(rows) for j, value in enumerate(row) if value is not None)
    width = max(map(len, rows))
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    sheet += _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0)) + cells + _record(0x0A)
    return head + sheet


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """A compound file with one stream. Sector 0 is the table of sectors, 1 the directory, the stream begins at 2."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    chain = [FAT, END, *range(3, 2 + count), END]
    assert len(chain) <= SECTOR // 4
    table = struct.pack(f"<{SECTOR // 4}I", *chain, *[FREE] * (SECTOR // 4 - len(chain)))
    directory = _entry("Root Entry", 5, END, 0, 1) + _entry(name, 2, 2, len(stream), FREE) + _entry("", 0, 0, 0, FREE) * 2
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        1,
        1,
        0,
        4096,
        END,
        0,
        END,
        0,
    )
    return header + struct.pack("<109I", 0, *[FREE] * 108) + table + directory + stream


def _entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
    encoded = (name + "\0").encode("utf-16-le") if name else b""
    return struct.pack("<64sHBBIII16sI8s8sIQ", encoded, len(encoded), kind, 1, FREE, FREE, child, b"", 0, b"", b"", start, size)


def xls(rows: Sequence[Sequence[str | float | None]]) -> bytes:
    """An .xls of one sheet."""
    return compound(workbook_stream(rows))
