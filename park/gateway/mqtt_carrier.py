"""MQTT 5 with QoS 1: a batch leaves the buffer when the platform has answered that it is committed.

The broker's acknowledgement says only that the broker has it, in memory: killed before its next save, it has it no more. So
the batch goes to `ly/<id>/readings/<key>`, and the platform answers after COMMIT on `ly/<id>/answers` with this key. Lost with
the broker, the same bytes go again. Version 5, because with 3.1.1 a broker acknowledges also what its access list forbids,
and throws it away.
"""

from __future__ import annotations

import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any, Final

import orjson
from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from park.gateway.buffer import Batch
from park.gateway.carrier import Answer, Refused
from park.gateway.errors import BrokerRefused, PlatformSilent, ServerAway, ServerBusy, TokenRefused
from park.gateway.plan import Server
from tenants.errors import LingyuanError

REFUSED_LOGIN: Final = (134, 135)  # bad user name or password, not authorised
NOBODY_LISTENS: Final = 16  # acknowledged, but no subscriber was there to be given it
KEEPALIVE_S: Final = 30
UNHEARD_S: Final = 3.0  # a broker that passes on by other means than a subscription has nobody either, and may bring an answer
AGAIN_S: Final = 600  # so long the broker has a batch and waits for the platform with it; then it forgets it and gets it again
REFUSED_WAIT_S: Final = 30.0
LONGEST_WAIT_S: Final = 900.0


@dataclass
class _Sent:
    """A batch under way on one connection: the broker's code for it, the platform's answer."""

    key: str
    connection: int
    at: float
    answer: dict[str, Any] | None = None
    mid: int = 0
    code: ReasonCode | None = None


