"""An installation, a broker and a subscriber of the test's own process."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from park import engine as database_engine
from park.bench.ground import Ground, ground
from park.config import Settings
from park.installation import Installation
from park.mqtt.run import Subscriber
from park.people import tokens
from tests.brokers import Broker, broker

_numbers = itertools.count()


def eventually(there: Callable[[], Any], patience_s: float = 10.0) -> Any:
    """What `there` gives once it is true."""
    deadline = time.monotonic() + patience_s
    while not (found := there()):
        if time.monotonic() > deadline:
            raise TimeoutError("it did not happen")
        time.sleep(0.02)
    return found


@dataclass
class Gateway:
    """A device with a token, MQTT 5 or 3.1.1."""

    id: str
    secret: str
    port: int
    five: bool = True
    answers: list[dict[str, Any]] = field(default_factory=list)
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        version = MQTTProtocolVersion.MQTTv5 if self.five else MQTTProtocolVersion.MQTTv311
        self.client = Client(CallbackAPIVersion.VERSION2, f"{self.id}-{next(_numbers)}", protocol=version)
        self.client.username_pw_set(self.id, self.secret)
        self.client.on_message = self._on_message
        self.client.on_connect = lambda client, *_: client.subscribe(f"ly/{self.id}/answers/#", 1)
        self.client.reconnect_delay_set(1, 1)
        self.client.connect_async("127.0.0.1", self.port)
        self.client.loop_start()

    def _on_message(self, _: Client, __: Any, message: MQTTMessage) -> None:
        told = orjson.loads(message.payload)
        correlation = getattr(message.properties, "CorrelationData", None) if self.five else None
        self.answers.append({**told, "topic": message.topic, "correlation": correlation})

    def send(self, body: Any, path: str = "readings", *, create: bool = True, **properties: Any) -> None:
        """Publishes a body, or bytes as they are, with QoS 1."""
        wanted: Any = None
        if self.five:
            wanted = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            if create:
                wanted.UserProperty = ("create", "true")
            for name, value in properties.items():
                setattr(wanted, name, value)
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        self.client.publish(f"ly/{self.id}/{path}", raw, 1, properties=wanted).wait_for_publish(10)

    def answer(self, reference: str, patience_s: float = 10.0) -> dict[str, Any]:
        """The last answer with the reference."""
        return dict(
            eventually(lambda: next((a for a in reversed(self.answers) if a.get("reference") == reference), None), patience_s)
        )

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@dataclass
class World:
    """Everything that a message passes."""

    house: Installation
    tenants: Callable[[], str]
    broker: Broker
    subscriber: Subscriber
    gateways: list[Gateway] = field(default_factory=list)

    def gateway(self, tenant: str, *, five: bool = True) -> Gateway:
        """A device of the tenant that the broker knows."""
        from park.mqtt import files

        public, token = tokens.create(self.house.db, tenant=tenant, title="t", scopes=["readings:write"], actor="test")
        files.write(self.house, self.broker.folder)
        made = Gateway(public, token.partition(".")[2], self.broker.port, five)
        eventually(made.client.is_connected)
        self.gateways.append(made)
        return made


@pytest.fixture(scope="module")
def grounded(engine_settings: Settings, engine: database_engine.Running) -> Iterator[Ground]:
    """An installation of the module's own in the session's engine."""
    with ground(engine_settings) as found:
        yield found


@contextmanager
def subscribing(house: Installation, url: str, **more: str) -> Iterator[Subscriber]:
    """A subscriber at work."""
    settings = replace(house.settings, mqtt_url=url, lang="en", **more)  # type: ignore[arg-type]
    found = Subscriber(Installation(settings, house.running, house.prefix, house.database))
    thread = threading.Thread(target=found.run, daemon=True)
    thread.start()
    try:
        assert found.link.connected.wait(15)
        yield found
    finally:
        found.stop()
        thread.join(20)


@pytest.fixture(scope="module")
def world(grounded: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Broker and subscriber."""
    folder = Path(tmp_path_factory.mktemp("broker"))
    with broker(grounded.house, folder) as running, subscribing(grounded.house, running.url) as subscriber:
        found = World(grounded.house, lambda: grounded.tenants(1)[0], running, subscriber)
        yield found
        for gateway in found.gateways:
            gateway.close()
