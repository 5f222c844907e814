"""A bill beside its meter, and the meters behind a meter."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tenants.calc.quality.bill import compare
from tenants.calc.quality.children import children_above
from tests.tenants.calc.quality.histories import history, workshop


@pytest.mark.parametrize(("billed", "metered", "present", "verdict"), [
    (100_000, 101_999, 1, "agrees"), (100_000, 98_000, 1, "agrees"), (100_000, 102_001, 1, "differs"),
    (100_000, 97_999, 1, "differs"), (0, 0, 1, "agrees"), (0, 5, 1, "differs"),
    (100_000, 60_000, Fraction(6, 10), "incomplete"), (100_000, 130_000, Fraction(6, 10), "differs"),
])  # fmt: skip
def test_a_bill_and_its_meter(billed: int, metered: int, present: Fraction, verdict: str) -> None:
    assert compare(billed, metered, Fraction(present)).verdict == verdict


def test_the_difference_is_told_with_its_sign() -> None:
    found = compare(100_000, 95_000, Fraction(1))
    assert (found.difference, str(found.share)) == (5_000, "0.05")


def test_children_that_show_more_than_goes_through() -> None:
    parent = history(workshop(10))
    through = parent.values
    there = parent.inside.copy()
    assert children_above(parent, through, (through * 1.015).astype(np.int64), there) == []
    below = through.copy()
    below[4:6] = (below[4:6] * 1.3).astype(np.int64)
    (one,) = children_above(parent, through, below, there)
    assert (one.start, one.end) == (int(parent.begins[4]), int(parent.begins[6]))
    assert one.energy == int((below - through).sum())
    assert (one.facts["days"], one.facts["share"]) == (2, "30.0")


def test_days_that_one_of_the_meters_has_not_are_left_out() -> None:
    parent = history(workshop(10))
    there = parent.inside.copy()
    there[4, 10:] = False
    below = parent.values.copy()
    below[4] *= 2
    assert children_above(parent, parent.values, below, there) == []
