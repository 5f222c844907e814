"""Emissions: the national park method (910/2025 annex 4) and scopes 1 and 2 of the GHG Protocol, as lists of products."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tenants.calc.sums import FlowSum
from tenants.calc.terms import Factors, Flows, Term, times
from tenants.exact import decimal_of, grouped
from tenants.factors import Factor, Part
from tenants.flows import MILLI


def emission_fuel_tco2(flows: Flows, use: Factors) -> list[Term]:
    """E_fuel: fuels burned, without feedstock. [tCO2]

    Source: 910/2025 annex 4, 二(二)1.
    """
    return times(flows.fuels(), lambda one: use.fuel(one.flow))


def emission_conversion_tco2(flows: Flows, use: Factors) -> list[Term]:
    """E_conversion: carbon of fuels put in minus carbon of fuels made, oxidation 1. [tCO2]

    Source: 910/2025 annex 4, 二(二)2.
    """
    return _converted(flows.put_in, use, 1) + _converted(flows.made, use, -1)


def _converted(sums: Sequence[FlowSum], use: Factors, sign: int) -> list[Term]:
    return times(sums, lambda one: use.fuel(one.flow, conversion=True), sign)


def emission_electricity_tco2(flows: Flows, use: Factors) -> list[Term]:
    """E_el: what comes in less what goes out, each type at its own factor; kWh are never netted. [tCO2]

    Direct green power, traded green power and certificates count 0, everything else the method's factor; exported
    power is of the plant's own type, so exported PV takes 0 off.

    Source: 910/2025 annex 4, 二(二)3①.
    """
    return (
        _grid_power(flows, use)
        + _certified(flows, use)
        + times(flows.of("direct_in"), lambda one: use.green())
        + times(flows.of("grid_out"), lambda one: use.green(), -1)
    )


def _grid_power(flows: Flows, use: Factors) -> list[Term]:
    """Power of the grid's mix: bought, and passed between firms at one factor at both ends."""

    def factor(one: FlowSum) -> Factor:
        return use.grid(one.region)

    return times(flows.of("grid_in", "transfer_in"), factor) + times(flows.of("transfer_out"), factor, -1)


def _certified(flows: Flows, use: Factors) -> list[Term]:
    """Grid power that certificates and traded green power cover, taken out at the factor it went in with."""
    return times(flows.of("traded_applied", "gec_applied"), lambda one: use.grid(one.region), -1)


def emission_heat_tco2(flows: Flows, use: Factors) -> list[Term]:
    """E_heat: heat bought less heat sold. [tCO2]

    Heat passed on counts at its producer's own factor at both ends. Other heat bought takes the default. Other heat sold is
    not taken off: the default (0.11) would credit a gas boiler (0.062) with emissions it never had.

    Source: 910/2025 annex 4, 二(二)3②; project rule on heat made inside.
    """
    return _bought_heat(flows, use) + [Term(one.sum, one.factor, -1) for one in flows.passed_by("heat_out")]


def _bought_heat(flows: Flows, use: Factors) -> list[Term]:
    terms = times(flows.of("heat_in"), lambda one: use.heat())
    for one in flows.passed_by("heat_in"):
        terms += [Term(one.sum, use.heat(), -1), Term(one.sum, one.factor)]
    return terms


def emission_tco2(flows: Flows, use: Factors) -> list[Term]:
    """E_park without process emissions: fuels, conversion, electricity and heat. [tCO2]

    Source: 910/2025 annex 4, 二(二).
    """
    return (
        emission_electricity_tco2(flows, use)
        + emission_fuel_tco2(flows, use)
        + emission_conversion_tco2(flows, use)
        + emission_heat_tco2(flows, use)
    )


def scope1_tco2e(flows: Flows, use: Factors) -> list[Term]:
    """Direct emissions of fuels burned and converted, and of gases lost. [tCO2e]

    Source: GHG Protocol Corporate Standard, chapter 4.
    """
    return emission_fuel_tco2(flows, use) + emission_conversion_tco2(flows, use) + fugitive_tco2e(flows, use)


def fugitive_tco2e(flows: Flows, use: Factors) -> list[Term]:
    """Refrigerants and other gases lost, each at its global warming potential. [tCO2e]

    Source: GHG Protocol Corporate Standard, chapter 4; potentials over 100 years of one IPCC report.
    """
    return times(flows.gases(), lambda one: use.warming(one.flow))


def outside_scopes_tco2e(flows: Flows, use: Factors) -> list[Term]:
    """Gases of the Montreal Protocol (R22) lost: told beside the scopes, never in them. [tCO2e]

    Source: GHG Protocol Corporate Standard, chapter 9.
    """
    return times(flows.gases(outside=True), lambda one: use.warming(one.flow))


def scope2_location_tco2e(flows: Flows, use: Factors) -> list[Term]:
    """Electricity bought (never less what is exported) at the average of its province, and heat bought. [tCO2e]

    A direct line has its plant's own factor; certificates change nothing here.

    Source: GHG Protocol Scope 2 Guidance, location-based method.
    """
    return _grid_power(flows, use) + times(flows.of("direct_in"), lambda one: use.green()) + _bought_heat(flows, use)


def scope2_market_tco2e(flows: Flows, use: Factors) -> list[Term]:
    """Electricity bought less what contracts and certificates cover, the rest at the residual; heat bought. [tCO2e]

    Source: GHG Protocol Scope 2 Guidance, market-based method.
    """
    return (
        _grid_power(flows, use)
        + _certified(flows, use)
        + times(flows.of("direct_in"), lambda one: use.green())
        + _bought_heat(flows, use)
    )


def scope12_location_tco2e(flows: Flows, use: Factors) -> list[Term]:
    """Scope 1 and location-based scope 2. [tCO2e]"""
    return scope1_tco2e(flows, use) + scope2_location_tco2e(flows, use)


def scope12_market_tco2e(flows: Flows, use: Factors) -> list[Term]:
    """Scope 1 and market-based scope 2. [tCO2e]"""
    return scope1_tco2e(flows, use) + scope2_market_tco2e(flows, use)


def measured_heat_factor(emission_tco2: Fraction, useful_mj: int, *, source: str) -> Factor:
    """The factor of heat made inside: emission of the producing plant over its useful heat. [tCO2/GJ]

    Args:
        useful_mj: heat of the plant used by itself, sold inside and sold outside. [MJ, the milli-unit of GJ]
        source: how the two were measured.
    Raises:
        ValueError: there is no useful heat.
    """
    if useful_mj <= 0:
        raise ValueError("a heat factor needs useful heat")
    exact = emission_tco2 / Fraction(useful_mj, MILLI)
    text = f"({grouped(emission_tco2)} tCO2 ÷ {grouped(Fraction(useful_mj, MILLI))} GJ)"
    return Factor(
        "heat/measured", decimal_of(exact), "tCO2/GJ", None, "exact", True, source, "heat_measured", "CO2", (Part(text, exact),)
    )
