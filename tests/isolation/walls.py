"""Every wall with the attack that it stops and the way to take it, and only it, away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from park.setup import CLOSED_FUNCTIONS, closed_functions
from tenants.db import opened, tenant_session
from tenants.errors import LingyuanError
from tests.isolation import removal
from tests.isolation.attempts import refusal
from tests.isolation.churn import single
from tests.isolation.exits import BY_FUNCTION, named, runs, steals, taken
from tests.isolation.world import World, consenting, superuser

Attack = Callable[[World], bool]
Removal = Callable[[World], AbstractContextManager[None]]
FOREIGN_DAY = "SELECT * FROM shared.flow_day"


@dataclass(frozen=True)
class Wall:
    """`attack` gives whether it got through; `remove` takes the wall away for as long as its context lasts.

    `seen_at_start`: why the program would not start without it. `guards`: the trigger or view of the catalog that it is.
    """

    name: str
    attack: Attack
    remove: Removal
    seen_at_start: str = ""
    guards: str = ""


def by_sql(*statements: str, undo: str = "") -> Removal:
    """Runs the statements as superuser; `undo` is for what outlives the throw-away database, which is roles."""

    @contextmanager
    def remove(world: World) -> Iterator[None]:
        with superuser(world, autocommit=True) as connection:
            for statement in statements:
                connection.execute(named(world, statement))  # type: ignore[call-overload]
            try:
                yield
            finally:
                if undo:
                    connection.execute(named(world, undo))  # type: ignore[call-overload]

    return remove


def by_patch(patch: Callable[[], AbstractContextManager[None]]) -> Removal:
    """Takes the wall out of the program."""
    return lambda _: patch()


def _login_reads(world: World) -> bool:
    """A connection that took no role reads a tenant's table."""
    try:
        with world.db.app.connect() as connection:
            return world.near in str(connection.exec_driver_sql(named(world, "SELECT name FROM {near}.site")).all())
    except sa.exc.DBAPIError:
        return False


def _viewer_becomes_tenant(world: World) -> bool:
    try:
        with opened(world.db.viewer, world.near, f'"{world.near}"', 10) as connection:
            return world.near in str(connection.exec_driver_sql("SELECT name FROM site").all())
    except LingyuanError:
        return False


def _accounts_by_name(world: World) -> bool:
    try:
        with tenant_session(world.db, world.role("accounts")) as session:
            return bool(session.rows('SELECT * FROM shared."user"'))
    except LingyuanError:
        return False


def _role_outlives(world: World) -> bool:
    """The next one to use the connection has the tenant's rows without taking any role."""
    pool = single(world)
    try:
        with tenant_session(pool.db, world.near):
            pass
        with pool.db.app.connect() as connection:
            return world.near in str(connection.exec_driver_sql(named(world, "SELECT name FROM {near}.site")).all())
    except sa.exc.DBAPIError:
        return False
    finally:
        pool.db.app.dispose()


def _stacked(world: World) -> bool:
    return steals(world, "SELECT 1; SET LOCAL ROLE {near}; SELECT 1", "SELECT name FROM {near}.site")


def _dump_by_owner(world: World) -> bool:
    """The owner reads everybody's rows past the policies, as pg_dump does."""
    statements = ("SET LOCAL row_security = off", FOREIGN_DAY)
    return steals(world, *statements, role=world.role("migrator"))


def _shows_without_consent(view: str) -> Attack:
    return lambda world: steals(world, f"SELECT * FROM park_view.{view}", role=world.here)


def _row_in_an_error(view: str, column: str) -> Attack:
    """A condition that fails on a row shows the row in its message, if it is looked at before the consent is."""

    def attack(world: World) -> bool:
        condition = f"CAST(CASE WHEN tenant = '{world.near}' THEN {column} ELSE '1' END AS int) = 1"
        with consenting(world, world.mine, "interval"), world.session(world.here) as session:
            try:
                session.execute("SET LOCAL enable_nestloop = off")
                session.rows(f"SELECT * FROM {view} WHERE {condition}")
            except sa.exc.DBAPIError as error:
                return refusal(error) == "22P02" and world.near in str(error.orig)
        return False

    return attack


def _sum_of_two(world: World) -> bool:
    found = taken(world, "SELECT * FROM park_view.park_day", role=world.here)
    return bool(found and found != "[]")


def _park_sets(column: str, value: str) -> Attack:
    """The park changes what its tenant alone may change, and reads its days."""
    change = f"UPDATE shared.tenant SET {column} = {value} WHERE name = '{{near}}'"
    return lambda world: steals(world, change, "SELECT * FROM park_view.flow_day", role=world.here)


def _owner_rewrites_audit(statement: str) -> Attack:
    return lambda world: taken(world, statement, role=world.role("migrator")) not in (None, "0")


def _forged_audit(columns: str, values: str) -> Attack:
    return lambda world: runs(world, f"INSERT INTO shared.audit (id, {columns}) VALUES (gen_random_uuid(), {values})")


STOLEN_BY_FUNCTION = "CREATE FUNCTION {place}f() RETURNS text LANGUAGE sql SET role = '{{near}}' AS 'SELECT name FROM {{near}}.site'"


def _function_in(place: str, *before: str) -> Attack:
    """A function of the attacker's own that takes the neighbour's role while it runs."""
    return lambda world: steals(world, *before, STOLEN_BY_FUNCTION.format(place=place), f"SELECT {place}f()")


