"""The only way to the database: one transaction, one role.

A web process holds login roles that own nothing. `session` begins a transaction and, in the same round trip, takes the
role whose rows it may see; the end of the transaction ends the role. Nothing else in the program says SET ROLE.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from zoneinfo import ZoneInfo

import psycopg
import sqlalchemy as sa
from psycopg import pq
from psycopg.rows import namedtuple_row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from tenants.errors import LingyuanError, NotFound, Unavailable

_NAME = re.compile(r"[a-z][a-z0-9_]{1,62}")
STATEMENT_TIMEOUT_S = 60
MOST_ROLES = 250  # a backend remembers every table it has touched: half a megabyte for each tenant
_NAMED = re.compile(r"%|(?<![:\w]):([a-z_]\w*)")
_TOPOLOGY = re.compile(r"(?:INTO|UPDATE|FROM)\s+(?:site|meter|channel)\b")
# What passes by itself: connections refused or cut, disk or memory or slots full, a deadlock, a statement that took too long.
_PASSING = ("08", "53", "57", "58", "40001", "40P01", "55P03")


class WrongTenant(LingyuanError):
    """This work belongs to another tenant."""

    status = 403
    remedy = "Sign in again and choose the tenant to work for."


class ExtendedCursor(psycopg.Cursor[Any]):
    """A cursor that sends every statement by the extended protocol, so that statements cannot be stacked.

    Without it psycopg sends SQL without parameters by the simple protocol, where `select 1; reset role` is two statements.
    """

    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: bool | None = None) -> None:
        super()._execute_send(query, force_extended=True, binary=binary)


@dataclass(frozen=True)
class Database:
    """One installation: its role prefix and the engines of its two login roles."""

    prefix: str
    app: sa.Engine
    viewer: sa.Engine
    facts: dict[str, TenantFacts] = field(default_factory=dict, compare=False)  # never change during a tenant's life

    def role(self, name: str) -> str:
        """The cluster-wide name of one of the installation's roles, for example `accounts`."""
        return f"{self.prefix}_{name}"

    def must_be(self, kind: str, name: str) -> None:
        """Raises NotFound unless the name is that of a tenant ("t") or park ("p") of this installation, not another role."""
        if not re.fullmatch(rf"{kind}_{self.prefix}_[0-9a-f]{{12}}", name):
            raise NotFound(what="tenant" if kind == "t" else "park", name=name)

    def dispose(self) -> None:
        """Closes every pooled connection."""
        self.app.dispose()
        self.viewer.dispose()


@dataclass(frozen=True)
class TenantFacts:
    """What never changes about a tenant: its park, time zone and province."""

    park: str
    zone: ZoneInfo
    region: str


def make_engine(url: sa.URL | str, *, pool_size: int = 8) -> sa.Engine:
    """An engine whose cursors cannot stack statements."""
    return sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        pool_recycle=1800,
        connect_args={
            "cursor_factory": ExtendedCursor, "prepare_threshold": None, "connect_timeout": 5, "application_name": "lingyuan",
        },
    )  # fmt: skip


