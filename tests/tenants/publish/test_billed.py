"""Bills on days: the known answer "Gaps", exact sums whatever the meters saw, bill against meter."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tenants.publish.billed import Bill, by_day, settled, spread
from tenants.publish.sums import DaySums, Window, nothing

YEAR = 365


def window(count: int) -> Window:
    return Window(np.arange(20_000, 20_000 + count, dtype=np.int32), np.full(count, 1440, np.int64), 30_000)


def metered(quantity: list[int], missing: list[int]) -> DaySums:
    q, m = np.array(quantity, np.int64), np.array(missing, np.int64)
    none = np.zeros(q.size, np.int64)
    return DaySums(q, q, none, none, m, np.full(q.size, 1440, np.int64))


def test_the_known_answer_of_a_year_with_gaps() -> None:
    """960,000 kWh billed, 930,000 seen in 34,164 of 35,040 quarters: time 97.5 %, energy 96.875 %, backed 100 %."""
    missing = [0] * YEAR
    for day in range(73):
        missing[day * 5] = 12 * 15
    seen = metered([930_000_000 // YEAR + (1 if day < 930_000_000 % YEAR else 0) for day in range(YEAR)], missing)
    sums = settled(window(YEAR), [Bill(20_000, 20_000 + YEAR, 960_000_000, "bill")], seen, "bill")
    assert int(sums.quantity.sum()) == int(sums.backed.sum()) == 960_000_000
    assert int(sums.measured.sum()) == 930_000_000
    assert int(sums.estimated.sum()) == 30_000_000
    assert 1 - int(sums.missing.sum()) / int(sums.expected.sum()) == 0.975
    assert int(sums.measured.sum()) / int(sums.quantity.sum()) == 0.96875
    # The difference stands on the days with gaps, nowhere else.
    assert set(np.flatnonzero(sums.estimated)) == {day * 5 for day in range(73)}


def test_where_the_meter_counts_the_bill_only_confirms() -> None:
    seen = metered([100, 200], [0, 0])
    sums = settled(window(2), [Bill(20_000, 20_002, 280, "bill")], seen, "meter")
    assert sums.quantity.tolist() == [100, 200]
    assert int(sums.backed.sum()) <= 280


def test_a_bill_alone_is_the_measurement_and_its_backing() -> None:
    sums = by_day(window(31), [Bill(20_000, 20_031, 1000, "bill")], nothing(31))
    assert int(sums.quantity.sum()) == int(sums.measured.sum()) == int(sums.backed.sum()) == 1000
    assert int(sums.missing.sum()) == 0
    assert int(sums.expected.sum()) == 31 * 1440


def test_an_estimate_is_an_estimate_and_a_statement_is_not_backed() -> None:
    one = by_day(window(2), [Bill(20_000, 20_002, 10, "estimate")], nothing(2))
    assert (int(one.estimated.sum()), int(one.measured.sum()), int(one.backed.sum())) == (10, 0, 0)
    other = by_day(window(2), [Bill(20_000, 20_002, 10, "statement")], nothing(2))
    assert (int(other.measured.sum()), int(other.backed.sum())) == (10, 0)


def test_a_bill_below_the_meters_takes_the_difference_from_all_days() -> None:
    sums = settled(window(3), [Bill(20_000, 20_003, 270, "bill")], metered([100, 150, 50], [0, 0, 0]), "bill")
    assert sums.quantity.tolist() == [90, 135, 45]
    assert (sums.measured <= sums.quantity).all()


def test_days_without_a_meter_take_the_bill_whatever_counts() -> None:
    seen = nothing(4).where(np.array([True, True, False, False]), metered([0, 0, 70, 80], [0, 0, 0, 0]))
    sums = settled(window(4), [Bill(20_000, 20_004, 250, "bill")], seen, "meter")
    assert sums.quantity.tolist() == [50, 50, 70, 80]


@given(st.lists(st.tuples(st.integers(0, 10**10), st.integers(0, 1440)), min_size=1, max_size=60), st.integers(0, 10**12))
def test_the_days_of_a_bill_add_up_to_it_and_none_is_negative(days: list[tuple[int, int]], total: int) -> None:
    seen = np.array([one for one, _ in days], np.int64)
    shares = spread(total, seen, np.array([gap for _, gap in days], np.int64), np.full(len(days), 1440, np.int64))
    assert int(shares.sum()) == total
    assert (shares >= 0).all()


def test_a_bill_of_which_the_meter_hardly_saw_anything_counts_until_somebody_says_otherwise() -> None:
    """One day of readings beside a month's bill is no reason to forget the bill; half of it is."""
    bill = [Bill(20_000, 20_030, 9_000_000, "bill")]
    one_day = metered([300_000] + [0] * 29, [0] + [1440] * 29)
    half = metered([300_000] * 15 + [0] * 15, [0] * 15 + [1440] * 15)
    assert int(settled(window(30), bill, one_day, "auto").quantity.sum()) == 9_000_000
    assert int(settled(window(30), bill, one_day, "auto").measured.sum()) == 300_000
    assert int(settled(window(30), bill, half, "auto").quantity.sum()) == 15 * 300_000
    assert int(settled(window(30), bill, one_day, "meter").quantity.sum()) == 300_000
