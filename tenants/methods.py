"""The methods an account can be made under, and the factors each admits. Figures of two methods are never mixed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from tenants.calc.sums import FlowSum
from tenants.calc.terms import Passed
from tenants.errors import LingyuanError
from tenants.factors import (
    NATIONAL,
    Factor,
    calorific_value,
    constant,
    equivalent_value,
    fuel_emission,
    fuel_energy,
    grid_factor,
    warming_potential,
)
from tenants.factors.errors import FactorNotAdmitted


class UnknownMethod(LingyuanError):
    """There is no accounting method named {method}."""

    status = 422
    remedy = "Use one of: {methods}."


@dataclass(frozen=True)
class Method:
    """An accounting method. `headline` is the figure it exists for; `gases` is what it covers: CO2, or all.

    `grid` gives the factor of electricity that is not green, for a region, a year and a chosen later year.
    """

    key: str
    title: str
    version: str
    gases: str
    headline: str
    fuel_set: str
    admits: frozenset[str]
    grid: Callable[[str, int, int | None], Factor]


def _constant(region: str, year: int, choice: int | None) -> Factor:
    return constant("cn_park_2025", "electricity")


def _provincial(region: str, year: int, choice: int | None) -> Factor:
    return grid_factor(region, year, "provincial_average", choice=choice)


def _residual(region: str, year: int, choice: int | None) -> Factor:
    return grid_factor(NATIONAL, year, "national_average_excl_market_nonfossil", choice=choice)


_ENERGY = frozenset({"electricity_equivalent", "electricity_calorific", "heat_calorific", "fuel_energy"})
_FUELS = frozenset({"combustion_A", "carbon_balance"})
_ALL_GASES = frozenset({"gwp_ar6"})
_SHARED = _ENERGY | _FUELS | {"green_electricity_constant", "heat_constant", "heat_measured"}

METHODS: dict[str, Method] = {
    one.key: one
    for one in (
        Method("cn_park_2025", "National zero-carbon park indicator", "910/2025 trial", "CO2", "emission_tco2", "A",
               _SHARED | {"electricity_constant"}, _constant),
        Method("ghgp_location", "Corporate inventory, location-based", "GHG Protocol scope 2, 2015", "all",
               "scope12_location_tco2e", "A", _SHARED | _ALL_GASES | {"provincial_average"}, _provincial),
        Method("ghgp_market", "Corporate inventory, market-based", "GHG Protocol scope 2, 2015", "all",
               "scope12_market_tco2e", "A", _SHARED | _ALL_GASES | {"national_average_excl_market_nonfossil"}, _residual),
    )
}  # fmt: skip


def method(key: str) -> Method:
    """The method of this name.

    Raises:
        UnknownMethod: there is none.
    """
    if key not in METHODS:
        raise UnknownMethod(method=key, methods=", ".join(METHODS))
    return METHODS[key]


def admitted(under: Method, factor: Factor) -> Factor:
    """The factor, if the method admits its kind.

    Raises:
        FactorNotAdmitted: it does not.
    """
    if factor.kind not in under.admits:
        raise FactorNotAdmitted(method=under.key, factor=factor.id, kind=factor.name, admitted=", ".join(sorted(under.admits)))
    return factor


@dataclass(frozen=True)
class MethodFactors:
    """The factors of one method and year, each admitted by the method; see `tenants.calc.terms.Factors`."""

    under: Method
    year: int
    choice: int | None = None
    _found: dict[tuple[str, ...], Factor] = field(default_factory=dict, repr=False, compare=False)

    def grid(self, region: str) -> Factor:
        return self._once(("grid", region), lambda: self.under.grid(region, self.year, self.choice))

    def green(self) -> Factor:
        return self._once(("green",), lambda: constant(self.under.key, "green_electricity"))

    def fuel(self, flow: str, *, conversion: bool = False) -> Factor:
        key = ("fuel", flow, "conversion" if conversion else "combustion")
        return self._once(key, lambda: fuel_emission(flow, self.under.fuel_set, conversion=conversion))

    def heat(self) -> Factor:
        return self._once(("heat",), lambda: constant(self.under.key, "heat"))

    def warming(self, flow: str) -> Factor:
        return self._once(("warming", flow), lambda: warming_potential(flow))

    def equivalent(self) -> Factor:
        return self._once(("equivalent",), lambda: equivalent_value(self.year, choice=self.choice))

    def calorific(self, one: FlowSum) -> Factor:
        kind = one.kind.kind
        if kind == "fuel":
            return self._once(("calorific", one.flow), lambda: fuel_energy(one.flow, self.under.fuel_set))
        return self._once(("calorific", kind), lambda: calorific_value(kind))

    def passed(self, one: Passed) -> Passed:
        """The record of heat passed on, if the method admits its factor."""
        admitted(self.under, one.factor)
        return one

    def _once(self, key: tuple[str, ...], find: Callable[[], Factor]) -> Factor:
        if key not in self._found:
            self._found[key] = admitted(self.under, find())
        return self._found[key]


@lru_cache(maxsize=1024)
def factors_of(key: str, year: int, choice: int | None = None) -> MethodFactors:
    """The factors of the method for the year; found once, since they never change while the program runs."""
    return MethodFactors(method(key), year, choice)
