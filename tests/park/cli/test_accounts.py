"""`lingyuan account`: the promised keys, and its ends: 0 with figures, 1 with an error, 2 where a factor is missing."""

from __future__ import annotations

import pytest

from tests.commanding import CommandLine


@pytest.fixture
def firm(lingyuan: CommandLine, tenant: str) -> str:
    """A firm with bills of 2019 and 2025."""
    for year in (2019, 2025):
        lingyuan.run("activity", "add", "--tenant", tenant, "--flow", "grid_in", "--quantity", "10000", "--from", f"{year}-01-01",
                     "--to", f"{year}-12-31")  # fmt: skip
    return tenant


def test_the_promised_keys(lingyuan: CommandLine, firm: str) -> None:
    told = lingyuan.json("account", "--tenant", firm, "--year", 2025)
    assert {"method", "version", "factor_set", "period", "figures"} <= set(told)
    assert told["period"] == {"start": "2025-01-01", "end": "2026-01-01"}
    figures = {one["key"]: one for one in told["figures"]}
    emission = figures["emission_tco2"]
    assert {"key", "value", "unit", "completeness", "factors"} <= set(emission)
    assert (emission["value"], emission["unit"]) == ("8.325", "tCO2")
    (factor,) = emission["factors"]
    assert (factor["id"], factor["matched"], factor["verified"]) == ("cn_park_2025/electricity", "exact", True)
    assert figures["carbon_per_energy"]["value"] is None
    assert "2026" in figures["carbon_per_energy"]["problem"]["message"], "a missing factor hinders no other figure"


def test_people_read_the_same(lingyuan: CommandLine, firm: str) -> None:
    chinese = lingyuan.run("account", "--tenant", firm, "--year", 2025, lang="zh").stdout
    assert "碳排放量" in chinese
    assert "8.32" in chinese, "rounded once, half to even"
    english = lingyuan.run("account", "--tenant", firm, "--year", 2025).stdout
    assert "Carbon emission" in english
    assert "0.8325" in english


def test_without_a_factor_it_ends_with_2(lingyuan: CommandLine, firm: str) -> None:
    words = ("account", "--tenant", firm, "--year", 2019, "--method", "ghgp_location")
    error = lingyuan.error(*words, code=2)
    assert (error["code"], error["facts"]["years"]) == ("factor_year_missing", "2021, 2022, 2023")
    plain = lingyuan.run(*words, code=2, lang="zh")
    assert plain.stdout == ""
    assert "2021" in plain.stderr
    chosen = lingyuan.json(*words, "--factor-year", 2021, "--why", "the first that there is")
    (factor,) = next(one["factors"] for one in chosen["figures"] if one["key"] == "scope2_location_tco2e")
    assert (factor["year"], factor["matched"]) == (2021, "chosen")
    assert lingyuan.json(*words)["figures"] == chosen["figures"], "the choice is on record"


def test_a_choice_needs_a_reason_and_a_later_year(lingyuan: CommandLine, firm: str) -> None:
    words = ("account", "--tenant", firm, "--year", 2019, "--method", "ghgp_location", "--factor-year")
    assert lingyuan.error(*words, 2021)["code"] == "invalid_input"
    assert lingyuan.error(*words, 2018, "--why", "x")["code"] == "invalid_input"


def test_nothing_recorded_is_no_zero(lingyuan: CommandLine, quiet_tenant: str) -> None:
    told = lingyuan.json("account", "--tenant", quiet_tenant, "--year", 2025)
    assert {one["value"] for one in told["figures"]} == {None}
    assert told["problem"]["code"] == "nothing_recorded"


def test_a_month(lingyuan: CommandLine, firm: str) -> None:
    told = lingyuan.json("account", "--tenant", firm, "--year", 2025, "--month", 2)
    assert told["period"] == {"start": "2025-02-01", "end": "2025-03-01"}


@pytest.mark.parametrize("words", [(), ("--tenant", "x", "--park", "y")])
def test_of_whom(lingyuan: CommandLine, words: tuple[str, ...]) -> None:
    assert lingyuan.error("account", "--year", 2025, *words)["code"] == "invalid_input"


@pytest.mark.parametrize(("year", "month"), [(99999, None), (1066, None), (2025, 13), (2025, 0), (99999, 1)])
def test_when(lingyuan: CommandLine, quiet_tenant: str, year: int, month: int | None) -> None:
    words = ("--month", month) if month is not None else ()
    assert lingyuan.error("account", "--tenant", quiet_tenant, "--year", year, *words)["code"] == "invalid_input"
