"""The one registry of figures. A key is the figure's name everywhere: card, export, function here in `calc`, test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from tenants.calc import carbon, energy, shares
from tenants.calc.terms import Factors, Flows, Term

_PARK = ("cn_park_2025",)
_LOCATION = ("ghgp_location",)
_MARKET = ("ghgp_market",)
_GHGP = _LOCATION + _MARKET
_ALL = _PARK + _GHGP

Products = Callable[[Flows, Factors], list[Term]]
Quotient = Callable[[Fraction, Fraction], Fraction]


@dataclass(frozen=True)
class Indicator:
    """One figure: how it is called, shown and computed. Exactly one of `products` and `quotient` is set.

    `of` names the two figures that a quotient divides; `formula` says in words what is computed. `needs_data`: without
    any flow of its kind the figure is unknown, while others (PV, fuels, exports) are then zero.
    """

    key: str
    title: str
    unit: str
    places: int
    formula: str
    source: str
    methods: tuple[str, ...]
    products: Products | None = None
    quotient: Quotient | None = None
    of: tuple[str, str] | None = None
    needs_data: bool = False

    @property
    def function(self) -> Products | Quotient:
        """The one function that computes it."""
        found = self.products or self.quotient
        assert found is not None
        return found


def _sum(
    function: Products, title: str, unit: str, formula: str, source: str, methods: tuple[str, ...] = _ALL, *,
    needs_data: bool = False,
) -> Indicator:  # fmt: skip
    return Indicator(function.__name__, title, unit, 2, formula, source, methods, products=function, needs_data=needs_data)


def _ratio(
    function: Quotient, title: str, unit: str, places: int, of: tuple[str, str], formula: str, source: str,
    methods: tuple[str, ...] = _ALL,
) -> Indicator:  # fmt: skip
    return Indicator(function.__name__, title, unit, places, formula, source, methods, quotient=function, of=of)


_ANNEX_3, _ANNEX_4 = "910/2025 annex 3", "910/2025 annex 4"
_SCOPE_2, _CORPORATE = "GHG Protocol Scope 2 Guidance", "GHG Protocol Corporate Standard"
_PROJECT = "project rule"

_FIGURES = (
    _sum(carbon.emission_tco2, "Carbon emission", "tCO2",
         "Fuels, conversion, electricity and heat; green power counts 0, offsets are never deducted", _ANNEX_4, _PARK),
    _sum(carbon.emission_fuel_tco2, "Emission of fuels", "tCO2",
         "Fuel burned × calorific value × carbon content × oxidation × 44/12", _ANNEX_4, _PARK),
    _sum(carbon.emission_conversion_tco2, "Emission of energy conversion", "tCO2",
         "Carbon of fuels put in less carbon of fuels made, × 44/12", _ANNEX_4, _PARK),
    _sum(carbon.emission_electricity_tco2, "Emission of electricity", "tCO2",
         "Grid power less certified green power × method factor; direct green power and exported PV × 0", _ANNEX_4, _PARK),
    _sum(carbon.emission_heat_tco2, "Emission of heat", "tCO2",
         "Heat bought × factor, less heat passed on × the producer's own factor", _ANNEX_4, _PARK),
    _sum(carbon.scope1_tco2e, "Scope 1", "tCO2e",
         "Fuel burned × calorific value × carbon content × oxidation × 44/12; gases lost × global warming potential",
         _CORPORATE, _GHGP),
    _sum(carbon.fugitive_tco2e, "Refrigerants and other gases", "tCO2e",
         "Gas lost × global warming potential over 100 years, IPCC AR6", _CORPORATE, _GHGP),
    _sum(carbon.outside_scopes_tco2e, "Outside the scopes (HCFC)", "tCO2e",
         "HCFC lost × global warming potential over 100 years, IPCC AR6; never added to a scope", _CORPORATE, _GHGP),
    _sum(carbon.scope2_location_tco2e, "Scope 2, location-based", "tCO2e",
         "Electricity bought × provincial average, never less what is exported; heat bought × factor", _SCOPE_2, _LOCATION),
    _sum(carbon.scope2_market_tco2e, "Scope 2, market-based", "tCO2e",
         "Electricity bought less certificates and traded green power × residual; heat bought × factor", _SCOPE_2, _MARKET),
    _sum(carbon.scope12_location_tco2e, "Scopes 1 and 2, location-based", "tCO2e",
         "Scope 1 plus location-based scope 2; offsets are shown apart", _CORPORATE, _LOCATION),
    _sum(carbon.scope12_market_tco2e, "Scopes 1 and 2, market-based", "tCO2e",
         "Scope 1 plus market-based scope 2; offsets are shown apart", _CORPORATE, _MARKET),
    _sum(energy.consumption_kwh, "Electricity consumption", "kWh",
         "Bought, direct line and passed in, less passed on, plus PV used on site", _PROJECT, needs_data=True),
    _sum(energy.grid_import_kwh, "Electricity bought from the grid", "kWh", "Metered or billed at the grid connection", _PROJECT),
    _sum(energy.export_memo_kwh, "Electricity exported (memo)", "kWh",
         "Delivered to the grid; shown apart, never netted", _PROJECT),
    _sum(energy.pv_generation_kwh, "PV generation", "kWh", "Metered at the plant", _PROJECT),
    _sum(energy.pv_self_use_kwh, "PV used on site", "kWh", "Generation less export, interval by interval", _PROJECT),
    _sum(energy.direct_green_kwh, "Green power supplied directly", "kWh",
         "PV used on site and direct line, less storage losses", _ANNEX_4, _PARK),
    _sum(energy.energy_equivalent_tce, "Comprehensive energy use (equivalent)", "tce",
         "Fuels and net heat × coal equivalent, electricity consumed × equivalent value of the year", _ANNEX_3),
    _sum(energy.energy_calorific_tce, "Comprehensive energy use (calorific)", "tce",
         "Fuels, net heat and electricity consumed × coal equivalent at calorific value", "GB/T 2589"),
    _sum(energy.clean_pv_tce, "Clean energy: PV used on site", "tce",
         "PV used on site × equivalent value of the year", _PROJECT, _PARK),
    _sum(energy.clean_direct_tce, "Clean energy: direct line", "tce",
         "Green power by direct line × equivalent value of the year", _PROJECT, _PARK),
    _sum(energy.clean_traded_tce, "Clean energy: traded green power", "tce",
         "Traded green power applied × equivalent value of the year", _PROJECT, _PARK),
    _sum(energy.clean_gec_tce, "Clean energy: green certificates", "tce",
         "Green certificates applied × equivalent value of the year", _PROJECT, _PARK),
    _sum(energy.clean_other_tce, "Clean energy: other non-fossil", "tce",
         "Solar heat, biomass and other non-fossil energy that is not electricity", _PROJECT, _PARK),
    _sum(energy.clean_tce, "Clean energy", "tce", "PV used on site, direct line, traded, certificates, other", _PROJECT, _PARK),
    _sum(energy.clean_with_gas_tce, "Clean energy, natural gas included", "tce",
         "Clean energy plus natural gas", _PROJECT, _PARK),
    _sum(energy.output_cny, "Output value", "CNY", "As entered", _PROJECT, needs_data=True),
    _sum(energy.value_added_cny, "Value added", "CNY", "As entered", _PROJECT, needs_data=True),
    _sum(energy.water_m3, "Water", "m3", "Metered or billed", _PROJECT, needs_data=True),
    _ratio(shares.carbon_per_energy, "Carbon emission per unit of energy use", "tCO2/tce", 4,
           ("emission_tco2", "energy_equivalent_tce"),
           "Carbon emission ÷ comprehensive energy use (equivalent)", _ANNEX_3, _PARK),
    _ratio(shares.clean_energy_share, "Clean energy share", "%", 2, ("clean_tce", "energy_equivalent_tce"),
           "Clean energy ÷ comprehensive energy use (equivalent)", _ANNEX_3, _PARK),
    _ratio(shares.clean_energy_share_with_gas, "Clean energy share, natural gas included", "%", 2,
           ("clean_with_gas_tce", "energy_equivalent_tce"),
           "Clean energy and natural gas ÷ comprehensive energy use (equivalent)", _PROJECT, _PARK),
    _ratio(shares.direct_share, "Direct green supply share", "%", 2, ("direct_green_kwh", "consumption_kwh"),
           "Green power supplied directly ÷ electricity consumption", _ANNEX_4, _PARK),
    _ratio(shares.pv_generation_share, "PV generation share", "%", 2, ("pv_generation_kwh", "consumption_kwh"),
           "PV generation ÷ electricity consumption", _PROJECT),
    _ratio(shares.pv_self_use_share, "PV self-use share", "%", 2, ("pv_self_use_kwh", "consumption_kwh"),
           "PV used on site ÷ electricity consumption", _PROJECT),
    _ratio(shares.pv_self_consumption_rate, "PV self-consumption rate", "%", 2, ("pv_self_use_kwh", "pv_generation_kwh"),
           "PV used on site ÷ PV generation", _PROJECT),
    _ratio(shares.energy_per_output, "Energy per output value", "tce/10^4 CNY", 4, ("energy_calorific_tce", "output_cny"),
           "Comprehensive energy use (calorific) ÷ output value", _PROJECT),
    _ratio(shares.energy_per_value_added, "Energy per value added", "tce/10^4 CNY", 4,
           ("energy_calorific_tce", "value_added_cny"), "Comprehensive energy use (calorific) ÷ value added", _PROJECT),
    _ratio(shares.emission_per_output, "Emission per output value", "tCO2/10^4 CNY", 4, ("emission_tco2", "output_cny"),
           "Carbon emission ÷ output value", _PROJECT, _PARK),
)  # fmt: skip

INDICATORS: dict[str, Indicator] = {one.key: one for one in _FIGURES}


def of_method(method: str) -> list[Indicator]:
    """The figures that an account of this method has, in the order they are listed."""
    return [one for one in INDICATORS.values() if method in one.methods]
