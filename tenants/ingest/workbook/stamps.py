"""Texts as dates and times of day, each distinct text once: ISO, Chinese, slashes, compact, serial numbers, epochs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.workbook.result import DateOrder

Ints = NDArray[np.int64]
NONE = -(2**40)  # no offset, no time of day, no date
DAY_S = 86_400

# One pattern for everything with separators. The tail is an offset or the end of a range.
_SEPARATED = (
    r"^\s*(?P<a>\d{1,4})\s*[-/.年]\s*(?P<b>\d{1,2})\s*[-/.月]\s*(?P<c>\d{1,4})\s*日?(?P<gap>[T\s]*)"
    r"(?P<noon>上午|下午|AM|PM|am|pm)?\s*"
    r"(?:(?P<h>\d{1,2})\s*[:：时点]\s*(?:(?P<m>\d{1,2})\s*[:：分]?\s*)?(?P<s>\d{1,2})?(?:[.,]\d+)?秒?)?\s*"
    r"(?P<late>AM|PM|am|pm)?(?P<tail>.*?)\s*$"
)
_COMPACT = (
    r"^\s*(?P<a>(?:19|20)\d{2})(?P<b>\d{2})(?P<c>\d{2})(?:(?P<gap>[T\s_-]*)(?P<h>\d{2}):?(?:(?P<m>\d{2}):?(?P<s>\d{2})?)?)?"
    r"(?P<tail>Z|[+-]\d{2}:?\d{2}|\s*[-~～—–至到]+\s*\d{1,2}[:：]\d{2})?\s*$"
)
_OFFSET = re.compile(r"\s*(?:Z|UTC|GMT|(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?)$", re.IGNORECASE)
_RANGE = re.compile(r"\s*[-~～—–至到]+\s*(\d{1,2})(?:[:：](\d{2})(?::\d{2})?|[时点])$")
_CLOCK = re.compile(
    r"^(上午|下午|am|pm)?\s*(\d{1,2})\s*[:：时点]\s*(\d{1,2})?\s*[:：分]?\s*(\d{1,2})?(?:\.\d+)?秒?\s*(am|pm)?$", re.IGNORECASE
)
_WEEKDAY = re.compile(
    r"[(（]?(星期|周|礼拜)[一二三四五六日天][)）]?|\b(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\b,?", re.IGNORECASE
)
_MONTHS = {
    name: i + 1 for i, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
}
_DAY_MONTH = re.compile(r"^(\d{1,2})[-/. ]+([a-z]{3})[a-z]*[-/., ]+(\d{4})", re.IGNORECASE)
_MONTH_DAY = re.compile(r"^([a-z]{3})[a-z]*[-/. ]+(\d{1,2})(?:st|nd|rd|th)?[, ]+(\d{4})", re.IGNORECASE)
_SERIAL = re.compile(r"^(\d{5})(\.\d+)?$")
_EPOCH = re.compile(r"^(\d{10})(\d{3})?$")
_ISO = np.frombuffer(b"0000-00-00 00:00:00", np.uint8)
_CHINESE = re.compile("[〇零○一二三四五六七八九十]+")
_DIGITS = {"〇": 0, "零": 0, "○": 0, **{numeral: i + 1 for i, numeral in enumerate("一二三四五六七八九")}}
_DATE = 10  # characters of a date alone
_SERIAL_ZERO = 25_569  # Excel's number of 1970-01-01
_SERIALS = range(25_569, 73_051)  # 1970 to 2099


@dataclass(frozen=True)
class Stamps:
    """What texts say, shape (k,): date parts `a`, `b`, `c` as written, the number of digits of `a` and `c`, `second` of the
    day (NONE: date only), `offset` from UTC [s] (NONE: local time), `until` the second at which a range ends (NONE: no range).
    `good` marks texts that are stamps at all."""

    a: Ints
    b: Ints
    c: Ints
    a_digits: Ints
    c_digits: Ints
    second: Ints
    offset: Ints
    until: Ints
    good: NDArray[np.bool_]

    def days(self, order: DateOrder) -> Ints:
        """Days since 1970-01-01 in this order of the date's parts, NONE where there is no such day."""
        year, month, day = self._parts(order)
        year = np.where(year < 100, year + 2000, year)
        return np.where(self.good, days_from_civil(year, month, day), NONE)

    def _parts(self, order: DateOrder) -> tuple[Ints, Ints, Ints]:
        if order == "ymd":
            return self._choose((self.a, self.b, self.c), (self.c, self.b, self.a), self.c_digits == 4)
        last = (self.c, self.b, self.a) if order == "dmy" else (self.c, self.a, self.b)
        return self._choose(last, (self.a, self.b, self.c), self.a_digits == 4)

    @staticmethod
    def _choose(
        usual: tuple[Ints, Ints, Ints], other: tuple[Ints, Ints, Ints], use_other: NDArray[np.bool_]
    ) -> tuple[Ints, Ints, Ints]:
        """Where a year of four digits stands at the other end, it decides."""
        year, month, day = (np.where(use_other, second, first) for first, second in zip(usual, other, strict=True))
        return year, month, day


