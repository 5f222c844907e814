"""The history of days out of a tenant's tables: who set which interval, and the former rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.curves.codec import DayCurves
from tenants.curves.history import Day, Row, Setter
from tenants.curves.steps import Facts
from tenants.curves.store import read_stored
from tenants.db import TenantSession

Key = tuple[int, int]  # channel and number of the day
_MICROSECONDS = "(extract(epoch FROM b.received) * 1000000)::bigint"  # of the order in which the lock was held


@dataclass(frozen=True)
class Past:
    """The days on which a submission set something: their history, the stored row's revision, and what it set of them."""

    days: Mapping[Key, Day]
    revisions: Mapping[Key, int]
    own: Mapping[Key, list[Setter]]


def read_past(session: TenantSession, batch: UUID) -> Past:
    """The history of all days of a submission, which itself does not count any more."""
    setters, own = _setters(session, batch)
    keys = sorted(setters)
    channel, day = np.array([key[0] for key in keys], np.int64), np.array([key[1] for key in keys], np.int32)
    stored = read_stored(session, channel, day)
    rows, steps = _by_key(stored.curves), _by_key(stored.steps)
    former = _former(session, channel, day)
    minutes = clock.minutes_in_days(session.zone, day).tolist()
    days, revisions = {}, {}
    for key, length in zip(keys, minutes, strict=True):
        if key not in rows:
            continue
        [(step, values, quality, revision)] = rows[key]
        said = {each: Facts(v[None, :], q[None, :]) for each, v, q, _ in steps.get(key, ())}
        days[key] = Day(length, setters[key], former.get(key, []), Row(0, step, values, quality), said)
        revisions[key] = revision
    return Past(days, revisions, own)


def _setters(session: TenantSession, batch: UUID) -> tuple[dict[Key, list[Setter]], dict[Key, list[Setter]]]:
    """Who set what on the days of the submission, and what it set itself."""
    rows = session.rows(
        "WITH mine AS MATERIALIZED (SELECT DISTINCT channel, day FROM curve_batch WHERE batch = :batch AND step_minutes > 0) "
        "SELECT channel, day - date '1970-01-01' AS day, step_minutes, slots, b.id, b.undone IS NOT NULL AS undone, "
        f"{_MICROSECONDS} AS place FROM mine JOIN curve_batch USING (channel, day) "
        "JOIN batch b ON b.id = batch WHERE step_minutes > 0",
        batch=batch,
    )  # fmt: skip
    every: dict[Key, list[Setter]] = defaultdict(list)
    own: dict[Key, list[Setter]] = defaultdict(list)
    for row in rows:
        slots = np.unpackbits(np.frombuffer(row.slots, np.uint8)).astype(bool)
        one = Setter(row.place, row.step_minutes, slots, row.undone or row.id == batch)
        every[row.channel, row.day].append(one)
        if row.id == batch:
            own[row.channel, row.day].append(one)
    return every, own


def _former(session: TenantSession, channel: NDArray[np.int64], day: NDArray[np.int32]) -> dict[Key, list[Row]]:
    """The former rows of the days, the earliest first."""
    rows = session.rows(
        "SELECT f.channel, f.day - date '1970-01-01' AS day, f.step_minutes, f.values, f.quality, "
        f"{_MICROSECONDS} AS place FROM curve_former f "
        "JOIN unnest(CAST(:channels AS bigint[]), CAST(:days AS int[])) AS q(c, d) "
        "ON f.channel = q.c AND f.day = date '1970-01-01' + q.d JOIN batch b ON b.id = f.batch ORDER BY place",
        channels=channel.tolist(), days=day.tolist(),
    )  # fmt: skip
    found: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        quality = np.frombuffer(row.quality, np.uint8)
        found[row.channel, row.day].append(Row(row.place, row.step_minutes, np.array(row.values, np.int32), quality))
    return found


Stored = tuple[int, NDArray[np.int32], NDArray[np.uint8], int]  # step, values, quality, revision


def _by_key(stored: Mapping[int, DayCurves]) -> dict[Key, list[Stored]]:
    found: dict[Key, list[Stored]] = defaultdict(list)
    for step, curves in stored.items():
        keys = zip(curves.channel.tolist(), curves.day.tolist(), curves.length.tolist(), curves.revision.tolist(), strict=True)
        for at, (channel, day, length, revision) in enumerate(keys):
            found[channel, day].append((step, curves.values[at, :length], curves.quality[at, :length], revision))
    return found
