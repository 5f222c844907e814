"""A real mosquitto, and behind it a platform that answers or keeps silent: only its answer takes a batch out of the buffer."""

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
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode
from structlog.testing import capture_logs

from park.gateway import mqtt_carrier, state
from park.gateway.buffer import Buffer
from park.gateway.carrier import Answer
from park.gateway.mqtt_carrier import MqttCarrier, understood
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
RIGHTS = "user platform\ntopic readwrite ly/#\npattern write ly/%u/#\npattern read ly/%u/answers/#\n"


@dataclass
class Platform:
    """Takes what the broker hands on; answers all but the unknown meters' readings, unless it keeps silent."""

    port: int
    silent: bool = False
    unknown: set[str] = field(default_factory=set)
    errors: list[dict[str, Any]] = field(default_factory=list)  # used up one per message
    bodies: list[tuple[str, bytes]] = field(default_factory=list)
    created: set[bool] = field(default_factory=set)
    came: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.client = Client(CallbackAPIVersion.VERSION2, "platform", protocol=MQTTv5)
        self.client.username_pw_set("platform", "p")
        self.client.on_message = self._on_message
        self.client.on_connect = lambda client, *_: client.subscribe("ly/+/readings/#", 1)
        subscribed = threading.Event()
        self.client.on_subscribe = lambda *_: subscribed.set()
        self.client.connect("127.0.0.1", self.port)
        self.client.loop_start()
        assert subscribed.wait(10)

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        reference = message.topic.removeprefix(f"ly/{NAME}/readings/")
        with self.came:
            self.bodies.append((reference, message.payload))
            self.created.add(("create", "true") in getattr(message.properties, "UserProperty", ()))
            self.came.notify_all()
        if not self.silent:
            self.answer(reference)

    def answer(self, reference: str) -> None:
        """Says what becomes of the batch."""
        told: dict[str, Any]
        if self.errors:
            told = self.errors.pop(0)
        else:
            content = json.loads(dict(self.bodies)[reference])
            [(form, items)] = content.items()
            refused, seen = [], set[str]()
            for i, item in enumerate(items):
                if item["meter"] in self.unknown - seen:  # once for each meter, as the platform does
                    seen.add(item["meter"])
                    refused.append({"where": f"{form}[{i}].meter", "reason": "no such meter", "remedy": "Make it."})
            told = {"status": 200, "conflicting": 0, "rejected": refused}
        self.client.publish(f"ly/{NAME}/answers", json.dumps({"reference": reference, **told}), 1)

    def received(self, count: int) -> list[tuple[str, bytes]]:
        """References and bodies, as soon as there are so many."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.bodies) >= count, 15)
        return self.bodies

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[Broker]:
    port = free_port()
    text = CONFIGURATION.format(port=port, folder=tmp_path) + ("user root\n" if os.geteuid() == 0 else "")
    (tmp_path / "mosquitto.conf").write_text(text, encoding="utf-8")
    users = {NAME: SECRET, "platform": "p"}
    (tmp_path / "passwords").write_text("".join(f"{one}:{broker_entry(key)}\n" for one, key in users.items()), encoding="utf-8")
    (tmp_path / "acl").write_text(RIGHTS, encoding="utf-8")
    for name in ("passwords", "acl"):
        (tmp_path / name).chmod(0o700)
    made = Broker(tmp_path, port)
    made.start()
    yield made
    made.end()


@pytest.fixture
def platform(standing: Broker) -> Iterator[Platform]:
    made = Platform(standing.port)
    yield made
    made.close()


def carrier(port: int, token: str = TOKEN, *, timeout_s: float = 3.0, create: bool = False) -> MqttCarrier:
    there = Server("mqtt", token, host="127.0.0.1", port=port, tls=False, timeout_s=timeout_s, create_meters=create)
    return MqttCarrier(there)


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


def sending(buffer: Buffer, by: MqttCarrier, most: int = 500) -> Sender:
    sender = Sender(buffer, by, threading.Event(), threading.Event())
    by.most = sender._most = most
    return sender


def test_what_the_platform_answered_leaves_the_buffer(platform: Platform, buffer: Buffer) -> None:
    by = carrier(platform.port, create=True)
    buffer.store([reading(i) for i in range(10)])
    assert sending(buffer, by, 4).empty(patient=False)
    by.close()
    values = [value for _, body in platform.bodies for value in json.loads(body)["registers"][0]["readings"]]
    assert values == [i / 10 for i in range(10)]
    assert state.counts(buffer.path)["delivered"] == 10
    assert platform.created == {True}


def test_the_brokers_acknowledgement_is_no_delivery(platform: Platform, buffer: Buffer) -> None:
    """While the connection holds the broker has the batch: no copy of it; an answer that comes late counts."""
    platform.silent = True
    by = carrier(platform.port, timeout_s=0.5)
    sender = sending(buffer, by)
    buffer.store([reading(0)])
    assert not sender.empty(patient=False)
    assert not sender.empty(patient=False)
    assert (state.counts(buffer.path)["waiting"], len(platform.bodies)) == (1, 1)
    assert b"platform_silent" in buffer._db.execute("SELECT value FROM fact WHERE name = 'problem'").fetchone()[0].encode()
    platform.client.publish(f"ly/{NAME}/answers", b'{"reference": "another", "status": 200}', 1).wait_for_publish(5)
    platform.client.publish(f"ly/{NAME}/answers", b"\xff", 1).wait_for_publish(5)
    assert not sender.empty(patient=False)
    platform.answer(platform.bodies[0][0])
    assert sender.empty(patient=False)
    assert (state.counts(buffer.path)["delivered"], len(platform.bodies)) == (1, 1)
    by.close()


def test_what_the_broker_acknowledged_and_lost_goes_again_byte_for_byte(standing: Broker, buffer: Buffer) -> None:
    """kill -9 before the broker's next save: what it had acknowledged is nowhere any more but in the buffer."""
    platform = Platform(standing.port, silent=True)
    by = carrier(standing.port, timeout_s=0.5)
    sender = sending(buffer, by)
    buffer.store([reading(i) for i in range(5)])
    assert not sender.empty(patient=False)
    first = platform.received(1)[0]
    platform.close()
    standing.kill()
    assert not sender.empty(patient=False)
    standing.start()
    platform = Platform(standing.port)
    assert sender.empty()
    assert platform.received(1) == [first]
    assert state.counts(buffer.path)["delivered"] == 5
    by.close()
    platform.close()


