"""Coarser and finer values: sums are kept to the last unit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tenants.curves.steps import Facts, coarsened, combine, spread, worst
from tenants.flows import ALLOCATED, CORRECTED, ESTIMATED, MEASURED, MISSING, SUSPECT

hours = st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from([MISSING, MEASURED, ESTIMATED])), min_size=3, max_size=3)
quarters = st.lists(st.tuples(st.integers(0, 10**5), st.sampled_from([MISSING, MEASURED])), min_size=12, max_size=12)


def facts(cells: list[tuple[int, int]]) -> Facts:
    values = np.array([[value if kind else 0 for value, kind in cells]], np.int32)
    return Facts(values, np.array([[kind for _, kind in cells]], np.uint8))


@given(hours, quarters)
def test_an_hour_that_is_used_is_the_sum_of_its_quarters(coarse: list[tuple[int, int]], fine: list[tuple[int, int]]) -> None:
    made = combine({60: facts(coarse), 15: facts(fine)})
    for hour, (value, kind) in enumerate(coarse):
        span = slice(hour * 4, hour * 4 + 4)
        got, codes = made.values[0, span], made.quality[0, span]
        measured = [(v, k) for v, k in fine[span] if k]
        used = bool(kind) and len(measured) < 4 and sum(v for v, _ in measured) <= value
        assert bool(made.facts[60].quality[0, hour]) == used
        if used:
            assert int(got.sum()) == value
            assert (codes != MISSING).all()
            filled = [int(v) for v, k in zip(got, codes, strict=True) if k in (ALLOCATED, ESTIMATED)]
            assert max(filled) - min(filled) <= 1
        for (v, k), g, c in zip(fine[span], got, codes, strict=True):
            if k:
                assert (v, k) == (g, c)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20), st.sampled_from([1, 3, 4, 12]))
def test_spreading_and_summing_up_again_changes_nothing(values: list[int], ratio: int) -> None:
    given_ = np.array([values], np.int64)
    kinds = np.full(given_.shape, MEASURED, np.uint8)
    back, _ = coarsened(*spread(given_, kinds, ratio), ratio)
    assert (back == given_).all()


def test_the_worst_quality_wins() -> None:
    order = [MEASURED, CORRECTED, ALLOCATED, ESTIMATED, SUSPECT, MISSING]
    for i, bad in enumerate(order):
        for good in order[: i + 1]:
            assert worst(np.array([good, bad], np.uint8)) == bad