class MqttCarrier:
    """The connection to the broker; the user name is the token's public id, the password its secret part."""

    most = 500

    def __init__(self, server: Server) -> None:
        self.server = server
        self.root = f"ly/{server.token.partition('.')[0]}"
        self._client: Client | None = None
        self._ready = False
        self._refusal: LingyuanError | None = None
        self._connection = 0  # counts those that have ended
        self._codes: dict[int, ReasonCode] = {}
        self._sent: _Sent | None = None
        self._change = threading.Condition()

    def send(self, batch: Batch) -> Answer:
        """What the platform said, or that it has not said anything yet."""
        try:
            client = self._opened()
        except (OSError, ValueError) as error:
            self.close()
            return Answer("later", problem=ServerAway(problem=str(error) or type(error).__name__))
        with self._change:
            self._change.wait_for(lambda: self._ready or self._refusal is not None, self.server.timeout_s)
            ready, problem = self._ready, self._refusal
        if not ready:
            self.close()
            away = ServerAway(problem=f"{self.server.host}:{self.server.port}")
            return Answer("later", problem=problem or away, wait_s=REFUSED_WAIT_S if problem else 0)
        sent = self._under_way(batch.key) or self._publish(client, batch)
        self._wait(sent)
        return self._told(sent)

    def close(self) -> None:
        """Leaves the broker. What was not answered is sent again with the next connection, from the buffer."""
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop_stop()
        with self._change:
            self._ready, self._refusal, self._sent = False, None, None
            self._codes.clear()

    # ---- out ----

    def _opened(self) -> Client:
        if self._client is not None and not self._ready:  # broken since the last batch: rather now than when the library tries
            self.close()
        if self._client is None:
            name, _, secret = self.server.token.partition(".")
            client = Client(CallbackAPIVersion.VERSION2, client_id=f"{name}-gateway", protocol=MQTTv5)
            client.username_pw_set(name, secret)
            if self.server.tls:
                client.tls_set_context(ssl.create_default_context(cafile=str(self.server.ca) if self.server.ca else None))
            client.on_connect = self._on_connect
            client.on_subscribe = self._on_subscribe
            client.on_disconnect = self._on_disconnect
            client.on_publish = self._on_publish
            client.on_message = self._on_message
            client.connect(self.server.host, self.server.port, keepalive=KEEPALIVE_S)
            self._client = client
            client.loop_start()
        return self._client

    def _under_way(self, key: str) -> _Sent | None:
        """The batch if the broker has it on this connection: as long as that holds, it was not killed and needs no copy."""
        with self._change:
            sent = self._sent
            there = sent is not None and sent.key == key and sent.connection == self._connection
            return sent if sent and there and time.monotonic() - sent.at < AGAIN_S else None

    def _publish(self, client: Client, batch: Batch) -> _Sent:
        wanted: Any = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        wanted.MessageExpiryInterval = AGAIN_S  # copies do not pile up while the platform is away
        if self.server.create_meters:
            wanted.UserProperty = ("create", "true")
        with self._change:
            sent = self._sent = _Sent(batch.key, self._connection, time.monotonic())
        # Not under our lock: the library holds its own while it tells us of an acknowledgement.
        mid = client.publish(f"{self.root}/readings/{batch.key}", batch.body.content, qos=1, properties=wanted).mid
        with self._change:
            sent.mid, sent.code = mid, self._codes.get(mid)
        return sent

    def _wait(self, sent: _Sent) -> None:
        """Until there is an answer, or it is known that none will come on this connection, or the time is over."""

        def settled() -> bool:
            failed = sent.code is not None and sent.code.is_failure
            return sent.answer is not None or failed or sent.connection != self._connection

        until = time.monotonic() + self.server.timeout_s
        with self._change:
            self._change.wait_for(lambda: sent.code is not None or settled(), self.server.timeout_s)
            unheard = sent.code is not None and sent.code.value == NOBODY_LISTENS
            rest = until - time.monotonic()
            self._change.wait_for(settled, max(0.0, min(rest, UNHEARD_S) if unheard else rest))

    def _told(self, sent: _Sent) -> Answer:
        with self._change:
            answer, code, broken = sent.answer, sent.code, sent.connection != self._connection
            stays = answer is None and not broken and code is not None and code.value == 0
            if not stays:
                self._sent = None
            self._codes.clear()
        if answer is not None:
            return understood(answer)
        if broken or code is None:
            self.close()
            why = f"{self.server.host}:{self.server.port}" if broken else "no acknowledgement"
            return Answer("later", problem=ServerAway(problem=why))
        if code.is_failure:
            return Answer("later", problem=BrokerRefused(problem=str(code)), wait_s=REFUSED_WAIT_S)
        return Answer("later", problem=PlatformSilent())

    # ---- in, from the library's thread ----

    def _on_connect(self, client: Client, _userdata: Any, _flags: Any, code: ReasonCode, _properties: Any) -> None:
        if not code.is_failure:
            client.subscribe(f"{self.root}/answers", 1)
            return
        login = code.value in REFUSED_LOGIN
        self._refused(TokenRefused(answer=code.value, problem=str(code)) if login else BrokerRefused(problem=str(code)))

    def _on_subscribe(self, _client: Client, _userdata: Any, _mid: int, codes: list[ReasonCode], _properties: Any) -> None:
        if codes[0].is_failure:
            self._refused(BrokerRefused(problem=f"{self.root}/answers: {codes[0]}"))
            return
        with self._change:
            self._ready = True
            self._change.notify_all()

    def _refused(self, problem: LingyuanError) -> None:
        with self._change:
            self._refusal = problem
            self._change.notify_all()

    def _on_disconnect(self, *_: Any) -> None:
        with self._change:
            self._connection += 1
            self._ready = False
            self._change.notify_all()

    def _on_publish(self, _client: Client, _userdata: Any, mid: int, code: ReasonCode, _properties: Any) -> None:
        with self._change:
            self._codes[mid] = code
            if self._sent is not None and self._sent.mid == mid:
                self._sent.code = code
            self._change.notify_all()

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        try:
            said = orjson.loads(message.payload)
        except orjson.JSONDecodeError:
            return
        with self._change:
            if isinstance(said, dict) and self._sent is not None and said.get("reference") == self._sent.key:
                self._sent.answer = said
                self._change.notify_all()


def understood(said: dict[str, Any]) -> Answer:
    """The platform's answer to a batch, as the one over HTTP is understood."""
    status = said.get("status")
    told = said.get("error")
    error: dict[str, Any] = told if isinstance(told, dict) else {}
    if status == 200:
        places = tuple(_refused(one, "reason") for one in said.get("rejected") or () if isinstance(one, dict))
        return Answer("taken", places, int(said.get("conflicting") or 0))
    if status in (401, 403):
        return Answer("later", problem=TokenRefused(answer=status, problem=error.get("message", "")), wait_s=REFUSED_WAIT_S)
    if status == 413:
        return Answer("large")
    if isinstance(status, int) and 400 <= status < 500 and status != 429:
        return Answer("refused", (_refused(error, "message"),))
    seconds = (error.get("facts") or {}).get("seconds", 0) if status == 429 else 0
    return Answer("later", problem=ServerBusy(answer=status), wait_s=min(float(seconds or 0), LONGEST_WAIT_S))


def _refused(one: dict[str, Any], words: str) -> Refused:
    return Refused(str(one.get("where") or ""), str(one.get(words) or ""), str(one.get("remedy") or ""))
