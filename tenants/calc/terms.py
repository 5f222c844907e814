"""An account as a list of products, quantity x factor: its value, its estimated part and its explanation come from one list.

Every linear figure is such a list, so the figure of summed flows is the sum of the figures, exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from tenants.calc.sums import FlowSum, add
from tenants.factors import Factor
from tenants.flows import MILLI, OUTSIDE_SCOPES

# Denominator of a factor's unit -> the unit of the flows it multiplies, and one stored milli-unit in that denominator.
_PER = {
    "kWh": ("kWh", Fraction(1, MILLI)),
    "GJ": ("GJ", Fraction(1, MILLI)),
    "t": ("kg", Fraction(1, MILLI * 1000)),
    "kg": ("kg", Fraction(1, MILLI)),
    "1e4Nm3": ("Nm3", Fraction(1, MILLI * 10_000)),
}
_TONNES = {"kgCO2": Fraction(1, 1000), "kgCO2e": Fraction(1, 1000), "tCO2": Fraction(1), "kgce": Fraction(1, 1000)}


@dataclass(frozen=True)
class Term:
    """One product of a figure. Without a factor it is the plain quantity in the flow's unit."""

    sum: FlowSum
    factor: Factor | None = None
    sign: int = 1

    @property
    def value(self) -> Fraction:
        """The product. [unit of the figure]"""
        return self.of(self.sum.quantity)

    @property
    def estimated(self) -> Fraction:
        """The part of the product that stands on estimated quantities. [unit of the figure]"""
        return self.of(self.sum.estimated)

    def of(self, quantity: int) -> Fraction:
        """The product of another quantity of the same flow. [milli-units in, unit of the figure out]"""
        return self.sign * quantity * (Fraction(1, MILLI) if self.factor is None else per_milli(self.factor, self.sum))


def per_milli(factor: Factor, one: FlowSum) -> Fraction:
    """What one stored milli-unit of the flow makes at this factor. [t, tce]

    Raises:
        ValueError: the factor is for another unit than the flow's.
    """
    numerator, _, denominator = factor.unit.partition("/")
    unit, milli = _PER[denominator]
    if unit != one.kind.unit:
        raise ValueError(f"{factor.id} is per {denominator}, but {one.flow} is counted in {one.kind.unit}")
    return factor.exact * _TONNES[numerator] * milli


@dataclass(frozen=True)
class Passed:
    """Heat passed from producer to user at the producer's own factor: part of `heat_out` there, of `heat_in` here.

    `inside`: both ends lie in the park, so the park's consolidation takes it out.
    """

    sum: FlowSum
    factor: Factor
    inside: bool


@dataclass(frozen=True)
class Flows:
    """What a figure is computed from: the sums, and records beside them.

    `put_in` and `made` are fuels turned into other fuels (coal into coke), counted by carbon balance and not in `sums`.
    """

    sums: tuple[FlowSum, ...]
    passed: tuple[Passed, ...] = ()
    put_in: tuple[FlowSum, ...] = ()
    made: tuple[FlowSum, ...] = ()

    def of(self, *keys: str) -> list[FlowSum]:
        """The sums of these flows, in the order asked."""
        return [one for key in keys for one in self.sums if one.flow == key]

    def fuels(self) -> list[FlowSum]:
        """The sums of all fuels burned."""
        return [one for one in self.sums if one.kind.kind == "fuel"]

    def gases(self, *, outside: bool = False) -> list[FlowSum]:
        """The sums of refrigerants and other gases lost: those of the scopes, or those reported outside them."""
        found = [one for one in self.sums if one.kind.kind == "gas"]
        return [one for one in found if (one.flow.removeprefix("gas:") in OUTSIDE_SCOPES) == outside]

    def passed_by(self, flow: str) -> list[Passed]:
        """The records of heat passed in (`heat_in`) or out (`heat_out`)."""
        return [one for one in self.passed if one.sum.flow == flow]


class Factors(Protocol):
    """The factors of one method and year. Each may raise the error that says why there is none."""

    def grid(self, region: str) -> Factor:
        """Of electricity that is not green. [kgCO2/kWh]"""

    def green(self) -> Factor:
        """Of electricity that the method counts as green. [kgCO2/kWh]"""

    def fuel(self, flow: str, *, conversion: bool = False) -> Factor:
        """Of a fuel burned, or turned into another. [tCO2 per t or 10,000 Nm3]"""

    def heat(self) -> Factor:
        """Of heat whose producer's factor is not known. [tCO2/GJ]"""

    def warming(self, flow: str) -> Factor:
        """Of a gas that is lost. [kgCO2e/kg]"""

    def equivalent(self) -> Factor:
        """The equivalent coal value of electricity. [kgce/kWh]"""

    def calorific(self, one: FlowSum) -> Factor:
        """The calorific coal value of electricity, heat or a fuel. [kgce per unit]"""


def times(sums: Iterable[FlowSum], factor_of: Callable[[FlowSum], Factor], sign: int = 1) -> list[Term]:
    """Each sum times its factor. A quantity of zero needs no factor, so a missing one does not hinder the figure."""
    return [Term(one, factor_of(one) if one.quantity else None, sign) for one in sums]


def plain(sums: Iterable[FlowSum], sign: int = 1) -> list[Term]:
    """Each sum as it is, in the flow's unit."""
    return [Term(one, None, sign) for one in sums]


def total(terms: Iterable[Term]) -> Fraction:
    """The sum of the products, exact."""
    return sum((term.value for term in terms), Fraction(0))


def quantities(terms: Sequence[Term]) -> list[FlowSum]:
    """The flows that stand behind the terms, each once, in order of first use."""
    return add(dict.fromkeys(term.sum for term in terms))
