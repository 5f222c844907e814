"""Certificates, offsets, targets and top-down totals of the demo park: everything invented, every name says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from park.demo.assumptions import LightFirm, LightPark, assumptions

KWH_PER_UNIT = 1000
_REGISTRY = "DEMO"
_SERIALS_A_YEAR = 1_000_000  # room for a year's units of one firm


@dataclass(frozen=True)
class Certificates:
    """Units of 1,000 kWh, generated in one month, cancelled for a claim year or held."""

    kind: str
    registry: str
    serial_prefix: str
    serial_first: int
    serial_last: int
    vintage: date
    claim_year: int | None

    @property
    def status(self) -> str:
        """`cancelled` once claimed, else `held`."""
        return "held" if self.claim_year is None else "cancelled"


@dataclass(frozen=True)
class Offset:
    """Tonnes of one offset project, one serial each."""

    registry: str
    project_id: str
    project_name: str
    methodology: str
    host: str
    vintage_year: int
    serial_prefix: str
    serial_first: int
    serial_last: int
    status: str
    retirement_id: str | None
    retirement_day: date | None
    claim_year: int | None
    beneficiary: str
    purpose: str


def certificates(firm_key: str, year: int, last_month: int) -> list[Certificates]:
    """What a firm of the main park bought for a year: a twelfth each month up to `last_month`, cancelled for that year."""
    rules = assumptions().certificates
    if firm_key not in rules["units_a_year"]:
        return []
    number = assumptions().firm(firm_key).number
    return _monthly(rules["kind"][firm_key], number, rules["units_a_year"][firm_key], year, last_month)


def light_certificates(park: LightPark, firm: LightFirm, year: int, last_month: int) -> list[Certificates]:
    """What a firm of a light park bought: its share of its grid power, as certificates."""
    number = 100 + 10 * assumptions().light_parks.index(park) + park.firms.index(firm)
    return _monthly("gec", number, int(firm.mwh * firm.gec), year, last_month)


def _monthly(kind: str, number: int, units: int, year: int, last_month: int) -> list[Certificates]:
    """Twelve serial ranges of a year, of which the first `last_month` are given."""
    result, first = [], (year - 2000) * _SERIALS_A_YEAR + 1
    for month in range(1, 13):
        last = first + units * month // 12 - units * (month - 1) // 12 - 1
        if month <= last_month and last >= first:
            prefix = f"DEMO-{kind.upper()}-{number:04d}-"
            result.append(Certificates(kind, _REGISTRY, prefix, first, last, date(year, month, 1), year))
        first = last + 1
    return result


def offsets(firm_key: str, past_year: int) -> list[Offset]:
    """The mangrove offset: one part retired for the past year, one part still held."""
    given = assumptions().offset
    if given["firm"] != firm_key:
        return []
    retired, held = given["retired_a_year"], given["held"]
    base = (past_year - 2000) * _SERIALS_A_YEAR
    about = {name: given[name] for name in ("registry", "project_id", "project_name", "methodology", "host", "serial_prefix")}
    beneficiary = assumptions().firm(firm_key).title
    return [
        Offset(
            **about, vintage_year=past_year, serial_first=base + 1, serial_last=base + retired, status="retired",
            retirement_id=f"DEMO-RET-{past_year}-0001", retirement_day=date(past_year + 1, 1, 15), claim_year=past_year,
            beneficiary=beneficiary, purpose=given["purpose"],
        ),
        Offset(
            **about, vintage_year=past_year, serial_first=base + retired + 1, serial_last=base + retired + held, status="held",
            retirement_id=None, retirement_day=None, claim_year=None, beneficiary=beneficiary, purpose="",
        ),
    ]  # fmt: skip


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
