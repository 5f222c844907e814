"""From an account's figure to what a card or the "how?" drawer shows. Words and formats only; nothing is computed."""

from __future__ import annotations

from decimal import Decimal

from dashboards import cards
from dashboards.cards.words import Say
from park.notation import number, of_milli
from tenants.calc.completeness import Completeness
from tenants.errors import LingyuanError
from tenants.factors import Factor
from tenants.flows import FLOW_NAMES, FLOWS
from tenants.ledger import Account, Figure
from tenants.notes import Note
from tenants.uncertainties import Stated, of_figure

FLOW_MEANINGS = {
    "grid_in": "grid",
    "pv_self": "pv_self",
    "pv_gen": "pv_self",
    "direct_in": "direct",
    "traded_applied": "traded",
    "gec_applied": "certificates",
    "heat_in": "heat",
    "fuel:natural_gas": "gas",
    "fuel:lng": "gas",
    "fuel:lpg": "gas",
    "fuel:diesel": "diesel",
    "fuel:petrol": "diesel",
    "water": "water",
    "grid_out": "export",
}
WHOLE = Decimal("0.99")  # below it a figure says in so many words that it is partial
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


def incomplete(figure: Figure, say: Say) -> str:
    """That something is missing in the figure, where more than a hundredth of the time is; else empty."""
    known = figure.completeness.time
    if figure.exact is None or known is None or known > WHOLE:
        return ""
    return say("Partial: {share} of the time is missing", share=cards.percent(float(1 - known)))


def factor_years(figure: Figure, say: Say) -> str:
    """The years of the figure's factors; empty if it has none."""
    years = sorted({str(one.year) for one in figure.factors if one.year})
    return say("factors {years}", years="/".join(years)) if years else ""


def note_text(note: Note, say: Say) -> str:
    """A note of the account; facts that are words themselves are said in the reader's language too."""
    return say(note.msgid, **{name: say(fact) if isinstance(fact, str) else fact for name, fact in note.facts.items()})


def said_of(problem: LingyuanError, say: Say) -> dict[str, str]:
    """Message and remedy of a figure's problem."""
    facts = {name: say(fact) if isinstance(fact, str) else fact for name, fact in problem.facts.items()}
    return {"message": say(problem.template, **facts), "remedy": say(problem.remedy, **facts)}


def method_line(account: Account, figure: Figure, say: Say) -> str:
    """Method and factor year of a figure in one line; its version is in the explanation."""
    return " · ".join(filter(None, (say(account.method.title), factor_years(figure, say))))


def card(
    account: Account,
    key: str,
    say: Say,
    *,
    changes: tuple[cards.Change, ...] = (),
    note: str = "",
    partial: str = "",
    brief: bool = False,
) -> object:
    """An indicator card of one of the account's figures; `brief` where the page itself names the method."""
    figure = account.figures[key]
    why = said_of(figure.problem, say)["message"] if figure.problem and figure.exact is None else ""
    return cards.indicator_card(
        say(figure.indicator.title),
        shown(figure),
        say(figure.unit),
        say=say,
        data_indicator=key,
        changes=changes,
        note=note or why,
        partial=partial or incomplete(figure, say),
        method=factor_years(figure, say) if brief else method_line(account, figure, say),
        completeness=completeness(figure.completeness, figure.estimated_share),
        explain=key,
    )


def doubt(figure: Figure, said: Stated, say: Say, remedy: str) -> cards.DoubtLine | None:
    """How sure an emission is, from what its firm has stated; None for other figures.

    Args:
        remedy: what to do where something is not known, in the reader's language.
    """
    found = of_figure(figure, said)
    if found is None:
        return None
    notes = []
    if found.unknown:
        names = [say(name) for name in found.unknown]
        notes += [say("Not stated: {names}", names=" · ".join(names)), remedy]
    if found.locked:
        notes.append(say("A factor that the method prints counts as exact: this is about conformity, not about nature."))
    absolute, relative = found.found.absolute, found.found.relative
    if absolute is None or relative is None:
        return cards.DoubtLine(found.found.grade, say("not known"), notes)
    text = f"± {number(relative * 100, 1)} % · ± {number(absolute, 2)} {say(figure.unit)} · {say('at 95 %')}"
    return cards.DoubtLine(found.found.grade, text, notes)


def own_remedy(say: Say) -> str:
    """What a firm can do about an unknown uncertainty."""
    return say("State the class of your meters under Settings.")


def explanation(account: Account, key: str, say: Say, said: Stated | None = None) -> cards.Explanation:
    """Everything behind a figure for the drawer: formula with its numbers, inputs, factors and how they matched.

    Args:
        said: what the firm states of its meters; None for a park, which learns sums and not meters.
    """
    remedy = own_remedy(say) if said else say("Firms' meter classes are not passed on to the park.")
    figure = account.figures[key]
    indicator = figure.indicator
    return cards.Explanation(
        say(indicator.title),
        shown(figure),
        say(figure.unit),
        say(indicator.formula),
        figure.formula,
        [_input(flow, region, quantity, unit, say) for flow, region, quantity, unit in figure.inputs],
        [_factor(one, say) for one in figure.factors],
        completeness(figure.completeness, figure.estimated_share),
        doubt(figure, said or Stated(), say, remedy),
        f"{say(account.method.title)} {account.version} · {account.factor_set}",
        say(indicator.source),
        [note_text(note, say) for note in figure.notes],
    )


def _input(flow: str, region: str, quantity: int, unit: str, say: Say) -> cards.InputLine:
    amount = of_milli(quantity, FLOWS[flow].unit if flow in FLOWS else unit)
    return cards.InputLine(flow_name(flow, say), amount.number, say(amount.unit), region)


def _factor(factor: Factor, say: Say) -> cards.FactorLine:
    return cards.FactorLine(
        factor.id,
        f"{factor.value:f}".rstrip("0").rstrip("."),
        factor.unit,
        str(factor.year or ""),
        factor.source,
        say(MATCHED[factor.matched]),
        factor.verified,
        say("Verified") if factor.verified else say("Not verified"),
    )
