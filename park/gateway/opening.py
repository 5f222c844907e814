"""The right way to each line and to the platform. A protocol's library is loaded only where it is spoken."""

from __future__ import annotations

from park.gateway.carrier import Carrier
from park.gateway.conversation import Conversation
from park.gateway.plan import Line, Server


def conversation(line: Line) -> Conversation:
    """The conversation for what the line speaks; it connects with the first question."""
    if line.wire == "dlt645":
        from park.gateway.dlt645_talk import Dlt645Talk

        return Dlt645Talk(line)
    from park.gateway.modbus_talk import ModbusTalk

    return ModbusTalk(line)


def carrier(server: Server, language: str) -> Carrier:
    """The carrier for where readings go; by HTTP the platform explains refusals in the language."""
    if server.kind == "mqtt":
        from park.gateway.mqtt_carrier import MqttCarrier

        return MqttCarrier(server)
    from park.gateway.http_carrier import HttpCarrier

    return HttpCarrier(server, language)
