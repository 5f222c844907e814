"""Certificates and offsets on the command line: a serial number once on the whole platform, nothing ever deducted for offsets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.commanding import CommandLine


def emission(lingyuan: CommandLine, tenant: str) -> Decimal:
    """The tenant's emission of 2025. [tCO2]"""
    figures = lingyuan.json("account", "--tenant", tenant, "--year", 2025)["figures"]
    return Decimal(next(one["value"] for one in figures if one["key"] == "emission_tco2"))


def test_certificates(lingyuan: CommandLine, park: str, tenant: str) -> None:
    lingyuan.run("activity", "add", "--tenant", tenant, "--flow", "grid_in", "--quantity", "100", "--unit", "MWh",
                 "--from", "2025-01-01", "--to", "2025-12-31")  # fmt: skip
    add = ("certificate", "add", "--registry", "GEC", "--vintage", "2025-06", "--serials")
    first = f"{tenant}-0001 - {tenant}-0040"
    made = lingyuan.json(*add, first, "--tenant", tenant)
    assert (made["kwh"], made["status"]) == (40_000, "held")
    assert emission(lingyuan, tenant) == Decimal("83.25"), "held ones cover nothing"
    other = lingyuan.json("tenant", "create", "--park", park, "--name", "other")["tenant"]
    error = lingyuan.error(*add, f"{tenant}-40 - {tenant}-50", "--tenant", other)
    assert error["code"] == "serials_claimed"
    assert tenant not in error["message"].replace(f"{tenant}-", ""), "it does not say by whom"
    applied = lingyuan.json("certificate", "apply", "--tenant", tenant, "--id", made["certificate"], "--year", 2025)
    assert (applied["status"], applied["claim_year"]) == ("cancelled", 2025)
    assert emission(lingyuan, tenant) == Decimal("83.25") * Decimal("0.6")
    withdraw = ("certificate", "withdraw", "--tenant", tenant, "--why", "wrong", "--id")
    assert lingyuan.error(*withdraw, made["certificate"])["code"] == "already_cancelled"
    free = lingyuan.json(*add, f"{tenant}-100", "--tenant", tenant)["certificate"]
    lingyuan.run(*withdraw, free)
    lingyuan.run(*add, f"{tenant}-100", "--tenant", other)
    (listed,) = lingyuan.json("certificate", "list", "--tenant", tenant)
    assert (listed["kwh"], listed["vintage"], listed["status"]) == (40_000, "2025-06", "cancelled")
    assert listed["expiry"] == "2027-05-31"
    assert lingyuan.error(*add, "no number", "--tenant", tenant)["code"] == "invalid_input"
    assert lingyuan.error(*add, f"{tenant}-9 - {tenant}-1", "--tenant", tenant)["code"] == "invalid_input"


def test_offsets(lingyuan: CommandLine, tenant: str) -> None:
    lingyuan.run("activity", "add", "--tenant", tenant, "--flow", "grid_in", "--quantity", "100", "--unit", "MWh",
                 "--from", "2025-01-01", "--to", "2025-12-31")  # fmt: skip
    add = ("offset", "add", "--tenant", tenant, "--project-id", "1", "--project-name", "红树林", "--vintage-year", "2024")
    made = lingyuan.json(*add, "--registry", "VCS", "--serials", f"{tenant}-1 - {tenant}-50")
    assert made["tonnes"] == 50
    assert lingyuan.error(*add, "--registry", "VCS", "--serials", f"{tenant}-50")["code"] == "serials_claimed"
    rooftop = ("--registry", "CCER", "--serials", "R-1", "--methodology", "屋顶光伏")
    assert lingyuan.error(*add, *rooftop)["code"] == "rooftop_not_admitted"
    one = ("--tenant", tenant, "--id", made["offset"])
    lingyuan.run("offset", "set", *one, "--status", "reserved", "--why", "for 2025")
    retire = ("offset", "retire", *one, "--retirement-id", "X", "--day", "2025-12-01", "--beneficiary", "us",
              "--claim-year", 2025)  # fmt: skip
    assert lingyuan.json(*retire)["status"] == "retired"
    assert lingyuan.error(*retire)["code"] == "status_not_possible"
    assert lingyuan.error("offset", "withdraw", *one, "--why", "x")["code"] == "status_not_possible"
    (listed,) = lingyuan.json("offset", "list", "--tenant", tenant)
    assert (listed["tonnes"], listed["status"], listed["claim_year"]) == (50, "retired", 2025)
    assert emission(lingyuan, tenant) == Decimal("83.25"), "never deducted"
    told: dict[str, Any] = lingyuan.json("account", "--tenant", tenant, "--year", 2025)
    assert told["offsets"] == [{"status": "retired", "tonnes": 50}]
    assert "50 tCO2e" in lingyuan.run("account", "--tenant", tenant, "--year", 2025).stdout
