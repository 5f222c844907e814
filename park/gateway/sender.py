"""Empties the buffer towards the platform, the oldest first, one batch at a time; waits longer after each failure."""

from __future__ import annotations

import random
import threading
from typing import Final

import orjson
import structlog

from park.gateway.buffer import Batch, Buffer
from park.gateway.carrier import Answer, Carrier
from park.gateway.errors import BufferUnusable, kept

GATHER_S: Final = 1.0  # meters of one moment come in together
LONGEST_WAIT_S: Final = 60.0
CLOCK_DIFFERS_S: Final = 30.0
LOOK_S: Final = 30.0

log = structlog.get_logger("gateway")


class Sender:
    """The way out of the buffer."""

    def __init__(self, buffer: Buffer, carrier: Carrier, stop: threading.Event, woken: threading.Event) -> None:
        self.buffer = buffer
        self.carrier = carrier
        self._stop = stop
        self._woken = woken
        self._failures = 0
        self._most = carrier.most

    def run(self) -> None:
        """Sends until it is told to stop; what waits then stays on disk."""
        while not self._stop.is_set():
            self._woken.wait(LOOK_S)
            self._woken.clear()
            self._stop.wait(GATHER_S)
            try:
                self.empty()
            except Exception:  # the batch is kept; what nobody foresaw in an answer does not end the sending
                log.exception("unexpected")
                self._stop.wait(LONGEST_WAIT_S)
        self.carrier.close()

    def empty(self, *, patient: bool = True) -> bool:
        """Whether nothing waits any more. Not patient: the first failure ends it."""
        while True:
            try:
                batch = self.buffer.next_batch(self._most)
                if batch is None:
                    return True
                wait_s = self._settled(batch, self.carrier.send(batch))
            except BufferUnusable as error:
                log.error("the buffer cannot be written", problem=error.message)
                wait_s = LONGEST_WAIT_S
            if wait_s and (not patient or self._stop.wait(wait_s)):
                return False

    def _settled(self, batch: Batch, answer: Answer) -> float:
        """Seconds to wait before the next batch, after this one's answer was written down."""
        self._compare_clock(answer)
        if answer.kind == "later":
            return self._failed(answer)
        refused = _readings(batch, answer)
        if answer.kind == "taken" and not answer.refused:
            self.buffer.delivered(batch, conflicting=answer.conflicting)
            self._most = min(self.carrier.most, self._most * 2)
        elif refused:  # a refusal of a whole series is listed once: the others go again until an answer refuses nothing
            self.buffer.dissolve(batch, refused)
        else:  # too large, or refused without a place: halves show where it is
            self._most = max(1, len(batch.seqs) // 2)
            alone = [(0, "the platform does not take so large a reading", "")] if len(batch.seqs) == 1 else []
            self.buffer.dissolve(batch, alone)
        for _, reason, _ in refused[:3]:
            log.warning("refused by the platform", reason=reason, readings=len(refused))
        if self._failures:
            log.info("the platform answers again")
        self._failures = 0
        self.buffer.remember(problem=None)
        return 0.0

    def _failed(self, answer: Answer) -> float:
        self._failures += 1
        if answer.problem is not None and self._failures == 1:
            log.warning("cannot send", problem=answer.problem.message)
        if answer.problem is not None:
            self.buffer.remember(problem=orjson.dumps(kept(answer.problem)).decode())
        backing = min(LONGEST_WAIT_S, 2.0 ** min(self._failures - 1, 6))
        return max(answer.wait_s, backing * random.uniform(0.8, 1.2))

    def _compare_clock(self, answer: Answer) -> None:
        ahead = answer.clock_ahead_s
        if ahead is None:
            return
        if abs(ahead) > CLOCK_DIFFERS_S:
            log.warning("this machine's clock differs from the platform's", seconds_ahead=round(ahead))
        self.buffer.remember(clock_ahead_s=round(ahead))


def _readings(batch: Batch, answer: Answer) -> list[tuple[int, str, str]]:
    """The numbers of the readings that the platform named, each once, with its words."""
    named: dict[int, tuple[int, str, str]] = {}
    for one in answer.refused:
        for number in _meant(batch, one.where):
            named.setdefault(number, (number, one.reason, one.remedy))
    if answer.refused and not named and len(batch.seqs) == 1:
        first = answer.refused[0]
        return [(0, first.reason, first.remedy)]
    return list(named.values())


def _meant(batch: Batch, where: str) -> tuple[int, ...]:
    """The numbers of the readings at a place. A meter that does not exist is named once, by the first of its items."""
    named = batch.body.named(where)
    if not named or not where.endswith(".meter"):
        return named
    items = orjson.loads(batch.body.content)[batch.form]
    said = [(one["meter"], one.get("flow")) for one in items]
    mine = said[next(i for i, group in enumerate(batch.body.groups) if named[0] in group)]
    return tuple(number for one, group in zip(said, batch.body.groups, strict=True) if one == mine for number in group)
