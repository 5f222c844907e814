"""Each row-level policy by itself: what the roles it is for can do with it, and what without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from park.models import metadata as shared
from tests.isolation.attempts import marks
from tests.isolation.catalog import relations
from tests.isolation.rows import row
from tests.isolation.world import World, superuser

OPEN = (None, "true")


@dataclass(frozen=True)
class Policy:
    """A policy that keeps something out: `using` chooses the rows seen, `check` those written."""

    table: str
    name: str
    command: str
    group: str
    using: str | None
    check: str | None

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


def policies(world: World) -> list[Policy]:
    """The policies of the shared schema that do not let everything through."""
    with superuser(world) as connection:
        found = connection.execute(
            "SELECT tablename, policyname, cmd, roles[1]::text, qual, with_check FROM pg_policies WHERE schemaname = 'shared' "
            "ORDER BY 1, 2"
        ).fetchall()
    return [one for one in (Policy(*line) for line in found) if one.using not in OPEN or one.check not in OPEN]


def member(world: World, policy: Policy) -> str:
    """Somebody of the group that the policy is for."""
    group = policy.group.removeprefix(f"{world.db.prefix}_")
    return {"tenants": world.mine, "parks": world.here}.get(group, policy.group)


def foreigners(world: World, role: str) -> list[str]:
    """Whose rows the member may not have; a role that is neither tenant nor park has none of its own."""
    if role in (world.mine, world.here):
        return list(world.foreign(role))
    return [world.mine, world.near, world.far, world.here, world.there]


def breaches(world: World, policy: Policy, *, without: bool) -> list[str]:
    """What the member does with foreign rows - reads, changes, writes - with the policy or without it. Undone at the end."""
    role = member(world, policy)
    with superuser(world) as connection:
        if policy.table == "audit":  # its columns are not all granted: here the policy has to hold alone
            connection.execute(sql.SQL("GRANT INSERT ON shared.audit TO {}").format(sql.Identifier(role)))
        if without:
            _open(connection, policy)
        rights = {right: _columns(connection, role, policy.table, right) for right in ("SELECT", "INSERT", "UPDATE")}
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
        found = []
        if policy.using not in OPEN:
            if (
                policy.command in ("ALL", "SELECT")
                and rights["SELECT"]
                and _reads(connection, policy.table, foreigners(world, role))
            ):
                found.append("reads")
            if (
                policy.command in ("ALL", "UPDATE")
                and rights["UPDATE"]
                and _changes(connection, world, policy.table, rights["UPDATE"], role)
            ):
                found.append("changes")
        if policy.check not in OPEN and policy.command in ("ALL", "INSERT") and rights["INSERT"]:
            found += ["writes"] * _writes(connection, world, policy.table, rights["INSERT"], role)
        return found


def may_insert(world: World, policy: Policy) -> bool:
    """Whether the policy's CHECK is the one that new rows meet."""
    if policy.command not in ("ALL", "INSERT"):
        return False
    with superuser(world) as connection:
        return policy.command == "INSERT" or bool(_columns(connection, member(world, policy), policy.table, "INSERT"))


def _open(connection: psycopg.Connection[Any], policy: Policy) -> None:
    """Lets the policy pass everything."""
    for clause, present in (("USING (true)", policy.using), ("WITH CHECK (true)", policy.check)):
        if present is not None:
            statement = sql.SQL("ALTER POLICY {} ON shared.{} " + clause)  # type: ignore[arg-type]
            connection.execute(statement.format(sql.Identifier(policy.name), sql.Identifier(policy.table)))


def _columns(connection: psycopg.Connection[Any], role: str, table: str, right: str) -> list[str]:
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = format('shared.%%I', %s::text)::regclass AND attnum > 0 "
        "AND NOT attisdropped AND has_column_privilege(%s, attrelid, attnum, %s) ORDER BY attnum",
        (table, role, right),
    )
    return [name for (name,) in found]


def _reads(connection: psycopg.Connection[Any], table: str, owners: list[str]) -> bool:
    texts = connection.execute(sql.SQL("SELECT x::text FROM shared.{} AS x").format(sql.Identifier(table))).fetchall()
    return any(mark in text for mark in marks(owners) for (text,) in texts)


def _changes(connection: psycopg.Connection[Any], world: World, table: str, columns: list[str], role: str) -> bool:
    """Whether an update without a condition meets more rows than are the member's own."""
    name = sql.Identifier(table)
    with connection.transaction(force_rollback=True):
        connection.execute("RESET ROLE")
        texts = [one for (one,) in connection.execute(sql.SQL("SELECT x::text FROM shared.{} AS x").format(name))]
    own = sum(not any(mark in text for mark in marks(foreigners(world, role))) for text in texts)
    column = sql.Identifier(columns[-1])
    value = {"state": "'suspended'", "consent": "'month'"}.get(columns[-1])
    assigned = sql.SQL(value) if value else column  # type: ignore[arg-type]
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(sql.SQL("UPDATE shared.{} SET {} = {}").format(name, column, assigned)).rowcount > own
    except psycopg.errors.InsufficientPrivilege:
        return False


def _writes(connection: psycopg.Connection[Any], world: World, table: str, columns: list[str], role: str) -> bool:
    """Whether a row that names somebody else goes in."""
    relation = next(one for one in relations(world, "shared") if one.name == table)
    done = False
    for variant, owner in enumerate(foreigners(world, role), start=5):
        given = row(shared.tables[f"shared.{table}"], owner, {}, variant) | _as_the_check_wants(world, table, owner, variant)
        given = {name: one for name, one in given.items() if name in columns}
        try:
            with connection.transaction(force_rollback=True):
                _insert(connection, relation.name, given)
                done = True
        except psycopg.errors.UniqueViolation:
            done = True  # keys are looked at after the policies
        except psycopg.errors.InsufficientPrivilege:
            continue
    return done


def _as_the_check_wants(world: World, table: str, owner: str, variant: int) -> dict[str, Any]:
    """What lets only the owner be wrong in the row."""
    if table == "tenant":
        return {"name": f"new {variant}", "park": world.there, "state": "provisioning", "held": True}
    return {}


def _insert(connection: psycopg.Connection[Any], table: str, given: dict[str, Any]) -> None:
    values = [psycopg.types.json.Jsonb(one) if isinstance(one, dict) else one for one in given.values()]
    statement = sql.SQL("INSERT INTO shared.{} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, given)),
        sql.SQL(", ").join([sql.Placeholder()] * len(given)),
    )
    connection.execute(statement, values)
