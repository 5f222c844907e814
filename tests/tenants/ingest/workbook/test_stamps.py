"""Texts as times: known answers, and every moment in every writing."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.ingest.workbook.date_order import date_order
from tenants.ingest.workbook.stamps import NONE, civil_from_days, clock, days_from_civil, parse

EPOCH = dt.date(1970, 1, 1)


@pytest.mark.parametrize(
    ("text", "day", "second", "offset"),
    [
        ("2026-03-01T00:15:00+08:00", (2026, 3, 1), 900, 28_800), ("2026-03-01 00:15:00 -0330", (2026, 3, 1), 900, -12_600),
        ("2026-03-01T00:15Z", (2026, 3, 1), 900, 0), ("2026-03-01T00:00-08:00", (2026, 3, 1), 0, -28_800),
        ("2026年3月1日", (2026, 3, 1), NONE, NONE), ("2026年3月1日 0时15分", (2026, 3, 1), 900, NONE),
        ("2026年03月01日24时", (2026, 3, 1), 86_400, NONE), ("2026/3/1 0:15", (2026, 3, 1), 900, NONE),
        ("2026.3.1 08:05:09", (2026, 3, 1), 29_109, NONE), ("20260301 0015", (2026, 3, 1), 900, NONE),
        ("202603010015", (2026, 3, 1), 900, NONE), ("20260301", (2026, 3, 1), NONE, NONE),
        ("２０２６-０３-０１ ００：１５", (2026, 3, 1), 900, NONE), ("2026-03-01 星期日 00:15", (2026, 3, 1), 900, NONE),
        ("01-Mar-2026 00:15", (2026, 3, 1), 900, NONE), ("March 1, 2026 3:15 PM", (2026, 3, 1), 54_900, NONE),
        ("2026/3/1 下午3:15", (2026, 3, 1), 54_900, NONE), ("2026/3/1 上午12:15", (2026, 3, 1), 900, NONE),
        ("2026-03-01 00:15:00.000", (2026, 3, 1), 900, NONE), ("46082.0104166667", (2026, 3, 1), 900, NONE),
        ("46082.0104", (2026, 3, 1), 900, NONE), ("46082", (2026, 3, 1), NONE, NONE), ("1772295300", (2026, 2, 28), 58_500, 0),
        ("1772295300000", (2026, 2, 28), 58_500, 0),
    ],
)  # fmt: skip
def test_known(text: str, day: tuple[int, int, int], second: int, offset: int) -> None:
    stamps = parse([text], serials=True)
    assert stamps.good.all()
    assert stamps.days("ymd")[0] == (dt.date(*day) - EPOCH).days
    assert (stamps.second[0], stamps.offset[0]) == (second, offset)


@pytest.mark.parametrize(
    "text", ["2026-03-01 00:00-00:15", "2026-03-01 00:00~00:15", "2026-03-01 00:00 至 00:15", "2026/3/1 0:00—0:15"]
)
def test_ranges(text: str) -> None:
    stamps = parse([text])
    assert (stamps.second[0], stamps.until[0], stamps.offset[0]) == (0, 900, NONE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "2026-03-01 25:00",
        "2026-03-01 24:15",
        "2026-03-01 00:60",
        "12:00",
        "3.17",
        "2026-03-01x",
        "2026-03-01 00:15+20:00",
        "合计",
        "1-2",
    ],
)
def test_not_times(text: str) -> None:
    assert not parse([text]).good.any()


def test_bare_numbers_are_times_only_where_that_is_asked() -> None:
    assert not parse(["46082.5", "1772295300"]).good.any()


@pytest.mark.parametrize("text", ["2026-02-29", "2026-04-31 00:15", "2026-13-01", "2026-00-10", "2026-01-00"])
def test_days_that_do_not_exist(text: str) -> None:
    assert parse([text]).days("ymd")[0] == NONE


def test_a_leap_day() -> None:
    assert parse(["2024-02-29", "2000-02-29", "2100-02-29"]).days("ymd").tolist() == [19_782, 11_016, NONE]


@given(st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2098, 12, 31)))
def test_any_moment_in_any_writing(moment: dt.datetime) -> None:
    moment = moment.replace(second=0, microsecond=0)
    writings = [
        moment.isoformat(),
        f"{moment:%Y/%m/%d %H:%M}",
        f"{moment.year}年{moment.month}月{moment.day}日{moment.hour}时{moment.minute}分",
        f"{moment:%d/%m/%Y %H:%M}",
        f"{moment:%d-%b-%Y %I:%M %p}",
        repr((moment - dt.datetime(1899, 12, 30)).total_seconds() / 86_400)
        if moment.hour + moment.minute
        else f"{moment:%Y-%m-%d %H:%M}",
    ]
    stamps = parse(writings, serials=True)
    assert stamps.good.all()
    assert set(stamps.days("dmy").tolist()) == {(moment.date() - EPOCH).days}
    assert set(stamps.second.tolist()) == {moment.hour * 3600 + moment.minute * 60}


@given(st.integers(-25_000, 300_000))
def test_days_and_dates_are_inverse(number: int) -> None:
    days = np.array([number])
    date = EPOCH + dt.timedelta(days=number)
    assert [int(part[0]) for part in civil_from_days(days)] == [date.year, date.month, date.day]
    assert days_from_civil(*civil_from_days(days))[0] == number


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("0:15", 900),
        ("24:00", 86_400),
        ("8时15分", 29_700),
        ("8点", 28_800),
        ("00:15:00", 900),
        ("下午3:15", 54_900),
        ("12:00 am", 0),
    ],
)
def test_clock(text: str, second: int) -> None:
    assert clock(text) == second


@pytest.mark.parametrize("text", ["", "25:00", "24:01", "12", "abc", "12:60"])
def test_no_clock(text: str) -> None:
    assert clock(text) is None


@pytest.mark.parametrize(
    ("texts", "order", "is_open"),
    [
        (["2026-03-01"], "ymd", False), (["13/02/2018"], "dmy", False), (["02/13/2018"], "mdy", False),
        (["01/02/2018", "13/02/2018"], "dmy", False), (["01/02/2018"], "dmy", True), (["01/02/2018", "02/02/2018"], "dmy", True),
        (["01/02/2018", "02/02/2018", "03/02/2018", "04/02/2018"], "dmy", False),
        (["02/01/2018", "02/02/2018", "02/03/2018", "02/04/2018"], "mdy", False), (["26-03-01", "26-03-13"], "ymd", True),
        (["13-03-26", "14-03-26"], "dmy", True), (["04/02/2018", "03/02/2018", "02/02/2018", "01/02/2018"], "dmy", False),
    ],
)  # fmt: skip
def test_order_of_dates(texts: list[str], order: str, is_open: bool) -> None:
    found = date_order(parse(texts))
    assert (found.order, found.open) == (order, is_open)
    assert str(found.why)
