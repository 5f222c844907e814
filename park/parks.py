"""Parks: made by the operator, set by their administrators."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import sqlalchemy as sa
from psycopg import sql

from park.access import accounts_session, owner_session
from tenants import audit, clock, provision
from tenants.db import Database, Session
from tenants.errors import AlreadyExists, InvalidInput, NotFound
from tenants.factors import provinces

_CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no 0/O, 1/I/L: people read them aloud


def new_code() -> str:
    """A join code of eight letters and digits that cannot be misread."""
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(8))


def create(
    db: Database, owner: sa.Engine, *, title: str, province: str, actor: str,
    timezone: str = "Asia/Shanghai", approval: bool = True, demo: bool = False,
) -> dict[str, str]:  # fmt: skip
    """Makes a park with its role; gives its name and join code.

    Raises:
        InvalidInput: no title, unknown province or time zone.
        AlreadyExists: a park has this title.
    """
    title = title.strip()
    if not title:
        raise InvalidInput(field="name", reason="a park needs a name", remedy="Give --name.")
    if province not in provinces():
        known = " ".join(provinces())
        raise InvalidInput(field="province", reason="{given} is not known", remedy="One of: {known}", given=province, known=known)
    if timezone not in available_timezones():
        remedy = "For example Asia/Shanghai."
        raise InvalidInput(field="timezone", reason="{given} is not known", remedy=remedy, given=timezone)
    name, code = provision.new_name("p", db.prefix), new_code()
    with owner_session(db, owner) as session:
        if session.scalar("SELECT 1 FROM shared.park WHERE title = :title", title=title):
            raise AlreadyExists(what="park", name=title)
        for statement in _role_statements(name, db.prefix):
            session.driver.execute(statement)
        session.execute(
            "INSERT INTO shared.park (name, title, province, code, approval, timezone, demo) "
            "VALUES (:name, :title, :province, :code, :approval, :timezone, :demo)",
            {"name": name, "title": title, "province": province, "code": code, "approval": approval,
             "timezone": ZoneInfo(timezone).key, "demo": demo},
        )  # fmt: skip
        audit.record(session, subject=name, actor=actor, action="park.create")
    return {"park": name, "code": code}


def _role_statements(name: str, prefix: str) -> list[sql.Composed]:
    park, viewer, group = sql.Identifier(name), sql.Identifier(f"{prefix}_viewer"), sql.Identifier(f"{prefix}_parks")
    return [
        sql.SQL("CREATE ROLE {} NOLOGIN").format(park),
        sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(park, viewer),
        sql.SQL("GRANT {} TO {} WITH INHERIT TRUE, SET FALSE").format(group, park),
    ]


def listed(db: Database) -> Sequence[sa.Row[Any]]:
    """All parks: name, title, province, code, approval, timezone, demo and how many tenants each has."""
    with accounts_session(db) as session:
        return session.rows(
            "SELECT p.name, p.title, p.province, p.code, p.approval, p.timezone, p.demo, "
            "count(t.name) FILTER (WHERE t.state <> 'erased') AS tenants "
            "FROM shared.park p LEFT JOIN shared.tenant t ON t.park = p.name GROUP BY p.name ORDER BY p.title"
        )


def find(db: Database, wanted: str) -> str:
    """The name of the park with this name, title or join code."""
    with accounts_session(db) as session:
        name = session.scalar("SELECT name FROM shared.park WHERE :w IN (name, title, code)", w=wanted)
    if name is None:
        raise NotFound(what="park", name=wanted)
    return str(name)


def own(session: Session) -> sa.Row[Any]:
    """The park of a park session: everything it has set."""
    row = session.row("SELECT * FROM shared.park WHERE name = current_user")
    if row is None:
        raise NotFound(what="park", name=session.role)
    return row


def today(session: Session) -> dt.date:
    """The local day of a park session's park."""
    return clock.today(ZoneInfo(own(session).timezone))


def new_join_code(session: Session, actor: str) -> str:
    """Replaces the join code; the old one stops working."""
    code = new_code()
    session.execute("UPDATE shared.park SET code = :code WHERE name = current_user", {"code": code})
    audit.record(session, subject=session.role, actor=actor, action="park.new_code")
    return code


def set_approval(session: Session, wanted: bool, actor: str) -> None:
    """Whether a firm that joins waits for the park's yes."""
    session.execute("UPDATE shared.park SET approval = :wanted WHERE name = current_user", {"wanted": wanted})
    audit.record(session, subject=session.role, actor=actor, action="park.approval", approval=wanted)
