"""Files as proof: what is taken, under which name, where it lies."""

from __future__ import annotations

import os
import time
from pathlib import Path
from uuid import uuid4

import pytest

from tenants import documents
from tenants.db import Database, tenant_session
from tenants.documents import MOST_BYTES, DocumentKind, DocumentTooLarge, clean_name, sniffed
from tenants.errors import NotFound

PDF = b"%PDF-1.7\n..."


def test_a_file_is_stored_once_with_its_hash(db: Database, tenant: str, tmp_path: Path) -> None:
    with tenant_session(db, tenant) as session:
        one = documents.store(session, tmp_path, name="电费单.pdf", content=PDF, actor="t")
        again = documents.store(session, tmp_path, name="copy.pdf", content=PDF, actor="t")
        assert one.id == again.id
        assert one.path == tmp_path / tenant / str(one.id)
        assert one.path.read_bytes() == PDF
        assert one.path.stat().st_mode & 0o077 == 0
        assert documents.intact(documents.find(session, tmp_path, one.id))
        one.path.write_bytes(b"%PDF-1.7\nforged")
        assert not documents.intact(one)


def test_another_tenants_document_is_not_found(db: Database, tenant: str, tmp_path: Path) -> None:
    with tenant_session(db, tenant) as session, pytest.raises(NotFound):
        documents.find(session, tmp_path, uuid4())


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n..", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF1234WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        ("日期,电量\n2026-01-01,5\n".encode("gb18030"), "text/csv"),
        (b"MZ\x90\x00", None),
        (b"<html>,\n<script>", None),
        (b"#!/bin/sh\n", None),
        (b"PK\x03\x04evil", None),
        (b"", None),
    ],
)
def test_the_content_says_what_it_is(content: bytes, kind: str | None) -> None:
    assert sniffed(content) == kind


def test_a_program_with_a_harmless_name_is_refused(db: Database, tenant: str, tmp_path: Path) -> None:
    with tenant_session(db, tenant) as session, pytest.raises(DocumentKind, match=r"bill\.pdf"):
        documents.store(session, tmp_path, name="bill.pdf", content=b"MZ\x90", actor="t")
    assert not any(tmp_path.rglob("*-*"))


def test_too_large_a_file_is_refused(db: Database, tenant: str, tmp_path: Path) -> None:
    with tenant_session(db, tenant) as session, pytest.raises(DocumentTooLarge):
        documents.store(session, tmp_path, name="x.pdf", content=PDF + bytes(MOST_BYTES), actor="t")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\x\\账单.pdf", "账单.pdf"), ("a\x00b\u202egpj.exe", "abgpj.exe"), ("", "file"),
        ("...", "file"), ("n" * 500 + ".pdf", "n" * 116 + ".pdf"),
    ],
)  # fmt: skip
def test_names_lose_what_could_mislead(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_files_of_failed_transactions_are_swept_after_a_day(db: Database, tenant: str, tmp_path: Path) -> None:
    with tenant_session(db, tenant) as session:
        lost = documents.store(session, tmp_path, name="x.pdf", content=PDF, actor="t").path
        session.execute("DELETE FROM document")  # as if the transaction had failed after the file was written
    with tenant_session(db, tenant) as session:
        kept = documents.store(session, tmp_path, name="y.pdf", content=PDF + b"2", actor="t").path
        assert documents.sweep(session, tmp_path) == 0
        for path in (lost, kept):
            os.utime(path, (time.time() - 2 * 86_400,) * 2)
        assert documents.sweep(session, tmp_path) == 1
    assert kept.exists()
    assert not lost.exists()
