"""Figures that divide one figure by another. A ratio of the park is a ratio of sums, never a mean of ratios."""

from __future__ import annotations

from fractions import Fraction


def carbon_per_energy(emission_tco2: Fraction, energy_equivalent_tce: Fraction) -> Fraction:
    """The core indicator, carbon emission per unit of energy use. [tCO2/tce]

    Source: 910/2025 annex 3.
    """
    return emission_tco2 / energy_equivalent_tce


def clean_energy_share(clean_tce: Fraction, energy_equivalent_tce: Fraction) -> Fraction:
    """Clean energy in energy use, default set. [%]

    Source: 910/2025 annex 3; its definition is not published, the set is the project's.
    """
    return 100 * clean_tce / energy_equivalent_tce


def clean_energy_share_with_gas(clean_with_gas_tce: Fraction, energy_equivalent_tce: Fraction) -> Fraction:
    """Clean energy in energy use, natural gas counted as clean. [%]"""
    return 100 * clean_with_gas_tce / energy_equivalent_tce


def direct_share(direct_green_kwh: Fraction, consumption_kwh: Fraction) -> Fraction:
    """Green power supplied directly, in electricity consumed. [%]

    Not below zero: where storage is charged from the grid its losses exceed what was supplied directly.

    Source: 910/2025 annex 4, 二(二)3①.
    """
    return max(100 * direct_green_kwh / consumption_kwh, Fraction(0))


def pv_generation_share(pv_generation_kwh: Fraction, consumption_kwh: Fraction) -> Fraction:
    """PV generated, exported part included, over electricity consumed (发电占比). [%]"""
    return 100 * pv_generation_kwh / consumption_kwh


def pv_self_use_share(pv_self_use_kwh: Fraction, consumption_kwh: Fraction) -> Fraction:
    """PV used on site over electricity consumed (自用占比). [%]"""
    return 100 * pv_self_use_kwh / consumption_kwh


def pv_self_consumption_rate(pv_self_use_kwh: Fraction, pv_generation_kwh: Fraction) -> Fraction:
    """PV used on site over PV generated (消纳率). [%]"""
    return 100 * pv_self_use_kwh / pv_generation_kwh


def energy_per_output(energy_calorific_tce: Fraction, output_cny: Fraction) -> Fraction:
    """Energy use per output value. [tce/10^4 CNY]"""
    return energy_calorific_tce / (output_cny / 10_000)


def energy_per_value_added(energy_calorific_tce: Fraction, value_added_cny: Fraction) -> Fraction:
    """Energy use per value added. [tce/10^4 CNY]"""
    return energy_calorific_tce / (value_added_cny / 10_000)


def emission_per_output(emission_tco2: Fraction, output_cny: Fraction) -> Fraction:
    """Emission per output value. [tCO2/10^4 CNY]"""
    return emission_tco2 / (output_cny / 10_000)
