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
# With all their signatures, which differ between versions.
CLOSED_FUNCTIONS = (
    "set_config", "lo_creat", "lo_create", "lo_from_bytea", "pg_export_snapshot", "pg_notify", "pg_logical_emit_message",
    "pg_advisory_lock", "pg_advisory_lock_shared", "pg_try_advisory_lock", "pg_try_advisory_lock_shared",
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
    return sql.SQL(statement).format(*map(sql.Identifier, names))


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
    for function in closed_functions(connection):
        connection.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC").format(sql.SQL(function)))
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


def closed_functions(connection: psycopg.Connection[Any]) -> list[str]:
    """The signatures of `CLOSED_FUNCTIONS` in this version of PostgreSQL."""
    found = connection.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY(%s)",
        (list(CLOSED_FUNCTIONS),),
    )
    return sorted(one for (one,) in found)


# One line for each way out that stands open to a role people work under.
_OPEN = """
    WITH role AS (SELECT * FROM pg_roles WHERE rolname = ANY(%(roles)s)),
    login AS (SELECT * FROM role WHERE rolcanlogin)
    SELECT p.oid::regprocedure::text FROM role r JOIN pg_proc p ON has_function_privilege(r.oid, p.oid, 'EXECUTE')
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = ANY(%(functions)s)
    UNION SELECT 'language ' || l.lanname FROM role r JOIN pg_language l ON has_language_privilege(r.oid, l.oid, 'USAGE')
    WHERE l.lanname = 'plpgsql'
    UNION SELECT 'temporary tables' FROM role r WHERE has_database_privilege(r.oid, current_database(), 'TEMP')
    UNION SELECT 'new schemas' FROM role r WHERE has_database_privilege(r.oid, current_database(), 'CREATE')
    UNION SELECT 'schema ' || n.nspname FROM role r JOIN pg_namespace n ON has_schema_privilege(r.oid, n.oid, 'CREATE')
    UNION SELECT 'a login with too many rights' FROM role WHERE rolsuper OR rolbypassrls OR rolcreaterole
    UNION SELECT 'a login that inherits a role' FROM login r JOIN pg_auth_members a ON a.member = r.oid AND a.inherit_option
    UNION SELECT 'the parks'' login that is a tenant' FROM login r JOIN pg_auth_members a ON a.member = r.oid
    JOIN pg_roles t ON t.oid = a.roleid WHERE r.rolname = %(viewer)s AND t.rolname LIKE 't\\_%%'
"""


def verify_exits(connection: psycopg.Connection[Any], prefix: str) -> None:
    """Raises ExitsOpen if a role of this installation could leave its transaction's role."""
    names = ("app", "viewer", "tenants", "parks", "accounts", "regulator", "auditor")
    given = {
        "roles": [f"{prefix}_{name}" for name in names], "viewer": f"{prefix}_viewer", "functions": list(CLOSED_FUNCTIONS),
    }  # fmt: skip
    found = sorted(one for (one,) in connection.execute(_OPEN, given))
    if found:
        raise ExitsOpen(open=", ".join(found))
