"""lingyuan serve, worker, demo, migrate, setup-database, engine"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import click
import psycopg

from park import engine as pg
from park import logs, schema
from park.cli.frame import command, house, table, wants_json
from park.cli.spoken import language
from park.config import Settings
from park.installation import prepare
from park.plain import to_json
from park.words import t


@command()
def serve() -> None:
    """Run the web server, the database below it, and the MQTT subscriber if a broker is named; the worker is another command."""
    from park import serving

    settings = Settings.read(os.environ)
    prepare(settings).close()
    raise SystemExit(serving.serve(settings, language(), [serving.web(settings), *serving.mqtt(settings)]))


@command()
def worker() -> None:
    """Run the worker until it is told to stop."""
    from park import jobs

    settings = Settings.read(os.environ)
    logs.to_output("worker", settings.log_level)
    found = prepare(settings)
    try:
        asyncio.run(jobs.run(found))
    finally:
        found.close()


@command()
@click.option("--once", is_flag=True, help="Prepare the demo park, then end.")
def demo(once: bool) -> None:
    """Run the whole product with a demo park that lives: new intervals keep arriving."""
    from park.demo import run

    raise SystemExit(run.main(Settings.read(os.environ), language(), once=once))


def _status_text(result: dict[str, Any]) -> str:
    rows = [{"revision": version, "tenants": count} for version, count in result["tenants"].items()]
    parts = [table(rows)]
    if result["failed"]:
        parts += [t("Tenants that keep their revision; the others are up to date:", language()), table(result["failed"])]
    return "\n".join(parts)


@command()
@click.option("--status", "only_status", is_flag=True, help="Only show how many tenants are at which revision.")
def migrate(only_status: bool) -> None:
    """Bring the shared schema and every tenant's schema to the newest revision. Can be interrupted and run again.

    Ends with 1 if a tenant could not be brought up; the others are.
    """
    with house() as found:
        failed = [] if only_status else list(_failed(found.dsn("migrator")))
        with psycopg.connect(found.dsn("migrator")) as connection:
            result = {"tenants": schema.status(connection), "failed": failed}
    click.echo(to_json(result, indent=True) if wants_json() else _status_text(result))
    if failed:
        raise SystemExit(1)


def _failed(dsn: str) -> Iterator[dict[str, str]]:
    """Migrates every tenant, showing how far it is; gives those that failed."""
    for step in schema.migrate_tenants(dsn):
        click.echo(t("{left} tenants left", language(), left=step.left), err=True)
        for name, reason in step.failed:
            yield {"tenant": name, "reason": reason}


@command("setup-database")
def setup_database() -> dict[str, str]:
    """Prepare the database once, with a superuser's DATABASE_URL: roles, closed exits, shared schema."""
    with house() as found:
        return {"database": found.database, "prefix": found.prefix}


@command()
@click.argument("what", type=click.Choice(["start", "stop", "status"]))
def engine(what: str) -> dict[str, Any]:
    """Start, stop or look at the embedded PostgreSQL."""
    settings = Settings.read(os.environ)
    if what == "start":
        pg.ensure(settings)
    elif what == "stop":
        pg.stop(settings)
    found = pg.status(settings)
    return {"state": found.state, "pid": found.pid, "data": str(found.data) if found.data else None}
