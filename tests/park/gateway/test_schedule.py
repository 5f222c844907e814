"""Moments on the local clock's grid."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.gateway import schedule
from park.gateway.configuration import EVERY

START = 1_772_294_400  # 2026-03-01T00:00:00+08:00


@pytest.fixture(params=["Asia/Shanghai", "Asia/Kolkata", "Europe/Lisbon", "UTC"], autouse=True)
def zone(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


@given(st.floats(START, START + 400 * 86400), st.sampled_from(EVERY))
def test_the_next_moment_is_the_first_one_due(now: float, minutes: int) -> None:
    moment = schedule.next_moment(now, minutes)
    assert now < moment <= now + 3600 + 60 * minutes  # an hour more where clocks are put back
    assert schedule.due(moment, minutes) or schedule.offset_s(moment) != schedule.offset_s(now)
    assert schedule.due(moment, 1)


@given(st.integers(START, START + 400 * 86400), st.sampled_from(EVERY))
def test_an_instant_lies_in_its_interval(at: int, minutes: int) -> None:
    start = schedule.interval(at, minutes)
    assert start <= at < start + 60 * minutes


def test_a_reading_in_time_counts_for_its_moment() -> None:
    assert [schedule.stamp(START, START + late, 10) for late in (0, 0.4, 10, 10.6, 95.2, -1)] == [
        START, START, START, START + 10, START + 95, START - 1,
    ]  # fmt: skip


def test_times_carry_their_offset() -> None:
    written = schedule.written(START)
    assert written[19:] in ("+08:00", "+05:30", "+00:00")
    if time.tzname[0] == "CST":
        assert written == "2026-03-01T00:00:00+08:00"
