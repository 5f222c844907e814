"""Load curves in and out of a tenant's tables, thousands of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants.curves.codec import PACKED, DayCurves, decode, encode, encode_origins, framed
from tenants.curves.fold import Fold, Stored
from tenants.curves.offer import REPLACED, TAKEN, Offered
from tenants.db import Session

COLUMNS = '(channel, day, step_minutes, "values", quality, total, revision)'
ORIGINS = "(channel, day, batch, step_minutes, slots)"
FEW = 200  # rows of origins: a quarter hour of a firm, not a file
ROWS_AT_ONCE = 20_000  # about 20 MB of quarter hours in one answer
_BY_RANGE = (
    "JOIN unnest(%(channels)s::bigint[], %(first)s::int[], %(last)s::int[]) AS q(c, a, b) "
    "ON channel = q.c AND day BETWEEN date '1970-01-01' + q.a AND date '1970-01-01' + q.b"
)
_BY_KEY = "JOIN unnest(%(channels)s::bigint[], %(days)s::int[]) AS q(c, d) ON channel = q.c AND day = date '1970-01-01' + q.d"
_ON_KEYS = "unnest(CAST(:channels AS bigint[]), CAST(:days AS int[])) AS q(c, d) "
_SAME_KEY = "channel = q.c AND day = date '1970-01-01' + q.d"


def read_stored(session: Session, channel: NDArray[np.int64], day: NDArray[np.int32]) -> Stored:
    """What is stored of these channels and days (and maybe of days between them)."""
    if channel.size == 0:
        return Stored()
    return Stored(*(decode(b"".join(parts)) for parts in zip(*_read(session, channel, day), strict=True)))


def read_range(session: Session, channels: Sequence[int], first: int, last: int) -> dict[int, DayCurves]:
    """The curves of the channels on the days numbered `first` to `last`, by step."""
    if not channels or last < first:
        return {}
    parts = []
    span = max(ROWS_AT_ONCE // len(channels), 1)
    for start in range(first, last + 1, span):
        count = len(channels)
        params = {"channels": list(channels), "first": [start] * count, "last": [min(start + span - 1, last)] * count}
        parts.append(_packed(session, f"SELECT string_agg({PACKED}, ''::bytea) FROM curve {_BY_RANGE}", params))
    return decode(b"".join(parts))


def _read(session: Session, channel: NDArray[np.int64], day: NDArray[np.int32]) -> Iterator[tuple[bytes, bytes]]:
    """Curves and steps. Sorted keys are read as ranges of days where they lie close together, else one by one."""
    new = np.flatnonzero(np.append(True, channel[1:] != channel[:-1]))
    end = np.append(new[1:], channel.size) - 1
    first, last = day[new], day[end]
    spans = (last - first).astype(np.int64) + 1
    if int(spans.sum()) > 2 * channel.size + 64:
        for at in range(0, channel.size, ROWS_AT_ONCE):
            part = slice(at, at + ROWS_AT_ONCE)
            yield _both(session, _BY_KEY, {"channels": channel[part].tolist(), "days": day[part].tolist()})
        return
    for chunk in _chunks(spans):
        keys = {"channels": channel[new[chunk]].tolist(), "first": first[chunk].tolist(), "last": last[chunk].tolist()}
        yield _both(session, _BY_RANGE, keys)


def _both(session: Session, join: str, keys: dict[str, list[int]]) -> tuple[bytes, bytes]:
    """What both tables hold of the keys, in one round trip."""
    parts = ", ".join(f"(SELECT string_agg({PACKED}, ''::bytea) FROM {table} {join})" for table in ("curve", "curve_step"))
    with session.driver.cursor(binary=True) as cursor:
        curves, steps = cursor.execute(f"SELECT {parts}", keys).fetchone() or (None, None)
    return bytes(curves or b""), bytes(steps or b"")


def _chunks(spans: NDArray[np.int64]) -> Iterator[slice]:
    """Slices of the channels whose days together are about `ROWS_AT_ONCE`."""
    at = 0
    total = np.cumsum(spans)
    while at < spans.size:
        before = int(total[at - 1]) if at else 0
        end = max(int(np.searchsorted(total, before + ROWS_AT_ONCE, side="right")), at + 1)
        yield slice(at, end)
        at = end


def _packed(session: Session, statement: str, params: dict[str, list[int]]) -> bytes:
    with session.driver.cursor(binary=True) as cursor:
        row = cursor.execute(statement, params).fetchone()
    return b"" if row is None or row[0] is None else bytes(row[0])


def write(session: Session, fold: Fold, offers: Mapping[int, Offered], batch: UUID, reason: str) -> int:
    """Writes what a fold of the offers says and which interval came from this batch; the number of curve rows written."""
    _keep_former(session, _union(fold.corrected), batch, reason)
    _delete(session, "curve", _union(fold.replaced))
    _delete(session, "curve_step", fold.restepped)
    if fold.steps:
        session.copy_in(f"COPY curve_step {COLUMNS} FROM STDIN (FORMAT binary)", framed(*map(encode, fold.steps)))
    curves = [one for one in fold.curves if len(one)]
    if not curves:
        return 0
    session.copy_in(f"COPY curve {COLUMNS} FROM STDIN (FORMAT binary)", framed(*map(encode, curves)))
    _keep_origins(session, [_origin(offers[step].curves, verdict) for step, verdict in fold.verdicts.items()], batch)
    return sum(len(one) for one in curves)


@dataclass(frozen=True)
class _Origin:
    """Which intervals of which rows a batch has set: `slots` has shape (rows, intervals)."""

    channel: NDArray[np.int64]
    day: NDArray[np.int32]
    step: int
    slots: NDArray[np.bool_]


def _origin(offered: DayCurves, verdict: NDArray[np.uint8]) -> _Origin:
    taken = (verdict == TAKEN) | (verdict == REPLACED)
    rows = taken.any(axis=1)
    return _Origin(offered.channel[rows], offered.day[rows], offered.step, taken[rows])


def _keep_origins(session: Session, origins: Sequence[_Origin], batch: UUID) -> None:
    """Few rows travel with the other statements, which saves a COPY its round trips; many are copied."""
    if sum(one.channel.size for one in origins) > FEW:
        rows = [encode_origins(one.channel, one.day, batch, one.step, one.slots) for one in origins]
        session.copy_in(f"COPY curve_batch {ORIGINS} FROM STDIN (FORMAT binary)", framed(*rows))
        return
    for one in origins:
        session.later(
            f"INSERT INTO curve_batch {ORIGINS} SELECT c, date '1970-01-01' + d, :batch, :step, s "
            "FROM unnest(CAST(:channels AS bigint[]), CAST(:days AS int[]), CAST(:slots AS bytea[])) AS q(c, d, s)",
            {
                "channels": one.channel.tolist(), "days": one.day.tolist(), "batch": batch, "step": one.step,
                "slots": [row.tobytes() for row in np.packbits(one.slots, axis=1)],
            },
        )  # fmt: skip


def _union(keys: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(0, np.int64), *keys])


def _pairs(keys: NDArray[np.int64]) -> dict[str, list[int]]:
    return {"channels": (keys >> 20).tolist(), "days": (keys & 0xFFFFF).tolist()}


def _keep_former(session: Session, keys: NDArray[np.int64], batch: UUID, reason: str) -> None:
    if keys.size:
        session.later(
            'INSERT INTO curve_former (channel, day, revision, step_minutes, "values", quality, total, batch, reason) '
            # A row that was taken away and written anew counts its revisions from 1 again; the former ones stay in order.
            "SELECT channel, day, greatest(revision, 1 + (SELECT max(f.revision) FROM curve_former f "
            "WHERE f.channel = q.c AND f.day = date '1970-01-01' + q.d)), "
            'step_minutes, "values", quality, total, :batch, :reason '
            f"FROM curve JOIN {_ON_KEYS} ON {_SAME_KEY}",
            {**_pairs(keys), "batch": batch, "reason": reason},
        )


def _delete(session: Session, table: str, keys: NDArray[np.int64]) -> None:
    if keys.size:
        session.later(f"DELETE FROM {table} USING {_ON_KEYS} WHERE {_SAME_KEY}", _pairs(keys))
