"""What a demo firm gets on paper each month: its electricity bill, fuels, water, output and value added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
from numpy.typing import NDArray

from park.demo import model, workdays
from park.demo.assumptions import Firm, assumptions
from park.demo.load import busyness
from park.demo.noise import key, normal
from tenants.calc.spread import round_cumulative
from tenants.factors import PERIODS, window_table

TARIFF_AREA = "重庆"


@dataclass(frozen=True)
class Electricity:
    """The lines of an electricity bill. Energies of the periods add up to the billed quantity."""

    period_wh: dict[str, int]
    max_kw: Decimal
    power_factor: Decimal
    amount_cny: Decimal


@dataclass(frozen=True)
class Bill:
    """One quantity of one flow over half-open local days. [milli-units of the flow]"""

    flow: str
    start: date
    end: date
    quantity: int
    electricity: Electricity | None = None
    facts: dict[str, str] = field(default_factory=dict)


def next_month(first: date) -> date:
    """First day of the month after."""
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def months(first: date, until: date) -> Iterator[date]:
    """First days of the months that end on or before `until`, from the month of `first` on."""
    month = first.replace(day=1)
    while next_month(month) <= until:
        yield month
        month = next_month(month)


def reading_period(firm: Firm, month: date) -> tuple[date, date]:
    """First day of the bill of a month and first day after it: the calendar month unless the account is read earlier."""
    if firm.reading_day == 1:
        return month, next_month(month)
    return (month - timedelta(days=1)).replace(day=firm.reading_day), month.replace(day=firm.reading_day)


def bills(firm: Firm, first: date, until: date, *, from_meters: bool = False) -> list[Bill]:
    """Every bill of the firm for the months from `first` that have ended by `until`.

    Args:
        from_meters: Only the grid company's bill for what was drawn; PV, export and battery are known from their meters.
    """
    result: list[Bill] = []
    for month in months(first, until):
        power = electricity(firm, *reading_period(firm, month))
        result += power[:1] if from_meters else power
        result += others(firm, month)
    return result


def electricity(firm: Firm, start: date, end: date) -> list[Bill]:
    """The grid company's bill of one reading period: what was taken, what was fed in, what the PV meter counted."""
    days = workdays.span(start.isoformat(), (end - timedelta(days=1)).isoformat())
    made = model.balance(firm, days)
    taken = int(made.grid_in.sum())
    reactive = int(made.reactive.sum())
    power_factor = Decimal(taken / np.hypot(taken, reactive)).quantize(Decimal("0.0001"))
    periods = _periods(made.grid_in, days)
    max_kw = Decimal(int(made.grid_in.max()) * 4) / 1000
    lines = Electricity(periods, max_kw, power_factor, _amount(periods, max_kw, power_factor))
    result = [Bill("grid_in", start, end, taken, lines)]
    if firm.pv_kwp:
        result += [Bill("grid_out", start, end, int(made.grid_out.sum())), Bill("pv_gen", start, end, int(made.pv_gen.sum()))]
    if firm.storage_kwh:
        result.append(Bill("storage_in", start, end, int(made.charged.sum())))
        result.append(Bill("storage_out", start, end, int(made.discharged.sum())))
    return result


def others(firm: Firm, month: date) -> list[Bill]:
    """Fuels, water, output and value added of a calendar month; what a firm has none of has no bill."""
    output_cny = firm.output_10k * 10_000
    yearly = {
        "fuel:natural_gas": (firm.gas_10k_m3 * 10_000, firm.gas_for_heat),
        "fuel:diesel": (firm.diesel_t * 1000, 0.0),
        "water": (firm.water_m3, 0.0),
        "output": (output_cny, 0.0),
        "value_added": (output_cny * firm.value_added, 0.0),
    }
    return [
        Bill(flow, month, next_month(month), _of_year(firm, flow, amount, heat, month.year)[month.month - 1])
        for flow, (amount, heat) in yearly.items()
        if amount
    ]


def _of_year(firm: Firm, flow: str, amount: float, for_heat: float, year: int) -> list[int]:
    """Twelve monthly quantities that add up to the year's amount: part follows the work, part the winter. [milli-units]"""
    days = workdays.year_days(year)
    work = np.bincount(workdays.months(days), weights=busyness(firm, days), minlength=12)
    winter = np.array(assumptions().bills["heating_months"], dtype=np.float64)
    share = (1 - for_heat) * work / work.sum() + for_heat * winter / winter.sum()
    share *= 1 + 0.03 * normal(key(firm.key, flow, year), np.arange(12))
    return [int(value) for value in round_cumulative(share / share.sum() * amount * 1000)]


def _periods(grid_in: NDArray[np.int64], days: workdays.Days) -> dict[str, int]:
    """Energy in each price period of the tariff area's windows. [Wh]"""
    table = window_table(TARIFF_AREA)
    codes = np.repeat(np.array(table.slots), 2, axis=1)[workdays.months(days)]
    sums = np.bincount(codes.ravel(), weights=grid_in.ravel().astype(np.float64), minlength=len(PERIODS))
    return {name: int(sums[PERIODS.index(name)]) for name in table.periods() if sums[PERIODS.index(name)]}


def prices() -> dict[str, Decimal]:
    """The demo's price of a kWh in each period and of a kW of maximum demand and month. [CNY]"""
    given = {name: Decimal(value) for name, value in assumptions().prices.items()}
    flat = given["flat_kwh"]
    peak = flat * given["peak_factor"]
    return {
        "sharp": peak * given["sharp_factor"], "peak": peak, "flat": flat, "valley": flat * given["valley_factor"],
        "demand": given["demand_kw_month"],
    }  # fmt: skip


def _amount(periods: dict[str, int], max_kw: Decimal, power_factor: Decimal) -> Decimal:
    """The bill: energy by period, demand charge, and the adjustment for a low power factor. [CNY]"""
    per = prices()
    energy = sum((per[name] * wh / 1000 for name, wh in periods.items()), Decimal(0))
    given = assumptions().prices
    below = max(Decimal(given["power_factor_goal"]) - power_factor, Decimal(0))
    adjustment = 1 + below / Decimal("0.01") * Decimal(given["power_factor_step"])
    return ((energy + per["demand"] * max_kw) * adjustment).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
