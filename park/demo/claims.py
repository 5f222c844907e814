"""Certificates, offsets, targets and top-down totals of the demo parks: everything invented, every name says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from park.demo.assumptions import LightFirm, LightPark, assumptions
from tenants.offsets import Project, Retirement
from tenants.serials import Serials

_REGISTRY = "DEMO"
_SERIALS_A_YEAR = 1_000_000  # room for a year's units of one firm


@dataclass(frozen=True)
class Lot:
    """Certificates of one quarter of a year, of 1,000 kWh each, cancelled for that year. `vintage` is a month's first day."""

    kind: str
    serials: Serials
    vintage: dt.date


@dataclass(frozen=True)
class Credits:
    """Tonnes of one offset project; retired or, without a retirement, still held."""

    serials: Serials
    project: Project
    retirement: Retirement | None


def lots(firm_key: str, first: dt.date, until: dt.date) -> list[Lot]:
    """What a firm of the main park bought for the quarters from `first` that have ended by `until`."""
    rules = assumptions().certificates
    if firm_key not in rules["units_a_year"]:
        return []
    number = assumptions().firm(firm_key).number
    return _quarterly(rules["kind"][firm_key], number, rules["units_a_year"][firm_key], first, until)


def light_lots(park: LightPark, firm: LightFirm, first: dt.date, until: dt.date) -> list[Lot]:
    """What a firm of a light park bought: its share of its grid power, as certificates."""
    number = 100 + 10 * assumptions().light_parks.index(park) + park.firms.index(firm)
    return _quarterly("gec", number, int(firm.mwh * firm.gec), first, until)


def _quarterly(kind: str, number: int, units: int, first: dt.date, until: dt.date) -> list[Lot]:
    """Each year's units in four serial ranges that follow each other."""
    found = []
    for year in range(first.year, until.year + 1):
        for quarter in range(4):
            end = dt.date(year + quarter // 3, (3 * quarter + 3) % 12 + 1, 1)
            before, after = units * quarter // 4, units * (quarter + 1) // 4
            vintage = dt.date(year, 3 * quarter + 1, 1)
            if first <= vintage and end <= until and after > before:
                base = (year - 2000) * _SERIALS_A_YEAR
                serials = Serials(_REGISTRY, f"DEMO-{kind.upper()}-{number:04d}-", base + before + 1, base + after)
                found.append(Lot(kind, serials, vintage))
    return found


def credits(firm_key: str, past_year: int) -> list[Credits]:
    """The mangrove offset of the past year: one part retired for it, one part still held."""
    given = assumptions().offset
    if given["firm"] != firm_key:
        return []
    base, retired, held = (past_year - 2000) * _SERIALS_A_YEAR, given["retired_a_year"], given["held"]
    project = Project(given["project_id"], given["project_name"], past_year, given["methodology"], given["host"])
    beneficiary = assumptions().firm(firm_key).title
    proof = Retirement(f"DEMO-RET-{past_year}-0001", dt.date(past_year, 12, 31), beneficiary, past_year, given["purpose"])

    def serials(first: int, last: int) -> Serials:
        return Serials(given["registry"], given["serial_prefix"], base + first, base + last)

    return [
        Credits(serials(1, retired), project, proof),
        Credits(serials(retired + 1, retired + held), project, None),
    ]


def path(shares: tuple[float, ...], base_year: int, base_tco2: Decimal) -> dict[int, Decimal]:
    """The park's path of targets: emission of each year from the base year on. [tCO2]"""
    whole = Decimal(1)
    return {base_year + step: (base_tco2 * Decimal(str(share))).quantize(whole) for step, share in enumerate(shares)}


def top_down(known: Mapping[str, int], unassigned: Mapping[str, float]) -> dict[str, int]:
    """A month's totals as the grid and gas companies report them: what the firms sum to, and a little nobody claims.

    Args:
        known: Sum over all firms of each flow. [milli-units]
        unassigned: Part of the total that belongs to no known firm.
    """
    return {flow: round(known[flow] / (1 - share)) for flow, share in unassigned.items() if known.get(flow)}
