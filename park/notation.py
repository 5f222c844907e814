"""How numbers, units and dates are written, in Chinese and in English. Display only: nothing here is computed with again.

Rounding is half-even and happens here, once, on exact values. Missing is shown as a dash, never as zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from park.words import language
from tenants.period import Period

MISSING = "—"
_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
Number = int | Decimal | float


class Shown(NamedTuple):
    """A quantity as shown: the number and, apart, its unit."""

    number: str
    unit: str

    def __str__(self) -> str:
        return f"{self.number} {self.unit}" if self.unit else self.number


def rounded(value: Number, places: int) -> Decimal:
    """The value with so many decimal places, half to even."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def number(value: Number | None, places: int = 0) -> str:
    """1,234.50: thousands separated, a true minus sign; a dash where there is no value."""
    if value is None:
        return MISSING
    shown = rounded(value, places)
    if shown == 0:
        shown = abs(shown)  # never "-0"
    return f"{shown:,}".replace("-", "\N{MINUS SIGN}")


def enumerated(names: Iterable[str], lang: str | None = None) -> str:
    """Names one after another, as the language divides them."""
    return ("、" if language(lang) == "zh" else ", ").join(names)


def amount(value: Number | None, unit: str, places: int = 2) -> Shown:
    """A value already in the unit, for example tCO2, tce, GJ, Nm3."""
    return Shown(number(value, places), unit)


def of_milli(quantity: int | None, unit: str, places: int = 2) -> Shown:
    """A stored quantity [milli-units] in its unit."""
    return amount(None if quantity is None else Decimal(quantity).scaleb(-3), unit, places)


def energy(wh: int | None, lang: str | None = None, unit: str | None = None, places: int | None = None) -> Shown:
    """Electricity [Wh] in kWh, MWh or 万kWh. Without a unit: kWh below 100,000 kWh, above it 万kWh or MWh by language."""
    if unit is None:
        small = wh is None or abs(wh) < 100_000_000
        unit = "kWh" if small else "万kWh" if language(lang) == "zh" else "MWh"
    digits = {"kWh": 3, "MWh": 6, "万kWh": 7, "GWh": 9}[unit]
    if places is None:
        places = {"kWh": 0, "MWh": 1, "万kWh": 2, "GWh": 2}[unit]
    return amount(None if wh is None else Decimal(wh).scaleb(-digits), unit, places)


def yuan(value: Number | None, lang: str | None = None, places: int | None = None) -> Shown:
    """Money [CNY]: 元, from a million on 万元; in English CNY."""
    if language(lang) == "en":
        return amount(value, "CNY", 2 if places is None else places)
    if value is not None and abs(float(value)) >= 1_000_000:
        return amount(Decimal(str(value)).scaleb(-4), "万元", 2 if places is None else places)
    return amount(value, "元", 2 if places is None else places)


def percent(share: Number | None, places: int = 1) -> str:
    """A share of 1 as per cent; 99.96 % does not become 100 % by rounding, for complete means complete."""
    if share is None:
        return MISSING
    exact = Decimal(str(share)) * 100
    shown = rounded(exact, places)
    if shown == 100 and exact < 100:
        shown -= Decimal(1).scaleb(-places)
    return f"{shown:,}%".replace("-", "\N{MINUS SIGN}")


def change(now: Number | None, before: Number | None, places: int = 1) -> str:
    """By how much it rose or fell, with its sign; a dash where there is nothing to compare with."""
    if now is None or not before:
        return MISSING
    share = rounded((Decimal(str(now)) / Decimal(str(before)) - 1) * 100, places)
    sign = "+" if share > 0 else "\N{MINUS SIGN}" if share < 0 else "±"
    return f"{sign}{abs(share):,}%"


def year(value: int, lang: str | None = None) -> str:
    """2026年 or 2026."""
    return f"{value}年" if language(lang) == "zh" else str(value)


def month(value: dt.date, lang: str | None = None) -> str:
    """2026年3月 or March 2026."""
    return f"{value.year}年{value.month}月" if language(lang) == "zh" else f"{_ENGLISH_MONTHS[value.month - 1]} {value.year}"


def day(value: dt.date, lang: str | None = None) -> str:
    """2026年3月12日 or 12 March 2026."""
    if language(lang) == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_ENGLISH_MONTHS[value.month - 1]} {value.year}"


def moment(instant: dt.datetime, zone: ZoneInfo, lang: str | None = None) -> str:
    """2026年3月12日 10:15, local to the zone. The instant is aware."""
    local = instant.astimezone(zone)
    return f"{day(local.date(), lang)} {local:%H:%M}"


def period(value: Period, lang: str | None = None) -> str:
    """The months of a period: 2026年3月, 2026年1—3月, 2025年4月—2026年3月, 2026年."""
    first, last = value.start, value.end - dt.timedelta(days=1)
    if first.year == last.year and (first.month, last.month) == (1, 12):
        return year(first.year, lang)
    if (first.year, first.month) == (last.year, last.month):
        return month(first, lang)
    if first.year == last.year:
        if language(lang) == "zh":
            return f"{first.year}年{first.month}—{last.month}月"
        return f"{_ENGLISH_MONTHS[first.month - 1]} – {month(last, lang)}"
    dash = "—" if language(lang) == "zh" else " – "
    return month(first, lang) + dash + month(last, lang)
