"""One figure, several doors: command line and HTTP give the same to the last digit and the same words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from park.installation import Installation
from tests import people
from tests.browsing import Browser
from tests.commanding import CommandLine
from tests.park.api.conftest import Device


@pytest.fixture(scope="module")
def park(lingyuan: CommandLine, house: Installation) -> str:
    """A park for all tests here."""
    return str(lingyuan.json("park", "create", "--name", "One park, several doors", "--province", "重庆")["park"])


@pytest.fixture(scope="module")
def firm(lingyuan: CommandLine, park: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A firm with two meters, of which one has a gap, a gas bill, certificates and offsets."""
    tenant = str(lingyuan.json("tenant", "create", "--park", park, "--name", "One firm, several doors")["tenant"])
    lines = ["时间,总表 kWh,空压机 kWh"]
    for i in range(96):
        whole, part = 10 + i * 37 % 11 / 7, i * 23 % 13 / 9
        lines.append(f"2025-03-01 {i // 4:02d}:{i % 4 * 15:02d},{whole:.3f},{'' if i == 50 else f'{part:.3f}'}")
    file = tmp_path_factory.mktemp("files") / "readings.csv"
    file.write_text("\n".join(lines), encoding="gbk")
    lingyuan.run("import", file, "--tenant", tenant)
    lingyuan.run("meter", "change", "--tenant", tenant, "--name", "空压机", "--behind", "总表")
    lingyuan.run("activity", "add", "--tenant", tenant, "--flow", "fuel:natural_gas", "--quantity", "1234.567", "--unit", "m3",
                 "--from", "2025-03-01", "--to", "2025-03-31")  # fmt: skip
    lingyuan.run("certificate", "add", "--tenant", tenant, "--registry", "GEC", "--serials", f"{tenant}-1",
                 "--vintage", "2025-01", "--claim-year", "2025")  # fmt: skip
    lingyuan.run("offset", "add", "--tenant", tenant, "--registry", "VCS", "--serials", f"{tenant}-1 - {tenant}-9",
                 "--project-id", "1", "--project-name", "mangroves", "--vintage-year", "2025")  # fmt: skip
    return tenant


@pytest.fixture(scope="module")
def device(lingyuan: CommandLine, server: Flask, firm: str) -> Device:
    """A device that may read."""
    made = lingyuan.json("token", "create", "--tenant", firm, "--name", "reader", "--scope", "data:read")
    return Device(server, made["token"])


@pytest.mark.parametrize("method", ["cn_park_2025", "ghgp_location", "ghgp_market"])
@pytest.mark.parametrize("month", [None, 3])
def test_an_account(lingyuan: CommandLine, device: Device, firm: str, method: str, month: int | None) -> None:
    line = lingyuan.json("account", "--tenant", firm, "--year", 2025, "--method", method, *(("--month", month) if month else ()))
    http = device.get(f"/account?year=2025&method={method}" + (f"&month={month}" if month else "")).get_json()
    assert line == http
    assert http["offsets"] == [{"status": "held", "tonnes": 9}]


@pytest.mark.parametrize("by", ["interval", "hour", "day", "month", "year"])
@pytest.mark.parametrize("meter", [None, "总表", "空压机"])
def test_a_curve(lingyuan: CommandLine, device: Device, firm: str, by: str, meter: str | None) -> None:
    words = ("--meter", meter) if meter else ()
    line = lingyuan.json("curve", "--tenant", firm, "--from", "2025-03-01", "--to", "2025-03-02", "--by", by, *words)
    http = device.get(f"/curve?from=2025-03-01&to=2025-03-02&by={by}" + (f"&meter={meter}" if meter else "")).get_json()
    assert line == http
    assert len(line) >= 1
    assert set(line[0]) == {"start", "kWh", "completeness", "estimated"}


def test_an_error(lingyuan: CommandLine, device: Device, firm: str) -> None:
    words = ("--tenant", firm, "--meter", "nowhere", "--from", "2025-03-01", "--to", "2025-03-01")
    http = device.get("/curve?from=2025-03-01&to=2025-03-01&meter=nowhere").get_json()["error"]
    assert lingyuan.error("curve", *words) == http
    assert lingyuan.run("curve", *words, code=1).stderr.splitlines() == [http["message"], "→ " + http["remedy"]]
    chinese = lingyuan.error("curve", *words, lang="zh")
    assert chinese["code"] == http["code"]
    assert chinese["message"] != http["message"]


def signed_in(server: Flask, house: Installation, park: str) -> Any:
    """A browser in the hands of the park's administrator."""
    browser = Browser(server)
    browser.sign_in(people.enrolled(house.db, "park_admin", park=park).value)
    return browser


def test_the_park(lingyuan: CommandLine, server: Flask, house: Installation, firm: str, park: str) -> None:
    browser = signed_in(server, house, park)

    def both(method: str = "cn_park_2025") -> dict[str, Any]:
        line = lingyuan.json("account", "--park", park, "--year", 2025, "--month", 3, "--method", method)
        path = f"/api/v1/park/account?year=2025&month=3&method={method}"
        http = browser.get(path, headers={"Accept-Language": "en"}).get_json()
        assert line == http
        return dict(line)

    alone = both()
    assert (alone["members_only"], alone["coverage"]) == (True, None)
    held = lingyuan.json("tenant", "create", "--park", park, "--name", "路灯", "--public")["tenant"]
    lingyuan.run("activity", "add", "--tenant", held, "--flow", "grid_in", "--quantity", 500, "--from", "2025-03-01",
                 "--to", "2025-03-31")  # fmt: skip
    lingyuan.run("park", "total", "--park", park, "--month", "2025-03", "--quantity", "1万kWh", "--source", "grid company")
    both("ghgp_market")
    whole = both()
    assert whole["members_only"] is False
    (rest,) = whole["remainder"]
    (day,) = lingyuan.json("curve", "--tenant", firm, "--from", "2025-03-01", "--to", "2025-03-01")
    assert Decimal(rest["quantity"]) == 10_000 - 500 - Decimal(day["kWh"])
    assert whole["figures"] != whole["members"]
