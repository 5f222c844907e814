"""Local days: the zones' own arithmetic is the judge."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants import clock

ZONES = (
    "Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Beirut",
    "Pacific/Apia", "America/St_Johns", "UTC",
)  # fmt: skip
SPAN = (946_684_800, 1_924_992_000)  # 2000 to 2030


@given(st.sampled_from(ZONES), st.lists(st.integers(*SPAN), min_size=1, max_size=30))
def test_the_local_day_is_the_zones(key: str, instants: list[int]) -> None:
    zone = ZoneInfo(key)
    days, seconds = clock.split(np.array(instants, np.int64), zone)
    for instant, day, passed in zip(instants, days, seconds, strict=True):
        local = dt.datetime.fromtimestamp(instant, zone)
        assert clock.date_of(day) == local.date()
        assert 0 <= passed < 27 * 3600
        assert dt.datetime.fromtimestamp(instant - int(passed), zone).date() == local.date()
        assert dt.datetime.fromtimestamp(instant - int(passed) - 1, zone).date() < local.date()


@pytest.mark.parametrize(
    ("key", "day", "step", "count"),
    [
        ("Asia/Shanghai", "2026-03-29", 15, 96),
        ("Europe/Berlin", "2026-03-29", 15, 92),
        ("Europe/Berlin", "2026-10-25", 15, 100),
        ("Europe/Berlin", "2026-10-25", 60, 25),
        ("America/Sao_Paulo", "2018-11-04", 15, 92),
        ("America/Sao_Paulo", "2019-02-16", 15, 100),
        ("Australia/Lord_Howe", "2026-04-05", 15, 98),
        ("Asia/Shanghai", "2024-02-29", 5, 288),
    ],
)
def test_days_have_as_many_intervals_as_their_clocks_say(key: str, day: str, step: int, count: int) -> None:
    assert clock.intervals_in_day(ZoneInfo(key), dt.date.fromisoformat(day), step) == count


def test_bounds_of_days_are_midnights() -> None:
    bounds = clock.day_bounds(ZoneInfo("Asia/Shanghai"), dt.date(2025, 12, 31), dt.date(2026, 1, 1))
    assert [dt.datetime.fromtimestamp(int(one), dt.UTC).isoformat() for one in bounds] == [
        "2025-12-30T16:00:00+00:00", "2025-12-31T16:00:00+00:00", "2026-01-01T16:00:00+00:00",
    ]  # fmt: skip


def test_minutes_of_a_day_are_counted_from_its_midnight() -> None:
    days, minutes = clock.day_of(np.array([1_767_196_800 + 37 * 60], np.int64), ZoneInfo("Asia/Shanghai"))
    assert (str(days[0]), int(minutes[0])) == ("2026-01-01", 37)


def test_nothing_in_gives_nothing_out() -> None:
    none = np.zeros(0, np.int64)
    assert clock.split(none, ZoneInfo("UTC"))[0].size == 0
    assert clock.minutes_in_days(ZoneInfo("UTC"), np.zeros(0, np.int32)).size == 0
