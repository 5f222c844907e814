"""One installation, opened: its settings, its database, and the keys that each process may use."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa

from park import engine, setup
from park.config import Settings
from park.schema import migrate_shared
from tenants.db import Database, make_engine


@dataclass(frozen=True)
class Installation:
    """An installation whose database answers. The owner's key is read only when something asks for it."""

    settings: Settings
    running: engine.Running
    prefix: str
    database: str

    def dsn(self, login: str) -> str:
        """libpq connection string of one of the installation's logins."""
        return self.running.conninfo(f"{self.prefix}_{login}", self.settings.secrets.read(login), self.database)

    def engine(self, login: str, pool_size: int = 8) -> sa.Engine:
        """A pooled engine of one of the logins."""
        url = self.running.url(f"{self.prefix}_{login}", self.settings.secrets.read(login), self.database)
        return make_engine(url, pool_size=pool_size)

    @functools.cached_property
    def db(self) -> Database:
        """The database as people's requests use it."""
        return Database(self.prefix, self.engine("app"), self.engine("viewer"))

    @functools.cached_property
    def owner(self) -> sa.Engine:
        """The tables' owner: for provisioning, migration, erasure. Never in a web process."""
        return self.engine("migrator", pool_size=2)

    @property
    def files(self) -> Path:
        """Where people's uploaded files lie."""
        return self.settings.home / "files"

    def close(self) -> None:
        """Closes the pools that were opened."""
        for name in ("db", "owner"):
            if name in self.__dict__:
                self.__dict__[name].dispose()


def attach(settings: Settings) -> Installation:
    """The installation as a web process finds it: set up before, and with its exits closed.

    Raises:
        ExitsOpen: the database would let a tenant leave its role.
    """
    running = engine.ensure(settings)
    house = _house(settings, running)
    with psycopg.connect(house.dsn("app")) as connection:
        setup.verify_exits(connection, house.prefix)
    return house


def prepare(settings: Settings, running: engine.Running | None = None) -> Installation:
    """The installation with its database set up and its shared schema at the newest revision. Can be run again."""
    running = running or engine.ensure(settings)
    keys = settings.secrets
    if not keys.has("prefix"):
        keys.write("prefix", "z" + secrets.token_hex(3), replace=False)
    house = _house(settings, running)
    passwords = {login: keys.create(login) for login in setup.LOGINS}
    if not _is_set_up(house):
        setup.setup_database(engine.superuser(settings, running), house.prefix, passwords, _given_database(settings))
    migrate_shared(house.owner, house.prefix)
    with psycopg.connect(house.dsn("app")) as connection:
        setup.verify_exits(connection, house.prefix)
    return house


def _given_database(settings: Settings) -> str | None:
    """The database of DATABASE_URL unless it is the server's own, where nobody should live."""
    if settings.database_url is None:
        return None
    name = psycopg.conninfo.conninfo_to_dict(settings.database_url).get("dbname")
    return None if name in ("postgres", "template1") else str(name)


def _house(settings: Settings, running: engine.Running) -> Installation:
    prefix = settings.secrets.read("prefix")
    return Installation(settings, running, prefix, _given_database(settings) or setup.database_name(prefix))


def _is_set_up(house: Installation) -> bool:
    try:
        with psycopg.connect(house.dsn("app"), connect_timeout=5) as connection:
            setup.verify_exits(connection, house.prefix)
    except psycopg.OperationalError:
        return False
    except setup.ExitsOpen:
        return False
    return True


@contextmanager
def opened(settings: Settings) -> Iterator[Installation]:
    """An installation for one command: the engine is started if it was down, and stopped again if so."""
    with engine.using(settings) as running:
        house = prepare(settings, running)
        try:
            yield house
        finally:
            house.close()