class Session:
    """One transaction under one role. Statements take `:named` parameters."""

    def __init__(self, db: Database, role: str, connection: sa.Connection) -> None:
        self.db = db
        self.role = role
        self.connection = connection

    def execute(
        self, statement: sa.Executable | str, params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> sa.CursorResult[Any]:
        """The result of one statement."""
        text = sa.text(statement) if isinstance(statement, str) else statement
        return cast("sa.CursorResult[Any]", self.connection.execute(text, params))

    def rows(self, statement: sa.Executable | str, **params: Any) -> Sequence[sa.Row[Any]]:
        """All rows of a query."""
        return self.execute(statement, params or None).all()

    def row(self, statement: sa.Executable | str, **params: Any) -> sa.Row[Any] | None:
        """The first row of a query, or None."""
        return self.execute(statement, params or None).first()

    def scalar(self, statement: sa.Executable | str, **params: Any) -> Any:
        """The first column of the first row, or None."""
        return self.execute(statement, params or None).scalar()

    def fetch(self, statement: str, **params: Any) -> list[Any]:
        """All rows of a query as named tuples, past SQLAlchemy: for the path that every reading takes."""
        with self.driver.cursor(row_factory=namedtuple_row) as cursor:
            return cursor.execute(_placed(statement), params).fetchall()

    def later(self, statement: str, params: Mapping[str, Any]) -> None:
        """A statement whose result nobody reads. A tenant's travel together, with the next one that is waited for."""
        self.execute(statement, params)

    @property
    def driver(self) -> psycopg.Connection[Any]:
        """The psycopg connection below, for COPY."""
        return cast("psycopg.Connection[Any]", self.connection.connection.driver_connection)

    def copy_out(self, statement: str, params: Sequence[Any] | None = None) -> bytes:
        """Everything a `COPY (...) TO STDOUT (FORMAT binary)` sends, as one piece."""
        with self.driver.cursor() as cursor, cursor.copy(statement, params) as copy:
            return b"".join(bytes(part) for part in copy)

    def copy_in(self, statement: str, data: bytes | memoryview) -> None:
        """Feeds a `COPY ... FROM STDIN (FORMAT binary)`."""
        with self.driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(data)


class TenantSession(Session):
    """One transaction of one tenant: its own tables unqualified, the shared ones as `shared.x` under row-level security."""

    def __init__(self, db: Database, role: str, connection: sa.Connection) -> None:
        super().__init__(db, role, connection)
        self.locked = False
        self.known: dict[type[Any], Any] = {}  # what was read of the tenant and is still so, see `tenants.topology.load`
        self._later: list[tuple[str, Mapping[str, Any]]] = []

    def execute(
        self, statement: sa.Executable | str, params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> sa.CursorResult[Any]:
        """The result of one statement, after those that were left for later."""
        self.send()
        if not isinstance(statement, str) or _changes_topology(statement):
            self.known.clear()
        return super().execute(statement, params)

    def later(self, statement: str, params: Mapping[str, Any]) -> None:
        """Leaves a statement for the next round trip."""
        if _changes_topology(statement):
            self.known.clear()
        self._later.append((statement, params))

    def send(self) -> None:
        """Sends what was left for later, all in one round trip."""
        if self._later:
            waiting, self._later = self._later, []
            with self.driver.pipeline():
                for statement, params in waiting:
                    self.driver.execute(_placed(statement), params)

    @property
    def driver(self) -> psycopg.Connection[Any]:
        """The psycopg connection below; what was left for later goes first."""
        if self._later:
            self.send()
        return super().driver

    @property
    def tenant(self) -> str:
        """Name of the tenant, which is its schema and its role."""
        return self.role

    @functools.cached_property
    def facts(self) -> TenantFacts:
        """Park, zone and region of this tenant."""
        known = self.db.facts.get(self.tenant)
        if known is None:
            row = self.row("SELECT park, timezone, region FROM shared.tenant WHERE name = current_user")
            if row is None:
                raise NotFound(what="tenant", name=self.tenant)
            known = self.db.facts[self.tenant] = TenantFacts(row.park, ZoneInfo(row.timezone), row.region)
        return known

    @property
    def park(self) -> str:
        """The park this tenant belongs to."""
        return self.facts.park

    @property
    def zone(self) -> ZoneInfo:
        """The park's time zone; local days are days in it."""
        return self.facts.zone

    @property
    def region(self) -> str:
        """Province of the tenant's grid factor unless a site says otherwise."""
        return self.facts.region

    def lock(self) -> None:
        """Waits to be the tenant's only writer until the transaction ends. First statement of every writing transaction."""
        if not self.locked:
            self.fetch("SELECT id FROM state FOR UPDATE")
            self.locked = True
            self.known.clear()


@functools.lru_cache(maxsize=1024)
def _placed(statement: str) -> str:
    """The statement with psycopg's places for our `:named` ones."""
    return _NAMED.sub(lambda m: "%%" if m[0] == "%" else f"%({m[1]})s", statement)


@functools.lru_cache(maxsize=1024)
def _changes_topology(statement: str) -> bool:
    return not statement.lstrip().startswith("SELECT") and bool(_TOPOLOGY.search(statement))


@contextmanager
def tenant_session(db: Database, tenant: str, *, timeout_s: int = STATEMENT_TIMEOUT_S) -> Iterator[TenantSession]:
    """One transaction under the tenant's role. Commits at the end, rolls back on an error.

    Raises:
        NotFound: there is no such tenant, or it is not provisioned yet.
        Unavailable: the database cannot be reached.
    """
    db.must_be("t", tenant)
    with opened(db.app, tenant, f'"{tenant}", pg_temp', timeout_s) as connection:
        session = TenantSession(db, tenant, connection)
        yield session
        session.send()


@contextmanager
def opened(engine: sa.Engine, role: str, search_path: str, timeout_s: int) -> Iterator[sa.Connection]:
    """A connection inside a transaction that has taken the role. Only the session functions call this.

    Raises:
        Unavailable: what failed will pass by itself, such as a connection that was cut or a disk that is full.
    """
    if not _NAME.fullmatch(role):
        raise NotFound(what="tenant", name=role)
    connection = _begun(engine, role, search_path, timeout_s)
    try:
        yield connection
        connection.commit()
    except BaseException as error:
        _roll_back(connection)
        if isinstance(error, (DBAPIError, psycopg.Error)) and passes(error):
            raise Unavailable() from error
        raise
    finally:
        _give_back(connection, role)


def _give_back(connection: sa.Connection, role: str) -> None:
    """Returns a connection to the pool; one that has served many tenants is closed, and its memory with it."""
    if not connection.invalidated:
        served = connection.info.setdefault("served", set())
        served.add(role)
        if len(served) >= MOST_ROLES:
            connection.invalidate()
    connection.close()


def _begun(engine: sa.Engine, role: str, search_path: str, timeout_s: int) -> sa.Connection:
    """A pooled connection in its transaction; those that died while they waited in the pool are replaced unnoticed."""
    for attempt in range(engine.pool.size() + 2):  # type: ignore[attr-defined]
        try:
            connection = engine.connect()
        except (DBAPIError, PoolExhausted) as error:
            raise Unavailable() from error
        try:
            if _begin(connection, role, search_path, timeout_s):
                return connection
        except BaseException:
            connection.close()
            raise
        connection.invalidate()
        connection.close()
        time.sleep(0.01 * attempt)
    raise Unavailable()


def _roll_back(connection: sa.Connection) -> None:
    """Ends the transaction; a connection that cannot even do that is thrown away."""
    try:
        connection.rollback()
    except (DBAPIError, psycopg.Error):
        connection.invalidate()


def passes(error: DBAPIError | psycopg.Error) -> bool:
    """Whether the same may work in a moment, with nothing else changed."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    if state is None:
        return isinstance(cause, psycopg.OperationalError)
    return str(state).startswith(_PASSING)


def _begin(connection: sa.Connection, role: str, search_path: str, timeout_s: int) -> bool:
    """BEGIN and the role in one round trip; False if the connection is dead. Every part is a checked name or a number."""
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    command = (
        f"BEGIN; SET LOCAL ROLE \"{role}\"; SET LOCAL search_path = {search_path}; SET LOCAL statement_timeout = '{timeout_s}s'"
    )
    if driver.closed or driver.pgconn.status != pq.ConnStatus.OK:
        return False
    result = driver.pgconn.exec_(command.encode())
    if result.status == pq.ExecStatus.COMMAND_OK:
        connection.begin()
        return True
    state = result.error_field(pq.DiagnosticField.SQLSTATE)
    if driver.pgconn.status != pq.ConnStatus.OK:
        return False
    driver.pgconn.exec_(b"ROLLBACK")
    if state in (b"22023", b"42501", b"42704"):  # no such role, or not a member of it: the same answer
        raise NotFound(what="tenant", name=role)
    raise Unavailable()
