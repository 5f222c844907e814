"""Five fixed findings from a load curve, each with its kWh and its yuan. All yuan are estimates.

They compare a site with its own quiet times only: no benchmark of other firms and no price is assumed. Days and nights with
missing or estimated intervals are left out, not taken as zero.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenants.calc import finding as words
from tenants.calc import tariff as prices_of
from tenants.calc.finding import Finding, Prices, State, not_determinable
from tenants.calc.load import Curve, maximum_demand, power_kw
from tenants.calc.tariff import PriceMissing, Tariff, WindowPrices
from tenants.exact import decimal_of, grouped, rounded
from tenants.factors import PERIODS

NIGHT = (0, 5)  # local hours in which a site without a night shift is quiet
DAYTIME = (8, 18)
FEWEST_NIGHTS, FEWEST_DAYS = 7, 14
QUIETEST = Fraction(1, 10)  # a site's own best: its quietest tenth
WORKS_AT_NIGHT = Fraction(7, 10)  # of the daytime load: then nights are production, not base load
DAY_OFF = Fraction(1, 2)  # of the median day
NEGLIGIBLE = Fraction(1, 10)
SHAVED_HOURS = 2  # a month, for what a lower maximum demand would take
SHIFTED = Fraction(1, 10)


def find(curve: Curve, prices: Prices | None = None, reactive: Curve | None = None) -> tuple[Finding, ...]:
    """The five findings in their fixed order.

    Args:
        curve: active energy from the grid, in Wh.
        prices: what the firm entered; without it yuan are not told.
        reactive: reactive energy of the same days and step, drawn and delivered added. [varh]
    """
    prices = prices or Prices()
    return (
        night_base_load(curve, prices),
        days_off(curve, prices),
        demand_peak(curve, prices),
        peak_valley_share(curve, prices),
        power_factor(curve, prices, reactive),
    )


def night_base_load(curve: Curve, prices: Prices) -> Finding:
    """What the nights use above the site's own quietest tenth of nights."""
    night, day = _hours(curve.step, NIGHT), _hours(curve.step, DAYTIME)
    whole = np.all(curve.measured[:, [*range(*night), *range(*day)]], axis=1)
    nights = int(whole.sum())
    if nights < FEWEST_NIGHTS:
        return not_determinable("night_base_load", words.NIGHT_TITLE, words.TOO_FEW_NIGHTS, nights=nights, needed=FEWEST_NIGHTS)
    used = curve.values[whole][:, slice(*night)].sum(axis=1)
    usual, quiet = _ranked(used, Fraction(1, 2)), _ranked(used, QUIETEST)
    minutes = (NIGHT[1] - NIGHT[0]) * 60
    daytime = (
        _ranked(curve.values[whole][:, slice(*day)].sum(axis=1), Fraction(1, 2)) * minutes // ((DAYTIME[1] - DAYTIME[0]) * 60)
    )
    share = Fraction(usual, daytime or usual or 1)
    facts = {
        "from": NIGHT[0], "to": NIGHT[1], "night": _kw(usual, minutes), "quiet": _kw(quiet, minutes),
        "share": str(rounded(100 * share, 0)),
    }  # fmt: skip
    if share >= WORKS_AT_NIGHT:
        return Finding("night_base_load", words.NIGHT_TITLE, "fine", words.NIGHT_FINE, "", facts, days=nights)
    above = used > quiet
    yuan, why = _avoided(curve, prices, whole, night, used, quiet)
    return Finding(
        "night_base_load", words.NIGHT_TITLE, "found" if above.any() else "fine", words.NIGHT_FOUND, words.NIGHT_REMEDY, facts,
        int(above.sum()) * len(range(*night)), _kwh(int((used - quiet)[above].sum())), yuan, why, nights,
    )  # fmt: skip


