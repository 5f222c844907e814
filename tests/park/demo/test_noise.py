"""The demo's randomness repeats, whatever is asked for and in which order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from park.demo.noise import key, normal, uniform


def test_known_values() -> None:
    # Pinned: a change here changes every figure of every demo that runs.
    assert key("chillers", "line") == 12319358550393852735
    assert float(uniform(key("a"), 20000, 5)) == 0.9552624056042351
    assert float(normal(key("a"), 20000, 5)) == -0.8205410385485407


@given(st.integers(0, 40000), st.integers(0, 95), st.text(max_size=8))
def test_one_value_is_the_array_s_element(day: int, slot: int, name: str) -> None:
    days, slots = np.arange(day, day + 3)[:, None], np.arange(96)
    assert uniform(key(name), days, slots)[0, slot] == uniform(key(name), day, slot)


def test_names_and_counters_do_not_run_into_each_other() -> None:
    assert key("a", "b") != key("b", "a")
    assert uniform(1, 2, 3) != uniform(1, 3, 2)
    assert len(np.unique(uniform(7, np.arange(50_000)))) == 50_000


def test_distributions() -> None:
    flat, bell = uniform(key("x"), np.arange(200_000)), normal(key("x"), np.arange(200_000))
    assert 0 <= flat.min() < 1e-4
    assert 1 > flat.max() > 1 - 1e-4
    assert abs(flat.mean() - 0.5) < 0.003
    assert abs(bell.mean()) < 0.01
    assert abs(bell.std() - 1) < 0.01
    assert abs(np.corrcoef(flat[1:], flat[:-1])[0, 1]) < 0.01
