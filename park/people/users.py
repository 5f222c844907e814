"""People's accounts: opened, signed in to by password or code, changed, closed."""

from __future__ import annotations

from uuid import UUID, uuid4

from park.access import accounts_session
from park.people import codes, memberships, passwords, sessions, throttle
from park.people.contact import Contact, any_contact
from park.people.desk import Desk
from park.people.sessions import Who
from park.people.throttle import ACCOUNT, NETWORK, Guard
from park.words import Lang
from tenants import audit
from tenants.db import Database, Session
from tenants.errors import AlreadyExists, InvalidInput, LingyuanError, NotFound


class SignInFailed(LingyuanError):
    """Address and password do not fit together."""

    status = 401
    remedy = "Check both. If you have forgotten the password, ask for a new one or sign in with a code."


def sign_in_with_password(desk: Desk, address: str, password: str, *, network: str, device: str = "") -> str:
    """The secret of a new session.

    Unknown address, wrong password and closed account give the same answer after the same work.

    Raises:
        SignInFailed, TooManyTries; MobileWrong or EmailWrong: not an address at all.
    """
    contact = any_contact(address)
    guards: list[Guard] = [(ACCOUNT, f"{contact.value}|{network}"), (NETWORK, network)]
    throttle.charge(desk, guards)
    with accounts_session(desk.db) as session:
        found = 'SELECT id, password FROM shared."user" WHERE active AND :value IN (mobile, email)'
        row = session.row(found, value=contact.value)
    if not passwords.fits(row.password if row else None, password) or row is None:
        raise SignInFailed()
    with accounts_session(desk.db) as session:
        throttle.forgive(session, guards)
        return enter(session, row.id, device, "password")


def sign_in_with_code(desk: Desk, contact: Contact, code: str, *, network: str, device: str = "") -> str:
    """The secret of a new session for whoever has the code that was sent.

    Raises:
        CodeWrong, TooManyTries.
    """
    proof = codes.check(desk, "sign_in", contact, code, network)
    with accounts_session(desk.db) as session:
        codes.spend(session, proof, contact, network)
        user = find(session, contact)
        if user is None:
            raise codes.CodeWrong()
        return enter(session, user, device, "code")


def enter(session: Session, user: UUID, device: str, way: str, membership: UUID | None = None) -> str:
    """The secret of a new session, said in the audit."""
    secret = sessions.open_session(session, user, device, membership)
    audit.record(session, subject="platform", actor=str(user), action="session.open", way=way)
    return secret


def find(session: Session, contact: Contact) -> UUID | None:
    """The open account with this number or address."""
    found = session.scalar('SELECT id FROM shared."user" WHERE active AND :value IN (mobile, email)', value=contact.value)
    return None if found is None else UUID(str(found))


def find_or_open(
    session: Session, contact: Contact, name: str, *, password: str | None = None, lang: str | None = None
) -> tuple[UUID, bool]:
    """The account with this proven contact, and whether it is new. An existing one keeps its name and password.

    Args:
        password: What `passwords.hashed` gave, or None.
    """
    user = find(session, contact)
    if user is not None:
        return user, False
    name = " ".join(name.split())
    if not 1 <= len(name) <= 60:
        raise InvalidInput(field="name", reason="a name has 1 to 60 characters", remedy="Give the name others call you by.")
    user = uuid4()
    done = session.execute(
        f'INSERT INTO shared."user" (id, name, {contact.kind}, password, lang) '
        "VALUES (:id, :name, :contact, :password, :lang) ON CONFLICT DO NOTHING",
        {"id": user, "name": name, "contact": contact.value, "password": password, "lang": lang},
    )
    if done.rowcount != 1:  # a closed account has it, or somebody was faster
        raise SignInFailed()
    return user, True


