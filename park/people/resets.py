"""A forgotten password: a link by mail, good once, for half an hour."""

from __future__ import annotations

from uuid import UUID, uuid4

from park.access import accounts_session
from park.people import messages, outbox, passwords, throttle, users
from park.people.contact import email as email_contact
from park.people.desk import Desk, digest, new_secret
from park.people.throttle import GUESSING, SENDING, SENDING_NETWORK
from park.words import Lang
from tenants import audit
from tenants.db import Session
from tenants.errors import LingyuanError


class ResetGone(LingyuanError):
    """This link for a new password has been used or is too old."""

    status = 410
    remedy = "Ask for another one."


def ask(desk: Desk, address: str, network: str, lang: Lang) -> None:
    """Sends a link to the address, or a note that no account has it: the page says the same in both cases.

    Raises:
        EmailWrong: not an address. TooManyTries.
    """
    contact = email_contact(address)
    throttle.charge(desk, [(SENDING, f"reset|{contact.value}"), (SENDING_NETWORK, network)])
    secret = new_secret()
    with accounts_session(desk.db) as session:
        user = users.find(session, contact)
        session.execute(
            "INSERT INTO shared.login_code (id, purpose, destination, code, expires) "
            "VALUES (:id, 'reset', :to, :code, now() + make_interval(mins => :minutes))",
            {"id": uuid4(), "to": contact.value, "code": digest(secret), "minutes": messages.RESET_MINUTES},
        )
        outbox.put(session, contact, *(messages.reset(desk, secret, lang) if user else messages.nothing_to_reset(lang)))
        audit.record(session, subject="platform", actor="visitor", action="password.ask_reset")


def check(desk: Desk, secret: str, network: str) -> None:
    """Raises ResetGone unless the link still works."""
    throttle.charge(desk, [(GUESSING, network)])
    with accounts_session(desk.db) as session:
        _user(session, secret)
        throttle.forgive(session, [(GUESSING, network)])


def use(desk: Desk, secret: str, password: str, network: str) -> None:
    """Sets the new password and ends every session of the person.

    Raises:
        ResetGone, PasswordLength, PasswordWeak, TooManyTries.
    """
    check(desk, secret, network)
    passwords.check_new(password)
    hashed = passwords.hashed(password)
    with accounts_session(desk.db) as session:
        user, code = _user(session, secret)
        done = session.execute("UPDATE shared.login_code SET used = now() WHERE id = :id AND used IS NULL", {"id": code})
        if done.rowcount != 1:
            raise ResetGone()
        users.set_password(session, user, hashed)
        audit.record(session, subject="platform", actor=str(user), action="password.reset")


def _user(session: Session, secret: str) -> tuple[UUID, UUID]:
    """(user, code) of a link that works."""
    row = session.row(
        'SELECT u.id AS user_id, c.id FROM shared.login_code c JOIN shared."user" u ON u.email = c.destination AND u.active '
        "WHERE c.purpose = 'reset' AND c.code = :code AND c.used IS NULL AND c.expires > now()",
        code=digest(secret[:128]),
    )
    if row is None:
        raise ResetGone()
    return row.user_id, row.id
