from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants import factors
from tenants.exact import rounded
from tenants.factors import tables
from tenants.factors.errors import ChoiceNotLater, FactorYearMissing, NoCarbonContent, UnknownFuel, UnknownRegion
from tenants.flows import FLOWS


def test_the_exact_year() -> None:
    found = factors.grid_factor("重庆", 2022)
    assert (found.value, found.year, found.matched, found.verified) == (Decimal("0.5227"), 2022, "exact", True)
    assert found.id == "grid/重庆/provincial_average/2022"
    assert "Notice 2024 No. 33" in found.source


def test_else_the_latest_earlier_marked() -> None:
    found = factors.grid_factor("重庆", 2025)
    assert (found.value, found.year, found.matched, found.asked) == (Decimal("0.5581"), 2023, "latest_earlier", 2025)


def test_nothing_earlier_lists_the_years_and_the_way_out() -> None:
    with pytest.raises(FactorYearMissing) as caught:
        factors.grid_factor("重庆", 2018)
    assert "2021, 2022, 2023" in caught.value.message
    assert "choice" in caught.value.remedy


def test_a_later_year_by_choice_only() -> None:
    found = factors.grid_factor("重庆", 2018, choice=2023)
    assert (found.value, found.year, found.matched, found.asked) == (Decimal("0.5581"), 2023, "chosen", 2018)
    assert factors.grid_factor("重庆", 2018, choice=2021).value == Decimal("0.4743")


def test_a_choice_does_not_replace_the_year_itself() -> None:
    assert factors.grid_factor("重庆", 2022, choice=2023).matched == "exact"


def test_a_choice_without_a_later_row_leaves_the_earlier_one() -> None:
    assert factors.grid_factor("重庆", 2025, choice=2026).matched == "latest_earlier"


def test_an_earlier_year_is_no_choice() -> None:
    with pytest.raises(ChoiceNotLater):
        factors.grid_factor("重庆", 2023, choice=2022)


@given(st.integers(1990, 2090), st.none() | st.integers(1, 100))
def test_never_a_later_year_without_a_choice(year: int, ahead: int | None) -> None:
    choice = None if ahead is None else year + ahead
    try:
        found = factors.grid_factor("四川", year, choice=choice)
    except FactorYearMissing:
        assert choice is None
        assert year < 2021
        return
    assert found.year is not None
    assert (found.year > year) == (found.matched == "chosen")
    assert (found.year < year) == (found.matched == "latest_earlier")
    if found.matched == "chosen":
        assert choice is not None


def test_a_region_without_a_factor_never_takes_a_neighbours() -> None:
    with pytest.raises(UnknownRegion) as caught:
        factors.grid_factor("西藏", 2023)
    assert "重庆" in caught.value.facts["regions"] or "重庆" in str(caught.value.facts)


def test_the_grid_region_is_no_province() -> None:
    with pytest.raises(UnknownRegion):
        factors.grid_factor("西南", 2023)
    assert factors.grid_factor("西南", 2023, "regional_average").value == Decimal("0.2472")


def test_thirty_provinces_with_three_years_each() -> None:
    assert len(factors.provinces()) == 30
    assert {"西藏", "香港", "澳门", "台湾", "全国", "西南"}.isdisjoint(factors.provinces())
    for province in factors.provinces():
        assert [factors.grid_factor(province, year).matched for year in (2021, 2022, 2023)] == ["exact"] * 3


def test_unverified_is_told() -> None:
    assert not factors.grid_factor("全国", 2021, "national_fossil_only").verified
    assert factors.grid_factor("全国", 2022, "national_fossil_only").value == Decimal("0.8325")


def test_the_equivalent_value_is_of_a_year_and_unverified() -> None:
    found = factors.equivalent_value(2026)
    assert (found.value, found.unit, found.year, found.verified) == (Decimal("0.2856"), "kgce/kWh", 2026, False)
    assert factors.equivalent_value(2027).matched == "latest_earlier"
    with pytest.raises(FactorYearMissing) as caught:
        factors.equivalent_value(2025)
    assert "2026" in caught.value.message
    assert factors.equivalent_value(2025, choice=2026).matched == "chosen"


def test_a_choice_opens_a_table_that_begins_after_it() -> None:
    found = factors.equivalent_value(2018, choice=2023)
    assert (found.year, found.matched) == (2026, "chosen")


