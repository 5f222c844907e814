"""A database built by the histories equals the models, and thousands of schemas migrate without stopping at one."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from psycopg import sql

from park import schema
from park.models import metadata as shared
from tenants.db import tenant_session
from tenants.models.own import metadata as own
from tests.databases import Installed, install, new_park, new_tenant, uninstall

CHANGE = ("ALTER TABLE activity ADD COLUMN later text", "CREATE INDEX activity_later_idx ON activity (later)")


def differences(engine: sa.Engine, metadata: sa.MetaData, path: str, **options: Any) -> list[Any]:
    with engine.connect() as connection:
        connection.execute(sa.text(f"SET search_path = {path}"))
        connection.dialect.default_schema_name = path
        try:
            context = MigrationContext.configure(connection, opts={"compare_type": True, **options})
            return list(compare_metadata(context, metadata))
        finally:
            connection.dialect.default_schema_name = "public"
            connection.invalidate()


def test_shared_history_equals_models(installed: Installed) -> None:
    def ours(name: str | None, kind: str, parents: object) -> bool:
        return name == "shared" if kind == "schema" else name != "alembic_version"

    assert differences(installed.owner, shared, "public", include_schemas=True, include_name=ours) == []


def test_tenant_history_equals_models(installed: Installed, tenant: str) -> None:
    assert differences(installed.owner, own, tenant) == []


def test_a_tenant_has_few_tables() -> None:
    assert len(own.tables) <= 25
    assert all(table.primary_key.columns for table in own.tables.values())


@pytest.mark.parametrize("first", ["2025-03-01", "2098-01-01"])
def test_a_firms_own_rows_are_found_by_its_name(installed: Installed, tenant: str, first: str) -> None:
    """Also where the days lie beyond what the planner knows of: otherwise every firm would read the rows of all."""
    query = (
        "EXPLAIN SELECT sum(quantity) FROM shared.flow_day WHERE tenant = current_user AND site = gen_random_uuid() "
        f"AND flow = 'grid_in' AND day >= date '{first}'"
    )
    with tenant_session(installed.db, tenant) as session:
        session.execute("SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in session.rows(query))
    assert "flow_day_pkey" in plan
    assert "Index Cond: ((tenant = CURRENT_USER)" in plan


def test_names_of_roles_are_compared_as_current_user_is(installed: Installed) -> None:
    with psycopg.connect(installed.superuser) as connection:
        found = connection.execute(
            "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation l "
            "ON l.oid = a.attcollation WHERE c.relnamespace = 'shared'::regnamespace AND c.relkind = 'r' "
            "AND a.attname IN ('tenant', 'park') AND l.collname <> 'C'"
        ).fetchall()
    assert found == []


@pytest.fixture
def many(superuser: str) -> Any:
    made = install(superuser)
    park = new_park(made)
    yield made, [new_tenant(made, park) for _ in range(7)]
    uninstall(made, superuser)


def columns(installed: Installed, tenant: str) -> set[str]:
    with psycopg.connect(installed.owner_dsn) as connection:
        found = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = 'activity'", (tenant,)
        )
        return {row[0] for row in found}


def test_one_failing_tenant_does_not_stop_the_rest(many: tuple[Installed, list[str]]) -> None:
    installed, tenants = many
    broken = tenants[3]
    with psycopg.connect(installed.owner_dsn) as connection:
        connection.execute(sql.SQL("ALTER TABLE {}.activity ADD COLUMN later int").format(sql.Identifier(broken)))
    steps = list(schema.migrate_tenants(installed.owner_dsn, "next", render=lambda _, __: CHANGE))
    failed = [one for step in steps for one in step.failed]
    assert [name for name, _ in failed] == [broken]
    assert "later" in failed[0][1]
    for tenant in set(tenants) - {broken}:
        assert "later" in columns(installed, tenant)
    with psycopg.connect(installed.owner_dsn) as connection:
        assert schema.status(connection)["next"] == 6
        connection.execute(sql.SQL("ALTER TABLE {}.activity DROP COLUMN later").format(sql.Identifier(broken)))
    again = list(schema.migrate_tenants(installed.owner_dsn, "next", render=lambda _, __: CHANGE))
    assert [(step.done, step.failed) for step in again] == [(1, [])]


def test_a_reader_makes_it_wait_and_a_held_lock_makes_it_fail_alone(many: tuple[Installed, list[str]]) -> None:
    installed, tenants = many
    with psycopg.connect(installed.owner_dsn) as holder:
        holder.execute(sql.SQL("SELECT count(*) FROM {}.activity").format(sql.Identifier(tenants[0])))
        steps = list(schema.migrate_tenants(installed.owner_dsn, "next", tries=1, render=lambda _, __: CHANGE))
    failed = [one for step in steps for one in step.failed]
    assert [name for name, _ in failed] == [tenants[0]]
    assert failed[0][1].startswith("locked")
    assert sum(step.done for step in steps) == 6


def test_interrupted_and_run_again(many: tuple[Installed, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    installed, tenants = many
    monkeypatch.setattr(schema, "BATCH", 2)
    steps = schema.migrate_tenants(installed.owner_dsn, "next", render=lambda _, __: CHANGE)
    next(steps)
    steps.close()
    rest = list(schema.migrate_tenants(installed.owner_dsn, "next", render=lambda _, __: CHANGE))
    assert rest == [] or rest[-1].left == 0
    assert all("later" in columns(installed, tenant) for tenant in tenants)
