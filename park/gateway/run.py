"""The gateway at work: a thread for each line, one that sends, one that closes intervals; all end when told to."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import structlog

from park.gateway import opening, schedule, state
from park.gateway.buffer import FULL, Buffer
from park.gateway.carrier import Carrier
from park.gateway.errors import BufferUnusable, NoConnection
from park.gateway.plan import Plan
from park.gateway.poller import Poller
from park.gateway.sender import Sender

PATIENCE_S: Final = 40.0  # for what is under way when the end is asked for
log = structlog.get_logger("gateway")


class Gateway:
    """Everything that one plan needs. Made for one life: run, then thrown away."""

    def __init__(self, plan: Plan, buffer: Buffer, out: Carrier) -> None:
        self.plan = plan
        self.buffer = buffer
        self.stop = threading.Event()
        self.woken = threading.Event()
        self.sender = Sender(buffer, out, self.stop, self.woken)
        self.pollers = [
            Poller(line, plan.on(line), buffer, opening.conversation(line), plan.tolerance_s, self.stop, self.woken.set)
            for line in plan.lines
            if plan.on(line)
        ]

    def run(self) -> None:
        """Works until SIGTERM or SIGINT."""
        threads = [threading.Thread(target=one.run, name=one.line.name, daemon=True) for one in self.pollers]
        threads.append(threading.Thread(target=self.sender.run, name="sender", daemon=True))
        log.info("begins", lines=len(self.pollers), devices=len(self.plan.devices), buffer=str(self.plan.buffer))
        for one in threads:
            one.start()
        self.woken.set()
        with told_to_stop(self.stop):
            while not self.stop.wait(schedule.next_moment(time.time(), 1) + 5 - time.time()):
                self.upkeep()
        self.woken.set()
        until = time.monotonic() + PATIENCE_S
        for one in threads:
            one.join(max(0.0, until - time.monotonic()))
        log.info("ends", **state.counts(self.plan.buffer))

    def upkeep(self) -> None:
        """Closes intervals that are over; tells when room becomes short, before anything is refused."""
        try:
            if self.buffer.close_intervals(time.time()):
                self.woken.set()
            share = self.buffer.share()
            if share >= 1:
                log.error("the buffer is full: new readings are not kept until the platform answers", file=str(self.plan.buffer))
            elif share >= FULL:
                log.warning("the buffer fills up", percent=round(100 * share), file=str(self.plan.buffer))
        except BufferUnusable as error:
            log.error("the buffer cannot be written", problem=error.message)

    def once(self) -> dict[str, Any]:
        """Reads every register once, sends it, and says what became of it; power has no mean of one moment and is left out."""
        for poller in self.pollers:
            for device in poller.devices:
                registers = [one for one in device.wanted if not one.power]
                try:
                    if registers:
                        poller.one(device, registers, None)
                except NoConnection as error:
                    poller.line_down([device], error)
            poller.conversation.close()
        sent = self.sender.empty(patient=False)
        self.sender.carrier.close()
        return {"sent": sent, **state.counts(self.plan.buffer)}


@contextmanager
def told_to_stop(stop: threading.Event) -> Iterator[None]:
    """SIGTERM and SIGINT set the event."""
    before = {}
    for one in (signal.SIGTERM, signal.SIGINT):
        with suppress(ValueError):  # not the main thread: whoever started it sets the event itself
            before[one] = signal.signal(one, lambda *_: stop.set())
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextmanager
def prepared(plan: Plan, language: str) -> Iterator[Gateway]:
    """The gateway of a plan with its buffer open.

    Raises:
        AlreadyRuns, BufferUnusable.
    """
    buffer = Buffer(plan.buffer, plan.most_mb)
    try:
        yield Gateway(plan, buffer, opening.carrier(plan.server, language))
    finally:
        buffer.close()
