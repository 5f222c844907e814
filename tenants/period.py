"""The periods figures are shown for: whole local months, half-open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tenants.errors import InvalidInput

Kind = Literal["month", "ytd", "rolling", "year"]
KINDS: tuple[Kind, ...] = ("month", "ytd", "rolling", "year")


@dataclass(frozen=True)
class Period:
    """Months from `start` up to, not including, `end`; both are first days of months.

    A period that runs over the turn of a year (rolling 12 months) takes the factors of the year it ends in.
    """

    kind: Kind
    start: dt.date
    end: dt.date

    @property
    def factor_year(self) -> int:
        """The year whose factors and parameters count."""
        return (self.end - dt.timedelta(days=1)).year

    @property
    def days(self) -> int:
        """Number of local days."""
        return (self.end - self.start).days

    def months(self) -> Iterator[dt.date]:
        """First day of each month."""
        month = self.start
        while month < self.end:
            yield month
            month = next_month(month)

    def year_before(self) -> Period:
        """The same months one year earlier."""
        return Period(self.kind, self.start.replace(year=self.start.year - 1), self.end.replace(year=self.end.year - 1))

    def before(self) -> Period:
        """The period of equal length that ends where this one starts."""
        length = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
        return Period(self.kind, add_months(self.start, -length), self.start)

    def complete(self, today: dt.date) -> bool:
        """Whether every month of it has ended."""
        return self.end <= today


def add_months(month: dt.date, count: int) -> dt.date:
    """The first day of the month `count` months later."""
    index = month.year * 12 + month.month - 1 + count
    return dt.date(index // 12, index % 12 + 1, 1)


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after the day's."""
    return add_months(day.replace(day=1), 1)


def of_month(year: int, month: int) -> Period:
    """One calendar month."""
    if not 1 <= month <= 12:
        raise InvalidInput(field="month", reason="there is no month {given}", remedy="Give 1 to 12.", given=month)
    start = dt.date(year, month, 1)
    return Period("month", start, next_month(start))


def of_year(year: int) -> Period:
    """One calendar year."""
    if not 1990 <= year <= 2098:
        reason = "{given} is not a year of the accounts"
        raise InvalidInput(field="year", reason=reason, remedy="Give a year like 2026.", given=year)
    return Period("year", dt.date(year, 1, 1), dt.date(year + 1, 1, 1))


def named(kind: str, anchor: dt.date) -> Period:
    """The period of this kind that ends with the anchor's month: month, ytd (from January), rolling (12 months), year."""
    month = anchor.replace(day=1)
    end = next_month(month)
    if kind == "month":
        return Period("month", month, end)
    if kind == "ytd":
        return Period("ytd", month.replace(month=1), end)
    if kind == "rolling":
        return Period("rolling", add_months(end, -12), end)
    if kind == "year":
        return of_year(month.year)
    raise InvalidInput(
        field="period", reason="{given} is not a period", remedy="One of: {known}", given=kind, known=" ".join(KINDS)
    )