def reopened(function: str) -> Removal:
    """Everybody may run the function, in all its signatures, until the context ends."""

    @contextmanager
    def remove(world: World) -> Iterator[None]:
        with superuser(world, autocommit=True) as connection:
            mine = [one for one in closed_functions(connection) if one.split("(")[0] == function]
            for signature in mine:
                connection.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO PUBLIC")  # type: ignore[call-overload]
            yield
            for signature in mine:
                connection.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC")  # type: ignore[call-overload]

    return remove


def _through(function: str) -> Attack:
    if function == "set_config":
        return lambda world: steals(world, BY_FUNCTION[function])
    return lambda world: runs(world, BY_FUNCTION[function])


EXITS = [Wall(f"exit {name}", _through(name), reopened(name)) for name in CLOSED_FUNCTIONS]

WALLS = [
    Wall(
        "grants on a tenant's schema",
        lambda world: steals(world, "SELECT name FROM {near}.site"),
        by_sql("GRANT USAGE ON SCHEMA {near} TO PUBLIC", "GRANT SELECT ON ALL TABLES IN SCHEMA {near} TO PUBLIC"),
    ),
    Wall("the login is no superuser", _login_reads, by_sql("ALTER ROLE {prefix}_app SUPERUSER", undo="ALTER ROLE {prefix}_app NOSUPERUSER"),
         seen_at_start="a login with too many rights"),
    Wall("the login inherits no tenant", _login_reads, by_sql("GRANT {near} TO {prefix}_app WITH INHERIT TRUE", undo="GRANT {near} TO {prefix}_app WITH INHERIT FALSE"), seen_at_start="a login that inherits a role"),
    Wall("the viewer is no tenant's member", _viewer_becomes_tenant, by_sql("GRANT {near} TO {prefix}_viewer WITH SET TRUE", undo="REVOKE {near} FROM {prefix}_viewer"), seen_at_start="the parks' login that is a tenant"),
    Wall("only a tenant's name opens its session", _accounts_by_name, by_patch(removal.without_name_check)),
    Wall(
        "row security on published rows",
        lambda world: steals(world, FOREIGN_DAY),
        by_sql("ALTER TABLE shared.flow_day DISABLE ROW LEVEL SECURITY"),
    ),
    Wall("row security forced on the owner", _dump_by_owner, by_sql("ALTER TABLE shared.flow_day NO FORCE ROW LEVEL SECURITY")),
    Wall("SET LOCAL", _role_outlives, by_patch(removal.without_set_local)),
    Wall("the extended protocol", _stacked, by_patch(removal.without_extended_protocol)),
    Wall(
        "language plpgsql",
        lambda world: steals(world, "DO $$ BEGIN SET LOCAL ROLE {near}; END $$", "SELECT name FROM {near}.site"),
        by_sql("GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC"),
        seen_at_start="language plpgsql",
    ),
    Wall("TEMP", _function_in("pg_temp."), by_sql("GRANT TEMP ON DATABASE {database} TO PUBLIC"), seen_at_start="temporary tables"),
    Wall("schema public", _function_in("public."), by_sql("GRANT CREATE, USAGE ON SCHEMA public TO PUBLIC"), seen_at_start="schema public"),
    Wall("new schemas", _function_in("x.", "CREATE SCHEMA x"), by_sql("GRANT CREATE ON DATABASE {database} TO PUBLIC"), seen_at_start="new schemas"),
    *(Wall(f"consent in {view}", _shows_without_consent(view), by_sql(
        f"CREATE OR REPLACE VIEW park_view.{view} WITH (security_barrier) AS SELECT * FROM shared.{view} WHERE park = current_user"
    ), guards=f"view {view}") for view in ("flow_day", "flow_curve")),
    *(Wall(f"security_barrier of {view}", _row_in_an_error(view, column), by_sql(
        f"ALTER VIEW park_view.{view} SET (security_barrier = false)"
    )) for view, column in (("flow_day", "zone"), ("flow_curve", "flow"))),
    Wall(
        "sums of three",
        _sum_of_two,
        by_sql("CREATE OR REPLACE VIEW park_view.park_day WITH (security_barrier) AS SELECT flow, day, "
               "sum(quantity)::bigint AS quantity, sum(missing)::bigint AS missing, sum(expected)::bigint AS expected, "
               "count(*)::int AS tenants FROM shared.flow_day WHERE park = current_user GROUP BY flow, day"),
        guards="view park_day",
    ),
    Wall("a park cannot call its tenant held", _park_sets("held", "true"), by_sql("GRANT UPDATE (held) ON shared.tenant TO {prefix}_parks")),
    Wall("a park cannot consent", _park_sets("consent", "'day'"), by_sql("GRANT UPDATE (consent) ON shared.tenant TO {prefix}_parks")),
    Wall(
        "the audit keeps its lines",
        _owner_rewrites_audit("DELETE FROM shared.audit"),
        by_sql("ALTER TABLE shared.audit DISABLE TRIGGER append_only"),
        guards="trigger append_only",
    ),
    Wall(
        "the audit cannot be emptied",
        _owner_rewrites_audit("TRUNCATE shared.audit"),
        by_sql("ALTER TABLE shared.audit DISABLE TRIGGER never_emptied"),
        guards="trigger never_emptied",
    ),
    Wall(
        "the audit's time is the database's",
        _forged_audit("subject, actor, action, at", "current_user, 'x', 'x.y', '2000-01-01'"),
        by_sql("GRANT INSERT ON shared.audit TO {prefix}_tenants"),
    ),
]  # fmt: skip
