"""Months and billing periods as people write them."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

_CHINESE = {name: i + 1 for i, name in enumerate(["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"])}
_ENGLISH = {
    name: i + 1 for i, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
}
_WORDS = {name.lower() for names in (calendar.month_abbr, calendar.month_name) for name in names if name}
_AROUND = re.compile(r"\s*(用电|电量|用电量|负荷|数据|明细|电费)+$")
_LONGER = re.compile(r"((?:19|20)\d{2}年?)?\s*(第?[一二三四1-4]季度|[Qq][1-4]|[上下]半年)|(?:19|20)\d{2}年?")
_WITH_YEAR = re.compile(r"^((?:19|20)\d{2})\s*(?:年|[-/.])\s*(\d{1,2})\s*月?份?$|^((?:19|20)\d{2})(\d{2})$")
_WITHOUT = re.compile(r"^(\d{1,2}|[一二三四五六七八九十]{1,2})\s*月份?$")
_NAMED = re.compile(r"^([a-z]{3})[a-z]*[-. /]*((?:19|20)?\d{2})?$", re.IGNORECASE)
_BESIDE = re.compile(r"((?:19|20)\d{2})\s*年|((?:19|20)\d{2})(?!\d)")
_DATE = r"((?:19|20)\d{2})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?"
_PERIOD = re.compile(rf"^{_DATE}\s*(?:[-~～—–至到]+)\s*{_DATE}$")
_ONE_DATE = re.compile(rf"^{_DATE}(?:\s+0{{1,2}}:00(?::00)?)?$")


@dataclass(frozen=True)
class Month:
    """A month; `year` None where it is not written."""

    year: int | None
    month: int


def month(text: str) -> Month | None:
    """The month that the text names, such as 2026年1月, 2026-01, 202601, 1月, 一月, Jan 2026; or None."""
    narrow = unicodedata.normalize("NFKC", text).strip()
    if found := _WITH_YEAR.match(narrow):
        return _valid(int(found[1] or found[3]), int(found[2] or found[4]))
    if found := _WITHOUT.match(narrow):
        return _valid(None, _CHINESE.get(found[1]) or (int(found[1]) if found[1].isdigit() else 0))
    if (found := _NAMED.match(narrow)) and (number := _ENGLISH.get(found[1].lower())):
        written = int(found[2]) if found[2] else None
        return Month(written + 2000 if written is not None and written < 100 else written, number)
    return None


def names_period(text: str) -> bool:
    """Whether a name speaks of a month, day, quarter or year and of nothing else: 1月, 2026年3月份用电量, Q2, 2026年."""
    plain = _AROUND.sub("", unicodedata.normalize("NFKC", text).strip())
    word = re.match("[A-Za-z]*", plain)
    if word and word[0] and word[0].lower() not in _WORDS:  # Mayer and Decoration are no months
        return bool(_LONGER.fullmatch(plain))
    return bool(month(plain) or date(plain) or _LONGER.fullmatch(plain))


def _valid(year: int | None, number: int) -> Month | None:
    return Month(year, number) if 1 <= number <= 12 else None


def period(text: str) -> tuple[dt.date, dt.date] | None:
    """First and last day of a period written as 2026-02-26~2026-03-25, or None."""
    found = _PERIOD.match(unicodedata.normalize("NFKC", text).strip())
    first, last = (_date(*found.groups()[:3]), _date(*found.groups()[3:])) if found else (None, None)
    return (first, last) if first and last and first <= last else None


def date(text: str) -> dt.date | None:
    """The day that the text names with the year first, or None."""
    found = _ONE_DATE.match(unicodedata.normalize("NFKC", text).strip())
    return _date(*found.groups()[:3]) if found else None


def _date(year: str, number: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(number), int(day))
    except ValueError:
        return None


def year_beside(*texts: str) -> int | None:
    """The one year that titles or a file name mention; None when none or several do."""
    years = {int(found[1] or found[2]) for text in texts for found in _BESIDE.finditer(text)}
    return years.pop() if len(years) == 1 else None


def first_days(given: Month, year: int) -> tuple[dt.date, dt.date]:
    """First day of the month and of the next one."""
    first = dt.date(given.year or year, given.month, 1)
    return first, next_month(first)


def next_month(day: dt.date) -> dt.date:
    """First day of the month after the day's."""
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
