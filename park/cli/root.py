"""The root command; a subcommand's module is imported only when it is called."""

from __future__ import annotations

import importlib
from typing import Any

import click

from park import logs

# name -> (module, attribute, one line of help)
COMMANDS = {
    "demo": ("serving", "demo", "Run the product with a living demo park."),
    "serve": ("serving", "serve", "Run the web server."),
    "worker": ("serving", "worker", "Run the worker: provisioning, nightly check, summaries."),
    "migrate": ("serving", "migrate", "Bring all schemas to the newest revision, or show where they are."),
    "setup-database": ("serving", "setup_database", "Prepare the database of DATABASE_URL once, as a superuser."),
    "engine": ("serving", "engine", "Start, stop or look at the embedded PostgreSQL."),
    "park": ("parks", "park", "Create and list parks; totals, targets, factor years."),
    "tenant": ("tenants", "tenant", "Create, list, suspend, export, restore, erase tenants."),
    "user": ("people", "user", "Add people and their roles."),
    "token": ("people", "token", "Create and revoke device tokens."),
    "site": ("places", "site", "List and change a tenant's sites."),
    "meter": ("places", "meter", "List and change a tenant's meters."),
    "import": ("data", "import_file", "Import a file of readings or bills as it is."),
    "curve": ("data", "curve", "Load curve and sums by interval, hour, day, month or year."),
    "activity": ("data", "activity", "Bills and other quantities of a period."),
    "certificate": ("data", "certificate", "Green certificates and traded green power."),
    "offset": ("data", "offset", "Offsets, shown beside the accounts."),
    "account": ("accounts", "account", "Carbon and energy account of a tenant or park."),
    "bench": ("bench", "bench", "Measure speed as ratios against limits of the same run."),
}


class Commands(click.Group):
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
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lingyuan")
def main(**_: Any) -> None:
    """Lingyuan (零园): the platform with which an industrial park reaches zero carbon.

    Each command takes --json. Settings come from the environment (LINGYUAN_HOME, DATABASE_URL, ...); see README.
    """
    logs.to_terminal()
