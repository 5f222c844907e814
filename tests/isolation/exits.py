"""What one statement does once an exit that `setup-database` closes stands open. `{near}` is the neighbour."""

from __future__ import annotations

import re

import psycopg
import sqlalchemy as sa

from tests.isolation.attempts import marks
from tests.isolation.world import World

BY_FUNCTION = {
    # The embedded engine is built without XML, so the query within the query goes through text search.
    "set_config": "WITH x AS MATERIALIZED (SELECT set_config('role', '{near}', true) AS role) SELECT word FROM x, LATERAL "
    "ts_stat('SELECT array_to_tsvector(ARRAY[name]) FROM {near}.site' || left(role, 0))",
    "lo_creat": "SELECT lo_creat(-1)",
    "lo_create": "SELECT lo_create(0)",
    "lo_from_bytea": "SELECT lo_from_bytea(0, repeat('x', 1000)::bytea)",
    "pg_export_snapshot": "SELECT pg_export_snapshot()",
    "pg_notify": "SELECT pg_notify('x', 'y')",
    "pg_logical_emit_message": "SELECT pg_logical_emit_message(true, 'x', repeat('y', 1000))",
    "pg_advisory_lock": "SELECT pg_advisory_lock(1)",
    "pg_advisory_lock_shared": "SELECT pg_advisory_lock_shared(1)",
    "pg_try_advisory_lock": "SELECT pg_try_advisory_lock(1)",
    "pg_try_advisory_lock_shared": "SELECT pg_try_advisory_lock_shared(1)",
}  # fmt: skip


def named(world: World, text: str) -> str:
    """The text with this world's names in the places `{near}`, `{mine}`, ..."""
    names = {
        "near": world.near, "mine": world.mine, "far": world.far, "here": world.here, "there": world.there,
        "prefix": world.db.prefix, "database": world.installed.name,
    }  # fmt: skip
    return re.sub(r"\{(\w+)\}", lambda match: names[match[1]], text)


def runs(world: World, *statements: str, role: str | None = None) -> bool:
    """Whether the attacker's statements all run, each by itself, in one transaction."""
    return taken(world, *statements, role=role) is not None


def steals(world: World, *statements: str, role: str | None = None, owner: str | None = None) -> bool:
    """Whether the last of the statements shows a row of the neighbour's."""
    found = taken(world, *statements, role=role)
    return found is not None and any(mark in found for mark in marks([owner or world.near]))


def taken(world: World, *statements: str, role: str | None = None) -> str | None:
    """What the last statement shows, as text; None if one of them is refused."""
    seen = ""
    try:
        with world.session(role) as session:
            for statement in statements:
                result = session.connection.exec_driver_sql(named(world, statement))
                seen = str(result.all()) if result.returns_rows else str(result.rowcount)
    except (sa.exc.DBAPIError, psycopg.Error):
        return None
    return seen
