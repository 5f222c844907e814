"""The method's known answers, from quantities entered through the doors to figures that `account` prints."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.commanding import CommandLine

YEAR = ("--from", "2025-01-01", "--to", "2025-12-31")
EQUIVALENT = ("--factor-year", "2026", "--why", "0.2856 kgce/kWh is the only value known")
INTERVALS, MISSED = 35_040, 876  # quarter-hours of 2025, and every fortieth of them
MEASURED_WH = 930_000_000


class Books:
    """One tenant's figures of 2025, by key."""

    def __init__(self, line: CommandLine, tenant: str) -> None:
        self.line = line
        self.tenant = tenant

    def enter(self, flow: str, quantity: str, unit: str) -> None:
        """A quantity of the whole year."""
        self.line.json("activity", "add", "--tenant", self.tenant, "--flow", flow, "--quantity", quantity, "--unit", unit, *YEAR)

    def certificates(self, units: int) -> None:
        """Certificates generated in 2025 and cancelled for it."""
        serials = f"{self.tenant}-1 - {self.tenant}-{units}"
        self.line.json("certificate", "add", "--tenant", self.tenant, "--registry", "GEC", "--serials", serials,
                       "--vintage", "2025-06", "--claim-year", "2025")  # fmt: skip

    def account(self, method: str = "cn_park_2025", *more: str) -> dict[str, Any]:
        """The figures by key."""
        answer = self.line.json("account", "--tenant", self.tenant, "--year", "2025", "--method", method, *more)
        assert {"method", "version", "factor_set", "period", "figures"} <= set(answer)
        return {one["key"]: one for one in answer["figures"]}


def value(figures: dict[str, Any], key: str, places: str = "0.000001") -> Decimal:
    """A figure, rounded to so many places."""
    return Decimal(figures[key]["value"]).quantize(Decimal(places))


@pytest.fixture
def books(lingyuan: CommandLine, tenant: str) -> Books:
    return Books(lingyuan, tenant)


@pytest.mark.parametrize(
    ("entries", "units", "tonnes"),
    [
        ([("grid_in", "10000", "kWh")], 0, "8.325"),
        ([("grid_in", "10000", "kWh"), ("direct_in", "3", "MWh")], 8, "1.665"),
        ([("grid_in", "1", "万kWh"), ("direct_in", "3000", "kWh")], 0, "8.325"),
        ([("heat_in", "1000", "GJ")], 0, "110"),
    ],
)
def test_the_method_itself(books: Books, entries: list[tuple[str, str, str]], units: int, tonnes: str) -> None:
    for one in entries:
        books.enter(*one)
    if units:
        books.certificates(units)
    assert Decimal(books.account()["emission_tco2"]["value"]) == Decimal(tonnes)


def test_a_park_on_grid_power_alone(lingyuan: CommandLine, books: Books, park: str) -> None:
    books.enter("grid_in", "8000", "MWh")
    answer = lingyuan.json("account", "--park", park, "--year", "2025", *EQUIVALENT)
    figures = {one["key"]: one for one in answer["figures"]}
    assert answer["members_only"]
    assert value(figures, "carbon_per_energy", "0.001") == Decimal("2.915")
    assert figures["carbon_per_energy"]["factors"][1]["matched"] == "chosen"
    assert figures["carbon_per_energy"]["factors"][1]["verified"] is False


def test_no_netting(books: Books) -> None:
    books.enter("grid_in", "8000000", "kWh")
    books.enter("direct_in", "50", "万kWh")
    books.enter("pv_gen", "3000", "MWh")
    books.enter("grid_out", "400000", "kWh")
    books.certificates(2000)
    figures = books.account("cn_park_2025", *EQUIVALENT)
    assert value(figures, "consumption_kwh") == 11_100_000
    assert value(figures, "emission_tco2") == 4995
    assert value(figures, "energy_equivalent_tce") == Decimal("3170.16")
    assert value(figures, "carbon_per_energy") == Decimal("1.575630")
    assert value(figures, "direct_share", "0.0001") == Decimal("27.9279")
    assert value(figures, "clean_energy_share", "0.0001") == Decimal("45.9459")


def test_fuels(books: Books) -> None:
    books.enter("fuel:natural_gas", "50", "万Nm3")
    books.enter("fuel:diesel", "20", "t")
    books.enter("grid_in", "1000000", "kWh")
    figures = books.account("cn_park_2025", *EQUIVALENT)
    assert value(figures, "emission_tco2") == Decimal("1976.496854")
    assert value(figures, "energy_equivalent_tce", "0.001") == Decimal("921.892")
    assert value(figures, "carbon_per_energy") == Decimal("2.143957")
    assert value(figures, "clean_energy_share") == 0
    assert value(figures, "clean_energy_share_with_gas", "0.0001") == Decimal("65.8591")


def test_scope_2(books: Books) -> None:
    books.enter("grid_in", "2000000", "kWh")
    books.enter("pv_gen", "600000", "kWh")
    books.enter("grid_out", "100000", "kWh")
    assert value(books.account("ghgp_market"), "scope2_market_tco2e") == Decimal("1219.2")
    books.certificates(600)
    location = books.account("ghgp_location")
    assert value(location, "scope2_location_tco2e") == Decimal("1116.2")
    assert value(location, "pv_self_use_kwh") == 500_000
    (factor,) = location["scope2_location_tco2e"]["factors"]
    assert (factor["year"], factor["matched"]) == (2023, "latest_earlier")
    assert value(books.account("ghgp_market"), "scope2_market_tco2e") == Decimal("853.44")