def parse(texts: Sequence[str], serials: bool = False) -> Stamps:
    """The stamps that the texts are. `serials`: bare numbers may be Excel's day numbers or seconds since 1970."""
    if (plain := _iso(texts)) is not None:
        return plain
    stamps = _match(texts, _SEPARATED)
    _fill(stamps, texts, ~stamps.good, lambda rest: _match(rest, _COMPACT))
    _fill(stamps, texts, ~stamps.good, lambda rest: _match([_plainly(text) for text in rest], _SEPARATED))
    if serials:
        _fill(stamps, texts, ~stamps.good, _numbers)
    return stamps


def of_seconds(seconds: Ints) -> Stamps:
    """The stamps of moments [s since 1970] as a workbook's cells are written: midnights as dates alone."""
    year, month, day = civil_from_days(seconds // DAY_S)
    second = seconds % DAY_S
    four, two, none = (np.full(seconds.size, value, np.int64) for value in (4, 2, NONE))
    return Stamps(
        year, month, day, four, two, np.where(second == 0, NONE, second), none, none.copy(), np.ones(seconds.size, bool)
    )


def _iso(texts: Sequence[str]) -> Stamps | None:
    """The texts if all are written like 2026-03-01 00:15:00 (or 2026-03-01 for midnight), as a workbook's cells are; None if
    any is not. Ten times as fast as patterns."""
    if not texts or max(map(len, texts)) > _ISO.size or len(texts[0]) not in (_DATE, _ISO.size):
        return None
    letters = np.array(texts, f"U{_ISO.size}").view(np.uint32).reshape(-1, _ISO.size)
    bare = letters[:, _DATE] == 0
    letters = np.where(bare[:, None] & (letters == 0), _ISO, letters)
    marks = ~np.isin(_ISO, ord("0"))
    digits = letters[:, ~marks] - np.uint32(ord("0"))
    if not (letters[:, marks] == _ISO[marks]).all() or (digits > 9).any():
        return None
    pairs = digits[:, 0::2].astype(np.int64) * 10 + digits[:, 1::2]
    second = pairs[:, 4] * 3600 + pairs[:, 5] * 60 + pairs[:, 6]
    good = (pairs[:, 5] < 60) & (pairs[:, 6] < 60) & (second <= DAY_S)
    none = np.full(bare.size, NONE, np.int64)
    return Stamps(
        pairs[:, 0] * 100 + pairs[:, 1], pairs[:, 2].copy(), pairs[:, 3].copy(), np.full(bare.size, 4, np.int64),
        np.full(bare.size, 2, np.int64), np.where(bare, NONE, second), none, none.copy(), good,
    )  # fmt: skip


def _fill(stamps: Stamps, texts: Sequence[str], open_: NDArray[np.bool_], read: Callable[[list[str]], Stamps]) -> None:
    """Reads the texts that are still open in another way, in place."""
    where = np.flatnonzero(open_)
    if where.size == 0:
        return
    found = read([texts[i] for i in where.tolist()])
    for name in ("a", "b", "c", "a_digits", "c_digits", "second", "offset", "until", "good"):
        getattr(stamps, name)[where] = getattr(found, name)


def _match(texts: Sequence[str], pattern: str) -> Stamps:
    """The texts by one pattern, all at once."""
    import polars as pl  # reads a hundred thousand texts in the time that `re` takes for ten thousand

    series = pl.Series("text", texts, dtype=pl.String)
    groups = series.to_frame().select(pl.col("text").str.extract_groups(pattern)).unnest("text")

    def whole(name: str, missing: int = NONE) -> Ints:
        if name not in groups.columns:
            return np.full(len(texts), missing, np.int64)
        return groups[name].cast(pl.Int64, strict=False).fill_null(missing).to_numpy().astype(np.int64)

    def digits(name: str) -> Ints:
        return groups[name].str.len_bytes().fill_null(0).to_numpy().astype(np.int64)

    hour, minute, second = whole("h"), whole("m", 0), whole("s", 0)
    noon = _column(groups, "noon") if "noon" in groups.columns else np.full(len(texts), "")
    late = _column(groups, "late") if "late" in groups.columns else np.full(len(texts), "")
    hour = _half_days(hour, np.where(noon == "", late, noon))
    seconds = np.where(hour == NONE, NONE, hour * 3600 + minute * 60 + second)
    gap = _column(groups, "gap") if "gap" in groups.columns else np.full(len(texts), "T")
    precise = np.char.find(gap.astype(str), "T") >= 0
    if "s" in groups.columns:
        precise |= groups["s"].is_not_null().to_numpy()
    offset, until, known = _tails(_column(groups, "tail"), precise)
    a, b, c = whole("a"), whole("b"), whole("c")
    possible = (hour == NONE) | ((minute < 60) & (second < 60) & (seconds <= DAY_S))
    good = (a != NONE) & possible & known & ((hour != NONE) | (offset == NONE) & (until == NONE))
    return Stamps(a, b, c, digits("a"), digits("c"), seconds, offset, until, good)


def _column(groups: object, name: str) -> NDArray[np.str_]:
    series = groups[name]  # type: ignore[index]
    if series.null_count() == len(series) or not (series.fill_null("") != "").any():
        return np.full(len(series), "")
    return np.array(series.fill_null("").to_list(), dtype=str)


def _half_days(hour: Ints, half: NDArray[np.str_]) -> Ints:
    """Hours of a 24-hour day."""
    if not (half != "").any():
        return hour
    lowered = np.char.lower(half)
    after, before = np.isin(lowered, ("pm", "下午")), np.isin(lowered, ("am", "上午"))
    return np.where(after & (hour < 12) & (hour >= 0), hour + 12, np.where(before & (hour == 12), 0, hour))


def _tails(tails: NDArray[np.str_], precise: NDArray[np.bool_]) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Offset and end of range that follow the time, and whether the tail was understood."""
    texts, numbers = np.unique(tails, return_inverse=True)
    read = np.array([_tail(str(text), exact) for text in texts for exact in (False, True)], np.int64).reshape(-1, 2, 3)
    chosen = read[numbers.ravel(), precise.astype(np.intp)]
    return chosen[:, 0].copy(), chosen[:, 1].copy(), chosen[:, 2].astype(bool)


def _tail(text: str, precise: bool) -> tuple[int, int, bool]:
    """Offset [s], end of a range [s of the day], understood. `precise`: after T or seconds, -08:00 is an offset, not a range."""
    if not text:
        return NONE, NONE, True
    end = _RANGE.match(text)
    if end and not (precise and re.match(r"\s*-\d", text)):
        return NONE, int(end[1]) * 3600 + int(end[2] or 0) * 60, True
    if found := _OFFSET.match(text):
        seconds = int(found[2] or 0) * 3600 + int(found[3] or 0) * 60
        return (-seconds if found[1] == "-" else seconds), NONE, seconds <= 14 * 3600
    return NONE, NONE, False


def _plainly(text: str) -> str:
    """The text with full-width digits narrowed, weekdays dropped and names of months as numbers."""
    text = chinese_digits(_WEEKDAY.sub(" ", unicodedata.normalize("NFKC", text)).strip())
    if found := _DAY_MONTH.match(text):
        day, month, year = found[1], found[2], found[3]
    elif found := _MONTH_DAY.match(text):
        month, day, year = found[1], found[2], found[3]
    else:
        return text
    number = _MONTHS.get(month.lower())
    return f"{year}-{number}-{day}{text[found.end() :]}" if number else text


def chinese_digits(text: str) -> str:
    """The text with Chinese numerals as digits: 二〇二六年三月十一日 becomes 2026年3月11日."""
    return _CHINESE.sub(lambda found: str(_number_of(found[0])), text) if _CHINESE.search(text) else text


def _number_of(numerals: str) -> int:
    if "十" not in numerals:  # digit by digit, as years are written
        return int("".join(str(_DIGITS[one]) for one in numerals))
    tens, _, ones = numerals.partition("十")
    return 10 * (_DIGITS[tens[-1]] if tens else 1) + (_DIGITS[ones[0]] if ones else 0)


def _numbers(texts: Sequence[str]) -> Stamps:
    """Excel's day numbers and seconds or milliseconds since 1970."""
    count = len(texts)
    days, seconds, offsets = (np.full(count, NONE, np.int64) for _ in range(3))
    for i, text in enumerate(texts):
        if (found := _SERIAL.match(text)) and int(found[1]) in _SERIALS:
            second = round(float(found[2] or 0) * DAY_S)
            # A serial cut to few digits still means the minute.
            second = round(second / 60) * 60 if abs(second - round(second / 60) * 60) <= 5 else second
            days[i] = int(found[1]) - _SERIAL_ZERO
            seconds[i] = second if found[2] else NONE
        elif found := _EPOCH.match(text):
            days[i], seconds[i] = divmod(int(found[1]), DAY_S)
            offsets[i] = 0
    year, month, day = civil_from_days(np.where(days == NONE, 0, days))
    four = np.full(count, 4, np.int64)
    return Stamps(
        year, month, day, four, np.full(count, 2, np.int64), seconds, offsets, np.full(count, NONE, np.int64), days != NONE
    )


def clock(text: str) -> int | None:
    """The second of the day that a text such as 0:15, 24:00 or 8时15分 names, or None."""
    found = _CLOCK.match(unicodedata.normalize("NFKC", text).strip())
    if not found:
        return None
    hour, minute, second = int(found[2]), int(found[3] or 0), int(found[4] or 0)
    half = (found[1] or found[5] or "").lower()
    hour = hour + 12 if half in ("pm", "下午") and hour < 12 else 0 if half in ("am", "上午") and hour == 12 else hour
    total = hour * 3600 + minute * 60 + second
    return total if minute < 60 and second < 60 and total <= DAY_S else None


def days_from_civil(year: Ints, month: Ints, day: Ints) -> Ints:
    """Days since 1970-01-01 of dates, NONE where there is no such date."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    known = (year >= 1900) & (year <= 2999) & (month >= 1) & (month <= 12)
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    safe = np.where(known, month, 1)
    good = known & (day >= 1) & (day <= lengths[safe] + ((safe == 2) & leap))
    firsts = (np.where(known, year, 1970) - 1970) * 12 + safe - 1
    first = firsts.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.where(good, first + day - 1, NONE)


def civil_from_days(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of days since 1970-01-01."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype(np.int64) + 1970
    return year, months.astype(np.int64) % 12 + 1, (dates - months).astype(np.int64) + 1
