from __future__ import annotations

from fractions import Fraction

import pytest

from tenants.calc import limits as calc
from tenants.calc.limits import judge
from tenants.factors import limits


def verdict(value: str, energy: str, year: int = 2026, jurisdiction: str = "national", key: str = "carbon_per_energy") -> str:
    return judge(limits(), key, Fraction(value), Fraction(energy), year=year, jurisdiction=jurisdiction).status


@pytest.mark.parametrize(
    ("value", "energy", "status"),
    [
        ("0.2", "200000", "met"), ("0.2", "999999.999", "met"), ("0.25", "999999.999", "not_met"),
        ("0.3", "1000000", "met"), ("0.3000001", "1000000", "not_met"), ("0.1", "199999.999", "not_defined"),
    ],
)  # fmt: skip
def test_the_national_limit_by_size(value: str, energy: str, status: str) -> None:
    assert verdict(value, energy) == status


def test_judged_on_the_unrounded_value() -> None:
    """0.20035 fails although it prints as 0.20, and the sentence shows why."""
    found = judge(limits(), "carbon_per_energy", Fraction("0.20035"), Fraction(300_000), year=2026, jurisdiction="national")
    assert found.status == "not_met"
    assert found.facts["value"] == "0.2004"
    closer = judge(limits(), "carbon_per_energy", Fraction("0.2000000004"), Fraction(300_000), year=2026, jurisdiction="national")
    assert closer.status == "not_met"
    assert closer.facts["value"] == "0.2000000004"


def test_below_the_smallest_size_nothing_is_invented() -> None:
    found = judge(limits(), "carbon_per_energy", Fraction("2.58"), Fraction(27_960), year=2026, jurisdiction="national")
    assert found.status == "not_defined"
    assert found.limit is None
    assert found.facts["from_tce"] == "200,000"


def test_a_year_before_the_ruleset_has_no_limit() -> None:
    assert verdict("0.1", "300000", year=2024) == "not_defined"


@pytest.mark.parametrize(
    ("year", "energy", "limit"),
    [(2027, 20_000, "1.0"), (2029, 999_999, "1.0"), (2030, 20_000, "0.7"), (2035, 50_000, "0.3"), (2027, 1_000_000, "1.1"),
     (2030, 1_000_000, "0.8"), (2036, 2_000_000, "0.5")],
)  # fmt: skip
def test_hunan(year: int, energy: int, limit: str) -> None:
    assert verdict(limit, str(energy), year, "hunan") == "met"
    assert verdict(f"{limit}001", str(energy), year, "hunan") == "not_met"


def test_hunan_outside_its_years_and_sizes() -> None:
    assert verdict("0.1", "50000", 2026, "hunan") == "not_defined"
    assert verdict("0.1", "19999", 2027, "hunan") == "not_defined"


def test_a_guiding_indicator_is_a_least_value() -> None:
    assert verdict("90", "1000", key="clean_energy_share") == "met"
    assert verdict("89.999", "1000", key="clean_energy_share") == "not_met"
    assert verdict("27.9279", "3170", key="direct_share") == "not_met"


def test_what_cannot_be_computed_cannot_be_judged() -> None:
    assert (
        judge(limits(), "carbon_per_energy", None, Fraction(1), year=2026, jurisdiction="national").status == "not_determinable"
    )
    assert (
        judge(limits(), "carbon_per_energy", Fraction(1), None, year=2026, jurisdiction="national").status == "not_determinable"
    )


def test_an_unknown_ruleset_lists_the_known_ones() -> None:
    with pytest.raises(calc.UnknownJurisdiction) as caught:
        verdict("1", "300000", jurisdiction="atlantis")
    assert "hunan" in str(caught.value.facts)
