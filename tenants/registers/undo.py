"""What taking a submission back means for registers: its readings are gone, and the curves follow from those that remain."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.curves.codec import key_of
from tenants.db import TenantSession
from tenants.registers import store
from tenants.registers.change import Span, change, read_spans
from tenants.registers.codec import NONE, Rows, joined, place_of, seconds_of
from tenants.registers.publishing import write_curves
from tenants.topology import load


@dataclass(frozen=True)
class TakenBack:
    """Readings that are gone or as before again, those a later submission has set, and the days that changed."""

    readings: int = 0
    kept: int = 0
    keys: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))


def take_back(session: TenantSession, batch: UUID, own: UUID, reason: str) -> TakenBack:
    """Takes the register readings of a submission away, writes the curves that follow, publishes nothing.

    A reading that had taken another one's place gives it back. Days of registers on which the submission had set intervals (a
    repair) follow from their readings again.

    Args:
        own: the undo's batch, under which former rows are kept.
    """
    gone, kept = _set_by(session, batch)
    back = _pushed_aside(session, batch)
    back = back.take(np.isin(place_of(back), place_of(gone)))
    repaired = session.rows(
        "SELECT DISTINCT b.channel, b.day - date '1970-01-01' AS day FROM curve_batch b JOIN channel c ON c.id = b.channel "
        "WHERE b.batch = :batch AND b.step_minutes > 0 AND c.kind = 'register'",
        batch=batch,
    )
    days = np.concatenate([gone.day, np.array([row.day for row in repaired], np.int32)])
    channels = np.concatenate([gone.channel, np.array([row.channel for row in repaired], np.int64)])
    if not channels.size:
        return TakenBack(0, kept)
    topology = load(session)
    spans = []
    for number in np.unique(channels).tolist():
        mine = days[channels == number]
        ends = clock.midnights(session.zone, int(mine.min()), int(mine.max()))
        spans.append(Span(topology.channels[number], int(ends[0]), int(ends[-1]) - 1))
    reads = read_spans(session, spans)

    def merge(channel: int, rows: Rows) -> Rows:
        new, old = back.take(back.channel == channel), gone.take(gone.channel == channel)
        return joined([rows.take(~np.isin(place_of(rows), place_of(old))), new])

    changed = change(session, spans, reads, merge)
    touched = np.unique(key_of(gone.channel, gone.day))
    rows = joined([merge(span.channel.id, read.rows) for span, read in zip(spans, reads, strict=True)])
    store.clear(session, touched)
    store.write(session, rows.take(np.isin(key_of(rows.channel, rows.day), touched)))
    write_curves(session, changed, own, reason)
    _reopen(session, batch, gone)
    return TakenBack(len(gone), kept, changed.keys)


def _set_by(session: TenantSession, batch: UUID) -> tuple[Rows, int]:
    """The readings of a submission that no later one which still counts has set, and the number of the others."""
    found = session.rows(
        "WITH mine AS (SELECT channel, day FROM curve_batch WHERE batch = :batch AND step_minutes = 0) "
        "SELECT channel, day - date '1970-01-01' AS day, slots, b.id = :batch AS own FROM mine "
        "JOIN curve_batch USING (channel, day) JOIN batch b ON b.id = batch WHERE step_minutes = 0 AND (b.id = :batch "
        "OR b.undone IS NULL AND b.received > (SELECT received FROM batch WHERE id = :batch))",
        batch=batch,
    )
    mine, later = (_rows([row for row in found if row.own == whose]) for whose in (True, False))
    over = np.isin(place_of(mine), place_of(later))
    return mine.take(~over), int(over.sum())


def _rows(found: list[object]) -> Rows:
    parts = []
    for row in found:
        second = seconds_of(bytes(row.slots))  # type: ignore[attr-defined]
        size = second.size
        parts.append(
            Rows(np.full(size, row.channel, np.int64), np.full(size, row.day, np.int32), second, np.zeros(size, np.int64))  # type: ignore[attr-defined]
        )
    return joined(parts)


def _pushed_aside(session: TenantSession, batch: UUID) -> Rows:
    """The readings whose place those of the submission have taken."""
    found = session.rows(
        "SELECT channel, extract(epoch FROM start)::bigint AS at, kept FROM conflict WHERE batch = :batch AND step_minutes = 0 "
        "AND state = 'replaced' AND kept IS NOT NULL ORDER BY channel, start",
        batch=batch,
    )
    if not found:
        return NONE
    day, second = clock.split(np.array([row.at for row in found], np.int64), session.zone)
    return Rows(np.array([row.channel for row in found], np.int64), day, second, np.array([row.kept for row in found], np.int64))


def _reopen(session: TenantSession, batch: UUID, gone: Rows) -> None:
    """Contradictions that the submission settled are open again; those against its readings are against none."""
    session.execute(
        "UPDATE conflict SET state = 'open' WHERE batch = :batch AND step_minutes = 0 AND state = 'replaced'", {"batch": batch}
    )
    if not len(gone):
        return
    first = int(gone.day.min())
    at = clock.midnights(session.zone, first, int(gone.day.max()))[gone.day - first] + gone.second
    session.execute(
        "UPDATE conflict SET kept = NULL FROM unnest(CAST(:channels AS bigint[]), CAST(:starts AS bigint[])) AS q(c, s) "
        "WHERE channel = q.c AND start = to_timestamp(q.s) AND step_minutes = 0 AND state = 'open' AND batch <> :batch",
        {"channels": gone.channel.tolist(), "starts": at.tolist(), "batch": batch},
    )
