"""What lies open in the catalog: opaque names, nothing for PUBLIC, forced row security - and its blindness (I10)."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest
from psycopg import sql

from park import members, offboarding, schema
from park.access import owner_session, summary_session
from park.installation import Installation
from park.models import metadata as shared
from tenants import provision
from tests.databases import new_tenant
from tests.isolation.world import World, superuser

# Every text of the catalog that anybody may read and that a person could have named.
NAMES = """
    SELECT nspname::text FROM pg_namespace UNION ALL SELECT relname FROM pg_class UNION ALL SELECT attname FROM pg_attribute
    UNION ALL SELECT rolname FROM pg_roles UNION ALL SELECT datname FROM pg_database UNION ALL SELECT conname FROM pg_constraint
    UNION ALL SELECT proname FROM pg_proc UNION ALL SELECT typname FROM pg_type UNION ALL SELECT polname FROM pg_policy
    UNION ALL SELECT tgname FROM pg_trigger UNION ALL SELECT description FROM pg_description
    UNION ALL SELECT description FROM pg_shdescription UNION ALL SELECT label FROM pg_seclabel
    UNION ALL SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef UNION ALL SELECT prosrc FROM pg_proc
"""


def test_no_companys_name_is_in_the_catalog(installed_world: World) -> None:
    world = installed_world
    with superuser(world) as connection:
        titles = [one for (one,) in connection.execute("SELECT title FROM shared.tenant UNION ALL SELECT title FROM shared.park")]
        found = " ".join(str(one) for (one,) in connection.execute(NAMES))
    assert len(titles) >= 5
    assert [one for one in titles if one in found] == []


def test_names_of_tenants_and_parks_say_nothing(world: World) -> None:
    for kind, names in (("t", (world.mine, world.near, world.far)), ("p", (world.here, world.there))):
        for name in names:
            assert re.fullmatch(rf"{kind}_{world.db.prefix}_[0-9a-f]{{12}}", name)
    assert len({provision.new_name("t", "x") for _ in range(1000)}) == 1000


def test_public_creates_nothing(world: World) -> None:
    with superuser(world) as connection:
        schemas = connection.execute(
            "SELECT nspname FROM pg_namespace, aclexplode(nspacl) a WHERE a.grantee = 0 AND a.privilege_type = 'CREATE'"
        ).fetchall()
        database = connection.execute(
            "SELECT a.privilege_type FROM pg_database, aclexplode(datacl) a WHERE datname = current_database() AND a.grantee = 0"
        ).fetchall()
        usable = connection.execute(
            "SELECT nspname FROM pg_namespace, aclexplode(nspacl) a WHERE a.grantee = 0 AND a.privilege_type = 'USAGE' "
            "AND nspname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
    assert (schemas, database, usable) == ([], [], [])


UNFORCED = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'shared' AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
    AND (EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE pg_get_userbyid(a.grantee) ~ %(roles)s)
      OR EXISTS (SELECT FROM pg_attribute t, aclexplode(t.attacl) a
                 WHERE t.attrelid = c.oid AND pg_get_userbyid(a.grantee) ~ %(roles)s))
"""


def unforced(connection: psycopg.Connection[Any], world: World) -> set[str]:
    """Shared tables with a grant to people's roles but without forced row security."""
    roles = f"^{world.db.prefix}_(tenants|parks|regulator|auditor|consent|summary)$|^[tp]_"
    return {name for (name,) in connection.execute(UNFORCED, {"roles": roles})}


def test_row_security_is_forced_wherever_people_have_a_grant(world: World) -> None:
    with superuser(world) as connection:
        assert unforced(connection, world) == set()


def test_the_same_test_sees_a_table_that_is_not_forced(world: World) -> None:
    with superuser(world) as connection:
        connection.execute("ALTER TABLE shared.flow_day NO FORCE ROW LEVEL SECURITY")
        connection.execute("ALTER TABLE shared.audit DISABLE ROW LEVEL SECURITY")
        connection.execute(sql.SQL("GRANT SELECT (name) ON shared.user TO {}").format(sql.Identifier(world.role("parks"))))
        assert unforced(connection, world) == {"flow_day", "audit", "user"}


def walled(world: World) -> list[str]:
    """The tables under forced row security."""
    with superuser(world) as connection:
        return [one for (one,) in connection.execute("SELECT relname FROM pg_class WHERE relforcerowsecurity ORDER BY 1")]


