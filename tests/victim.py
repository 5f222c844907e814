"""A process that does one piece of work when told to, made to be killed in the middle of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from park import schema
from park.config import Settings
from park.installation import Installation, prepare
from tenants import publish
from tenants.db import tenant_session
from tenants.ingest import files

CHANGE = ("ALTER TABLE activity ADD COLUMN later text", "CREATE INDEX activity_later_idx ON activity (later)")


def upload(house: Installation, tenant: str, path: str) -> None:
    """Imports a file."""
    with tenant_session(house.db, tenant, timeout_s=600) as session:
        files.take(session, Path(path), name=Path(path).name, actor="test", hints=files.Hints())


def roll_up(house: Installation, tenant: str, *_: str) -> None:
    """Publishes a tenant's sums anew."""
    with tenant_session(house.db, tenant, timeout_s=600) as session:
        publish.republish(session)


def migrate(house: Installation, *_: str) -> None:
    """Brings every tenant to a later revision."""
    for _step in schema.migrate_tenants(house.dsn("migrator"), "next", render=lambda since, until: CHANGE):
        pass


WORK: dict[str, Any] = {one.__name__: one for one in (upload, roll_up, migrate)}


class Victim:
    """The process, ready to begin."""

    def __init__(self, environ: Mapping[str, str], work: str, *words: object) -> None:
        command = [sys.executable, "-m", "tests.victim", work, *map(str, words)]
        child = {**os.environ, **environ}
        self.process = subprocess.Popen(
            command, env=child, cwd=Path(__file__).parents[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def _says(self, word: str) -> None:
        assert self.process.stdout is not None
        said = self.process.stdout.readline().strip()
        assert said == word, said

    def begin(self) -> None:
        """Waits until it is ready, and lets it begin."""
        self._says("ready")
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def finish(self) -> float:
        """Lets it come to its end; seconds that it took."""
        self.begin()
        start = time.monotonic()
        self._says("done")
        took = time.monotonic() - start
        self.end()
        return took

    def killed_after(self, seconds: float) -> None:
        """Begins, and is killed."""
        self.begin()
        time.sleep(seconds)
        self.process.send_signal(signal.SIGKILL)
        self.end()

    def end(self) -> None:
        """Waits for its end."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


def main(work: str, *words: str) -> None:
    """Gets ready, says so, and works when told to."""
    house = prepare(Settings.read(os.environ))
    print("ready", flush=True)
    sys.stdin.readline()
    WORK[work](house, *words)
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
