"""Attacks: each gives whether it got through to something foreign."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from tenants.db import opened, tenant_session
from tenants.errors import LingyuanError
from tests.isolation.attempts import refusal
from tests.isolation.churn import single
from tests.isolation.exits import BY_FUNCTION, named, runs, steals, taken
from tests.isolation.world import World, consenting

Attack = Callable[[World], bool]
FOREIGN_DAY = "SELECT * FROM shared.flow_day"


def steals_by(*statements: str) -> Attack:
    """The attacker's statements, of which the last shows a row of the neighbour's."""
    return lambda world: steals(world, *statements)


def login_reads(world: World) -> bool:
    """A connection that took no role reads a tenant's table."""
    try:
        with world.db.app.connect() as connection:
            return world.near in str(connection.exec_driver_sql(named(world, "SELECT name FROM {near}.site")).all())
    except sa.exc.DBAPIError:
        return False


def viewer_becomes_tenant(world: World) -> bool:
    try:
        with opened(world.db.viewer, world.near, f'"{world.near}"', 10) as connection:
            return world.near in str(connection.exec_driver_sql("SELECT name FROM site").all())
    except LingyuanError:
        return False


def accounts_by_name(world: World) -> bool:
    try:
        with tenant_session(world.db, world.role("accounts")) as session:
            return bool(session.rows('SELECT * FROM shared."user"'))
    except LingyuanError:
        return False


def role_outlives(world: World) -> bool:
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


def stacked(world: World) -> bool:
    return steals(world, "SELECT 1; SET LOCAL ROLE {near}; SELECT 1", "SELECT name FROM {near}.site")


def dump_by_owner(world: World) -> bool:
    """The owner reads everybody's rows past the policies, as pg_dump does."""
    statements = ("SET LOCAL row_security = off", FOREIGN_DAY)
    return steals(world, *statements, role=world.role("migrator"))


def shows_without_consent(view: str) -> Attack:
    return lambda world: steals(world, f"SELECT * FROM park_view.{view}", role=world.here)


def row_in_an_error(view: str, column: str) -> Attack:
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


def sum_of_two(world: World) -> bool:
    found = taken(world, "SELECT * FROM park_view.park_day", role=world.here)
    return bool(found and found != "[]")


def park_sets(column: str, value: str) -> Attack:
    """The park changes what its tenant alone may change, and reads its days."""
    change = f"UPDATE shared.tenant SET {column} = {value} WHERE name = '{{near}}'"
    return lambda world: steals(world, change, "SELECT * FROM park_view.flow_day", role=world.here)


def owner_rewrites_audit(statement: str) -> Attack:
    return lambda world: taken(world, statement, role=world.role("migrator")) not in (None, "0")


def forged_audit(columns: str, values: str) -> Attack:
    return lambda world: runs(world, f"INSERT INTO shared.audit (id, {columns}) VALUES (gen_random_uuid(), {values})")


STOLEN_BY_FUNCTION = (
    "CREATE FUNCTION {place}f() RETURNS text LANGUAGE sql SET role = '{{near}}' AS 'SELECT name FROM {{near}}.site'"
)


def function_in(place: str, *before: str) -> Attack:
    """A function of the attacker's own that takes the neighbour's role while it runs."""
    return lambda world: steals(world, *before, STOLEN_BY_FUNCTION.format(place=place), f"SELECT {place}f()")


def through(function: str) -> Attack:
    if function == "set_config":
        return lambda world: steals(world, BY_FUNCTION[function])
    return lambda world: runs(world, BY_FUNCTION[function])
