"""The real year of a steel plant, checked against sums made here with nothing but the standard library."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import os
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tenants.ingest.workbook import Understanding
from tests.tenants.ingest.workbook.tables import SHANGHAI, by_flow, read, values

FILE = Path(os.environ.get("LINGYUAN_TESTDATA", "../shared/data")) / "steel" / "Steel_industry_data.csv.gz"
COLUMNS = {
    "grid_in": "Usage_kWh", "reactive_in": "Lagging_Current_Reactive_Power_kVarh",
    "reactive_out": "Leading_Current_Reactive_Power_kVarh",
}  # fmt: skip

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"real data are not here: {FILE}")


@pytest.fixture(scope="module")
def content() -> bytes:
    return gzip.decompress(FILE.read_bytes())


@pytest.fixture(scope="module")
def found(content: bytes) -> Understanding:
    return read(content, "Steel_industry_data.csv")


def local(instant: np.int64) -> str:
    return dt.datetime.fromtimestamp(int(instant), SHANGHAI).strftime("%Y-%m-%d %H:%M")


def truth(content: bytes) -> dict[str, dict[str, int]]:
    """By flow: watt-hours by local start of the interval; a row of 00:00 ends the date it is written with."""
    sums: dict[str, dict[str, int]] = {flow: {} for flow in COLUMNS}
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        end = dt.datetime.strptime(row["date"], "%d/%m/%Y %H:%M")
        if end.hour == end.minute == 0:
            end += dt.timedelta(days=1)
        for flow, column in COLUMNS.items():
            start = (end - dt.timedelta(minutes=15)).strftime("%Y-%m-%d %H:%M")
            sums[flow][start] = int(Decimal(row[column]) * 1000)
    return sums


def test_the_year(found: Understanding) -> None:
    series = by_flow(found)
    assert set(series) == {("Steel_industry_data", flow) for flow in COLUMNS}
    energy = series["Steel_industry_data", "grid_in"]
    assert (found.rows, found.rejected, found.refused.size) == (35_040, [], 0)
    assert energy.start.size == 35_040
    assert int(energy.values.sum()) == 959_636_710
    assert not energy.inexact
    assert (local(energy.start[0]), local(energy.start[-1])) == ("2018-01-01 00:00", "2018-12-31 23:45")


def test_the_peak(found: Understanding) -> None:
    energy = by_flow(found)["Steel_industry_data", "grid_in"]
    at = int(energy.values.argmax())
    assert int(energy.values[at]) == 157_180
    assert local(energy.start[at]) == "2018-11-22 09:30"


def test_what_was_understood(found: Understanding) -> None:
    assert (found.format.encoding, found.format.delimiter, found.form) == ("UTF-8 with BOM", ",", "long")
    assert (found.marks, found.midnight, found.date_order) == ("interval_end", "same_date", "dmy")
    assert "00:00" in str(found.marks_why)
    roles = {column.header: (column.role, column.flow) for column in found.columns}
    assert roles["date"] == ("time", None)
    assert {roles[column] for column in COLUMNS.values()} == {("value", flow) for flow in COLUMNS}
    others = [column for column in found.columns if column.header not in (*COLUMNS.values(), "date")]
    assert {column.role for column in others} == {"ignored"}
    assert len(others) == 7
    assert all(str(column.why) for column in others)
    assert found.questions == []


def test_every_interval_and_every_day(found: Understanding, content: bytes) -> None:
    for flow, expected in truth(content).items():
        series = by_flow(found)["Steel_industry_data", flow]
        got = values(series)
        assert got == expected
        days: dict[str, int] = defaultdict(int)
        for start, value in got.items():
            days[start[:10]] += value
        assert len(days) == 365
        assert sum(days.values()) == sum(expected.values())


def test_rows_are_those_of_the_file(found: Understanding, content: bytes) -> None:
    energy = by_flow(found)["Steel_industry_data", "grid_in"]
    lines = content.decode("utf-8-sig").splitlines()
    for i in (0, 1, 95, 20_000, 35_039):
        assert int(Decimal(lines[int(energy.rows[i]) - 1].split(",")[1]) * 1000) == int(energy.values[i])


def test_backwards_and_day_by_day_backwards(found: Understanding, content: bytes) -> None:
    """The file turned round, and its days turned round but not their rows, say the same."""
    head, *rows = content.decode("utf-8-sig").splitlines()
    backwards = "\n".join([head, *rows[::-1]]).encode()
    days = [rows[i : i + 96] for i in range(0, len(rows), 96)]
    by_day = "\n".join([head, *(row for day in days[::-1] for row in day)]).encode()
    for variant in (backwards, by_day):
        again = read(variant, "Steel_industry_data.csv")
        assert (again.marks, again.midnight, again.rejected) == ("interval_end", "same_date", [])
        for one, other in zip(again.series, found.series, strict=True):
            assert np.array_equal(one.start, other.start)
            assert np.array_equal(one.values, other.values)


def test_shuffled_rows_cannot_tell_and_are_asked_about(content: bytes) -> None:
    head, *rows = content.decode("utf-8-sig").splitlines()
    np.random.default_rng(5).shuffle(rows)
    again = read("\n".join([head, *rows]).encode(), "s.csv")
    assert again.marks == "interval_start"
    said = read("\n".join([head, *rows]).encode(), "s.csv", marks="interval_end", midnight="same_date")
    assert int(said.series[0].values.sum()) == 959_636_710
    assert local(said.series[0].start[0]) == "2018-01-01 00:00"
