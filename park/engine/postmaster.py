"""PostgreSQL's own main process: is it there, does it answer, what is left of one that was killed."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")


@dataclass(frozen=True)
class Postmaster:
    """What postmaster.pid says. `state` is starting, ready, stopping or standby."""

    pid: int
    port: int
    sockets: str
    address: str
    state: str

    @property
    def host(self) -> str:
        """Where clients connect: the socket's folder, or the address."""
        return self.sockets or self.address


def recorded(data: Path) -> Postmaster | None:
    """What postmaster.pid of the data folder says, whether or not the process lives; None without a readable file."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        lines += [""] * (8 - len(lines))
        return Postmaster(abs(int(lines[0])), int(lines[3] or 0), lines[4], lines[5], lines[7].strip() or "starting")
    except (OSError, ValueError, IndexError):
        return None


def running(data: Path) -> Postmaster | None:
    """The living postmaster of the data folder, or None."""
    found = recorded(data)
    return found if found and is_postgres(found.pid, data) else None


def is_postgres(pid: int, data: Path) -> bool:
    """Whether the process lives and is a postmaster of this data folder: numbers are reused, and zombies count as gone."""
    if PROC.joinpath("self").exists():
        try:
            words = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(data) in words
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def disown(data: Path, sockets: Path) -> None:
    """Makes postmaster.pid and the socket files of a dead postmaster harmless, whoever has its number now.

    The file is kept: its last lines name the shared memory by which PostgreSQL sees backends that outlived their
    postmaster. Our own number takes the place of the dead one, since PostgreSQL never mistakes its parent for a rival.
    """
    for file in sockets.glob(".s.PGSQL.*"):  # the folder is this data folder's alone
        file.unlink(missing_ok=True)
    path = data / "postmaster.pid"
    if recorded(data) is None:
        path.unlink(missing_ok=True)  # empty or cut off by a full disk: nothing in it is worth keeping
        return
    try:
        with path.open("r+", encoding="utf-8", errors="replace") as record:  # in place: owner and mode stay
            lines = record.read().splitlines()
            record.seek(0)
            record.write("\n".join([str(os.getpid()), *lines[1:], ""]))
            record.truncate()
    except FileNotFoundError:
        return


def end_leftovers(data: Path, force: bool = False) -> int:
    """How many processes of a dead postmaster were told to end. They hold its shared memory, so no new one could start."""
    count = 0
    for entry in PROC.glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == str(data) and entry.joinpath("cmdline").read_bytes().startswith(b"postgres"):
                os.kill(int(entry.name), signal.SIGKILL if force else signal.SIGQUIT)
                count += 1
        except OSError:
            continue  # ended meanwhile, or not ours to see
    return count


def tell(pid: int, data: Path, number: signal.Signals, patience_s: float) -> bool:
    """Whether the postmaster ended within the time after this signal."""
    deadline = time.monotonic() + patience_s
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return True
    while is_postgres(pid, data):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
