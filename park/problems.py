"""A problem in the words of a person: what, when, how much is at stake, why it is thought wrong, what may be done."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from park.notation import number
from park.words import t
from tenants.calc.quality.rules import RULES, Rule
from tenants.exact import rounded
from tenants.flows import FLOWS
from tenants.quality.problems import Problem
from tenants.quality.worth import yuan

UNKNOWN = Rule("{rule}", "From {from} to {to}: {rule}.", "")
REGISTER_RATES = {"kWh": "kW", "kvarh": "kvar"}


def rule_of(key: str) -> Rule:
    """The rule with this id; of an older or newer program a rule without words."""
    return RULES.get(key, UNKNOWN)


def title(problem: Problem, lang: str | None) -> str:
    """What the rule is called."""
    return t(rule_of(problem.rule).title, lang, rule=problem.rule)


def sentence(problem: Problem, lang: str | None) -> str:
    """What is thought wrong, and why."""
    rule, facts = rule_of(problem.rule), dict(problem.facts)
    for name in rule.amounts:
        facts[name] = quantity(facts.get(name))
    for name in rule.rates:
        facts[name] = power(facts.get(name), facts.get("step"))
    first, last = span(problem.start, problem.end)
    unit = t(problem.unit, lang)
    rate = REGISTER_RATES.get(problem.unit) or f"{unit}/h"
    places = {**facts, "from": first, "to": last, "energy": quantity(problem.energy), "unit": unit, "rate": rate}
    return t(rule.sentence, lang, **places, rule=problem.rule)


def remedy(problem: Problem, lang: str | None) -> str:
    """What a person may do about it."""
    return t(rule_of(problem.rule).remedy, lang)


def quantity(milli: Any) -> str:
    """A quantity as people read it: three digits that matter, no less than whole units from a hundred on."""
    if not isinstance(milli, int):
        return str(milli or "")
    value = Decimal(milli) / 1000
    return number(value, 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2)


def power(milli: Any, step: Any) -> str:
    """The energy of one interval as a mean rate."""
    if not isinstance(milli, int) or not isinstance(step, int) or not step:
        return quantity(milli)
    return quantity(int(rounded(Fraction(milli * 60, step), 0)))


def span(start: dt.datetime, end: dt.datetime) -> tuple[str, str]:
    """Begin and end as people write them: whole days by their dates, both included; else with the time."""
    if start.time() == end.time() == dt.time():
        return f"{start:%Y-%m-%d}", f"{end - dt.timedelta(days=1):%Y-%m-%d}"
    if start.date() == end.date():
        return f"{start:%Y-%m-%d %H:%M}", f"{end:%H:%M}"
    return f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}"


def told(problem: Problem, lang: str | None, price_cny: Decimal | None = None) -> dict[str, Any]:
    """The problem for JSON and tables; numbers are strings."""
    worth = yuan(problem, price_cny)
    return {
        "problem": str(problem.id), "rule": problem.rule, "title": title(problem, lang), "meter": problem.meter,
        "flow": problem.flow, "start": problem.start.isoformat(), "end": problem.end.isoformat(), "energy": str(problem.amount),
        "unit": FLOWS[problem.flow].unit, "yuan": None if worth is None else str(worth), "sentence": sentence(problem, lang),
        "remedy": remedy(problem, lang), "methods": list(rule_of(problem.rule).methods), "status": problem.state,
        "decided": problem.decided and problem.decided.isoformat(), "actor": problem.actor, "reason": problem.reason,
        "batch": problem.batch and str(problem.batch),
    }  # fmt: skip
