"""What every command shares: settings, the opened installation, --json, errors as words with an exit code."""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import getpass
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import click
import orjson

from park import logs
from park.config import Settings
from park.installation import Installation, opened
from park.words import say, t
from tenants.errors import LingyuanError


def actor() -> str:
    """Who is recorded in the audit: the account of the operating system."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return f"cli:{os.getuid()}"


def language() -> str:
    """The language of what is printed: LINGYUAN_LANG, Chinese unless set."""
    return "en" if os.environ.get("LINGYUAN_LANG", "zh").lower().startswith("en") else "zh"


@contextmanager
def house() -> Iterator[Installation]:
    """The installation, its engine running for the length of the command."""
    logs.to_terminal()
    with opened(Settings.read(os.environ)) as found:
        yield found


def _plain(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, (dt.date, dt.datetime, UUID)):
        return value.isoformat() if hasattr(value, "isoformat") else str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "_mapping"):
        return dict(value._mapping)
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def to_json(value: Any) -> str:
    """JSON of a result: exact decimals as strings, dates in ISO form."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS
    return orjson.dumps(value, default=_plain, option=options).decode()


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> str:
    """Rows as aligned text; wide (Chinese) characters take two places."""
    if not rows:
        return t("Nothing yet.", language())
    names = list(columns or rows[0])
    cells = [[t(name, language()) for name in names]] + [
        ["" if row.get(name) is None else _text(row[name]) for name in names] for row in rows
    ]
    widths = [max(_width(line[i]) for line in cells) for i in range(len(names))]
    lines = [[cell + " " * (w - _width(cell)) for cell, w in zip(line, widths, strict=True)] for line in cells]
    return "\n".join("  ".join(line).rstrip() for line in lines)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "✓" if value else ""
    return format(value, "f") if isinstance(value, decimal.Decimal) else str(value)


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def command(name: str | None = None, **options: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """A command with --json. The function returns its result; `text(result)` of the option `text` prints it for people.

    An error is printed as message and remedy (or as JSON) and ends the command with 1, a wrong use with 2.
    """
    text: Callable[[Any], str] = options.pop("text", lambda result: result if isinstance(result, str) else to_json(result))
    group: click.Group | None = options.pop("group", None)

    def decorate(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def run(as_json: bool, **arguments: Any) -> None:
            try:
                result = function(**arguments)
            except LingyuanError as error:
                fail(error, as_json)
            if result is not None:
                click.echo(to_json(result) if as_json else text(result))

        with_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(run)
        maker = group.command if group else click.command
        made: click.Command = maker(name, **options)(with_json)
        return made

    return decorate


def fail(error: LingyuanError, as_json: bool, code: int = 1) -> None:
    """Prints the error and ends the program."""
    said = say(error, language())
    if as_json:
        click.echo(to_json({"error": said}))
    else:
        click.echo(said["message"], err=True)
        if said["remedy"]:
            click.echo("→ " + said["remedy"], err=True)
    sys.exit(getattr(error, "exit_code", code))


DAY = click.DateTime(["%Y-%m-%d"])
