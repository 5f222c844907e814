"""Every rule finds what it is for, with the energy that is at stake, and finds nothing in a good curve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from park.words import known
from tenants.calc.quality.history import Found
from tenants.calc.quality.place import PROVINCES
from tenants.calc.quality.rules import OF_A_CURVE, RULES, of_curve
from tests.tenants.calc.quality.histories import at, history, roof, workshop

DAYS = 42
CHONGQING = PROVINCES["重庆"]


def found(values: np.ndarray, **more: object) -> list[Found]:
    """What the rules say about a workshop's curve."""
    return of_curve(history(values), **more)  # type: ignore[arg-type]


def local(day: int, hour: float) -> int:
    """UTC seconds of a local time of the history."""
    return int(history(workshop(DAYS)).begins[day]) + round(hour * 3600)


@given(seed=st.integers(0, 10_000), days=st.integers(8, 70), noise=st.floats(0.005, 0.2))
@settings(max_examples=40)
def test_nothing_is_found_in_a_good_curve(seed: int, days: int, noise: float) -> None:
    assert found(np.abs(workshop(days, seed=seed, noise=noise))) == []


@given(seed=st.integers(0, 10_000), days=st.integers(8, 60))
@settings(max_examples=20)
def test_nothing_is_found_in_a_good_roof(seed: int, days: int) -> None:
    assert of_curve(history(roof(days, seed=seed), alike=True), place=CHONGQING) == []


@pytest.mark.parametrize("resolution", [1_000, 5_000, 10_000])
def test_a_meter_that_counts_coarsely_is_not_stuck(resolution: int) -> None:
    values = np.floor(np.cumsum(workshop(DAYS)) / resolution)
    assert found(np.diff(values, prepend=0) * resolution) == []


def test_a_plant_at_rest_is_not_stuck() -> None:
    values = workshop(DAYS)
    hour = np.arange(values.size) % 96 / 4
    values[(hour < 7) | (hour >= 19)] = 4_870  # the same every night
    assert found(values) == []


def test_a_gap_is_what_the_meter_usually_shows_then() -> None:
    values = workshop(DAYS, noise=0.001)
    values[at(30, 10) : at(30, 14.5)] = np.nan
    (one,) = found(values)
    assert (one.rule, one.start, one.end) == ("gap", local(30, 10), local(30, 14.5))
    assert one.energy == pytest.approx(18 * 30_000, rel=0.002)
    assert one.facts["hours"] == "4.5"


def test_what_lies_before_the_first_value_or_after_a_file_of_a_past_year_is_no_gap() -> None:
    late = workshop(40)
    late[: 11 * 4] = np.nan
    assert of_curve(history(late)) == [], "mounted at eleven"
    assert of_curve(history(np.concatenate([workshop(40), np.full(96 * 400, np.nan)]))) == [], "nobody sends any more"
    (gap,) = of_curve(history(np.concatenate([workshop(40), np.full(96 * 20, np.nan)])))
    assert gap.rule == "gap", "but twenty days ago somebody did"


def test_a_stray_value_of_another_year_makes_a_silence_without_an_estimate() -> None:
    stray = np.concatenate([[5_000.0], np.full(96 * 400 - 1, np.nan), workshop(40)])
    (silence,) = of_curve(history(stray))
    assert (silence.rule, silence.energy, silence.facts["hours"]) == ("silence", 0, f"{(96 * 400 - 1) / 4:g}")
    assert RULES["silence"].methods == ()


def test_gaps_again_and_again_are_one_finding_a_month() -> None:
    values = workshop(DAYS, noise=0.001)
    for day in range(20, 40):
        values[at(day, 1) : at(day, 2)] = np.nan
    april, march = sorted(found(values), key=lambda one: -one.start)
    assert (march.rule, march.facts["count"], march.facts["hours"]) == ("gaps", 10, "10")
    assert (april.rule, april.facts["count"]) == ("gaps", 10)
    assert march.energy == pytest.approx(40 * 5_000, rel=0.01)


def test_a_long_holiday_at_zero_is_no_fault_and_any_other_week_at_zero_is() -> None:
    values = workshop(110)
    festival = at(60, 0)  # from 2026-04-30 on: the holiday of May
    values[festival + at(1, 0) : festival + at(6, 0)] = 0
    assert found(values) == []
    values[at(80, 0) : at(85, 0)] = 0
    assert [one.rule for one in found(values)] == ["stuck_at_zero"]


@given(hour=st.integers(0, 95), times=st.floats(6, 500), length=st.integers(1, 8))
@settings(max_examples=40)
def test_a_planted_spike_is_found(hour: int, times: float, length: int) -> None:
    values = workshop(DAYS)
    first = at(30, 0) + hour
    values[first : first + length] = 34_000 * times
    spikes = [one for one in found(values) if one.rule in ("spike", "unit_slip")]
    assert [(one.start, one.end) for one in spikes] == [(local(30, hour / 4), local(30, (hour + length) / 4))]
    assert spikes[0].energy == pytest.approx(length * 34_000 * times, rel=0.3)


