"""Two parks and three tenants with one row in every table, so that there is something to steal everywhere."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from park import setup
from park.models import metadata as shared
from tenants.db import Database, Session, TenantSession, make_engine, opened
from tenants.models.own import metadata as own
from tests.databases import Installed, install, new_park, new_tenant, uninstall
from tests.isolation.rows import Row, fill

REGISTRY = ("tenant", "park")  # registered already


@dataclass(frozen=True)
class World:
    """The attacker `mine` and its neighbour `near` in park `here`, and `far` in park `there`."""

    installed: Installed
    here: str
    there: str
    mine: str
    near: str
    far: str
    rows: dict[str, dict[str, Row]]

    @property
    def db(self) -> Database:
        """The installation's database."""
        return self.installed.db

    @property
    def superuser(self) -> str:
        """libpq string of the superuser."""
        return self.installed.superuser

    def role(self, name: str) -> str:
        """A role of the installation."""
        return self.db.role(name)

    def foreign(self, role: str) -> tuple[str, ...]:
        """The owners whose rows this role must never meet."""
        if role == self.here:
            return self.far, self.there
        if role == self.role("regulator"):  # parks are what it compares
            return self.mine, self.near, self.far
        return self.near, self.far, self.there

    @contextmanager
    def session(self, role: str | None = None, *, path: str | None = None, engine: sa.Engine | None = None) -> Iterator[Session]:
        """A transaction under a role, past every check of the program; always rolled back."""
        role = role or self.mine
        side = engine or self.engine_of(role)
        with opened(side, role, f"{path or default_path(self, role)}, pg_temp", 10) as connection:
            kind = TenantSession if role.startswith("t_") else Session
            yield kind(self.db, role, connection)
            connection.rollback()

    def engine_of(self, role: str) -> sa.Engine:
        """The engine whose login may take the role."""
        viewers = (self.here, self.there, self.role("regulator"), self.role("auditor"))
        owners = (self.role("consent"), self.role("summary"), self.role("migrator"))
        return self.db.viewer if role in viewers else self.installed.owner if role in owners else self.db.app


def default_path(world: World, role: str) -> str:
    """The search path the program gives the role."""
    return {world.here: "park_view", world.there: "park_view", world.role("regulator"): "summary"}.get(
        role, f'"{role}"' if role.startswith("t_") else "shared"
    )


@contextmanager
def superuser(world: World, *, autocommit: bool = False) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's connection; what it did is undone unless it commits."""
    with psycopg.connect(world.superuser, autocommit=autocommit) as connection:
        yield connection
        if not autocommit:
            connection.rollback()


@contextmanager
def consenting(world: World, tenant: str, consent: str, *, held: bool = False) -> Iterator[None]:
    """For as long as the context lasts the tenant shows its park so much."""

    def put(consent: str, held: bool) -> None:
        with psycopg.connect(world.superuser) as connection:
            connection.execute("UPDATE shared.tenant SET consent = %s, held = %s WHERE name = %s", (consent, held, tenant))

    put(consent, held)
    try:
        yield
    finally:
        put("month", False)


def build(installed: Installed) -> World:
    """The world in a fresh installation: every table of every tenant and of the shared schema has a row of everyone."""
    here, there = new_park(installed), new_park(installed)
    mine, near, far = new_tenant(installed, here), new_tenant(installed, here), new_tenant(installed, there)
    parks = {mine: here, near: here, far: there}
    rows: dict[str, dict[str, Row]] = {}
    parts = psycopg.conninfo.conninfo_to_dict(installed.superuser)
    query = {key: str(parts[key]) for key in ("host", "port") if parts.get(key)}
    engine = make_engine(sa.URL.create(
        "postgresql+psycopg", username=str(parts["user"]), password=str(parts.get("password", "")),
        database=installed.name, query=query,
    ))  # fmt: skip
    with engine.begin() as connection:
        for tenant, park in parks.items():
            connection.execute(sa.text(f'SET LOCAL search_path = "{tenant}"'))
            fill(connection, own.sorted_tables, tenant, without=("state",))
            rows[tenant] = fill(connection, shared.sorted_tables, tenant, park=park, without=(*REGISTRY, *_of_parks()))
        for park in (here, there):
            rows[park] = fill(connection, shared.sorted_tables, park, park=park, without=(*REGISTRY, *_of_tenants()))
    engine.dispose()
    return World(installed, here, there, mine, near, far, rows)


def _of_tenants() -> list[str]:
    return [table.name for table in shared.sorted_tables if "tenant" in table.columns]


def _of_parks() -> list[str]:
    return [table.name for table in shared.sorted_tables if "park" in table.columns and "tenant" not in table.columns]


@contextmanager
def copied(server: str, original: World) -> Iterator[World]:
    """The same world once more, in a database of its own that is gone afterwards. Roles are the cluster's: both have the same.

    Nobody may be connected to the original while it is copied.
    """
    first = original.installed
    name = f"{first.name}_{secrets.token_hex(3)}"
    first.db.dispose()
    first.owner.dispose()
    with psycopg.connect(server, autocommit=True) as connection:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
        connection.execute(made.format(*map(sql.Identifier, (name, first.name, original.role("migrator")))))
    with psycopg.connect(server, dbname=name, autocommit=True) as connection:
        setup._close_exits(connection, original.db.prefix, name)  # a database's own grants are not copied
    engines = {one: make_engine(engine.url.set(database=name)) for one, engine in
               (("app", first.db.app), ("viewer", first.db.viewer), ("owner", first.owner))}  # fmt: skip
    dsn = {one: psycopg.conninfo.make_conninfo(text, dbname=name) for one, text in
           (("superuser", first.superuser), ("owner_dsn", first.owner_dsn))}  # fmt: skip
    db = Database(original.db.prefix, engines["app"], engines["viewer"])
    try:
        yield replace(original, installed=replace(first, db=db, owner=engines["owner"], **dsn))
    finally:
        for engine in engines.values():
            engine.dispose()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def throwaway(server: str) -> Iterator[World]:
    """A world of its own, gone afterwards."""
    installed = install(server)
    try:
        yield build(installed)
    finally:
        uninstall(installed, server)
