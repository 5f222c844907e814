"""Judging an indicator by the limits of a jurisdiction. Where no limit is defined, none is invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from tenants.errors import LingyuanError
from tenants.exact import rounded
from tenants.factors import Limit

Status = Literal["met", "not_met", "not_defined", "not_determinable"]

# Reasons, as templates over the verdict's facts.
NO_LIMIT_YET = "The {jurisdiction} rules define no limit of this indicator for {year}."
NO_LIMIT_AT_SIZE = (
    "The {jurisdiction} rules define no limit for a park of {energy} tce a year: its limits begin at {from_tce} tce."
)
NO_VALUE = "The indicator could not be computed."
MEMBERS_ONLY = "What the park uses beside its members is not known, so the park's indicator cannot be determined."
NOT_A_YEAR = "The limit is for a whole calendar year; this period is shorter."
TOO_LITTLE_KNOWN = "More than {limit} % of the total is estimated or missing."
WITHIN = "{value} {unit} is within the limit of {limit} {unit}."
OUTSIDE = "{value} {unit} is outside the limit of {limit} {unit}."


class UnknownJurisdiction(LingyuanError):
    """There is no ruleset named {jurisdiction}."""

    status = 422
    remedy = "Choose one of: {jurisdictions}."


@dataclass(frozen=True)
class Verdict:
    """What the limits say of an indicator. `limit` is None unless one applies; `reason` is a template over `facts`."""

    status: Status
    reason: str
    facts: dict[str, Any] = field(default_factory=dict)
    limit: Limit | None = None


def applicable(limits: Sequence[Limit], indicator: str, energy_tce: Fraction, *, year: int, jurisdiction: str) -> Limit | str:
    """The limit for a park of this size and year, or the template of the reason why there is none.

    Raises:
        UnknownJurisdiction: no ruleset has this name.
    """
    ours = [one for one in limits if one.jurisdiction == jurisdiction]
    if not ours:
        names = ", ".join(dict.fromkeys(one.jurisdiction for one in limits))
        raise UnknownJurisdiction(jurisdiction=jurisdiction, jurisdictions=names)
    begun = [one for one in ours if one.indicator == indicator and one.year <= year]
    if not begun:
        return NO_LIMIT_YET
    newest = max(one.year for one in begun)
    for one in begun:
        if one.year == newest and one.from_tce <= energy_tce and (one.below_tce is None or energy_tce < one.below_tce):
            return one
    return NO_LIMIT_AT_SIZE


def judge(
    limits: Sequence[Limit], indicator: str, value: Fraction | None, energy_tce: Fraction | None, *, year: int, jurisdiction: str
) -> Verdict:
    """Met or not, on the unrounded value: 0.20035 is not within 0.2, although it prints as 0.20.

    Args:
        value: the indicator, in the limit's unit; None when it could not be computed.
        energy_tce: comprehensive energy use of the year, which decides the size class. [tce]
    """
    if value is None or energy_tce is None:
        return Verdict("not_determinable", NO_VALUE)
    found = applicable(limits, indicator, energy_tce, year=year, jurisdiction=jurisdiction)
    if isinstance(found, str):
        sizes = [one.from_tce for one in limits if (one.jurisdiction, one.indicator) == (jurisdiction, indicator)]
        begins = min(sizes, default=0)
        facts = {"jurisdiction": jurisdiction, "year": year, "energy": f"{round(energy_tce):,}", "from_tce": f"{begins:,}"}
        return Verdict("not_defined", found, facts)
    limit = Fraction(found.limit)
    met = value <= limit if found.sense == "max" else value >= limit
    facts = {"value": _close(value, found.limit), "limit": found.limit, "unit": found.unit}
    return Verdict("met" if met else "not_met", WITHIN if met else OUTSIDE, facts, found)


def _close(value: Fraction, limit: Decimal) -> str:
    """The value with as many places as it takes to tell it from the limit, at least four."""
    places = 4
    while places < 12 and value != Fraction(limit) and round(value, places) == Fraction(limit):
        places += 1
    return str(rounded(value, places))
