"""Parsing workbooks in a child process: whatever a file does to the parser, it happens there, and within limits."""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tenants.ingest.workbook.limits import MB, Limits
from tenants.ingest.workbook.refusals import EncryptedFile, ParserStopped, UnreadableFile

CHILD = Path(__file__).with_name("cell_reader.py")
TIME, MEMORY = "computing time", "working memory"
_START_BYTES = 300 * MB  # address space of the interpreter and the parser's library
_PER_BYTE = 14  # of inflated XML: cells in the parser, then as text
_PIPE_BYTES = 1 << 20  # as much as Linux gives to anybody: parent and child need not take turns


@dataclass(frozen=True)
class Sheet:
    """One visible sheet as UTF-8 text, cells divided by U+001F.

    `kinds` has a letter for each column where the rows below the first ones are apart: `rest` is the text of the columns of
    kind "t", each line beginning with an empty cell, and `arrays` are the bytes of the others, as the child writes them.
    """

    name: str
    text: bytes
    kinds: str = ""
    rest: bytes = b""
    arrays: tuple[bytes, ...] = ()


class Spare:
    """One child that has started and waits: a file is not kept waiting for an interpreter. Each child reads one file."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: subprocess.Popen[bytes] | None = None
        self._holders, self._due = 0, False

    def take(self) -> subprocess.Popen[bytes]:
        """The child that waits, or a new one."""
        with self._lock:
            child, self._waiting = self._waiting, None
        return child if child is not None and child.poll() is None else _started()

    def refill(self) -> None:
        """Starts the next one, now or when nobody holds it back."""
        with self._lock:
            self._due = self._holders > 0
            if self._waiting is None and not self._due:
                self._waiting = _started()

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """While what a child has read is stored, the next one does not start: it would take the processor from the database."""
        with self._lock:
            self._holders += 1
        try:
            yield
        finally:
            with self._lock:
                self._holders -= 1
                due = self._due
            if due:
                self.refill()

    def end(self) -> None:
        """Ends the child that waits."""
        with self._lock:
            child, self._waiting = self._waiting, None
        if child is not None:
            _end(child)

    def forget(self) -> None:
        """In a forked process: the child that waits belongs to the parent."""
        self._lock, self._waiting = threading.Lock(), None
        self._holders, self._due = 0, False


SPARE = Spare()
os.register_at_fork(after_in_child=SPARE.forget)
atexit.register(SPARE.end)


def _started() -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [sys.executable, "-I", str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        bufsize=0, env={"LANG": "C.UTF-8"},
    )  # fmt: skip
    for pipe in (child.stdin, child.stdout):
        with suppress(OSError):  # a user with many pipes has small ones
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)  # type: ignore[arg-type]
    return child


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    with child:  # closes the pipes and waits
        pass


class Child:
    """A child that is handed its file at once, and asked for its answer when the file was found harmless."""

    def __init__(self) -> None:
        self.process = SPARE.take()
        self._talk: threading.Thread | None = None
        self._output = b""

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        if self._talk is not None:
            self._talk.join()  # the pipes have ended
        _end(self.process)
        SPARE.refill()

    def hand(self, data: bytes, inflated: int, limits: Limits) -> None:
        """Gives the child its file; `inflated` is the size of what it holds [bytes], from which its memory follows."""
        memory = min(limits.parse_bytes, _START_BYTES + _PER_BYTE * inflated + 2 * len(data))
        order = f"{memory} {limits.parse_seconds} {limits.cells}\n".encode()
        self._talk = threading.Thread(target=self._exchange, args=(order, data), daemon=True)
        self._talk.start()

    def _exchange(self, order: bytes, data: bytes) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(BrokenPipeError):  # what the child has to say then is in its answer
            for part in (memoryview(order), memoryview(data)):
                while part:
                    part = part[self.process.stdin.write(part) :]
            self.process.stdin.close()
        self._output = b"".join(iter(partial(self.process.stdout.read, _PIPE_BYTES), b""))

    def sheets(self, name: str, limits: Limits) -> tuple[list[Sheet], list[str]]:
        """The visible sheets of the file that was handed over, and the names of hidden ones.

        Raises:
            ParserStopped, EncryptedFile, UnreadableFile.
        """
        assert self._talk is not None
        self._talk.join(limits.parse_seconds)
        if self._talk.is_alive():
            raise ParserStopped(name=name, what=TIME)
        line, _, blocks = self._output.partition(b"\n")
        if not line:  # killed by a limit before it could answer
            raise ParserStopped(name=name, what=TIME if self.process.wait() in (-24, -9) else MEMORY)
        return _sheets(json.loads(line), memoryview(blocks), name)


def read_sheets(data: bytes, inflated: int, name: str, limits: Limits) -> tuple[list[Sheet], list[str]]:
    """The visible sheets of a file that was found harmless, and the names of hidden ones.

    Raises:
        ParserStopped, EncryptedFile, UnreadableFile.
    """
    with Child() as child:
        child.hand(data, inflated, limits)
        return child.sheets(name, limits)


def _sheets(header: dict[str, object], blocks: memoryview, name: str) -> tuple[list[Sheet], list[str]]:
    match header:
        case {"error": "password"}:
            raise EncryptedFile(name=name)
        case {"error": "memory" | "cells"}:
            raise ParserStopped(name=name, what=MEMORY)
        case {"error": _, "detail": str(detail)}:
            raise UnreadableFile(name=name, problem=detail)
        case {"sheets": list(found), "hidden": list(hidden)}:
            sheets, at = [], 0
            for one in found:
                ends = [at := at + size for size in one["sizes"]]
                own = [bytes(blocks[end - size : end]) for end, size in zip(ends, one["sizes"], strict=True)]
                sheets.append(Sheet(one["name"], own[0], one["kinds"], b"".join(own[1:2]), tuple(own[2:])))
            return sheets, hidden
    raise UnreadableFile(name=name, problem="the parser gave no answer")