def test_a_batch_that_was_long_with_the_broker_goes_again(
    platform: Platform, buffer: Buffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt_carrier, "AGAIN_S", 1)
    platform.silent = True
    by = carrier(platform.port, timeout_s=0.6)
    sender = sending(buffer, by)
    buffer.store([reading(0)])
    assert not sender.empty(patient=False)
    assert not sender.empty(patient=False)
    assert len(platform.bodies) == 1
    platform.silent = False
    assert sender.empty(patient=False)
    first, second = platform.bodies
    assert first == second
    by.close()


@pytest.mark.parametrize("form", ["registers", "rows"])
def test_what_is_refused_is_set_aside_with_the_platforms_words(platform: Platform, buffer: Buffer, form: str) -> None:
    """All readings of the meter, though the platform names only the place of the first."""
    platform.unknown = {"丙"}
    by = carrier(platform.port)
    buffer.store([reading(i, meter="甲乙丙丁"[i % 4], form=form) for i in range(20)])
    with capture_logs():
        assert sending(buffer, by).empty(patient=False)
    by.close()
    counts = state.counts(buffer.path)
    assert (counts["waiting"], counts["aside"], counts["delivered"]) == (0, 5, 15)
    told = buffer._db.execute("SELECT DISTINCT meter, reason, remedy FROM reading").fetchall()
    assert told == [("丙", "no such meter", "Make it.")]
    assert len(platform.bodies) == 2


