"""Is this zip a harmless workbook? Counted while inflating, before any parser sees it; sizes it declares are not believed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tenants.ingest.workbook.limits import Limits
from tenants.ingest.workbook.refusals import EncryptedFile, UnreadableFile, UnsafeFile

_END = b"PK\x05\x06"
_END_SIZE = 22
_CHUNK = 1 << 18
_OVERLAP = 16  # a mark that straddles two chunks is still seen
_DIRECTORY_ENTRY = 46  # bytes of one entry of the directory without its name


@dataclass(frozen=True)
class Contents:
    """Numbers of cells with formulas and with errors."""

    formulas: int
    errors: int


def directory(data: bytes, name: str, limits: Limits) -> list[zipfile.ZipInfo]:
    """The parts of a workbook's archive, where nothing that the archive says of them speaks against it.

    Raises:
        UnsafeFile: too many or too large parts, macros, links to other files or programs.
        UnreadableFile: not a whole zip. EncryptedFile: its parts need a password.
    """
    _check_directory(data, name, limits)
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise UnreadableFile(name=name, problem="the archive is not whole") from error
    _check_entries(entries, frozenset(entry.filename for entry in entries), name, limits)
    return entries


def inspect(data: bytes, entries: Sequence[zipfile.ZipInfo], name: str) -> Contents:
    """What the parts hold, found harmless.

    Raises:
        UnsafeFile: lying sizes, entities, links to other files or programs. UnreadableFile: a part is damaged.
    """
    sizes = [_scan(data, entry, name) for entry in entries]
    formulas, errors = (sum(column) for column in zip(*sizes, strict=True)) if sizes else (0, 0)
    return Contents(formulas, errors)


def _check_directory(data: bytes, name: str, limits: Limits) -> None:
    """Refuses by the end record, so that a directory of 100,000 entries is never built."""
    at = data.rfind(_END, max(0, len(data) - _END_SIZE - 0xFFFF))
    if at < 0 or len(data) - at < _END_SIZE:
        raise UnreadableFile(name=name, problem="the end of the archive is missing")
    entries, size = struct.unpack_from("<HI", data, at + 10)
    if max(entries, size // _DIRECTORY_ENTRY) > limits.zip_entries * 4 or entries > limits.zip_entries:
        raise UnsafeFile(name=name, danger="its archive holds too many parts")


def _check_entries(entries: list[zipfile.ZipInfo], names: frozenset[str], name: str, limits: Limits) -> None:
    """Refuses by what the directory declares."""
    if len(entries) > limits.zip_entries:
        raise UnsafeFile(name=name, danger="its archive holds too many parts")
    if len(names) != len(entries):
        raise UnsafeFile(name=name, danger="two parts of its archive have the same name")
    if any(entry.flag_bits & 1 for entry in entries):
        raise EncryptedFile(name=name)
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise UnreadableFile(name=name, problem="it is packed in an unusual way")
    if sum(entry.file_size for entry in entries) > limits.inflated_bytes:
        raise UnsafeFile(name=name, danger="it unpacks to far more than its size")
    for entry in entries:
        if entry.file_size > max(limits.ratio_from, limits.ratio * entry.compress_size):
            raise UnsafeFile(name=name, danger="it unpacks to far more than its size")
    if any(part.lower().endswith("vbaproject.bin") or "/macrosheets/" in part.lower() for part in names):
        raise UnsafeFile(name=name, danger="it contains macros")
    if any("/externallinks/" in part.lower() for part in names):
        raise UnsafeFile(name=name, danger="it contains links to other files or programs")


def _scan(data: bytes, entry: zipfile.ZipInfo, name: str) -> tuple[int, int]:
    """Numbers of formulas and errors of one part."""
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    size = formulas = errors = 0
    last = b""
    try:
        for chunk in _inflate(data, entry):
            if is_xml:
                if size == 0:
                    _check_start(chunk, name)
                _check_marks(last + chunk, name)
                # Most sheets have no such letter at all, which is found out in a fiftieth of the time.
                formulas += chunk.count(b"<f>") + chunk.count(b"<f ") if b"f" in chunk else 0
                errors += chunk.count(b' t="e"') if b"e" in chunk else 0
                last = chunk[-_OVERLAP:]
            size += len(chunk)
            if size > entry.file_size:
                raise UnsafeFile(name=name, danger="a part of its archive is larger than declared")
    except (zlib.error, struct.error) as error:
        raise UnreadableFile(name=name, problem="a part of the archive is damaged") from error
    if size != entry.file_size:
        raise UnreadableFile(name=name, problem="a part of the archive is cut off")
    return formulas, errors


def _check_start(chunk: bytes, name: str) -> None:
    if chunk.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")):
        raise UnsafeFile(name=name, danger="its parts are not written in UTF-8")


def _check_marks(text: bytes, name: str) -> None:
    if b"!" in text and b"<!" in text and (b"<!DOCTYPE" in text or b"<!ENTITY" in text):
        raise UnsafeFile(name=name, danger="it defines XML entities")
    if b"k" in text and (b"ddeLink" in text or b"<oleLink" in text):
        raise UnsafeFile(name=name, danger="it contains links to other files or programs")


def _inflate(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes, chunk by chunk, as far as its packed bytes go: the declared size plays no part."""
    name_size, extra_size = struct.unpack_from("<HH", data, entry.header_offset + 26)
    begin = entry.header_offset + 30 + name_size + extra_size
    packed = memoryview(data)[begin : begin + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[i : i + _CHUNK]) for i in range(0, len(packed), _CHUNK))
        return
    inflater = zlib.decompressobj(-15)
    for i in range(0, len(packed), _CHUNK):
        pending: bytes | memoryview = packed[i : i + _CHUNK]
        while pending and not inflater.eof:
            chunk = inflater.decompress(pending, _CHUNK)
            pending = inflater.unconsumed_tail
            if chunk:
                yield chunk
    if rest := inflater.flush():
        yield rest
