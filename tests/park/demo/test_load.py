"""Loads of the demo's firms against their table."""

import numpy as np
import pytest

from park.demo import load, workdays
from park.demo.assumptions import Firm, Load, assumptions, quarter
from park.demo.noise import Floats

FIRMS = assumptions().firms


def use(firm: Firm, days: workdays.Days) -> Floats:
    return np.sum([load.energy(firm, one, days) for one in firm.load], axis=0)


@pytest.mark.parametrize("year", [2025, 2026, 2028])
@pytest.mark.parametrize("firm", FIRMS, ids=lambda firm: firm.key)
def test_a_year_s_energy_and_peak_are_the_table_s(firm: Firm, year: int) -> None:
    made = use(firm, workdays.year_days(year))
    assert made.sum() / 1e6 == pytest.approx(firm.mwh, rel=0.01)
    assert made.max() * 4 / 1000 == pytest.approx(firm.peak_kw, rel=0.10)


def test_july_and_august_take_twelve_per_cent_more_for_cooling() -> None:
    one = Load("x", "x", "flat", 1.0)
    firm = assumptions().firm("gears")
    hot = np.concatenate([workdays.span(f"{year}-07-01", f"{year}-08-31") for year in range(2024, 2034)])
    assert load._cooling(one, hot).mean() == pytest.approx(1.12, abs=0.01)
    assert (load._cooling(one, workdays.span("2026-01-01", "2026-02-15")) == 1).all()
    july, march = workdays.span("2026-07-06", "2026-07-11"), workdays.span("2026-03-09", "2026-03-14")
    assert use(firm, july).mean() > use(firm, march).mean()


@pytest.mark.parametrize("firm", [firm for firm in FIRMS if not firm.held], ids=lambda firm: firm.key)
def test_the_festival_is_base_load(firm: Firm) -> None:
    stop = use(firm, workdays.span("2026-02-13", "2026-02-24")).mean()
    before = use(firm, workdays.span("2026-01-19", "2026-01-24")).mean()
    assert stop < (0.75 if firm.key == "food" else 0.5) * before  # a cold store does not stop
    assert stop > 0.02 * before


def test_people_eat_at_noon() -> None:
    days = workdays.span("2026-03-02", "2026-06-30")
    day = use(assumptions().firm("chillers"), days[workdays.working(days, 6)]).mean(axis=0)
    assert day[quarter("12:00")] < 0.85 * day[quarter("11:00")]
    assert day[quarter("12:00")] < 0.85 * day[quarter("13:30")]
    assert day[quarter("17:45")] < 0.95 * day[quarter("17:00")]


def test_monday_s_start_is_the_body_shop_s_peak() -> None:
    made = use(assumptions().firm("body"), workdays.year_days(2026))
    day, slot = np.unravel_index(np.argmax(made), made.shape)
    assert workdays.weekdays(workdays.year_days(2026))[day] == 0
    assert quarter("08:00") <= slot < quarter("10:00")


def test_the_leaking_compressor_runs_all_night() -> None:
    firm = assumptions().firm("moulding")
    compressor = next(one for one in firm.load if one.pattern == "leaky")
    sundays = workdays.span("2026-03-01", "2026-06-30")
    sundays = sundays[workdays.weekdays(sundays) == 6]
    night = load.energy(firm, compressor, sundays).mean()
    day = load.energy(firm, compressor, sundays + 1)[:, quarter("09:00") : quarter("16:00")].mean()
    assert 0.6 < night / day < 0.9


def test_a_test_bench_runs_in_bursts() -> None:
    firm = assumptions().firm("chillers")
    bench = next(one for one in firm.load if one.pattern == "bursts")
    made = load.energy(firm, bench, workdays.span("2026-03-02", "2026-03-07"))
    running = made[:, quarter("08:30") : quarter("23:30")] > 0
    assert 0.15 < running.mean() < 0.4
    assert (np.diff(running.astype(int), axis=1) != 0).sum() > 60
    assert (made[:, : quarter("08:00")] == 0).all()


@pytest.mark.parametrize("shifts", [1, 2, 3])
def test_shift_profiles(shifts: int) -> None:
    profile = load.shift_profile(shifts, 0.9)
    assert profile.max() == 1
    assert (profile[: quarter("08:00")] > 0).all() == (shifts == 3)
    assert (profile[quarter("20:00") :] > 0).all() == (shifts > 1)
