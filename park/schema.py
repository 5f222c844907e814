"""Brings the shared schema and every tenant's schema to the newest revision."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from psycopg import sql

from tenants import provision

_HISTORY = Path(__file__).parent / "migrations"
BATCH = 20
LOCK_TIMEOUT_MS = 900


def config(connection: sa.Connection, prefix: str) -> Config:
    """Alembic's configuration of the shared schema."""
    made = Config()
    made.set_main_option("script_location", str(_HISTORY))
    made.attributes.update(connection=connection, prefix=prefix)
    return made


def migrate_shared(owner: sa.Engine, prefix: str) -> None:
    """Upgrades the shared schema, as its owner."""
    with owner.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA IF NOT EXISTS shared"))
        connection.execute(sa.text("SET LOCAL lock_timeout = '10s'"))
        command.upgrade(config(connection, prefix), "head")


@dataclass(frozen=True)
class Migrated:
    """What became of one batch: tenants brought up, and those that failed with their reason."""

    done: int
    failed: list[tuple[str, str]]
    left: int


def pending(connection: psycopg.Connection[Any], target: str) -> list[tuple[str, str]]:
    """(tenant, its revision) of all provisioned tenants that are not at the target."""
    return connection.execute(
        "SELECT name, version FROM shared.tenant WHERE version IS NOT NULL AND version <> %s ORDER BY version, name", (target,)
    ).fetchall()


def migrate_tenants(dsn: str, target: str | None = None, tries: int = 5) -> Iterator[Migrated]:
    """Upgrades every tenant schema in batches, yielding after each. Can be interrupted and run again.

    A batch that fails is tried tenant by tenant; a tenant that fails keeps its revision, and the rest go on.

    Args:
        dsn: Connection string of the tables' owner.
        target: Revision; None: newest.
    """
    goal = target or provision.head()
    with psycopg.connect(dsn) as connection:
        todo = pending(connection, goal)
        connection.commit()
        left = len(todo)
        while todo:
            since = todo[0][1]
            batch = [name for name, version in todo[:BATCH] if version == since]
            todo = todo[len(batch) :]
            failed = _upgrade(connection, batch, since, goal, tries)
            left -= len(batch)
            yield Migrated(len(batch) - len(failed), failed, left)


def _upgrade(
    connection: psycopg.Connection[Any], names: Sequence[str], since: str, goal: str, tries: int
) -> list[tuple[str, str]]:
    for attempt in range(tries if len(names) == 1 else 1):
        try:
            with connection.transaction(), connection.pipeline():
                connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_MS}ms'")
                for name in names:
                    _upgrade_one(connection, name, since, goal)
        except psycopg.Error as error:
            if len(names) > 1:
                return [failure for name in names for failure in _upgrade(connection, [name], since, goal, tries)]
            reason = str(error).strip()
            if isinstance(error, psycopg.errors.LockNotAvailable):
                time.sleep(0.2 * (attempt + 1))
                continue
            return [(names[0], reason)]
        return []
    return [(names[0], reason)]


def _upgrade_one(connection: psycopg.Connection[Any], name: str, since: str, goal: str) -> None:
    tenant = sql.Identifier(name)
    connection.execute(sql.SQL("SET LOCAL search_path = {}, pg_temp").format(tenant))
    for statement in provision.script(since, goal):
        connection.execute(statement)  # type: ignore[arg-type]
    connection.execute(sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {0} TO {0}").format(tenant))
    connection.execute("UPDATE shared.tenant SET version = %s WHERE name = %s", (goal, name))


def status(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many tenants are at which revision."""
    rows = connection.execute(
        "SELECT coalesce(version, '-'), count(*) FROM shared.tenant WHERE state <> 'erased' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return dict(rows)
