"""How to connect to the running database, embedded or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from park.engine.binaries import OLDEST
from park.engine.errors import EngineTooOld, EngineUnreachable

_IDENTITY = ("host", "hostaddr", "port", "user", "password", "dbname")


@dataclass(frozen=True)
class Running:
    """A database server that answers. `started`: by this call. `pid`: of the embedded postmaster, else None."""

    host: str
    port: int
    superuser: str
    database: str
    started: bool = False
    pid: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    def conninfo(self, user: str, password: str, database: str | None = None) -> str:
        """The libpq connection string of a login."""
        parts = {"host": self.host, "port": str(self.port), **self.options}
        return make_conninfo(**parts, user=user, password=password, dbname=database or self.database)

    def url(self, user: str, password: str, database: str | None = None) -> sa.URL:
        """The SQLAlchemy address of a login."""
        query = {"host": self.host, "port": str(self.port), **self.options}
        return sa.URL.create(
            "postgresql+psycopg", username=user, password=password, database=database or self.database, query=query
        )


def outside(database_url: str) -> Running:
    """The server of DATABASE_URL, after it has answered.

    Raises:
        EngineUnreachable, EngineTooOld.
    """
    parts = {key: str(value) for key, value in conninfo_to_dict(database_url).items() if value is not None}
    where = f"{parts['host']}:{parts.get('port', '5432')}"
    try:
        with psycopg.connect(database_url, connect_timeout=5) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        raise EngineUnreachable(where=where, reason=" ".join(str(error).split())) from error
    if version // 10000 < OLDEST:
        raise EngineTooOld(where=where, version=version // 10000)
    options = {key: value for key, value in parts.items() if key not in _IDENTITY}
    return Running(parts["host"], int(parts.get("port", "5432")), parts.get("user", ""), parts["dbname"], options=options)
