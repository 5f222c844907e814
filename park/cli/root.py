"""The root command; a subcommand's module is imported only when it is called."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import click

from park.cli.spoken import Spoken, spoken

# name -> (module, attribute, one line of help)
COMMANDS = {
    "demo": ("serving", "demo", "Run the product with a living demo park."),
    "serve": ("serving", "serve", "Run the web server."),
    "worker": ("serving", "worker", "Run the worker: provisioning, nightly check, summaries."),
    "mqtt": ("mqtt", "mqtt", "Take readings from an MQTT broker."),
    "mqtt-files": ("mqtt", "mqtt_files", "Write the passwords, rules and configuration of a mosquitto broker."),
    "migrate": ("serving", "migrate", "Bring all schemas to the newest revision, or show where they are."),
    "setup-database": ("serving", "setup_database", "Prepare the database of DATABASE_URL once, as a superuser."),
    "engine": ("serving", "engine", "Start, stop or look at the embedded PostgreSQL."),
    "park": ("parks", "park", "Parks: create, list; totals, targets, factor years, held firms."),
    "tenant": ("tenants", "tenant", "Tenants: create, list, approve, suspend, export, restore, erase."),
    "user": ("people", "user", "People and their roles."),
    "token": ("people", "token", "Tokens of devices and programs."),
    "site": ("places", "site", "A tenant's sites."),
    "meter": ("dials", "meter", "A tenant's meters."),
    "import": ("curves", "import_file", "Import a file of readings or bills as it is."),
    "imports": ("imports", "imports", "What came in, and what was taken back."),
    "undo": ("imports", "undo", "Take an import back as a whole."),
    "layout": ("imports", "layout", "How files of a shape are read."),
    "curve": ("curves", "curve", "Load curve and sums by interval, hour, day, month or year."),
    "problems": ("problems", "problems", "What looks wrong in the data, the most energy first."),
    "problem": ("problems", "problem", "Decide about a problem: accept, replace, leave, undo."),
    "activity": ("activities", "activity", "Bills and other quantities of a period."),
    "certificate": ("certificates", "certificate", "Green certificates and traded green power."),
    "offset": ("certificates", "offset", "Offsets, shown beside the accounts."),
    "account": ("accounts", "account", "Carbon and energy account of a tenant or park."),
    "gateway": ("gateway", "gateway", "Poll meters on the factory floor and forward what they say."),
    "bench": ("bench", "bench", "Measure speed as ratios against limits of the same run."),
}


class Commands(Spoken, click.Group):
    """A group that knows its subcommands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[name]
        found: click.Command = getattr(importlib.import_module(f"park.cli.{module}"), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(spoken("Commands")):
            formatter.write_dl([(name, spoken(text)) for name, (_, _, text) in COMMANDS.items()])

    def main(
        self, args: Sequence[str] | None = None, prog_name: str | None = None, complete_var: str | None = None,
        standalone_mode: bool = True, **extra: Any,
    ) -> Any:  # fmt: skip
        """Runs a command line; a wrong use is told as JSON too where JSON was asked for."""
        given = list(sys.argv[1:] if args is None else args)
        if "--json" not in given or not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode, **extra)
        try:
            sys.exit(super().main(given, prog_name, complete_var, False, **extra))
        except click.UsageError as error:
            from park.plain import to_json

            said = {"code": "wrong_use", "message": error.format_message(), "remedy": spoken("See --help."), "facts": {}}
            click.echo(to_json({"error": said}, indent=True))
            sys.exit(error.exit_code)
        except click.Abort:
            sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lingyuan")
def main() -> None:
    """Lingyuan (零园): the platform with which an industrial park reaches zero carbon.

    Each command takes --json. Settings come from the environment (LINGYUAN_HOME, DATABASE_URL, LINGYUAN_LANG ...).
    """
