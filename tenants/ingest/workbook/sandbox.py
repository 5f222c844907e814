"""Parsing workbooks in a child process: whatever a file does to the parser, it happens there, and within limits."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tenants.ingest.workbook.limits import MB, Limits
from tenants.ingest.workbook.refusals import EncryptedFile, ParserStopped, UnreadableFile

CHILD = Path(__file__).with_name("cell_reader.py")
TIME, MEMORY = "computing time", "working memory"
_START_BYTES = 300 * MB  # address space of the interpreter and the parser's library
_PER_BYTE = 14  # of inflated XML: cells in the parser, then as text


@dataclass(frozen=True)
class Sheet:
    """One visible sheet as UTF-8 text, cells divided by U+001F."""

    name: str
    text: bytes


class Child:
    """A child that starts while its file is still looked at, and is handed it once that was found harmless."""

    def __enter__(self) -> Child:
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8"},
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        with self._process:  # closes the pipes and waits
            pass

    def read_sheets(self, data: bytes, inflated: int, name: str, limits: Limits) -> tuple[list[Sheet], list[str]]:
        """The visible sheets, and the names of hidden ones.

        Raises:
            ParserStopped, EncryptedFile, UnreadableFile.
        """
        memory = min(limits.parse_bytes, _START_BYTES + _PER_BYTE * inflated + 2 * len(data))
        order = f"{memory} {limits.parse_seconds} {limits.cells}\n".encode()
        child = self._process
        try:
            output, _ = child.communicate(order + data, timeout=limits.parse_seconds)
        except subprocess.TimeoutExpired as error:
            child.kill()
            raise ParserStopped(name=name, what=TIME) from error
        line, _, texts = output.partition(b"\n")
        if not line:  # killed by a limit before it could answer
            raise ParserStopped(name=name, what=TIME if child.returncode in (-24, -9) else MEMORY)
        return _sheets(json.loads(line), texts, name)


def read_sheets(data: bytes, inflated: int, name: str, limits: Limits) -> tuple[list[Sheet], list[str]]:
    """The visible sheets of a file that was found harmless, and the names of hidden ones.

    Raises:
        ParserStopped, EncryptedFile, UnreadableFile.
    """
    with Child() as child:
        return child.read_sheets(data, inflated, name, limits)


def _sheets(header: dict[str, object], texts: bytes, name: str) -> tuple[list[Sheet], list[str]]:
    match header:
        case {"error": "password"}:
            raise EncryptedFile(name=name)
        case {"error": "memory" | "cells"}:
            raise ParserStopped(name=name, what=MEMORY)
        case {"error": _, "detail": str(detail)}:
            raise UnreadableFile(name=name, problem=detail)
        case {"sheets": list(names), "sizes": list(sizes), "hidden": list(hidden)}:
            sheets, at = [], 0
            for sheet, size in zip(names, sizes, strict=True):
                sheets.append(Sheet(sheet, texts[at : at + size]))
                at += size
            return sheets, hidden
    raise UnreadableFile(name=name, problem="the parser gave no answer")
