"""A firm joins a park with the park's code: the person, the firm's line in the registry, and the worker's mark.

A firm that the park has held until now (代填) is taken over with everything entered for it, so no total jumps; since
anybody can know a credit code, that always needs the park's yes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from park import members
from park.access import accounts_session
from park.people import codes, memberships, outbox, passwords, sessions, throttle, users
from park.people.contact import Contact
from park.people.credit_code import credit_code as checked_credit_code
from park.people.desk import Desk
from park.people.sessions import Who
from park.people.throttle import GUESSING
from park.words import Lang, language, t
from tenants import audit
from tenants.db import Database, Session
from tenants.errors import InvalidInput, LingyuanError, NotFound


class JoinCodeUnknown(LingyuanError):
    """No park has this join code."""

    status = 404
    remedy = "Compare the eight characters with the park's notice, or scan its QR code again."


class FirmIsHere(LingyuanError):
    """This firm has joined the park already."""

    status = 409
    remedy = "Sign in, or ask the firm's owner to invite you."


@dataclass(frozen=True)
class Offer:
    """The park behind a join code."""

    name: str
    title: str
    province: str
    approval: bool
    demo: bool


@dataclass(frozen=True)
class Firm:
    """What a joining firm says of itself, checked."""

    title: str
    credit_code: str | None


def offer(desk: Desk, code: str, network: str) -> Offer:
    """The park that has this join code, however it was typed.

    Raises:
        JoinCodeUnknown, TooManyTries.
    """
    throttle.charge(desk, [(GUESSING, network)])
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    with accounts_session(desk.db) as session:
        row = session.row("SELECT name, title, province, approval, demo FROM shared.park WHERE code = :code", code=plain)
        if row is not None:
            throttle.forgive(session, [(GUESSING, network)])
    if row is None:
        raise JoinCodeUnknown()
    return Offer(row.name, row.title, row.province, row.approval, row.demo)


def firm(title: str, credit_code: str) -> Firm:
    """The firm as typed, checked: a title, and a credit code whose check digit fits.

    Raises:
        InvalidInput, CreditCodeLength, CreditCodeLetter, CreditCodeCheck.
    """
    plain = " ".join(title.split())
    if not 2 <= len(plain) <= 120:
        reason = "a firm's name has 2 to 120 characters"
        raise InvalidInput(field="company", reason=reason, remedy="Give the full name on the business licence.")
    return Firm(plain, checked_credit_code(credit_code))


def join(
    desk: Desk, park: Offer, firm: Firm, contact: Contact, code: str, *,
    name: str, password: str | None, network: str, device: str, lang: Lang,
) -> str:  # fmt: skip
    """The secret of the session of a person who joins with their firm and has proven the contact by the code.

    Raises:
        CodeWrong, TooManyTries, FirmIsHere, InvalidInput, PasswordLength, PasswordWeak.
    """
    hashed = None
    if password:
        passwords.check_new(password, name, contact.value, firm.title)
        hashed = passwords.hashed(password)
    proof = codes.check(desk, "join", contact, code, network)
    with accounts_session(desk.db) as session:
        codes.spend(session, proof, contact, network)
        user, _ = users.find_or_open(session, contact, name, password=hashed, lang=lang)
        membership = _settle(session, park, firm, user)
        return sessions.open_session(session, user, device, membership)


def join_as(desk: Desk, park: Offer, firm: Firm, who: Who) -> str:
    """The new secret of a signed-in person's session, in the firm they have joined with.

    Raises:
        FirmIsHere.
    """
    with accounts_session(desk.db) as session:
        membership = _settle(session, park, firm, who.user)
    return sessions.switch(desk, who, membership)


def _settle(session: Session, park: Offer, firm: Firm, user: UUID) -> UUID:
    """The person's membership in the firm: new, or waiting for the park to hand over the firm it holds."""
    there = session.row(
        "SELECT name, held FROM shared.tenant WHERE park = :park AND state <> 'erased' AND kind = 'firm' "
        "AND (credit_code = :code OR (title = :title AND (credit_code IS NULL OR CAST(:code AS text) IS NULL)))",
        park=park.name, code=firm.credit_code, title=firm.title,
    )  # fmt: skip
    if there is None:
        state = "waiting" if park.approval else "provisioning"
        return bring(session, park=park.name, title=firm.title, credit_code=firm.credit_code, user=user, state=state)
    if not there.held:
        raise FirmIsHere()
    membership = memberships.give(session, user, "owner", tenant=there.name, waiting=True)
    audit.record(session, subject=there.name, actor=str(user), action="tenant.ask_over")
    return membership


