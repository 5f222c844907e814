"""Keys of devices and programs to one tenant's doors: a public id and 256 secret bits, of which only the hash is kept."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from park.access import accounts_session
from park.people.desk import digest, new_secret
from tenants import audit
from tenants.db import Database
from tenants.errors import InvalidInput, LingyuanError, NotFound

SCOPES: Final = ("readings:write", "data:read")
LONGEST_DAYS: Final = 1100
USED_EVERY: Final = dt.timedelta(minutes=1)
_WRITTEN = re.compile(r"(ly[a-z2-7]{12})\.([A-Za-z0-9_-]{43})")
_BROKER_ROUNDS = 101
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


class TokenMissing(LingyuanError):
    """This address needs a token."""

    status = 401
    remedy = "Send the header `Authorization: Bearer <token>`. The firm's owner makes tokens under Meters and devices."


class TokenWrong(LingyuanError):
    """This token is not valid."""

    status = 401
    remedy = "Check that it was copied whole, or make a new one: it may have been withdrawn."


class TokenExpired(LingyuanError):
    """This token expired on {day}."""

    status = 401
    remedy = "Make a new one; nothing that was sent with the old one is lost."


class ScopeMissing(LingyuanError):
    """This token may not do this: it lacks the scope {scope}."""

    status = 403
    remedy = "Make a token with that scope."


@dataclass(frozen=True)
class Token:
    """A token that was shown and is valid."""

    id: str
    tenant: str
    scopes: frozenset[str]

    @property
    def actor(self) -> str:
        """The name in the audit."""
        return f"token:{self.id}"

    def require(self, scope: str) -> None:
        """Raises ScopeMissing unless the token has the scope."""
        if scope not in self.scopes:
            raise ScopeMissing(scope=scope)


def create(db: Database, *, tenant: str, title: str, scopes: Iterable[str], actor: str, days: int = 365) -> tuple[str, str]:
    """(public id, the whole token) of a new token; the whole is shown this once.

    Raises:
        InvalidInput: no title, unknown scope, or too long a life. NotFound: no such tenant.
    """
    wanted = sorted(set(scopes))
    title = " ".join(title.split())
    if not 1 <= len(title) <= 80:
        raise InvalidInput(field="title", reason="a token needs a name", remedy="Name the device or program that will use it.")
    if not wanted or not set(wanted) <= set(SCOPES):
        raise InvalidInput(field="scopes", reason="unknown scope", remedy="One or both of: {known}", known=", ".join(SCOPES))
    if not 1 <= days <= LONGEST_DAYS:
        reason = "a token lives 1 to {most} days"
        raise InvalidInput(field="days", reason=reason, remedy="Choose a shorter time.", most=LONGEST_DAYS)
    public, secret = "ly" + "".join(secrets.choice(_ALPHABET) for _ in range(12)), new_secret()
    with accounts_session(db) as session:
        if session.scalar("SELECT 1 FROM shared.tenant WHERE name = :name AND state <> 'erased'", name=tenant) is None:
            raise NotFound(what="tenant", name=tenant)
        session.execute(
            "INSERT INTO shared.token (id, secret, broker, tenant, title, scopes, created_by, expires) "
            "VALUES (:id, :secret, :broker, :tenant, :title, :scopes, :by, now() + make_interval(days => :days))",
            {"id": public, "secret": digest(secret), "broker": broker_entry(secret), "tenant": tenant, "title": title,
             "scopes": wanted, "by": actor, "days": days},
        )  # fmt: skip
        audit.record(session, subject=tenant, actor=actor, action="token.create", token=public, scopes=wanted, days=days)
    return public, f"{public}.{secret}"


def broker_entry(secret: str) -> str:
    """The secret as a mosquitto password file holds it. A random secret of 256 bits needs no slow hash."""
    salt = secrets.token_bytes(12)
    key = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, _BROKER_ROUNDS, 64)
    return f"$7${_BROKER_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def verify(db: Database, authorization: str | None) -> Token:
    """The token in an Authorization header.

    Raises:
        TokenMissing, TokenWrong, TokenExpired.
    """
    scheme, _, shown = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not shown:
        raise TokenMissing()
    parts = _WRITTEN.fullmatch(shown.strip())
    if parts is None:
        raise TokenWrong()
    now = dt.datetime.now(dt.UTC)
    with accounts_session(db) as session:
        row = session.row(
            "SELECT k.secret, k.tenant, k.scopes, k.expires, k.used, k.revoked, t.state FROM shared.token k "
            "JOIN shared.tenant t ON t.name = k.tenant WHERE k.id = :id",
            id=parts[1],
        )
        if row is None or not hmac.compare_digest(bytes(row.secret), digest(parts[2])):
            raise TokenWrong()
        if row.revoked is not None or row.state != "active":
            raise TokenWrong()
        if row.expires <= now:
            raise TokenExpired(day=row.expires.date())
        if row.used is None or now - row.used > USED_EVERY:
            session.execute("UPDATE shared.token SET used = now() WHERE id = :id", {"id": parts[1]})
    return Token(parts[1], row.tenant, frozenset(row.scopes))


def revoke(db: Database, *, tenant: str, token: str, actor: str) -> None:
    """Makes a token useless from the next request on.

    Raises:
        NotFound: the tenant has no such token, or it is withdrawn already.
    """
    with accounts_session(db) as session:
        done = session.execute(
            "UPDATE shared.token SET revoked = now() WHERE id = :id AND tenant = :tenant AND revoked IS NULL",
            {"id": token, "tenant": tenant},
        )
        if done.rowcount != 1:
            raise NotFound(what="token", name=token)
        audit.record(session, subject=tenant, actor=actor, action="token.revoke", token=token)


def listed(db: Database, tenant: str) -> Sequence[sa.Row[Any]]:
    """A tenant's tokens without their secrets: id, title, scopes, created, expires, used, revoked."""
    with accounts_session(db) as session:
        return session.rows(
            "SELECT id, title, scopes, created, expires, used, revoked FROM shared.token WHERE tenant = :tenant "
            "ORDER BY created DESC",
            tenant=tenant,
        )
