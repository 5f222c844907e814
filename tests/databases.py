"""Real databases for tests: an installation, parks and tenants in it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import psycopg
import sqlalchemy as sa
from psycopg import sql

from park import members, parks
from park.schema import migrate_shared
from park.setup import LOGINS, setup_database
from tenants.db import Database, make_engine


@dataclass(frozen=True)
class Installed:
    """One installation in its own database: `superuser` and `owner_dsn` are libpq strings to it."""

    db: Database
    owner: sa.Engine
    superuser: str
    owner_dsn: str
    passwords: dict[str, str]

    @property
    def name(self) -> str:
        """The database's name."""
        return str(self.db.app.url.database)


def install(superuser: str) -> Installed:
    """A fresh installation: roles with their own prefix, a database, the shared schema."""
    prefix = "x" + secrets.token_hex(4)
    passwords = {login: secrets.token_hex(12) for login in LOGINS}
    name = setup_database(superuser, prefix, passwords)
    parts = psycopg.conninfo.conninfo_to_dict(superuser)
    query = {key: str(parts[key]) for key in ("host", "port") if parts.get(key)}

    def engine(login: str) -> sa.Engine:
        url = sa.URL.create(
            "postgresql+psycopg", username=f"{prefix}_{login}", password=passwords[login], database=name, query=query
        )
        return make_engine(url)

    owner = engine("migrator")
    migrate_shared(owner, prefix)
    owner_dsn = psycopg.conninfo.make_conninfo(superuser, dbname=name, user=f"{prefix}_migrator", password=passwords["migrator"])
    db = Database(prefix, engine("app"), engine("viewer"))
    return Installed(db, owner, psycopg.conninfo.make_conninfo(superuser, dbname=name), owner_dsn, passwords)


def uninstall(installed: Installed, superuser: str) -> None:
    """Drops the installation's database and roles."""
    installed.db.dispose()
    installed.owner.dispose()
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(installed.name)))
        like = "%" + installed.db.prefix + "\\_%"
        roles = [
            sql.Identifier(name) for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", (like,))
        ]
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.SQL(", ").join(roles)))  # at once: they granted each other


def new_park(installed: Installed, *, province: str = "重庆", approval: bool = False) -> str:
    """The name of a fresh park."""
    title = "Park " + secrets.token_hex(4)
    made = parks.create(installed.db, installed.owner, title=title, province=province, actor="test", approval=approval)
    return made["park"]


def new_tenant(installed: Installed, park: str, *, held: bool = False) -> str:
    """The name of a fresh tenant, provisioned."""
    title = "Firm " + secrets.token_hex(4)
    return members.create(installed.db, installed.owner, park=park, title=title, actor="test", held=held)
