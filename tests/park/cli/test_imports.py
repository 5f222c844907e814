"""Imports at the command line: listed, taken back, and how a shape is read remembered and forgotten."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.commanding import CommandLine


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A day whose title names no unit; one row is no number."""
    lines = [f"2025-03-01 {i // 4:02d}:{i % 4 * 15:02d},{'=1+1' if i == 7 else 3 + i % 5}" for i in range(96)]
    path = tmp_path / "Main.csv"
    path.write_text("\n".join(["时间,正向有功", *lines]), encoding="utf-8")
    return path


def test_an_import_is_listed_and_taken_back_once(lingyuan: CommandLine, tenant: str, file: Path) -> None:
    done = lingyuan.json("import", file, "--tenant", tenant)
    [one] = lingyuan.json("imports", "--tenant", tenant)
    assert (one["batch"], one["name"], one["rows"], one["accepted"], one["refused"]) == (done["batch"], "Main.csv", 96, 95, 1)
    lingyuan.run("undo", one["batch"], "--tenant", tenant, code=2)  # a reason is needed
    back = lingyuan.json("undo", one["batch"], "--tenant", tenant, "--reason", "the wrong meter")
    assert (back["intervals"], back["days"]) == (95, 1)
    [one] = lingyuan.json("imports", "--tenant", tenant)
    assert one["undone"].startswith("cli:")
    again = lingyuan.run("undo", one["batch"], "--tenant", tenant, "--reason", "twice", "--json", code=1)
    assert "undone_already" in again.stdout


def test_refused_rows_are_written_as_a_list_that_computes_nothing(
    lingyuan: CommandLine, tenant: str, file: Path, tmp_path: Path
) -> None:
    lingyuan.json("import", file, "--tenant", tenant, "--rejects", tmp_path / "rejected.csv", "--dry-run")
    head, row = list(csv.reader((tmp_path / "rejected.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert head == ["Row", "Why", "What to do"]
    assert row[0] == "9"
    assert "=1+1" in row[1]


def test_what_was_said_of_a_file_holds_for_the_next_of_its_shape(lingyuan: CommandLine, tenant: str, file: Path) -> None:
    first = lingyuan.json("import", file, "--tenant", tenant, "--unit", "MWh")
    assert first["meters"][0]["total"] == "473000"
    assert not first["understood"]["as_last_time"]
    lines = file.read_text(encoding="utf-8").replace("2025-03-01", "2025-03-02")
    other = file.with_name("Next.csv")
    other.write_text(lines, encoding="utf-8")
    second = lingyuan.json("import", other, "--tenant", tenant, "--dry-run")
    assert second["understood"]["as_last_time"]
    assert second["meters"][0]["total"] == "473000"
    [layout] = lingyuan.json("layout", "list", "--tenant", tenant)
    assert (layout["name"], layout["said"]) == ("Main.csv", {"unit": "MWh"})
    lingyuan.json("layout", "forget", layout["shape"], "--tenant", tenant)
    assert lingyuan.json("import", other, "--tenant", tenant, "--dry-run")["meters"][0]["total"] == "473"