def enrol(
    db: Database, *, name: str, contact: Contact, role: str, actor: str,
    tenant: str | None = None, park: str | None = None, password: str | None = None,
) -> UUID:  # fmt: skip
    """The account of a person whom the operator gives a role, made if there is none. For command line and demo."""
    stored = passwords.hashed(password) if password else None
    with accounts_session(db) as session:
        user, new = find_or_open(session, contact, name, password=stored)
        memberships.give(session, user, role, tenant=tenant, park=park)
        subject = tenant or park or "platform"
        audit.record(session, subject=subject, actor=actor, action="user.enrol", user=user, role=role, new=new)
    return user


def change_password(desk: Desk, who: Who, old: str, new: str, *, network: str, device: str = "") -> str:
    """The secret of a new session; all others of the person have ended.

    Raises:
        SignInFailed: the old password is wrong. PasswordLength, PasswordWeak, TooManyTries.
    """
    guards: list[Guard] = [(ACCOUNT, f"{who.user}|{network}")]
    throttle.charge(desk, guards)
    with accounts_session(desk.db) as session:
        stored = session.scalar('SELECT password FROM shared."user" WHERE id = :id', id=who.user)
    if not passwords.fits(stored, old):
        raise SignInFailed()
    passwords.check_new(new, who.name, who.email or "", who.mobile or "")
    hashed = passwords.hashed(new)
    with accounts_session(desk.db) as session:
        throttle.forgive(session, guards)
        set_password(session, who.user, hashed)
        audit.record(session, subject=who.subject, actor=who.actor, action="password.change")
        return sessions.open_session(session, who.user, device, who.membership)


def has_password(db: Database, user: UUID) -> bool:
    """Whether the person has one; else they sign in by code."""
    with accounts_session(db) as session:
        return bool(session.scalar('SELECT password IS NOT NULL FROM shared."user" WHERE id = :id', id=user))


def set_password(session: Session, user: UUID, hashed: str) -> None:
    """Stores a new password and ends every session of the person."""
    session.execute('UPDATE shared."user" SET password = :hashed WHERE id = :id', {"hashed": hashed, "id": user})
    sessions.close_all(session, user)


def add_contact(desk: Desk, who: Who, contact: Contact, code: str, *, network: str) -> None:
    """Makes a proven number or address the person's own, in place of a former one of its kind.

    Raises:
        CodeWrong, TooManyTries. AlreadyExists: another account has it.
    """
    proof = codes.check(desk, "contact", contact, code, network)
    with accounts_session(desk.db) as session:
        codes.spend(session, proof, contact, network)
        other = session.scalar('SELECT id FROM shared."user" WHERE :value IN (mobile, email)', value=contact.value)
        if other not in (None, who.user):
            raise AlreadyExists(what="account", name=contact.masked)
        session.execute(f'UPDATE shared."user" SET {contact.kind} = :v WHERE id = :id', {"v": contact.value, "id": who.user})
        audit.record(session, subject=who.subject, actor=who.actor, action="user.contact", kind=contact.kind)


def rename(desk: Desk, who: Who, name: str) -> None:
    """Changes the name that others see."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 60:
        raise InvalidInput(field="name", reason="a name has 1 to 60 characters", remedy="Give the name others call you by.")
    with accounts_session(desk.db) as session:
        session.execute('UPDATE shared."user" SET name = :name WHERE id = :id', {"name": name, "id": who.user})
        audit.record(session, subject=who.subject, actor=who.actor, action="user.rename")


def set_language(desk: Desk, who: Who, lang: Lang) -> None:
    """Remembers the language with the person: pages on every device, and messages, are in it."""
    with accounts_session(desk.db) as session:
        session.execute('UPDATE shared."user" SET lang = :lang WHERE id = :id', {"lang": lang, "id": who.user})
        audit.record(session, subject=who.subject, actor=who.actor, action="user.language")


def disable(db: Database, user: UUID, actor: str) -> None:
    """Closes an account: every session ends, and no way of signing in works."""
    with accounts_session(db) as session:
        done = session.execute('UPDATE shared."user" SET active = false WHERE id = :id', {"id": user})
        if done.rowcount != 1:
            raise NotFound(what="user", name=user)
        sessions.close_all(session, user)
        audit.record(session, subject="platform", actor=actor, action="user.disable", user=user)