def test_the_owner_is_not_blind_behind_the_forced_walls(world: World) -> None:
    """Without a policy of its own the owner's DELETE would say 0 and no error."""
    tables = walled(world)
    assert len(tables) >= 15
    for name in tables:
        table = shared.tables[f"shared.{name}"]
        with world.session(world.role("migrator")) as session:
            rows = session.scalar(f"SELECT count(*) FROM shared.{name}")
            assert rows >= 2, name
            column = next(iter(table.primary_key.columns)).name
            if name == "audit":  # its lines stay; only names are replaced
                column = "actor"
            assert session.execute(f'UPDATE shared.{name} SET "{column}" = "{column}"').rowcount == rows, name
            if name != "audit":
                assert session.execute(f"DELETE FROM shared.{name}").rowcount == rows, name


def test_without_its_policy_it_would_be_blind_and_would_not_know(world: World) -> None:
    with superuser(world) as connection:
        connection.execute("DROP POLICY owner ON shared.flow_day")
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(world.role("migrator"))))
        assert connection.execute("DELETE FROM shared.flow_day").rowcount == 0


def test_every_walled_table_lets_the_owner_in(world: World) -> None:
    with superuser(world) as connection:
        policies = connection.execute(
            "SELECT tablename FROM pg_policies WHERE policyname = 'owner' AND cmd = 'ALL' AND qual = 'true' "
            "AND with_check = 'true' AND roles = ARRAY[%s::name] ORDER BY 1",
            (world.role("migrator"),),
        ).fetchall()
    assert [name for (name,) in policies] == walled(world)


def test_provisioning_touches_the_registry(world: World) -> None:
    name = new_tenant(world.installed, world.here)
    with owner_session(world.db, world.installed.owner) as session:
        row = session.row("SELECT state, version FROM shared.tenant WHERE name = :n", n=name)
        done = session.scalar(
            "SELECT count(*) FROM shared.mark WHERE tenant = :n AND kind = 'provision' AND done IS NOT NULL", n=name
        )
    assert row is not None
    assert (row.state, row.version, done) == ("active", provision.head(), 1)


def test_migration_counts_every_tenant(world: World) -> None:
    with psycopg.connect(world.installed.owner_dsn) as connection, superuser(world) as other:
        (everyone,) = other.execute("SELECT count(*) FROM shared.tenant").fetchone() or (0,)
        assert sum(schema.status(connection).values()) == everyone >= 3


def test_the_summaries_are_replaced(world: World) -> None:
    with summary_session(world.db, world.installed.owner) as session:
        assert session.execute("DELETE FROM shared.summary_month").rowcount >= 2
        session.connection.rollback()


def test_erasure_deletes_what_it_says(world: World, tmp_path: Path) -> None:
    """The rows it reports are those that were there, in every shared table of the tenant; then none is left."""
    tenant = new_tenant(world.installed, world.here)
    with superuser(world, autocommit=True) as connection:
        for table in offboarding.PUBLISHED:
            columns = [one.name for one in shared.tables[f"shared.{table}"].columns if one.name != "tenant"]
            listed = sql.SQL(", ").join(map(sql.Identifier, columns))
            copied = sql.SQL("INSERT INTO shared.{0} (tenant, {1}) SELECT %s, {1} FROM shared.{0} WHERE tenant = %s")
            connection.execute(copied.format(sql.Identifier(table), listed), (tenant, world.mine))
    house = cast("Installation", SimpleNamespace(db=world.db, owner=world.installed.owner, files=tmp_path))
    told = offboarding.erase(house, tenant, actor="test")
    assert told["rows"] == {**dict.fromkeys(offboarding.PUBLISHED, 1), "tenant": 1}
    with superuser(world) as connection:
        for table in shared.sorted_tables:
            found = connection.execute(sql.SQL("SELECT count(*) FROM shared.{} AS x WHERE x::text LIKE %s").format(
                sql.Identifier(table.name)), (f"%{tenant}%",)).fetchone()  # fmt: skip
            assert found == (0,), table.name
        assert connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (tenant,)).fetchone() is None


@pytest.fixture
def installed_world(world: World) -> World:
    """The world, with a held firm that has a Chinese name."""
    members.create(
        world.db, world.installed.owner, park=world.here, title="重庆某某电镀有限公司", actor="test", credit_code=None, held=True,
    )  # fmt: skip
    return world
