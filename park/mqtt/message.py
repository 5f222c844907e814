"""One message as it came from the broker."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_BYTES = 1 << 20


@dataclass(frozen=True)
class Message:
    """A message that waits for its commit. `mid` is the broker's number for it within the connection of this `generation`.

    `reply_to` and `correlation` come with MQTT 5; `arrived` are UTC seconds.
    """

    generation: int
    mid: int
    qos: int
    topic: str
    body: bytes
    arrived: float
    reply_to: str | None = None
    correlation: bytes | None = None
    create: bool = False

    @property
    def sender(self) -> str:
        """The public id of the token in whose part of the topics it came."""
        return self.topic.split("/", 2)[1]
