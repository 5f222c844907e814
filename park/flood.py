"""What one sender may take of everybody's time: a bucket of requests and one of readings, filled again by the minute.

Each process keeps its own buckets; they guard the others from one device gone wild, they bill nobody.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tenants.errors import LingyuanError

REQUESTS_PER_MINUTE: Final = 3_000
READINGS_PER_MINUTE: Final = 6_000_000  # a year of a quarter hour of 170 meters
MOST_SENDERS: Final = 50_000  # remembered; who has been quiet longest is forgotten


class TooMuch(LingyuanError):
    """This sender has sent more than {most} {what} a minute; try again in {seconds} s."""

    status = 429
    remedy = "Send fewer, larger bodies: one may hold many meters and days."


@dataclass
class Bucket:
    """Tokens that fill up by `per_minute`, to a minute's worth at most; may be overdrawn by what is known too late."""

    per_minute: float
    left: float
    at: float

    def wait_s(self, now: float) -> float:
        """How long until something may be taken again. [s]"""
        self.left = min(self.per_minute, self.left + (now - self.at) * self.per_minute / 60)
        self.at = now
        return 0.0 if self.left >= 1 else (1 - self.left) * 60 / self.per_minute

    def take(self, count: float) -> None:
        """Takes so many out."""
        self.left -= count


@dataclass
class Flood:
    """The buckets of all senders of one process."""

    requests_per_minute: float = REQUESTS_PER_MINUTE
    readings_per_minute: float = READINGS_PER_MINUTE
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _buckets: OrderedDict[str, tuple[Bucket, Bucket]] = field(default_factory=OrderedDict, repr=False)

    def admit(self, sender: str) -> None:
        """Counts one request. Raises TooMuch, in which case nothing is counted."""
        with self._lock:
            now = self.clock()
            requests, readings = self._of(sender, now)
            for bucket, what in ((requests, "requests"), (readings, "readings")):
                wait = bucket.wait_s(now)
                if wait > 0:
                    raise TooMuch(most=round(bucket.per_minute), what=what, seconds=max(1, round(wait + 0.5)))
            requests.take(1)

    def charge(self, sender: str, readings: int) -> None:
        """Counts readings that were looked at, whatever became of them."""
        with self._lock:
            self._of(sender, self.clock())[1].take(readings)

    def _of(self, sender: str, now: float) -> tuple[Bucket, Bucket]:
        found = self._buckets.get(sender)
        if found is None:
            rates = (self.requests_per_minute, self.readings_per_minute)
            made = tuple(Bucket(rate, rate, now) for rate in rates)
            found = self._buckets[sender] = (made[0], made[1])
            if len(self._buckets) > MOST_SENDERS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(sender)
        return found
