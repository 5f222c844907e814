from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import os
import time
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from tenants.calc import finding as words
from tenants.calc.finding import Finding, Prices
from tenants.calc.findings import factor_of, find
from tenants.calc.load import Curve, maximum_demand
from tenants.calc.tariff import AveragePrice, WindowPrices
from tenants.errors import fill
from tenants.factors import window_table
from tenants.flows import ESTIMATED, MEASURED, MISSING

WINDOWS = WindowPrices(window_table("重庆"), {"sharp": 1_200, "peak": 1_000, "flat": 700, "valley": 300}, demand=38_000)
STEEL = (
    Path(os.environ.get("LINGYUAN_TESTDATA", Path(__file__).parents[4] / "shared" / "data")) / "steel/Steel_industry_data.csv.gz"
)


def workshop(weeks: int = 8) -> Curve:
    """One shift, Monday to Saturday: 400 kW from 8 to 18, 40 kW else; Sundays 40 kW."""
    days = np.datetime64("2026-03-02") + np.arange(weeks * 7)  # a Monday
    values = np.full((len(days), 96), 10_000)
    values[:, 32:72] = 100_000
    values[6::7] = 10_000
    return Curve(days, values, np.full(values.shape, MEASURED, np.uint8), 15)


def by_key(curve: Curve, prices: Prices | None = None, reactive: Curve | None = None) -> dict[str, Finding]:
    return {one.key: one for one in find(curve, prices, reactive)}


def test_five_in_a_fixed_order() -> None:
    keys = ["night_base_load", "days_off", "maximum_demand", "peak_valley_share", "power_factor"]
    assert [one.key for one in find(workshop())] == keys


def test_an_even_base_load_has_nothing_to_find_at_night() -> None:
    found = by_key(workshop())["night_base_load"]
    assert (found.state, found.kwh, found.facts["share"], found.facts["night"]) == ("fine", 0, "10", "40.0")


def test_nights_above_the_quietest_are_found_with_their_yuan() -> None:
    curve = workshop()
    curve.values[:28, :20] += 5_000  # 20 kW more in the first four weeks' nights
    found = by_key(curve, Prices(AveragePrice(600)))["night_base_load"]
    assert found.state == "found"
    assert found.kwh == 28 * 20 * 5
    assert found.intervals == 28 * 20
    assert found.yuan == 28 * 20 * 5 * Decimal("0.6")
    assert found.estimate
    windows = by_key(curve, Prices(WINDOWS))["night_base_load"]
    assert windows.yuan == 28 * 20 * 5 * Decimal("0.3")  # valley hours
    assert found.yuan_per_month is not None
    assert round(found.yuan_per_month, 2) == round(Decimal(1680) * 365 / 12 / 56, 2)


def test_a_site_that_works_at_night_is_not_blamed() -> None:
    curve = workshop()
    curve.values[:, :32] = 95_000
    found = by_key(curve)["night_base_load"]
    assert (found.state, found.reason) == ("fine", words.NIGHT_FINE)


def test_sundays_that_use_more_than_the_quietest() -> None:
    curve = workshop()
    curve.values[6, :] = 20_000
    found = by_key(curve, Prices(AveragePrice(1_000)))["days_off"]
    assert (found.state, found.facts["days"]) == ("found", 8)
    assert found.kwh == 96 * 10
    assert found.intervals == 96
    assert found.yuan == 960


def test_a_plant_without_days_off() -> None:
    curve = workshop()
    curve.values[6::7] = curve.values[0]
    found = by_key(curve)["days_off"]
    assert (found.state, found.reason) == ("fine", words.OFF_NONE)


def test_a_day_with_a_gap_is_not_taken_for_a_day_off() -> None:
    curve = workshop()
    quality = curve.quality.copy()
    quality[2, 30:80] = MISSING
    values = curve.values.copy()
    values[2, 30:80] = 0
    gappy = by_key(Curve(curve.days, values, quality, 15))["days_off"]
    assert gappy.facts["days"] == 8


