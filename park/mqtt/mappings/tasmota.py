"""`tasmota`: plugs and meters with Tasmota. Set its full topic to `ly/<token id>/tasmota/%topic%/%prefix%/`.

    .../tasmota/workshop-plug/tele/SENSOR  {"Time": "2026-03-01T00:15:00", "ENERGY": {"Total": 3.185, "Power": 16}}

`Time` is local time, or carries an offset where Tasmota is set so. `Total` counts kWh; with several phases it is a list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from park.mqtt.mappings import forms
from park.mqtt.mappings.mapped import Given, Mapped, Reading, percent


def read(given: Given) -> Mapped:
    """The registers of one SENSOR message, the signal of a STATE message; nothing of all the others."""
    if len(given.levels) < 2 or given.levels[-1] not in ("SENSOR", "STATE"):
        return Mapped()
    content = given.object(given.content, "it")
    if given.levels[-1] == "STATE":
        return Mapped(signal=percent(given.object(content.get("Wifi", {}), "Wifi").get("RSSI")))
    if "ENERGY" not in content:
        return Mapped()
    energy = given.object(content["ENERGY"], "ENERGY")
    at = _moment(given, given.text(content.get("Time"), "Time"))
    return Mapped([
        Reading(meter, one.unit, at, value, one.flow)
        for one in forms.registers("tasmota") if one.name in energy
        for meter, value in _values(given, energy[one.name], one.name)
    ])  # fmt: skip


def _values(given: Given, value: Any, where: str) -> Iterator[tuple[str, float]]:
    """The device's meter with its total; several phases are meters of their own, numbered from 1."""
    device = given.text(given.levels[0], "the topic")
    if not isinstance(value, list):
        yield device, given.number(value, where)
        return
    for index, each in enumerate(value):
        yield f"{device}:{index + 1}", given.number(each, f"{where}[{index}]")


def _moment(given: Given, text: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise given.fails("{where} is not a time", where="Time") from None
    return found if found.tzinfo else found.replace(tzinfo=given.zone)
