"""Who is signed in, kept on the server. The browser holds 256 random bits, the database their SHA-256.

The secret changes at every sign-in, change of workspace and change of password; there is no "remember me".
What a person may do is read with every request, so a role taken away is gone at the next one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from park.access import accounts_session
from park.people import roles
from park.people.desk import Desk, digest, new_secret
from tenants import audit, clock
from tenants.db import Database, Session
from tenants.errors import LingyuanError, NotAllowed, NotFound

LIFETIME: Final = dt.timedelta(days=14)  # at the latest
IDLE: Final = dt.timedelta(hours=24)  # without a request
SEEN_EVERY: Final = dt.timedelta(minutes=1)


class NotSignedIn(LingyuanError):
    """You are not signed in, or no longer."""

    status = 401
    remedy = "Sign in."


@dataclass(frozen=True)
class Who:
    """A signed-in person and the workspace they are in. `role`, `tenant`, `park` are None outside of any."""

    user: UUID
    name: str
    mobile: str | None
    email: str | None
    lang: str | None
    membership: UUID | None
    role: str | None
    waiting: bool
    tenant: str | None
    park: str | None
    title: str | None  # of the firm or the park
    state: str | None  # of the tenant
    zone: str  # of the firm or the park; where neither is, China's
    opened: dt.datetime
    session: bytes
    renew: bool = False  # the role changed since: the secret is to be exchanged

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """For flask-login."""
        return str(self.user)

    @property
    def actor(self) -> str:
        """The name in the audit."""
        return str(self.user)

    @property
    def today(self) -> dt.date:
        """The local day where the person works."""
        return clock.today(ZoneInfo(self.zone))

    @property
    def subject(self) -> str:
        """What an audit line of this person is about."""
        return self.tenant or self.park or "platform"

    def may(self, right: str) -> bool:
        """Whether the person may do this here and now."""
        return not self.waiting and roles.may(self.role, right)

    def require(self, right: str) -> None:
        """Raises NotAllowed unless the person may."""
        if not self.may(right):
            raise NotAllowed()


@dataclass(frozen=True)
class Workspace:
    """A place a person may work in."""

    membership: UUID
    role: str
    tenant: str | None
    park: str | None
    title: str | None
    park_title: str | None
    state: str | None
    waiting: bool


_WHO = """
    SELECT s.created, s.seen, s.renew, u.id AS user_id, u.name, u.mobile, u.email, u.lang,
      m.id AS membership, m.role, coalesce(m.waiting, false) AS waiting, m.tenant,
      coalesce(t.park, m.park, CASE m.role WHEN 'operator' THEN s.park END) AS park,
      coalesce(t.title, p.title) AS title, t.state,
      coalesce(t.timezone, p.timezone, 'Asia/Shanghai') AS zone
    FROM shared.user_session s JOIN shared."user" u ON u.id = s.user_id AND u.active
      LEFT JOIN shared.membership m ON m.id = s.membership_id AND m.user_id = u.id
      LEFT JOIN shared.tenant t ON t.name = m.tenant
      LEFT JOIN shared.park p ON p.name = coalesce(m.park, CASE m.role WHEN 'operator' THEN s.park END)
    WHERE s.id = :id AND s.expires > now() AND s.seen > now() - CAST(:idle AS interval)