def days_off(curve: Curve, prices: Prices) -> Finding:
    """What days off use above the site's own quietest tenth of days off."""
    whole = curve.measured.all(axis=1)
    known = int(whole.sum())
    if known < FEWEST_DAYS:
        return not_determinable("days_off", words.OFF_TITLE, words.TOO_FEW_DAYS, days=known, needed=FEWEST_DAYS)
    totals = curve.values.sum(axis=1)
    usual = _ranked(totals[whole], Fraction(1, 2))
    off = whole & (totals * DAY_OFF.denominator < usual * DAY_OFF.numerator)
    if not off.any():
        facts: dict[str, Any] = {"limit": str(rounded(100 * DAY_OFF, 0))}
        return Finding("days_off", words.OFF_TITLE, "fine", words.OFF_NONE, "", facts, days=known)
    used = totals[off]
    count, quiet = int(off.sum()), _ranked(used, QUIETEST)
    share = Fraction(int(used.sum()), count * usual)
    mean = grouped(rounded(Fraction(int(used.sum()), count * 1000), 0))
    facts = {"days": count, "mean": mean, "share": str(rounded(100 * share, 0))}
    if share < NEGLIGIBLE:
        return Finding("days_off", words.OFF_TITLE, "fine", words.OFF_FINE, "", facts, days=known)
    yuan, why = _avoided(curve, prices, off, (0, curve.values.shape[1]), used, quiet)
    return Finding(
        "days_off", words.OFF_TITLE, "found", words.OFF_FOUND, words.OFF_REMEDY, facts,
        int((used > quiet).sum()) * curve.values.shape[1], _kwh(int((used - quiet)[used > quiet].sum())), yuan, why, known,
    )  # fmt: skip


def demand_peak(curve: Curve, prices: Prices) -> Finding:
    """When the maximum demand was, and what its highest hours of each month cost."""
    highest = maximum_demand(curve)
    if highest is None:
        return not_determinable("maximum_demand", words.DEMAND_TITLE, words.NOT_MEASURED)
    at = curve.demand
    keep = SHAVED_HOURS * 60 // at.step
    months = at.days.astype("datetime64[M]")
    saved_wh = lower = concerned = above_wh = 0
    for month in np.unique(months):
        energies = np.sort(at.values[months == month][at.measured[months == month]])[::-1]
        if len(energies) <= keep:
            continue
        level = int(energies[keep])
        lower = max(lower, level)
        saved_wh += int(energies[0]) - level
        concerned += int((energies > level).sum())
        above_wh += int((energies[energies > level] - level).sum())
    price = prices.tariff.demand if prices.tariff else None
    # kW x milli-CNY; the energy of one interval is a power over its minutes.
    yuan = None if price is None else decimal_of(Fraction(saved_wh * 60 * price, at.step * 1000 * 1000))
    facts = {
        "kw": grouped(rounded(Fraction(highest.kw), 2)), "start": f"{highest.start:%Y-%m-%d %H:%M}", "hours": SHAVED_HOURS,
        "lower": grouped(rounded(Fraction(power_kw(lower, at.step) if lower else highest.kw), 2)),
    }  # fmt: skip
    return Finding(
        "maximum_demand", words.DEMAND_TITLE, "found", words.DEMAND_FOUND, words.DEMAND_REMEDY, facts, concerned,
        _kwh(above_wh), yuan, "" if price is not None else words.NEEDS_DEMAND_PRICE, int(at.measured.any(axis=1).sum()),
    )  # fmt: skip


