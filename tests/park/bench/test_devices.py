"""The benches of the MQTT door: their packets are MQTT's, and what they find lost or doubled they find."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from park import engine as database_engine
from park.bench import devices, fleet
from park.config import Settings
from tests.brokers import needs_mosquitto


def test_packets() -> None:
    assert fleet.packet(0x32, b"x" * 127) == b"\x32\x7f" + b"x" * 127
    assert fleet.packet(0x32, b"x" * 321)[:3] == b"\x32\xc1\x02"
    assert fleet.connect("a", "bc") == b"\x10\x14\x00\x04MQTT\x04\xc2\x02\x58\x00\x01a\x00\x01a\x00\x02bc"
    assert fleet.publish("t", 258, "{}") == b"\x32\x07\x00\x01t\x01\x02{}"


def test_a_message_for_each_value_interval_after_interval() -> None:
    sent = devices.Sent("t", "u", "p", dt.datetime(2025, 3, 1, tzinfo=devices.ZONE), np.array([[1500, 2], [3, 4]]))
    bodies = sent.bodies(0, 2)
    assert [body.split('"value": ')[1] for body in bodies] == ["1.5}]}", "0.003}]}", "0.002}]}", "0.004}]}"]
    assert "T00:15:00+08:00" in bodies[2]


@needs_mosquitto
@pytest.mark.long
def test_a_small_quarter_hour(engine_settings: Settings, engine: database_engine.Running) -> None:
    report = devices.quarter_hour(engine_settings, print, tenants=4)
    found = {one.name: one.value for one in report.ratios}
    assert (found["lost"], found["doubled"]) == (0, 0)
    assert report.figures["meters"] == 80
