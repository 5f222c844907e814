"""What passes by itself is said to be passing: a cut connection, a full pool, a statement that takes too long."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa

from tenants import db as tenants_db
from tenants.db import Database, make_engine, tenant_session
from tenants.errors import Unavailable
from tests.databases import Installed, new_tenant


def alone(installed: Installed) -> Database:
    """The same database with a pool for one, who may bring one guest."""
    engine = make_engine(installed.db.app.url, pool_size=1)
    engine.pool._timeout = 0.2  # type: ignore[attr-defined]
    return Database(installed.db.prefix, engine, installed.db.viewer)


def ends(connection: str, application: str) -> None:
    """Ends every connection of the application's to this database."""
    with psycopg.connect(connection, autocommit=True) as superuser:
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s",
            (application,),
        )


def test_a_full_pool_passes(installed: Installed, tenant: str) -> None:
    db = alone(installed)
    with tenant_session(db, tenant), tenant_session(db, tenant), pytest.raises(Unavailable), tenant_session(db, tenant):
        pass
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT 1") == 1
    db.dispose()


@pytest.mark.parametrize("way", ["execute", "fetch", "later", "copy"])
def test_a_connection_cut_in_the_middle_passes(installed: Installed, tenant: str, way: str) -> None:
    db = alone(installed)
    with pytest.raises(Unavailable), tenant_session(db, tenant) as session:  # noqa: PT012  # the end of it may raise, too
        session.lock()
        ends(installed.superuser, "lingyuan")
        if way == "execute":
            session.scalar("SELECT 1")
        elif way == "fetch":
            session.fetch("SELECT 1")
        elif way == "later":
            session.later("UPDATE state SET revision = revision + :by", {"by": 1})
        else:
            session.copy_in("COPY curve FROM STDIN (FORMAT binary)", b"PGCOPY\n\xff\r\n\0" + bytes(8) + b"\xff\xff")
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT revision FROM state") == 0
    db.dispose()


def test_a_statement_that_takes_too_long_passes_and_a_mistake_does_not(installed: Installed, tenant: str) -> None:
    with pytest.raises(Unavailable), tenant_session(installed.db, tenant, timeout_s=1) as session:
        session.fetch("SELECT pg_sleep(5)")
    with pytest.raises(sa.exc.ProgrammingError), tenant_session(installed.db, tenant) as session:
        session.scalar("SELECT nothing FROM state")
    with pytest.raises(psycopg.errors.UndefinedColumn), tenant_session(installed.db, tenant) as session:
        session.later("UPDATE state SET nothing = :x", {"x": 1})


def test_what_is_left_for_later_is_in_order_and_undone_with_the_rest(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        session.later("UPDATE state SET revision = revision + :by", {"by": 5})
        session.later("UPDATE state SET revision = revision * :by", {"by": 3})
        assert session.scalar("SELECT revision FROM state") == 15
        session.later("UPDATE state SET revision = 7 WHERE '10%' LIKE :like", {"like": "10\\%"})
    with tenant_session(db, tenant) as session:
        assert session.fetch("SELECT revision, '::' || :word AS said FROM state", word="a")[0] == (7, "::a")
        session.later("UPDATE state SET revision = :n", {"n": 99})
        session.connection.rollback()
        session._later.clear()
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT revision FROM state") == 7


def test_a_connection_that_served_many_tenants_is_closed(
    installed: Installed, park: str, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenants_db, "MOST_ROLES", 2)
    db, other = alone(installed), new_tenant(installed, park)
    backends = []
    for name in (tenant, tenant, other, tenant):
        with tenant_session(db, name) as session:
            backends.append(session.scalar("SELECT pg_backend_pid()"))
    assert backends[0] == backends[1] == backends[2] != backends[3]
    db.dispose()
