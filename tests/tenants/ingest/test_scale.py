"""Units of devices: exact where they can be, right in the day's sum where not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.ingest.scale import UnitDoesNotFit, per_unit, scaled
from tests.tenants.readings import SHANGHAI, instant


@given(st.lists(st.floats(0, 5000), min_size=1, max_size=300), st.sampled_from([5, 15, 60]))
def test_a_day_of_power_is_the_rounded_sum(values: list[float], step: int) -> None:
    start = instant("2026-02-27") + np.arange(len(values), dtype=np.int64) * 60 * step
    milli, inexact = scaled(np.array(values), "kW", "grid_in", step, start, SHANGHAI)
    exact = np.array(values) * 1000 * step / 60
    days = (start - instant("2026-02-27")) // 86_400
    for day in np.unique(days):
        assert abs(int(milli[days == day].sum()) - exact[days == day].sum()) <= 0.5 + 1e-3
    assert inexact or np.allclose(milli, exact, atol=1e-2)


@given(st.lists(st.floats(0, 10**6), min_size=2, max_size=30), st.data())
def test_an_energy_is_the_same_value_in_any_company(values: list[float], data: st.DataObject) -> None:
    start = np.arange(len(values), dtype=np.int64) * 900
    whole, inexact = scaled(np.array(values), "kWh", "grid_in", 15, start, SHANGHAI)
    at = data.draw(st.integers(0, len(values) - 1))
    alone, _ = scaled(np.array(values[at : at + 1]), "kWh", "grid_in", 15, start[at : at + 1], SHANGHAI)
    assert not inexact
    assert whole[at] == alone[0]


@pytest.mark.parametrize(("unit", "flow"), [("kW", "water"), ("m3", "grid_in"), ("", "grid_in"), ("kWh", "output")])
def test_units_that_do_not_fit_are_named(unit: str, flow: str) -> None:
    with pytest.raises(UnitDoesNotFit):
        per_unit(unit, flow, 15)
