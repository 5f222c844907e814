"""Brings the shared schema and every tenant's schema to the newest revision."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from psycopg import sql
from psycopg_pool import ConnectionPool

from tenants import provision

_HISTORY = Path(__file__).parent / "migrations"
BATCH = 20
LOCK_TIMEOUT_MS = 900
CONNECTIONS = 3
_LOCKED = "locked"


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


Render = Callable[[str, str], Sequence[str]]  # (since, until) -> statements


def migrate_tenants(dsn: str, target: str | None = None, tries: int = 5, render: Render = provision.script) -> Iterator[Migrated]:
    """Upgrades every tenant schema in batches, yielding after each. Can be interrupted and run again.

    A batch that fails is tried tenant by tenant; a tenant that fails keeps its revision, and the rest go on.

    Args:
        dsn: Connection string of the tables' owner.
        target: Revision; None: newest.
        tries: How often a tenant whose tables are in use is tried.
        render: Gives the statements from one revision to another.
    """
    goal = target or provision.head()
    with ConnectionPool(dsn, min_size=1, max_size=CONNECTIONS) as pool, ThreadPoolExecutor(CONNECTIONS) as threads:
        with pool.connection() as connection:
            batches = list(_batches(pending(connection, goal)))
        left = sum(len(names) for _, names in batches)
        work = [threads.submit(_upgrade, pool, names, render(since, goal), goal, tries) for since, names in batches]
        try:
            for done in as_completed(work):
                names, failed = done.result()
                left -= len(names)
                yield Migrated(len(names) - len(failed), failed, left)
        finally:
            threads.shutdown(cancel_futures=True)


def _batches(todo: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """(revision, up to `BATCH` tenants that are at it)."""
    for since, rows in groupby(todo, key=lambda row: row[1]):
        names = [name for name, _ in rows]
        for start in range(0, len(names), BATCH):
            yield since, names[start : start + BATCH]


def _upgrade(
    pool: ConnectionPool[Any], names: list[str], statements: Sequence[str], goal: str, tries: int
) -> tuple[list[str], list[tuple[str, str]]]:
    """The batch and those of it that failed: all together first, then, if that fails, one by one."""
    with pool.connection() as connection:
        if _try(connection, names, statements, goal) is None:
            return names, []
        failed = []
        for name in names:
            reason = _try(connection, [name], statements, goal)
            for attempt in range(1, tries):
                if reason is None or not reason.startswith(_LOCKED):
                    break
                time.sleep(0.2 * attempt)
                reason = _try(connection, [name], statements, goal)
            if reason is not None:
                failed.append((name, reason))
        return names, failed


def _try(connection: psycopg.Connection[Any], names: Sequence[str], statements: Sequence[str], goal: str) -> str | None:
    """None when these tenants were brought up in one transaction, else why not."""
    creates = any(statement.upper().startswith("CREATE TABLE") for statement in statements)
    try:
        with connection.transaction(), connection.pipeline():
            connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_MS}ms'")
            for name in names:
                tenant = sql.Identifier(name)
                connection.execute(sql.SQL("SET LOCAL search_path = {}, pg_temp").format(tenant))
                for statement in statements:
                    connection.execute(statement)
                if creates:
                    grant = "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {0} TO {0}"
                    connection.execute(sql.SQL(grant).format(tenant))
                    connection.execute(sql.SQL("GRANT UPDATE ON ALL SEQUENCES IN SCHEMA {0} TO {0}").format(tenant))
            connection.execute("UPDATE shared.tenant SET version = %s WHERE name = ANY(%s)", (goal, list(names)))
    except psycopg.errors.LockNotAvailable as error:
        return f"{_LOCKED}: {str(error).strip()}"
    except psycopg.Error as error:
        return str(error).strip()
    return None


def status(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many tenants are at which revision."""
    rows = connection.execute(
        "SELECT coalesce(version, '-'), count(*) FROM shared.tenant WHERE state <> 'erased' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return dict(rows)
