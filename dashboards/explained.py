"""From an account's figure to what a card or the "how?" drawer shows. Words and formats only; nothing is computed."""

from __future__ import annotations

from decimal import Decimal

from dashboards import cards
from dashboards.cards.words import Say
from park.notation import number, of_milli
from tenants.calc.completeness import Completeness
from tenants.factors import Factor
from tenants.flows import FLOW_NAMES, FLOWS
from tenants.ledger import Account, Figure

FLOW_MEANINGS = {
    "grid_in": "grid", "pv_self": "pv_self", "pv_gen": "pv_self", "direct_in": "direct", "traded_applied": "traded",
    "gec_applied": "certificates", "heat_in": "heat", "fuel:natural_gas": "gas", "fuel:lng": "gas", "fuel:lpg": "gas",
    "fuel:diesel": "diesel", "fuel:petrol": "diesel", "water": "water", "grid_out": "export",
}  # fmt: skip
MATCHED = {"exact": "Factor of this very year", "latest_earlier": "Latest earlier year", "chosen": "Later year, chosen on record"}


def flow_name(flow: str, say: Say) -> str:
    """The flow as people call it."""
    return say(FLOW_NAMES[flow])


def shown(figure: Figure, places: int | None = None) -> str | None:
    """The figure as text, or None where there is no value."""
    value = figure.shown(places)
    return None if value is None else number(value, figure.indicator.places if places is None else places)


def completeness(found: Completeness, estimated: Decimal | None = None) -> cards.Completeness | None:
    """The shares of time for a card; what is estimated is taken from the measured part."""
    if found.time is None:
        return None
    known = float(found.time)
    guess = min(known, float(estimated or 0))
    return cards.Completeness(known - guess, guess, 1.0 - known)


def method_line(account: Account, figure: Figure, say: Say) -> str:
    """Method, version and factor year of a figure in one line."""
    years = sorted({str(one.year) for one in figure.factors if one.year})
    factors = say("factors {years}", years="/".join(years)) if years else ""
    return " · ".join(filter(None, (say(account.method.title), account.version, factors)))


def card(account: Account, key: str, say: Say, *, changes: tuple[cards.Change, ...] = (), note: str = "", partial: str = "") -> object:
    """An indicator card of one of the account's figures."""
    figure = account.figures[key]
    why = figure.problem.message if figure.problem else ""
    return cards.indicator_card(
        say(figure.indicator.title), shown(figure), figure.unit, say=say, data_indicator=key, changes=changes,
        note=note or (why if figure.exact is None else ""), partial=partial, method=method_line(account, figure, say),
        completeness=completeness(figure.completeness, figure.estimated_share), explain=key,
    )  # fmt: skip


def explanation(account: Account, key: str, say: Say) -> cards.Explanation:
    """Everything behind a figure for the drawer: formula with its numbers, inputs, factors and how they matched."""
    figure = account.figures[key]
    indicator = figure.indicator
    return cards.Explanation(
        say(indicator.title), shown(figure), figure.unit, say(indicator.formula), figure.formula,
        [_input(flow, region, quantity, unit, say) for flow, region, quantity, unit in figure.inputs],
        [_factor(one, say) for one in figure.factors],
        completeness(figure.completeness, figure.estimated_share),
        f"{say(account.method.title)} {account.version} · {account.factor_set}",
        say(indicator.source),
        [say(note.msgid, **{name: say(fact) if isinstance(fact, str) else fact for name, fact in note.facts.items()})
         for note in figure.notes],
    )  # fmt: skip


def _input(flow: str, region: str, quantity: int, unit: str, say: Say) -> cards.InputLine:
    amount = of_milli(quantity, FLOWS[flow].unit if flow in FLOWS else unit)
    return cards.InputLine(flow_name(flow, say), amount.number, amount.unit, region)


def _factor(factor: Factor, say: Say) -> cards.FactorLine:
    return cards.FactorLine(
        factor.id, f"{factor.value:f}".rstrip("0").rstrip("."), factor.unit, str(factor.year or ""), factor.source,
        say(MATCHED[factor.matched]), factor.verified, say("Verified") if factor.verified else say("Not verified"),
    )  # fmt: skip
