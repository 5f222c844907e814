"""Intervals of local days: irregular times, steps, clock changes, qualities."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tenants.calc.registers.course import Readings
from tenants.calc.registers.derive import derived
from tenants.calc.registers.dial import Dial
from tenants.calc.registers.exactly import times
from tenants.calc.registers.intervals import DayRows
from tenants.flows import ALLOCATED, MEASURED, MISSING

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
START = 1_767_196_800  # 2026-01-01T00:00+08:00


def rows_of(at: list[int], value: list[int], zone: ZoneInfo = SHANGHAI) -> list[DayRows]:
    readings = Readings(np.zeros(len(at), np.int64), np.array(at, np.int64), np.array(value, np.int64))
    return derived(readings, [Dial()]).curves(zone)


def test_two_readings_a_month_apart_are_spread_and_allocated() -> None:
    rows = rows_of([START + 8 * 3600 + 420, START + 31 * 86_400 + 36_000], [0, 1_000_003])
    assert {one.step for one in rows} == {60}
    assert sum(int(one.values.sum()) for one in rows) == 1_000_003
    [one] = rows
    assert one.day.size == 32
    assert set(one.quality[5].tolist()) == {ALLOCATED}
    assert one.quality[0, :8].tolist() == [MISSING] * 8
    assert int(one.values[5:30].sum(axis=1).max() - one.values[5:30].sum(axis=1).min()) <= 1


def test_polls_a_little_late_measure_their_intervals() -> None:
    late = [3, 40, 10, 59, 0, 33, 12, 20]
    rows = rows_of([START + 900 * i + late[i % 8] for i in range(40)], [1000 * i for i in range(40)])
    [one] = rows
    assert one.step == 15
    assert one.quality[0, 1:39].tolist() == [MEASURED] * 38
    assert (one.quality[0, 0], one.quality[0, 39]) == (ALLOCATED, ALLOCATED)  # the parts before the first, after the last
    assert int(one.values.sum()) == 39_000


@pytest.mark.parametrize(("every", "step"), [(60, 15), (300, 15), (900, 15), (1800, 30), (3600, 60), (21_600, 60)])
def test_the_step_is_that_of_the_readings(every: int, step: int) -> None:
    count = 86_400 // every + 1
    [one] = rows_of([START + every * i for i in range(count)], [i * every for i in range(count)])
    assert (one.step, one.day.size) == (step, 1)
    assert set(one.quality[0].tolist()) == {MEASURED if every <= 3600 else ALLOCATED} or every > 3600
    assert int(one.values.sum()) == 86_400


@pytest.mark.parametrize(
    ("first", "hours"), [(1_774_738_800, 23), (1_792_879_200, 25)], ids=["clocks go forward", "clocks go back"]
)
def test_days_of_23_and_25_hours(first: int, hours: int) -> None:
    """2026-03-29 and 2026-10-25 in Berlin."""
    count = hours * 4 + 1
    [one] = rows_of([first + 900 * i for i in range(count)], [10 * i for i in range(count)], BERLIN)
    assert one.length.tolist() == [hours * 4]
    assert one.values[0].tolist() == [10] * (hours * 4)


def test_a_gap_within_is_allocated_and_its_neighbours_measured() -> None:
    there = [i for i in range(20) if i not in (7, 8)]
    [one] = rows_of([START + 900 * i for i in there], [1000 * i for i in there])
    assert one.quality[0, :19].tolist() == [MEASURED] * 6 + [ALLOCATED] * 3 + [MEASURED] * 10


def test_products_are_exact_beyond_what_fits() -> None:
    big = np.array([10**13 - 1, 5, 15, 25], np.int64)
    one = np.ones(4, np.int64)
    assert times(big, one * 123_457, one * 1_000_000).tolist() == [
        (123_457 * (10**13 - 1) + 500_000) // 1_000_000, 1, 2, 3,
    ]  # fmt: skip
    assert times(np.array([5, 15, 25, 35], np.int64), one, one * 10).tolist() == [0, 2, 2, 4]  # half to even
    assert times(np.array([10**15], np.int64), np.array([10**9], np.int64), np.array([10**9], np.int64)).tolist() == [10**15]


def test_nothing_read_is_nothing_known() -> None:
    assert rows_of([], []) == []
    assert rows_of([START], [5]) == []
