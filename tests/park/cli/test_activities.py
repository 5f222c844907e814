"""Bills on the command line: units, items that must agree, the split to months, replacing and taking back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.commanding import CommandLine

MARCH = ("--from", "2025-03-01", "--to", "2025-03-31")


def add(tenant: str, flow: str, *words: str, period: tuple[str, ...] = MARCH) -> tuple[str, ...]:
    """A command that enters something."""
    return ("activity", "add", "--tenant", tenant, "--flow", flow, *period, *words)


@pytest.mark.parametrize(
    ("flow", "words", "quantity", "unit"),
    [
        ("grid_in", ("--quantity", "1.5", "--unit", "万kWh"), "15000", "kWh"),
        ("grid_in", ("--quantity", "15", "--unit", "MWh", "--item", "amount=9000"), "15000", "kWh"),
        ("grid_in", ("--item", "peak=10", "--item", "flat=20.5", "--item", "valley=5"), "35.5", "kWh"),
        ("grid_in", ("--item", "register_start=1", "--item", "register_end=3", "--item", "multiplier=400"), "800", "kWh"),
        ("fuel:natural_gas", ("--quantity", "1000", "--unit", "m3", "--item", "amount=3500"), "931.78", "Nm3"),
        ("fuel:diesel", ("--quantity", "2", "--unit", "t", "--method", "estimate"), "2000", "kg"),
        ("water", ("--quantity", "1,234"), "1234", "m3"),
        ("output", ("--quantity", "100", "--unit", "万元"), "1000000", "CNY"),
        ("heat_in", ("--quantity", "0.5"), "0.5", "GJ"),
    ],
)
def test_quantities(lingyuan: CommandLine, tenant: str, flow: str, words: tuple[str, ...], quantity: str, unit: str) -> None:
    made = lingyuan.json(*add(tenant, flow, *words))
    assert (made["quantity"], made["unit"]) == (quantity, unit)
    assert made["months"] == [{"month": "2025-03", "days": 31, "quantity": quantity}]
    (listed,) = lingyuan.json("activity", "list", "--tenant", tenant)
    assert (listed["from"], listed["to"], listed["quantity"]) == ("2025-03-01", "2025-03-31", quantity)


WRONG: dict[str, tuple[str, tuple[str, ...], str]] = {
    "no quantity": ("water", (), "invalid_input"),
    "no quantity at all": ("grid_in", (), "invalid_input"),
    "negative": ("water", ("--quantity", "-5"), "invalid_input"),
    "no number": ("water", ("--quantity", "much"), "invalid_input"),
    "another unit": ("water", ("--quantity", "5", "--unit", "kWh"), "invalid_input"),
    "unknown item": ("grid_in", ("--item", "price=1"), "invalid_input"),
    "item without a value": ("grid_in", ("--item", "peak"), "invalid_input"),
    "electricity's item of gas": ("fuel:natural_gas", ("--quantity", "5", "--item", "peak=1"), "invalid_input"),
    "parts that disagree": ("grid_in", ("--quantity", "100", "--item", "peak=10"), "parts_disagree"),
    "an estimate with items": ("grid_in", ("--item", "peak=10", "--method", "estimate"), "invalid_input"),
    "a certificate": ("gec_applied", ("--quantity", "5"), "invalid_input"),
    "a site that is not there": ("water", ("--quantity", "5", "--site", "nowhere"), "not_found"),
}


@pytest.mark.parametrize("what", list(WRONG))
def test_what_cannot_be_is_told(lingyuan: CommandLine, quiet_tenant: str, what: str) -> None:
    flow, words, code = WRONG[what]
    error = lingyuan.error(*add(quiet_tenant, flow, *words))
    assert error["code"] == code
    assert error["remedy"]
    assert "{" not in error["message"] + error["remedy"]
    assert lingyuan.json("activity", "list", "--tenant", quiet_tenant) == []


def test_a_bill_is_split_to_its_months_visibly(lingyuan: CommandLine, tenant: str) -> None:
    made = lingyuan.json(*add(tenant, "grid_in", "--quantity", "31000", period=("--from", "2025-02-20", "--to", "2025-03-22")))
    assert [(one["month"], one["days"], one["quantity"]) for one in made["months"]] == [
        ("2025-02", 9, "9000"), ("2025-03", 22, "22000"),
    ]  # fmt: skip
    said = lingyuan.run(*add(tenant, "water", "--quantity", "31"), lang="zh").stdout
    assert "月份" in said


def test_replaced_with_a_reason_and_taken_back(lingyuan: CommandLine, tenant: str) -> None:
    def total() -> Any:
        figures = lingyuan.json("account", "--tenant", tenant, "--year", 2025)["figures"]
        return next(one["value"] for one in figures if one["key"] == "water_m3")

    made = lingyuan.json(*add(tenant, "water", "--quantity", "10"))
    again = lingyuan.json(*add(tenant, "water", "--quantity", "10"))
    assert again["activity"] == made["activity"], "the same again changes nothing"
    assert lingyuan.error(*add(tenant, "water", "--quantity", "11"))["code"] == "entered_differently"
    overlap = ("--from", "2025-03-15", "--to", "2025-04-14")
    assert lingyuan.error(*add(tenant, "water", "--quantity", "11", period=overlap))["code"] == "periods_overlap"
    lingyuan.run(*add(tenant, "water", "--quantity", "11", "--replace", "typing error"))
    assert Decimal(total()) == 11
    remove = ("activity", "remove", "--tenant", tenant, "--id", made["activity"])
    assert lingyuan.error(*remove, "--why", " ")["code"] == "invalid_input"
    assert lingyuan.json(*remove, "--why", "another firm's bill")["removed"] is True
    assert total() is None
    assert lingyuan.error(*remove, "--why", "again")["code"] == "not_found"


def test_the_scan_stays_with_the_bill(lingyuan: CommandLine, tenant: str, tmp_path: Path) -> None:
    (tmp_path / "bill.pdf").write_bytes(b"%PDF-1.7 a bill")
    (tmp_path / "bill.exe").write_bytes(b"MZ\0\0")
    lingyuan.run(*add(tenant, "water", "--quantity", "10", "--scan", str(tmp_path / "bill.pdf")))
    (listed,) = lingyuan.json("activity", "list", "--tenant", tenant)
    assert (Path(lingyuan.environ["LINGYUAN_HOME"]) / "files" / tenant / listed["document"]).read_bytes() == b"%PDF-1.7 a bill"
    error = lingyuan.error(*add(tenant, "heat_in", "--quantity", "1", "--scan", str(tmp_path / "bill.exe")))
    assert error["code"] == "document_kind"
    assert len(lingyuan.json("activity", "list", "--tenant", tenant)) == 1
