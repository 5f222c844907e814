from __future__ import annotations

from decimal import Decimal

import pytest

from tenants import notes
from tenants.calc.sums import FlowSum
from tenants.errors import fill
from tenants.ledger import METHODS, account
from tests.tenants.sums import made

CHONGQING = {"factor": "Provincial average electricity factor", "of": "重庆"}


def remarks(
    *sums: FlowSum, key: str = "emission_tco2", method: str = "cn_park_2025", year: int = 2026
) -> dict[str, dict[str, object]]:
    figure = account(sums, method=method, year=year).figures[key]
    return {note.msgid: note.facts for note in figure.notes}


def test_a_factor_of_an_earlier_year_is_provisional() -> None:
    found = remarks(made("grid_in", 1), key="scope2_location_tco2e", method="ghgp_location", year=2025)
    assert found[notes.EARLIER] == {**CHONGQING, "year": 2025, "used": 2023}
    assert notes.EARLIER not in remarks(made("grid_in", 1), key="scope2_location_tco2e", method="ghgp_location", year=2023)


def test_a_chosen_later_year_is_told() -> None:
    figure = account([made("grid_in", 1)], method="ghgp_location", year=2018, choice=2023).figures["scope2_location_tco2e"]
    assert notes.Note(notes.LATER, {**CHONGQING, "year": 2018, "used": 2023}) in figure.notes


def test_co2_only_factors_under_a_method_for_all_gases() -> None:
    assert notes.CO2_ONLY in remarks(made("fuel:diesel", 1), key="scope1_tco2e", method="ghgp_location")
    assert notes.CO2_ONLY in remarks(made("grid_in", 1), key="scope2_market_tco2e", method="ghgp_market")
    assert notes.CO2_ONLY not in remarks(made("fuel:diesel", 1))


def test_the_residual_is_no_official_one() -> None:
    assert "not an official residual mix" in notes.RESIDUAL
    assert notes.RESIDUAL in remarks(made("grid_in", 1), key="scope2_market_tco2e", method="ghgp_market", year=2023)
    assert notes.RESIDUAL not in remarks(made("grid_in", 1), key="scope2_location_tco2e", method="ghgp_location", year=2023)


def test_the_defaults_that_stand_in_for_the_national_database() -> None:
    assert notes.STAND_IN in remarks(made("fuel:natural_gas", 1))
    assert notes.STAND_IN not in remarks(made("grid_in", 1))


def test_two_calorific_values_of_one_fuel() -> None:
    found = remarks(made("fuel:natural_gas", 1))
    assert found[notes.MISMATCH] == {
        "fuel": "Natural gas", "printed": Decimal("389.31"), "implied": Decimal("355.88"), "percent": Decimal("9.4"),
    }  # fmt: skip
    assert notes.MISMATCH not in remarks(made("fuel:coke", 1))


def test_unverified_factors_are_named() -> None:
    found = remarks(made("fuel:lng", 1))
    assert found[notes.UNVERIFIED]["of"] == "LNG"
    assert notes.UNVERIFIED not in remarks(made("fuel:diesel", 1))


def test_heat() -> None:
    found = remarks(made("heat_in", 100), made("heat_out", "2500.5"))
    assert found[notes.HEAT_DEFAULT] == {"value": Decimal("0.11")}
    assert found[notes.HEAT_SOLD] == {"quantity": "2,500.5"}
    assert notes.HEAT_SOLD not in remarks(made("heat_in", 100))
    assert notes.HEAT_SOLD not in remarks(made("heat_out", 100), made("grid_in", 1), key="consumption_kwh")


def test_transfers_storage_and_unproven_pv() -> None:
    assert notes.TRANSFERS in remarks(made("grid_in", 10), made("transfer_out", 4))
    assert notes.STORAGE in remarks(made("grid_in", 10), made("storage_in", 4), key="consumption_kwh")
    found = remarks(made("grid_in", 10), made("pv_gen", 100), made("pv_self", 60), made("grid_out", 30), key="consumption_kwh")
    assert found[notes.PV_UNPROVEN] == {"quantity": "10"}
    proven = remarks(made("grid_in", 10), made("pv_gen", 100), made("pv_self", 60), made("grid_out", 40), key="consumption_kwh")
    assert notes.PV_UNPROVEN not in proven


def test_the_clean_share_says_that_its_definition_is_not_published() -> None:
    assert notes.CLEAN_SET in remarks(made("grid_in", 1), key="clean_energy_share")
    assert notes.CLEAN_GAS in remarks(made("grid_in", 1), key="clean_energy_share_with_gas")
    assert notes.NO_OTHER in remarks(made("grid_in", 1), key="clean_other_tce")


@pytest.mark.parametrize("method", METHODS)
def test_every_note_has_its_facts(method: str) -> None:
    sums = [
        made(flow, 100, missing=5)
        for flow in ("grid_in", "pv_gen", "storage_in", "heat_in", "heat_out", "fuel:lng", "fuel:diesel", "transfer_in")
    ]
    for figure in account(sums, method=method, year=2025, choice=2026).figures.values():
        for note in figure.notes:
            assert "{" not in fill(note.msgid, note.facts)
