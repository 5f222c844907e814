"""Files and curves on the command line: the keys others rely on, dry runs, rejects with their rows, a steelworks' year."""

from __future__ import annotations

import gzip
import os
from decimal import Decimal
from pathlib import Path

import pytest

from tests.commanding import CommandLine

STEEL = (
    Path(os.environ.get("LINGYUAN_TESTDATA", Path(__file__).parents[4] / "shared" / "data")) / "steel/Steel_industry_data.csv.gz"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A day of two meters; one row has no number."""
    lines = ["时间,总表(kWh),光伏发电(kWh)"]
    for i in range(96):
        total = "坏" if i == 7 else f"{5 + i * 37 % 11}"
        lines.append(f"2025-03-01 {i // 4:02d}:{i % 4 * 15:02d},{total},{i * 13 % 5}")
    path = tmp_path / "三月.csv"
    path.write_text("\n".join(lines), encoding="gb18030")
    return path


def test_an_import_has_the_keys_others_rely_on(lingyuan: CommandLine, tenant: str, file: Path) -> None:
    dry = lingyuan.json("import", file, "--tenant", tenant, "--dry-run")
    assert lingyuan.json("meter", "list", "--tenant", tenant) == [], "a dry run writes nothing"
    first = lingyuan.json("import", file, "--tenant", tenant)
    assert {"rows", "accepted", "unchanged", "rejected", "meters"} <= set(first)
    assert {key: dry[key] for key in ("rows", "accepted", "rejected", "meters")} == {
        key: first[key] for key in ("rows", "accepted", "rejected", "meters")
    }
    assert (first["rows"], first["unchanged"]) == (96, 0)
    (bad,) = first["rejected"]
    assert bad["row"] == 9, "the row of the file, counted from 1, head included"
    assert bad["reason"]
    assert bad["remedy"]
    meters = {one["flow"]: one for one in first["meters"]}
    assert set(meters) == {"grid_in", "pv_gen"}
    assert {"name", "unit", "total", "first", "last", "missing"} <= set(meters["grid_in"])
    assert meters["pv_gen"]["first"] == "2025-03-01T00:00:00+08:00"
    again = lingyuan.json("import", file, "--tenant", tenant)
    assert (again["accepted"], len(again["rejected"])) == (0, 1)


def test_people_read_the_same(lingyuan: CommandLine, tenant: str, file: Path) -> None:
    said = lingyuan.run("import", file, "--tenant", tenant, lang="zh").stdout
    assert said.startswith("共96行")
    assert "首个时段" in said
    english = lingyuan.run("import", file, "--tenant", tenant).stdout
    assert english.startswith("96 rows: ")


def test_a_different_file_is_a_conflict_until_one_says_why(lingyuan: CommandLine, tenant: str, tmp_path: Path) -> None:
    for number, value in enumerate((3, 4)):
        rows = (f"2025-03-01 00:{minute:02d},{kwh}" for minute, kwh in ((0, value), (15, 9), (30, 2)))
        (tmp_path / f"{number}.csv").write_text("time,M1 (kWh)\n" + "\n".join(rows))
    lingyuan.run("import", tmp_path / "0.csv", "--tenant", tenant)
    other = lingyuan.json("import", tmp_path / "1.csv", "--tenant", tenant)
    assert (other["conflicting"], other["conflicts"][0]["kept"], other["conflicts"][0]["offered"]) == (1, "3", "4")
    assert "Stored value" in lingyuan.run("import", tmp_path / "1.csv", "--tenant", tenant).stdout
    assert lingyuan.json("import", tmp_path / "1.csv", "--tenant", tenant, "--replace", "misread")["accepted"] == 1


def test_a_table_of_bills(lingyuan: CommandLine, tenant: str, tmp_path: Path) -> None:
    file = tmp_path / "bills.csv"
    lines = ["月份,电量(kWh),电费(元)", *(f"2025-{month:02d},{1000 + month},{700 + month}" for month in range(1, 13))]
    file.write_text("\n".join(lines), encoding="utf-8")
    told = lingyuan.json("import", file, "--tenant", tenant)
    assert (told["rows"], told["accepted"], len(told["bills"])) == (12, 12, 12)
    assert told["bills"][0] == {
        "flow": "grid_in", "from": "2025-01-01", "to": "2025-01-31", "row": 2, "quantity": "1001", "unit": "kWh",
    }  # fmt: skip
    assert lingyuan.json("import", file, "--tenant", tenant)["unchanged"] == 12


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.csv", b""), ("photo.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 100), ("words.csv", "没有表\n".encode()),
     ("x.xlsx", b"PK\x03\x04")],
)  # fmt: skip
def test_a_file_that_cannot_be_read(lingyuan: CommandLine, quiet_tenant: str, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    error = lingyuan.error("import", tmp_path / name, "--tenant", quiet_tenant)
    assert error["message"]
    assert error["remedy"]


def test_nothing_could_be_taken(lingyuan: CommandLine, tenant: str, tmp_path: Path) -> None:
    file = tmp_path / "negative.csv"
    file.write_text("time,M1 (kWh)\n" + "\n".join(f"2025-03-01 {hour:02d}:00,-5" for hour in range(6)))
    told = lingyuan.json("import", file, "--tenant", tenant, code=1)
    assert (told["accepted"], told["refused"]) == (0, 6)
    assert [one["row"] for one in told["rejected"]] == [2, 3, 4, 5, 6, 7]


def test_the_original_is_kept(lingyuan: CommandLine, tenant: str, file: Path) -> None:
    batch = lingyuan.json("import", file, "--tenant", tenant)["batch"]
    kept = Path(lingyuan.environ["LINGYUAN_HOME"]) / "files" / tenant / batch
    assert kept.read_bytes() == file.read_bytes()


def test_a_firm_that_is_not_there(lingyuan: CommandLine, file: Path) -> None:
    assert lingyuan.error("import", file, "--tenant", "nobody")["code"] == "not_found"
    for day in ("2025-03-01", "2025-12-31"):
        assert lingyuan.error("curve", "--tenant", "t_x_000000000000", "--from", day, "--to", day)["code"] == "not_found"


@pytest.mark.skipif(not STEEL.exists(), reason=f"no test data at {STEEL}: set LINGYUAN_TESTDATA")
def test_a_year_of_a_steelworks(lingyuan: CommandLine, tenant: str, tmp_path: Path) -> None:
    file = tmp_path / "steel.csv"
    file.write_bytes(gzip.decompress(STEEL.read_bytes()))
    told = lingyuan.json("import", file, "--tenant", tenant)
    assert (told["rows"], told["accepted"], told["rejected"]) == (35_040, 35_040, [])
    (energy,) = [one for one in told["meters"] if one["flow"] == "grid_in"]
    assert (energy["total"], energy["missing"]) == ("959636.71", 0)
    days = ("--tenant", tenant, "--from", "2018-01-01", "--to", "2018-12-31")
    months = lingyuan.json("curve", *days, "--by", "month")
    assert len(months) == 12
    assert sum(Decimal(one["kWh"]) for one in months) == Decimal("959636.71")
    intervals = lingyuan.json("curve", *days, "--by", "interval")
    assert len(intervals) == 35_040
    assert max(Decimal(one["kWh"]) for one in intervals) * 4 == Decimal("628.72")
    each = {}
    for one in intervals:
        each[one["start"][:10]] = each.get(one["start"][:10], Decimal(0)) + Decimal(one["kWh"])
    assert each == {one["start"][:10]: Decimal(one["kWh"]) for one in lingyuan.json("curve", *days, "--by", "day")}
    assert lingyuan.json("import", file, "--tenant", tenant)["accepted"] == 0
    error = lingyuan.error("account", "--tenant", tenant, "--year", 2018, "--method", "ghgp_location", code=2)
    assert error["facts"]["years"] == "2021, 2022, 2023"
