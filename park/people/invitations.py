"""Invitations: 72 hours, once, for one number or address and one role in one place. The database holds their hashes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from park.access import accounts_session
from park.people import codes, joining, memberships, messages, outbox, passwords, sessions, throttle, users
from park.people.contact import Contact, any_contact
from park.people.credit_code import credit_code as checked_credit_code
from park.people.desk import Desk, digest, new_secret
from park.people.roles import invites
from park.people.sessions import Who
from park.people.throttle import GUESSING
from park.words import Lang
from tenants import audit
from tenants.db import Database, Session
from tenants.errors import LingyuanError, NotAllowed, NotFound


class InvitationGone(LingyuanError):
    """This invitation has been used, withdrawn, or is older than 72 hours."""

    status = 410
    remedy = "Ask whoever invited you for another one."


class InvitationForAnother(LingyuanError):
    """This invitation is for {contact}, and you are signed in with another account."""

    status = 403
    remedy = "Sign out and open the link again."


@dataclass(frozen=True)
class Invited:
    """A new invitation; `link` is shown once and cannot be read back."""

    id: UUID
    link: str


@dataclass(frozen=True)
class Invitation:
    """An open invitation, as its receiver sees it. `place` is the firm's or park's title."""

    id: UUID
    role: str
    contact: Contact
    tenant: str | None
    park: str | None
    place: str
    title: str | None
    credit_code: str | None


def invite(
    desk: Desk, by: Who, *, role: str, contact: str, lang: Lang, tenant: str | None = None,
    title: str | None = None, credit_code: str | None = None,
) -> Invited:  # fmt: skip
    """Invites a person: to the asker's own firm or park, or, with `title`, to bring a new firm into the park.

    Args:
        tenant: A firm that the park holds, to be taken over by its owner. Only parks give it.
        title, credit_code: Of the new firm. Only parks give them.

    Raises:
        NotAllowed: the role may not invite to this. MobileWrong, EmailWrong, CreditCode...: as they say.
    """
    to = any_contact(contact)
    code = checked_credit_code(credit_code) if credit_code else None
    secret, identity = new_secret(), uuid4()
    with accounts_session(desk.db) as session:
        where = _where(session, by, role, tenant, title)
        session.execute(
            f"INSERT INTO shared.invitation (id, secret, role, tenant, park, {to.kind}, title, credit_code, invited_by, expires) "
            "VALUES (:id, :secret, :role, :tenant, :park, :to, :title, :code, :by, now() + make_interval(hours => :hours))",
            {"id": identity, "secret": digest(secret), "role": role, "tenant": where.tenant, "park": where.park, "to": to.value,
             "title": (title or "").strip() or None, "code": code, "by": by.actor, "hours": messages.INVITATION_HOURS},
        )  # fmt: skip
        if desk.sms if to.kind == "mobile" else desk.mail:
            outbox.put(session, to, *messages.invitation(desk, to, secret, where.place, lang))
        audit.record(session, subject=by.subject, actor=by.actor, action="invitation.create", invitation=identity, role=role)
    return Invited(identity, f"{desk.base_url}/invitation/{secret}")


@dataclass(frozen=True)
class _Where:
    tenant: str | None
    park: str | None
    place: str


def _where(session: Session, by: Who, role: str, tenant: str | None, title: str | None) -> _Where:
    """The place the asker may invite to. Whatever the request says, it is their own."""
    if by.waiting or not invites(by.role, role):
        raise NotAllowed()
    if by.tenant:
        return _Where(by.tenant, None, by.title or "")
    if role == "regulator":
        return _Where(None, None, "Lingyuan")
    if by.park is None:
        raise NotFound(what="park", name="-")
    if role == "park_admin":
        return _Where(None, by.park, by.title or "")
    if tenant is None:
        if not (title or "").strip():
            raise NotFound(what="tenant", name="-")
        return _Where(None, by.park, by.title or "")
    held = session.row("SELECT title FROM shared.tenant WHERE name = :name AND park = :park AND held", name=tenant, park=by.park)
    if held is None:
        raise NotFound(what="tenant", name=tenant)
    return _Where(tenant, None, held.title)


def look(desk: Desk, secret: str, network: str) -> Invitation:
    """The open invitation behind a link.

    Raises:
        InvitationGone, TooManyTries.
    """
    throttle.charge(desk, [(GUESSING, network)])
    with accounts_session(desk.db) as session:
        found = _open(session, secret)
        throttle.forgive(session, [(GUESSING, network)])
    return found


def accept(desk: Desk, secret: str, who: Who) -> str:
    """The secret of the session, now in the place the signed-in person was invited to.

    Raises:
        InvitationGone. InvitationForAnother: signed in with another number or address.
    """
    with accounts_session(desk.db) as session:
        found = _open(session, secret)
        if found.contact.value not in (who.mobile, who.email):
            raise InvitationForAnother(contact=found.contact.masked)
        membership = _take(session, found, who.user)
        sessions.close_one(session, who)
        return sessions.open_session(session, who.user, "", membership)


def accept_with_code(
    desk: Desk, secret: str, code: str, *, name: str, password: str | None, network: str, device: str, lang: Lang
) -> str:
    """The secret of a new session for the person who has the code sent to the invited number or address.

    Raises:
        InvitationGone, CodeWrong, TooManyTries, PasswordLength, PasswordWeak.
    """
    found = look(desk, secret, network)
    hashed = None
    if password:
        passwords.check_new(password, name, found.contact.value)
        hashed = passwords.hashed(password)
    proof = codes.check(desk, "invitation", found.contact, code, network)
    with accounts_session(desk.db) as session:
        codes.spend(session, proof, found.contact, network)
        user, _ = users.find_or_open(session, found.contact, name, password=hashed, lang=lang)
        membership = _take(session, _open(session, secret), user)
        return sessions.open_session(session, user, device, membership)


def _open(session: Session, secret: str) -> Invitation:
    row = session.row(
        "SELECT i.id, i.role, i.tenant, i.park, i.mobile, i.email, i.title, i.credit_code, coalesce(t.title, p.title) AS place "
        "FROM shared.invitation i LEFT JOIN shared.tenant t ON t.name = i.tenant LEFT JOIN shared.park p ON p.name = i.park "
        "WHERE i.secret = :secret AND i.used IS NULL AND i.withdrawn IS NULL AND i.expires > now() FOR UPDATE OF i",
        secret=digest(secret[:128]),
    )
    if row is None:
        raise InvitationGone()
    contact = Contact("mobile", row.mobile) if row.mobile else Contact("email", row.email)
    return Invitation(row.id, row.role, contact, row.tenant, row.park, row.place or "Lingyuan", row.title, row.credit_code)


def _take(session: Session, found: Invitation, user: UUID) -> UUID:
    """The membership that the invitation gives; role and place are the invitation's, never the request's."""
    session.execute("UPDATE shared.invitation SET used = now() WHERE id = :id", {"id": found.id})
    if found.role == "owner" and found.tenant is None:
        park, title = str(found.park), found.title or ""
        membership = joining.bring(session, park=park, title=title, credit_code=found.credit_code, user=user)
    else:
        if found.role == "owner" and found.tenant:
            joining.take_over(session, found.tenant, actor=str(user))
        membership = memberships.give(session, user, found.role, tenant=found.tenant, park=found.park)
    subject = found.tenant or found.park or "platform"
    audit.record(session, subject=subject, actor=str(user), action="invitation.accept", invitation=found.id, role=found.role)
    return membership


def withdraw(desk: Desk, by: Who, invitation: UUID) -> None:
    """Makes a link useless before it is used.

    Raises:
        NotFound: not one of the asker's firm or park, or used already.
    """
    by.require("firm.people" if by.tenant else "park.invite")
    with accounts_session(desk.db) as session:
        done = session.execute(
            "UPDATE shared.invitation SET withdrawn = now() WHERE id = :id AND used IS NULL AND withdrawn IS NULL "
            "AND (tenant = :tenant OR park = :park OR tenant IN (SELECT name FROM shared.tenant WHERE held AND park = :park "
            "AND CAST(:tenant AS text) IS NULL))",
            {"id": invitation, "tenant": by.tenant, "park": None if by.tenant else by.park},
        )
        if done.rowcount != 1:
            raise NotFound(what="invitation", name=invitation)
        audit.record(session, subject=by.subject, actor=by.actor, action="invitation.withdraw", invitation=invitation)


def listed(db: Database, *, tenant: str | None = None, park: str | None = None) -> Sequence[sa.Row[Any]]:
    """The invitations of a firm, or of a park (held firms too): id, role, contact, title, created, expires, used, withdrawn."""
    with accounts_session(db) as session:
        return session.rows(
            "SELECT i.id, i.role, i.tenant, coalesce(i.mobile, i.email) AS contact, coalesce(i.title, t.title) AS title, "
            "i.created, i.expires, i.used, i.withdrawn FROM shared.invitation i LEFT JOIN shared.tenant t ON t.name = i.tenant "
            "WHERE i.tenant = :tenant OR i.park = :park OR (t.park = :park AND t.held) ORDER BY i.created DESC",
            tenant=tenant, park=park,
        )  # fmt: skip


def open_at(row: sa.Row[Any], now: dt.datetime) -> bool:
    """Whether a listed invitation can still be used."""
    return row.used is None and row.withdrawn is None and row.expires > now
