"""MQTT 5 with QoS 1: a batch leaves the buffer when the broker has acknowledged it with success.

Version 5, because with 3.1.1 a broker acknowledges also what its access list forbids, and throws it away.
"""

from __future__ import annotations

import ssl
import threading
from typing import Any, Final

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from park.gateway.buffer import Batch
from park.gateway.carrier import Answer
from park.gateway.errors import BrokerRefused, ServerAway, TokenRefused
from park.gateway.plan import Server
from tenants.errors import LingyuanError

REFUSED_LOGIN: Final = (134, 135)  # bad user name or password, not authorised
KEEPALIVE_S: Final = 30


class MqttCarrier:
    """The connection to the broker; the user name is the token's public id, the password its secret part."""

    most = 500

    def __init__(self, server: Server) -> None:
        self.server = server
        self.topic = f"ly/{server.token.partition('.')[0]}/readings"
        self._client: Client | None = None
        self._connected = threading.Event()
        self._refusal: LingyuanError | None = None
        self._codes: dict[int, Any] = {}
        self._acknowledged = threading.Condition()

    def send(self, batch: Batch) -> Answer:
        """Whether the broker has the batch."""
        try:
            client = self._open()
        except (OSError, ValueError) as error:
            self.close()
            return Answer("later", problem=ServerAway(problem=str(error) or type(error).__name__))
        if not self._connected.wait(self.server.timeout_s):
            problem = self._refusal or ServerAway(problem=f"{self.server.host}:{self.server.port}")
            self.close()
            return Answer("later", problem=problem)
        if self._refusal is not None:
            problem = self._refusal
            self.close()
            return Answer("later", problem=problem, wait_s=30)
        sent = client.publish(self.topic, batch.body.content, qos=1)
        with self._acknowledged:
            self._acknowledged.wait_for(lambda: sent.mid in self._codes, self.server.timeout_s)
            code = self._codes.pop(sent.mid, None)
        if code is None:
            self.close()
            return Answer("later", problem=ServerAway(problem="no acknowledgement"))
        if code.is_failure:
            return Answer("later", problem=BrokerRefused(problem=str(code)), wait_s=30)
        return Answer("taken")

    def close(self) -> None:
        """Leaves the broker. What it did not acknowledge is sent again with the next connection, from the buffer."""
        client, self._client = self._client, None
        self._connected.clear()
        self._refusal = None
        self._codes.clear()
        if client is not None:
            client.disconnect()
            client.loop_stop()

    def _open(self) -> Client:
        if self._client is None:
            name, _, secret = self.server.token.partition(".")
            client = Client(CallbackAPIVersion.VERSION2, client_id=f"{name}-gateway", protocol=MQTTv5)
            client.username_pw_set(name, secret)
            if self.server.tls:
                client.tls_set_context(ssl.create_default_context(cafile=str(self.server.ca) if self.server.ca else None))
            client.on_connect = self._on_connect
            client.on_disconnect = lambda *_: self._connected.clear()
            client.on_publish = self._on_publish
            client.connect(self.server.host, self.server.port, keepalive=KEEPALIVE_S)
            self._client = client
            client.loop_start()
        return self._client

    def _on_connect(self, _client: Client, _userdata: Any, _flags: Any, code: Any, _properties: Any) -> None:
        if code.is_failure:
            told = (
                TokenRefused(answer=code.value, problem=str(code))
                if code.value in REFUSED_LOGIN
                else BrokerRefused(problem=str(code))
            )
            self._refusal = told
        self._connected.set()

    def _on_publish(self, _client: Client, _userdata: Any, mid: int, code: Any, _properties: Any) -> None:
        with self._acknowledged:
            self._codes[mid] = code
            self._acknowledged.notify_all()
