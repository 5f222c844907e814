from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants import notes
from tenants.calc.completeness import Completeness
from tenants.calc.limits import MEMBERS_ONLY, NOT_A_YEAR, TOO_LITTLE_KNOWN
from tenants.calc.sums import FlowSum, add
from tenants.calc.terms import Passed
from tenants.factors import Factor, grid_factor
from tenants.factors.errors import FactorNotAdmitted, FactorYearMissing, NoCarbonContent, UnknownRegion
from tenants.ledger import METHODS, Account, NothingRecorded, account, as_json, cancel_transfers, verdict
from tenants.methods import UnknownMethod
from tests.tenants.sums import YEAR, flow_sums, made

PARK = [
    made("grid_in", 8_000_000), made("direct_in", 500_000), made("pv_gen", 3_000_000), made("pv_self", 2_600_000),
    made("grid_out", 400_000), made("gec_applied", 2_000_000, expected=0),
]  # fmt: skip
STEEL = [made("grid_in", "959636.71")]


def park(*sums: FlowSum, year: int = 2026, choice: int | None = None) -> Account:
    return account(sums or PARK, method="cn_park_2025", year=year, choice=choice)


def shown(of: Account, key: str, places: int | None = None) -> str:
    value = of.figures[key].shown(places)
    assert value is not None
    return str(value)


# Known answers.


def test_no_netting() -> None:
    found = park()
    assert found.figures["consumption_kwh"].value == 11_100_000
    assert found.figures["emission_tco2"].value == 4_995
    assert found.figures["energy_equivalent_tce"].value == Decimal("3170.16")
    assert shown(found, "carbon_per_energy", 6) == "1.575630"
    assert shown(found, "direct_share", 4) == "27.9279"
    assert shown(found, "clean_energy_share", 4) == "45.9459"


def test_fuels() -> None:
    found = park(made("fuel:natural_gas", 500_000), made("fuel:diesel", 20_000), made("grid_in", 1_000_000))
    assert shown(found, "emission_tco2", 6) == "1976.496854"
    assert found.figures["energy_equivalent_tce"].value == Decimal("921.892")
    assert shown(found, "carbon_per_energy", 6) == "2.143957"
    assert found.figures["clean_energy_share"].value == 0
    assert shown(found, "clean_energy_share_with_gas", 4) == "65.8591"


def test_scope_2_of_chongqing_in_2025() -> None:
    flows = [
        made("grid_in", 2_000_000),
        made("pv_self", 500_000),
        made("grid_out", 100_000),
        made("gec_applied", 600_000, expected=0),
    ]
    location, market = (account(flows, method=method, year=2025) for method in ("ghgp_location", "ghgp_market"))
    assert location.figures["scope2_location_tco2e"].value == Decimal("1116.2")
    assert market.figures["scope2_market_tco2e"].value == Decimal("853.44")
    assert location.figures["scope2_location_tco2e"].factors[0].matched == "latest_earlier"
    assert account(flows[:-1], method="ghgp_market", year=2025).headline.value == Decimal("1219.2")


def test_gaps() -> None:
    register = made("grid_in", 960_000, estimated=30_000, backed=960_000, missing=876 * 15)
    figure = park(register).figures["emission_tco2"]
    assert figure.value == Decimal("799.2")
    assert figure.completeness == Completeness(Decimal("0.975"), Decimal("0.96875"), Decimal(1))
    assert (figure.estimated, figure.estimated_share) == (Fraction("24.975"), Decimal("0.03125"))
    assert (
        notes.Note(notes.MISSING, {"flow": "Electricity bought from the grid", "missing": 13_140, "expected": YEAR})
        in figure.notes
    )


def test_the_owners_first_day() -> None:
    """J1: the steel plant's 2018 with factors of 2023 deliberately chosen."""
    chosen = [account(STEEL, method=method, year=2018, choice=2023) for method in METHODS]
    national, location, _ = chosen
    assert shown(national, "emission_tco2") == "798.90"
    assert shown(location, "scope2_location_tco2e") == "535.57"
    assert shown(national, "energy_calorific_tce") == "117.94"
    assert shown(national, "energy_equivalent_tce") == "274.07"
    assert shown(national, "consumption_kwh") == "959636.71"
    factor = location.headline.factors[0]
    assert (factor.year, factor.matched) == (2023, "chosen")
    assert national.figures["energy_equivalent_tce"].factors[0].matched == "chosen"


# What is missing.


