"""A figure's formula with its numbers in it, the same in every language."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from tenants.calc.terms import Term
from tenants.exact import grouped
from tenants.factors import Factor
from tenants.flows import MILLI


def of_products(terms: Sequence[Term], result: Decimal, unit: str) -> str:
    """For example `(8,000,000 − 2,000,000) kWh × 0.8325 kgCO2/kWh − 400,000 kWh × 0 kgCO2/kWh = 4,995.00 tCO2`."""
    counted = [term for term in terms if term.sum.quantity]
    pieces: list[str] = []
    for (factor, flow_unit, _), same in groupby(counted, key=_alike):
        group = list(same)
        sign, quantities = _quantities(group)
        text = f"{quantities} {flow_unit}" + (f" × {factor.text}" if factor else "")
        pieces.append(f"{'− ' if sign < 0 else '+ '}{text}")
    left = " ".join(pieces) or "0"
    return f"{left.removeprefix('+ ')} = {grouped(result)} {unit}"


def _alike(term: Term) -> tuple[Factor | None, str, str]:
    """What may share a bracket: the same factor. At a factor of 0 nothing may: export beside import would look netted."""
    return term.factor, term.sum.kind.unit, term.sum.flow if term.factor and not term.factor.value else ""


def _quantities(group: Sequence[Term]) -> tuple[int, str]:
    """The sign in front, and the quantities of one factor: one number, or several in brackets."""
    numbers = [(term.sign, grouped(Fraction(term.sum.quantity, MILLI))) for term in group]
    if len(numbers) == 1:
        return numbers[0]
    front = -1 if all(sign < 0 for sign, _ in numbers) else 1
    text = " ".join(f"{'+' if sign == front else '−'} {number}" for sign, number in numbers)
    return front, f"({text.removeprefix('+ ')})"


def of_quotient(top: tuple[Decimal, str], bottom: tuple[Decimal, str], result: Decimal, unit: str) -> str:
    """For example `4,995.00 tCO2 ÷ 3,170.16 tce = 1.5756 tCO2/tce`."""
    return f"{grouped(top[0])} {top[1]} ÷ {grouped(bottom[0])} {bottom[1]} = {grouped(result)} {unit}"
