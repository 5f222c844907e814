"""Sites and meters on the command line."""

from __future__ import annotations

from pathlib import Path

from tests.commanding import CommandLine


def test_sites(lingyuan: CommandLine, tenant: str) -> None:
    made = lingyuan.json("site", "add", "--tenant", tenant, "--name", "北区", "--zone", "A", "--account-no", "5001")
    assert (made["name"], made["region"], made["account_no"], made["zero_export"]) == ("北区", "重庆", "5001", False)
    assert lingyuan.error("site", "add", "--tenant", tenant, "--name", "北区")["code"] == "already_exists"
    assert lingyuan.error("site", "add", "--tenant", tenant, "--name", "南区", "--region", "西南")["code"] == "invalid_input"
    change = ("site", "change", "--tenant", tenant, "--site", "北区")
    first_day = ("--in-boundary-from", "2025-01-01")
    changed = lingyuan.json(*change, "--new-name", "一厂", "--zero-export", *first_day, "--region", "四川")
    assert (changed["name"], changed["zero_export"], changed["in_boundary_from"], changed["region"]) == (
        "一厂", True, "2025-01-01", "四川",
    )  # fmt: skip
    change = ("site", "change", "--tenant", tenant, "--site", "一厂")
    assert lingyuan.json(*change, "--counts", "grid_in", "bill")["counts"] == {"grid_in": "bill"}
    assert lingyuan.error(*change, "--counts", "grid_in", "both")["code"] == "invalid_input"
    assert lingyuan.error(*change)["code"] == "invalid_input"
    assert lingyuan.error(*change, "--in-boundary-to", "2024-01-01")["code"] == "invalid_input"
    assert lingyuan.error("site", "change", "--tenant", tenant, "--site", "北区", "--zone", "B")["code"] == "not_found"
    (listed,) = lingyuan.json("site", "list", "--tenant", tenant)
    assert listed["site"] == made["site"]


def test_meters(lingyuan: CommandLine, tenant: str) -> None:
    add = ("meter", "add", "--tenant", tenant)
    lingyuan.run(*add, "--name", "总表", "--multiplier", "400")
    lingyuan.run(*add, "--name", "总表", "--flow", "grid_out")
    lingyuan.run(*add, "--name", "一号线", "--behind", "总表")
    assert lingyuan.error(*add, "--name", "总表", "--flow", "grid_out")["code"] == "already_exists"
    assert lingyuan.error(*add, "--name", "二号线", "--behind", "nowhere")["code"] == "not_found"
    assert lingyuan.error(*add, "--name", "二号线", "--multiplier", "0")["code"] == "invalid_input"
    assert lingyuan.error(*add, "--name", "二号线", "--multiplier", "x")["code"] == "invalid_input"
    listed = {(one["meter"], one["flow"]): one for one in lingyuan.json("meter", "list", "--tenant", tenant)}
    assert set(listed) == {("总表", "grid_in"), ("总表", "grid_out"), ("一号线", "grid_in")}
    assert listed["总表", "grid_in"]["multiplier"] == "400"
    assert listed["一号线", "grid_in"]["parent"] == "总表"
    change = ("meter", "change", "--tenant", tenant, "--name")
    assert lingyuan.error(*change, "总表", "--behind", "一号线")["code"] == "meter_loop"
    assert lingyuan.json(*change, "一号线", "--new-name", "1#", "--alone")["behind"] is None
    assert "1#" in lingyuan.run("meter", "list", "--tenant", tenant).stdout


def test_transfers_have_two_ends_in_one_park(lingyuan: CommandLine, park: str, tenant: str) -> None:
    other = lingyuan.json("tenant", "create", "--park", park, "--name", "neighbour")["tenant"]
    abroad = lingyuan.json("park", "create", "--name", f"abroad {tenant}", "--province", "四川")["park"]
    foreign = lingyuan.json("tenant", "create", "--park", abroad, "--name", "far away")["tenant"]
    add = ("meter", "add", "--tenant", tenant, "--flow", "transfer_out", "--name")
    assert lingyuan.error(*add, "to nobody")["facts"]["field"] == "counterparty"
    for wrong in (tenant, foreign, "nobody"):
        assert lingyuan.error(*add, "to the wrong one", "--counterparty", wrong)["code"] == "not_found"
    lingyuan.run(*add, "to the neighbour", "--counterparty", other)


def test_what_stands_behind_does_not_count_twice(lingyuan: CommandLine, tenant: str, tmp_path: Path) -> None:
    rows = [f"2025-03-01 {hour:02d}:00,{10 + hour % 5},{hour % 3}" for hour in range(24)]
    (tmp_path / "two.csv").write_text("time,M1 (kWh),M2 (kWh)\n" + "\n".join(rows))
    lingyuan.run("import", tmp_path / "two.csv", "--tenant", tenant)
    day = ("curve", "--tenant", tenant, "--from", "2025-03-01", "--to", "2025-03-01")
    both = float(lingyuan.json(*day)[0]["kWh"])
    lingyuan.run("meter", "change", "--tenant", tenant, "--name", "M2", "--behind", "M1")
    assert float(lingyuan.json(*day)[0]["kWh"]) == both - sum(hour % 3 for hour in range(24))
