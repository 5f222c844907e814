"""Tries without success make the next one wait, longer each time, and never for good.

What waits is a pair: the account *and* the network it is tried from. Somebody guessing elsewhere does not keep the
owner out. A network that tries many accounts waits as a whole, from a much higher count on.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from park.access import accounts_session
from park.people.desk import Desk
from tenants.db import Session
from tenants.errors import LingyuanError


class TooManyTries(LingyuanError):
    """Too many tries. The next one is possible in {seconds} seconds."""

    status = 429
    remedy = "Wait that long. Others are not affected, and the account is not locked."


@dataclass(frozen=True)
class Rule:
    """The first `free` tries do not wait; then `first_s`, doubling up to `cap_s`; all is forgotten after `forget_s`."""

    name: str
    free: int
    first_s: float
    cap_s: float
    forget_s: float = 3600

    def wait_s(self, tries: int) -> float:
        """How long after the so-many-th try the next one must wait. [s]"""
        over = tries - self.free
        return 0.0 if over <= 0 else min(self.cap_s, self.first_s * 2.0 ** min(over - 1, 30))


ACCOUNT: Final = Rule("account", free=5, first_s=2, cap_s=300)
NETWORK: Final = Rule("network", free=50, first_s=1, cap_s=60)
SENDING: Final = Rule("sending", free=0, first_s=60, cap_s=1800)  # one code a minute to one number, then fewer
SENDING_NETWORK: Final = Rule("sending_network", free=20, first_s=5, cap_s=300)
GUESSING: Final = Rule("guessing", free=20, first_s=2, cap_s=120)  # join codes and links, per network


def network(address: str | None) -> str:
    """The network an address belongs to: /24 of IPv4, /56 of IPv6. Neighbours share their waiting."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 56}", strict=False))


Guard = tuple[Rule, str]  # a rule and what it guards: an account with a network, or a network


def charge(desk: Desk, guards: Sequence[Guard], now: dt.datetime | None = None) -> None:
    """Counts a try before it is made, so that many at once do not slip through.

    Raises:
        TooManyTries: one of them must wait; nothing was counted.
    """
    moment = now or dt.datetime.now(dt.UTC)
    with accounts_session(desk.db) as session:
        keys = sorted((_key(rule, what), rule) for rule, what in guards)
        tries = {key: _tries(session, key, rule, moment) for key, rule in keys}
        for key, rule in keys:
            count = tries[key] + 1
            session.execute(
                "UPDATE shared.throttle SET tries = :count, last = :now, until = :until WHERE key = :key",
                {"count": count, "now": moment, "until": moment + dt.timedelta(seconds=rule.wait_s(count)), "key": key},
            )


def forgive(session: Session, guards: Sequence[Guard]) -> None:
    """Forgets the tries: one has succeeded."""
    for rule, what in guards:
        session.execute("DELETE FROM shared.throttle WHERE key = :key", {"key": _key(rule, what)})


def sweep(session: Session) -> int:
    """How many counts were old enough to be deleted."""
    return session.execute("DELETE FROM shared.throttle WHERE last < now() - interval '1 day'").rowcount


def _key(rule: Rule, what: str) -> bytes:
    return hashlib.sha256(f"{rule.name}\0{what}".encode()).digest()


def _tries(session: Session, key: bytes, rule: Rule, now: dt.datetime) -> int:
    session.execute(
        "INSERT INTO shared.throttle (key, tries, last, until) VALUES (:key, 0, :now, :now) ON CONFLICT (key) DO NOTHING",
        {"key": key, "now": now},
    )
    row = session.row("SELECT tries, last, until FROM shared.throttle WHERE key = :key FOR UPDATE", key=key)
    if row is None or (now - row.last).total_seconds() > rule.forget_s:
        return 0
    if row.until > now:
        raise TooManyTries(seconds=math.ceil((row.until - now).total_seconds()))
    return int(row.tries)
