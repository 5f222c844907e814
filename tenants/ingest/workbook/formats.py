"""What the bytes are: a workbook, a text table in some encoding, or something that is no table."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tenants.ingest.workbook.refusals import EncryptedFile, FileRefused, UnreadableFile, WrongType

SAMPLE = 1 << 16
DELIMITERS = ("\t", ";", ",", "|")
_AS_TEXT = re.compile(rb'(^|[\t;,|\n])="([^"\r\n]*)"(?=[\t;,|\r\n]|$)')  # ="00123": how programs keep Excel from changing a text
_SPACES = re.compile(rb"[ \t]{2,}")

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FOREIGN = (
    ("a program", (b"MZ", b"\x7fELF")),
    ("a PDF document", (b"%PDF",)),
    ("a picture", (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"RIFF")),
    ("a packed archive", (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")),
    ("a database file", (b"PAR1", b"SQLite format")),
)
PARTS = (
    ("xl/workbook.bin", "a binary workbook (.xlsb)"),
    ("content.xml", "an OpenDocument file"),
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a presentation"),
)
_MARKUP = re.compile(rb"\s*<(!DOCTYPE|html|table|meta|head|style|\?xml)", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "UTF-8 with BOM", "utf-8"), (codecs.BOM_UTF16_LE, "UTF-16", "utf-16-le"),
         (codecs.BOM_UTF16_BE, "UTF-16", "utf-16-be"))  # fmt: skip


class OpenQuote(FileRefused):
    """{name}: the quotation mark in row {row} is never closed, all rows below would belong to one cell."""

    remedy = "Delete that quotation mark, or write it twice if it belongs to the text."


@dataclass(frozen=True)
class Text:
    """A text table: UTF-8 without BOM, its original encoding, what divides its cells, and whether cells are quoted."""

    data: bytes
    encoding: str
    delimiter: str
    quoted: bool


def is_workbook(data: bytes, name: str) -> str | None:
    """ "xlsx" or "xls" by the first bytes, whatever the name says; None for text.

    Raises:
        WrongType: a picture, a program, an archive.
    """
    if data.startswith(_ZIP):
        return "xlsx"
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise EncryptedFile(name=name)
        return "xls"
    for kind, marks in FOREIGN:
        mark = next((mark for mark in marks if data.startswith(mark)), None)
        # Letters may begin a title: programs and bitmaps also hold NULs.
        if mark and (not mark.isalnum() or b"\x00" in data[:SAMPLE]):
            raise WrongType(name=name, kind=kind)
    return None


def check_parts(names: frozenset[str], name: str) -> None:
    """Refuses a zip that is no .xlsx workbook, by the names of its parts.

    Raises:
        WrongType.
    """
    lowered = {part.lower().lstrip("/") for part in names}
    if "xl/workbook.xml" in lowered:
        return
    raise WrongType(name=name, kind=next((kind for part, kind in PARTS if part in lowered), "a packed archive"))


def text(data: bytes, name: str) -> Text:
    """The bytes as a text table.

    Raises:
        WrongType: markup or binary. UnreadableFile: no known encoding.
    """
    utf8, encoding = _decoded(data, name)
    if _MARKUP.match(utf8[:SAMPLE]):
        raise WrongType(name=name, kind="a web page under another name")
    if utf8.startswith((b"100,NEM12", b"100,NEM13")):
        raise WrongType(name=name, kind="a NEM12 file, in which every line is built differently")
    if b"\x00" in utf8:
        raise WrongType(name=name, kind="a binary file")
    if b"\r" in utf8[:SAMPLE] and b"\n" not in utf8[:SAMPLE]:
        utf8 = utf8.replace(b"\r", b"\n")
    if b'="' in utf8:
        utf8 = _AS_TEXT.sub(rb'\1"\2"', utf8)
    sample = utf8[:SAMPLE].decode("utf-8", "ignore").split("\n")
    delimiter = _delimiter(sample if len(utf8) <= SAMPLE else sample[:-1])
    if delimiter is None and len(_SPACES.findall(utf8[:SAMPLE])) >= len(sample):
        utf8, delimiter = _SPACES.sub(b"\t", utf8), "\t"
    if utf8.count(b'"') % 2:
        _check_quotes(utf8, delimiter or ",", name)
    return Text(utf8, encoding, delimiter or ",", b'"' in utf8)


def _check_quotes(data: bytes, delimiter: str, name: str) -> None:
    """Refuses a table in which a quotation mark opens a cell that never closes: it would swallow the rows below it.

    Raises:
        OpenQuote.
    """
    rows = csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline=""), delimiter=delimiter, strict=True)
    begin = 1
    try:
        for _ in rows:
            begin = rows.line_num + 1
    except csv.Error:
        raise OpenQuote(name=name, row=begin) from None


def _decoded(data: bytes, name: str) -> tuple[bytes, str]:
    """The text in UTF-8, and the name of the encoding it came in."""
    for bom, label, codec in _BOMS:
        if data.startswith(bom):
            body = data[len(bom) :]
            return (body if codec == "utf-8" and _is(body, codec) else _recoded(body, codec, name)), label
    if data.isascii() and b"\x00" not in data[:SAMPLE]:
        return data, "UTF-8"
    if (sixteen := _sixteen(data[:SAMPLE])) is not None:
        return _recoded(data, sixteen, name), "UTF-16"
    if _is(data, "utf-8"):
        return data, "UTF-8"
    return _recoded(data, "gb18030", name), "GB18030"


def _is(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _recoded(data: bytes, codec: str, name: str) -> bytes:
    if b"\x00" in data and codec == "gb18030":
        raise WrongType(name=name, kind="a binary file")
    try:
        return data.decode(codec).encode()
    except UnicodeError as error:
        raise UnreadableFile(name=name, problem="its characters are in no known encoding") from error


def _sixteen(sample: bytes) -> str | None:
    """UTF-16 without a mark: of ASCII characters every other byte is NUL."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < max(4, len(sample) // 8) or min(even, odd) > len(sample) // 100:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _delimiter(lines: list[str]) -> str | None:
    """What divides the lines into the most regular cells; None when nothing does."""
    lines = [line for line in lines if line.strip()][:200]
    best, score = None, 0
    for delimiter in DELIMITERS:
        widths = Counter(width for width in _widths(lines, delimiter) if width > 1)
        if widths and max(widths.values()) > score:
            best, score = delimiter, max(widths.values())
    return best


def _widths(lines: Iterable[str], delimiter: str) -> Iterable[int]:
    try:
        yield from (len(cells) for cells in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return