def test_a_body_that_is_refused_is_sent_in_parts(platform: Platform, buffer: Buffer) -> None:
    """One of two halves is refused until the single reading is found; too large a body likewise."""
    wrong = {"status": 400, "error": {"message": "It cannot be read.", "remedy": "Mend it.", "facts": {}}}
    platform.errors = [wrong, {"status": 413, "error": {}}, wrong]
    by = carrier(platform.port)
    buffer.store([reading(i) for i in range(4)])
    with capture_logs():
        assert sending(buffer, by).empty(patient=False)
    by.close()
    counts = state.counts(buffer.path)
    assert (counts["waiting"], counts["aside"], counts["delivered"]) == (0, 1, 3)
    assert buffer._db.execute("SELECT value, reason, remedy FROM reading").fetchall() == [("0", "It cannot be read.", "Mend it.")]


def test_what_an_answer_means() -> None:
    gone = understood({"status": 401, "error": {"message": "This token is not valid."}})
    assert (gone.kind, gone.problem and gone.problem.code) == ("later", "token_refused")
    much = understood({"status": 429, "error": {"facts": {"seconds": 60}}})
    assert (much.kind, much.wait_s) == ("later", 60)
    ours = understood({"status": 500, "error": {"message": "A fault."}})
    assert (ours.kind, ours.problem and ours.problem.code) == ("later", "server_busy")
    assert understood({"status": 200, "conflicting": 2, "rejected": []}) == Answer("taken", conflicting=2)
    assert understood({}).kind == "later"


def test_nobody_listens(standing: Broker, buffer: Buffer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker acknowledges and throws away: it is not waited for long, and sent again as soon as somebody does."""
    monkeypatch.setattr(mqtt_carrier, "UNHEARD_S", 0.1)
    by = carrier(standing.port, timeout_s=60)
    sender = sending(buffer, by)
    buffer.store([reading(0)])
    assert not sender.empty(patient=False)
    platform = Platform(standing.port)
    assert sender.empty(patient=False)
    assert len(platform.bodies) == 1
    by.close()
    platform.close()


def test_what_the_broker_forbids_is_no_delivery(standing: Broker, buffer: Buffer) -> None:
    """A topic without the right to it: with MQTT 3.1.1 the broker would acknowledge and throw away."""
    buffer.store([reading(0)])
    (standing.folder / "acl").write_text("pattern read ly/%u/answers/#\n", encoding="utf-8")
    standing.end()
    standing.start()
    answer = send(buffer, carrier(standing.port))
    assert (answer.kind, answer.problem and answer.problem.code) == ("later", "broker_refused")
    assert state.counts(buffer.path)["waiting"] == 1


def test_without_the_right_to_its_answers_nothing_is_sent(
    platform: Platform, buffer: Buffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other brokers refuse the subscription; mosquitto 2.0 grants it and brings nothing, so its refusal is put in here."""
    buffer.store([reading(0)])
    by = carrier(platform.port)
    told, no = by._on_subscribe, ReasonCode(PacketTypes.SUBACK, "Not authorized")
    monkeypatch.setattr(
        by, "_on_subscribe", lambda client, data, mid, _codes, properties: told(client, data, mid, [no], properties)
    )
    answer = send(buffer, by)
    assert (answer.kind, answer.problem and answer.problem.code) == ("later", "broker_refused")
    assert f"ly/{NAME}/answers" in str(answer.problem)
    assert platform.bodies == []


def test_a_wrong_token_and_no_broker(standing: Broker, buffer: Buffer) -> None:
    buffer.store([reading(0)])
    answer = send(buffer, carrier(standing.port, f"{NAME}.{'x' * 43}"))
    assert (answer.kind, answer.problem and answer.problem.code) == ("later", "token_refused")
    answer = send(buffer, carrier(free_port()))
    assert (answer.kind, answer.problem and answer.problem.code) == ("later", "server_away")
