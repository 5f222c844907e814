"""One figure of an account: its number, and everything that is needed to explain it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tenants import notes
from tenants.calc import formula
from tenants.calc.completeness import Completeness, completeness
from tenants.calc.indicators import Indicator, Products, Quotient, of_method
from tenants.calc.sums import FlowSum
from tenants.calc.terms import Flows, Term, per_milli, quantities, total
from tenants.errors import LingyuanError
from tenants.exact import decimal_of, rounded
from tenants.factors import Factor
from tenants.methods import MethodFactors
from tenants.notes import Note


class NothingRecorded(LingyuanError):
    """Nothing is recorded in this period that {figure} could be computed from."""

    status = 422
    remedy = "Import readings or enter a bill for the period."


@dataclass(frozen=True)
class Figure:
    """One figure of an account, with what is needed to explain it.

    `exact` is the unrounded number, None where it cannot be told: then `problem` or a note says why. `terms` are the
    products of a linear figure; a quotient has `of`, the two figures it divides.
    """

    indicator: Indicator
    exact: Fraction | None
    completeness: Completeness
    formula: str
    terms: tuple[Term, ...] = ()
    of: tuple[Figure, ...] = ()
    notes: tuple[Note, ...] = ()
    problem: LingyuanError | None = None

    @property
    def key(self) -> str:
        """The figure's name."""
        return self.indicator.key

    @property
    def unit(self) -> str:
        """The unit of `value`."""
        return self.indicator.unit

    @property
    def value(self) -> Decimal | None:
        """The number as a decimal: exact where it ends, else at 12 places."""
        return None if self.exact is None else decimal_of(self.exact)

    def shown(self, places: int | None = None) -> Decimal | None:
        """The number as displayed: rounded once, half to even."""
        return None if self.exact is None else rounded(self.exact, self.indicator.places if places is None else places)

    @property
    def inputs(self) -> list[tuple[str, str, int, str]]:
        """What it was computed from: flow, region, quantity [milli-units], unit."""
        behind = [one for part in self._parts() for one in quantities(part.terms)]
        return [(one.flow, one.region, one.quantity, one.kind.unit) for one in dict.fromkeys(behind)]

    @property
    def factors(self) -> list[Factor]:
        """The factors used, each once, in order of first use."""
        return list(dict.fromkeys(term.factor for part in self._parts() for term in part.terms if term.factor))

    @property
    def estimated(self) -> Fraction:
        """The part of a linear figure that stands on estimated quantities. [unit of the figure]"""
        return sum((term.estimated for term in self.terms), Fraction(0))

    @property
    def estimated_share(self) -> Decimal | None:
        """Estimated part of the figure; of a quotient, the larger of its two parts'. None where there is nothing."""
        if self.of:
            return max((one for part in self.of if (one := part.estimated_share) is not None), default=None)
        return decimal_of(self.estimated / self.exact) if self.exact else None

    def _parts(self) -> tuple[Figure, ...]:
        return self.of or (self,)


class Figures(Mapping[str, Figure]):
    """The figures of a method for some flows, by key; each is computed once, when it is first asked for."""

    def __init__(self, flows: Flows, factors: MethodFactors) -> None:
        self._flows = flows
        self._factors = factors
        self._indicators = {one.key: one for one in of_method(factors.under.key)}
        self._made: dict[str, Figure] = {}
        sums = (*flows.sums, *flows.put_in, *flows.made)
        self._known = any(not one.empty for one in sums)

    def __getitem__(self, key: str) -> Figure:
        if key not in self._made:
            self._made[key] = self._make(self._indicators[key])
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._indicators)

    def __len__(self) -> int:
        return len(self._indicators)

    def _make(self, indicator: Indicator) -> Figure:
        if indicator.products is not None:
            return self._linear(indicator, indicator.products)
        assert indicator.quotient is not None
        assert indicator.of is not None
        top, bottom = indicator.of
        return self._quotient(indicator, indicator.quotient, self[top], self[bottom])

    def _linear(self, indicator: Indicator, products: Products) -> Figure:
        try:
            terms = tuple(products(self._flows, self._factors))
        except LingyuanError as error:
            return Figure(indicator, None, self._completeness(self._flows.sums), "", problem=error)
        full = self._completeness(quantities(terms))
        remarks = tuple(notes.of_figure(indicator.key, terms, self._flows, self._factors.under))
        unknown = all(term.sum.empty for term in terms) if terms else indicator.needs_data
        if unknown or not self._known:
            return Figure(indicator, None, full, "", terms, notes=remarks, problem=NothingRecorded(figure=indicator.title))
        exact = total(terms)
        text = formula.of_products(terms, rounded(exact, indicator.places), indicator.unit)
        return Figure(indicator, exact, full, text, terms, notes=remarks)

    def _quotient(self, indicator: Indicator, divide: Quotient, top: Figure, bottom: Figure) -> Figure:
        full = top.completeness.lower(bottom.completeness)
        remarks = list({str(note): note for note in (*top.notes, *bottom.notes)}.values())
        remarks += notes.of_figure(indicator.key, (), self._flows, self._factors.under)
        if top.exact is None or bottom.exact is None:
            problem = top.problem or bottom.problem
            return Figure(indicator, None, full, "", of=(top, bottom), notes=tuple(remarks), problem=problem)
        if bottom.exact == 0:
            remarks.append(Note(notes.DIVISOR_ZERO, {"divisor": bottom.indicator.title}))
            return Figure(indicator, None, full, "", of=(top, bottom), notes=tuple(remarks))
        exact = divide(top.exact, bottom.exact)
        above, below = ((rounded(one, part.indicator.places), part.unit) for one, part in
                        ((top.exact, top), (bottom.exact, bottom)))  # fmt: skip
        text = formula.of_quotient(above, below, rounded(exact, indicator.places), indicator.unit)
        return Figure(indicator, exact, full, text, of=(top, bottom), notes=tuple(remarks))

    def _completeness(self, sums: Sequence[FlowSum]) -> Completeness:
        return completeness(sums, lambda one: per_milli(self._factors.calorific(one), one))
