"""Keeps a set of programs alive: what dies is started again, after a growing pause; told to stop, all end in order."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Final, Protocol

import structlog

from park import logs
from park.config import Settings
from park.programs import end_earlier_run
from tenants.errors import LingyuanError

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 8.0
HEALTHY_S: Final = 60.0  # a program that lived this long starts again without a pause
STOP_S: Final = 30.0
BASE_STOP_S: Final = 8.0  # of these, kept for the database
TEND_S: Final = 60.0
LOOK_S: Final = 0.2

log = structlog.get_logger("supervisor")


class AlreadyRunning(LingyuanError):
    """Lingyuan is already running from {home}, as process {pid}."""

    status = 409
    remedy = "Use the one that runs, or stop it first with `kill {pid}`."


class Watched(Protocol):
    """Something kept alive: a program, or the database engine."""

    name: str
    base: bool  # the others need it, so it is stopped after them

    def start(self) -> None:
        """Starts it; raises OSError or LingyuanError if that cannot be done."""

    def alive(self) -> bool:
        """Whether it lives, or is just being started."""

    def ready(self) -> bool:
        """Whether it can be used, so that the next one may start."""

    def ending(self) -> str:
        """How it ended, for people."""

    def tend(self) -> None:
        """Housekeeping, once a minute."""

    def stop(self) -> None:
        """Asks it to end; does not wait."""

    def end(self) -> None:
        """Ends by force whatever is left of it, and clears up."""


Report = Callable[..., Any]  # report(template, **facts): English template, translated by whoever prints it


def silent(template: str, **facts: Any) -> None:
    """Tells nobody."""


@dataclass
class _State:
    """What we know of one watched program."""

    watched: Watched
    fell: int = 0
    started: float = 0.0
    due: float | None = None


@dataclass
class Supervisor:
    """Runs the watched programs, in the order given, until told to stop.

    Args:
        watched: In the order of starting; stopped in the reverse order.
        run: HOME/run, for pid files.
        report: Told about every start, fall and stop.
        ready_s: How long one is waited for before the next is started. [s]
    """

    watched: Sequence[Watched]
    run: Path
    report: Report = silent
    ready_s: float = 60.0
    _asked: signal.Signals | None = field(default=None, init=False)

    def serve(self, when_up: Callable[[], None] | None = None) -> int:
        """0 after a clean stop, 1 if something had to be ended by force. `when_up` is called once all are ready.

        Raises:
            AlreadyRunning: another supervisor runs from this HOME.
        """
        lock = self._only_one()
        before = {number: signal.signal(number, self._ask) for number in (signal.SIGTERM, signal.SIGINT)}
        states = [_State(one) for one in self.watched]
        try:
            end_earlier_run(self.run)
            self._start_all(states)
            if when_up and not self._asked:
                when_up()
            tended = time.monotonic()
            while not self._asked:
                self._look(states)
                if time.monotonic() - tended > TEND_S:
                    tended = time.monotonic()
                    for one in self.watched:
                        one.tend()
                time.sleep(LOOK_S)
            return 0 if self._stop_all(states) else 1
        except BaseException:
            self._stop_all(states)
            raise
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(lock)

    def _ask(self, number: int, _: FrameType | None) -> None:
        self._asked = signal.Signals(number)

    def _only_one(self) -> int:
        self.run.mkdir(mode=0o755, parents=True, exist_ok=True)
        path = self.run / "supervisor.pid"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.pread(descriptor, 20, 0).decode().strip()
            os.close(descriptor)
            raise AlreadyRunning(home=self.run.parent, pid=pid) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return descriptor

    def _start_all(self, states: Sequence[_State]) -> None:
        for state in states:
            self._begin(state)
            deadline = time.monotonic() + self.ready_s
            while not self._asked and time.monotonic() < deadline and not (state.due is None and state.watched.ready()):
                self._look(states)
                time.sleep(0.05)
            if self._asked:
                return
            if state.due is None and state.watched.ready():
                self.report("{name} is up.", name=state.watched.name)
            else:
                self.report(
                    "{name} is not up after {seconds} s; still trying.", name=state.watched.name, seconds=round(self.ready_s)
                )

    def _begin(self, state: _State) -> None:
        state.due = None
        state.started = time.monotonic()
        try:
            state.watched.start()
        except (OSError, LingyuanError) as error:
            self._fell(state, str(error))
            return
        log.info("started", name=state.watched.name, fell=state.fell)

    def _look(self, states: Sequence[_State]) -> None:
        now = time.monotonic()
        for state in states:
            if not state.started:
                continue
            if state.due is None:
                if not state.watched.alive():
                    self._fell(state, state.watched.ending())
            elif now >= state.due:
                self._begin(state)

    def _fell(self, state: _State, ending: str) -> None:
        now = time.monotonic()
        state.fell = 1 if now - state.started > HEALTHY_S else state.fell + 1
        pause = pause_s(state.fell)
        state.due = now + pause
        name = state.watched.name
        log.error("ended", name=name, ending=ending, fell=state.fell, pause_s=pause)
        self.report("{name} ended ({ending}); starting it again in {seconds} s.", name=name, ending=ending, seconds=pause)

    def _stop_all(self, states: Sequence[_State]) -> bool:
        """Whether all ended by themselves: first those that rely on others, then those others, within STOP_S together."""
        begun = time.monotonic()
        going = [state.watched for state in reversed(states) if state.started]
        clean = self._stop([one for one in going if not one.base], begun + STOP_S - BASE_STOP_S)
        clean &= self._stop([one for one in going if one.base], begun + STOP_S)
        log.info("stopped", clean=clean, seconds=round(time.monotonic() - begun, 1))
        return clean

    def _stop(self, group: Sequence[Watched], deadline: float) -> bool:
        """Whether each ended by itself before the deadline; asked in order, waited for together."""
        for one in group:
            one.stop()
        clean = True
        for one in group:
            while one.alive() and time.monotonic() < deadline:
                time.sleep(0.05)
            if one.alive():
                clean = False
                log.error("ended by force", name=one.name)
            one.end()
            self.report("{name} has stopped.", name=one.name)
        return clean


def run(settings: Settings, watched: Sequence[Watched], report: Report, when_up: Callable[[], None] | None = None) -> int:
    """The exit code of `Supervisor.serve` over the programs of an installation, with the supervisor's log in HOME/logs."""
    logs.to_file(settings.logs, "supervisor", settings.log_level)
    return Supervisor(watched, settings.home / "run", report).serve(when_up)


def pause_s(fell: int) -> float:
    """How long to wait before the next start, after falling so many times in a row. [s]"""
    return 0.0 if fell <= 1 else min(FIRST_PAUSE_S * 2.0 ** (fell - 2), LONGEST_PAUSE_S)