def bring(session: Session, *, park: str, title: str, credit_code: str | None, user: UUID, state: str = "provisioning") -> UUID:
    """The owner's membership in a new firm of the park; the worker makes its workspace unless it waits for the park."""
    tenant = members.register(session, park=park, title=title, credit_code=credit_code, actor=str(user), state=state)
    return memberships.give(session, user, "owner", tenant=tenant)


def take_over(session: Session, tenant: str, actor: str) -> None:
    """The firm is its own from now on: what the park entered stays, marked as entered by it up to this month."""
    row = session.row("SELECT park, held, timezone FROM shared.tenant WHERE name = :name FOR UPDATE", name=tenant)
    if row is None:
        raise NotFound(what="tenant", name=tenant)
    if not row.held:
        return
    month = dt.datetime.now(ZoneInfo(row.timezone)).date().replace(day=1)
    session.execute(
        "INSERT INTO shared.claimed (tenant, park, from_month) VALUES (:tenant, :park, :month) ON CONFLICT (tenant) DO NOTHING",
        {"tenant": tenant, "park": row.park, "month": month},
    )
    session.execute("UPDATE shared.tenant SET held = false WHERE name = :name", {"name": tenant})
    audit.record(session, subject=tenant, actor=actor, action="tenant.take_over")


def claims(db: Database, park: str) -> Sequence[sa.Row[Any]]:
    """Who asks to take over a firm the park holds: id, tenant, title, credit code, person's name and contact, since when."""
    with accounts_session(db) as session:
        return session.rows(
            "SELECT m.id, m.tenant, t.title, t.credit_code, u.name, coalesce(u.mobile, u.email) AS contact, m.created "
            'FROM shared.membership m JOIN shared.tenant t ON t.name = m.tenant JOIN shared."user" u ON u.id = m.user_id '
            "WHERE m.waiting AND t.park = :park ORDER BY m.created",
            park=park,
        )


def decide_claim(desk: Desk, by: Who, claim: UUID, *, yes: bool) -> None:
    """The park hands its held firm over, or refuses.

    Raises:
        NotAllowed: not the park's administrator. NotFound: not a claim of this park.
    """
    by.require("park.decide")
    with accounts_session(desk.db) as session:
        row = session.row(
            "SELECT m.tenant FROM shared.membership m JOIN shared.tenant t ON t.name = m.tenant "
            "WHERE m.id = :id AND m.waiting AND t.park = :park FOR UPDATE OF m",
            id=claim, park=by.park,
        )  # fmt: skip
        if row is None:
            raise NotFound(what="claim", name=claim)
        if yes:
            session.execute("UPDATE shared.membership SET waiting = false WHERE id = :id", {"id": claim})
            session.execute("UPDATE shared.user_session SET renew = true WHERE membership_id = :id", {"id": claim})
            take_over(session, row.tenant, by.actor)
            tell_owners(session, row.tenant, desk)
        else:
            session.execute("DELETE FROM shared.membership WHERE id = :id", {"id": claim})
            audit.record(session, subject=row.tenant, actor=by.actor, action="tenant.refuse_over")


def tell_owners(session: Session, tenant: str, desk: Desk) -> None:
    """Tells a firm's owners that the park has said yes."""
    rows = session.rows(
        'SELECT u.mobile, u.email, u.lang, t.title FROM shared.membership m JOIN shared."user" u ON u.id = m.user_id '
        "JOIN shared.tenant t ON t.name = m.tenant WHERE m.tenant = :tenant AND m.role = 'owner' AND NOT m.waiting",
        tenant=tenant,
    )
    for row in rows:
        contact = Contact("mobile", row.mobile) if row.mobile else Contact("email", row.email)
        lang = language(row.lang or desk.lang)
        link = f"{desk.base_url}/sign-in"
        body = t("[Lingyuan] The park has admitted {title}. Sign in: {link}", lang, title=row.title, link=link)
        outbox.put(session, contact, t("{title} has been admitted", lang, title=row.title) if row.email else "", body)


@dataclass(frozen=True)
class Progress:
    """How far a firm's joining has come: `state` of the tenant (`waiting` also while a claim waits), seconds since asked."""

    state: str
    seconds: int
    failed: bool


def progress(db: Database, who: Who) -> Progress:
    """How far the person's firm is."""
    if who.waiting or who.tenant is None:
        return Progress("waiting", 0, False)
    with accounts_session(db) as session:
        row = session.row(
            "SELECT t.state, m.error IS NOT NULL AS failed, "
            "CAST(extract(epoch FROM now() - coalesce(m.at, t.created)) AS int) AS seconds "
            "FROM shared.tenant t LEFT JOIN shared.mark m ON m.tenant = t.name AND m.kind = 'provision' "
            "WHERE t.name = :name ORDER BY m.at DESC LIMIT 1",
            name=who.tenant,
        )
    if row is None:
        raise NotFound(what="tenant", name=who.tenant)
    return Progress(row.state, row.seconds, row.failed)
