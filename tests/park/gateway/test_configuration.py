"""Configurations: the example, and every mistake with its line, field, reason and remedy, all at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from park.cli.gateway import EXAMPLE
from park.gateway import configuration
from park.gateway.errors import ConfigurationMissing, ConfigurationUnreadable, ConfigurationWrong
from park.gateway.plan import Plan
from tests.park.gateway.platform import TOKEN

GOOD = """
server: {url: "http://127.0.0.1:8050", token: {file: token.txt}}
lines:
  - {name: bus, wire: modbus-rtu, host: 10.0.0.5}
  - {name: gate, wire: dlt645, host: 10.0.0.6}
devices:
  - name: one
    line: bus
    map: acrel-adl400
    address: 0x0A
    meter: 1#
    send: [{read: energy_import}, {read: energy_export}, {read: power, flow: pv_gen, times: 2.5}]
  - {name: two, line: gate, map: dlt645-2007, address: 000000000161, send: [{read: energy_import, every: 60}]}
"""


def read(folder: Path, text: str) -> Plan:
    (folder / "token.txt").write_text(TOKEN + "\n", encoding="utf-8")
    (folder / "gateway.yaml").write_text(text, encoding="utf-8")
    return configuration.read(folder / "gateway.yaml")


def test_a_good_one(tmp_path: Path) -> None:
    plan = read(tmp_path, GOOD)
    assert (plan.server.kind, plan.server.url, plan.server.token) == ("http", "http://127.0.0.1:8050", TOKEN)
    assert TOKEN not in repr(plan)
    assert plan.buffer == tmp_path / "gateway.db"
    one, two = plan.devices
    assert (one.address, one.meter, one.map.key) == ("10", "1#", "acrel-adl400")
    assert (two.address, two.meter) == ("000000000161", "two")  # digits, not an octal number
    assert [(each.quantity, each.flow, each.every_minutes, each.power) for each in one.wanted] == [
        ("energy_import", None, 15, False), ("energy_export", "grid_out", 15, False), ("power", "pv_gen", 1, True),
    ]  # fmt: skip
    assert (one.wanted[2].step_minutes, one.wanted[2].times) == (15, Decimal("2.5"))
    assert two.wanted[0].every_minutes == 60


def test_the_example_is_good(tmp_path: Path) -> None:
    plan = read(tmp_path, EXAMPLE.read_text(encoding="utf-8"))
    assert [one.meter for one in plan.devices] == ["1#总表", "空压机", "关口表"]
    assert {one.wire for one in plan.lines} == {"modbus-tcp", "modbus-rtu", "dlt645"}


def test_a_token_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = GOOD.replace("{file: token.txt}", "{env: FLOOR_TOKEN}")
    with pytest.raises(ConfigurationWrong, match="FLOOR_TOKEN is not set"):
        read(tmp_path, text)
    monkeypatch.setenv("FLOOR_TOKEN", TOKEN)
    assert read(tmp_path, text).server.token == TOKEN


def test_a_broker_instead(tmp_path: Path) -> None:
    text = GOOD.replace('url: "http://127.0.0.1:8050"', "mqtt: {host: broker.example.cn}")
    server = read(tmp_path, text).server
    assert (server.kind, server.host, server.port, server.tls) == ("mqtt", "broker.example.cn", 8883, True)


def test_a_map_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("registers: {energy_import: {at: 1, type: uint32, unit: kWh}}", encoding="utf-8")
    assert read(tmp_path, GOOD.replace("acrel-adl400", "own.yaml").replace(
        ", {read: energy_export}, {read: power, flow: pv_gen, times: 2.5}", "")).devices[0].map.key == "own"  # fmt: skip
    (tmp_path / "own.yaml").write_text("registers: {energy_import: {at: x, type: uint32, unit: kWh}}", encoding="utf-8")
    with pytest.raises(ConfigurationWrong, match=r"own\.yaml: registers\.energy_import\.at: 'x' is not a whole number\."):
        read(tmp_path, GOOD.replace("acrel-adl400", "own.yaml"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("lines:", "lnes:", "3: lnes: is not a known key. Did you mean lines?"),
        ("wire: modbus-rtu", "wire: modbus", "4: lines[0].wire: 'modbus' is not possible here."),
        ("host: 10.0.0.5", "hst: 10.0.0.5", "4: lines[0].host: is missing. Give the address of the meter or converter"),
        ("line: bus", "line: bux", "8: devices[0].line: 'bux' is not possible here. Did you mean bus?"),
        ("map: acrel-adl400", "map: acrel-adl40", "acrel-adl40' is not possible here. Did you mean acrel-adl400?"),
        ("map: acrel-adl400", "map: dlt645-2007", "9: devices[0].map: dlt645-2007 is not spoken on the line bus (modbus-rtu)."),
        ("address: 0x0A", "address: 300", "10: devices[0].address: 300 is out of range. Write a number from 1 to 247."),
        ("address: 000000000161", "address: 16z", "13: devices[1].address: '16z' does not have the right form."),
        ("read: energy_import}", "read: energy_imprt}", "12: devices[0].send[0].read: 'energy_imprt' is not possible here."),
        ("{read: energy_export}", "{read: voltage_a}", "devices[0].send[1].read: voltage_a is shown by --check but not sent."),
        ("flow: pv_gen", "flow: water", "12: devices[0].send[2].flow: water is not counted in kW."),
        ("flow: pv_gen, times", "flow: grid_in, times", "devices: the flow grid_in of the meter 1# is sent 2 times."),
        ("every: 60", "every: 7", "13: devices[1].send[0].every: 7 minutes do not fit the clock. Write one of: 1 5 10 15 30 60"),
        ("times: 2.5", "every: 10", "12: devices[0].send[2].step: is no multiple of `every`."),
        ("name: gate", "name: bus", "lines: bus is named 2 times."),
        ("http://127.0.0.1:8050", "http://park.example.cn", "2: server.url: the token would travel unencrypted."),
        ("http://127.0.0.1:8050", "http://127.0.0.1:80500", "2: server.url: 'http://127.0.0.1:80500' is not a web address."),
        ("http://127.0.0.1:8050", "http://[::1", "2: server.url: 'http://[::1' is not a web address."),
        ('url: "http://127.0.0.1:8050", ', "", "2: server.url: needs exactly one of `url` and `mqtt`."),
        ("{file: token.txt}", "{file: gateway.yaml}", "2: server.token.file: what stands there is no token."),
        ("{file: token.txt}", TOKEN, "is not a list of keys and values."),
        ("meter: 1#", "meter: 1#\n    meter: 2#", "12: devices[0].meter: stands there twice. Keep one of them."),
    ],
)  # fmt: skip
def test_each_mistake_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigurationWrong) as caught:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert said in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("wire: dlt645", "wire: x").replace("0x0A", "0").replace("every: 60", "every: x").replace("file:", "fle:")
    with pytest.raises(ConfigurationWrong) as caught:
        read(tmp_path, text)
    assert {one.place for one in caught.value.found} >= {
        "server.token.fle", "lines[1].wire", "devices[0].address", "devices[1].send[0].every",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\tx: 1", "- 1", "just words", "a: &x [*x]\n? [", ""])
def test_no_yaml_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationUnreadable):
        read(tmp_path, text)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationMissing):
        configuration.read(tmp_path / "none.yaml")
    (tmp_path / "odd.yaml").write_bytes("名: 表".encode("gb18030"))
    with pytest.raises(ConfigurationUnreadable, match="UTF-8"):
        configuration.read(tmp_path / "odd.yaml")


def test_aliases_do_no_harm(tmp_path: Path) -> None:
    """A small file that unfolds to billions of values is read as the small file it is."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    with pytest.raises(ConfigurationWrong, match="a11: is not a known key"):
        read(tmp_path, "\n".join(lines))
