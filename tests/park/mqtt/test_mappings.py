"""Payloads of common gateways, as they come, and what they say."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.mqtt.mappings import MAPPINGS, TIMELESS
from park.mqtt.mappings.mapped import Given, Mapped, NotThisForm
from tenants.ingest.payload import understood
from tenants.topology import Topology

ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 3, 1, 8, 0, 7, tzinfo=ZONE)
QUARTER = dt.datetime(2026, 3, 1, 0, 15, tzinfo=ZONE)


def mapped(form: str, content: Any, *levels: str) -> Mapped:
    """What a payload says, after a way through JSON."""
    return MAPPINGS[form](Given(orjson.loads(orjson.dumps(content)), levels, NOW, ZONE, form))


def told(found: Mapped) -> list[tuple[str, str | None, str, dt.datetime, float]]:
    return [(one.meter, one.flow, one.unit, one.at, one.value) for one in found.readings]


def test_generic_in_seconds_milliseconds_and_iso() -> None:
    items = [
        {"id": "1#", "ts": 1772295300, "v": 123.45}, {"id": "2#", "ts": 1772295300000, "v": "7", "unit": "m3", "signal": 80},
        {"id": 3, "ts": "2026-03-01T00:15:00+08:00", "v": 9, "flow": "pv_gen"},
    ]  # fmt: skip
    found = mapped("generic", items)
    assert told(found) == [
        ("1#", None, "kWh", QUARTER, 123.45), ("2#", None, "m3", QUARTER, 7.0), ("3", "pv_gen", "kWh", QUARTER, 9.0),
    ]  # fmt: skip
    assert found.signal == 80
    assert told(mapped("generic", items[0])) == told(found)[:1]


def test_acrel_beside_and_inside_data() -> None:
    frame = {"type": "data", "gwSN": "12209263660002", "meterSN": "22040512340001", "time": "20260301001500", "rssi": 48}
    for content in ({**frame, "EPI": 1234.56, "EPE": "0.5"}, {**frame, "data": {"EPI": 1234.56, "EPE": "0.5", "Ua": 220}}):
        found = mapped("acrel", content)
        assert told(found) == [
            ("22040512340001", "grid_in", "kWh", QUARTER, 1234.56), ("22040512340001", "grid_out", "kWh", QUARTER, 0.5),
        ]  # fmt: skip
        assert found.signal == 48
    assert told(mapped("acrel", {"type": "login", "gwSN": "1", "rssi": 31})) == []
    assert mapped("acrel", {"type": "heart", "gwSN": "1", "rssi": 31}).signal == 31


def test_usr_points_with_and_without_a_register() -> None:
    points = [
        {"name": "1#", "value": "1234.56", "err": "0"}, {"name": "2#.EPI", "value": "2", "err": "0"},
        {"name": "3#", "value": "0", "err": "1"}, {"name": "hall.water", "value": "8"},
    ]  # fmt: skip
    for outer in ("params", "rw_prot"):
        assert told(mapped("usr", {outer: {"dir": "up", "id": "01", "r_data": points}})) == [
            ("1#", None, "kWh", NOW, 1234.56), ("2#", "grid_in", "kWh", NOW, 2.0), ("hall", "water", "m3", NOW, 8.0),
        ]  # fmt: skip
    assert told(mapped("usr", {"params": {"dir": "down", "id": "01", "r_data": []}})) == []


def test_tasmota_in_local_time_and_with_phases() -> None:
    content = {"Time": "2026-03-01T00:15:00", "ENERGY": {"TotalStartTime": "2025-01-01T00:00:00", "Total": 3.185, "Power": 16}}
    assert told(mapped("tasmota", content, "plug", "tele", "SENSOR")) == [("plug", None, "kWh", QUARTER, 3.185)]
    three = {"Time": "2026-02-28T16:15:00+00:00", "ENERGY": {"Total": [1, 2.5]}}
    assert [one[0] for one in told(mapped("tasmota", three, "plug", "tele", "SENSOR"))] == ["plug:1", "plug:2"]
    assert told(mapped("tasmota", three, "plug", "tele", "SENSOR"))[0][3] == QUARTER
    assert mapped("tasmota", {"Wifi": {"RSSI": 74, "Signal": -63}}, "plug", "tele", "STATE").signal == 74
    assert told(mapped("tasmota", "Online", "plug", "tele", "LWT")) == []


def test_shelly_three_phase_and_switch() -> None:
    found = mapped("shelly", {"id": 0, "total_act": 12345.67, "total_act_ret": 0.0}, "hall", "status", "emdata:0")
    assert told(found) == [("hall", None, "Wh", NOW, 12345.67), ("hall", "grid_out", "Wh", NOW, 0.0)]
    plug = {"id": 1, "apower": 16, "aenergy": {"total": 3185.2, "by_minute": [1, 2, 3]}}
    assert told(mapped("shelly", plug, "hall", "status", "switch:1")) == [("hall:1", None, "Wh", NOW, 3185.2)]
    assert mapped("shelly", {"rssi": -63}, "hall", "status", "wifi").signal == 74
    assert told(mapped("shelly", True, "hall", "online")) == []


@pytest.mark.parametrize(
    ("form", "content", "levels"),
    [
        ("generic", {"id": "1", "ts": "2026-03-01T00:15:00", "v": 1}, ()), ("generic", {"id": "1", "ts": 1, "v": "x"}, ()),
        ("generic", {"id": True, "ts": 1, "v": 1}, ()), ("generic", [1], ()), ("generic", {"id": "1", "ts": 1e300, "v": 1}, ()),
        ("acrel", {"type": "data", "meterSN": "1", "time": "2026-03-01", "EPI": 1}, ()), ("acrel", [], ()),
        ("usr", {"params": {"dir": "up"}}, ()), ("usr", {}, ()),
        ("tasmota", {"Time": "now", "ENERGY": {"Total": 1}}, ("plug", "tele", "SENSOR")),
        ("shelly", {"total_act": "many"}, ("hall", "status", "emdata:0")),
    ],
)  # fmt: skip
def test_another_form_is_refused_with_its_reason(form: str, content: Any, levels: tuple[str, ...]) -> None:
    with pytest.raises(NotThisForm):
        mapped(form, content, *levels)


NAMES = [
    "id", "ts", "v", "type", "data", "time", "EPI", "params", "r_data", "name", "value", "err", "Time", "ENERGY", "Total",
    "total_act", "aenergy", "total", "rssi", "Wifi", "RSSI", "flow", "unit",
]  # fmt: skip
LEVELS = [(), ("x",), ("x", "tele", "SENSOR"), ("x", "status", "switch:0")]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=20,
)


@given(st.sampled_from(sorted(MAPPINGS)), JSON, st.sampled_from(LEVELS))
def test_whatever_comes_is_mapped_or_refused(form: str, content: Any, levels: tuple[str, ...]) -> None:
    """Never another error; and what is mapped is a body that the door can read."""
    try:
        found = mapped(form, content, *levels)
    except NotThisForm:
        return
    if found.readings:
        understood(orjson.dumps(found.body()), ZONE, Topology({}, {}, {}))


def test_only_payloads_with_a_time_of_their_own_are_kept_by_the_broker() -> None:
    assert set(MAPPINGS) - TIMELESS == {"generic", "acrel", "tasmota"}
