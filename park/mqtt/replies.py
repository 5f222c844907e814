"""What the platform answers to messages: to those that ask, and to refused ones where the operator wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from park.mqtt import topics
from park.mqtt.intake import Taken
from park.words import placed, say


@dataclass(frozen=True)
class Reply:
    """A message to a device."""

    topic: str
    body: bytes
    correlation: bytes | None


@dataclass
class Replies:
    """Puts answers into words. A message asks by a name behind its topic, or by an address for the answer (MQTT 5)."""

    lang: str
    tell_refusals: bool

    def of(self, taken: Sequence[Taken]) -> list[Reply]:
        """The answers to messages that were taken or refused."""
        return [reply for one in taken if (reply := self._reply(one)) is not None]

    def _reply(self, one: Taken) -> Reply | None:
        topic, own = topics.parse(one.message.topic), one.message.reply_to
        reference = "/".join(topic.rest) if topic and topic.kind == topics.READINGS else ""
        refused = one.outcome.error is not None or bool(one.outcome.rejected)
        if topic is None or not (reference or own or (refused and self.tell_refusals)):
            return None
        where = own if own and topics.is_of(own, topic.sender) else topics.answers_of(topic.sender)
        return Reply(where, self._body(one, reference), one.message.correlation)

    def _body(self, one: Taken, reference: str) -> bytes:
        outcome = one.outcome
        told: dict[str, object] = {"reference": reference} if reference else {}
        if outcome.error is not None:
            return orjson.dumps({**told, "status": outcome.error.status, "error": say(outcome.error, self.lang)}, default=str)
        told |= {"status": 200, "rows": outcome.rows, "conflicting": outcome.conflicting}
        return orjson.dumps({**told, "rejected": placed(outcome.rejected, self.lang)})
