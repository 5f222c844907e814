"""Readings one by one: what a brief zero, a step back, a spike, a reset, a rollover turn into."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tenants.calc.registers.course import Readings
from tenants.calc.registers.derive import Derived, derived
from tenants.calc.registers.dial import ClockOff, Dial, Exchange, Multiplied
from tenants.calc.registers.occurrences import occurrences

ZONE = ZoneInfo("Asia/Shanghai")
START = 1_767_196_800
LINE = [1000.0 + i for i in range(10)]


def read(values: Sequence[float], dial: Dial | None = None, every: int = 900) -> Derived:
    at = START + every * np.arange(len(values), dtype=np.int64)
    readings = np.array([round(1000 * one) for one in values], np.int64)
    return derived(Readings(np.zeros(at.size, np.int64), at, readings), [dial or Dial()])


def energies(found: Derived) -> list[int | None]:
    """Milli-units of each interval, None where missing, without the empty end."""
    [rows] = found.curves(ZONE)
    values = [int(v) if q else None for v, q in zip(rows.values[0], rows.quality[0], strict=True)]
    while values and values[-1] is None:
        values.pop()
    return values


@pytest.mark.parametrize("lie", [[0.0], [0.0, 0.0, 0.0], [998.0], [0.0, 3.0], [5e6], [0.0] * 40, [0.0, 5e6, 0.0]])
def test_what_returns_to_its_line_was_a_glitch(lie: list[float]) -> None:
    after = [1009 + len(lie) + i for i in range(1, 9)]
    values = [*LINE, *lie, *after]
    found = read(values)
    assert found.knots.total(0) == round(1000 * (values[-1] - values[0]))
    assert max(one or 0 for one in energies(found)) <= 1001
    [glitch] = (
        [one for one in occurrences(found.verdicts, [Dial()]) if one.rule == "register_glitch"]
        if len(lie) < 3 or len(set(lie)) == 1
        else occurrences(found.verdicts, [Dial()])[:1]
    )
    assert not glitch.counted


@pytest.mark.parametrize("lie", [0.0, 998.0, 5e6])
def test_until_the_next_readings_tell_it_is_missing(lie: float) -> None:
    found = read([*LINE, lie])
    assert energies(found) == [1000] * 9
    [one] = occurrences(found.verdicts, [Dial()])
    assert (one.rule, one.readings, one.start) == ("register_pending", 1, START + 9000)


def test_a_stuck_zero_stays_pending_for_days() -> None:
    found = read([*LINE, *([0.0] * 300)])
    assert found.knots.total(0) == 9000
    assert [one.rule for one in occurrences(found.verdicts, [Dial()])] == ["register_pending"]


def test_a_reset_counts_from_zero() -> None:
    found = read([*LINE, 0.5, 1.5, 2.5, 3.5])
    assert energies(found) == [1000] * 9 + [500, 1000, 1000, 1000]
    [one] = occurrences(found.verdicts, [Dial()])
    assert (one.rule, one.counted, one.energy) == ("register_reset", True, 500)


def test_a_register_that_stands_elsewhere_leaves_a_gap_and_not_a_spike() -> None:
    """A used meter was put in its place and nobody said so."""
    found = read([*LINE, 700.0, 701.0, 702.0, 703.0])
    assert energies(found) == [1000] * 9 + [None, 1000, 1000, 1000]
    [one] = occurrences(found.verdicts, [Dial()])
    assert (one.rule, one.counted, one.before, one.after) == ("register_reset", False, 1_009_000, 700_000)


@pytest.mark.parametrize(("digits", "top"), [(5, 99_999.5), (None, 99_999.5), (None, 999_999.0), (4, 9998.0)])
def test_a_rollover_goes_on_counting(digits: int | None, top: float) -> None:
    whole = 10 ** len(str(int(top)))
    values = [(top - 9 + i) % whole for i in range(20)]
    found = read(values, Dial(digits=digits))
    assert energies(found) == [1000] * 19
    [one] = occurrences(found.verdicts, [Dial(digits=digits)])
    assert (one.rule, one.energy, one.counted) == ("register_rollover", 1000, True)


def test_the_rated_power_bounds_what_is_believed() -> None:
    rated = Dial(rated=Decimal(100))  # kW, so 25 kWh a quarter of an hour
    found = read([0.0, 20.0, 40.0, 60.0, 300.0], rated)
    assert energies(found) == [20_000] * 3
    found = read([0.0, 20.0, 40.0, 60.0, 300.0, 320.0, 340.0], rated)
    assert energies(found) == [20_000] * 3 + [None, 20_000, 20_000]


def test_a_burst_after_standby_is_counted_once_it_goes_on() -> None:
    """Five watts of standby, then a charging car: absurd by its history, true all the same."""
    values = [100 + 0.00125 * i for i in range(12)]
    burst = [values[-1] + 2.75 * i for i in (1, 2)]
    rest = [burst[-1] + 0.00125 * i for i in range(1, 9)]
    found = read([*values, *burst, *rest])
    assert found.knots.total(0) == round(1000 * rest[-1]) - 100_000


def test_a_burst_of_one_poll_is_no_glitch() -> None:
    """A dishwasher: hours of next to nothing, one hour of much, nothing again."""
    values = [18 + 0.004 * i for i in range(12)]
    values += [values[-1] + 0.472, *(values[-1] + 0.472 + 0.004 * (i // 6) for i in range(1, 12))]
    found = read(values, every=3600)
    assert occurrences(found.verdicts, [Dial()]) == []
    assert found.knots.total(0) == round(1000 * values[-1]) - 18_000


def test_first_readings_that_were_none() -> None:
    found = read([0.0, *LINE])
    assert found.knots.total(0) == 9000


def test_an_exchange_counts_both_meters() -> None:
    at = START + 9 * 900 + 300
    dial = Dial(exchanges=(Exchange(at, 1_009_400, 20_000),))
    found = read([*LINE, 20.6, 21.6, 22.6], dial)
    assert energies(found)[:9] == [1000] * 9
    assert found.knots.total(0) == 9400 + 2600
    assert energies(found)[9] == 400 + 600


def test_an_exchange_without_a_final_reading_leaves_that_energy_missing() -> None:
    at = START + 10 * 900 - 60
    found = read([*LINE, 0.1, 1.1], Dial(exchanges=(Exchange(at, None, 0),)))
    assert found.knots.total(0) == 9000 + 1100
    assert energies(found)[9:] == [100, 1000]


def test_a_multiplier_counts_from_its_moment_on() -> None:
    dial = Dial(Decimal(10), multipliers=(Multiplied(START + 4 * 900 + 450, Decimal(20)),))
    found = read(LINE, dial)
    assert energies(found) == [10_000] * 4 + [15_000] + [20_000] * 4


def test_a_clock_that_was_ahead_is_taken_back() -> None:
    ahead = 86_400
    at = np.array([START + 900 * i + (ahead if 4 <= i < 8 else 0) for i in range(12)], np.int64)
    order = np.argsort(at)
    values = np.array([1_000_000 + 1000 * i for i in range(12)], np.int64)
    readings = Readings(np.zeros(12, np.int64), at[order], values[order])
    dial = Dial(clocks=(ClockOff(START + ahead + 4 * 900, START + ahead + 8 * 900, ahead),))
    found = derived(readings, [dial])
    assert energies(found) == [1000] * 11


def test_several_registers_do_not_mix() -> None:
    one, other = read(LINE), read([*LINE, 0.0, 1010.0])
    at = START + 900 * np.arange(12, dtype=np.int64)
    line = np.repeat([0, 1], [10, 12])
    values = np.array([round(1000 * v) for v in [*LINE, *LINE, 0.0, 1010.0]], np.int64)
    both = derived(Readings(line, np.concatenate([at[:10], at]), values), [Dial(), Dial()])
    assert both.knots.total(0) == one.knots.total(0)
    assert both.knots.total(1) == other.knots.total(0) == 10_000
