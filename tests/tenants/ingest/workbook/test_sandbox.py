"""The child process that parses workbooks: what it reads, and that nothing it does reaches us."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tenants.ingest.workbook import Limits, sandbox
from tenants.ingest.workbook.refusals import EncryptedFile, ParserStopped, UnreadableFile
from tests.tenants.ingest.workbook.old_excel import xls
from tests.tenants.ingest.workbook.tables import instants, only, read, workbook

TIMES = instants(dt.datetime(2026, 3, 1), 96)


def sheets(data: bytes, limits: Limits | None = None) -> list[list[list[str]]]:
    """Cells of each visible sheet."""
    found, _ = sandbox.read_sheets(data, len(data) * 20, "a.xlsx", limits or Limits())
    return [[line.split("\x1f") for line in one.text.decode().split("\n")] for one in found]


def test_cells_as_texts() -> None:
    row: list[Any] = [
        dt.datetime(2026, 3, 1),
        dt.datetime(2026, 3, 1, 0, 15),
        dt.time(0, 15),
        3.17,
        5,
        -0.25,
        1e-7,
        123456789012345,
        True,
        "  多\n行\t文字 ",
        None,
        "=1+1",
    ]
    assert sheets(workbook({"S": [row]}))[0][0] == [
        "2026-03-01",
        "2026-03-01 00:15:00",
        "00:15:00",
        "3.17",
        "5",
        "-0.25",
        "1e-07",
        "123456789012345",
        "True",
        "多 行 文字",
        "",
        "=1+1",
    ]


def test_rows_keep_their_numbers() -> None:
    cells = sheets(workbook({"S": [[], [], ["a"], [], ["b"]]}))[0]
    assert [row[0] for row in cells] == ["", "", "a", "", "b"]


def test_a_long_text_is_cut() -> None:
    assert len(sheets(workbook({"S": [["x" * 5000]]}))[0][0][0]) == 256


def test_excel_97() -> None:
    rows: list[list[Any]] = [["时间", "用电量(kWh)"], *([f"{t:%Y-%m-%d %H:%M}", i % 7 + 0.25] for i, t in enumerate(TIMES))]
    found = read(xls(rows), "旧表.xls")
    assert found.format.kind == "xls"
    assert int(only(found).values.sum()) == sum(i % 7 * 1000 + 250 for i in range(96))


def test_excel_97_that_is_text() -> None:
    text = "\n".join(["时间\tkWh", *(f"{t:%Y-%m-%d %H:%M}\t1" for t in TIMES)]).encode("gbk")
    found = read(text, "导出.xls")
    assert (found.format.kind, found.format.encoding, only(found).start.size) == ("csv", "GB18030", 96)


def test_limits_of_memory_and_cells() -> None:
    data = workbook({"S": [[f"text {i} {j}" for j in range(50)] for i in range(4000)]})
    with pytest.raises(ParserStopped):
        sheets(data, Limits(parse_bytes=50_000_000))
    with pytest.raises(ParserStopped):
        sheets(data, Limits(cells=1000))


def child(monkeypatch: pytest.MonkeyPatch, folder: Path, code: str) -> None:
    script = folder / "child.py"
    script.write_text(code, encoding="utf-8")
    monkeypatch.setattr(sandbox, "CHILD", script)


@pytest.mark.parametrize(
    ("code", "error", "word"),
    [
        ("import time; time.sleep(60)", ParserStopped, "computing time"),
        ("import os; os.abort()", ParserStopped, "memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", ParserStopped, "computing time"),
        ("print('{}')", UnreadableFile, "no answer"),
        ('print(\'{"error": "password"}\')', EncryptedFile, "password"),
        ('print(\'{"error": "damaged", "detail": "torn"}\')', UnreadableFile, "torn"),
    ],
)
def test_a_child_that_dies_or_hangs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, error: type[Exception], word: str
) -> None:
    child(monkeypatch, tmp_path, code)
    with pytest.raises(error, match=word):
        sandbox.read_sheets(b"x" * 1_000_000, 1, "a.xlsx", Limits(parse_seconds=1))


def test_the_child_loads_little_and_inherits_nothing() -> None:
    code = "import sys; sys.stdin.close(); import runpy; sys.argv = ['x', '1', '1', '1']; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert "numpy" not in done.stdout
    text = sandbox.CHILD.read_text(encoding="utf-8")
    assert "import tenants" not in text
    assert "from tenants" not in text


def test_broken_workbooks_name_the_problem() -> None:
    whole = workbook({"S": [["a", "b"], [1, 2]]})
    at = whole.find(b"xl/worksheets/sheet1.xml")
    broken = whole[: at + 60] + bytes(40) + whole[at + 100 :]
    with pytest.raises(UnreadableFile) as caught:
        read(broken, "a.xlsx")
    assert json.dumps(caught.value.facts)
