"""The topics of the door. Everything of a sender lies under `ly/<its token's public id>/`, which is all its broker lets it write.

ly/<id>/readings                a body as over HTTP
ly/<id>/readings/<reference>    the same, to be answered on ly/<id>/answers with this reference
ly/<id>/status                  {"signal": 87}: the gateway's own state
ly/<id>/<mapping>/...           a payload of a common gateway, see `park.mqtt.mappings`
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Final

ROOT: Final = "ly"
READINGS, STATUS, ANSWERS = "readings", "status", "answers"
_SENDER = re.compile(r"ly[a-z2-7]{12}")


@dataclass(frozen=True)
class Topic:
    """A topic taken apart: whose, of which kind, and the levels after that."""

    sender: str
    kind: str
    rest: tuple[str, ...]


def parse(topic: str) -> Topic | None:
    """The parts of a topic, or None if it is none of ours."""
    root, _, after = topic.partition("/")
    sender, _, path = after.partition("/")
    kind, *rest = path.split("/")
    if root != ROOT or not kind or not _SENDER.fullmatch(sender):
        return None
    return Topic(sender, kind, tuple(rest))


def subscriptions(mappings: Iterable[str], timeless: Container[str]) -> list[tuple[str, int]]:
    """What the subscriber asks for, and how surely: never the answers, which are its own."""
    return [(f"{ROOT}/+/{kind}/#", 0 if kind in timeless else 1) for kind in (READINGS, STATUS, *mappings)]


def answers_of(sender: str) -> str:
    """Where a sender is answered."""
    return f"{ROOT}/{sender}/{ANSWERS}"


def is_of(topic: str, sender: str) -> bool:
    """Whether the topic lies in the sender's own part, so that nobody is answered in another's."""
    return topic.startswith(f"{ROOT}/{sender}/") and not any(character in topic for character in "+#\0")