def readings(estimated: str | None = None) -> list[str | None]:
    """The year's quarter-hours [kWh] that sum to 930,000, every fortieth of them missing, or this estimate."""
    count = INTERVALS - MISSED
    share, rest = divmod(MEASURED_WH, count)
    measured = iter([share + 1] * rest + [share] * (count - rest))
    return [estimated if i % 40 == 39 else str(Decimal(next(measured)) / 1000) for i in range(INTERVALS)]


def send(server: Flask, line: CommandLine, tenant: str, values: list[str | None], quality: str = "measured") -> dict[str, Any]:
    """Sends the year's values as a device does."""
    token = line.json("token", "create", "--tenant", tenant, "--name", "meter")["token"]
    body = (
        f'{{"readings": [{{"meter": "总表", "unit": "kWh", "step_minutes": 15, "start": "2025-01-01T00:00:00+08:00", '
        f'"quality": "{quality}", "values": [{", ".join("null" if one is None else one for one in values)}]}}]}}'
    )
    answer = server.test_client().post(
        "/api/v1/readings?create=true", data=body, headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def test_gaps_with_a_register(server: Flask, lingyuan: CommandLine, books: Books) -> None:
    receipt = send(server, lingyuan, books.tenant, readings())
    assert (receipt["accepted"], receipt["meters"][0]["total"], receipt["meters"][0]["intervals"]) == (34_164, "930000", 34_164)
    made = lingyuan.json(
        "activity", "add", "--tenant", books.tenant, "--flow", "grid_in", *YEAR,
        "--item", "register_start=10000", "--item", "register_end=12400", "--item", "multiplier=400",
    )  # fmt: skip
    assert made["quantity"] == "960000"
    (site,) = lingyuan.json("site", "list", "--tenant", books.tenant)
    lingyuan.json("site", "change", "--tenant", books.tenant, "--site", site["name"], "--counts", "grid_in", "bill")
    emission = books.account()["emission_tco2"]
    assert Decimal(emission["value"]) == Decimal("799.2")
    assert Decimal(emission["estimated_share"]) == Decimal("0.03125")
    assert Decimal(emission["value"]) * Decimal(emission["estimated_share"]) == Decimal("24.975")
    assert {name: Decimal(share) for name, share in emission["completeness"].items()} == {
        "time": Decimal("0.975"), "energy": Decimal("0.96875"), "backed": Decimal(1),
    }  # fmt: skip


def test_gaps_filled_by_estimates(server: Flask, lingyuan: CommandLine, books: Books) -> None:
    send(server, lingyuan, books.tenant, readings())
    estimates = ["25" if i % 40 == 39 else None for i in range(INTERVALS)]
    receipt = send(server, lingyuan, books.tenant, estimates, quality="estimated")
    assert receipt["accepted"] == MISSED
    emission = books.account()["emission_tco2"]
    assert Decimal(emission["value"]) == Decimal("792.45675")
    assert (Decimal(emission["estimated_share"]) * 100).quantize(Decimal("0.0001")) == Decimal("2.3007")
    assert Decimal(emission["completeness"]["backed"]) < 1


def test_gaps_from_a_file(lingyuan: CommandLine, books: Books, tmp_path: Path) -> None:
    """The same year as a CSV file: same totals, and a second import writes nothing."""
    lines = ["时间,总表 (kWh)"]
    for i, kwh in enumerate(readings()):
        day, slot = divmod(i, 96)
        if kwh is not None:
            lines.append(f"{_day(day)} {slot // 4:02d}:{slot % 4 * 15:02d},{kwh}")
    file = tmp_path / "2025.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    first = lingyuan.json("import", "--tenant", books.tenant, file)
    assert (first["rows"], first["accepted"], first["rejected"]) == (34_164, 34_164, [])
    (meter,) = first["meters"]
    assert (meter["unit"], Decimal(meter["total"]), meter["missing"]) == ("kWh", 930_000, MISSED - 1)  # the very last is no gap
    again = lingyuan.json("import", "--tenant", books.tenant, file)
    assert (again["accepted"], again["unchanged"]) == (0, 34_164)
    assert Decimal(books.account()["emission_tco2"]["value"]) == Decimal("930") * Decimal("0.8325")


def _day(number: int) -> str:
    import datetime as dt

    return (dt.date(2025, 1, 1) + dt.timedelta(days=number)).isoformat()


def test_gases(books: Books) -> None:
    for gas, kilograms in (("R410A", "12"), ("R32", "5"), ("R290", "2"), ("R22", "3")):
        books.enter(f"gas:{gas}", kilograms, "kg")
    books.enter("grid_in", "1", "kWh")
    figures = books.account("ghgp_location")
    assert Decimal(figures["fugitive_tco2e"]["value"]) == Decimal(figures["scope1_tco2e"]["value"]) == Decimal("30.92104")
    assert Decimal(figures["outside_scopes_tco2e"]["value"]) == Decimal("5.88")
    assert "(0.5 × 771 + 0.5 × 3740) kgCO2e/kg" in figures["fugitive_tco2e"]["formula"]
    national = books.account()
    assert Decimal(national["emission_tco2"]["value"]) == Decimal("0.0008325")
    assert any("a rule, not an omission" in note for note in national["emission_tco2"]["notes"])
    assert "fugitive_tco2e" not in national


def test_no_month_owes_a_refilling(books: Books) -> None:
    for first, last in (("2025-02-01", "2025-02-28"), ("2025-07-01", "2025-07-31")):
        books.line.json("activity", "add", "--tenant", books.tenant, "--flow", "gas:R32", "--quantity", "1", "--unit", "kg",
                        "--from", first, "--to", last)  # fmt: skip
    fugitive = books.account("ghgp_location")["fugitive_tco2e"]
    assert Decimal(fugitive["value"]) == Decimal("1.542")
    assert Decimal(fugitive["completeness"]["time"]) == 1
    assert not any("have no value" in note for note in fugitive["notes"])
