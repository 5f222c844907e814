"""Where every channel of a tenant stands: its energy of a month, its newest reading and the door that came through."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tenants.db import TenantSession
from tenants.flows import MISSING
from tenants.topology import Topology

_MONTH = "SELECT channel, sum(total)::bigint AS total FROM curve WHERE day >= :start AND day < :end GROUP BY channel"

# One look per channel at the end of its days, however long its history is.
_NEWEST = """
    SELECT c.id, n.day, n.step_minutes, n.quality, b.source
    FROM channel c
    CROSS JOIN LATERAL (
        SELECT day, step_minutes, quality FROM curve WHERE channel = c.id ORDER BY day DESC LIMIT 1
    ) AS n
    LEFT JOIN LATERAL (
        SELECT batch.source FROM curve_batch JOIN batch ON batch.id = curve_batch.batch
        WHERE curve_batch.channel = c.id AND curve_batch.day = n.day ORDER BY batch.received DESC LIMIT 1
    ) AS b ON true
"""


@dataclass(frozen=True)
class Standing:
    """One channel. `month` [milli-units] is None where the month has no value; `until` is the end of its newest value."""

    channel: int
    month: int | None
    until: dt.datetime | None
    door: str  # file | http | mqtt | bill | held | repair; empty where nothing came


def of_month(session: TenantSession, topology: Topology, start: dt.date, end: dt.date) -> dict[int, Standing]:
    """Every channel's standing, by its id; energy of the local days `start` <= day < `end`."""
    totals = {row.channel: row.total for row in session.rows(_MONTH, start=start, end=end)}
    newest = {row.id: row for row in session.rows(_NEWEST)}
    found = {}
    for channel in topology.channels:
        row = newest.get(channel)
        until = None if row is None else _end(session, row.day, row.step_minutes, row.quality)
        found[channel] = Standing(channel, totals.get(channel), until, "" if row is None else row.source or "")
    return found


def _end(session: TenantSession, day: dt.date, step: int, quality: bytes) -> dt.datetime:
    """The end of the last interval of the day that has a value; the day's start if none has."""
    filled = len(bytes(quality).rstrip(bytes([MISSING])))
    return dt.datetime.combine(day, dt.time(), session.zone).astimezone(dt.UTC) + dt.timedelta(minutes=step * filled)
