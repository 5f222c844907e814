"""Values that contradict what is stored: listed, not applied, until a person decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tenants import audit, clock
from tenants.curves.fold import Contradictions
from tenants.curves.offer import REPLACED, Readings
from tenants.db import TenantSession
from tenants.errors import NotFound
from tenants.flows import FLOWS
from tenants.quantities import in_units

NEITHER = -1  # two rows of one submission contradict each other: neither was taken
MOST_KEPT = 10_000  # of one submission; a file in the wrong unit contradicts everything


@dataclass(frozen=True)
class OpenConflict:
    """A contradiction nobody has decided yet; `kept` None: no value was taken."""

    meter: str
    flow: str
    unit: str
    start: dt.datetime
    step_minutes: int
    offered: Decimal
    kept: Decimal | None
    batch: UUID
    channel: int


def of_torn(one: Readings, where: NDArray[np.intp]) -> Contradictions:
    """The readings of a submission that contradict each other."""
    return Contradictions(
        one.step, np.full(where.size, one.channel, np.int64), one.day[where], one.slot[where], one.values[where],
        np.full(where.size, NEITHER, np.int64),
    )  # fmt: skip


def starts(one: Contradictions, zone: ZoneInfo) -> NDArray[np.int64]:
    """The interval starts [UTC seconds], shape (n,)."""
    if one.day.size == 0:
        return np.zeros(0, np.int64)
    first = int(one.day.min())
    seconds = 60 * one.step or 1  # of a register: the moment itself
    return np.asarray(clock.midnights(zone, first, int(one.day.max()))[one.day - first] + one.slot.astype(np.int64) * seconds)


def news(session: TenantSession, found: Sequence[Contradictions]) -> bool:
    """Whether any of the contradictions is not listed yet."""
    for one in found:
        unknown = 0
        if one.slot.size:
            unknown = session.scalar(
                "SELECT count(DISTINCT (c, s, o)) FROM unnest(CAST(:channels AS bigint[]), CAST(:starts AS bigint[]), "
                "CAST(:offered AS bigint[])) AS q(c, s, o) WHERE NOT EXISTS (SELECT FROM conflict WHERE channel = c "
                "AND start = to_timestamp(s) AND step_minutes = :step AND offered = o)",
                step=one.step, channels=one.channel[:MOST_KEPT].tolist(), starts=starts(one, session.zone)[:MOST_KEPT].tolist(),
                offered=one.offered[:MOST_KEPT].tolist(),
            )  # fmt: skip
        if unknown:
            return True
    return False


def keep(session: TenantSession, found: Sequence[Contradictions], batch: UUID) -> None:
    """Lists the contradictions; one that a person has dismissed stays dismissed."""
    left = MOST_KEPT
    for one in found:
        count = min(one.slot.size, left)
        left -= count
        if count == 0:
            continue
        session.execute(
            "INSERT INTO conflict (channel, start, step_minutes, offered, kept, batch) "
            "SELECT DISTINCT ON (c, s, o) c, to_timestamp(s), :step, o, nullif(k, :neither), :batch "
            "FROM unnest(CAST(:channels AS bigint[]), CAST(:starts AS bigint[]), CAST(:offered AS bigint[]), "
            "CAST(:kept AS bigint[])) AS q(c, s, o, k) "
            "ON CONFLICT (channel, start, step_minutes, offered) DO UPDATE SET kept = excluded.kept, batch = excluded.batch, "
            "state = CASE conflict.state WHEN 'dismissed' THEN 'dismissed' ELSE 'open' END",
            {"step": one.step, "neither": NEITHER, "batch": batch, "channels": one.channel[:count].tolist(),
             "starts": starts(one, session.zone)[:count].tolist(), "offered": one.offered[:count].tolist(),
             "kept": one.kept[:count].tolist()},
        )  # fmt: skip


def keep_replaced(session: TenantSession, one: Contradictions, batch: UUID) -> None:
    """Keeps register readings (`kept`) that another one has taken the place of: they are evidence too."""
    session.execute(
        "INSERT INTO conflict (channel, start, step_minutes, offered, kept, batch, state) "
        "SELECT c, to_timestamp(s), :step, o, k, :batch, 'replaced' FROM unnest(CAST(:channels AS bigint[]), "
        "CAST(:starts AS bigint[]), CAST(:offered AS bigint[]), CAST(:kept AS bigint[])) AS q(c, s, o, k) "
        "ON CONFLICT (channel, start, step_minutes, offered) DO UPDATE SET kept = excluded.kept, batch = excluded.batch, "
        "state = 'replaced'",
        {"step": one.step, "batch": batch, "channels": one.channel.tolist(), "starts": starts(one, session.zone).tolist(),
         "offered": one.offered.tolist(), "kept": one.kept.tolist()},
    )  # fmt: skip


def settle(session: TenantSession, replaced: Sequence[Readings]) -> None:
    """Closes the conflicts whose offered value has taken the place of the other."""
    for one in replaced:
        at = np.flatnonzero(one.verdict == REPLACED)
        first = int(one.day[at].min())
        begun = clock.midnights(session.zone, first, int(one.day[at].max()))[one.day[at] - first]
        session.execute(
            "UPDATE conflict SET state = 'replaced' FROM unnest(CAST(:starts AS bigint[]), CAST(:values AS bigint[])) "
            "AS q(s, v) WHERE state = 'open' AND channel = :channel AND step_minutes = :step AND start = to_timestamp(q.s) "
            "AND offered = q.v",
            {"channel": one.channel, "step": one.step, "starts": (begun + one.slot[at].astype(np.int64) * 60 * one.step).tolist(),
             "values": one.values[at].tolist()},
        )  # fmt: skip


def reopen(
    session: TenantSession, batch: UUID, starts: Mapping[tuple[int, int], tuple[NDArray[np.int64], NDArray[np.int64]]]
) -> None:
    """What taking a submission back means for contradictions: its own open ones are gone; one that it settled is open again;
    one that was measured against its value is open against none.

    Args:
        starts: the intervals [UTC seconds] that are taken back, with their values, by channel and step.
    """
    session.execute("DELETE FROM conflict WHERE batch = :batch AND state = 'open'", {"batch": batch})
    for (channel, step), (start, values) in starts.items():
        session.execute(
            "UPDATE conflict SET state = 'open', kept = CASE WHEN state = 'open' THEN NULL ELSE kept END "
            "FROM unnest(CAST(:starts AS bigint[]), CAST(:values AS bigint[])) AS q(s, v) "
            "WHERE channel = :channel AND step_minutes = :step AND start = to_timestamp(q.s) "
            "AND (state = 'open' AND kept = q.v OR state = 'replaced' AND offered = q.v)",
            {"channel": channel, "step": step, "starts": start.tolist(), "values": values.tolist()},
        )  # fmt: skip


def open_conflicts(session: TenantSession, *, most: int = 1000) -> list[OpenConflict]:
    """The contradictions that wait for a decision, oldest interval first."""
    rows = session.rows(
        "SELECT m.name, c.flow, x.start, x.step_minutes, x.offered, x.kept, x.batch, x.channel FROM conflict x "
        "JOIN channel c ON c.id = x.channel JOIN meter m ON m.id = c.meter WHERE x.state = 'open' "
        "ORDER BY m.name, c.flow, x.start, x.step_minutes, x.offered LIMIT :most",
        most=most,
    )  # fmt: skip
    return [
        OpenConflict(row.name, row.flow, FLOWS[row.flow].unit, row.start.astimezone(session.zone), row.step_minutes,
                     in_units(row.offered), None if row.kept is None else in_units(row.kept), row.batch, row.channel)
        for row in rows
    ]  # fmt: skip


def dismiss(session: TenantSession, batch: UUID, *, actor: str) -> int:
    """Keeps what is stored against everything one submission said differently; the number of conflicts closed.

    Raises:
        NotFound: the submission has no open conflict.
    """
    session.lock()
    closed = session.execute(
        "UPDATE conflict SET state = 'dismissed' WHERE batch = :batch AND state = 'open'", {"batch": batch}
    ).rowcount
    if not closed:
        raise NotFound(what="open conflict", name=batch)
    audit.record(session, subject=session.tenant, actor=actor, action="conflict.dismiss", batch=batch, count=closed)
    return int(closed)
