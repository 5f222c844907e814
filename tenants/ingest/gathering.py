"""Gathers the submissions of one device and day into one, so that a minute's feed does not leave 1,440 origins a day.

What is gathered stays true: who sent, on which day, and exactly which intervals. Only submissions that nobody else touched
are gathered: none of their intervals was set by another one too, and nothing refers to them. The day can then be taken back
as a whole, like any submission.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson

from tenants import audit, clock
from tenants.db import TenantSession

DAYS_BACK: Final = 8  # a worker that was down for a week still finds what it has missed
COUNTS: Final = ("rows", "accepted", "unchanged", "conflicting", "refused")
REGISTER: Final = 0
Key = tuple[int, dt.date]

_CANDIDATES = """
    SELECT b.id, b.source, b.actor, b.received, b.sha256, b.receipt FROM batch b
    WHERE b.source IN ('http', 'mqtt') AND b.name = '' AND b.undone IS NULL
        AND b.received >= CAST(:first AS timestamptz) AND b.received < CAST(:end AS timestamptz)
        AND NOT EXISTS (SELECT FROM curve_former f WHERE f.batch = b.id)
        AND NOT EXISTS (SELECT FROM conflict c WHERE c.batch = b.id)
        AND NOT EXISTS (SELECT FROM problem p WHERE p.batch = b.id)
    ORDER BY b.received, b.id
"""
_ORIGINS = """
    WITH mine AS MATERIALIZED (SELECT DISTINCT channel, day FROM curve_batch WHERE batch = ANY(:batches))
    SELECT channel, day, batch, step_minutes, slots FROM curve_batch JOIN mine USING (channel, day)
"""


@dataclass(frozen=True)
class Origin:
    """What one submission set of one day of one channel; see `curve_batch`."""

    channel: int
    day: dt.date
    batch: UUID
    step: int
    slots: bytes

    @property
    def marks(self) -> frozenset[int]:
        """The intervals, or the seconds of the day of a register."""
        if self.step == REGISTER:
            return frozenset(int.from_bytes(self.slots[i : i + 4], "big") for i in range(0, len(self.slots), 4))
        return frozenset(8 * i + bit for i, byte in enumerate(self.slots) for bit in range(8) if byte & (0x80 >> bit))


def gather(session: TenantSession, *, today: dt.date | None = None) -> int:
    """Gathers what came before today; how many submissions are fewer."""
    session.lock()
    end = today or clock.today(session.zone)
    first = end - dt.timedelta(days=DAYS_BACK)
    instants = {name: dt.datetime.combine(day, dt.time(), session.zone) for name, day in (("first", first), ("end", end))}
    batches = {row.id: row for row in session.fetch(_CANDIDATES, **instants)}
    groups: dict[tuple[str, str, dt.date], list[UUID]] = defaultdict(list)
    for row in batches.values():
        groups[row.source, row.actor, row.received.astimezone(session.zone).date()].append(row.id)
    several = [group for group in groups.values() if len(group) > 1]
    if not several:
        return 0
    wanted = [batch for group in several for batch in group]
    origins = [Origin(*row) for row in session.fetch(_ORIGINS, batches=wanted)]
    shared = entangled(origins)
    mine: dict[UUID, list[Origin]] = defaultdict(list)
    for one in origins:
        mine[one.batch].append(one)
    gone = 0
    for group in several:
        alone = [batch for batch in group if batch not in shared]
        if len(alone) > 1:
            _merge(session, [batches[batch] for batch in alone], [one for batch in alone for one in mine[batch]])
            gone += len(alone) - 1
    return gone


def entangled(origins: Iterable[Origin]) -> set[UUID]:
    """The submissions that share an interval with another one, or a day with one of another step."""
    days: dict[Key, list[Origin]] = defaultdict(list)
    for one in origins:
        days[one.channel, one.day].append(one)
    found: set[UUID] = set()
    for several in days.values():
        if len({one.step for one in several}) > 1:
            found |= {one.batch for one in several}
            continue
        owner: dict[int, UUID] = {}
        for one in several:
            for mark in one.marks:
                other = owner.setdefault(mark, one.batch)
                if other != one.batch:
                    found |= {other, one.batch}
    return found


def united(origins: Sequence[Origin]) -> bytes:
    """The slots of several origins of one channel, day and step as one."""
    if origins[0].step == REGISTER:
        marks = sorted(frozenset[int]().union(*(one.marks for one in origins)))
        return b"".join(mark.to_bytes(4, "big") for mark in marks)
    size, bits = max(len(one.slots) for one in origins), 0
    for one in origins:
        bits |= int.from_bytes(one.slots.ljust(size, b"\0"), "big")
    return bits.to_bytes(size, "big")


def _merge(session: TenantSession, batches: Sequence[Any], origins: Sequence[Origin]) -> None:
    """Makes the first of the submissions say what all of them say."""
    first, others = batches[0], [one.id for one in batches[1:]]
    days: dict[tuple[int, dt.date, int], list[Origin]] = defaultdict(list)
    for one in origins:
        days[one.channel, one.day, one.step].append(one)
    receipt = {name: sum(int(one.receipt.get(name, 0)) for one in batches) for name in COUNTS}
    receipt["gathered"] = sum(int(one.receipt.get("gathered", 1)) for one in batches)
    digest = hashlib.sha256("".join(one.sha256 for one in batches).encode()).hexdigest()
    session.execute("DELETE FROM curve_batch WHERE batch = ANY(:ids)", {"ids": [first.id, *others]})
    session.execute(
        "INSERT INTO curve_batch (channel, day, batch, step_minutes, slots) SELECT c, d, :batch, s, x "
        "FROM unnest(CAST(:channels AS bigint[]), CAST(:days AS date[]), CAST(:steps AS smallint[]), CAST(:slots AS bytea[])) "
        "AS q(c, d, s, x)",
        {"batch": first.id, "channels": [key[0] for key in days], "days": [key[1] for key in days],
         "steps": [key[2] for key in days], "slots": [united(several) for several in days.values()]},
    )  # fmt: skip
    session.execute(
        "UPDATE batch SET receipt = CAST(:receipt AS jsonb), sha256 = :sha256 WHERE id = :id",
        {"id": first.id, "receipt": orjson.dumps(receipt).decode(), "sha256": digest},
    )
    session.execute("DELETE FROM batch WHERE id = ANY(:ids)", {"ids": others})
    audit.record(
        session, subject=session.tenant, actor="worker", action="readings.gather", batch=first.id, gathered=len(batches),
        sender=first.actor, last=batches[-1].received,
    )  # fmt: skip
