"""A real mosquitto: what it acknowledged with success it has; refusals, a wrong token, a broker that is killed."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from park.gateway import state
from park.gateway.buffer import Buffer
from park.gateway.carrier import Answer
from park.gateway.mqtt_carrier import MqttCarrier
from park.gateway.plan import Server
from park.gateway.sender import Sender
from park.people.tokens import broker_entry
from tests.brokers import Broker, free_port, needs_mosquitto
from tests.park.gateway.platform import TOKEN
from tests.park.gateway.test_buffer import reading

pytestmark = needs_mosquitto
NAME, SECRET = TOKEN.split(".")
CONFIGURATION = """
listener {port} 127.0.0.1
password_file {folder}/passwords
acl_file {folder}/acl
persistence true
persistence_location {folder}/
"""


@dataclass
class Watch:
    """Writes down what the broker hands on."""

    port: int
    found: list[dict[str, Any]] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.client = Client(CallbackAPIVersion.VERSION2, "watch", protocol=MQTTv5)
        self.client.username_pw_set("watch", "w")
        self.client.on_message = self._on_message
        self.client.on_connect = lambda client, *_: client.subscribe(f"ly/{NAME}/readings", 1)
        subscribed = threading.Event()
        self.client.on_subscribe = lambda *_: subscribed.set()
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", self.port)
        self.client.loop_start()
        assert subscribed.wait(10)

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        with self.came:
            self.found.append(json.loads(message.payload))
            self.came.notify_all()

    def values(self, count: int) -> list[float]:
        """The readings, as soon as there are so many."""
        with self.came:
            assert self.came.wait_for(lambda: sum(len(one["registers"][0]["readings"]) for one in self.found) >= count, 15)
        return [value for one in self.found for value in one["registers"][0]["readings"]]

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[Broker]:
    port = free_port()
    text = CONFIGURATION.format(port=port, folder=tmp_path) + ("user root\n" if os.geteuid() == 0 else "")
    (tmp_path / "mosquitto.conf").write_text(text, encoding="utf-8")
    users = {NAME: SECRET, "watch": "w"}
    (tmp_path / "passwords").write_text("".join(f"{one}:{broker_entry(key)}\n" for one, key in users.items()), encoding="utf-8")
    (tmp_path / "acl").write_text(f"user watch\ntopic read #\nuser {NAME}\npattern write ly/%u/#\n", encoding="utf-8")
    for name in ("passwords", "acl"):
        (tmp_path / name).chmod(0o700)
    made = Broker(tmp_path, port)
    made.start()
    yield made
    made.end()


def carrier(port: int, token: str = TOKEN) -> MqttCarrier:
    return MqttCarrier(Server("mqtt", token, host="127.0.0.1", port=port, tls=False, timeout_s=3.0))


@pytest.fixture
def buffer(tmp_path: Path) -> Iterator[Buffer]:
    made = Buffer(tmp_path / "b.db", 50)
    yield made
    made.close()


def send(buffer: Buffer, by: MqttCarrier) -> Answer:
    batch = buffer.next_batch(by.most)
    assert batch is not None
    try:
        return by.send(batch)
    finally:
        by.close()


def test_what_is_acknowledged_arrives_also_across_a_kill_of_the_broker(standing: Broker, buffer: Buffer) -> None:
    watch, by = Watch(standing.port), carrier(standing.port)
    sender = Sender(buffer, by, threading.Event(), threading.Event())
    by.most = sender._most = 4
    buffer.store([reading(i) for i in range(10)])
    assert sender.empty(patient=False)
    assert watch.values(10) == [i / 10 for i in range(10)]
    standing.kill()
    buffer.store([reading(i) for i in range(10, 15)])
    assert not sender.empty(patient=False)
    assert state.counts(buffer.path)["waiting"] == 5
    watch.close()
    standing.start()
    watch = Watch(standing.port)
    assert sender.empty()
    assert sorted(set(watch.values(5))) == [i / 10 for i in range(10, 15)]
    assert state.counts(buffer.path)["delivered"] == 15
    by.close()
    watch.close()


def test_what_the_broker_forbids_is_no_delivery(standing: Broker, buffer: Buffer) -> None:
    """A topic without the right to it: with MQTT 3.1.1 the broker would acknowledge and throw away."""
    buffer.store([reading(0)])
    by = carrier(standing.port)
    assert by.topic == f"ly/{NAME}/readings"
    by.topic = "ly/lymmmmmmmmmmmm/readings"
    answer = send(buffer, by)
    assert (answer.kind, answer.problem and answer.problem.code) == ("later", "broker_refused")
    assert state.counts(buffer.path)["waiting"] == 1


def test_a_wrong_token_and_no_broker(standing: Broker, buffer: Buffer) -> None:
    buffer.store([reading(0)])
    answer = send(buffer, carrier(standing.port, f"{NAME}.{'x' * 43}"))
    assert (answer.kind, answer.problem and answer.problem.code) == ("later", "token_refused")
    answer = send(buffer, carrier(free_port()))
    assert (answer.kind, answer.problem and answer.problem.code) == ("later", "server_away")
