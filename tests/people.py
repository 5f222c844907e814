"""People for tests: a desk, fresh contacts, the codes and links that were sent to them."""

from __future__ import annotations

import re
import secrets

import psycopg
from psycopg import sql

from park.access import accounts_session
from park.people import contact, users
from park.people.contact import Contact
from park.people.credit_code import LETTERS, check_letter
from park.people.desk import Desk
from park.people.sessions import Who, current
from tenants.db import Database

PASSWORD = "drei Kiefern am Hang"
NETWORK = "192.0.2.0/24"


def desk(db: Database, *, sms: bool = True) -> Desk:
    """A desk with its own key."""
    return Desk(db, secrets.token_bytes(32), "http://127.0.0.1:8050", "zh", demo=True, sms=sms)


def new_mobile() -> Contact:
    """A number nobody has."""
    return contact.mobile("13" + "".join(secrets.choice("0123456789") for _ in range(9)))


def new_email() -> Contact:
    """An address nobody has."""
    return contact.email(f"u{secrets.token_hex(6)}@factory.cn")


def new_network() -> str:
    """A network that has tried nothing yet."""
    return f"198.{secrets.randbelow(256)}.{secrets.randbelow(256)}.0/24"


def new_credit_code() -> str:
    """A credit code whose check digit fits."""
    first = "91500000" + "".join(secrets.choice(LETTERS) for _ in range(9))
    return first + check_letter(first)


def messages_to(db: Database, to: Contact) -> list[str]:
    """Texts sent to the contact, the newest first."""
    with accounts_session(db) as session:
        rows = session.rows("SELECT body FROM shared.outbox WHERE recipient = :to ORDER BY created DESC", to=to.value)
    return [row.body for row in rows]


def code_to(db: Database, to: Contact) -> str:
    """The newest code sent to the contact."""
    for body in messages_to(db, to):
        if found := re.search(r"\b\d{6}\b", body):
            return found[0]
    raise AssertionError("no code was sent")


def link_to(db: Database, to: Contact) -> str:
    """The path of the newest link sent to the contact."""
    for body in messages_to(db, to):
        if found := re.search(r"https?://[^/\s]+(/\S+)", body):
            return found[1]
    raise AssertionError("no link was sent")


def enrolled(db: Database, role: str, *, tenant: str | None = None, park: str | None = None, password: bool = True) -> Contact:
    """The address of a fresh person in the role."""
    to = new_email()
    users.enrol(
        db, name="Test Person", contact=to, role=role, tenant=tenant, park=park, actor="test",
        password=PASSWORD if password else None,
    )  # fmt: skip
    return to


def signed_in(desk: Desk, to: Contact) -> tuple[str, Who]:
    """(secret, person) of a new session of an enrolled person."""
    secret = users.sign_in_with_password(desk, to.value, PASSWORD, network=new_network())
    return secret, seen(desk, secret)


def seen(desk: Desk, secret: str) -> Who:
    """The person of a session that works."""
    person = current(desk.db, secret)
    assert person is not None
    return person


def audited(superuser: str, *, actor: str | None = None, subject: str | None = None) -> list[str]:
    """Actions in the audit, oldest first, by this actor or about this subject."""
    with psycopg.connect(superuser) as connection:
        rows = connection.execute(
            "SELECT action FROM shared.audit WHERE (actor = %s OR %s::text IS NULL) AND (subject = %s OR %s::text IS NULL) "
            "ORDER BY at, action",
            (actor, actor, subject, subject),
        ).fetchall()
    return [row[0] for row in rows]


def everything_stored(superuser: str) -> str:
    """Every row of every table of the shared schema as text: no secret may be in it."""
    with psycopg.connect(superuser) as connection:
        names = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'shared' AND table_type = 'BASE TABLE' "
            "AND table_name <> 'outbox'"
        ).fetchall()
        parts = [
            str(connection.execute(sql.SQL("SELECT t::text FROM shared.{} t").format(sql.Identifier(name))).fetchall())
            for (name,) in names
        ]
    return "\n".join(parts)
