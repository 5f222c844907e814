"""What must hold of every register: exact sums, the truth within one step, never negative, whatever the order of arrival."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tenants.calc.registers.derive import derived
from tenants.calc.registers.occurrences import occurrences
from tenants.calc.registers.verdict import COUNTED, GLITCH
from tests.tenants.calc.registers.memory import Memory, curves
from tests.tenants.calc.registers.plant import plant
from tests.tenants.calc.registers.wild import wild

ZONES = [ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")]
SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=1000)
@given(SEEDS)
def test_the_curve_is_the_register_difference_and_the_truth(seed: int) -> None:
    """Rollovers, exchanges, multipliers, brief zeros, steps back and absurd jumps, all mixed."""
    made = plant(seed)
    found = derived(made.readings(), [made.dial])
    rows = found.curves(ZONES[0])
    total = sum(int(one.values.sum(dtype=np.int64)) for one in rows)
    assert total == found.knots.total(0)
    assert all((one.values >= 0).all() for one in rows)
    steps = np.diff(made.truth)
    roundings = 2 + len(made.dial.exchanges) + len(made.dial.multipliers)
    changes = len(made.dial.multipliers)  # each lies on a reading, or its part is interpolated
    assert abs(total - int(made.truth[-1])) <= roundings + (int(steps.max()) if changes or made.lies.any() else 0)
    # No interval has more than its readings counted at most at once, whatever the line said.
    most = max(int(one.values.max()) * 15 // one.step for one in rows)
    assert most <= 5 * int(steps.max()) + 2 * int(1000 * made.dial.multiplier) + roundings


@settings(max_examples=300)
@given(SEEDS)
def test_without_events_the_sum_is_last_minus_first_to_the_milli_unit(seed: int) -> None:
    made = plant(seed, events=False, lies=False)
    assume((np.diff(made.value) >= 0).all())  # not rolled over
    found = derived(made.readings(), [made.dial])
    good = np.flatnonzero(found.verdicts.verdict == COUNTED)
    first, last = int(made.value[good[0]]), int(made.value[good[-1]])
    times = made.dial.multiplier_at(0)
    total = sum(int(one.values.sum(dtype=np.int64)) for one in found.curves(ZONES[0]))
    assert total == round(times * last) - round(times * first)


def arrive(seed: int, zone: ZoneInfo) -> None:
    """In parts of any size, in any order, many of them twice; each part is a program of its own."""
    made = plant(seed, days=7)
    rng = np.random.default_rng(seed)
    memory = Memory(made.dial, zone)
    size = int(rng.choice([1, 7, 40, 200]))
    order = np.arange(made.at.size)
    if rng.random() < 0.5:
        order = rng.permutation(order)
    parts = np.split(order, np.arange(size, order.size, size))[:25]
    parts.append(np.setdiff1d(order, np.concatenate(parts)))
    parts += [parts[i] for i in rng.integers(0, len(parts), 2)]
    for one in parts:
        memory.send(made.at[one], made.value[one])
    assert memory.curves == curves(derived(made.readings(), [made.dial]), zone)


@settings(max_examples=100)
@given(SEEDS, st.sampled_from(ZONES))
def test_any_order_and_batching_gives_the_same_bytes(seed: int, zone: ZoneInfo) -> None:
    arrive(seed, zone)


@pytest.mark.long
@settings(max_examples=1000)
@given(SEEDS, st.sampled_from(ZONES))
def test_any_order_and_batching_gives_the_same_bytes_in_a_thousand_cases(seed: int, zone: ZoneInfo) -> None:
    arrive(seed, zone)


def hold(seed: int) -> None:
    """Sums are exact, nothing is negative, and the order of arrival does not matter, whatever was sent."""
    readings, dial = wild(seed)
    found = derived(readings, [dial])
    rows = found.curves(ZONES[1])
    assert sum(int(one.values.sum(dtype=np.int64)) for one in rows) == found.knots.total(0)
    assert all((one.values >= 0).all() for one in rows)
    assert (found.knots.energy >= 0).all()
    assert all(one.energy >= 0 for one in occurrences(found.verdicts, [dial]))
    if dial.clocks:
        return  # then the database reads everything
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(readings)) if rng.random() < 0.5 else np.arange(len(readings))
    memory = Memory(dial, ZONES[1])
    for one in np.array_split(order, int(rng.integers(1, 8))):
        memory.send(readings.at[one], readings.value[one])
    assert memory.curves == curves(found, ZONES[1])


@settings(max_examples=100)
@given(SEEDS)
def test_what_makes_no_sense_is_counted_exactly_too(seed: int) -> None:
    hold(seed)


@pytest.mark.long
@settings(max_examples=1000)
@given(SEEDS)
def test_what_makes_no_sense_is_counted_exactly_too_in_a_thousand_cases(seed: int) -> None:
    hold(seed)


@settings(max_examples=100)
@given(SEEDS)
def test_most_lies_are_found_and_hardly_a_true_reading_is_called_one(seed: int) -> None:
    made = plant(seed)
    verdicts = derived(made.readings(), [made.dial]).verdicts
    origin = verdicts.course.origin
    called = np.zeros(made.at.size, bool)
    called[origin[(verdicts.verdict == GLITCH) & (origin >= 0)]] = True
    assert (called & ~made.lies).sum() <= made.lies.sum()
    if not made.lies.any():
        assert not called.any()
