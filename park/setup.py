"""Makes a database ready, once, as a superuser: roles, database, closed exits. And looks at each start whether they are."""

from __future__ import annotations

import re
from typing import Any

import psycopg
from psycopg import sql

from tenants.errors import LingyuanError

# migrator owns the tables; app works for people and tenants; viewer serves park, regulator and auditor pages; worker's job
# library connects by itself.
LOGINS = ("migrator", "app", "viewer", "worker")
# Who may take which role.
GROUPS = {
    "accounts": "app", "tenants": None, "parks": None, "regulator": "viewer", "auditor": "viewer",
    "consent": "migrator", "summary": "migrator",
}  # fmt: skip
# Functions with which one statement could leave its role, fill the disk or leave something behind on a pooled connection.
CLOSED_FUNCTIONS = (
    "set_config(text,text,boolean)", "lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid,bytea)",
    "pg_export_snapshot()", "pg_notify(text,text)",
    "pg_logical_emit_message(boolean,text,text,boolean)", "pg_logical_emit_message(boolean,text,bytea,boolean)",
    *(f"pg_{way}({key})" for way in ("advisory_lock", "advisory_lock_shared", "try_advisory_lock", "try_advisory_lock_shared")
      for key in ("bigint", "integer,integer")),
)  # fmt: skip


class ExitsOpen(LingyuanError):
    """The database lets a tenant leave its role: {open}."""

    status = 500
    remedy = "Run `lingyuan setup-database` once with a superuser's DATABASE_URL, then start again."


def database_name(prefix: str) -> str:
    """The name of the installation's database."""
    return f"lingyuan_{prefix}"


def setup_database(superuser: str, prefix: str, passwords: dict[str, str], database: str | None = None) -> str:
    """The name of the installation's database, with its roles made and its exits closed. Can be run again.

    Args:
        superuser: libpq connection string of a superuser, to any database of the cluster.
        prefix: Random prefix of the installation's roles.
        passwords: One for each of `LOGINS`.
        database: An existing database to use; None: one of our own.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]{3,11}", prefix):
        raise ValueError(f"unusable role prefix {prefix!r}")
    name = database or database_name(prefix)
    with psycopg.connect(superuser, autocommit=True) as connection:
        _logins(connection, prefix, passwords)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(_format("CREATE DATABASE {} OWNER {}", name, f"{prefix}_migrator"))
    with psycopg.connect(superuser, dbname=name, autocommit=True) as connection:
        _close_exits(connection, prefix, name)
    with psycopg.connect(superuser, dbname=name, user=f"{prefix}_migrator", password=passwords["migrator"]) as connection:
        _groups(connection, prefix)
    return name


def _format(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))  # type: ignore[arg-type]


def _exists(connection: psycopg.Connection[Any], role: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is not None


def _logins(connection: psycopg.Connection[Any], prefix: str, passwords: dict[str, str]) -> None:
    for login in LOGINS:
        role = f"{prefix}_{login}"
        if not _exists(connection, role):
            connection.execute(_format("CREATE ROLE {} LOGIN NOINHERIT", role))
        if login == "migrator":
            connection.execute(_format("ALTER ROLE {} CREATEROLE INHERIT", role))
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(passwords[login]))
        connection.execute(statement)


def _close_exits(connection: psycopg.Connection[Any], prefix: str, name: str) -> None:
    migrator, app, viewer, worker = (f"{prefix}_{login}" for login in LOGINS)
    for function in CLOSED_FUNCTIONS:
        connection.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION pg_catalog.{} FROM PUBLIC").format(sql.SQL(function)))  # type: ignore[arg-type]
    connection.execute("REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC")
    connection.execute(_format("GRANT USAGE ON LANGUAGE plpgsql TO {}", migrator))
    connection.execute(_format("REVOKE ALL ON DATABASE {} FROM PUBLIC", name))
    connection.execute(_format("GRANT CREATE, CONNECT ON DATABASE {} TO {}", name, migrator))
    connection.execute(_format("GRANT CONNECT ON DATABASE {} TO {}, {}, {}", name, app, viewer, worker))
    connection.execute(_format("GRANT EXECUTE ON FUNCTION pg_catalog.pg_notify(text, text) TO {}", worker))  # wakes its jobs
    connection.execute(_format("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE", worker, app))
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA pg_catalog")


def _groups(connection: psycopg.Connection[Any], prefix: str) -> None:
    for group, member in GROUPS.items():
        role = f"{prefix}_{group}"
        if not _exists(connection, role):
            connection.execute(_format("CREATE ROLE {} NOLOGIN", role))
        if member:
            connection.execute(_format("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE", role, f"{prefix}_{member}"))


def verify_exits(connection: psycopg.Connection[Any], prefix: str) -> None:
    """Raises ExitsOpen if a role of this installation could leave its transaction's role."""
    found = []
    for login in ("app", "viewer"):
        role = f"{prefix}_{login}"
        for function in CLOSED_FUNCTIONS:
            if _true(connection, "has_function_privilege(%s, %s, 'EXECUTE')", role, f"pg_catalog.{function}"):
                found.append(function)
        if _true(connection, "has_language_privilege(%s, 'plpgsql', 'USAGE')", role):
            found.append("language plpgsql")
        if _true(connection, "has_database_privilege(%s, current_database(), 'TEMP')", role):
            found.append("temporary tables")
        if _true(connection, "has_database_privilege(%s, current_database(), 'CREATE')", role):
            found.append("create schema")
        if _true(connection, "(SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = %s)", role):
            found.append("login with too many rights")
    if found:
        raise ExitsOpen(open=", ".join(sorted(set(found))))


def _true(connection: psycopg.Connection[Any], expression: str, *params: str) -> bool:
    row = connection.execute(f"SELECT {expression}", params).fetchone()  # type: ignore[arg-type]
    return bool(row and row[0])
