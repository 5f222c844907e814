"""Payloads of common gateways, turned into the body that HTTP takes. Each is a small pure function named by its topic.

A payload without a time of its own is worth something only while it is fresh, so its topics are subscribed with QoS 0: the
broker keeps no such message for later, and nothing is lost by it, because these are registers: the next reading holds all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from park.mqtt.mappings import acrel, generic, shelly, tasmota, usr
from park.mqtt.mappings.mapped import Read

MAPPINGS: Final[Mapping[str, Read]] = {
    "acrel": acrel.read, "generic": generic.read, "shelly": shelly.read, "tasmota": tasmota.read, "usr": usr.read,
}  # fmt: skip
TIMELESS: Final = frozenset({"shelly", "usr"})
