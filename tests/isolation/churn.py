"""One pooled connection, two tenants in turn, and everything that may go wrong on the way."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from psycopg import pq

from tenants.db import Database, TenantSession, make_engine, tenant_session
from tenants.errors import LingyuanError
from tests.isolation.world import World, superuser

BASELINE = (
    "SELECT current_user, session_user, current_setting('search_path'), current_setting('statement_timeout'), "
    "current_setting('role'), (SELECT count(*) FROM pg_cursors WHERE name <> ''), (SELECT count(*) FROM pg_prepared_statements), "
    "(SELECT count(*) FROM pg_listening_channels()), "
    "(SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory')"
)


class Stumble(Exception):
    """The program's own error in the middle of a transaction."""


def _program_error(_: TenantSession, __: World) -> None:
    raise Stumble


def _sql_error(session: TenantSession, _: World) -> None:
    session.execute("SELECT 1 / 0")


def _refused(session: TenantSession, world: World) -> None:
    other = world.far if session.tenant == world.near else world.near
    session.execute(f'SELECT * FROM "{other}".site')


def _timeout(session: TenantSession, _: World) -> None:
    session.execute("SET LOCAL statement_timeout = '10ms'")
    session.execute("SELECT pg_sleep(5)")


def _killed_backend(session: TenantSession, world: World) -> None:
    with superuser(world, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", (session.driver.info.backend_pid,))
    session.execute("SELECT 1")


def _killed_client(session: TenantSession, _: World) -> None:
    session.driver.pgconn.finish()
    session.execute("SELECT 1")


def _broken_copy(session: TenantSession, _: World) -> None:
    with session.driver.cursor() as cursor, cursor.copy("COPY site FROM STDIN") as copy:
        copy.write(b"not a row\n")
        raise Stumble


def _savepoint(session: TenantSession, _: World) -> None:
    with contextlib.suppress(sa.exc.DBAPIError), session.connection.begin_nested():
        session.execute("SELECT 1 / 0")
    session.execute("UPDATE state SET revision = revision + 1")


def _work(session: TenantSession, _: World) -> None:
    session.lock()
    session.execute("UPDATE state SET revision = revision + 1")


def _left_early(session: TenantSession, _: World) -> None:
    streaming = session.connection.execution_options(yield_per=1)
    with streaming.execute(sa.text("SELECT generate_series(1, 1000)")) as result:
        result.fetchone()
        raise GeneratorExit


STEPS: tuple[Callable[[TenantSession, World], None], ...] = (
    _work, _program_error, _sql_error, _refused, _timeout, _killed_backend, _killed_client, _broken_copy, _savepoint,
    _left_early, _work,
)  # fmt: skip


@dataclass
class Pool:
    """A database whose logins have one pooled connection each, and what was found wrong with it."""

    world: World
    db: Database
    faults: list[str]

    def checkout(self, when: str) -> None:
        """Looks at the connection as the next one to use it gets it."""
        with self.db.app.connect() as connection:
            driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
            if driver.info.transaction_status != pq.TransactionStatus.IDLE:
                self.faults.append(f"{when}: the transaction is {driver.info.transaction_status.name}")
            login = self.world.role("app")
            found = tuple(connection.execute(sa.text(BASELINE)).one())
            if found != (login, login, '"$user", public', "0", "none", 0, 0, 0, 0):
                self.faults.append(f"{when}: {found}")
        if self.db.app.pool.checkedout():  # type: ignore[attr-defined]
            self.faults.append(f"{when}: the connection did not come back")

    def whose(self, tenant: str) -> None:
        """Opens a session and looks whose rows it shows."""
        with tenant_session(self.db, tenant) as session:
            seen = [str(one.name) for one in session.rows("SELECT name FROM site")]
        if len(seen) != 1 or tenant not in seen[0]:
            self.faults.append(f"{tenant} saw {seen}")


def single(world: World) -> Pool:
    """A pool of one connection."""
    engine = make_engine(world.db.app.url, pool_size=1)
    return Pool(world, Database(world.db.prefix, engine, world.db.viewer), [])


def churn(world: World, rounds: int, seed: int = 7) -> list[str]:
    """What was found wrong after so many rounds of every step, in a random order, for two tenants in turn."""
    pool, chance = single(world), random.Random(seed)
    try:
        for _ in range(rounds):
            for step in chance.sample(STEPS, len(STEPS)):
                tenant = chance.choice((world.near, world.far))
                with (
                    contextlib.suppress(Stumble, GeneratorExit, LingyuanError, sa.exc.DBAPIError, psycopg.Error),
                    tenant_session(pool.db, tenant) as session,
                ):
                    step(session, world)
                pool.checkout(step.__name__)
                pool.whose(chance.choice((world.near, world.far)))
    finally:
        pool.db.app.dispose()
    return pool.faults
