from __future__ import annotations

from decimal import Decimal

from tenants.calc.formula import of_products, of_quotient
from tenants.calc.terms import Term
from tenants.factors import constant, fuel_emission
from tests.tenants.sums import made

GRID, GREEN = constant("cn_park_2025", "electricity"), constant("cn_park_2025", "green_electricity")


def test_numbers_factors_and_result() -> None:
    terms = [Term(made("grid_in", 8_000_000), GRID), Term(made("gec_applied", 2_000_000), GRID, -1)]
    assert of_products(terms, Decimal("4995.00"), "tCO2") == ("(8,000,000 − 2,000,000) kWh × 0.8325 kgCO2/kWh = 4,995.00 tCO2")


def test_exports_never_share_a_bracket_with_what_came_in() -> None:
    terms = [Term(made("direct_in", 500), GREEN), Term(made("grid_out", 400), GREEN, -1)]
    assert of_products(terms, Decimal(0), "tCO2") == "500 kWh × 0 kgCO2/kWh − 400 kWh × 0 kgCO2/kWh = 0 tCO2"


def test_a_composed_factor_shows_its_parts() -> None:
    terms = [Term(made("fuel:diesel", 20_000), fuel_emission("diesel"))]
    assert of_products(terms, Decimal("62.90"), "tCO2") == "20,000 kg × 43.33 GJ/t × 0.0202 tC/GJ × 0.98 × 44/12 = 62.90 tCO2"


def test_only_what_goes_out() -> None:
    terms = [Term(made("heat_out", 5)), Term(made("heat_out", 7), None, -1), Term(made("heat_out", 8), None, -1)]
    assert of_products(terms[1:], Decimal(-15), "GJ") == "− (7 + 8) GJ = -15 GJ"
    assert of_products(terms[1:2], Decimal(-7), "GJ") == "− 7 GJ = -7 GJ"
    assert of_products([], Decimal(0), "GJ") == "0 = 0 GJ"


def test_quotient() -> None:
    text = of_quotient((Decimal("4995.00"), "tCO2"), (Decimal("3170.16"), "tce"), Decimal("1.5756"), "tCO2/tce")
    assert text == "4,995.00 tCO2 ÷ 3,170.16 tce = 1.5756 tCO2/tce"
