"""A throw-away installation for benches: own database and roles in the running engine, dropped afterwards."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from park import engine, setup
from park.config import Settings
from park.installation import Installation, prepare
from park.parks import create as create_park
from tenants import provision

BATCH = 50


@dataclass(frozen=True)
class Ground:
    """The installation, its park and the superuser's connection string."""

    house: Installation
    park: str
    superuser: str

    def tenants(self, count: int, progress: Callable[[int], None] | None = None) -> list[str]:
        """So many provisioned tenants, made in batches."""
        names = [provision.new_name("t", self.house.prefix) for _ in range(count)]
        for start in range(0, count, BATCH):
            with psycopg.connect(self.house.dsn("migrator")) as connection:  # a new one each time: it remembers every table
                self._provision(connection, names[start : start + BATCH])
            if progress:
                progress(start)
        return names

    @property
    def environ(self) -> dict[str, str]:
        """The environment in which the program works on this ground."""
        parts = conninfo_to_dict(self.superuser)
        where = f"host={quote(str(parts['host']), safe='')}&port={parts.get('port', 5432)}"
        url = f"postgresql://{parts['user']}:{quote(str(parts['password']))}@/{self.house.database}?{where}"
        return {**os.environ, "LINGYUAN_HOME": str(self.house.settings.home), "DATABASE_URL": url}

    def _provision(self, connection: psycopg.Connection[Any], names: Sequence[str]) -> None:
        for name in names:
            connection.execute(
                "INSERT INTO shared.tenant (name, park, title, state, timezone, region) "
                "VALUES (%s, %s, %s, 'provisioning', 'Asia/Shanghai', '重庆')",
                (name, self.park, name),
            )
            provision.provision(connection, name, self.house.prefix)


@contextmanager
def ground(settings: Settings) -> Iterator[Ground]:
    """A fresh installation in the engine that runs (or is started for the bench)."""
    with engine.using(settings) as running, TemporaryDirectory(prefix="lingyuan-bench-") as folder:
        superuser = engine.superuser(settings, running)
        own = replace(settings, home=Path(folder))
        own.secrets.write("prefix", "b" + secrets.token_hex(3))
        own.secrets.write("bootstrap", settings.secrets.read("bootstrap"))
        house = prepare(own, running)
        try:
            park = create_park(house.db, house.owner, title="bench", province="重庆", actor="bench", approval=False)["park"]
            yield Ground(house, park, superuser)
        finally:
            house.close()
            _drop(superuser, house)


def _drop(superuser: str, house: Installation) -> None:
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(house.database)))
        pattern = f"(^[tp]_{house.prefix}_|^{house.prefix}_)"
        roles = [row[0] for row in connection.execute("SELECT rolname FROM pg_roles WHERE rolname ~ %s", (pattern,))]
        for login in (f"{house.prefix}_{name}" for name in setup.LOGINS):
            roles = [role for role in roles if role != login] + [login]  # logins go last: they granted the others
        for role in roles:
            connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
        for role in roles:
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
