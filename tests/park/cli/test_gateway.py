"""`lingyuan gateway` as a person uses it: example, maps, --check, --once, --status, --resend, mistakes, both languages."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from park.cli import main
from park.gateway import register_map
from tests.park.gateway.meters import Dlt645Meter, ModbusMeter, dlt645, free_port, modbus
from tests.park.gateway.plans import plan
from tests.park.gateway.platform import Platform, listening

ROOT = Path(__file__).parents[3]


def run(*words: object, code: int = 0, lang: str = "en") -> Result:
    """What the command printed; it has to end with this code."""
    result = CliRunner().invoke(main, ["gateway", *map(str, words)], env={"LINGYUAN_LANG": lang})
    assert result.exit_code == code, (result.stdout, result.stderr, result.exception)
    return result


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Path]:
    """A configuration for three meters: one answers, one is not there, one has another address than it says."""
    found = register_map.ready()["acrel-adw300"]
    shows = {"energy_import": lambda: Decimal("345.67"), "voltage_a": lambda: Decimal("231.5"), "power": lambda: Decimal("-1.25")}
    gate = Dlt645Meter("000000000161", {"energy_import": lambda: Decimal("1234.56")})
    with ExitStack() as stack:
        tcp = stack.enter_context(modbus(ModbusMeter(1, found, shows)))
        bus = stack.enter_context(dlt645(gate))
        platform = stack.enter_context(listening(Platform()))
        plan(
            tmp_path, url=platform.url,
            lines=[
                f"name: 配电室, wire: modbus-tcp, host: 127.0.0.1, port: {tcp}",
                f"name: 关口, wire: dlt645, host: 127.0.0.1, port: {bus}",
                f"name: 没有, wire: modbus-rtu, host: 127.0.0.1, port: {free_port()}",
            ],
            devices=[
                "name: 总表, line: 配电室, map: acrel-adw300, meter: 1#, "
                "send: [{read: energy_import}, {read: power, flow: pv_gen}]",
                "name: 关口表, line: 关口, map: dlt645-2007, address: 000000000162, timeout_s: 0.3, "
                "send: [{read: energy_import}]",
                "name: 空压机, line: 没有, map: acrel-adl400, address: 3, send: [{read: energy_import}]",
            ],
        )  # fmt: skip
        yield tmp_path / "gateway.yaml"


def test_the_example_and_the_maps() -> None:
    assert "token: {file: token.txt}" in run("--example").stdout
    listed: list[dict[str, Any]] = json.loads(run("--maps", "--json").stdout)
    assert {one["map"] for one in listed} == set(register_map.ready())
    assert all(one["source"] for one in listed)
    assert "acrel-adl400" in run("--maps").stdout


def test_a_check_shows_values_and_what_is_wrong_with_the_rest(floor: Path) -> None:
    found = json.loads(run(floor, "--check", "--json").stdout)
    rows = {(one["device"], one["quantity"]): one for one in found["rows"]}
    assert rows["总表", "energy_import"] | {"took_ms": 0} == {
        "device": "总表", "meter": "1#", "quantity": "energy_import", "value": "345.67", "unit": "kWh", "sent": True,
        "took_ms": 0,
        "problem": None,
    }  # fmt: skip
    assert rows["总表", "voltage_a"]["sent"] is False
    assert Decimal(rows["总表", "voltage_a"]["value"]) == Decimal("231.5")
    assert rows["关口表", ""]["problem"]["code"] == "other_meter"
    assert rows["关口表", ""]["problem"]["facts"]["found"] == "000000000161"
    assert rows["空压机", ""]["problem"]["code"] == "no_connection"
    assert found["unverified"] == ["acrel-adw300"]
    assert not (floor.parent / "gateway.db").exists()


def test_a_check_in_words(floor: Path) -> None:
    english, chinese = run(floor, "--check").stdout, run(floor, "--check", lang="zh").stdout
    assert (
        "✗ 关口表: The meter with the address 000000000162 gave no answer, but one with the address 000000000161 did." in english
    )
    assert "compare one value with the display. acrel-adw300" in english
    assert "✗ 关口表: 地址为 000000000162 的电表没有应答，但地址为 000000000161 的表应答了。" in chinese
    assert chinese.splitlines()[0].split() == ["设备", "计量点", "所读的量", "数值", "单位", "发送", "用时（毫秒）"]
    assert chinese.splitlines()[1].split()[:5] == ["总表", "1#", "energy_import", "345.67", "kWh"]


def test_once_and_what_became_of_it(floor: Path) -> None:
    told = json.loads(run(floor, "--once", "--json").stdout)
    assert (told["sent"], told["stored"], told["delivered"], told["waiting"]) == (True, 1, 1, 0)
    status = json.loads(run(floor, "--status", "--json").stdout)
    assert status["queue"]["delivered"] == 1
    assert status["platform"]["problem"] is None
    assert {one["device"]: (one["problem"] or {}).get("code") for one in status["devices"]} == {
        "总表": None, "关口表": "no_answer", "空压机": "no_connection",
    }  # fmt: skip
    words = run(floor, "--status", lang="zh").stdout
    assert "平台已收" in words
    assert "✗ 空压机: 127.0.0.1:" in words


def test_refused_and_sent_again(floor: Path) -> None:
    with listening(Platform(unknown={"1#"})) as platform:
        text = floor.read_text(encoding="utf-8")
        start = text.index("http://")
        floor.write_text(text.replace(text[start : text.index('"', start)], platform.url), encoding="utf-8")
        told = json.loads(run(floor, "--once", "--json").stdout)
        assert (told["waiting"], told["aside"]) == (0, 1)
        status = json.loads(run(floor, "--status", "--json").stdout)
        assert [(one["meter"], one["value"], one["reason"]) for one in status["aside"]] == [("1#", "345.67", "no such meter")]
        assert "no such meter" in run(floor, "--status").stdout
        platform.unknown.clear()
        assert json.loads(run(floor, "--resend", "--json").stdout) == {"waiting_again": 1}
        assert json.loads(run(floor, "--once", "--json").stdout)["waiting"] == 0
        moments = {dt.datetime.fromisoformat(at) for _, _, at in platform.readings}
        assert dt.datetime.fromisoformat(status["aside"][0]["at"]) in moments, "what was set aside has come"


def test_mistakes(tmp_path: Path) -> None:
    error = json.loads(run(tmp_path / "none.yaml", "--check", "--json", code=1).stdout)["error"]
    assert error["code"] == "configuration_missing"
    (tmp_path / "bad.yaml").write_text("server: {url: x}\n", encoding="utf-8")
    told = run(tmp_path / "bad.yaml", code=1, lang="zh").stderr
    assert "1: server.url: “x”不是网址。 写法如 https://park.example.cn。" in told
    assert "server.token: 缺少。 请写 `token: {file: token.txt}`" in told
    assert "--check" in run("--check", "--once", tmp_path / "bad.yaml", code=2).stderr
    assert "gateway.yaml" in run(code=2).stderr
    plan(tmp_path, url="http://127.0.0.1:1", lines=["name: l, wire: modbus-tcp, host: h"],
         devices=["name: d, line: l, map: huawei-sun2000, send: [{read: energy_yield}]"])  # fmt: skip
    assert json.loads(run(tmp_path / "gateway.yaml", "--status", "--json", code=1).stdout)["error"]["code"] == "buffer_missing"


def test_it_starts_quickly_and_without_the_rest_of_the_program() -> None:
    """Everything the gateway needs is loaded, and nothing of database, web server or plots is."""
    heavy = ("sqlalchemy", "psycopg", "flask", "dash", "plotly", "numpy", "polars", "alembic", "procrastinate")
    inner = ("run", "inspection", "modbus_talk", "dlt645_talk", "http_carrier", "mqtt_carrier")
    wanted = ", ".join(f"park.gateway.{one}" for one in inner)
    code = (
        f"import sys, time, park.cli.gateway, {wanted}; print(*[m for m in {heavy!r} if m in sys.modules], time.process_time())"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    *loaded, seconds = result.stdout.split()
    assert loaded == []
    assert float(seconds) < 1.0  # of this process alone, however busy the machine is
