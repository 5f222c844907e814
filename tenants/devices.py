"""Who sends a tenant's readings and how well: one row per sender and meter, kept in the transaction of the readings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from tenants.db import TenantSession
from tenants.errors import LingyuanError

NO_METER = ""  # what names no meter of the tenant's: a gateway's own state, a body that cannot be read
LONGEST_FACT = 200  # characters; what a device sent is not kept in full


@dataclass(frozen=True)
class Refusal:
    """Why something was not taken: `reason` and `remedy` are templates over `facts`."""

    reason: str
    remedy: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, error: LingyuanError) -> Refusal:
        """The refusal that an error is."""
        return cls(error.template, error.remedy, {name: value for name, value in error.facts.items() if name != "problems"})

    def as_json(self) -> dict[str, Any]:
        """For the table: facts as short texts, which is what a sentence needs."""
        facts = {name: value if isinstance(value, int) else str(value)[:LONGEST_FACT] for name, value in self.facts.items()}
        return {"reason": self.reason, "remedy": self.remedy, "facts": facts}


@dataclass(frozen=True)
class Heard:
    """What one submission tells of one meter. `until` [UTC seconds] is the end of its newest reading, `signal` [percent]."""

    sender: str
    meter: str = NO_METER
    until: int | None = None
    readings: int = 0
    errors: int = 0
    refusal: Refusal | None = None
    signal: int | None = None


@dataclass(frozen=True)
class Device:
    """One meter as one sender reports it. `error` is its last refusal: reason, remedy, facts, at (ISO 8601)."""

    sender: str
    meter: str
    door: str
    seen: dt.datetime
    until: dt.datetime | None
    readings: int
    errors: int
    error: Mapping[str, Any] | None
    signal: int | None
    now: dt.datetime

    @property
    def lag(self) -> dt.timedelta | None:
        """How far its newest reading lies behind; None before the first."""
        return None if self.until is None else max(self.now - self.until, dt.timedelta(0))

    @property
    def silence(self) -> dt.timedelta:
        """How long nothing has come."""
        return max(self.now - self.seen, dt.timedelta(0))


_NOTE = """
    INSERT INTO device (sender, meter, door, until, readings, errors, error, signal)
    SELECT s, m, :door, to_timestamp(u), r, e, CAST(j AS jsonb) || jsonb_build_object('at', CAST(:now AS text)), g
    FROM unnest(CAST(:senders AS text[]), CAST(:meters AS text[]), CAST(:untils AS bigint[]), CAST(:readings AS bigint[]),
        CAST(:errors AS bigint[]), CAST(:refusals AS text[]), CAST(:signals AS smallint[])) AS q(s, m, u, r, e, j, g)
    ON CONFLICT (sender, meter) DO UPDATE SET door = excluded.door, seen = excluded.seen,
        until = greatest(device.until, excluded.until), readings = device.readings + excluded.readings,
        errors = device.errors + excluded.errors, error = coalesce(excluded.error, device.error),
        signal = coalesce(excluded.signal, device.signal)
"""


def note(session: TenantSession, heard: Iterable[Heard], *, door: str) -> None:
    """Keeps what was heard, in one statement. Call under the tenant's lock.

    Args:
        door: http | mqtt.
    """
    rows = sorted(_united(heard), key=lambda one: (one.sender, one.meter))
    if not rows:
        return
    session.later(
        _NOTE,
        {"door": door, "now": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
         "senders": [one.sender for one in rows], "meters": [one.meter for one in rows],
         "untils": [one.until for one in rows], "readings": [one.readings for one in rows],
         "errors": [one.errors for one in rows], "signals": [one.signal for one in rows],
         "refusals": [None if one.refusal is None else orjson.dumps(one.refusal.as_json()).decode() for one in rows]},
    )  # fmt: skip


def _united(heard: Iterable[Heard]) -> list[Heard]:
    """One per sender and meter: counts added, the latest of everything else."""
    found: dict[tuple[str, str], Heard] = {}
    for new in heard:
        key = (new.sender, new.meter)
        old = found.get(key)
        found[key] = new if old is None else Heard(
            *key, max((one for one in (old.until, new.until) if one is not None), default=None),
            old.readings + new.readings, old.errors + new.errors, new.refusal or old.refusal,
            old.signal if new.signal is None else new.signal,
        )  # fmt: skip
    return list(found.values())


def listed(session: TenantSession) -> Sequence[Device]:
    """Every sender's meters; those that have been silent longest first. The meter "" stands for what names none."""
    rows = session.rows(
        "SELECT sender, meter, door, seen, until, readings, errors, error, signal, now() AS now FROM device "
        "ORDER BY seen, sender, meter"
    )
    return [
        Device(
            row.sender, row.meter, row.door, row.seen, row.until, row.readings, row.errors, row.error, row.signal, row.now
        )
        for row in rows
    ]  # fmt: skip