def test_what_stays_is_no_spike() -> None:
    values = workshop(DAYS)
    values[at(30, 0) :] *= 6  # a second hall
    assert {one.rule for one in found(values)} <= {"level_shift"}


def test_more_than_the_line_can_carry() -> None:
    values = workshop(DAYS)
    values[at(30, 10)] = 60_000
    assert found(values) == []
    (one,) = found(values, rated=40_000)
    assert (one.rule, one.facts["highest"], one.facts["rated"]) == ("above_rated", 60_000, 40_000)


@given(start=st.integers(0, 95), length=st.integers(8, 200), value=st.integers(6_000, 60_000))
@settings(max_examples=40)
def test_a_planted_standstill_is_found(start: int, length: int, value: int) -> None:
    values = workshop(DAYS)
    first = at(25, 0) + start
    values[first : first + length] = value
    (one,) = [each for each in found(values) if each.rule == "stuck"]
    assert one.facts["value"] == value
    assert one.start <= local(25, start / 4) + 900
    assert one.end >= local(25, (start + length) / 4) - 900


def test_exactly_zero_where_zero_is_never() -> None:
    values = workshop(DAYS)
    values[at(25, 9) : at(25, 15)] = 0
    (one,) = found(values)
    assert (one.rule, one.start, one.end) == ("stuck_at_zero", local(25, 9), local(25, 15))
    assert one.energy == pytest.approx(24 * 30_000, rel=0.02)


@pytest.mark.parametrize(("factor", "said", "hours"), [(1000, "1000", 72), (1000, "1000", 3), (0.001, "0.001", 72)])
def test_a_slip_of_the_unit(factor: float, said: str, hours: int) -> None:
    values = workshop(DAYS)
    values[at(20, 9) : at(20, 9 + hours)] = (values[at(20, 9) : at(20, 9 + hours)] * factor).round()
    (one,) = found(values)
    assert (one.rule, one.start, one.end, one.facts["factor"]) == ("unit_slip", local(20, 9), local(20, 9 + hours), said)


def test_a_lasting_jump() -> None:
    values = workshop(84)
    values[at(40, 0) :] *= 4
    (one,) = [each for each in found(values) if each.rule == "level_shift"]
    assert (one.start, one.facts["factor"]) == (local(40, 0), "4")


def test_the_spring_festival_is_no_jump() -> None:
    values = workshop(84)
    values[at(40, 0) : at(52, 0)] *= 0.2
    assert found(values) == []


def test_generation_at_night() -> None:
    values = roof(DAYS)
    values[at(20, 1) : at(20, 3)] = 4_000
    values[at(21, 1)] = 4_000
    (one,) = of_curve(history(values, alike=True), place=CHONGQING)
    assert (one.rule, one.energy, one.facts["nights"]) == ("pv_at_night", 9 * 4_000, 2)


@pytest.mark.parametrize("hours", [-8, 3, 12])
def test_a_clock_that_the_sun_contradicts(hours: int) -> None:
    values = np.roll(roof(DAYS), 4 * hours)
    (one,) = [each for each in of_curve(history(values, alike=True), place=CHONGQING) if each.rule == "pv_clock"]
    assert abs(abs(float(one.facts["hours"])) - abs(hours)) < 0.5


def test_a_standstill_under_a_wrong_clock_is_still_told() -> None:
    values = np.roll(roof(DAYS), 16)
    values[at(20, 13) : at(20, 17)] = 7_777
    rules = [one.rule for one in of_curve(history(values, alike=True), place=CHONGQING)]
    assert "stuck" in rules
    assert "pv_clock" in rules


def test_a_day_of_25_hours_has_no_gap_and_a_day_of_23_neither() -> None:
    from zoneinfo import ZoneInfo

    berlin, first = ZoneInfo("Europe/Berlin"), 20_380  # 2025-10-19; the clocks go back on 2025-10-26
    whole = history(np.abs(workshop(30)), first=first, zone=berlin)
    assert whole.length.max() == 100
    cut = workshop(30)[: int(whole.inside.sum())]
    full = history(np.concatenate([cut, workshop(1)])[: int(whole.inside.sum())], first=first, zone=berlin)
    assert [one for one in of_curve(full) if one.end <= int(full.begins[-2])] == []


def test_the_same_stretch_of_history_gives_the_same_findings_wherever_it_begins() -> None:
    values = workshop(200)
    values[at(150, 10) : at(150, 11)] = 900_000
    values[at(160, 9) : at(160, 19)] = 29_999
    values[at(170, 2) : at(170, 9)] = np.nan
    whole = found(values)
    part = of_curve(history(values[at(80, 0) :], first=20_514 + 80))
    assert len(whole) == 3
    assert part == whole


def test_every_rule_speaks_both_languages_and_its_places_are_filled() -> None:
    assert set(OF_A_CURVE) <= set(RULES)
    for rule in RULES.values():
        assert all(known(text) for text in (rule.title, rule.sentence, rule.remedy)), rule.title
