"""Everybody in turn; a flood is refused, not let in before the others."""

from __future__ import annotations

import threading

from park.mqtt import topics
from park.mqtt.inbox import MOST_TOGETHER, Inbox
from park.mqtt.mappings import MAPPINGS, TIMELESS
from park.mqtt.message import Message

WILD, CALM = "lyaaaaaaaaaaaa", "lybbbbbbbbbbbb"


def message(sender: str, number: int = 0, size: int = 10) -> Message:
    return Message(0, number, 1, f"ly/{sender}/readings", b"x" * size, 0.0)


def test_in_turn_and_in_order() -> None:
    inbox = Inbox()
    for number in range(2 * MOST_TOGETHER):
        assert inbox.put(message(WILD, number))
    assert inbox.put(message(CALM))
    assert inbox.turn(0) == WILD
    assert [one.mid for one in inbox.take([WILD])] == list(range(MOST_TOGETHER))
    assert inbox.turn(0) == CALM
    assert len(inbox.take([CALM, WILD])) == MOST_TOGETHER
    assert (inbox.turn(0), inbox.count) == (WILD, 1)


def test_a_flood_is_refused_once_its_bucket_is_empty_and_the_others_come_in() -> None:
    inbox = Inbox(per_minute=100, most_waiting=20)
    taken = [inbox.put(message(WILD, number)) for number in range(300)]
    assert taken.count(True) == 100
    assert inbox.put(message(CALM))
    assert inbox.senders() == [WILD, CALM]
    inbox.take([WILD])
    assert inbox.put(message(WILD))  # it is throttled, not shut out: what it sends is taken as it drains


def test_while_too_much_waits_nothing_is_read_from_the_broker() -> None:
    inbox = Inbox(most_bytes=1000)
    assert inbox.put(message(WILD, size=2000))
    done = threading.Event()
    thread = threading.Thread(target=lambda: (inbox.put(message(CALM)), done.set()))
    thread.start()
    assert not done.wait(0.2)
    inbox.take([WILD])
    assert done.wait(3)
    thread.join()
    assert inbox.bytes == 10


def test_what_waits_is_forgotten_with_its_connection() -> None:
    inbox = Inbox()
    inbox.put(message(WILD))
    inbox.clear()
    assert (inbox.turn(0), inbox.count, inbox.bytes) == (None, 0, 0)
    inbox.close()
    assert inbox.turn(5) is None


def test_quiet_senders_are_forgotten() -> None:
    inbox = Inbox(per_minute=10**9)
    inbox.put(message(WILD))
    inbox.take([WILD])
    inbox.put(message(CALM))
    assert inbox.turn(0) == CALM
    assert list(inbox._queues) == [CALM]


def test_topics() -> None:
    assert topics.parse(f"ly/{WILD}/readings/a/b") == topics.Topic(WILD, "readings", ("a", "b"))
    assert [topics.parse(one) for one in ("ly/x/readings", f"ly/{WILD}", f"ly/{WILD}/", f"xx/{WILD}/readings", "ly")] == [
        None
    ] * 5
    assert topics.is_of(f"ly/{WILD}/answers/1", WILD)
    assert not topics.is_of(f"ly/{CALM}/answers", WILD)
    assert not topics.is_of(f"ly/{WILD}/#", WILD)
    asked = dict(topics.subscriptions(MAPPINGS, TIMELESS))
    assert asked["ly/+/readings/#"] == 1
    assert asked["ly/+/shelly/#"] == 0
    assert not any(one.startswith("ly/+/answers") for one in asked)
