"""Emission and energy factors, limits and time-of-use windows as data: CSV files with source and status, see SOURCES.md."""

from tenants.factors.factor import Factor, Matched, Part
from tenants.factors.lookup import (
    NATIONAL,
    calorific_mismatch,
    calorific_value,
    constant,
    equivalent_value,
    footprint_factor,
    fuel_emission,
    fuel_energy,
    grid_factor,
    provinces,
    regions,
    warming_potential,
)
from tenants.factors.tables import FACTOR_SET, Limit, limits
from tenants.factors.windows import PERIODS, WindowTable, areas, window_table

__all__ = [
    "FACTOR_SET",
    "NATIONAL",
    "PERIODS",
    "Factor",
    "Limit",
    "Matched",
    "Part",
    "WindowTable",
    "areas",
    "calorific_mismatch",
    "calorific_value",
    "constant",
    "equivalent_value",
    "footprint_factor",
    "fuel_emission",
    "fuel_energy",
    "grid_factor",
    "limits",
    "provinces",
    "regions",
    "warming_potential",
    "window_table",
]