def peak_valley_share(curve: Curve, prices: Prices) -> Finding:
    """How the electricity lies over the price periods, and what moving a tenth of the dear part would save."""
    table = prices.table
    if table is None:
        return not_determinable("peak_valley_share", words.SHARE_TITLE, words.NO_WINDOWS)
    if not curve.measured.any():
        return not_determinable("peak_valley_share", words.SHARE_TITLE, words.NOT_MEASURED)
    values, step = prices_of.half_hours(np.where(curve.measured, curve.values, 0).astype(np.int64), curve.step)
    codes = prices_of.period_codes(table, curve.days, step)
    wh = {name: int(values[codes == code].sum()) for code, name in enumerate(PERIODS)}
    dear, cheap, total = wh["sharp"] + wh["peak"], wh["valley"] + wh["deep_valley"], sum(wh.values())
    facts: dict[str, Any] = {name: _percent(part, total) for name, part in wh.items()}
    facts |= {"dear": _percent(dear, total), "cheap": _percent(cheap, total)}
    yuan, why = _shifted(prices.tariff, wh)
    concerned = curve.measured.repeat(values.shape[1] // curve.values.shape[1], axis=1) & (codes < PERIODS.index("flat"))
    return Finding(
        "peak_valley_share", words.SHARE_TITLE, "found" if dear > cheap else "fine", words.SHARE_FOUND, words.SHARE_REMEDY, facts,
        int(concerned.sum()), _kwh(dear), yuan, why, int(curve.measured.any(axis=1).sum()),
    )  # fmt: skip


def _shifted(tariff: Tariff | None, wh: dict[str, int]) -> tuple[Decimal | None, str]:
    """What a tenth of the sharp and peak energy would cost less in valley hours. [CNY]"""
    if not isinstance(tariff, WindowPrices) or any(
        wh[name] and name not in tariff.prices for name in ("sharp", "peak", "valley")
    ):
        return None, words.NEEDS_WINDOW_PRICES
    valley = tariff.prices.get("valley", 0)
    micro = sum(wh[name] * (tariff.prices.get(name, 0) - valley) for name in ("sharp", "peak"))
    return max(decimal_of(SHIFTED * Fraction(micro, 1_000_000)), Decimal(0)), ""


def power_factor(curve: Curve, prices: Prices, reactive: Curve | None) -> Finding:
    """The power factor of the intervals where active and reactive energy are measured, and what the bill took for it."""
    both = curve.measured & reactive.measured if reactive is not None and reactive.step == curve.step else None
    if reactive is None or both is None or not both.any():
        return not_determinable("power_factor", words.FACTOR_TITLE, words.NO_REACTIVE)
    months = curve.days.astype("datetime64[M]")
    by_month = {}
    for month in np.unique(months):
        here = both & (months == month)[:, np.newaxis]
        found = factor_of(int(curve.values[here].sum()), int(reactive.values[here].sum()))
        if found is not None:
            by_month[str(month)] = found
    whole = factor_of(int(curve.values[both].sum()), int(reactive.values[both].sum()))
    if whole is None:
        return not_determinable("power_factor", words.FACTOR_TITLE, words.NO_REACTIVE)
    worst = min(by_month, key=lambda month: by_month[month])
    facts = {
        "factor": str(rounded(Fraction(whole), 3)), "month": worst, "worst": str(rounded(Fraction(by_month[worst]), 3)),
    }  # fmt: skip
    yuan, reference = prices.adjustment_cny, prices.power_factor_reference
    state: State = "stated"
    if yuan is not None:
        state = "found" if yuan > 0 else "fine"
    elif reference is not None:
        state = "found" if whole < reference else "fine"
    return Finding(
        "power_factor", words.FACTOR_TITLE, state, words.FACTOR_STATED, words.FACTOR_REMEDY, facts, int(both.sum()),
        _kwh(int(curve.values[both].sum())), yuan, "" if yuan is not None else words.NEEDS_ADJUSTMENT,
        int(both.any(axis=1).sum()), estimate=yuan is None,
    )  # fmt: skip


def factor_of(active: int, reactive: int) -> Decimal | None:
    """Power factor of two energies, active / sqrt(active^2 + reactive^2); None where both are zero. [1]"""
    with localcontext(prec=30):
        apparent = Decimal(active * active + reactive * reactive).sqrt()
        return Decimal(active) / apparent if apparent else None


def _avoided(
    curve: Curve, prices: Prices, rows: NDArray[np.bool_], columns: tuple[int, int], used: NDArray[np.int64], quiet: int
) -> tuple[Decimal | None, str]:
    """The cost of what each row used above the quiet one, at the row's own mean price. [CNY]"""
    if prices.tariff is None:
        return None, words.NEEDS_PRICE
    try:
        known, step = prices_of.half_hours(curve.values[rows].astype(np.int64), curve.step)
        micro = known * prices_of.prices(prices.tariff, curve.days[rows], step)
    except PriceMissing:
        return None, words.NEEDS_WINDOW_PRICES
    scale = micro.shape[1] // curve.values.shape[1]
    costs = micro[:, columns[0] * scale : columns[1] * scale].sum(axis=1)
    saved = sum(
        (Fraction(int(paid) * (int(all_) - quiet), int(all_)) for paid, all_ in zip(costs, used, strict=True) if all_ > quiet),
        Fraction(0),
    )
    return decimal_of(saved / 1_000_000), ""


def _hours(step: int, hours: tuple[int, int]) -> tuple[int, int]:
    """First interval and first interval after these local hours."""
    return hours[0] * 60 // step, hours[1] * 60 // step


def _ranked(values: NDArray[np.int64], share: Fraction) -> int:
    """The value that this share of the others does not exceed; always one of them."""
    return int(np.sort(values)[int(share * (len(values) - 1))])


def _kw(wh: int, minutes: int) -> str:
    return grouped(rounded(Fraction(power_kw(wh, minutes)), 1))


def _kwh(wh: int) -> Decimal:
    return decimal_of(Fraction(wh, 1000))


def _percent(part: int, whole: int) -> str:
    return str(rounded(Fraction(100 * part, whole), 1)) if whole else "0"
