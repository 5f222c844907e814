"""Two files in HOME: one held while the engine is started or stopped, one shared by everybody who is using it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from park.engine.errors import EngineBusy, FolderClosed

PATIENCE_S: Final = 150.0


@contextmanager
def changing(home: Path, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Only we start or stop the engine until the end of the block. The system frees the lock of a process that died.

    Raises:
        EngineBusy: another process has held it for `patience_s`.
        FolderClosed: this account may not write to HOME.
    """
    path = home / "engine.lock"
    descriptor = _opened(path)
    try:
        deadline = time.monotonic() + patience_s
        while not _take(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise EngineBusy(seconds=round(patience_s), lock=path)
            time.sleep(0.05)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


class Use:
    """Our share in the use of the engine, from `begin` to `end`."""

    def __init__(self, home: Path) -> None:
        self.path = home / "engine.users"
        self.descriptor: int | None = None

    def begin(self) -> None:
        """Counts us among the users."""
        self.descriptor = _opened(self.path)
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)

    def end(self) -> bool:
        """Whether we were the last user. Call it inside `changing`, so that nobody comes in between."""
        if self.descriptor is None:
            return False
        last = _take(self.descriptor, fcntl.LOCK_EX)
        os.close(self.descriptor)
        self.descriptor = None
        return last


def is_used(home: Path) -> bool:
    """Whether a command is using the engine. Call it inside `changing`."""
    use = Use(home)
    use.begin()
    return not use.end()


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise FolderClosed(path=path.parent, reason=f"{error.strerror} ({path.name})") from error


def _take(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
