"""F4: what the bytes are counts, not what the name says."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tenants.ingest.workbook import Limits, understand
from tenants.ingest.workbook.formats import text
from tenants.ingest.workbook.refusals import EmptyFile, EncryptedFile, FileTooLarge, UnreadableFile, WrongType
from tests.tenants.ingest.workbook.tables import SHANGHAI, delimited, instants, only, read, workbook

ROWS = [
    ["时间", "用电量(kWh)"],
    *([f"{t:%Y-%m-%d %H:%M}", (i * 7) % 13] for i, t in enumerate(instants(dt.datetime(2026, 3, 1), 96))),
]
TOTAL = sum((i * 7) % 13 for i in range(96)) * 1000


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("gbk", "GB18030"), ("gb18030", "GB18030"), ("utf-16", "UTF-16"),
     ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16")],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_line_ends(encoding: str, named: str, delimiter: str, end: str) -> None:
    found = read(delimited(ROWS, delimiter, encoding, end), "a.txt")
    assert (found.format.kind, found.format.encoding, found.format.delimiter) == ("txt", named, delimiter)
    assert int(only(found).values.sum()) == TOTAL
    assert only(found).rows.tolist() == list(range(2, 98))


def test_blanks_as_delimiters() -> None:
    data = "\n".join(f"{stamp}    {value}" for stamp, value in ROWS).encode()
    assert int(only(read(data, "a.txt")).values.sum()) == TOTAL


def test_the_name_does_not_decide() -> None:
    assert int(only(read(workbook({"S": ROWS}), "a.csv")).values.sum()) == TOTAL
    assert int(only(read(delimited(ROWS), "a.xlsx")).values.sum()) == TOTAL


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"MZ\x90\x00\x03" + bytes(100), "program"), (b"\x7fELF\x02\x01\x01" + bytes(100), "program"), (b"%PDF-1.7 ...", "PDF"),
        (b"\xff\xd8\xff\xe0..", "picture"), (b"\x89PNG\r\n\x1a\n", "picture"), (b"\x1f\x8b\x08\x00", "archive"),
        (b"<html><body><table><tr><td>1</td></tr></table>", "web page"), (b'<?xml version="1.0"?><Workbook/>', "web page"),
        (b"a,b\n1,\x002\n", "binary"), (bytes(range(256)) * 4, "binary"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.xls"])
def test_other_things_are_called_by_their_name(data: bytes, kind: str, name: str) -> None:
    with pytest.raises(WrongType) as caught:
        read(data, name)
    assert kind in str(caught.value)
    assert caught.value.remedy


def test_a_title_that_begins_like_a_program() -> None:
    data = delimited([["MZ站 时间", "BM(kWh)"], *ROWS[1:]], encoding="utf-8")
    assert int(only(read(data)).values.sum()) == TOTAL


def test_protected_workbook() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    with pytest.raises(EncryptedFile) as caught:
        read(ole, "a.xlsx")
    assert "password" in caught.value.remedy


def test_broken_old_workbook() -> None:
    with pytest.raises(UnreadableFile):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), "a.xls")


@pytest.mark.parametrize("data", [b"", b" \r\n\t ", b"\n" * 10_000])
def test_empty(data: bytes) -> None:
    with pytest.raises(EmptyFile):
        read(data)


def test_too_large_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    with file.open("wb") as out:
        out.truncate(3_000_000)
    with pytest.raises(FileTooLarge) as caught:
        understand(file, "a.csv", SHANGHAI, limits=Limits(file_bytes=2_000_000))
    assert "3.0 MB" in str(caught.value)
    assert caught.value.status == 413


def test_a_path_reads_like_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "表.csv"
    file.write_bytes(delimited(ROWS))
    assert int(only(understand(file, file.name, SHANGHAI)).values.sum()) == TOTAL


def test_a_character_cut_in_half_is_not_taken_for_chinese_of_another_kind() -> None:
    assert text("时间,电量\n2026-03-01 00:00,1\n".encode(), "a").encoding == "UTF-8"
    with pytest.raises(UnreadableFile):
        text(b"a,b\n\xff\xff\x81\n" * 3, "a")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b.csv", "\u202egpj.csv", "C:\\x\\电表.csv", "", "." * 300])
def test_hostile_names_never_reach_a_meter(name: str) -> None:
    meter = only(read(delimited(ROWS), name)).meter
    assert meter
    assert not set(meter) & set("\x00\u202e/\\")
    assert len(meter) <= 80
    assert ".." not in meter
