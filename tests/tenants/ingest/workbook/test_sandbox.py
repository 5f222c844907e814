"""The child process that parses workbooks: what it reads, and that nothing it does reaches us."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fastexcel
import numpy as np
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from tenants.ingest.workbook import Limits, cell_reader, sandbox
from tenants.ingest.workbook.cell_reader import FEW, _blocks, _text
from tenants.ingest.workbook.grid import CELL, from_text
from tenants.ingest.workbook.reading import _grid
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


@pytest.fixture
def spare(monkeypatch: pytest.MonkeyPatch) -> Iterator[sandbox.Spare]:
    """Nothing that waits from other tests, nor for them."""
    mine = sandbox.Spare()
    monkeypatch.setattr(sandbox, "SPARE", mine)
    yield mine
    mine.end()


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
    spare: sandbox.Spare, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, error: type[Exception], word: str
) -> None:  # fmt: skip
    child(monkeypatch, tmp_path, code)
    with pytest.raises(error, match=word):
        sandbox.read_sheets(b"x" * 1_000_000, 1, "a.xlsx", Limits(parse_seconds=1))


def test_a_child_reads_one_file_and_the_next_waits_already(spare: sandbox.Spare) -> None:
    data = workbook({"S": [["a"]]})
    with sandbox.Child() as first:
        first.hand(data, 10_000, Limits())
        assert [one.text for one in first.sheets("a.xlsx", Limits())[0]] == [b"a"]
    waiting = spare.take()
    assert waiting.pid != first.process.pid
    assert (first.process.returncode, waiting.poll()) == (0, None)
    assert waiting.communicate()[0] == b""  # without a file it ends by itself
    assert waiting.returncode == 0


def test_the_next_child_is_held_back_while_a_file_is_stored(spare: sandbox.Spare) -> None:
    with spare.held_back():
        with spare.held_back():
            assert sheets(workbook({"S": [["a"]]})) == [[["a"]]]
        assert spare._waiting is None
    assert spare._waiting is not None
    with spare.held_back():  # nothing was read: what waits is kept
        waiting = spare._waiting
    assert spare._waiting is waiting


def test_a_child_that_died_waiting_is_replaced(spare: sandbox.Spare) -> None:
    spare.refill()
    dead = spare.take()
    dead.communicate()
    spare._waiting = dead
    assert sheets(workbook({"S": [["a"]]})) == [[["a"]]]


def test_a_file_that_is_refused_meanwhile_is_not_waited_for(spare: sandbox.Spare) -> None:
    begun = time.monotonic()
    with sandbox.Child() as one:
        one.hand(bytes(50_000_000), 1, Limits())
    assert one.process.returncode is not None
    assert time.monotonic() - begun < 5


NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**6), 10**6).map(float)


@given(numbers=st.lists(NUMBERS, min_size=1, max_size=20))
def test_numbers_sent_as_numbers_read_as_their_texts(numbers: list[float]) -> None:
    rows = [[cell] for cell in (numbers * FEW)[:FEW]]
    kinds, blocks = _blocks(rows)
    grid = _grid(sandbox.Sheet("S", blocks[0], kinds, blocks[1], tuple(blocks[2:])))
    assert kinds == "n"
    assert [float(row[0]) for row in grid.rows(np.arange(FEW))] == [row[0] for row in rows]


def test_columns_apart_are_the_same_table() -> None:
    start = dt.datetime(2026, 3, 1)
    times = [start + i * dt.timedelta(minutes=15) for i in range(FEW)]
    for odd in (None, "", "x", dt.datetime(2026, 3, 1, 0, 0, 0, 1000), dt.datetime(2026, 3, 2)):
        rows: list[list[Any]] = [
            [t.date() if t.time() == dt.time() else t, i / 4, f"第{i}", "" if i % 3 else i / 2, t.date(), True]
            for i, t in enumerate(times)
        ]
        if odd is not None:
            rows[150][:2] = [odd, odd]
        kinds, blocks = _blocks(rows)
        assert kinds == ("mnttmt" if odd is None else "ttttmt")
        grid = _grid(sandbox.Sheet("S", blocks[0], kinds, blocks[1], tuple(blocks[2:])))
        plain = from_text(_text(rows), CELL, quoted=False, sheet="S")
        assert (grid.width, grid.height, grid.frame.equals(plain.frame)) == (plain.width, plain.height, True)


LONG = 400


def long_rows() -> list[list[Any]]:
    """A sheet whose columns are all of one kind below the titles."""
    times = instants(dt.datetime(2026, 3, 1), LONG)
    return [["时间", "总表(kWh)", "n"], *([t, i / 8, float(i)] for i, t in enumerate(times))]


def both_ways(data: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[tuple[Any, list[bytes]], tuple[Any, list[bytes]], int]:
    """What the child answers, what it answers with python-calamine alone, and how many sheets that had to read in the first."""
    whole = []
    with monkeypatch.context() as patch:
        patch.setattr(cell_reader, "_CUT_FROM", 1 << 15)
        patch.setattr(cell_reader, "_blocks", lambda rows: whole.append(rows) or _blocks(rows))
        found = cell_reader._sheets(data, python_calamine, fastexcel, 10**6)
    with monkeypatch.context() as patch:
        patch.setattr(cell_reader, "_shortened", lambda *_: None)
        return found, cell_reader._sheets(data, python_calamine, fastexcel, 10**6), len(whole)


def test_plain_columns_are_the_same_from_both_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    for above in ([], [[], ["厂区"], []]):
        for beside in ([], [None, None]):
            data = workbook({"S": [[*beside, *row] for row in (*above, *long_rows())]})
            found, alone, whole = both_ways(data, monkeypatch)
            assert (found, whole) == (alone, 0)
            assert found[0]["sheets"][0]["kinds"] == "mnn"
    data = workbook({"S": long_rows(), "H": [["x"]], "kurz": [["a"], [1]], "T": long_rows()[::-1]}, hidden=["H"])
    found, alone, whole = both_ways(data, monkeypatch)
    assert (found, whole) == (alone, 2)  # the short one, and one whose titles stand at its end
    assert found[0]["hidden"] == ["H"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        (0, None), (0, 5.5), (0, "2026-03-01 00:15"), (0, dt.time(0, 15)), (0, dt.datetime(2026, 3, 1, 0, 0, 0, 250_000)),
        (1, None), (1, True), (1, "NaN"), (1, "NULL"), (1, ""), (1, "12.5"), (1, "x" * 300), (1, dt.datetime(2026, 3, 1, 1)),
        (3, 1.0), (9, "far away"),
    ],
)  # fmt: skip
def test_one_odd_cell_below_is_the_same_from_both_libraries(column: int, cell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[*row, *[None] * 7] for row in long_rows()]
    rows[LONG - 3][column] = cell
    found, alone, whole = both_ways(workbook({"S": rows}), monkeypatch)
    assert (found, whole) == (alone, 1)


def test_dates_alone_are_left_to_the_library_that_knows_midnights(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[list[Any]] = [[t.replace(hour=0, minute=0), i / 8] for i, t in enumerate(instants(dt.datetime(2026, 3, 1), LONG))]
    found, alone, whole = both_ways(workbook({"S": rows}), monkeypatch)
    assert (found, whole) == (alone, 1)


@pytest.mark.parametrize("edit", [
    lambda xml: xml.replace(b"<sheetData>", b"<sheetData><!-- </row> -->"),
    lambda xml: xml.replace(b"</row>", b"</row\n>"),
    lambda xml: xml.replace(b"<worksheet", b"<x:worksheet xmlns:x='http://schemas.openxmlformats.org/spreadsheetml/2006/main'", 1)
    .replace(b"</worksheet>", b"</x:worksheet>"),
])  # fmt: skip
def test_a_sheet_that_is_written_otherwise(edit: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    found, alone, _ = both_ways(rezipped(workbook({"S": long_rows()}), edit), monkeypatch)
    assert found == alone


def rezipped(data: bytes, edit: Callable[[bytes], bytes]) -> bytes:
    """The workbook with its sheets' XML edited."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, edit(old.read(name)) if "/sheet" in name else old.read(name))
    return out.getvalue()


def test_a_long_sheet_beyond_the_limit_of_cells() -> None:
    data = workbook({"S": [*long_rows(), *([dt.datetime(2026, 4, 1, 1), 1.0, 2.0] for _ in range(3_000))]})
    assert len(sandbox.read_sheets(data, len(data) * 20, "a.xlsx", Limits())[0][0].arrays) == 3
    with pytest.raises(ParserStopped):
        sheets(data, Limits(cells=9_000))


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
