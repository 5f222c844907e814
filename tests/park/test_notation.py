from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park import notation
from park.notation import MISSING, amount, change, energy, month, number, of_milli, percent, period, yuan
from tenants.period import Period, of_month, of_year

MARCH = dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [(1234.5, 0, "1,234"), (Decimal("1235.5"), 0, "1,236"), (Decimal("0.125"), 2, "0.12"), (Decimal("0.135"), 2, "0.14"),
     (-1234567, 0, "−1,234,567"), (Decimal("-0.001"), 2, "0.00"), (0, 1, "0.0"), (None, 2, "—"), (2.675, 2, "2.68"),
     (10**15, 0, "1,000,000,000,000,000")],
)  # fmt: skip
def test_numbers(value: Decimal | float | int | None, places: int, shown: str) -> None:
    assert number(value, places) == shown


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12), st.integers(0, 6))
def test_what_is_shown_is_the_value_rounded(value: Decimal, places: int) -> None:
    back = Decimal(number(value, places).replace(",", "").replace("−", "-"))
    assert abs(back - value) <= Decimal(1).scaleb(-places) / 2


@pytest.mark.parametrize(
    ("wh", "lang", "shown"),
    [(959_636_710, "zh", "95.96 万kWh"), (959_636_710, "en", "959.6 MWh"), (99_999_400, "zh", "99,999 kWh"), (0, "zh", "0 kWh"),
     (None, "en", "— kWh"), (-5_000, "zh", "−5 kWh"), (10**14, "zh", "10,000,000.00 万kWh")],
)  # fmt: skip
def test_energy_by_size_and_language(wh: int | None, lang: str, shown: str) -> None:
    assert str(energy(wh, lang)) == shown


def test_energy_in_the_unit_asked_for() -> None:
    assert str(energy(959_636_710, "zh", "kWh", 2)) == "959,636.71 kWh"
    assert str(energy(959_636_710, "zh", "MWh", 3)) == "959.637 MWh"
    assert str(energy(959_636_710, "zh", "GWh")) == "0.96 GWh"


def test_stored_quantities_and_missing_ones() -> None:
    assert str(of_milli(628_720, "kW")) == "628.72 kW"
    assert of_milli(None, "GJ") == (MISSING, "GJ")
    assert str(amount(Decimal("535.565"), "tCO2")) == "535.56 tCO2"
    assert str(amount(1, "")) == "1.00"


def test_yuan() -> None:
    assert str(yuan(Decimal("1234.5"), "zh")) == "1,234.50 元"
    assert str(yuan(Decimal("1234567.89"), "zh")) == "123.46 万元"
    assert str(yuan(Decimal("1234567.89"), "en")) == "1,234,567.89 CNY"


def test_almost_complete_is_not_complete() -> None:
    assert percent(Decimal("0.99999")) == "99.9%"
    assert percent(1) == "100.0%"
    assert percent(Decimal("1.2345"), 2) == "123.45%"
    assert percent(None) == MISSING


def test_changes_carry_their_sign() -> None:
    assert (change(110, 100), change(90, 100), change(100, 100)) == ("+10.0%", "−10.0%", "±0.0%")
    assert change(1, 0) == change(None, 1) == change(1, None) == MISSING


def test_dates() -> None:
    assert (month(MARCH, "zh"), month(MARCH, "en")) == ("2026年3月", "March 2026")
    assert (notation.day(MARCH, "zh"), notation.day(MARCH, "en")) == ("2026年3月1日", "1 March 2026")
    instant = dt.datetime(2026, 3, 12, 2, 15, tzinfo=dt.UTC)
    assert notation.moment(instant, ZoneInfo("Asia/Shanghai"), "zh") == "2026年3月12日 10:15"
    assert notation.year(2026, "zh") == "2026年"


@pytest.mark.parametrize(
    ("of", "zh", "en"),
    [(of_month(2026, 3), "2026年3月", "March 2026"), (of_year(2026), "2026年", "2026"),
     (Period("ytd", dt.date(2026, 1, 1), dt.date(2026, 4, 1)), "2026年1—3月", "January – March 2026"),
     (Period("rolling", dt.date(2025, 4, 1), dt.date(2026, 4, 1)), "2025年4月—2026年3月", "April 2025 – March 2026")],
)  # fmt: skip
def test_periods(of: Period, zh: str, en: str) -> None:
    assert (period(of, "zh"), period(of, "en")) == (zh, en)
