"""`shelly`: Shelly of the second generation on. Set its MQTT prefix to `ly/<token id>/shelly/<name>`, with status updates on.

    .../shelly/workshop/status/emdata:0  {"id": 0, "total_act": 12345.67, "total_act_ret": 0.0}
    .../shelly/workshop/status/switch:0  {"id": 0, "apower": 16, "aenergy": {"total": 3185.2}, "ret_aenergy": {"total": 0}}

All count Wh. A three-phase meter (`emdata`) has the device's name; other components are numbered: `workshop:0`. Status messages
carry no time, so their arrival counts. `status/wifi` tells the signal in dBm: -50 and better is 100 %, -100 is 0 %.
"""

from __future__ import annotations

from park.mqtt.mappings import forms
from park.mqtt.mappings.mapped import Given, Mapped, Reading


def read(given: Given) -> Mapped:
    """The registers of one status message; nothing of all the others."""
    if len(given.levels) != 3 or given.levels[1] != "status":
        return Mapped()
    device, _, component = given.levels
    kind, _, number = component.partition(":")
    content = given.object(given.content, "it")
    if kind == "wifi":
        rssi = content.get("rssi")
        return Mapped(signal=max(0, min(100, 2 * (int(rssi) + 100))) if isinstance(rssi, int) else None)
    meter = given.text(device if kind == "emdata" else f"{device}:{number}", "the topic")
    found = []
    for one in forms.registers("shelly"):
        outer, _, inner = one.name.partition(".")
        value = content.get(outer)
        if isinstance(value, dict):
            value = value.get(inner)
        if value is not None:
            found.append(Reading(meter, one.unit, given.arrived, given.number(value, one.name), one.flow))
    return Mapped(found)
