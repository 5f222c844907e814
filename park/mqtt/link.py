"""The connection to the broker: a persistent session, messages in, acknowledgements and answers out."""

from __future__ import annotations

import ssl
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import structlog
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from park.mqtt.message import Message
from park.secrets import Secrets

log = structlog.get_logger("mqtt")
PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
KEEPALIVE_S: Final = 60
SESSION_S: Final = 0xFFFFFFFF  # the broker keeps our session until we come back
# Messages the broker may send before the first of them is acknowledged. It searches them all for each one that is.
WINDOW: Final = 4_000
AHEAD_BYTES: Final = 1 << 16
PUBACK: Final = 0x40
PACKETS_IN_A_TURN: Final = 500  # then acknowledgements and keep-alives have their turn
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1, 10


@dataclass(frozen=True)
class Address:
    """Where the broker is and who we are to it."""

    host: str
    port: int
    tls: bool
    user: str
    password: str

    @classmethod
    def of(cls, url: str, user: str, secrets: Secrets) -> Address:
        """The parts of an address that the settings have checked; who we are in our own broker files if it names nobody."""
        parts = urlsplit(url)
        password = unquote(parts.password) if parts.password else secrets.create("mqtt")
        user = unquote(parts.username) if parts.username else user
        return cls(parts.hostname or "", parts.port or PORTS[parts.scheme], parts.scheme == "mqtts", user, password)


class _Buffered:
    """A socket that reads ahead: the client asks for two bytes, then for some, and each asking would be a call of the system."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._ahead = memoryview(b"")

    def recv(self, most: int) -> bytes:
        """At most so many bytes; raises as the socket does when there are none."""
        if not self._ahead:
            self._ahead = memoryview(self._inner.recv(AHEAD_BYTES))
        piece, self._ahead = bytes(self._ahead[:most]), self._ahead[most:]
        return piece

    def pending(self) -> int:
        """How many bytes can be had without the system."""
        pending: Callable[[], int] = getattr(self._inner, "pending", lambda: 0)
        return len(self._ahead) + pending()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Client(Client):
    """The client with a socket that reads ahead, and several packets in each turn of its loop."""

    def _create_socket(self) -> Any:
        return _Buffered(super()._create_socket())

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Reads what has come."""
        result = super().loop_read(max_packets)
        for _ in range(PACKETS_IN_A_TURN):
            found = self._sock
            if result != MQTTErrorCode.MQTT_ERR_SUCCESS or not isinstance(found, _Buffered) or not found.pending():
                break
            result = super().loop_read(max_packets)
        return result

    def acknowledge(self, numbers: list[int]) -> None:
        """What `ack` does for one message of QoS 1, for many in one piece."""
        packets = b"".join(struct.pack("!BBH", PUBACK, 2, number) for number in numbers)
        self._packet_queue(PUBACK, packets, numbers[0], 1)


class Link:
    """One connection. `deliver` gets every message, `lost` is told when what was delivered will come again.

    A message's number is only good within its connection: after a reconnection the broker sends again what was not
    acknowledged, and a number acknowledged then could be that of another message. So each connection has a generation, and
    acknowledgements of an earlier one are dropped.
    """

    def __init__(
        self, address: Address, client_id: str, version: str, topics: list[tuple[str, int]],
        deliver: Callable[[Message], None], lost: Callable[[], None],
    ) -> None:  # fmt: skip
        self.address, self.topics, self.deliver, self.lost = address, topics, deliver, lost
        self.five = version == "5"
        self.generation = 0
        self.connected = threading.Event()
        self.refusal = ""
        self.fault: Exception | None = None
        self._lock = threading.Lock()
        protocol = MQTTProtocolVersion.MQTTv5 if self.five else MQTTProtocolVersion.MQTTv311
        session: dict[str, Any] = {} if self.five else {"clean_session": False}
        self._client = _Client(CallbackAPIVersion.VERSION2, client_id, protocol=protocol, manual_ack=True, **session)
        self._client.username_pw_set(address.user, address.password)
        if address.tls:
            self._client.tls_set_context(ssl.create_default_context())
        self._client.reconnect_delay_set(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        self._client.max_inflight_messages_set(1000)
        self._client.on_connect = self._on_connect
        self._client.on_connect_fail = self._on_connect_fail
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message

    def start(self) -> None:
        """Connects, and connects again whenever the connection ends, in a thread of its own."""
        options: dict[str, Any] = {}
        if self.five:
            wanted: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            wanted.SessionExpiryInterval = SESSION_S
            wanted.ReceiveMaximum = WINDOW
            options = {"clean_start": False, "properties": wanted}
        self._client.connect_async(self.address.host, self.address.port, KEEPALIVE_S, **options)
        self._client.loop_start()

    def stop(self) -> None:
        """Ends the connection; the broker keeps the session."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, _: Client, __: Any, flags: ConnectFlags, reason: ReasonCode, ___: Properties | None) -> None:
        if reason.is_failure:
            self.refusal = str(reason)
            return
        self.refusal = ""
        log.info("connected", session_present=flags.session_present)
        self._client.subscribe(self.topics)
        self.connected.set()

    def _on_disconnect(self, _: Client, __: Any, ___: DisconnectFlags, reason: ReasonCode, ____: Properties | None) -> None:
        with self._lock:
            self.generation += 1
            self.connected.clear()
        if reason.is_failure:
            log.warning("the broker is away", reason=self.refusal or str(reason))
        self.lost()

    def _on_connect_fail(self, _: Client, __: Any) -> None:
        log.warning("the broker cannot be reached", host=self.address.host, port=self.address.port)

    def _on_message(self, _: Client, __: Any, message: MQTTMessage) -> None:
        told = message.properties if self.five else None
        try:
            self.deliver(
                Message(
                    self.generation, message.mid, message.qos, message.topic, bytes(message.payload), time.time(),
                    getattr(told, "ResponseTopic", None), getattr(told, "CorrelationData", None),
                    ("create", "true") in getattr(told, "UserProperty", ()),
                )
            )  # fmt: skip
        except Exception as error:  # it would end the connection's thread without a word
            self.fault = error
            raise

    def acknowledge(self, messages: list[Message]) -> None:
        """Tells the broker that these are safe. Dropped for those of an earlier connection: they come again."""
        with self._lock:
            if not self.connected.is_set():
                return
            numbers = [one.mid for one in messages if one.qos and one.generation == self.generation]
            if numbers:
                self._client.acknowledge(numbers)

    def answer(self, topic: str, body: bytes, correlation: bytes | None) -> None:
        """Sends an answer; if the connection is gone, the message comes again and is answered then.

        Not under the lock: when a connection ends the client tells us so while it holds its own, for which this may wait.
        """
        wanted: Any = None
        if self.five and correlation is not None:
            wanted = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            wanted.CorrelationData = correlation
        if self.connected.is_set():
            self._client.publish(topic, body, qos=1, properties=wanted)
