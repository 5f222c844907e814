"""Register rows in and out of a tenant's tables: what lies around a change, or all of a channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants.calc.registers.plausible import NEAR
from tenants.curves.codec import PACKED as CURVE
from tenants.curves.codec import DayCurves, key_of
from tenants.curves.codec import decode as decode_curves
from tenants.curves.store import ORIGINS
from tenants.db import TenantSession
from tenants.flows import ESTIMATED
from tenants.registers.codec import COLUMNS, PACKED, Rows, decode, encode, encode_origins, joined
from tenants.registers.recorded import EVENTS

MARGIN_DAYS = 2  # read on both sides of a change; more only where that does not tell enough
_DAY = "date '1970-01-01' + "


@dataclass(frozen=True)
class Read:
    """Rows of one channel around a change. `from_start`, `to_end`: nothing lies before, behind.

    `block`: first day of the rows without a break; days before it that only repeat one value may have been left out.
    `curve`: what its curve holds of the days `curve_days` (first and last), as `curves.codec.PACKED`.
    """

    rows: Rows
    from_start: bool
    to_end: bool
    events: Sequence[Mapping[str, Any]]
    block: int | None = None
    curve: bytes = b""
    curve_days: tuple[int, int] = (0, -1)


def read_around(session: TenantSession, channels: Sequence[int], first: Sequence[int], last: Sequence[int]) -> list[Read]:
    """The rows of each channel from some days before its day `first` to some after `last`, in one round trip."""
    statement = (
        f"SELECT (SELECT string_agg({PACKED}, ''::bytea ORDER BY day) FROM register WHERE channel = q.c "
        f"AND day BETWEEN {_DAY}q.a AND {_DAY}q.b), "
        f"(SELECT string_agg({CURVE}, ''::bytea) FROM curve WHERE channel = q.c "
        f"AND day BETWEEN {_DAY}q.a + 1 AND {_DAY}q.b - 1), "
        f"NOT EXISTS (SELECT FROM register WHERE channel = q.c AND day < {_DAY}q.a), "
        f"NOT EXISTS (SELECT FROM register WHERE channel = q.c AND day > {_DAY}q.b), {EVENTS} "
        "FROM unnest(%(channels)s::bigint[], %(first)s::int[], %(last)s::int[]) WITH ORDINALITY AS q(c, a, b, i) ORDER BY i"
    )
    begin, end = [day - MARGIN_DAYS for day in first], [day + MARGIN_DAYS for day in last]
    params = {"channels": list(channels), "first": begin, "last": end}
    with session.driver.cursor(binary=True) as cursor:
        found = cursor.execute(statement, params).fetchall()
    whole = decode(b"".join(bytes(packed) for packed, *_ in found if packed))
    from_, to = (np.searchsorted(whole.channel, np.array(channels, np.int64), side=side) for side in ("left", "right"))
    return [
        Read(whole.part(a, b), is_start, is_end, events or (), None, bytes(curve or b""), (low + 1, high - 1))
        for a, b, low, high, (_, curve, is_start, is_end, events) in zip(
            from_.tolist(), to.tolist(), begin, end, found, strict=True
        )
    ]  # fmt: skip


def read_all(session: TenantSession, channel: int) -> Read:
    """Everything there is of a channel."""
    statement = (
        f"SELECT (SELECT string_agg({PACKED}, ''::bytea ORDER BY day) FROM register WHERE channel = q.c), {EVENTS} "
        "FROM (SELECT %(channel)s::bigint AS c) AS q"
    )
    with session.driver.cursor(binary=True) as cursor:
        found = cursor.execute(statement, {"channel": channel}).fetchone()
    packed, events = found if found is not None else (None, None)
    return Read(decode(bytes(packed or b"")), True, True, events or ())


def read_back(session: TenantSession, channel: int, read: Read) -> Read:
    """The same with rows from before it. A register that stood still is followed back to where it last moved: days that only
    repeat its value say nothing and stay behind."""
    if not len(read.rows):
        return read_all(session, channel)
    block = int(read.rows.day[0])
    statement = (
        f"WITH moved AS (SELECT max(day) AS day FROM register WHERE channel = %(channel)s AND day < {_DAY}%(block)s "
        "AND readings <> array_fill(%(value)s::bigint, ARRAY[cardinality(readings)])), "
        "before AS (SELECT * FROM register WHERE channel = %(channel)s AND day <= (SELECT day FROM moved) "
        "ORDER BY day DESC LIMIT 40), "
        f"after AS (SELECT * FROM register WHERE channel = %(channel)s AND day < {_DAY}%(block)s "
        "AND day > coalesce((SELECT day FROM moved), '-infinity') ORDER BY day LIMIT %(some)s) "
        f"SELECT (SELECT string_agg({PACKED}, ''::bytea ORDER BY day) FROM (TABLE before UNION ALL TABLE after) AS rows), "
        "NOT EXISTS (SELECT FROM register WHERE channel = %(channel)s AND day < coalesce((SELECT min(day) FROM before), "
        "(SELECT min(day) FROM after), '-infinity'))"
    )
    params = {"channel": channel, "block": block, "value": int(read.rows.value[0]), "some": NEAR + 2}
    with session.driver.cursor(binary=True) as cursor:
        found = cursor.execute(statement, params).fetchone()
    packed, start = found if found is not None else (None, True)
    rows = joined([decode(bytes(packed or b"")), read.rows])
    return Read(rows, bool(start), read.to_end, read.events, block)


def read_repaired(session: TenantSession, stored: Mapping[int, DayCurves]) -> Mapping[int, DayCurves]:
    """The former rows in whose place a person put estimates that are among these rows, by step."""
    keys = [rows.key[(rows.quality == ESTIMATED).any(axis=1)] for rows in stored.values()]
    wanted = np.concatenate([np.zeros(0, np.int64), *keys])
    if not wanted.size:
        return {}
    statement = (
        f"SELECT string_agg({CURVE}, ''::bytea) FROM curve_former f JOIN batch b ON b.id = f.batch AND b.source = 'repair' "
        "AND b.undone IS NULL JOIN unnest(%(channels)s::bigint[], %(days)s::int[]) AS q(c, d) "
        f"ON channel = q.c AND day = {_DAY}q.d"
    )
    with session.driver.cursor(binary=True) as cursor:
        found = cursor.execute(statement, {"channels": (wanted >> 20).tolist(), "days": (wanted & 0xFFFFF).tolist()}).fetchone()
    return {} if found is None or found[0] is None else decode_curves(bytes(found[0]))


def clear(session: TenantSession, keys: NDArray[np.int64]) -> None:
    """Takes away the rows under these keys (`curves.codec.key_of`)."""
    if keys.size:
        session.later(
            "DELETE FROM register USING unnest(CAST(:channels AS bigint[]), CAST(:days AS int[])) AS q(c, d) "
            f"WHERE channel = q.c AND day = {_DAY}q.d",
            {"channels": (keys >> 20).tolist(), "days": (keys & 0xFFFFF).tolist()},
        )


def write(session: TenantSession, rows: Rows) -> None:
    """Writes whole days of readings of which nothing is stored."""
    if len(rows):
        session.copy_in(f"COPY register {COLUMNS} FROM STDIN (FORMAT binary)", encode(rows))


def append(session: TenantSession, rows: Rows) -> None:
    """Adds one reading to each of its days, behind those that are there."""
    session.later(
        'INSERT INTO register AS r (channel, day, "at", readings) '
        f"SELECT c, {_DAY}d, ARRAY[s], ARRAY[v] FROM unnest(CAST(:channels AS bigint[]), CAST(:days AS int[]), "
        "CAST(:seconds AS int[]), CAST(:readings AS bigint[])) AS q(c, d, s, v) "
        'ON CONFLICT (channel, day) DO UPDATE SET "at" = r."at" || excluded."at", readings = r.readings || excluded.readings',
        {"channels": rows.channel.tolist(), "days": rows.day.tolist(), "seconds": rows.second.tolist(),
         "readings": rows.value.tolist()},
    )  # fmt: skip


def write_origins(session: TenantSession, rows: Rows, batch: UUID) -> None:
    """Keeps which readings came from a batch."""
    if len(rows):
        session.copy_in(f"COPY curve_batch {ORIGINS} FROM STDIN (FORMAT binary)", encode_origins(rows, batch))


def append_origins(session: TenantSession, rows: Rows, batch: UUID) -> None:
    """The same for one reading of each day, together with what else is left for later."""
    session.later(
        f"INSERT INTO curve_batch {ORIGINS} SELECT c, {_DAY}d, :batch, 0, int4send(s) FROM unnest(CAST(:channels AS bigint[]), "
        "CAST(:days AS int[]), CAST(:seconds AS int[])) AS q(c, d, s)",
        {"channels": rows.channel.tolist(), "days": rows.day.tolist(), "seconds": rows.second.tolist(), "batch": batch},
    )


def ends(rows: Rows) -> NDArray[np.intp]:
    """The place of the last reading of each day."""
    key = key_of(rows.channel, rows.day)
    return np.flatnonzero(np.append(key[1:] != key[:-1], True)) if key.size else np.zeros(0, np.intp)