def test_when_the_maximum_demand_was_and_what_two_hours_a_month_cost() -> None:
    curve = workshop()
    curve.values[7, 40] = 157_180
    found = by_key(curve, Prices(WINDOWS))["maximum_demand"]
    assert (found.facts["kw"], found.facts["start"], found.facts["lower"]) == ("628.72", "2026-03-09 10:00", "400.00")
    assert found.yuan == (Decimal("628.72") - 400) * 38
    assert by_key(curve, Prices(AveragePrice(600)))["maximum_demand"].yuan is None
    assert by_key(curve)["maximum_demand"].yuan_why == words.NEEDS_DEMAND_PRICE


def test_a_curve_of_a_few_intervals_still_has_a_maximum() -> None:
    quality = np.zeros((1, 96), np.uint8)
    quality[0, 5] = MEASURED
    found = by_key(Curve(np.array(["2026-03-02"], "datetime64[D]"), np.full((1, 96), 250), quality, 15))["maximum_demand"]
    assert (found.facts["kw"], found.facts["lower"], found.kwh) == ("1.00", "1.00", 0)


def test_peak_and_valley_share() -> None:
    found = by_key(workshop(), Prices(WINDOWS))["peak_valley_share"]
    assert found.state == "found"
    worked = {name: Decimal(found.facts[name]) for name in ("sharp", "peak", "flat", "valley")}
    assert abs(sum(worked.values()) - 100) <= Decimal("0.2")
    assert found.yuan is not None
    assert found.kwh is not None
    assert found.yuan == found.kwh / 10 * Decimal("0.7")  # from 1.00 to 0.30, no sharp hours in March and April


def test_shares_without_prices_tell_no_yuan() -> None:
    found = by_key(workshop(), Prices(AveragePrice(600), window_table("重庆")))["peak_valley_share"]
    assert (found.yuan, found.yuan_why) == (None, words.NEEDS_WINDOW_PRICES)
    assert found.kwh
    assert by_key(workshop())["peak_valley_share"].reason == words.NO_WINDOWS


