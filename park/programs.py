"""The programs that the supervisor watches: a process of ours, and the embedded database engine."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import structlog

from park import engine
from park.config import Settings
from tenants.errors import LingyuanError

LARGEST_LOG_BYTES: Final = 20_000_000
ANSWER_S: Final = 2.0
_GRACE_S: Final = 3.0

log = structlog.get_logger("supervisor")


class PortTaken(LingyuanError):
    """Another program already uses {host}:{port}."""

    status = 409
    remedy = "Stop that program, or set LINGYUAN_PORT to a free port."


class Process:
    """One program as a child process, its output in HOME/logs, its number in HOME/run."""

    base = False

    def __init__(
        self, name: str, command: Sequence[str], home: Path, *,
        environ: Mapping[str, str] | None = None, ready: Callable[[], bool] | None = None,
    ) -> None:  # fmt: skip
        self.name = name
        self.command = list(command)
        self.environ = environ
        self.is_ready = ready
        self.output = home / "logs" / f"{name}.log"
        self.pid_file = home / "run" / f"{name}.pid"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it in a process group of its own, so that Ctrl-C reaches the supervisor alone."""
        self._end_group()
        for folder in (self.output.parent, self.pid_file.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shorten(self.output)
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                self.command, env=self.environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        self.pid_file.write_text(f"{self.process.pid} {born(self.process.pid)}\n", encoding="utf-8")

    def alive(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def ready(self) -> bool:
        """Whether it can be used."""
        return self.alive() and (self.is_ready is None or self.is_ready())

    def ending(self) -> str:
        """How it ended: signal or exit code, and the last line it printed."""
        code = self.process.poll() if self.process else None
        how = f"signal {-code}" if code is not None and code < 0 else f"exit {code}"
        said = last_line(self.output)
        return f"{how}: {said}" if code and code > 0 and said else how

    def tend(self) -> None:
        """Keeps its log short."""
        shorten(self.output)

    def stop(self) -> None:
        """Asks it to end."""
        if self.process and self.alive():
            self.process.terminate()

    def end(self) -> None:
        """Ends it, if it still lives, and whatever it started."""
        self._end_group(grace_s=0.0)
        if self.process:
            self.process.wait(timeout=_GRACE_S)
        self.pid_file.unlink(missing_ok=True)

    def _end_group(self, grace_s: float = _GRACE_S) -> None:
        """Ends what a killed process left running: orphans of a web server would keep its port."""
        if self.process is not None:
            end_group(self.process.pid, grace_s)


class Database:
    """The embedded engine as a watched program. Started and stopped beside us: recovery may take longer than a look."""

    name = "engine"
    base = True

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pid: int | None = None
        self.fault = ""
        self.released = False
        self.busy: threading.Thread | None = None

    def start(self) -> None:
        """Starts it, or takes over one that runs."""
        self.fault, self.released = "", False
        self._beside(self._start)

    def alive(self) -> bool:
        """Whether the postmaster lives, or is being started or stopped."""
        if self.busy and self.busy.is_alive():
            return True
        return not self.released and (self.settings.database_url is not None or engine.status(self.settings).pid is not None)

    def ready(self) -> bool:
        """Whether it takes connections."""
        return not self.fault and engine.status(self.settings).state in ("running", "outside")

    def ending(self) -> str:
        """How it ended."""
        return self.fault or f"process {self.pid} is gone"

    def tend(self) -> None:
        """PostgreSQL keeps its own logs short."""

    def stop(self) -> None:
        """Stops it, unless a command is still using it: then that command does."""
        self._beside(self._stop)

    def end(self) -> None:
        """Stops it at once if it still runs: the next start replays its log, and what was committed is there."""
        pid = engine.status(self.settings).pid
        if pid is not None and not self.released:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)

    def _beside(self, action: Callable[[], None]) -> None:
        if self.busy:
            self.busy.join(timeout=_GRACE_S)
        self.busy = threading.Thread(target=action, name="engine", daemon=True)
        self.busy.start()

    def _start(self) -> None:
        try:
            self.pid = engine.ensure(self.settings).pid
        except (OSError, LingyuanError) as error:
            self.fault = str(error)

    def _stop(self) -> None:
        try:
            engine.stop(self.settings, unless_used=True)
            self.released = True
        except (OSError, LingyuanError) as error:
            log.error("the engine did not stop", reason=str(error))


def require_free(host: str, port: int) -> None:
    """Raises PortTaken if another program listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(host=host, port=port) from error


def answers(host: str, port: int) -> bool:
    """Whether a web server answers there: an open port alone may belong to one whose program is still loading."""
    connection = http.client.HTTPConnection({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, timeout=ANSWER_S)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def end_group(leader: int, grace_s: float) -> None:
    """Ends every process of the group: asked first, by force after `grace_s`."""
    deadline = time.monotonic() + grace_s
    number = signal.SIGTERM if grace_s else signal.SIGKILL
    try:
        while True:
            os.killpg(leader, number)
            if number is signal.SIGKILL:
                return
            time.sleep(0.05)
            number = signal.SIGKILL if time.monotonic() > deadline else signal.SIGTERM
    except (ProcessLookupError, PermissionError):
        return


def end_earlier_run(run: Path) -> None:
    """Ends the programs of a supervisor that was killed. Numbers are reused: the time of birth tells them apart."""
    for file in sorted(run.glob("*.pid")):
        words = file.read_text(encoding="utf-8").split()
        if file.name == "supervisor.pid" or len(words) != 2:
            continue
        pid = int(words[0])
        if words[1] != "0" and born(pid) == words[1]:
            log.warning("ending a program of an earlier run", name=file.stem, process=pid)
            end_group(pid, grace_s=10.0)
        file.unlink(missing_ok=True)


def born(pid: int) -> str:
    """When the process started, in ticks since the computer did; 0 if it is gone or the system does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return "0"
    fields = stat.rpartition(")")[2].split()
    return "0" if fields[0] in "ZX" else fields[19]


def shorten(path: Path, limit: int = LARGEST_LOG_BYTES) -> None:
    """Moves the content of a large log to PATH.1 and empties it; whoever appends to it goes on undisturbed."""
    if path.exists() and path.stat().st_size > limit:
        shutil.copyfile(path, path.with_name(path.name + ".1"))
        os.truncate(path, 0)


def last_line(path: Path) -> str:
    """The last line of a log that is not empty, at most 300 characters."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 4000))
            lines = file.read().decode("utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")
