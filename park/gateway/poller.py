"""Reads the meters of one line, in step with the clock, and puts what they say into the buffer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

import structlog

from park.gateway import schedule
from park.gateway.buffer import Attempt, Buffer
from park.gateway.conversation import Conversation, Values
from park.gateway.errors import BufferUnusable, MeterError, NoConnection, kept
from park.gateway.plan import Device, Line, Wanted
from park.gateway.reading import Reading, Sample

ATTEMPTS: Final = 2  # of a meter that answered last time; a silent one is asked once
log = structlog.get_logger("gateway")


class Poller:
    """One line and its devices. `clock` says the time [UTC seconds]; `told` is called when something was stored."""

    def __init__(
        self, line: Line, devices: Sequence[Device], buffer: Buffer, conversation: Conversation, tolerance_s: int,
        stop: threading.Event, told: Callable[[], None], clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self.line = line
        self.devices = tuple(devices)
        self.buffer = buffer
        self.conversation = conversation
        self.tolerance_s = tolerance_s
        self._stop = stop
        self._told = told
        self._clock = clock
        failures = buffer.failures()
        self._failures = {one.name: failures.get(one.name, 0) for one in devices}

    def run(self) -> None:
        """Reads at every moment that is due until it is told to stop. Moments that pass during a round are left out and told."""
        shortest = min(one.every_minutes for device in self.devices for one in device.wanted)
        moment = schedule.next_moment(self._clock(), shortest)
        while not self._stop.is_set():
            now = self._clock()
            if now < moment:
                # A clock that is set back by more than a period means: begin again from where it is now.
                if moment - now > 2 * shortest * schedule.MINUTE_S:
                    moment = schedule.next_moment(now, shortest)
                self._stop.wait(min(moment - now, 1.0))
                continue
            self.round(moment, shortest)
            following = schedule.next_moment(self._clock(), shortest)
            missed = (following - moment) // (shortest * schedule.MINUTE_S) - 1
            if missed > 0 and not self._stop.is_set():
                log.warning("the line was too slow, or the clock was put forward", line=self.line.name, moments_left_out=missed)
            moment = following
        self.conversation.close()

    def round(self, moment: int, shortest: int) -> None:
        """Reads once what is due at the moment. Those that answered last time come first, so a dead meter delays nobody."""
        asked = [(device, wanted) for device in self.devices if (wanted := due(device, moment))]
        for device, wanted in sorted(asked, key=lambda one: self._failures[one[0].name] > 0):
            if self._stop.is_set():
                return
            silent = self._failures[device.name] > 0
            if silent and self._clock() + device.timeout_s + 1 > moment + shortest * schedule.MINUTE_S:
                continue  # its time would be taken from those that answer at the next moment
            try:
                self.one(device, wanted, moment, attempts=1 if silent else ATTEMPTS)
            except NoConnection as error:
                self.line_down([one for one, _ in asked], error)  # the rest of the round is not waited for
                return
            except Exception:  # what nobody foresaw in one meter's answer does not end the reading of the others
                log.exception("unexpected", device=device.name)
                self.conversation.close()
                self._failed(device, self._clock(), MeterError())

    def one(self, device: Device, wanted: Sequence[Wanted], moment: int | None, *, attempts: int = ATTEMPTS) -> Values:
        """Reads a device and stores what it said; with no moment each reading counts for its own second.

        Raises:
            NoConnection: the line is down.
        """
        start, began = self._clock(), time.monotonic()
        try:
            values = self.conversation.read(device, [one.quantity for one in wanted], attempts)
        except NoConnection:
            self.conversation.close()
            raise
        except MeterError as error:
            self._failed(device, start, error)
            return {one.quantity: error for one in wanted}
        took_ms = round(1000 * (time.monotonic() - began))
        read_at = start + took_ms / 2000  # the middle: nobody knows when the meter looked
        at = int(read_at) if moment is None else schedule.stamp(moment, read_at, self.tolerance_s)
        problem = next((one for one in values.values() if isinstance(one, MeterError)), None)
        if self._failures[device.name]:
            log.info("answers again", device=device.name)
        self._failures[device.name] = 0
        attempt = Attempt(device.name, device.meter, start, took_ms, kept(problem) if problem else None)
        self._store(readings(device, wanted, values, at), samples(device, wanted, values, moment), attempt)
        return values

    def _store(self, found: list[Reading], means: list[Sample], attempt: Attempt) -> None:
        try:
            self.buffer.store(found, means, attempt)
        except BufferUnusable as error:
            log.error(
                "readings could not be kept", device=attempt.device, readings=len(found) + len(means), problem=error.message
            )
        if found:
            self._told()

    def _failed(self, device: Device, start: float, error: MeterError) -> None:
        if self._failures[device.name] == 0:
            log.warning("no reading", device=device.name, problem=error.message)
        self._failures[device.name] += 1
        self._store([], [], Attempt(device.name, device.meter, start, None, kept(error)))

    def line_down(self, devices: Sequence[Device], error: NoConnection) -> None:
        """Notes that nobody behind a converter that is away can answer."""
        for device in devices:
            self._failed(device, self._clock(), error)


def due(device: Device, moment: int) -> tuple[Wanted, ...]:
    """What of a device is read at the moment."""
    return tuple(one for one in device.wanted if schedule.due(moment, one.every_minutes))


def readings(device: Device, wanted: Sequence[Wanted], values: Mapping[str, Decimal | MeterError], at: int) -> list[Reading]:
    """The registers among the values."""
    found = []
    for one in wanted:
        value = values[one.quantity]
        if not one.power and isinstance(value, Decimal):
            found.append(Reading("registers", device.meter, one.flow, device.map.unit(one.quantity), at, value))
    return found


def samples(
    device: Device, wanted: Sequence[Wanted], values: Mapping[str, Decimal | MeterError], moment: int | None
) -> list[Sample]:
    """The powers among the values; one that was read at no moment of the schedule is part of no mean."""
    found = []
    for one in wanted if moment is not None else ():
        value = values[one.quantity]
        if one.power and isinstance(value, Decimal):
            unit = device.map.unit(one.quantity)
            found.append(
                Sample(device.meter, one.flow, unit, moment or 0, value * one.times, one.step_minutes, one.every_minutes)
            )
    return found
