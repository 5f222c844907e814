"""Starts, stops and watches the embedded database. `ensure` leaves it running, `using` stops it if nobody else needs it."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from park.config import Settings
from park.engine import cluster, journal, postmaster
from park.engine.address import Running, outside
from park.engine.binaries import Binaries, binaries_for
from park.engine.errors import EngineNotStarted, EngineNotStopped
from park.engine.locks import Use, changing, is_used
from park.engine.place import Place, known_place, make_home, make_place, socket_folder
from park.secrets import SecretMissing

START_PATIENCE_S: Final = 120.0
STOP_PATIENCE_S: Final = 20.0
_TRANSIENT: Final = "engine.transient"  # there while the engine runs only because a command needed it
# What a new postmaster says while the remains of a killed one are still about.
_PASSING: Final = ("shared memory block", "lock file", "Is another postmaster")

log = structlog.get_logger("engine")


@dataclass(frozen=True)
class Status:
    """`state`: absent, stopped, starting, running, stopping; or outside, when DATABASE_URL names the server."""

    state: str
    pid: int | None = None
    data: Path | None = None
    account: str | None = None


def ensure(settings: Settings, overrides: Mapping[str, str] | None = None) -> Running:
    """The database server that answers, started if it was down, and left running.

    Args:
        overrides: PostgreSQL settings for a start, for example `{"fsync": "off"}` in tests.

    Raises:
        EngineError: with the cause and the remedy.
    """
    if settings.database_url:
        return outside(settings.database_url)
    make_home(settings.home)
    with changing(settings.home):
        running = _up(settings, overrides or {})
        (settings.home / _TRANSIENT).unlink(missing_ok=True)
        return running


@contextmanager
def using(settings: Settings, overrides: Mapping[str, str] | None = None) -> Iterator[Running]:
    """The database server for the length of a command. If a command started it, its last user stops it."""
    if settings.database_url:
        yield outside(settings.database_url)
        return
    make_home(settings.home)
    use = Use(settings.home)
    with changing(settings.home):
        running = _up(settings, overrides or {})
        if running.started:
            (settings.home / _TRANSIENT).touch()
        use.begin()
    try:
        yield running
    finally:
        with changing(settings.home):
            if use.end() and (settings.home / _TRANSIENT).exists():
                _down(settings)


def stop(settings: Settings, *, unless_used: bool = False) -> bool:
    """Whether a running engine was stopped. Work under way is rolled back, everything committed is written down.

    Args:
        unless_used: Leave it to a command that is using it just now; that command then stops it.

    Raises:
        EngineNotStopped.
    """
    if settings.database_url or not settings.home.is_dir():
        return False
    with changing(settings.home):
        if unless_used and is_used(settings.home):
            (settings.home / _TRANSIENT).touch()
            return False
        return _down(settings)


def status(settings: Settings) -> Status:
    """What the engine is doing. Starts and makes nothing."""
    if settings.database_url:
        return Status("outside")
    place = known_place(settings.home)
    if place is None or not place.exists:
        return Status("absent")
    found = postmaster.running(place.data)
    if found is None:
        return Status("stopped", None, place.data, place.account.name)
    state = "running" if found.state == "ready" else found.state
    return Status(state, found.pid, place.data, place.account.name)


def superuser(settings: Settings, running: Running) -> str:
    """The libpq connection string of the superuser: of the embedded engine, or whoever DATABASE_URL names."""
    return settings.database_url or running.conninfo(running.superuser, settings.secrets.read(cluster.SUPERUSER))


def _up(settings: Settings, overrides: Mapping[str, str]) -> Running:
    place = make_place(settings.home)
    found = postmaster.running(place.data)
    if found and found.state == "ready":
        return _running(found, started=False)
    if found:
        _settle(place, found)
    binaries = binaries_for(settings, place.account, place.base)
    if place.exists:
        _require_password(settings)
    else:
        log.info("creating the database", folder=str(place.data), account=place.account.name)
        cluster.create(place, binaries, settings.secrets.create(cluster.SUPERUSER))
    return _running(_start(settings, place, binaries, overrides), started=True)


def _require_password(settings: Settings) -> None:
    """Says at once that the superuser's password is lost. Only looks whether it is there: a web process may start us."""
    if not settings.secrets.has(cluster.SUPERUSER):
        raise SecretMissing(name=cluster.SUPERUSER, folder=settings.secrets.folder)


def _running(found: postmaster.Postmaster, *, started: bool) -> Running:
    return Running(found.host, found.port, cluster.SUPERUSER, "postgres", started, found.pid)


def _settle(place: Place, found: postmaster.Postmaster) -> None:
    """Waits until a postmaster that is starting or stopping has done so, or is gone."""
    deadline = time.monotonic() + START_PATIENCE_S
    while found.state in ("starting", "stopping") and time.monotonic() < deadline:
        time.sleep(0.1)
        again = postmaster.running(place.data)
        if again is None or again.state == "ready":
            return
        found = again


def _start(settings: Settings, place: Place, binaries: Binaries, overrides: Mapping[str, str]) -> postmaster.Postmaster:
    """The postmaster, ready. Tries again while the remains of a killed one are in its way or it is still recovering."""
    sockets = socket_folder(place)
    cluster.configure(place, sockets, settings.engine_port, overrides)
    deadline = time.monotonic() + START_PATIENCE_S
    attempt = 0
    while True:
        found = postmaster.running(place.data)
        if found and found.state == "ready":
            log.info("database engine is up", process=found.pid, attempts=attempt)
            return found
        if found is None:
            reason = _attempt(place, binaries, sockets, force=attempt > 1)
            attempt += 1
            if reason and not any(phrase in reason for phrase in _PASSING):
                raise EngineNotStarted(data=place.data, reason=reason, log=place.log)
        if time.monotonic() > deadline:
            raise EngineNotStarted(
                data=place.data, reason="it is not ready after {patience} s", patience=round(START_PATIENCE_S), log=place.log
            )
        time.sleep(min(0.1 * attempt, 1.0))


def _attempt(place: Place, binaries: Binaries, sockets: Path, *, force: bool) -> str:
    """Why this attempt to start failed; empty if it did not, or if the postmaster is alive but not ready yet."""
    ended = postmaster.end_leftovers(place.data, force)
    if ended:
        log.warning("ended what a killed database engine had left", processes=ended)
        time.sleep(0.2)
    postmaster.disown(place.data, sockets)
    written = journal.Written(place.log)
    # -w: pg_ctl watches its own child, so that a failure is seen at once and not after a time limit.
    place.account.run([binaries / "pg_ctl", "start", "-D", place.data, "-l", written.first, "-w", "-t", "30", "-s"])
    if postmaster.running(place.data):
        return ""
    return written.reason() or "its log file says nothing"


def _down(settings: Settings) -> bool:
    place = known_place(settings.home)
    found = postmaster.running(place.data) if place else None
    (settings.home / _TRANSIENT).unlink(missing_ok=True)
    if place is None or found is None:
        return False
    # Fast: sessions are ended. Immediate, if that takes too long: the next start replays the log; nothing is lost.
    for number, patience_s in ((signal.SIGINT, STOP_PATIENCE_S), (signal.SIGQUIT, 5.0)):
        if postmaster.tell(found.pid, place.data, number, patience_s):
            if found.sockets and not Path(found.sockets).is_relative_to(place.base):
                with contextlib.suppress(OSError):
                    Path(found.sockets).rmdir()  # made anew at the next start
            log.info("database engine is down", process=found.pid, signal=number.name)
            return True
    raise EngineNotStopped(pid=found.pid, seconds=round(STOP_PATIENCE_S + 5))
