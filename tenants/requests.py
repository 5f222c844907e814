"""Answers to requests that carried an idempotency key: kept in the transaction of their effect, given again word for word."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from tenants.db import TenantSession
from tenants.errors import InvalidInput, LingyuanError

KEPT_DAYS = 7
LONGEST_KEY = 255


class KeyReused(LingyuanError):
    """The idempotency key {key} was used before with another body or other parameters."""

    status = 422
    remedy = "Take a new key for each new request; send the old key only with the very same request."


@dataclass(frozen=True)
class Request:
    """What makes a request the same as an earlier one: who, which key, and a digest of all that was said."""

    sender: str
    key: str
    sha256: str

    @classmethod
    def of(cls, sender: str, key: str, *said: bytes) -> Request:
        """Raises InvalidInput for a key that is empty, too long or not printable."""
        if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
            reason, remedy = "it has 1 to {most} printable ASCII characters", "A UUID will do."
            raise InvalidInput(field="Idempotency-Key", reason=reason, remedy=remedy, most=LONGEST_KEY)
        digest = hashlib.sha256()
        for part in said:
            digest.update(len(part).to_bytes(8, "big") + part)
        return cls(sender, key, digest.hexdigest())

    @property
    def row(self) -> str:
        """Its key in the table: two senders of a tenant may count alike."""
        return f"{self.sender}:{self.key}"


@dataclass(frozen=True)
class Answer:
    """A status and a body, as they were sent."""

    status: int
    body: str


def earlier(session: TenantSession, request: Request) -> Answer | None:
    """The answer this request got before, or None. Call under the tenant's lock, before the effect.

    Raises:
        KeyReused: the key came with something else.
    """
    row = session.row("SELECT sha256, status, answer #>> '{}' AS body FROM request WHERE key = :key", key=request.row)
    if row is None:
        return None
    if row.sha256 != request.sha256:
        raise KeyReused(key=request.key)
    return Answer(row.status, row.body)


def keep(session: TenantSession, request: Request, answer: Answer) -> None:
    """Keeps an answer, in the transaction of its effect."""
    session.execute(
        "INSERT INTO request (key, sha256, status, answer) VALUES (:key, :sha256, :status, to_jsonb(CAST(:body AS text)))",
        {"key": request.row, "sha256": request.sha256, "status": answer.status, "body": answer.body},
    )


def prune(session: TenantSession) -> int:
    """Forgets the answers that are older than a week; how many."""
    gone = session.execute("DELETE FROM request WHERE at < now() - make_interval(days => :days)", {"days": KEPT_DAYS})
    return int(gone.rowcount)
