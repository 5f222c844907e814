"""A zone with summer time: the hour that is there twice, the hour that is not there."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tenants.ingest.workbook.local_time import instants, locals_of
from tests.tenants.ingest.workbook.tables import BERLIN, delimited, only, read

SPRING, AUTUMN = dt.date(2025, 3, 30), dt.date(2025, 10, 26)
UTC = dt.UTC
ZONES = ["Europe/Berlin", "Asia/Shanghai", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata"]


def utc_day(day: dt.date, minutes: int) -> list[dt.datetime]:
    """All interval starts of a local day, as instants."""
    begin = dt.datetime.combine(day, dt.time(), BERLIN).astimezone(UTC)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), BERLIN).astimezone(UTC)
    return [begin + dt.timedelta(minutes=minutes * i) for i in range(int((end - begin).total_seconds()) // 60 // minutes)]


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@pytest.mark.parametrize("minutes", [15, 60])
@pytest.mark.parametrize("ends", [False, True])
@pytest.mark.parametrize("down", [False, True])
def test_local_times_of_a_day_of_23_or_25_hours(day: dt.date, minutes: int, ends: bool, down: bool) -> None:
    moments = [
        moment for one in (day - dt.timedelta(days=1), day, day + dt.timedelta(days=1)) for moment in utc_day(one, minutes)
    ]
    shift = dt.timedelta(minutes=minutes if ends else 0)
    rows = [[f"{(moment + shift).astimezone(BERLIN):%Y-%m-%d %H:%M}", i % 17 + 1] for i, moment in enumerate(moments)]
    found = read(delimited([["时间", "电量(kWh)"], *(rows[::-1] if down else rows)]), zone=BERLIN)
    series = only(found)
    assert found.rejected == []
    assert found.marks == ("interval_end" if ends else "interval_start")
    assert series.start.tolist() == [int(moment.timestamp()) for moment in moments]
    assert series.values.tolist() == [(i % 17 + 1) * 1000 for i in range(len(moments))]


def test_two_meters_each_have_the_hour_twice() -> None:
    rows = [["表号", "时间", "kWh"]]
    for meter in ("A", "B"):
        rows += [[meter, f"{moment.astimezone(BERLIN):%Y-%m-%d %H:%M}", "1"] for moment in utc_day(AUTUMN, 60)]
    found = read(delimited(rows), zone=BERLIN)
    assert [one.start.size for one in found.series] == [25, 25]


def test_the_third_of_a_time_is_a_double() -> None:
    rows = [[f"{moment.astimezone(BERLIN):%Y-%m-%d %H:%M}", "1"] for moment in utc_day(AUTUMN, 60)]
    found = read(delimited([["时间", "kWh"], *rows, ["2025-10-26 02:00", "9"]]), zone=BERLIN)
    assert only(found).start.size == 24
    assert sorted(one.row for one in found.rejected) == [5, 27]


def test_a_time_that_does_not_exist_is_refused_by_name() -> None:
    rows = [[f"2025-03-30 {hour:02d}:00", "1"] for hour in range(24)]
    found = read(delimited([["时间", "kWh"], *rows]), zone=BERLIN)
    assert only(found).start.size == 23
    assert [(one.row, one.facts["text"]) for one in found.rejected] == [(4, "2025-03-30 02:00")]
    assert found.refused.tolist() == [4]


@pytest.mark.parametrize("cell", ["", "5"])
def test_wide_day_of_23_hours(cell: str) -> None:
    titles = [f"{hour}:00" for hour in range(24)]
    cells = ["1"] * 24
    cells[2] = cell
    found = read(delimited([["日期", *titles], ["2025-03-30", *cells], ["2025-03-31", *cells]]), zone=BERLIN)
    assert only(found).start.size == 47
    assert [one.row for one in found.rejected] == ([2] if cell else [])


def test_times_with_offset_need_no_guess() -> None:
    rows = [[moment.astimezone(BERLIN).isoformat(), i * 7 % 25 + 1] for i, moment in enumerate(utc_day(AUTUMN, 60))]
    np.random.default_rng(3).shuffle(rows)
    found = read(delimited([["time", "kWh"], *rows]), zone=BERLIN)
    assert only(found).values.tolist() == [(i * 7 % 25 + 1) * 1000 for i in range(25)]


@pytest.mark.parametrize("name", ZONES)
def test_there_and_back(name: str) -> None:
    """Each instant of eight years has a local time that leads back to it."""
    zone = ZoneInfo(name)
    utc = np.arange(1_420_000_000, 1_680_000_000, 1_800, dtype=np.int64) // 1800 * 1800
    local = locals_of(utc, zone)
    found = instants(local, zone)
    assert not found.gap.any()
    assert ((found.first == utc) | (found.again == utc)).all()
    assert (found.first <= found.again).all()


@pytest.mark.parametrize("name", ZONES)
def test_like_the_standard_library(name: str) -> None:
    zone = ZoneInfo(name)
    utc = np.arange(1_540_000_000, 1_575_000_000, 3_600, dtype=np.int64)
    expected = [int((moment := dt.datetime.fromtimestamp(int(one), zone)).utcoffset().total_seconds()) + int(one) for one in utc]  # type: ignore[union-attr]
    del moment
    assert locals_of(utc, zone).tolist() == expected
