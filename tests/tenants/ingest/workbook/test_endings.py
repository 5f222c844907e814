"""Start or end of the interval: what the file shows, what is asked, what a person says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from tests.tenants.ingest.workbook.tables import delimited, instants, only, read, values

DAY = dt.datetime(2026, 3, 1)


def table(stamps: list[Any], title: str = "时间") -> bytes:
    return delimited(
        [
            [title, "kWh"],
            *([stamp if isinstance(stamp, str) else f"{stamp:%Y-%m-%d %H:%M}", (i * 7) % 13] for i, stamp in enumerate(stamps)),
        ]
    )


@pytest.mark.parametrize(
    ("first", "count", "marks", "asked"),
    [
        (DAY, 96, "interval_start", False),
        (DAY, 960, "interval_start", False),
        (DAY.replace(minute=15), 96, "interval_end", False),
        (DAY.replace(minute=15), 960, "interval_end", False),
        (DAY, 50, "interval_start", True),
        (DAY.replace(minute=15), 50, "interval_end", True),
        (DAY.replace(hour=8), 20, "interval_start", True),
        (DAY.replace(hour=8), 65, "interval_end", True),
        (DAY, 97, "interval_start", True),
    ],
)
def test_by_the_edges_of_the_file(first: dt.datetime, count: int, marks: str, asked: bool) -> None:
    found = read(table(instants(first, count)))
    assert found.marks == marks
    assert any(one.hint == "marks" and one.assumed == marks for one in found.questions) is asked
    assert str(found.marks_why)


def test_a_person_decides() -> None:
    data = table(instants(DAY, 50))
    assert next(iter(values(only(read(data, marks="interval_end"))))) == "2026-02-28 23:45"
    assert next(iter(values(only(read(data, marks="interval_start"))))) == "2026-03-01 00:00"


@pytest.mark.parametrize(
    ("title", "marks"),
    [
        ("结束时间", "interval_end"),
        ("截止时刻", "interval_end"),
        ("开始时间", "interval_start"),
        ("Interval end", "interval_end"),
        ("start", "interval_start"),
    ],
)
def test_by_the_title(title: str, marks: str) -> None:
    found = read(table(instants(DAY.replace(hour=8), 20), title))
    assert (found.marks, [one.hint for one in found.questions]) == (marks, [])


def test_start_and_end_in_two_columns() -> None:
    rows = [
        ["开始时间", "结束时间", "kWh"],
        *([f"{t:%Y-%m-%d %H:%M}", f"{t + dt.timedelta(minutes=15):%Y-%m-%d %H:%M}", 1] for t in instants(DAY, 20)),
    ]
    found = read(delimited(rows))
    assert found.marks == "interval_start"
    assert next(iter(values(only(found)))) == "2026-03-01 00:00"


def test_ranges_name_both() -> None:
    stamps = [f"{t:%Y-%m-%d %H:%M}-{t + dt.timedelta(minutes=15):%H:%M}" for t in instants(DAY.replace(hour=8), 20)]
    found = read(table(stamps))
    assert (found.marks, found.questions) == ("interval_start", [])
    assert next(iter(values(only(found)))) == "2026-03-01 08:00"


def same_date(days: int, minutes: int = 15) -> list[str]:
    step = dt.timedelta(minutes=minutes)
    ends = [t + step for t in instants(DAY, days * 1440 // minutes, minutes)]
    return [f"{(t - dt.timedelta(days=1)) if t.hour == t.minute == 0 else t:%Y-%m-%d %H:%M}" for t in ends]


@pytest.mark.parametrize("days", [1, 2, 31])
@pytest.mark.parametrize("minutes", [15, 30, 60])
@pytest.mark.parametrize("turn", [1, -1])
def test_midnight_with_the_date_it_ends(days: int, minutes: int, turn: int) -> None:
    found = read(table(same_date(days, minutes)[::turn]))
    assert (found.marks, found.midnight) == ("interval_end", "same_date")
    series = only(found)
    assert series.start.size == days * 1440 // minutes
    assert next(iter(values(series))) == "2026-03-01 00:00"


@pytest.mark.parametrize("gone", [94, 93, 0, 96])
def test_midnight_with_the_date_it_ends_beside_gaps(gone: int) -> None:
    stamps = same_date(3)
    del stamps[gone]
    assert read(table(stamps)).midnight == "same_date"


def test_a_few_rows_out_of_order_do_not_turn_midnight_round() -> None:
    stamps = [f"{t:%Y-%m-%d %H:%M}" for t in instants(DAY, 960)]
    stamps[96], stamps[95] = stamps[95], stamps[96]
    assert read(table(stamps)).marks == "interval_start"


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("days", [1, 3, 30])
def test_rows_in_no_order_prove_nothing_about_midnight(seed: int, days: int) -> None:
    stamps = [f"{t:%Y-%m-%d %H:%M}" for t in instants(DAY, 96 * days)]
    np.random.default_rng(seed).shuffle(stamps)
    found = read(table(stamps))
    assert found.marks == "interval_start"
    assert found.midnight is None


def test_24_o_clock() -> None:
    stamps = [f"{t:%Y-%m-%d %H:%M}" for t in instants(DAY.replace(minute=15), 95)] + ["2026-03-01 24:00"]
    found = read(table(stamps))
    assert (found.marks, found.midnight) == ("interval_end", "24:00")
    assert list(values(only(found)))[-1] == "2026-03-01 23:45"
