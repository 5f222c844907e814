"""What electricity costs, from a firm's own prices: one average price, or a price for each period of a window table.

Prices are whole milli-yuan per kWh and energies whole Wh, so every cost is exact. A cost computed here is an estimate of
the energy charge; a bill holds more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tenants.errors import LingyuanError
from tenants.exact import decimal_of
from tenants.factors import PERIODS, WindowTable
from tenants.factors.windows import SLOT_MINUTES

_DAY = 24 * 60


class PriceMissing(LingyuanError):
    """There is no price for the period {period} of {area}."""

    status = 422
    remedy = "Enter a price for every period of this area, or an average price."


@dataclass(frozen=True)
class AveragePrice:
    """One price for every hour. `demand` [milli-CNY/kW and month] is None where maximum demand is not charged or unknown."""

    price: int
    demand: int | None = None


@dataclass(frozen=True)
class WindowPrices:
    """A price for each period of an area's windows [milli-CNY/kWh], keyed by the names in PERIODS."""

    table: WindowTable
    prices: Mapping[str, int]
    demand: int | None = None


Tariff = AveragePrice | WindowPrices


@dataclass(frozen=True)
class PeriodCost:
    """Energy [Wh] and its cost [CNY] in one price period."""

    wh: int
    cny: Decimal


@dataclass(frozen=True)
class Cost:
    """The energy charge of a curve, an estimate. `periods` is empty for an average price.

    `missing` intervals have no value and are not in the sums.
    """

    cny: Decimal
    wh: int
    periods: dict[str, PeriodCost]
    missing: int

    @property
    def average_price(self) -> Decimal | None:
        """Cost per energy. [CNY/kWh]"""
        return average_price(self.cny, self.wh)


def average_price(cny: Decimal, wh: int) -> Decimal | None:
    """What a kWh cost on average; None without energy. [CNY/kWh]"""
    return decimal_of(Fraction(cny) * 1000 / wh) if wh else None


def period_codes(table: WindowTable, days: NDArray[np.datetime64], step: int) -> NDArray[np.uint8]:
    """The price period of each interval, as an index into PERIODS, shape (days, 1440 / step).

    Args:
        days: local days, shape (days,).
        step: minutes of an interval; at most a half hour, since windows change on half hours.
    Raises:
        ValueError: the step is longer or does not divide a half hour.
    """
    if step > SLOT_MINUTES or SLOT_MINUTES % step:
        raise ValueError(f"intervals of {step} minutes may straddle a window")
    by_month = np.repeat(np.array(table.slots, np.uint8), SLOT_MINUTES // step, axis=1)
    codes: NDArray[np.uint8] = by_month[_months(days)]
    return codes


def half_hours(values: NDArray[np.int64], step: int) -> tuple[NDArray[np.int64], int]:
    """The intervals split so that none straddles a window: evenly, the odd milli-unit to the earlier part.

    Returns the matrix and its step; steps up to a half hour stay as they are.
    """
    parts = step // SLOT_MINUTES
    if parts <= 1:
        return values, step
    each, rest = np.divmod(values[..., np.newaxis], parts)
    return (each + (np.arange(parts) < rest)).reshape(*values.shape[:-1], -1), SLOT_MINUTES


def prices(tariff: Tariff, days: NDArray[np.datetime64], step: int) -> NDArray[np.int64]:
    """The price of each interval, shape (days, 1440 / step). [milli-CNY/kWh]

    Raises:
        PriceMissing: a period that occurs has no price.
    """
    if isinstance(tariff, AveragePrice):
        return np.full((len(days), _DAY // step), tariff.price, np.int64)
    codes = period_codes(tariff.table, days, step)
    table = np.zeros(len(PERIODS), np.int64)
    for code in np.unique(codes):
        name = PERIODS[code]
        if name not in tariff.prices:
            raise PriceMissing(period=name, area=tariff.table.area)
        table[code] = tariff.prices[name]
    found: NDArray[np.int64] = table[codes]
    return found


def cost(
    values: NDArray[np.int64], present: NDArray[np.bool_], days: NDArray[np.datetime64], *, step: int, tariff: Tariff
) -> Cost:
    """The energy charge of a load curve at the firm's own prices, exact.

    Args:
        values: energy of each interval, shape (days, 1440 / step). [Wh]
        present: where an interval has a value; the rest is missing, not zero, and left out.
        step: minutes of an interval.
    Raises:
        PriceMissing: a period that occurs has no price.
    """
    missing = int(np.count_nonzero(~present))
    known, step = half_hours(np.where(present, values, 0).astype(np.int64), step)
    micro = known * prices(tariff, days, step)  # Wh x milli-CNY/kWh = micro-CNY
    periods: dict[str, PeriodCost] = {}
    if isinstance(tariff, WindowPrices):
        codes = period_codes(tariff.table, days, step)
        for code in np.unique(codes):
            here = codes == code
            periods[PERIODS[code]] = PeriodCost(int(known[here].sum()), cny_of_micro(int(micro[here].sum())))
    return Cost(cny_of_micro(int(micro.sum())), int(known.sum()), periods, missing)


def cny_of_micro(micro: int) -> Decimal:
    """Millionths of a yuan as yuan, exact. [CNY]"""
    return decimal_of(Fraction(micro, 1_000_000))


def _months(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    months: NDArray[np.int64] = days.astype("datetime64[M]").astype(np.int64) % 12
    return months
