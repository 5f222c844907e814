from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from tenants.calc.uncertainty import Contribution, combined_uncertainty

GAS = Fraction("21.62188809") * 50
DIESEL = Fraction("43.33") * Fraction("0.0202") * Fraction("0.98") * Fraction(44, 12) * 20
POWER = Fraction("832.5")


def test_known_answer() -> None:
    """500,000 Nm3 of gas, 20 t of diesel, 1,000,000 kWh with 3, 5 and 2 %: 36.592388 t, 1.8514 %, grade A."""
    found = combined_uncertainty([
        Contribution(GAS, Fraction("0.03")), Contribution(DIESEL, Fraction("0.05")), Contribution(POWER, Fraction("0.02")),
    ])  # fmt: skip
    assert found.absolute is not None
    assert found.relative is not None
    assert round(found.absolute, 6) == Decimal("36.592388")
    assert round(100 * found.relative, 4) == Decimal("1.8514")
    assert found.grade == "A"


def test_parts_that_share_a_factor_are_wrong_together() -> None:
    apart = combined_uncertainty([Contribution(Fraction(100), Fraction("0.1")), Contribution(Fraction(100), Fraction("0.1"))])
    shared = combined_uncertainty([
        Contribution(Fraction(100), Fraction("0.1"), "grid"), Contribution(Fraction(100), Fraction("0.1"), "grid"),
    ])  # fmt: skip
    assert shared.absolute == 20
    assert apart.absolute is not None
    assert round(apart.absolute, 4) == Decimal("14.1421")


def test_quantity_and_factor_of_one_part() -> None:
    """100 t of which the quantity is 3 % and the factor 4 % uncertain: 5 %, and not of 200 t."""
    both = [Contribution(Fraction(100), Fraction(3, 100), "quantity"), Contribution(Fraction(100), Fraction(4, 100), "factor")]
    found = combined_uncertainty(both, Fraction(100))
    assert (found.absolute, found.relative, found.grade) == (5, Decimal("0.05"), "B")


def test_a_locked_constant_has_no_uncertainty_but_an_unknown_one_is_unknown() -> None:
    assert combined_uncertainty([Contribution(POWER, Fraction(0))]).grade == "A"
    unknown = combined_uncertainty([Contribution(POWER, Fraction("0.01")), Contribution(GAS, None)])
    assert (unknown.absolute, unknown.relative, unknown.grade) == (None, None, "D")
    assert combined_uncertainty([]).grade == "D"


@pytest.mark.parametrize(
    ("percent", "grade"), [("2", "A"), ("2.001", "B"), ("5", "B"), ("5.001", "C"), ("10", "C"), ("10.001", "D")]
)
def test_grades_include_their_limit(percent: str, grade: str) -> None:
    assert combined_uncertainty([Contribution(Fraction(1000), Fraction(percent) / 100)]).grade == grade
