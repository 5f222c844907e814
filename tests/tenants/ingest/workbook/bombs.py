"""Crafted archives: small files that would cost a reader gigabytes, or that carry what no table needs."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

SHEET = "xl/worksheets/sheet1.xml"
ROWS = b'<row r="1"><c r="A1" t="inlineStr"><is><t>time</t></is></c></row>'
_DECLARATION = '<?xml version="1.0"?>'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _relation(kind: str, target: str) -> bytes:
    link = f'<Relationship Id="r1" Type="{_OFFICE}/{kind}" Target="{target}"/>'
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{link}</Relationships>'.encode()


MINIMAL = {
    "[Content_Types].xml": (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SPREADSHEET}.sheet.main+xml"/>'
        f'<Override PartName="/{SHEET}" ContentType="{_SPREADSHEET}.worksheet+xml"/></Types>'
    ).encode(),
    "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": (
        f'{_DECLARATION}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
    ).encode(),
    "xl/_rels/workbook.xml.rels": _relation("worksheet", "worksheets/sheet1.xml"),
}


def sheet(data: bytes) -> bytes:
    """A worksheet with these rows."""
    head = f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetData>'.encode()
    return head + data + b"</sheetData></worksheet>"


def xlsx(parts: dict[str, bytes] | None = None) -> bytes:
    """A workbook of one small sheet, with further or other parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**MINIMAL, SHEET: sheet(ROWS), **(parts or {})}.items():
            archive.writestr(name, content)
    return out.getvalue()


def inflating(megabytes: int) -> bytes:
    """Deflated blanks that inflate to this much."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    blank = b" " * 1_000_000
    return b"".join([*(packer.compress(blank) for _ in range(megabytes)), packer.flush()])


def raw_zip(entries: list[tuple[str, bytes, int]], declared_count: int | None = None) -> bytes:
    """An archive of deflated entries (name, packed bytes, declared size); equal packed bytes are stored once, all entries
    pointing at them, as in overlapping bombs."""
    body, directory = io.BytesIO(), io.BytesIO()
    offsets: dict[int, int] = {}
    for name, packed, size in entries:
        encoded = name.encode()
        at = offsets.get(id(packed))
        if at is None:
            at = offsets[id(packed)] = body.tell()
            body.write(
                struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(packed), size, len(encoded), 0) + encoded + packed
            )
        directory.write(
            struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(packed), size, len(encoded), 0, 0, 0, 0, 0, at)
            + encoded
        )
    count = declared_count if declared_count is not None else len(entries)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, directory.tell(), body.tell(), 0)
    return body.getvalue() + directory.getvalue() + end


def packed(content: bytes) -> bytes:
    """The content, deflated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()
