"""`usr`: edge gateways of USR IOT (有人), which report the points that were set up in them by name.

    {"params": {"dir": "up", "id": "01", "r_data": [{"name": "1#", "value": "1234.56", "err": "0"}]}}

The older form says `rw_prot` for `params`. A point's name is the meter's name, followed by the register's where it has one:
`1#.EPI`. The report has no time, so its arrival counts. `err` other than 0: the gateway could not read that point.
"""

from __future__ import annotations

from typing import Any

from park.mqtt.mappings import forms
from park.mqtt.mappings.mapped import Given, Mapped, Reading


def read(given: Given) -> Mapped:
    """The points of one report; what is no report says nothing."""
    outer = given.object(given.content, "it")
    report = given.object(outer.get("params", outer.get("rw_prot")), "params")
    if report.get("dir", "up") != "up":
        return Mapped()
    points = report.get("r_data")
    if not isinstance(points, list):
        raise given.fails("{where} is not a list", where="r_data")
    read_points = [given.object(point, f"r_data[{index}]") for index, point in enumerate(points)]
    good = [(index, point) for index, point in enumerate(read_points) if str(point.get("err", "0")) in ("0", "")]
    return Mapped([_reading(given, point, f"r_data[{index}]") for index, point in good])


def _reading(given: Given, point: dict[str, Any], where: str) -> Reading:
    name = given.text(point.get("name"), f"{where}.name")
    value = given.number(point.get("value"), f"{where}.value")
    meter, _, register = name.rpartition(".")
    for one in forms.registers("usr"):
        if meter and register == one.name:
            return Reading(meter, one.unit, given.arrived, value, one.flow)
    return Reading(name, "kWh", given.arrived, value)
