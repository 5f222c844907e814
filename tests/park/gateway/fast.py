"""The command `lingyuan gateway` in a process of its own, for which a minute is a second: `python -m tests.park.gateway.fast`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from park.gateway import schedule

ROOT = Path(__file__).parents[3]


@contextmanager
def running(*words: object) -> Iterator[subprocess.Popen[bytes]]:
    """The running gateway; what it tells goes to standard output. It is gone afterwards."""
    environ = {**os.environ, "LINGYUAN_LANG": "en"}
    call = [sys.executable, "-m", "tests.park.gateway.fast", *map(str, words)]
    process = subprocess.Popen(call, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        if process.poll() is None:
            killed(process)
        assert process.stdout is not None
        process.stdout.close()


def killed(process: subprocess.Popen[bytes]) -> bytes:
    """What the gateway told before `kill -9`."""
    process.send_signal(signal.SIGKILL)
    return process.communicate()[0]


def ended(process: subprocess.Popen[bytes]) -> bytes:
    """What the gateway told until it ended after SIGTERM; it has to end well."""
    process.send_signal(signal.SIGTERM)
    told = process.communicate(timeout=30)[0]
    assert process.returncode == 0, told
    return told


def main() -> None:
    """The command line with fast minutes."""
    from park.cli import main as command

    schedule.MINUTE_S = 1  # type: ignore[misc]
    command()


if __name__ == "__main__":
    main()
