"""`acrel`: meters and gateways of Acrel (安科瑞) with their JSON over MQTT, such as ADW300, ADL400 and AWT100.

    {"type": "data", "gwSN": "...", "meterSN": "22040512340001", "time": "20260301001500", "EPI": 1234.56, "EPE": 0.0, "rssi": 48}

The registers stand beside `meterSN` or inside `data`; logins, heartbeats and parameters carry none. `time` is the meter's clock,
which Acrel's platform sets to the local time. Of a meter that sends itself, `meterSN` may be missing: then `gwSN` is it.
"""

from __future__ import annotations

from park.mqtt.mappings import forms
from park.mqtt.mappings.mapped import Given, Mapped, Reading, percent

WITH_DATA = ("data", "hstdata")


def read(given: Given) -> Mapped:
    """The registers of one frame."""
    frame = given.object(given.content, "it")
    signal = percent(frame.get("rssi"))
    if frame.get("type", "data") not in WITH_DATA:
        return Mapped(signal=signal)
    inner = given.object(frame["data"], "data") if "data" in frame else frame
    meter = given.text(frame.get("meterSN") or inner.get("meterSN") or frame.get("gwSN"), "meterSN")
    at = given.local(given.text(frame.get("time") or inner.get("time"), "time"), "%Y%m%d%H%M%S", "time")
    return Mapped(
        [
            Reading(meter, one.unit, at, given.number(inner[one.name], one.name), one.flow)
            for one in forms.registers("acrel") if one.name in inner
        ],
        signal,
    )  # fmt: skip
