"""Six digits sent to a number or address prove that it is the person's own.

Nothing in an answer tells whether an account exists: the same rows are written and a message leaves in both cases.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Final, Literal
from uuid import UUID, uuid4

from park.access import accounts_session
from park.people import messages, outbox, throttle
from park.people.contact import Contact
from park.people.desk import Desk
from park.people.throttle import GUESSING, SENDING, SENDING_NETWORK, Guard
from park.words import Lang
from tenants import audit
from tenants.db import Session
from tenants.errors import LingyuanError

Purpose = Literal["sign_in", "join", "invitation", "contact"]
TRIES: Final = 5


class CodeWrong(LingyuanError):
    """This code is wrong or no longer valid."""

    status = 422
    remedy = "Compare it with the message. After five tries or ten minutes ask for a new one."


class CannotSend(LingyuanError):
    """This installation cannot send short messages yet."""

    status = 503
    remedy = "Use your e-mail address instead, or ask the operator to set up a message gateway."


def ask(desk: Desk, purpose: Purpose, contact: Contact, network: str, lang: Lang) -> None:
    """Sends a code; who asks to sign in with a number that no account has is told so in the message, not on the page.

    Raises:
        TooManyTries: one was sent less than a minute ago, or too many from this network.
        CannotSend: there is no way to send short messages.
    """
    if not (desk.sms if contact.kind == "mobile" else desk.mail):
        raise CannotSend()
    throttle.charge(desk, [*_sending(contact), (SENDING_NETWORK, network)])
    code = f"{secrets.randbelow(10**6):06d}"
    with accounts_session(desk.db) as session:
        known = session.scalar('SELECT 1 FROM shared."user" WHERE active AND :value IN (mobile, email)', value=contact.value)
        wanted = known or purpose != "sign_in"
        identity = uuid4()
        session.execute(
            "INSERT INTO shared.login_code (id, purpose, destination, code, expires) "
            "VALUES (:id, :purpose, :to, :code, now() + make_interval(mins => :minutes))",
            {"id": identity, "purpose": purpose, "to": contact.value, "minutes": messages.CODE_MINUTES,
             "code": desk.keyed("code", str(identity), code if wanted else secrets.token_hex())},
        )  # fmt: skip
        outbox.put(session, contact, *(messages.code(contact, code, lang) if wanted else messages.stranger(contact, lang)))
        audit.record(session, subject="platform", actor="visitor", action="code.send", purpose=purpose, channel=contact.channel)


def check(desk: Desk, purpose: Purpose, contact: Contact, code: str, network: str) -> UUID:
    """The code that fits, to be spent in the transaction that uses it. The try is counted before it is compared.

    Raises:
        CodeWrong: wrong, expired, used, tried five times, or none was sent. TooManyTries.
    """
    throttle.charge(desk, [(GUESSING, network)])
    with accounts_session(desk.db) as session:
        row = session.row(
            "UPDATE shared.login_code SET tries = tries + 1 WHERE id = (SELECT id FROM shared.login_code "
            "WHERE destination = :to AND purpose = :purpose ORDER BY created DESC LIMIT 1) "
            "AND used IS NULL AND expires > now() AND tries < :most RETURNING id, code",
            to=contact.value, purpose=purpose, most=TRIES,
        )  # fmt: skip
    typed = "".join(code.split())
    if row is None or not hmac.compare_digest(bytes(row.code), desk.keyed("code", str(row.id), typed)):
        raise CodeWrong()
    return UUID(str(row.id))


def spend(session: Session, code: UUID, contact: Contact, network: str) -> None:
    """Marks the code as used, once.

    Raises:
        CodeWrong: somebody was faster.
    """
    done = session.execute("UPDATE shared.login_code SET used = now() WHERE id = :id AND used IS NULL", {"id": code})
    if done.rowcount != 1:
        raise CodeWrong()
    throttle.forgive(session, [*_sending(contact), (GUESSING, network)])


def sweep(session: Session) -> int:
    """How many old codes were deleted."""
    return session.execute("DELETE FROM shared.login_code WHERE expires < now() - interval '1 day'").rowcount


def _sending(contact: Contact) -> list[Guard]:
    return [(SENDING, contact.value)]
