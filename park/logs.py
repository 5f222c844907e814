"""Logs of the programs: one JSON object per line, with nothing in it that opens a door or names a person."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

import structlog

HIDDEN: Final = "***"
LARGEST_BYTES: Final = 20_000_000
KEPT: Final = 5
_SECRET_KEY = re.compile(r"passw|secret|token|authori[sz]ation|cookie|api_?key|credential|^dsn$|conninfo", re.IGNORECASE)
_PERSONAL_KEY = re.compile(r"e_?mail|phone|mobile|credit_code", re.IGNORECASE)
# user:password@ in an address; password=... of libpq; Bearer ... of HTTP
_IN_TEXT = (
    re.compile(r"(://[^\s:/@]*:)[^\s@]+(?=@)"),
    re.compile(r"(\bpassword\s*=\s*)('(?:[^'\\]|\\.)*'|\S+)", re.IGNORECASE),
    re.compile(r"(\bBearer\s+)\S+", re.IGNORECASE),
)
Event = MutableMapping[str, Any]


def without_secrets(_: Any, __: str, event: Event) -> Event:
    """The event with secrets and personal data replaced, by the name of the key or by their look inside a text."""
    return {key: _cleaned(key, value) for key, value in event.items()}


def _cleaned(key: str, value: Any) -> Any:
    if key != "event" and (_SECRET_KEY.search(key) or _PERSONAL_KEY.search(key)):
        return HIDDEN
    if isinstance(value, dict):
        return {str(inner): _cleaned(str(inner), one) for inner, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned("", one) for one in value]
    if isinstance(value, str):
        for pattern in _IN_TEXT:
            value = pattern.sub(rf"\g<1>{HIDDEN}", value)
    return value


def to_file(folder: Path, program: str, level: str = "INFO") -> Path:
    """The file into which this process now logs, HOME/logs/PROGRAM.jsonl; it is replaced when it has grown large."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{program}.jsonl"
    handler = RotatingFileHandler(path, maxBytes=LARGEST_BYTES, backupCount=KEPT, encoding="utf-8")
    _install(handler, level, program)
    return path


def to_terminal(level: str = "WARNING") -> None:
    """Logs of a command go to standard error, so that what it prints stays clean for other programs."""
    _install(logging.StreamHandler(sys.stderr), level, None)


def to_output(program: str, level: str = "INFO") -> None:
    """Logs go to standard output as JSON, for a process whose output the supervisor (or a container) keeps."""
    _install(logging.StreamHandler(sys.stdout), level, program)


def _install(handler: logging.Handler, level: str, program: str | None) -> None:
    """Routes structlog and the standard library's logging through one chain to the handler."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _named(program),
        without_secrets,
    ]
    renderer: Any = structlog.processors.JSONRenderer(default=str, ensure_ascii=False)
    if program is None:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, renderer])
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _named(program: str | None) -> Any:
    def add(_: Any, __: str, event: Event) -> Event:
        if program:
            event["program"] = program
        return event

    return add
