"""Parks on the command line: made, their totals and targets, and one sheet for all firms they hold."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.commanding import CommandLine


def test_a_park_is_made_and_listed(lingyuan: CommandLine, park: str) -> None:
    listed = {one["park"]: one for one in lingyuan.json("park", "list")}
    assert len(listed[park]["code"]) == 8
    assert (listed[park]["province"], listed[park]["tenants"], listed[park]["approval"]) == ("重庆", 0, True)
    assert park in lingyuan.run("park", "list").stdout
    again = lingyuan.error("park", "create", "--name", listed[park]["title"], "--province", "重庆")
    assert again["code"] == "already_exists"
    create = ("park", "create", "--name", "x", "--province")
    assert lingyuan.error(*create, "火星")["facts"]["field"] == "province"
    assert lingyuan.error(*create, "重庆", "--timezone", "Mars/Base")["code"] == "invalid_input"


def test_a_park_is_found_by_id_name_and_code(lingyuan: CommandLine, park: str) -> None:
    (one,) = [one for one in lingyuan.json("park", "list") if one["park"] == park]
    for wanted in (park, one["title"], one["code"]):
        assert lingyuan.json("park", "accounts", "--park", wanted) == []
    assert lingyuan.error("park", "accounts", "--park", "nowhere")["code"] == "not_found"


def test_totals_targets_and_factor_years(lingyuan: CommandLine, park: str) -> None:
    total = ("park", "total", "--park", park, "--month", "2025-03", "--source", "grid company")
    assert lingyuan.json(*total, "--quantity", "860万kWh")["quantity"] == "8600000"
    assert lingyuan.error(*total, "--quantity", "-1kWh")["code"] == "invalid_input"
    assert lingyuan.error(*total, "--quantity", "many")["code"] == "invalid_input"
    assert lingyuan.error(*total, "--quantity", "1m3")["code"] == "invalid_input"
    assert lingyuan.json("park", "target", "--park", park, "--year", 2030, "--tonnes", "120000.5")["emission_tco2"] == "120000.5"
    assert lingyuan.json("park", "target", "--park", park, "--year", 2030)["emission_tco2"] is None
    choose = ("park", "factor-year", "--park", park, "--year", 2025, "--why", "the only one", "--use")
    lingyuan.run(*choose, 2026)
    assert lingyuan.error(*choose, 2024)["code"] == "invalid_input"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A sheet of three accounts and two months; one row has no account number."""
    lines = ["户号,户名,2025年1月(kWh),2025年2月(kWh)", "0005001,甲厂,100,200", "0005002,路灯,7,8", ",无户号,1,2"]
    path = tmp_path / "园区.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return path


def test_one_sheet_for_all_held_firms(lingyuan: CommandLine, park: str, sheet: Path) -> None:
    firm = lingyuan.json("tenant", "create", "--park", park, "--name", "甲厂", "--held")["tenant"]
    told = lingyuan.json("park", "import-held", sheet, "--park", park)
    assert (told["accounts"], told["matched"], told["entered"]) == (2, 0, 0)
    assert [one["row"] for one in told["rejected"]] == [4]
    assert {one["account_no"]: one["guess"] for one in told["unbound"]} == {"0005001": firm, "0005002": None}
    bound = lingyuan.json("park", "bind", "--park", park, "--account", "0005001", "--tenant", firm)
    assert (bound["entered"], bound["tenant"]) == (2, firm)
    made = lingyuan.json("park", "bind", "--park", park, "--account", "0005002", "--public")
    assert made["entered"] == 2
    (public,) = [one for one in lingyuan.json("tenant", "list", "--park", park) if one["kind"] == "public"]
    assert (public["tenant"], public["title"], public["held"]) == (made["tenant"], "路灯", True)
    again = lingyuan.json("park", "import-held", sheet, "--park", park)
    assert (again["matched"], again["entered"], again["unchanged"], again["unbound"]) == (2, 0, 4, [])
    figures = {one["key"]: one for one in lingyuan.json("account", "--park", park, "--year", 2025)["figures"]}
    assert Decimal(figures["grid_import_kwh"]["value"]) == 315
    accounts = {one["account_no"]: one["title"] for one in lingyuan.json("park", "accounts", "--park", park)}
    assert accounts == {"0005001": "甲厂", "0005002": "路灯"}


def test_a_corrected_sheet_needs_a_reason(lingyuan: CommandLine, park: str, sheet: Path) -> None:
    lingyuan.run("park", "import-held", sheet, "--park", park)
    lingyuan.run("park", "bind", "--park", park, "--account", "0005001", "--new")
    sheet.write_text("户号,户名,2025-01,2025-02\n0005001,甲厂,101,200\n", encoding="utf-8")
    told = lingyuan.json("park", "import-held", sheet, "--park", park)
    assert (told["unchanged"], len(told["refused"])) == (1, 1)
    assert "101" in told["refused"][0]["reason"]
    said = lingyuan.run("park", "import-held", sheet, "--park", park, lang="zh").stdout
    assert "待对应的户号" in said
    assert lingyuan.json("park", "import-held", sheet, "--park", park, "--replace", "corrected")["entered"] == 1


def test_binding_says_what_is_missing(lingyuan: CommandLine, park: str) -> None:
    bind = ("park", "bind", "--park", park, "--account", "404")
    assert lingyuan.error(*bind)["code"] == "invalid_input"
    assert lingyuan.error(*bind, "--new", "--public")["code"] == "invalid_input"
    assert lingyuan.error(*bind, "--new")["code"] == "not_found"


def test_a_file_that_is_no_sheet(lingyuan: CommandLine, park: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    error = lingyuan.error("park", "import-held", tmp_path / "x.csv", "--park", park)
    assert "x.csv" in error["message"]
