"""The file that holds one tenant: a ZIP of `manifest.json`, one text COPY per table, and the uploaded files.

The manifest names every part with its SHA-256 and every table with its number of rows.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import orjson
from psycopg import sql

from tenants.errors import LingyuanError
from tenants.models import own
from tenants.provision import head

FORMAT = 1
MANIFEST = "manifest.json"
AUDIT = "audit.copy"  # to be read, never restored: an audit says what happened where it happened
CHUNK = 1 << 20
_FILE = re.compile(r"files/[0-9A-Za-z][0-9A-Za-z._-]{0,200}")
_KEYS = {"format", "version", "tenant", "park", "registry", "counts", "sha256"}
_REGISTRY = {"title", "credit_code", "kind", "held", "consent", "timezone", "region"}


class NotAnExport(LingyuanError):
    """{file} is not an export of a tenant, or it was damaged: {reason}"""

    status = 422
    remedy = "Export the tenant again, or take another copy of the file."


def tables() -> list[str]:
    """The tables of a tenant, those first that others refer to."""
    return [table.name for table in own.metadata.sorted_tables]


def copy_statement(table: str, direction: str) -> sql.Composed:
    """COPY of a whole table with its columns by name."""
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in own.metadata.tables[table].columns)
    return sql.SQL("COPY {} ({}) {}").format(sql.Identifier(table), columns, sql.SQL(direction))


def add(pack: zipfile.ZipFile, name: str, parts: Iterable[bytes | bytearray | memoryview]) -> str:
    """Writes a part into the file; its SHA-256."""
    digest = hashlib.sha256()
    with pack.open(name, "w", force_zip64=True) as sink:
        for part in parts:
            sink.write(part)
            digest.update(part)
    return digest.hexdigest()


def chunks(source: IO[bytes]) -> Iterable[bytes]:
    """The bytes in pieces."""
    while piece := source.read(CHUNK):
        yield piece


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def opened(file: Path, sha256: str | None) -> zipfile.ZipFile:
    """The file, if it is a ZIP, and the one that `sha256` belongs to.

    Raises:
        NotAnExport
    """
    if sha256 is not None and sha256_of(file) != sha256.strip().lower():
        raise NotAnExport(file=file.name, reason="its SHA-256 is another one")
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError) as error:
        raise NotAnExport(file=file.name, reason="it is no ZIP file") from error


def manifest(pack: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    """The manifest of an export whose parts are all there, none more, each with the bytes it was written with.

    Raises:
        NotAnExport
    """
    try:
        found: dict[str, Any] = orjson.loads(pack.read(MANIFEST))
        reason, facts = _fault(pack, found)
    except (KeyError, TypeError, ValueError, EOFError, NotImplementedError, zipfile.BadZipFile, OSError) as error:
        raise NotAnExport(file=file.name, reason="a part cannot be read") from error
    if reason:
        raise NotAnExport(file=file.name, reason=reason, **facts)
    return found


def _fault(pack: zipfile.ZipFile, found: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What is wrong with the parts, and the facts of that sentence; empty if nothing is."""
    if _KEYS - set(found) or _REGISTRY - set(found["registry"]):
        return "the manifest is not whole", {}
    if found["format"] != FORMAT or found["version"] != head():
        return "it has format {format} and revision {version}", {"format": found["format"], "version": found["version"]}
    parts = {f"{table}.copy" for table in tables()} | {AUDIT}
    named, there = set(found["sha256"]), [entry.filename for entry in pack.infolist()]
    if sorted(there) != sorted({*named, MANIFEST}) or not parts <= named or set(found["counts"]) != set(tables()):
        return "parts are missing, or too many", {}
    for name, wanted in found["sha256"].items():
        if name not in parts and not _FILE.fullmatch(name):
            return "{part} has no place in it", {"part": name}
        with pack.open(name) as source:
            if hashlib.file_digest(source, "sha256").hexdigest() != wanted:  # type: ignore[arg-type]
                return "{part} was changed", {"part": name}
    return "", {}
