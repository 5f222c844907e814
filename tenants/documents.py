"""Files that prove something: scans of bills, contracts. The bytes lie in a folder, what they are in the database."""

from __future__ import annotations

import hashlib
import os
import re
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from tenants import audit
from tenants.db import TenantSession
from tenants.errors import LingyuanError, NotFound

MOST_BYTES = 20 * 1024 * 1024
LONGEST_NAME = 120
ORPHAN_AGE_S = 86_400

# What the first bytes say. The name's ending is not believed.
_KINDS: tuple[tuple[bytes, int, str], ...] = (
    (b"%PDF-", 0, "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypheic", 4, "image/heic"),
    (b"ftypmif1", 4, "image/heic"),
)
_OFFICE = {b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
           b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}  # fmt: skip


class DocumentTooLarge(LingyuanError):
    """The file has {size} MB; at most {most} MB are taken."""

    status = 413
    remedy = "Scan at a lower resolution, or send the pages as several files."


class DocumentKind(LingyuanError):
    """{name} is neither a PDF, a picture nor an office file."""

    status = 415
    remedy = "Send a PDF, PNG, JPEG, WEBP, HEIC, XLSX, DOCX or CSV file."


@dataclass(frozen=True)
class Document:
    """A stored file: its name as given, what it is, and where its bytes lie."""

    id: UUID
    name: str
    media_type: str
    sha256: str
    size: int
    path: Path


def store(session: TenantSession, folder: Path, *, name: str, content: bytes, actor: str) -> Document:
    """The document, its bytes written under `folder`/<tenant>/<id>. The same bytes are stored once.

    Raises:
        DocumentTooLarge, DocumentKind: it is not taken.
    """
    if len(content) > MOST_BYTES:
        raise DocumentTooLarge(size=round(len(content) / 2**20, 1), most=MOST_BYTES // 2**20)
    shown = clean_name(name)
    media_type = sniffed(content)
    if media_type is None:
        raise DocumentKind(name=shown)
    sha256 = hashlib.sha256(content).hexdigest()
    known = session.row("SELECT id, name, media_type, sha256, size FROM document WHERE sha256 = :sha256", sha256=sha256)
    if known is not None and _path(session, folder, known.id).exists():
        return Document(known.id, known.name, known.media_type, known.sha256, known.size, _path(session, folder, known.id))
    made = uuid4()
    path = _path(session, folder, made)
    _write(path, content)
    session.execute(
        "INSERT INTO document (id, name, media_type, sha256, size, actor) VALUES (:id, :name, :type, :sha256, :size, :actor)",
        {"id": made, "name": shown, "type": media_type, "sha256": sha256, "size": len(content), "actor": actor},
    )
    audit.record(session, subject=session.tenant, actor=actor, action="document.store", document=made, sha256=sha256)
    return Document(made, shown, media_type, sha256, len(content), path)


def keep(session: TenantSession, folder: Path, batch: UUID, content: bytes) -> Path:
    """Where the original of a submission lies now: the bytes as they came, under the submission's id."""
    path = _path(session, folder, batch)
    _write(path, content)
    return path


def find(session: TenantSession, folder: Path, document: UUID) -> Document:
    """A stored document of this tenant.

    Raises:
        NotFound: there is none, or its file is gone.
    """
    row = session.row("SELECT id, name, media_type, sha256, size FROM document WHERE id = :id", id=document)
    path = _path(session, folder, document)
    if row is None or not path.is_file():
        raise NotFound(what="document", name=document)
    return Document(row.id, row.name, row.media_type, row.sha256, row.size, path)


def intact(document: Document) -> bool:
    """Whether the file still has the bytes it was stored with."""
    return hashlib.sha256(document.path.read_bytes()).hexdigest() == document.sha256


def sweep(session: TenantSession, folder: Path) -> int:
    """Deletes files that belong to no document (their transaction failed), once they are a day old; how many."""
    known = {str(row.id) for row in session.rows("SELECT id FROM document UNION ALL SELECT id FROM batch")}
    place = folder / session.tenant
    gone = 0
    for path in place.iterdir() if place.is_dir() else ():
        if path.name not in known and time.time() - path.stat().st_mtime > ORPHAN_AGE_S:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def sniffed(content: bytes) -> str | None:
    """The media type by the content itself, or None for a kind that is not taken."""
    for mark, at, kind in _KINDS:
        if content[at : at + len(mark)] == mark and (kind != "image/webp" or content[:4] == b"RIFF"):
            return kind
    if content[:4] == b"PK\x03\x04":
        return next((kind for part, kind in _OFFICE.items() if part in content), None)
    return "text/csv" if _is_table(content[:4096]) else None


def _is_table(start: bytes) -> bool:
    """Plain text with columns, and no markup that a browser would run."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = start[: len(start) - len(start) % 2].decode(encoding, errors="strict" if len(start) < 4096 else "ignore")
        except UnicodeDecodeError:
            continue
        return "\x00" not in text and "<" not in text and any(mark in text for mark in (",", ";", "\t")) and "\n" in text
    return False


def clean_name(name: str) -> str:
    """The last part of the name without control, direction and path characters."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(one for one in unicodedata.normalize("NFC", last) if unicodedata.category(one)[0] != "C").strip(". ")
    return plain[-LONGEST_NAME:] or "file"


def _path(session: TenantSession, folder: Path, document: UUID) -> Path:
    return folder / session.tenant / str(document)


def _write(path: Path, content: bytes) -> None:
    """All of the file or nothing of it, readable by this account only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