def test_power_factor_states_the_figure_and_invents_no_yuan() -> None:
    curve = workshop()
    reactive = Curve(curve.days, curve.values * 3 // 4, curve.quality, 15)
    found = by_key(curve, Prices(WINDOWS), reactive)["power_factor"]
    assert (found.state, found.facts["factor"], found.yuan, found.yuan_why) == ("stated", "0.800", None, words.NEEDS_ADJUSTMENT)


def test_power_factor_takes_the_yuan_from_the_bill() -> None:
    curve = workshop()
    reactive = Curve(curve.days, curve.values * 3 // 4, curve.quality, 15)
    paid = by_key(curve, Prices(adjustment_cny=Decimal("812.50")), reactive)["power_factor"]
    assert (paid.state, paid.yuan, paid.estimate) == ("found", Decimal("812.50"), False)
    assert by_key(curve, Prices(adjustment_cny=Decimal(-20)), reactive)["power_factor"].state == "fine"
    assert by_key(curve, Prices(power_factor_reference=Decimal("0.9")), reactive)["power_factor"].state == "found"
    assert by_key(curve, Prices(power_factor_reference=Decimal("0.75")), reactive)["power_factor"].state == "fine"


def test_power_factor_uses_only_what_both_meters_have() -> None:
    curve = workshop()
    quality = curve.quality.copy()
    quality[:, 48:] = MISSING
    values = np.where(quality == MISSING, 0, curve.values * 3 // 4)
    found = by_key(curve, None, Curve(curve.days, values, quality, 15))["power_factor"]
    assert found.facts["factor"] == "0.800"
    assert by_key(curve)["power_factor"].reason == words.NO_REACTIVE


def test_factor_of() -> None:
    assert factor_of(4, 3) == Decimal("0.8")
    assert factor_of(5, 0) == 1
    assert factor_of(0, 0) is None


@pytest.mark.parametrize("code", [MISSING, ESTIMATED])
def test_a_curve_without_measured_shape_tells_nothing(code: int) -> None:
    curve = workshop()
    found = find(Curve(curve.days, curve.values, np.full(curve.values.shape, code, np.uint8), 15), Prices(WINDOWS), curve)
    assert {one.state for one in found} == {"not_determinable"}
    assert all(one.yuan is None and one.yuan_why for one in found)


@pytest.mark.parametrize("step", [5, 15, 30, 60])
def test_every_step_finds_the_same_kwh_and_yuan(step: int) -> None:
    fine = workshop()
    fine.values[:28, :20] += 6_000
    fine.values[:] *= 3  # whole in five minutes too
    parts = 15 // step
    if parts:
        values = np.repeat(fine.values // parts, parts, axis=1)
    else:
        values = fine.values.reshape(len(fine.days), -1, step // 15).sum(axis=2)
    other = Curve(fine.days, values, np.full(values.shape, MEASURED, np.uint8), step)
    for key in ("night_base_load", "days_off", "peak_valley_share"):
        a, b = by_key(fine, Prices(WINDOWS))[key], by_key(other, Prices(WINDOWS))[key]
        assert (a.kwh, a.yuan, a.facts) == (b.kwh, b.yuan, b.facts)


def test_every_sentence_has_its_facts() -> None:
    curve = workshop()
    reactive = Curve(curve.days, curve.values // 2, curve.quality, 15)
    for prices in (None, Prices(WINDOWS), Prices(AveragePrice(600))):
        for one in (*find(curve, prices, reactive), *find(curve, prices)):
            assert "{" not in fill(one.reason, one.facts)


def test_a_missing_price_hinders_no_finding() -> None:
    partial = Prices(WindowPrices(WINDOWS.table, {"peak": 1_000}))
    curve = workshop()
    curve.values[:28, :20] += 5_000
    found = by_key(curve, partial)
    assert found["night_base_load"].yuan_why == words.NEEDS_WINDOW_PRICES
    assert found["peak_valley_share"].yuan is None
    assert found["night_base_load"].kwh == 2_800


def steel() -> tuple[Curve, Curve]:
    """The real plant's year: active and reactive. Stamps are interval ends; midnight carries the date it ends."""
    active, reactive = np.zeros((365, 96), np.int64), np.zeros((365, 96), np.int64)
    with gzip.open(STEEL) as raw:
        for row in csv.DictReader(io.TextIOWrapper(raw, "utf-8-sig")):
            stamp = dt.datetime.strptime(row["date"], "%d/%m/%Y %H:%M")
            at = (stamp.date() - dt.date(2018, 1, 1)).days, ((stamp.hour * 60 + stamp.minute) // 15 - 1) % 96
            active[at] = int(Decimal(row["Usage_kWh"]) * 1000)
            reactive[at] = int(Decimal(row["Lagging_Current_Reactive_Power_kVarh"]) * 1000)
    days, quality = np.datetime64("2018-01-01") + np.arange(365), np.full((365, 96), MEASURED, np.uint8)
    return Curve(days, active, quality, 15), Curve(days, reactive, quality, 15)


@pytest.mark.skipif(not STEEL.exists(), reason=f"no test data at {STEEL}: set LINGYUAN_TESTDATA")
def test_a_real_year_in_milliseconds() -> None:
    active, reactive = steel()
    assert int(active.values.sum()) == 959_636_710
    peak = maximum_demand(active)
    assert peak is not None
    assert (peak.kw, peak.start) == (Decimal("628.72"), dt.datetime(2018, 11, 22, 9, 30))
    find(active, Prices(WINDOWS), reactive)
    began = time.perf_counter()
    found = find(Curve(active.days, active.values, active.quality, 15), Prices(WINDOWS), reactive)
    assert time.perf_counter() - began < 0.2
    assert [one.state for one in found] == ["found", "found", "found", "found", "stated"]
    assert all(one.yuan is None or one.yuan >= 0 for one in found)
