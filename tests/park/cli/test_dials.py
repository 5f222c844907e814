"""Registers on the command line: what was done to them, and the unmetered rest."""

from __future__ import annotations

import pytest

from park.installation import Installation
from tests.commanding import CommandLine
from tests.tenants.dials import register, send

READ = [*(1000 + i / 4 for i in range(48)), *(20 + i / 4 for i in range(49))]


def test_an_exchange_is_recorded_listed_and_withdrawn(lingyuan: CommandLine, house: Installation, tenant: str) -> None:
    lingyuan.run("meter", "add", "--tenant", tenant, "--name", "1#", "--register", "--digits", "6", "--rated", "500")
    send(house.db, tenant, register("1#", "2026-02-20", READ))
    of = ("--tenant", tenant, "--name", "1#")
    [shown] = lingyuan.json("meter", "list", "--tenant", tenant)
    assert (shown["kind"], shown["digits"], shown["rated"], shown["multiplier"]) == ("register", 6, "500", "1")
    made = lingyuan.json("meter", "exchange", *of, "--at", "2026-02-20T11:59", "--final", "1011.95", "--initial", "19.9",
                         "--reason", "calibration")  # fmt: skip
    assert (made["kind"], made["final"], made["at"]) == ("exchange", "1011.95", "2026-02-20T11:59:00+08:00")
    day = ("curve", "--tenant", tenant, "--meter", "1#", "--from", "2026-02-20", "--to", "2026-02-20")
    [row] = lingyuan.json(*day)
    assert (row["kWh"], row["completeness"]) == ("24.05", 1.0)
    [listed] = lingyuan.json("meter", "events", "--tenant", tenant)
    assert listed["id"] == made["id"]
    assert "calibration" in lingyuan.run("meter", "events", "--tenant", tenant, "--name", "1#").stdout
    lingyuan.json("meter", "withdraw", "--tenant", tenant, "--event", made["id"])
    assert lingyuan.json("meter", "events", "--tenant", tenant) == []
    assert lingyuan.json(*day)[0]["completeness"] < 1
    lingyuan.json("meter", "reset", *of, "--at", "2026-02-20T11:59", "--final", "1011.95", "--initial", "19.9")
    lingyuan.json("meter", "multiplier", *of, "--at", "2026-02-20T00:00", "--multiplier", "40")
    assert lingyuan.json(*day)[0]["kWh"] == "962"
    lingyuan.json("meter", "change", *of, "--multiplier", "10", "--digits", "5")
    moved = lingyuan.json("meter", "clock", *of, "--from", "2026-02-20T20:00", "--to", "2026-02-21T00:30", "--ahead", "600")
    assert moved["offset_s"] == 600


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("exchange", "--at", "yesterday"), "invalid_input"),
        (("exchange", "--at", "2026-02-20T12:00", "--final", "-3"), "invalid_input"),
        (("multiplier", "--at", "2026-02-20T12:00", "--multiplier", "0"), "invalid_input"),
        (("clock", "--from", "2026-02-20T12:00", "--to", "2026-02-20T11:00", "--ahead", "5"), "invalid_input"),
        (("reset", "--at", "2026-02-20T12:00", "--flow", "grid_out"), "not_found"),
    ],
)
def test_mistakes(lingyuan: CommandLine, house: Installation, tenant: str, command: tuple[str, ...], code: str) -> None:
    send(house.db, tenant, register("1#", "2026-02-20", READ))
    assert lingyuan.error("meter", command[0], "--tenant", tenant, "--name", "1#", *command[1:])["code"] == code


def test_the_rest_behind_a_meter(lingyuan: CommandLine, house: Installation, tenant: str) -> None:
    send(house.db, tenant, register("gate", "2026-02-20", [i / 2 for i in range(97)]),
         register("line", "2026-02-20", [i / 8 for i in range(97)]))  # fmt: skip
    lingyuan.json("meter", "change", "--tenant", tenant, "--name", "line", "--behind", "gate")
    days = ("--from", "2026-02-20", "--to", "2026-02-20")
    [one] = lingyuan.json("meter", "rest", "--tenant", tenant, *days)
    assert (one["meter"], one["total"], one["behind"], one["rest"], one["share"], one["completeness"]) == (
        "gate", "48", "12", "36", "0.7500", "1.0000",
    )  # fmt: skip
    assert lingyuan.error("meter", "rest", "--tenant", tenant, "--name", "line", *days)["code"] == "not_found"
