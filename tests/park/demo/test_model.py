"""The meters of the demo's firms agree with each other in every quarter-hour."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from park.demo import model, workdays
from park.demo.assumptions import Firm, assumptions

FIRMS = model.firms_with_meters()
ids = {"ids": lambda firm: firm.key}
DAYS = st.dates(np.datetime64("2024-03-01").astype(object), np.datetime64("2035-11-30").astype(object))


@pytest.mark.parametrize("firm", FIRMS, **ids)
def test_energy_is_conserved(firm: Firm) -> None:
    made = model.balance(firm, workdays.span("2025-01-01", "2026-12-31"))
    assert (made.grid_in + made.pv_gen + made.discharged == made.use + made.charged + made.grid_out).all()
    assert (made.pv_gen >= made.grid_out).all()
    assert ((made.grid_in == 0) | (made.grid_out == 0)).all()
    for one in (made.use, made.pv_gen, made.grid_in, made.grid_out, made.charged, made.discharged, made.reactive):
        assert one.min() >= 0
        assert one.dtype == np.int64
        assert one.max() < 2**31
    assert (sum(made.parts.values(), np.zeros_like(made.use)) <= made.use).all()


def test_thirteen_lines_and_the_rest_are_the_use() -> None:
    firm = assumptions().firm("chillers")
    made = model.balance(firm, workdays.span("2026-03-01", "2026-03-31"))
    lines = [channel for channel in model.channels(firm) if channel.parent]
    assert len(lines) == 13
    assert {channel.parent for channel in lines} == {model.GATEWAY}
    rest = made.use - sum(made.parts[channel.meter] for channel in lines)
    assert (rest > 0).all()
    assert 0.1 < rest.sum() / made.use.sum() < 0.3


@settings(max_examples=20)
@given(st.sampled_from(FIRMS), DAYS)
def test_a_day_does_not_depend_on_what_else_is_asked_for(firm: Firm, day: object) -> None:
    middle = np.datetime64(day, "D")
    among = model.curves(firm, str(middle - 20), str(middle + 15))
    for channel, values in model.curves(firm, str(middle), str(middle)).items():
        assert (values[0] == among[channel][20]).all()
        assert (model.intervals(firm, channel, str(middle)) == values[0]).all()


@settings(max_examples=15)
@given(st.sampled_from(FIRMS), DAYS)
def test_minutes_add_up_to_their_quarter_hours(firm: Firm, day: object) -> None:
    minutes = model.minutes(firm, str(day))
    flows = {}
    for channel, values in minutes.items():
        assert values.min() >= 0
        assert (values.reshape(96, 15).sum(axis=1) == model.intervals(firm, channel, str(day))).all()
        flows[channel.flow] = values
    if "pv_gen" in flows:
        assert (flows["pv_gen"] >= flows["grid_out"]).all()


def test_a_day_of_the_demo_is_pinned() -> None:
    # A figure that moves moves on every screen of every demo: change it knowingly.
    made = model.intervals(assumptions().firm("chillers"), model.Channel(model.GATEWAY, "grid_in"), "2026-03-12")
    assert int(made.sum()) == 47_466_281


@pytest.mark.parametrize("firm", FIRMS, **ids)
def test_power_factor_at_the_gateway(firm: Firm) -> None:
    made = model.balance(firm, workdays.year_days(2026))
    taken, reactive = made.grid_in.sum(), made.reactive.sum()
    assert taken / np.hypot(taken, reactive) == pytest.approx(firm.power_factor, abs=0.007)
    if firm.key == "body":  # without its PV it would be well above
        assert made.use.sum() / np.hypot(made.use.sum(), reactive) > 0.89


def test_only_the_plating_shop_loses_readings() -> None:
    for firm in FIRMS:
        here = model.present(firm, "2025-01-01", "2025-12-31")
        assert here.all() == (firm.key != "plating")
    here = model.present(assumptions().firm("plating"), "2026-01-01", "2026-12-31")
    assert 0.96 < here.mean() < 0.995
    days = workdays.year_days(2026)
    exchange = here[days == np.datetime64("2026-06-17")][0]
    assert not exchange[36:44].any()
    assert not here[days == np.datetime64("2026-09-05")].any()
