"""How sure a firm's emissions are: what it has said of its meters and factors, combined. Nothing is assumed for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction

import orjson

from tenants import audit
from tenants.calc.terms import Term
from tenants.calc.uncertainty import Contribution, Uncertainty, combined_uncertainty
from tenants.db import TenantSession
from tenants.errors import InvalidInput
from tenants.factors.factor import KIND_NAMES
from tenants.figures import Figure
from tenants.flows import FLOW_NAMES, FLOWS

LARGEST = Decimal(100)  # percent
LOCKED = "_constant"  # factors printed in a method: for conformity they have no uncertainty
OPEN_FACTORS = ("combustion_A", "provincial_average", "national_average_excl_market_nonfossil", "gwp_ar6")
WHOLE = Fraction(1)  # an estimate may be wrong by its whole size: the largest it can be, so no grade is flattered
_ELECTRICITY = ("grid_in", "direct_in", "transfer_in", "transfer_out")  # what is generated on site emits nothing here


@dataclass(frozen=True)
class Stated:
    """Uncertainties at 95 % [percent] that somebody stands for, by flow and by kind of factor."""

    quantities: Mapping[str, Decimal] = field(default_factory=dict)
    factors: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Doubt:
    """How sure a figure is; `unknown` names the flows and factors [words of the catalogue] whose uncertainty nobody stated."""

    found: Uncertainty
    unknown: tuple[str, ...]
    locked: bool  # a factor of it is fixed by the method


def stated(session: TenantSession) -> Stated:
    """What the firm has stated so far."""
    kept = session.scalar("SELECT settings -> 'uncertainty' FROM state") or {}
    numbers = {part: {key: Decimal(text) for key, text in kept.get(part, {}).items()} for part in ("quantities", "factors")}
    return Stated(numbers["quantities"], numbers["factors"])


def state(session: TenantSession, *, quantities: Mapping[str, str], factors: Mapping[str, str], actor: str) -> Stated:
    """Keeps what the firm says of its meters and factors; an empty text withdraws it.

    Args:
        quantities, factors: percent at 95 %, as typed, by flow and by kind of factor.
    Raises:
        InvalidInput: no such flow or factor, or not a percentage.
    """
    made = Stated(_numbers(quantities, FLOWS), _numbers(factors, OPEN_FACTORS))
    kept = {part: {key: f"{value:f}" for key, value in getattr(made, part).items()} for part in ("quantities", "factors")}
    session.execute(
        "UPDATE state SET settings = settings || jsonb_build_object('uncertainty', CAST(:kept AS jsonb))",
        {"kept": orjson.dumps(kept).decode()},
    )
    audit.record(session, subject=session.tenant, actor=actor, action="uncertainty.state", **kept)
    return made


def _numbers(given: Mapping[str, str], known: Iterable[str]) -> dict[str, Decimal]:
    names = set(known)
    unknown = next((key for key in given if key not in names), None)
    if unknown is not None:
        raise InvalidInput(field="uncertainty", reason="'{given}' is not known", remedy="Choose one of the list.", given=unknown)
    return {key: _percent(text) for key, text in given.items() if text.strip()}


def _percent(text: str) -> Decimal:
    reason, remedy = "'{given}' is not a percentage", "Write the class printed on the meter, for example 0.5."
    try:
        value = Decimal(text.strip().removeprefix("±").removesuffix("%").strip())
    except InvalidOperation as error:
        raise InvalidInput(field="uncertainty", reason=reason, remedy=remedy, given=text) from error
    if not value.is_finite() or not 0 <= value <= LARGEST:
        raise InvalidInput(field="uncertainty", reason=reason, remedy=remedy, given=text)
    return value


def flows_in_use(session: TenantSession) -> list[str]:
    """The firm's flows that make emissions, as far as it has published any quantity of them."""
    rows = session.rows("SELECT DISTINCT flow FROM shared.flow_month WHERE tenant = current_user AND quantity <> 0 ORDER BY flow")
    return [row.flow for row in rows if row.flow in _ELECTRICITY or FLOWS[row.flow].kind in ("heat", "fuel", "gas")]


def of_figure(figure: Figure, said: Stated) -> Doubt | None:
    """The doubt of an emission; None for a figure that is none, or that has no value."""
    if figure.exact is None or not figure.unit.startswith("tCO2") or figure.of:
        return None
    parts: list[Contribution] = []
    unknown: dict[str, None] = {}
    for term in figure.terms:
        if term.value == 0:
            continue
        for part, name in ((_quantity(term, said), FLOW_NAMES[term.sum.flow]), (_factor(term, said), _name(term))):
            parts.append(part)
            if part.uncertainty is None:
                unknown[name] = None
        parts.append(Contribution(term.estimated, WHOLE, f"estimated {term.sum.flow}"))
    locked = any(term.factor is not None and term.factor.kind.endswith(LOCKED) for term in figure.terms)
    return Doubt(combined_uncertainty(parts, figure.exact), tuple(unknown), locked)


def _quantity(term: Term, said: Stated) -> Contribution:
    """What was measured or billed; certificates are counted in whole units, so their number is exact."""
    exact = term.sum.kind.kind == "certificate"
    percent = Decimal(0) if exact else said.quantities.get(term.sum.flow)
    return Contribution(term.value - term.estimated, _share(percent), f"quantity {term.sum.flow}")


def _factor(term: Term, said: Stated) -> Contribution:
    if term.factor is None or term.factor.kind.endswith(LOCKED):
        return Contribution(term.value, Fraction(0))
    return Contribution(term.value, _share(said.factors.get(term.factor.kind)), f"factor {term.factor.id}")


def _name(term: Term) -> str:
    return KIND_NAMES[term.factor.kind] if term.factor else ""


def _share(percent: Decimal | None) -> Fraction | None:
    return None if percent is None else Fraction(percent) / 100
