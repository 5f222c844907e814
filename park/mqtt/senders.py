"""Who may send: tokens as they are now, looked up at most once a second."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from park.access import accounts_session
from park.people.tokens import USED_EVERY, ScopeMissing, TokenExpired, TokenWrong
from tenants.db import Database
from tenants.errors import LingyuanError

FRESH_S: Final = 1.0  # a token that is withdrawn is good for no longer than this
SCOPE: Final = "readings:write"


@dataclass(frozen=True)
class Sender:
    """A token: whose it is, and why it may not send, if so."""

    id: str
    tenant: str | None
    refusal: LingyuanError | None
    seen: float


@dataclass
class Senders:
    """The tokens of the senders that were asked for."""

    db: Database
    fresh_s: float = FRESH_S
    _known: dict[str, Sender] = field(default_factory=dict)

    def of(self, wanted: str, waiting: Iterable[str]) -> Sender:
        """The sender, looked up together with all others that wait if what is known of it is old.

        Raises:
            Unavailable: the database is away.
        """
        now = time.monotonic()
        found = self._known.get(wanted)
        if found is None or now - found.seen > self.fresh_s:
            self._look_up({wanted, *waiting}, now)
            found = self._known[wanted]
        return found

    def companions(self, sender: Sender, waiting: Iterable[str]) -> list[str]:
        """The sender and the others of its tenant among those that wait."""
        others = (self._known.get(one) for one in waiting if one != sender.id)
        return [sender.id, *(one.id for one in others if one and one.tenant == sender.tenant and self._usable(one))]

    def _usable(self, one: Sender) -> bool:
        return one.refusal is None and time.monotonic() - one.seen <= self.fresh_s

    def _look_up(self, ids: set[str], now: float) -> None:
        with accounts_session(self.db) as session:
            rows = session.rows(
                "SELECT k.id, k.tenant, k.scopes, k.expires, k.used, k.revoked, t.state, now() AS now FROM shared.token k "
                "JOIN shared.tenant t ON t.name = k.tenant WHERE k.id = ANY(:ids)",
                ids=sorted(ids),
            )
            used = [row.id for row in rows if row.used is None or row.now - row.used > USED_EVERY]
            if used:
                session.execute("UPDATE shared.token SET used = now() WHERE id = ANY(:ids)", {"ids": used})
        self._known = {} if len(self._known) > 100_000 else self._known
        self._known |= {one: Sender(one, None, TokenWrong(), now) for one in ids}
        self._known |= {row.id: Sender(row.id, row.tenant, _refusal(row), now) for row in rows}


def _refusal(row: sa.Row[Any]) -> LingyuanError | None:
    if row.revoked is not None or row.state != "active":
        return TokenWrong()
    if row.expires <= row.now:
        return TokenExpired(day=row.expires.date())
    return None if SCOPE in row.scopes else ScopeMissing(scope=SCOPE)
