"""Sessions for everyone who is not a tenant: a park, a regulator, the accounts, the worker, the owner of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from tenants.db import STATEMENT_TIMEOUT_S, Database, Session, opened


@contextmanager
def park_session(db: Database, park: str, *, timeout_s: int = STATEMENT_TIMEOUT_S) -> Iterator[Session]:
    """One transaction under a park's role: its views of its tenants' published sums. The login is no tenant's member."""
    db.must_be("p", park)
    with opened(db.viewer, park, "park_view, pg_temp", timeout_s) as connection:
        yield Session(db, park, connection)


@contextmanager
def regulator_session(db: Database) -> Iterator[Session]:
    """One transaction under the regulators' role: summary views only."""
    with opened(db.viewer, db.role("regulator"), "summary, pg_temp", STATEMENT_TIMEOUT_S) as connection:
        yield Session(db, db.role("regulator"), connection)


@contextmanager
def accounts_session(db: Database) -> Iterator[Session]:
    """One transaction over users, sessions, tokens and the registry; no measured figure."""
    with opened(db.app, db.role("accounts"), "shared, pg_temp", STATEMENT_TIMEOUT_S) as connection:
        yield Session(db, db.role("accounts"), connection)


@contextmanager
def worker_session(db: Database) -> Iterator[Session]:
    """One transaction of the worker: marks and the registry's states."""
    with opened(db.app, db.role("worker"), "shared, pg_temp", STATEMENT_TIMEOUT_S) as connection:
        yield Session(db, db.role("worker"), connection)


@contextmanager
def owner_session(db: Database, owner: sa.Engine, *, timeout_s: int = 3600) -> Iterator[Session]:
    """One transaction of the tables' owner, for provisioning, migration and erasure. Never in a web process."""
    with opened(owner, db.role("migrator"), "shared, pg_temp", timeout_s) as connection:
        yield Session(db, db.role("migrator"), connection)


@contextmanager
def summary_session(db: Database, owner: sa.Engine) -> Iterator[Session]:
    """One transaction of the role that makes the regulators' summaries from published sums."""
    with opened(owner, db.role("summary"), "shared, pg_temp", 3600) as connection:
        yield Session(db, db.role("summary"), connection)