def test_without_a_factor_the_headline_is_missing_and_the_rest_is_there() -> None:
    found = account(STEEL, method="ghgp_location", year=2018)
    assert isinstance(found.problem, FactorYearMissing)
    assert found.headline.value is None
    assert found.headline.formula == ""
    assert found.figures["consumption_kwh"].value == Decimal("959636.71")
    assert shown(found, "energy_calorific_tce") == "117.94"


def test_without_an_equivalent_value_the_park_still_has_its_emission() -> None:
    found = park(*STEEL, year=2018)
    assert found.problem is None
    assert shown(found, "emission_tco2") == "798.90"
    for key in ("energy_equivalent_tce", "carbon_per_energy", "clean_energy_share"):
        assert found.figures[key].value is None
        assert isinstance(found.figures[key].problem, FactorYearMissing)


def test_an_unknown_region_and_raw_coal() -> None:
    assert isinstance(account([made("grid_in", 1, region="西藏")], method="ghgp_location", year=2023).problem, UnknownRegion)
    raw = park(made("fuel:raw_coal", 1_000), made("grid_in", 1))
    assert isinstance(raw.problem, NoCarbonContent)
    assert raw.figures["emission_electricity_tco2"].value == Decimal("0.0008325")
    assert raw.figures["energy_calorific_tce"].value == Decimal("0.7144229")
    assert park(made("fuel:raw_coal", 0), made("grid_in", 1)).problem is None


@pytest.mark.parametrize(
    "sums", [[], [made("grid_in", 0, missing=YEAR)], [made("grid_in", 0, missing=YEAR), made("water", 0, missing=YEAR)]]
)
def test_nothing_recorded_is_not_zero(sums: list[FlowSum]) -> None:
    for method in METHODS:
        found = account(sums, method=method, year=2026)
        assert isinstance(found.problem, NothingRecorded)
        assert {figure.value for figure in found.figures.values()} == {None}


def test_what_is_absent_is_unknown_where_every_site_has_it_and_zero_where_not() -> None:
    found = park(made("fuel:natural_gas", 1_000))
    for key in ("consumption_kwh", "output_cny", "water_m3"):
        assert found.figures[key].value is None
        assert isinstance(found.figures[key].problem, NothingRecorded)
    for key in ("pv_generation_kwh", "emission_electricity_tco2", "clean_gec_tce"):
        assert found.figures[key].value == 0
    assert notes.Note(notes.NO_ELECTRICITY, {}) in found.figures["emission_tco2"].notes


def test_a_flow_of_which_nothing_came_leaves_the_rest_partial() -> None:
    found = park(made("grid_in", 0, missing=YEAR), made("fuel:natural_gas", 10_000))
    assert found.figures["consumption_kwh"].value is None
    emission = found.figures["emission_tco2"]
    assert emission.value == Decimal("21.62188809")
    assert emission.completeness.time == Decimal("0.5")


def test_a_divisor_of_zero_is_told_never_nan() -> None:
    found = park(made("grid_in", 100))
    rate = found.figures["pv_self_consumption_rate"]
    assert (rate.value, rate.shown(), rate.problem) == (None, None, None)
    assert notes.Note(notes.DIVISOR_ZERO, {"divisor": "PV generation"}) in rate.notes
    nothing_used = park(made("grid_in", 0), made("output", 0))
    assert nothing_used.figures["emission_tco2"].value == 0
    assert nothing_used.figures["carbon_per_energy"].value is None
    assert nothing_used.figures["energy_per_output"].value is None


def test_an_unknown_method_and_figure() -> None:
    with pytest.raises(UnknownMethod):
        account(PARK, method="iso_14064", year=2026)
    with pytest.raises(KeyError):
        park().figures["scope2_market_tco2e"]


# One account is the sum of its parts.

_LINEAR = [
    (method, key) for method in METHODS for key, one in account(PARK, method=method, year=2026).figures.items() if not one.of
]


@settings(max_examples=60)
@given(flow_sums(), flow_sums(), st.sampled_from(_LINEAR))
def test_the_account_of_a_sum_is_the_sum_of_the_accounts(a: list[FlowSum], b: list[FlowSum], figure: tuple[str, str]) -> None:
    method, key = figure
    one, other, both = (account(sums, method=method, year=2026).figures[key].exact for sums in (a, b, [*a, *b]))
    assert (both or 0) == (one or 0) + (other or 0)


