"""Tenants on the command line: made, let in, suspended, exported, erased and restored."""

from __future__ import annotations

import secrets
from pathlib import Path

from park import members
from park.access import accounts_session
from park.installation import Installation
from tests import people
from tests.commanding import CommandLine


def state(lingyuan: CommandLine, tenant: str) -> str | None:
    """The tenant's state in the list."""
    return next((str(one["state"]) for one in lingyuan.json("tenant", "list") if one["tenant"] == tenant), None)


def test_made_and_found_by_id_name_and_code(lingyuan: CommandLine, park: str) -> None:
    code, name = people.new_credit_code(), f"厂 {secrets.token_hex(3)}"
    made = lingyuan.json("tenant", "create", "--park", park, "--name", name, "--credit-code", code)
    assert set(made) == {"tenant"}
    for wanted in (made["tenant"], name, code):
        assert lingyuan.json("site", "list", "--tenant", wanted) == []
    assert lingyuan.error("tenant", "create", "--park", park, "--name", name)["code"] == "already_exists"
    assert lingyuan.error("tenant", "create", "--park", park, "--name", "x", "--credit-code", "123")["remedy"]
    (listed,) = lingyuan.json("tenant", "list", "--park", park)
    assert (listed["title"], listed["credit_code"], listed["state"], listed["held"]) == (name, code, "active", False)


def test_a_name_that_two_have_is_asked_for(lingyuan: CommandLine, park: str) -> None:
    name = f"twin {secrets.token_hex(3)}"
    other = lingyuan.json("park", "create", "--name", f"P {name}", "--province", "重庆")["park"]
    ids = [lingyuan.json("tenant", "create", "--park", one, "--name", name)["tenant"] for one in (park, other)]
    error = lingyuan.error("site", "list", "--tenant", name)
    assert error["code"] == "ambiguous_name"
    assert all(one in error["message"] for one in ids)


def test_let_in_suspended_let_work_again(lingyuan: CommandLine, house: Installation, park: str) -> None:
    with accounts_session(house.db) as session:
        waiting = members.register(session, park=park, title="Waiting Ltd", actor="test", state="waiting")
    assert lingyuan.error("site", "list", "--tenant", waiting)["code"] == "not_found", "it has no books yet"
    assert lingyuan.json("tenant", "approve", "--tenant", waiting) == {"tenant": waiting, "state": "active"}
    assert lingyuan.json("site", "list", "--tenant", waiting) == []
    assert lingyuan.json("tenant", "suspend", "--tenant", waiting)["state"] == "suspended" == state(lingyuan, waiting)
    assert lingyuan.error("tenant", "suspend", "--tenant", waiting)["code"] == "invalid_input"
    assert lingyuan.json("tenant", "resume", "--tenant", waiting)["state"] == "active" == state(lingyuan, waiting)
    assert lingyuan.error("tenant", "approve", "--tenant", waiting)["code"] == "invalid_input"


def test_exported_erased_restored(lingyuan: CommandLine, park: str, tenant: str, tmp_path: Path) -> None:
    file = tmp_path / "firm.zip"
    lingyuan.run("activity", "add", "--tenant", tenant, "--flow", "grid_in", "--quantity", "96", "--unit", "MWh",
                 "--from", "2025-01-01", "--to", "2025-12-31")  # fmt: skip
    before = lingyuan.json("account", "--tenant", tenant, "--year", 2025)
    told = lingyuan.json("tenant", "export", "--tenant", tenant, "-o", file)
    assert told["rows"]["activity"] == 1
    assert len(told["sha256"]) == 64
    assert lingyuan.error("tenant", "restore", file)["code"] == "already_exists"
    assert lingyuan.run("tenant", "erase", "--tenant", tenant, code=1, stdin="n\n").stdout == ""
    assert state(lingyuan, tenant) == "active", "a no is a no"
    lingyuan.run("tenant", "erase", "--tenant", tenant, stdin="y\n")
    assert state(lingyuan, tenant) is None
    assert lingyuan.error("tenant", "erase", "--tenant", tenant, "--yes")["code"] == "not_found"
    assert lingyuan.error("tenant", "restore", file, "--sha256", "0" * 64)["code"] == "not_an_export"
    back = lingyuan.json("tenant", "restore", file, "--sha256", told["sha256"])
    assert (back["tenant"], back["rows"]) == (tenant, told["rows"])
    assert lingyuan.json("account", "--tenant", tenant, "--year", 2025) == before


def test_a_tampered_file_is_refused(lingyuan: CommandLine, park: str, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x05\x06" + b"\0" * 18)
    error = lingyuan.error("tenant", "restore", tmp_path / "x.zip", "--park", park)
    assert error["code"] == "not_an_export"
    assert "x.zip" in error["message"]
