"""Who works where: given, changed and taken away. The last owner of a firm stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from park.access import accounts_session
from park.people.desk import Desk
from park.people.roles import ROLES, invites
from park.people.sessions import Who
from tenants import audit
from tenants.db import Database, Session
from tenants.errors import LingyuanError, NotAllowed, NotFound


class LastOwner(LingyuanError):
    """This is the firm's only owner."""

    status = 409
    remedy = "Make somebody else owner first."


def give(
    session: Session, user: UUID, role: str, *, tenant: str | None = None, park: str | None = None, waiting: bool = False
) -> UUID:
    """The person's membership in this role here; the one they have already, if they have."""
    if role not in ROLES:
        raise NotFound(what="role", name=role)
    found = session.scalar(
        "SELECT id FROM shared.membership WHERE user_id = :user AND role = :role "
        "AND tenant IS NOT DISTINCT FROM :tenant AND park IS NOT DISTINCT FROM :park",
        user=user, role=role, tenant=tenant, park=park,
    )  # fmt: skip
    if found:
        return UUID(str(found))
    identity = uuid4()
    session.execute(
        "INSERT INTO shared.membership (id, user_id, role, tenant, park, waiting) "
        "VALUES (:id, :user, :role, :tenant, :park, :waiting)",
        {"id": identity, "user": user, "role": role, "tenant": tenant, "park": park, "waiting": waiting},
    )
    return identity


def people(db: Database, *, tenant: str | None = None, park: str | None = None) -> Sequence[sa.Row[Any]]:
    """Everybody who works for the firm, or administers the park: id of the membership, user, name, mobile, email, role."""
    with accounts_session(db) as session:
        return session.rows(
            "SELECT m.id, m.user_id, u.name, u.mobile, u.email, m.role, m.waiting, m.created FROM shared.membership m "
            'JOIN shared."user" u ON u.id = m.user_id WHERE (m.tenant = :tenant OR m.park = :park) ORDER BY m.created',
            tenant=tenant, park=park,
        )  # fmt: skip


def change_role(desk: Desk, by: Who, membership: UUID, role: str) -> None:
    """Makes an owner a member or the other way round; their sessions get a new secret at their next request.

    Raises:
        NotAllowed: not an owner. NotFound: nobody of this firm. LastOwner.
    """
    by.require("firm.people")
    if not invites(by.role, role):
        raise NotAllowed()
    with accounts_session(desk.db) as session:
        row = _colleague(session, by, membership)
        if row.role == "owner" and role != "owner":
            _another_owner(session, by, membership)
        session.execute("UPDATE shared.membership SET role = :role WHERE id = :id", {"role": role, "id": membership})
        session.execute("UPDATE shared.user_session SET renew = true WHERE membership_id = :id", {"id": membership})
        audit.record(session, subject=by.subject, actor=by.actor, action="membership.change", user=row.user_id, role=role)


def remove(desk: Desk, by: Who, membership: UUID) -> None:
    """Takes a person out of the firm or the park's administration, at their next request.

    Raises:
        NotAllowed, NotFound, LastOwner.
    """
    by.require("firm.people" if by.tenant else "park.people")
    with accounts_session(desk.db) as session:
        row = _colleague(session, by, membership)
        if row.role == "owner":
            _another_owner(session, by, membership)
        session.execute("DELETE FROM shared.membership WHERE id = :id", {"id": membership})
        audit.record(session, subject=by.subject, actor=by.actor, action="membership.remove", user=row.user_id, role=row.role)


def _colleague(session: Session, by: Who, membership: UUID) -> sa.Row[Any]:
    """The membership, locked, if it is of the asker's own firm (or, for a park, its administration)."""
    row = session.row(
        "SELECT user_id, role FROM shared.membership WHERE id = :id "
        "AND (tenant = :tenant OR (CAST(:tenant AS text) IS NULL AND park = :park)) FOR UPDATE",
        id=membership, tenant=by.tenant, park=by.park,
    )  # fmt: skip
    if row is None:
        raise NotFound(what="person", name=membership)
    return row


def _another_owner(session: Session, by: Who, membership: UUID) -> None:
    owners = session.rows(
        "SELECT id FROM shared.membership WHERE tenant = :tenant AND role = 'owner' AND NOT waiting ORDER BY id FOR UPDATE",
        tenant=by.tenant,
    )
    if all(row.id == membership for row in owners):
        raise LastOwner()