@given(flow_sums())
def test_a_ratio_of_the_park_is_a_ratio_of_sums(sums: list[FlowSum]) -> None:
    found = park(*sums)
    ratio = found.figures["carbon_per_energy"].exact
    emission, energy = found.figures["emission_tco2"].exact, found.figures["energy_equivalent_tce"].exact
    assert ratio == (emission / energy if emission is not None and energy else None)


def test_offsets_have_no_way_in() -> None:
    """No flow carries an offset, and no figure's terms take off anything but certificates, exports and what is passed on."""
    for method in METHODS:
        for figure in account(PARK, method=method, year=2026).figures.values():
            taken = {term.sum.flow for term in figure.terms if term.sign < 0}
            assert taken <= {"gec_applied", "traded_applied", "grid_out", "transfer_out", "heat_out", "storage_in"}


def test_cancelled_transfers_leave_the_account_as_it_is() -> None:
    sums = [made("grid_in", 1_000), made("transfer_out", 400), made("transfer_in", 390)]
    before, after = park(*sums), park(*cancel_transfers(sums))
    for key in ("emission_tco2", "consumption_kwh", "energy_equivalent_tce"):
        assert before.figures[key].exact == after.figures[key].exact


# Explanation.


def test_a_figure_explains_itself() -> None:
    figure = park().figures["emission_tco2"]
    assert figure.formula == (
        "(8,000,000 − 2,000,000) kWh × 0.8325 kgCO2/kWh + 500,000 kWh × 0 kgCO2/kWh − 400,000 kWh × 0 kgCO2/kWh = 4,995.00 tCO2"
    )
    assert figure.inputs == [
        ("grid_in", "重庆", 8_000_000_000, "kWh"), ("gec_applied", "重庆", 2_000_000_000, "kWh"),
        ("direct_in", "重庆", 500_000_000, "kWh"), ("grid_out", "重庆", 400_000_000, "kWh"),
    ]  # fmt: skip
    assert [one.id for one in figure.factors] == ["cn_park_2025/electricity", "cn_park_2025/green_electricity"]
    core = park().figures["carbon_per_energy"]
    assert [one.key for one in core.of] == ["emission_tco2", "energy_equivalent_tce"]
    assert core.formula == "4,995.00 tCO2 ÷ 3,170.16 tce = 1.5756 tCO2/tce"
    assert {one.flow for part in core.of for one in (term.sum for term in part.terms)} == {flow for flow, *_ in core.inputs}
    assert core.terms == ()


def test_the_year_and_flag_of_the_equivalent_value_stand_at_the_core_figure() -> None:
    told = park().figures["carbon_per_energy"].notes
    assert notes.Note(notes.EQUIVALENT, {"year": 2026, "value": Decimal("0.2856")}) in told
    assert any(note.msgid == notes.UNVERIFIED for note in told)
    assert len(told) == len({str(note) for note in told})


def test_one_computation_per_figure_however_often_it_is_asked_for() -> None:
    found = park()
    assert found.figures["emission_tco2"] is found.figures["emission_tco2"]
    assert set(found.figures) == {figure.key for figure in found.figures.values()}
    assert len(found.figures) == len(list(found.figures))


def test_shown_rounds_once_half_to_even() -> None:
    figure = park(made("grid_in", 10)).figures["emission_tco2"]
    assert (figure.value, figure.shown(), figure.shown(3), figure.shown(4)) == (
        Decimal("0.008325"), Decimal("0.01"), Decimal("0.008"), Decimal("0.0083"),
    )  # fmt: skip


def test_as_json_is_plain_and_numbers_are_text() -> None:
    data = json.loads(json.dumps(as_json(park())))
    assert (data["method"], data["version"], data["year"]) == ("cn_park_2025", "910/2025 trial", 2026)
    assert data["period"] == {"start": "2026-01-01", "end": "2027-01-01"}
    emission = next(one for one in data["figures"] if one["key"] == "emission_tco2")
    assert (emission["value"], emission["shown"], emission["unit"]) == ("4995", "4995.00", "tCO2")
    assert emission["factors"][0] | {"source": ""} == {
        "id": "cn_park_2025/electricity", "value": "0.8325", "unit": "kgCO2/kWh", "year": None, "matched": "exact",
        "verified": True, "source": "",
    }  # fmt: skip
    assert emission["inputs"][0] == {"flow": "grid_in", "region": "重庆", "quantity": "8000000", "unit": "kWh"}
    missing = json.loads(json.dumps(as_json(account(STEEL, method="ghgp_location", year=2018))))
    assert missing["problem"]["code"] == "factor_year_missing"
    assert "2021, 2022, 2023" in missing["problem"]["message"]


