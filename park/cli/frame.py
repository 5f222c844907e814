"""What every command shares: the opened installation, --json, tables, errors as words with an exit code."""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import getpass
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
import structlog

from park import logs
from park.cli.labels import CODE_LABELS, CODES, LABELS
from park.cli.spoken import Spoken, SpokenGroup, language
from park.plain import to_json
from park.words import say, t
from tenants.errors import InvalidInput, LingyuanError, Unavailable
from tenants.flows import FLOWS

if TYPE_CHECKING:  # the gateway's command uses this frame too, on machines where no database is
    from park.installation import Installation
    from tenants.db import TenantSession


class _Date(click.ParamType[dt.date]):
    """A local day, or the first day of a month, of a year that can be meant."""

    def __init__(self, name: str, form: str, example: str) -> None:
        self.name = name
        self.form = form
        self.example = example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """The date."""
        try:
            found = dt.datetime.strptime(str(value), self.form).date()
        except ValueError:
            self.fail(f"'{value}' is not written like {self.example}.", param, ctx)
        if not 1990 <= found.year <= 2098:
            self.fail(f"{found.year} is not a year that can be meant.", param, ctx)
        return found


DAY = _Date("yyyy-mm-dd", "%Y-%m-%d", "2026-03-01")
MONTH = _Date("yyyy-mm", "%Y-%m", "2026-03")
FLOW = click.Choice(list(FLOWS))
FLOW_HELP = "For example grid_in, grid_out, pv_gen, direct_in, heat_in, fuel:natural_gas, fuel:diesel, water, output."
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TENANT = click.option("--tenant", required=True, help="Tenant: id, name or credit code.")
PARK = click.option("--park", required=True, help="Park: id, name or join code.")

log = structlog.get_logger("cli")


class Unexpected(LingyuanError):
    """Something went wrong on our side: {kind}. It was written down as {reference} in {file}."""

    status = 500
    remedy = "Nothing was half saved. Try again; if it comes back, send that entry of the log with a report."


def actor() -> str:
    """Who is recorded in the audit: the account of the operating system."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return f"cli:{os.getuid()}"


@contextmanager
def house() -> Iterator[Installation]:
    """The installation, its engine running for the length of the command."""
    from park.config import Settings
    from park.installation import opened

    with opened(Settings.read(os.environ)) as found:
        yield found


@contextmanager
def of_tenant(wanted: str, *, timeout_s: int = 60) -> Iterator[tuple[Installation, TenantSession]]:
    """The installation and one transaction of the tenant that is meant, by id, name or credit code."""
    from park import members
    from tenants.db import tenant_session

    with house() as found, tenant_session(found.db, members.find(found.db, wanted), timeout_s=timeout_s) as session:
        yield found, session


def number_of(field: str, text: str) -> decimal.Decimal:
    """The number a person typed, thousands separators allowed.

    Raises:
        InvalidInput
    """
    try:
        value = decimal.Decimal(text.replace(",", ""))
    except decimal.InvalidOperation:
        value = decimal.Decimal("nan")
    if not value.is_finite():
        raise InvalidInput(field=field, reason="'{given}' is not a number", remedy="Write it like 12345.67.", given=text)
    return value


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> str:
    """Rows as aligned text; wide (Chinese) characters take two places."""
    if not rows:
        return t("Nothing yet.", language())
    names = list(columns or rows[0])
    cells = [[_label(name) for name in names]] + [[_text(row.get(name), name) for name in names] for row in rows]
    widths = [max(_width(line[i]) for line in cells) for i in range(len(names))]
    lines = [[cell + " " * (w - _width(cell)) for cell, w in zip(line, widths, strict=True)] for line in cells]
    return "\n".join("  ".join(line).rstrip() for line in lines)


def listing(*columns: str) -> Callable[[Any], str]:
    """How a command prints its list: these columns of it."""
    return lambda rows: table(rows, columns)


def facts(result: Mapping[str, Any]) -> str:
    """One line for each fact of a result that is a single thing."""
    told = [(_label(name), _text(value, name)) for name, value in result.items()]
    width = max((_width(name) for name, _ in told), default=0)
    return "\n".join(f"{name}{' ' * (width - _width(name))}  {value}".rstrip() for name, value in told)


def _label(key: str) -> str:
    return t(LABELS.get(key, key), language())


def _text(value: Any, key: str = "") -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "✓" if value else "—"
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_text(inner)}" for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_text, value))
    return t(CODE_LABELS.get(value, value), language()) if key in CODES and isinstance(value, str) else str(value)


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def group() -> Callable[[Callable[..., Any]], SpokenGroup]:
    """A group of commands."""
    return click.group(cls=SpokenGroup)


def command(name: str | None = None, **options: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """A command with --json. The function returns its result; `text(result)` of the option `text` prints it for people.

    An error is printed as message and remedy (or as JSON) and ends the command with 1, a wrong use with 2.
    """
    text: Callable[[Any], str] = options.pop("text", _default_text)
    of: click.Group | None = options.pop("group", None)

    def decorate(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def run(as_json: bool, **arguments: Any) -> None:
            logs.to_terminal()
            result = _guarded(function, arguments, as_json)
            if result is not None:
                click.echo(to_json(result, indent=True) if as_json else text(result))

        with_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(run)
        maker = of.command if of else click.command
        made: click.Command = maker(name, cls=Spoken, **options)(with_json)
        return made

    return decorate


def _default_text(result: Any) -> str:
    if isinstance(result, Mapping):
        return facts(result)
    return table(result) if isinstance(result, list) else str(result)


def _guarded(function: Callable[..., Any], arguments: dict[str, Any], as_json: bool) -> Any:
    try:
        return function(**arguments)
    except LingyuanError as error:
        fail(error, as_json)
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except Exception as error:
        if not _of_database(error):
            fail(_noted(error), as_json)
        log.debug("the database is away", exc_info=error)
        fail(Unavailable(), as_json)


def _of_database(error: Exception) -> bool:
    """Whether the database could not be reached; where its libraries were not loaded, it was not asked."""
    if "sqlalchemy" not in sys.modules:
        return False
    import psycopg
    import sqlalchemy as sa

    return isinstance(error, (sa.exc.OperationalError, psycopg.OperationalError))


def _noted(error: Exception) -> LingyuanError:
    """The error written down whole in the log, and what is told instead."""
    from park.config import Settings

    reference, folder = secrets.token_hex(4), Settings.read(os.environ).logs
    file = logs.to_file(folder, "cli")
    log.error("unexpected", reference=reference, exc_info=error)
    logs.to_terminal()
    return Unexpected(kind=type(error).__name__, reference=reference, file=file)


def fail(error: LingyuanError, as_json: bool, code: int = 1) -> NoReturn:
    """Prints the error and ends the program."""
    said = say(error, language())
    if as_json:
        click.echo(to_json({"error": said}, indent=True))
    else:
        click.echo(said["message"], err=True)
        if said["remedy"]:
            click.echo("→ " + said["remedy"], err=True)
    sys.exit(code)


def wants_json() -> bool:
    """Whether the command that runs prints JSON."""
    return bool(click.get_current_context().params.get("as_json"))
