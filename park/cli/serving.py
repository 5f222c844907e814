"""lingyuan serve, worker, demo, migrate, setup-database, engine"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import click
import psycopg

from park import engine as pg
from park import schema
from park.cli.frame import command, house, language, table
from park.config import Settings
from park.installation import prepare


@command()
def serve() -> None:
    """Run the web server, and the embedded database below it, until told to stop; the worker is a command of its own."""
    from park import serving

    settings = Settings.read(os.environ)
    prepare(settings).close()
    raise SystemExit(serving.serve(settings, language(), [serving.web(settings)]))


@command()
def worker() -> None:
    """Run the worker until it is told to stop."""
    from park import jobs

    found = prepare(Settings.read(os.environ))
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
    failed = "\n".join(f"{one['tenant']}: {one['reason']}" for one in result.get("failed", []))
    return table(rows) + ("\n" + failed if failed else "")


@command(text=_status_text)
@click.option("--status", "only_status", is_flag=True, help="Only show how many tenants are at which revision.")
def migrate(only_status: bool) -> dict[str, Any]:
    """Bring the shared schema and every tenant's schema to the newest revision. Can be interrupted and run again."""
    with house() as found:
        failed: list[dict[str, str]] = []
        if not only_status:
            with click.progressbar(length=0, file=sys.stderr, label="migrate") as bar:
                for step in schema.migrate_tenants(found.dsn("migrator")):
                    bar.length = (bar.length or 0) or step.done + len(step.failed) + step.left
                    bar.update(step.done + len(step.failed))
                    failed += [{"tenant": name, "reason": reason} for name, reason in step.failed]
        with psycopg.connect(found.dsn("migrator")) as connection:
            return {"tenants": schema.status(connection), "failed": failed}


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