"""


def current(db: Database, secret: str | None) -> Who | None:
    """Who holds this secret, or None."""
    if not secret or len(secret) > 128:
        return None
    key = digest(secret)
    with accounts_session(db) as session:
        row = session.row(_WHO, id=key, idle=IDLE)
        if row is None:
            return None
        if dt.datetime.now(dt.UTC) - row.seen > SEEN_EVERY:
            session.execute("UPDATE shared.user_session SET seen = now() WHERE id = :id", {"id": key})
    return Who(
        user=row.user_id, name=row.name, mobile=row.mobile, email=row.email, lang=row.lang, membership=row.membership,
        role=row.role, waiting=row.waiting, tenant=row.tenant, park=row.park, title=row.title, state=row.state,
        zone=row.zone, opened=row.created, session=key, renew=row.renew,
    )  # fmt: skip


def workspaces(session: Session, user: UUID) -> list[Workspace]:
    """Where the person may work, the place used last first."""
    rows = session.rows(
        "SELECT m.id AS membership, m.role, m.tenant, coalesce(t.park, m.park) AS park, coalesce(t.title, p.title) AS title, "
        "p.title AS park_title, t.state, m.waiting FROM shared.membership m LEFT JOIN shared.tenant t ON t.name = m.tenant "
        "LEFT JOIN shared.park p ON p.name = coalesce(t.park, m.park) "
        "LEFT JOIN (SELECT membership_id, max(seen) AS seen FROM shared.user_session GROUP BY 1) s ON s.membership_id = m.id "
        "WHERE m.user_id = :user AND (t.name IS NULL OR t.state <> 'erased') ORDER BY s.seen DESC NULLS LAST, m.created",
        user=user,
    )
    return [Workspace(**row._mapping) for row in rows]


def open_session(session: Session, user: UUID, device: str = "", membership: UUID | None = None) -> str:
    """The secret of a new session, in the given workspace or, if the person has only one, in that."""
    if membership is None:
        places = workspaces(session, user)
        membership = places[0].membership if len(places) == 1 else None
    secret = new_secret()
    session.execute(
        "INSERT INTO shared.user_session (id, user_id, membership_id, device, expires) "
        "VALUES (:id, :user, :membership, :device, now() + CAST(:life AS interval))",
        {"id": digest(secret), "user": user, "membership": membership, "device": device[:120], "life": LIFETIME},
    )
    return secret


def switch(desk: Desk, who: Who, membership: UUID) -> str:
    """The new secret, with the person in another of their workspaces; the old one is void.

    Raises:
        NotFound: it is not one of theirs.
    """
    with accounts_session(desk.db) as session:
        place = session.row(
            "SELECT coalesce(tenant, park, 'platform') AS subject FROM shared.membership WHERE id = :id AND user_id = :user",
            id=membership, user=who.user,
        )  # fmt: skip
        if place is None:
            raise NotFound(what="workspace", name=membership)
        secret = _renew(session, who, membership, None)
        audit.record(session, subject=place.subject, actor=who.actor, action="session.switch")
    return secret


def pick_park(desk: Desk, who: Who, park: str) -> str:
    """The new secret, with the operator looking at this park.

    Raises:
        NotAllowed: not an operator. NotFound: no such park.
    """
    who.require("park.pick")
    with accounts_session(desk.db) as session:
        if session.scalar("SELECT 1 FROM shared.park WHERE name = :park", park=park) is None:
            raise NotFound(what="park", name=park)
        secret = _renew(session, who, who.membership, park)
        audit.record(session, subject=park, actor=who.actor, action="session.switch")
    return secret


def renew(desk: Desk, who: Who) -> str:
    """The new secret of a session whose role was changed by somebody else.

    Raises:
        NotSignedIn: a request at the same moment has done it already.
    """
    with accounts_session(desk.db) as session:
        return _renew(session, who, who.membership, who.park if who.role == "operator" else None)


def _renew(session: Session, who: Who, membership: UUID | None, park: str | None) -> str:
    secret = new_secret()
    done = session.execute(
        "UPDATE shared.user_session SET id = :new, membership_id = :membership, park = :park, seen = now(), renew = false "
        "WHERE id = :old",
        {"new": digest(secret), "membership": membership, "park": park, "old": who.session},
    )
    if done.rowcount != 1:
        raise NotSignedIn()
    return secret


def close_one(session: Session, who: Who) -> None:
    """Ends this session, in the caller's transaction."""
    session.execute("DELETE FROM shared.user_session WHERE id = :id", {"id": who.session})


def close(desk: Desk, who: Who) -> None:
    """Ends this session: the person signs out here."""
    with accounts_session(desk.db) as session:
        close_one(session, who)
        audit.record(session, subject=who.subject, actor=who.actor, action="session.close")


def close_everywhere(desk: Desk, who: Who) -> int:
    """Ends all sessions of the person, this one too; how many there were."""
    with accounts_session(desk.db) as session:
        count = close_all(session, who.user)
        audit.record(session, subject=who.subject, actor=who.actor, action="session.close_all", count=count)
    return count


def close_all(session: Session, user: UUID) -> int:
    """How many sessions of the person were ended."""
    return session.execute("DELETE FROM shared.user_session WHERE user_id = :user", {"user": user}).rowcount


def listed(db: Database, user: UUID) -> Sequence[sa.Row[Any]]:
    """Where the person is signed in: id, device, created, seen; the latest first."""
    with accounts_session(db) as session:
        return session.rows(
            "SELECT id, device, created, seen FROM shared.user_session WHERE user_id = :user AND expires > now() "
            "AND seen > now() - CAST(:idle AS interval) ORDER BY seen DESC",
            user=user, idle=IDLE,
        )  # fmt: skip


def sweep(session: Session) -> int:
    """How many dead sessions were deleted."""
    return session.execute(
        "DELETE FROM shared.user_session WHERE expires < now() OR seen < now() - CAST(:idle AS interval)", {"idle": IDLE}
    ).rowcount
