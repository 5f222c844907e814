"""The light parks: monthly quantities of each firm, from its yearly amounts."""

from __future__ import annotations

from datetime import date

import numpy as np

from park.demo.assumptions import LightFirm, LightPark, assumptions
from park.demo.bills import Bill, months, next_month
from park.demo.noise import key, normal
from tenants.calc.spread import round_cumulative

# Share of a year's work in each month: two short months around the festival, busy spring and autumn.
_WORK = np.array([0.90, 0.72, 1.04, 1.03, 1.02, 1.01, 1.03, 1.02, 1.05, 1.00, 1.08, 1.10])
_COOLING = np.array([0, 0, 0, 0, 0.02, 0.06, 0.12, 0.12, 0.05, 0, 0, 0])


def bills(park: LightPark, firm: LightFirm, first: date, until: date) -> list[Bill]:
    """Every monthly quantity of the firm for the months from `first` that have ended by `until`. [milli-units]"""
    result: list[Bill] = []
    for month in months(first, until):
        year = {flow: of_year(park, firm, flow, month.year) for flow in _yearly(firm)}
        amounts = {flow: values[month.month - 1] for flow, values in year.items()}
        amounts["grid_out"] = round(amounts["pv_gen"] * firm.export)
        result += [Bill(flow, month, next_month(month), amount) for flow, amount in amounts.items() if amount]
    return result


def of_year(park: LightPark, firm: LightFirm, flow: str, year: int) -> list[int]:
    """Twelve months of one flow; the park's trend moves energies against 2025. [milli-units]"""
    climate = assumptions().climate
    shape = {"pv_gen": np.array(climate["pv_kwh_per_kwp"], dtype=np.float64)}.get(flow, _WORK)
    if flow in ("grid_in", "direct_in"):
        shape = shape + _COOLING
    seed = key("light", park.key, firm.key, flow)
    shape = shape * (1 + 0.04 * normal(seed, year, np.arange(12)))
    level = 1.0 if flow in ("pv_gen", "output", "value_added") else (1 + park.trend) ** (year - 2025)
    level *= 1 + 0.01 * float(normal(seed, year, 12))
    return [int(value) for value in round_cumulative(shape / shape.sum() * _yearly(firm)[flow] * level)]


def _yearly(firm: LightFirm) -> dict[str, float]:
    """A firm's yearly amounts. [milli-units]"""
    output = firm.output_10k * 10_000 * 1000
    return {
        "grid_in": firm.mwh * 1e6,
        "direct_in": firm.direct_mwh * 1e6,
        "pv_gen": firm.pv_mwh * 1e6,
        "fuel:natural_gas": firm.gas_10k_m3 * 1e7,
        "fuel:diesel": firm.diesel_t * 1e6,
        "output": output,
        "value_added": output * firm.value_added,
    }
