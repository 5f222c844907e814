"""A tenant's schema: one cached script, rendered from the migrations, runs in one round trip."""

from __future__ import annotations

import functools
import io
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql

_HISTORY = Path(__file__).parent / "migrations"


def new_name(kind: str, prefix: str) -> str:
    """An opaque name for a tenant ("t") or a park ("p"): schema and role at once, never a company's name."""
    return f"{kind}_{prefix}_{secrets.token_hex(6)}"


@functools.cache
def history() -> ScriptDirectory:
    """The Alembic history of one tenant schema."""
    return ScriptDirectory(str(_HISTORY))


@functools.cache
def head() -> str:
    """The newest revision of a tenant schema."""
    found = history().get_current_head()
    if found is None:
        raise RuntimeError("the tenant history has no revision")
    return found


@functools.cache
def script(since: str | None = None, until: str | None = None) -> tuple[str, ...]:
    """The statements that bring a tenant schema from revision `since` (None: empty) to `until` (None: newest).

    Names are unqualified: the caller sets the search path to the schema.
    """
    buffer = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": buffer, "literal_binds": True}
    )
    steps = list(history().iterate_revisions(until or head(), since or "base"))
    with Operations.context(context):
        for step in reversed(steps):
            step.module.upgrade()
    return tuple(part.strip() for part in buffer.getvalue().split(";\n") if part.strip())


def provision(connection: psycopg.Connection[Any], name: str, prefix: str) -> None:
    """Creates the tenant's role and schema and says so in the registry, in the caller's transaction.

    The connection is the owner's (`migrator`). The registry row exists already.
    """
    with connection.pipeline():
        for statement in statements(name, prefix):
            connection.execute(statement)


def statements(name: str, prefix: str) -> Sequence[sql.Composed]:
    """Everything that makes one tenant, as single statements (a Citus coordinator takes no scripts)."""
    tenant, app, group = sql.Identifier(name), sql.Identifier(f"{prefix}_app"), sql.Identifier(f"{prefix}_tenants")

    def say(text: str, *parts: sql.Composable) -> sql.Composed:
        return sql.SQL(text).format(*parts)

    return [
        say("CREATE ROLE {} NOLOGIN", tenant),
        say("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE", tenant, app),
        say("GRANT {} TO {} WITH INHERIT TRUE, SET FALSE", group, tenant),
        say("CREATE SCHEMA {}", tenant),
        say("SET LOCAL search_path = {}, pg_temp", tenant),
        *(sql.Composed([sql.SQL(part)]) for part in script()),
        say("INSERT INTO state DEFAULT VALUES"),
        say("GRANT USAGE ON SCHEMA {0} TO {0}", tenant),
        say("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {0} TO {0}", tenant),
        say("GRANT UPDATE ON ALL SEQUENCES IN SCHEMA {0} TO {0}", tenant),  # a restored tenant counts on from its largest number
        say("UPDATE shared.tenant SET version = {}, state = 'active' WHERE name = {}", sql.Literal(head()), sql.Literal(name)),
    ]