def test_as_json_speaks_the_doors_language() -> None:
    data = as_json(park(), lambda msgid, facts: f"<{msgid[:4]}>")
    assert all(note.startswith("<") for one in data["figures"] for note in one["notes"])
    assert data["figures"][0]["title"] == "<Carb>"


# Passed heat, conversion.


def test_a_factor_that_the_method_does_not_admit_is_an_error() -> None:
    wrong = Passed(made("heat_in", 1), grid_factor("重庆", 2023), True)
    with pytest.raises(FactorNotAdmitted):
        account([made("heat_in", 1)], method="cn_park_2025", year=2026, passed=[wrong])


def test_conversion_through_the_account() -> None:
    found = account(
        [], method="cn_park_2025", year=2026, put_in=[made("fuel:washed_coal", 1_400_000)],
        made=[made("fuel:coke", 1_000_000), made("fuel:coke_oven_gas", 420_000)],
    )  # fmt: skip
    assert shown(found, "emission_tco2", 6) == shown(found, "emission_conversion_tco2", 6) == "4.307729"
    assert found.figures["energy_equivalent_tce"].value == Decimal("30.594")


def test_heat_passed_through_the_account() -> None:
    factor = Factor("heat/measured", Decimal("0.05"), "tCO2/GJ", None, "exact", True, "meters", "heat_measured", "CO2")
    found = account(
        [made("heat_in", 100)], method="cn_park_2025", year=2026, passed=[Passed(made("heat_in", 60), factor, True)]
    )  # fmt: skip
    assert found.figures["emission_heat_tco2"].value == Decimal("7.4")  # 40 at 0.11, 60 at 0.05


# The verdict.

LARGE = [made("grid_in", 70_000_000), made("direct_in", 930_000_000)]  # 285,600 tce at 0.204


def test_met_or_not_on_the_unrounded_value() -> None:
    assert verdict(park(*LARGE)).status == "not_met"
    assert verdict(park(made("grid_in", 68_000_000), made("direct_in", 932_000_000))).status == "met"


def test_below_the_national_size_nothing_is_defined() -> None:
    found = verdict(park())
    assert (found.status, found.limit) == ("not_defined", None)
    assert found.facts["energy"] == "3,170"
    assert verdict(park(), "direct_share").status == "not_met"


def test_members_only_cannot_be_judged() -> None:
    found = verdict(park(*LARGE), members_only=True)
    assert (found.status, found.reason) == ("not_determinable", MEMBERS_ONLY)
    assert verdict(park(), members_only=True).status == "not_determinable"


@pytest.mark.parametrize(
    ("start", "end", "large", "small"),
    [
        ("2026-01-01", "2026-07-01", "not_determinable", "not_determinable"),
        ("2025-07-01", "2026-07-01", "not_determinable", "not_defined"),
        ("2026-01-01", "2027-01-01", "not_met", "not_defined"),
    ],
)
def test_the_indicator_is_of_a_calendar_year(start: str, end: str, large: str, small: str) -> None:
    period = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    found = [verdict(account(sums, method="cn_park_2025", year=2026, period=period)) for sums in (LARGE, PARK)]
    assert [one.status for one in found] == [large, small]
    if large == "not_determinable":
        assert found[0].reason == NOT_A_YEAR


def test_too_little_known_to_judge() -> None:
    guessed = [made("grid_in", 68_000_000, estimated=20_000_000), made("direct_in", 932_000_000)]
    assert verdict(park(*guessed)).reason == TOO_LITTLE_KNOWN
    gappy = [made("grid_in", 68_000_000, missing=YEAR // 2), made("direct_in", 932_000_000, missing=YEAR // 2)]
    assert verdict(park(*gappy)).status == "not_determinable"
    few = [made("grid_in", 68_000_000, estimated=3_000_000), made("direct_in", 932_000_000)]
    assert verdict(park(*few)).status == "met"


def test_an_all_electric_park_needs_93_percent_green_power() -> None:
    def judged(green: str) -> str:
        total = 1_000_000_000
        share = int(Decimal(green) * total)
        return verdict(park(*add([made("grid_in", total), made("gec_applied", share, expected=0)]))).status

    assert judged("0.93") == "not_met"
    assert judged("0.932") == "met"
