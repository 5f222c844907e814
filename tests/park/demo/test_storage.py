"""The demo's battery."""

import numpy as np
import pytest

from park.demo import model, storage, workdays
from park.demo.assumptions import assumptions, quarter

FIRM = assumptions().firm("battery")
MADE = model.balance(FIRM, workdays.year_days(2026))


def test_it_loses_what_a_battery_loses_and_never_gives_what_it_has_not() -> None:
    assert MADE.discharged.sum() / MADE.charged.sum() == pytest.approx(0.94**2, abs=0.002)
    stored = np.cumsum(MADE.charged * 0.94 - MADE.discharged / 0.94, axis=1)
    assert stored.min() > -100  # watt-hours of rounding
    assert stored.max() <= FIRM.storage_kwh * 1000
    assert np.abs(stored[:, -1]).max() < 100


def test_it_keeps_to_its_power_and_sends_nothing_to_the_grid() -> None:
    assert max(MADE.charged.max(), MADE.discharged.max()) <= FIRM.storage_kw * 1000 / 4
    assert (MADE.grid_out[MADE.discharged > 0] == 0).all()


def test_charging_makes_no_new_maximum_demand() -> None:
    without = (MADE.use - MADE.pv_gen)[MADE.charged > 0].max()
    assert MADE.grid_in[MADE.charged > 0].max() <= max(0.85 * FIRM.peak_kw * 250, without)


def test_two_charges_and_two_discharges_on_a_working_day() -> None:
    day = workdays.working(workdays.year_days(2026), 6)
    for flow, first, second in ((MADE.charged, "00:00", "17:00"), (MADE.discharged, "11:30", "20:00")):
        for start in (first, second):
            window = flow[day][:, quarter(start) : quarter(start) + 8].sum(axis=1)
            assert (window > 0).mean() > 0.95


def test_without_a_battery_nothing_flows() -> None:
    made = storage.operate(assumptions().firm("gears"), np.full((2, 96), 1000, dtype=np.int64))
    assert not made.charged.any()
    assert not made.discharged.any()
