"""A whole installation that stands by itself: database, web server and worker under the supervisor, in a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from park import engine
from park.config import Settings
from park.installation import Installation, prepare


@dataclass(frozen=True)
class Standing:
    """The running installation; `house` is our own way to its database."""

    settings: Settings
    house: Installation
    supervisor: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Address of the web server."""
        return f"http://127.0.0.1:{self.settings.port}"

    def pid(self, program: str) -> int | None:
        """Process number of a program: engine, web, worker, mqtt."""
        if program == "engine":
            return engine.status(self.settings).pid
        try:
            return int((self.settings.home / "run" / f"{program}.pid").read_text().split()[0])
        except (OSError, IndexError, ValueError):
            return None

    def kill(self, program: str) -> bool:
        """Whether `kill -9` hit the program."""
        pid = self.pid(program)
        if pid is None:
            return False
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def answers(self, patience_s: float = 60.0) -> float:
        """Seconds until the server is ready again; raises TimeoutError."""
        start = time.monotonic()
        while time.monotonic() - start < patience_s:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=3) as answer:
                    if answer.status == 200:
                        return time.monotonic() - start
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        raise TimeoutError("the server did not come back")


@contextmanager
def standing(folder: Path, **more: str) -> Iterator[Standing]:
    """An installation in the folder, started and at the end stopped; `more` are settings."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {
        "LINGYUAN_HOME": str(folder),
        "LINGYUAN_PORT": str(port),
        "LINGYUAN_WEB_WORKERS": "1",
        "LINGYUAN_LANG": "en",
        **more,
    }
    settings = Settings.read(environ)
    house = prepare(settings)
    child = {**{k: v for k, v in os.environ.items() if not k.startswith(("LINGYUAN_", "DATABASE_URL"))}, **environ}
    supervisor = subprocess.Popen([sys.executable, "-m", "tests.standing"], env=child, cwd=Path(__file__).parents[1])
    found = Standing(settings, house, supervisor)
    try:
        found.answers()
        yield found
    finally:
        house.close()
        supervisor.terminate()
        supervisor.wait(60)
        engine.stop(settings)


def main() -> int:
    """Runs web server and worker under the supervisor until told to stop."""
    from park import serving

    settings = Settings.read(os.environ)
    return serving.serve(settings, "en", [serving.web(settings), serving.worker(settings), *serving.mqtt(settings)])


if __name__ == "__main__":
    sys.exit(main())
