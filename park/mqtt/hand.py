"""A hand commits messages: in this process, or in one of its own, where it shares the processor with nobody.

A hand of its own gets what it needs over a pair of sockets, and ends when whoever started it does. What it was given then and has
committed nobody has acknowledged: it comes again and changes nothing.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Final, Protocol

import structlog

from park import logs
from park.installation import Installation
from park.mqtt import intake
from park.mqtt.message import Message
from park.mqtt.replies import Replies, Reply
from tenants.db import Database
from tenants.errors import LingyuanError, Unavailable

log = structlog.get_logger("mqtt")
MOST_BURIED: Final = 1_000
PATIENCE_S: Final = 20.0


@dataclass(frozen=True)
class Work:
    """Messages of a tenant (None: of nobody we know); with a `refusal` they are refused for it."""

    tenant: str | None
    messages: Sequence[Message]
    refusal: LingyuanError | None = None


class Hand(Protocol):
    """Whoever commits."""

    def does(self, work: Work) -> list[Reply]:
        """Commits the work; gives the answers that somebody waits for. Raises Unavailable: nothing was taken."""

    def close(self) -> None:
        """Lets go."""


class Here:
    """A hand in this process."""

    def __init__(self, house: Installation, replies: Replies) -> None:
        self.house, self.replies = house, replies
        self.db = Database(house.prefix, house.engine("app", pool_size=1), house.db.viewer)

    def does(self, work: Work) -> list[Reply]:
        """Commits the work."""
        if work.refusal is not None or work.tenant is None:
            taken = intake.refuse(self.db, work.tenant, work.messages, work.refusal)
        else:
            taken = intake.commit(self.db, work.tenant, work.messages, self._bury)
        return self.replies.of(taken)

    def _bury(self, message: Message, error: Exception) -> None:
        """Keeps a message that brought our own code down, for whoever mends it."""
        folder = self.house.settings.home / "unread"
        folder.mkdir(mode=0o700, exist_ok=True)
        if len(os.listdir(folder)) < MOST_BURIED:
            name = f"{int(message.arrived)}-{zlib.crc32(message.body):08x}"
            (folder / f"{name}.json").write_bytes(message.body)
            (folder / f"{name}.txt").write_text(f"{message.topic}\n{error!r}\n", encoding="utf-8")

    def close(self) -> None:
        """Closes the connection to the database."""
        self.db.app.dispose()


class Apart:
    """A hand in a process of its own."""

    def __init__(self, house: Installation, replies: Replies) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "park.mqtt.hand", str(theirs.fileno())]
            self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        self.talk = Connection(ours.detach())
        self.talk.send((replace(house), replies))  # without the connections that it has opened

    def does(self, work: Work) -> list[Reply]:
        """Has the work committed. Raises what went wrong there; EOFError if the process has ended."""
        self.talk.send(work)
        done: list[Reply] | Exception = self.talk.recv()
        if isinstance(done, Exception):
            raise done
        return done

    def close(self) -> None:
        """Hangs up, upon which the process ends."""
        self.talk.close()
        self.process.wait(PATIENCE_S)


def settle() -> None:
    """For a process that only ever does this: what a message leaves behind has no cycles."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def main(number: int) -> None:
    """Works for the process at the other end of the socket until it hangs up. The signals that end it are for that one."""
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.SIG_IGN)
    talk = Connection(number)
    house, replies = talk.recv()
    logs.to_output("mqtt", house.settings.log_level)
    settle()
    hand = Here(house, replies)
    while True:
        try:
            work = talk.recv()
        except EOFError:
            break
        try:
            done: list[Reply] | Exception = hand.does(work)
        except Unavailable as error:
            done = error
        except Exception as error:
            log.exception("a hand has failed")
            done = RuntimeError(repr(error))
        try:
            talk.send(done)
        except BrokenPipeError:
            break
    hand.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
