"""Messages that wait to be committed: one queue per sender, emptied in turn, so that none waits for another's flood."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from park.flood import Bucket
from park.mqtt.message import Message

PER_MINUTE: Final = 30_000  # messages of one sender on the long run
MOST_WAITING: Final = 5_000  # of one sender that sends more than that
MOST_BYTES: Final = 48 << 20  # of all; beyond, nothing more is read from the broker
MOST_TOGETHER: Final = 500  # messages in one transaction


@dataclass
class _Queue:
    waiting: deque[Message]
    bucket: Bucket


class Inbox:
    """Filled by the connection's thread, emptied by the one that commits."""

    def __init__(self, *, per_minute: int = PER_MINUTE, most_waiting: int = MOST_WAITING, most_bytes: int = MOST_BYTES) -> None:
        self.per_minute = per_minute
        self.most_waiting = most_waiting
        self.most_bytes = most_bytes
        self.count = 0
        self.bytes = 0
        self.closed = False
        self._queues: OrderedDict[str, _Queue] = OrderedDict()
        self._change = threading.Condition()

    def put(self, message: Message) -> bool:
        """Takes a message in; waits while there is too much in here already. False if its sender has far too much waiting."""
        with self._change:
            while self.bytes > self.most_bytes and not self.closed:
                self._change.wait(1.0)
            queue = self._queue(message.sender)
            if len(queue.waiting) >= self.most_waiting and queue.bucket.wait_s(time.monotonic()) > 0:
                return False
            queue.bucket.take(1)
            queue.waiting.append(message)
            self.bytes += len(message.body)
            self.count += 1
            if self.count == 1:
                self._change.notify_all()
        return True

    def _queue(self, sender: str) -> _Queue:
        found = self._queues.get(sender)
        if found is None:
            bucket = Bucket(self.per_minute, self.per_minute, time.monotonic())
            found = self._queues[sender] = _Queue(deque(), bucket)
        return found

    def turn(self, patience_s: float) -> str | None:
        """Whose turn it is, waiting for somebody for a while; None if nobody came. Who has had the turn goes to the end."""
        with self._change:
            if not self._change.wait_for(lambda: self.count or self.closed, patience_s):
                return None
            for sender, queue in list(self._queues.items()):
                if queue.waiting:
                    self._queues.move_to_end(sender)
                    return sender
                if queue.bucket.wait_s(time.monotonic()) == 0 and queue.bucket.left > self.per_minute - 1:
                    del self._queues[sender]  # quiet, and its bucket full: as good as new
        return None

    def senders(self) -> list[str]:
        """Who has something waiting."""
        with self._change:
            return [sender for sender, queue in self._queues.items() if queue.waiting]

    def take(self, senders: Iterable[str]) -> list[Message]:
        """What waits of these senders, the oldest first, at most a transaction's worth."""
        with self._change:
            found: list[Message] = []
            for sender in senders:
                waiting = self._queues[sender].waiting if sender in self._queues else deque[Message]()
                found += [waiting.popleft() for _ in range(min(len(waiting), MOST_TOGETHER - len(found)))]
            self.count -= len(found)
            self.bytes -= sum(len(one.body) for one in found)
            self._change.notify_all()
        return found

    def clear(self) -> None:
        """Forgets what waits: the broker sends it again."""
        with self._change:
            for one in self._queues.values():
                one.waiting.clear()
            self.count = self.bytes = 0
            self._change.notify_all()

    def close(self) -> None:
        """Lets everybody go who waits here."""
        with self._change:
            self.closed = True
            self._change.notify_all()
