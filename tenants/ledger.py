"""Accounts: flow sums in, explained figures out. A tenant's and a park's come from the same functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tenants.calc.completeness import NO_FIGURE
from tenants.calc.indicators import INDICATORS
from tenants.calc.limits import MEMBERS_ONLY, NO_LIMIT_AT_SIZE, NOT_A_YEAR, TOO_LITTLE_KNOWN, Verdict, judge
from tenants.calc.sums import FlowSum, add
from tenants.calc.terms import Flows, Passed
from tenants.calc.transfers import cancel_passed_heat, cancel_transfers, unmatched_transfers
from tenants.errors import LingyuanError, fill
from tenants.exact import decimal_of
from tenants.factors import FACTOR_SET, limits
from tenants.figures import Figure, Figures, NothingRecorded
from tenants.methods import METHODS, Method, factors_of
from tenants.methods import method as method_of

__all__ = [
    "INDICATORS",
    "METHODS",
    "Account",
    "Figure",
    "NothingRecorded",
    "account",
    "as_json",
    "cancel_passed_heat",
    "cancel_transfers",
    "unmatched_transfers",
    "verdict",
]


@dataclass(frozen=True)
class Account:
    """The figures of one period under one method, by key."""

    method: Method
    factor_set: str
    year: int
    period: tuple[dt.date, dt.date]
    choice: int | None
    figures: Figures = field(repr=False)

    @property
    def version(self) -> str:
        """The version of the method."""
        return self.method.version

    @property
    def headline(self) -> Figure:
        """The figure the method exists for."""
        return self.figures[self.method.headline]

    @property
    def problem(self) -> LingyuanError | None:
        """Why the headline figure is missing, or None."""
        return self.headline.problem


def account(
    sums: Sequence[FlowSum],
    *,
    method: str,
    year: int,
    choice: int | None = None,
    period: tuple[dt.date, dt.date] | None = None,
    passed: Sequence[Passed] = (),
    put_in: Sequence[FlowSum] = (),
    made: Sequence[FlowSum] = (),
) -> Account:
    """The account of summed flows under a method. Linear: the account of a sum is the sum of the accounts, exactly.

    A missing factor leaves its figure empty with the reason and hinders no other figure.

    Args:
        sums: of one tenant, a site, or a whole park (then without what passes between its firms: `cancel_transfers`).
        year: whose factors count.
        choice: a later factor year that somebody has chosen for `year`.
        period: first day and first day after, local; default the whole year.
        passed: heat passed at its producer's own factor, part of `heat_in` or `heat_out`.
        put_in, made: fuels turned into other fuels; not part of `sums`.
    Raises:
        UnknownMethod: there is no such method.
        FactorNotAdmitted: a factor of `passed` is not one the method admits.
    """
    under = method_of(method)
    use = factors_of(under.key, year, choice)
    flows = Flows(tuple(add(sums)), tuple(use.passed(one) for one in passed), tuple(add(put_in)), tuple(add(made)))
    whole = (dt.date(year, 1, 1), dt.date(year + 1, 1, 1))
    return Account(under, FACTOR_SET, year, period or whole, choice, Figures(flows, use))


def verdict(
    of: Account, key: str = "carbon_per_energy", *, members_only: bool = False, jurisdiction: str = "national"
) -> Verdict:
    """What the jurisdiction's limits say of an indicator of this account, judged on the unrounded value.

    Not determinable for the members of a park only, for less than a calendar year, or when more than a fifth is estimated
    or missing; not defined where the jurisdiction has no limit for a park of this size.

    Args:
        members_only: the account lacks what the park uses beside its members.
    Raises:
        UnknownJurisdiction: there is no such ruleset.
    """
    figure, energy = of.figures[key], of.figures["energy_equivalent_tce"]
    found = judge(limits(), key, figure.exact, energy.exact, year=of.year, jurisdiction=jurisdiction)
    if members_only:
        return Verdict("not_determinable", MEMBERS_ONLY)
    start, end = of.period
    if found.reason == NO_LIMIT_AT_SIZE and (end - start).days < 365:
        return Verdict("not_determinable", NOT_A_YEAR)  # a part of a year does not tell the year's size
    if found.status not in ("met", "not_met"):
        return found
    if of.period != (dt.date(of.year, 1, 1), dt.date(of.year + 1, 1, 1)):
        return Verdict("not_determinable", NOT_A_YEAR, limit=found.limit)
    unknown = max(figure.estimated_share or Decimal(0), 1 - (figure.completeness.time or Decimal(0)))
    if unknown > NO_FIGURE:
        return Verdict("not_determinable", TOO_LITTLE_KNOWN, {"limit": int(100 * NO_FIGURE)}, found.limit)
    return found


Say = Callable[[str, dict[str, Any]], str]


def as_json(of: Account, say: Say = fill) -> dict[str, Any]:
    """The account as plain data; numbers that count are strings, so that no reader rounds them.

    Args:
        say: makes a sentence of a template and its facts, in the language of the door; default English.
    """
    return {
        "method": of.method.key,
        "version": of.version,
        "factor_set": of.factor_set,
        "year": of.year,
        "period": {"start": of.period[0].isoformat(), "end": of.period[1].isoformat()},
        "figures": [_figure_json(one, say) for one in of.figures.values()],
        "problem": _problem_json(of.problem, say),
    }


def _figure_json(one: Figure, say: Say) -> dict[str, Any]:
    full = one.completeness
    return {
        "key": one.key,
        "title": say(one.indicator.title, {}),
        "value": _text(one.value),
        "unit": one.unit,
        "shown": _text(one.shown()),
        "completeness": {"time": _text(full.time), "energy": _text(full.energy), "backed": _text(full.backed)},
        "estimated_share": _text(one.estimated_share),
        "formula": one.formula,
        "inputs": [
            {"flow": flow, "region": region, "quantity": _text(decimal_of(Fraction(quantity, 1000))), "unit": unit}
            for flow, region, quantity, unit in one.inputs
        ],
        "factors": [
            {"id": use.id, "value": _text(use.value), "unit": use.unit, "year": use.year, "matched": use.matched,
             "verified": use.verified, "source": use.source}
            for use in one.factors
        ],
        "notes": [say(note.msgid, note.facts) for note in one.notes],
        "problem": _problem_json(one.problem, say),
    }  # fmt: skip


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _problem_json(error: LingyuanError | None, say: Say) -> dict[str, str] | None:
    if error is None:
        return None
    return {"code": error.code, "message": say(error.template, error.facts), "remedy": say(error.remedy, error.facts)}