# What the guideline's table prints, rounded to four places: an independent check of components and product.
PRINTED = {
    "anthracite": "2.3228", "bituminous_coal": "2.0715", "lignite": "1.4241", "washed_coal": "2.2818",
    "other_washed_coal": "1.2886", "briquette": "1.9360", "coke": "2.8518", "crude_oil": "3.0783", "fuel_oil": "3.0472",
    "petrol": "3.0425", "diesel": "3.1451", "kerosene": "3.1517", "naphtha": "2.9488", "petroleum_coke": "3.0633",
    "refinery_gas": "3.0423", "lpg": "2.9538", "lng": "2.3253", "natural_gas": "21.6219", "coke_oven_gas": "8.5828",
    "blast_furnace_gas": "9.6865", "converter_gas": "14.3210", "other_gas": "2.3179",
}  # fmt: skip


@pytest.mark.parametrize(("fuel", "printed"), PRINTED.items())
def test_fuels_from_their_components(fuel: str, printed: str) -> None:
    assert rounded(factors.fuel_emission(fuel).exact, 4) == Decimal(printed)


def test_natural_gas_and_diesel_to_the_last_known_digit() -> None:
    assert factors.fuel_emission("natural_gas").value == Decimal("21.62188809")
    assert str(factors.fuel_emission("diesel").value).startswith("3.14512249")


def test_a_fuel_is_exact_although_its_decimal_does_not_end() -> None:
    diesel = factors.fuel_emission("diesel")
    assert diesel.exact == Fraction("43.33") * Fraction("0.0202") * Fraction("0.98") * Fraction(44, 12)
    assert diesel.text == "43.33 GJ/t × 0.0202 tC/GJ × 0.98 × 44/12"


def test_conversion_has_no_oxidation() -> None:
    burned, converted = factors.fuel_emission("washed_coal"), factors.fuel_emission("washed_coal", conversion=True)
    assert burned.exact == converted.exact * Fraction("0.93")
    assert converted.kind == "carbon_balance"


def test_raw_coal_must_be_told_apart() -> None:
    with pytest.raises(NoCarbonContent) as caught:
        factors.fuel_emission("raw_coal")
    assert "bituminous_coal" in str(caught.value.facts)
    assert factors.fuel_energy("raw_coal").value == Decimal("714.3")


def test_two_factor_sets_side_by_side() -> None:
    assert factors.fuel_emission("diesel", "B").value != factors.fuel_emission("diesel", "A").value
    assert not factors.fuel_emission("diesel", "B").verified
    with pytest.raises(UnknownFuel):
        factors.fuel_emission("natural_gas", "B")


@pytest.mark.parametrize(("fuel", "kgce"), [("bituminous_coal", "791.74"), ("anthracite", "836.47"), ("lignite", "493.01")])
def test_a_missing_coal_equivalent_is_the_calorific_value(fuel: str, kgce: str) -> None:
    assert round(factors.fuel_energy(fuel).value, 2) == Decimal(kgce)


def test_a_printed_coal_equivalent_stays_as_printed_and_the_mismatch_is_known() -> None:
    assert factors.fuel_energy("natural_gas").value == Decimal("12143.0")
    found = factors.calorific_mismatch("natural_gas")
    assert found is not None
    printed, implied = found
    assert (printed, round(float(implied), 2)) == (Decimal("389.31"), 355.88)
    assert round(100 * (float(printed) / float(implied) - 1), 1) == 9.4
    assert factors.calorific_mismatch("naphtha") is None


def test_every_fuel_that_can_be_recorded_has_energy_and_all_but_raw_coal_emission() -> None:
    for flow in FLOWS:
        if flow.startswith("fuel:"):
            assert factors.fuel_energy(flow).value > 0
            if flow != "fuel:raw_coal":
                assert factors.fuel_emission(flow).value > 0


def test_calorific_values() -> None:
    assert factors.calorific_value("electricity").value == Decimal("0.1229")
    assert factors.calorific_value("heat").value == Decimal("34.12")


def test_footprints_and_warming_potentials() -> None:
    assert factors.footprint_factor(2024).value == Decimal("0.5777")
    assert factors.footprint_factor(2025).matched == "latest_earlier"
    assert factors.footprint_factor(2023).gases == "CO2e"
    assert factors.warming_potential("R32").value == Decimal(771)
    assert factors.warming_potential("R32").verified
    assert not factors.warming_potential("R22").verified
    blend = factors.warming_potential("gas:R407C")
    assert blend.exact == Fraction("0.23") * 771 + Fraction("0.25") * 3740 + Fraction("0.52") * 1530
    assert not blend.verified
    assert all(sum(one.shares.values()) == 1 for one in tables.blends().values())
    assert {key.removeprefix("gas:") for key in FLOWS if key.startswith("gas:")} <= {*tables.blends(), *tables.warming()}
