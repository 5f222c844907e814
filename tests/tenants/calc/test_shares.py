from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from tenants.calc import shares
from tenants.exact import rounded


def test_known_answers() -> None:
    assert rounded(shares.carbon_per_energy(Fraction(4_995), Fraction("3170.16")), 6) == Decimal("1.575630")
    assert rounded(shares.clean_energy_share(Fraction("1456.56"), Fraction("3170.16")), 4) == Decimal("45.9459")
    assert rounded(shares.direct_share(Fraction(3_100_000), Fraction(11_100_000)), 4) == Decimal("27.9279")
    assert rounded(shares.clean_energy_share_with_gas(Fraction("607.15"), Fraction("921.892")), 4) == Decimal("65.8591")


def test_two_figures_for_pv() -> None:
    """Generation over use and self-use over use differ as soon as something is exported."""
    assert shares.pv_generation_share(Fraction(3_000_000), Fraction(11_100_000)) > shares.pv_self_use_share(
        Fraction(2_600_000), Fraction(11_100_000)
    )
    assert rounded(shares.pv_self_consumption_rate(Fraction(2_600_000), Fraction(3_000_000)), 4) == Decimal("86.6667")


def test_losses_of_a_storage_charged_from_the_grid_make_no_negative_share() -> None:
    assert shares.direct_share(Fraction(-50), Fraction(1_000)) == 0


def test_intensity_per_ten_thousand_yuan() -> None:
    assert shares.energy_per_output(Fraction(100), Fraction(20_000_000)) == Fraction("0.05")
    assert shares.energy_per_value_added(Fraction(100), Fraction(5_000_000)) == Fraction("0.2")
    assert shares.emission_per_output(Fraction(250), Fraction(20_000_000)) == Fraction("0.125")
