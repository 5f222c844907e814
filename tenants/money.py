"""What a firm's electricity cost, and what its load curve says could be saved. Its own prices only; estimates say so.

The cost of a month is the amount of its bills where they name one; else the load curve at the firm's tariff, an estimate;
else unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np

from tenants import activities, tariffs
from tenants.calc import tariff as prices
from tenants.calc.finding import Finding, Prices
from tenants.calc.findings import find
from tenants.calc.load import Curve, Demand, maximum_demand
from tenants.curves.codec import fitted
from tenants.curves.listing import channels_of
from tenants.curves.read import CurveBlock, read
from tenants.db import TenantSession
from tenants.exact import decimal_of
from tenants.factors import PERIODS, WindowTable, areas, window_table
from tenants.period import Period

Basis = Literal["bill", "windows", "average", "none"]
DAY_MINUTES = 24 * 60
QUARTER_HOUR = 15  # demand and price windows are judged by it; finer values are summed up to it


@dataclass(frozen=True)
class Money:
    """Cost of grid electricity in a period. `cny` is None where unknown; `estimate` unless every kWh of it was billed.

    `wh` is the energy the cost is for; `periods` splits it by price window where windows are known.
    """

    basis: Basis
    cny: Decimal | None
    wh: int
    estimate: bool
    periods: dict[str, prices.PeriodCost]

    @property
    def average_price(self) -> Decimal | None:
        """What a kWh cost on average. [CNY/kWh]"""
        return None if self.cny is None else prices.average_price(self.cny, self.wh)


def load_curve(session: TenantSession, flow: str, first: dt.date, last: dt.date) -> Curve | None:
    """The flow's curve over the local days `first` to `last`, a quarter hour or coarser; None where it is not metered."""
    channels = channels_of(session, flow)
    if not channels:
        return None
    return as_curve(read(session, channels, first, last, at_least=QUARTER_HOUR))


def as_curve(block: CurveBlock) -> Curve:
    """A block in the form calculations take: every day has 1440 / step columns; the extra hour of a long day is left out."""
    width = DAY_MINUTES // block.step
    return Curve(block.days, fitted(block.values, width), fitted(block.quality, width), block.step)


def cost(session: TenantSession, period: Period) -> Money:
    """What the grid electricity of the period cost."""
    return _billed(session, period) or priced(session, period)


def priced(session: TenantSession, period: Period) -> Money:
    """The load curve of the period at the firm's tariff, an estimate, whatever the bills say."""
    held = tariffs.on(session, period.start)
    curve = load_curve(session, "grid_in", period.start, period.end - dt.timedelta(days=1))
    if held is None or curve is None:
        return Money("none", None, 0 if curve is None else int(curve.values[curve.measured].sum()), True, {})
    found = prices.cost(curve.values, curve.measured, curve.days, step=curve.step, tariff=held)
    basis: Basis = "windows" if isinstance(held, prices.WindowPrices) else "average"
    return Money(basis, found.cny if found.wh else None, found.wh, True, found.periods)


def _billed(session: TenantSession, period: Period) -> Money | None:
    """The bills' own amounts, each split over its days; None unless they cover every day of the period."""
    last = period.end - dt.timedelta(days=1)
    entered = activities.list_activities(session, flow="grid_in", first=period.start, last=last)
    bills = [one for one in entered if one.details.get("amount") is not None]
    covered = sum(_days_within(one, period) for one in bills)
    if not bills or covered < period.days:
        return None
    cny = sum((Fraction(Decimal(str(one.details["amount"]))) * _share(one, period) for one in bills), Fraction(0))
    wh = sum((one.quantity * _share(one, period) for one in bills), Fraction(0))
    whole = all(_share(one, period) == 1 for one in bills)
    return Money("bill", decimal_of(cny), round(wh), not whole, {})


def _days_within(one: activities.Activity, period: Period) -> int:
    return max(0, (min(one.end, period.end) - max(one.start, period.start)).days)


def _share(one: activities.Activity, period: Period) -> Fraction:
    return Fraction(_days_within(one, period), (one.end - one.start).days)


def findings(session: TenantSession, first: dt.date, last: dt.date) -> tuple[Finding, ...]:
    """The five findings over the local days `first` to `last`; empty where nothing is metered."""
    curve = load_curve(session, "grid_in", first, last)
    if curve is None:
        return ()
    return find(curve, _entered(session, first), _reactive(session, curve, first, last))


def _entered(session: TenantSession, day: dt.date) -> Prices:
    held = tariffs.on(session, day)
    return Prices(tariff=held, windows=windows_of(session.region) if held is None else None)


def windows_of(region: str) -> WindowTable | None:
    """The published windows of the province, to count shares by; None where there are none."""
    return window_table(region) if region in areas() else None


def _reactive(session: TenantSession, curve: Curve, first: dt.date, last: dt.date) -> Curve | None:
    """Reactive energy of the same days and step, drawn and delivered added; None where it is not metered so."""
    parts = [load_curve(session, flow, first, last) for flow in ("reactive_in", "reactive_out")]
    known = [part for part in parts if part is not None and part.values.shape == curve.values.shape]
    if not known:
        return None
    values = np.sum([part.values for part in known], axis=0)
    quality = np.where(np.all([part.measured for part in known], axis=0), known[0].quality, 0).astype(np.uint8)
    return Curve(curve.days, values, quality, curve.step)


def peak(session: TenantSession, first: dt.date, last: dt.date) -> Demand | None:
    """The maximum demand of the days."""
    curve = load_curve(session, "grid_in", first, last)
    return None if curve is None else maximum_demand(curve)


def best(found: Iterable[Finding], count: int = 3) -> list[Finding]:
    """The findings worth most first; those without yuan after them."""
    open_ = [one for one in found if one.state == "found"]
    return sorted(open_, key=lambda one: (one.yuan_per_month is None, -(one.yuan_per_month or 0)))[:count]


def window_energy(curve: Curve, table: WindowTable) -> dict[str, int]:
    """The curve's energy in each price period of the area [Wh], in the order of PERIODS; missing intervals are left out."""
    known, step = prices.half_hours(np.where(curve.measured, curve.values, 0).astype(np.int64), curve.step)
    codes = prices.period_codes(table, curve.days, step)
    return {PERIODS[code]: int(known[codes == code].sum()) for code in np.unique(codes)}
