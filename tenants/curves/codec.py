"""Day curves between numpy and PostgreSQL, as fixed-size records: no Python object per reading, nor per row."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL = struct.pack(">h", -1)
_DAYS_TO_2000 = 10_957  # PostgreSQL counts days from 2000-01-01
_INT4 = 23  # oid of the array's elements

# What `decode` reads: one bytea, the records end to end. A text concatenation in the server, because one COPY message
# per row costs the client more than the rows themselves.
PACKED = 'int8send(channel) || date_send(day) || int2send(step_minutes) || int4send(revision) || array_send("values") || quality'
_HEADER = np.dtype(
    [("channel", ">i8"), ("day", ">i4"), ("step", ">i2"), ("revision", ">i4"),
     ("dimensions", ">i4"), ("nulls", ">i4"), ("oid", ">i4"), ("count", ">i4"), ("lower", ">i4")]
)  # fmt: skip
_ELEMENT = np.dtype([("size", ">i4"), ("value", ">i4")])


@dataclass(frozen=True)
class DayCurves:
    """Curves of one step: row r is one channel on one local day.

    `values` [milli-units] and `quality`, shape (rows, width), hold `length[r]` intervals in row r and nothing (0, missing)
    beyond, so that days of 92, 96 and 100 quarter hours fit one matrix. Rows are sorted by `key` where said so.
    """

    step: int
    channel: NDArray[np.int64]
    day: NDArray[np.int32]
    length: NDArray[np.int32]
    values: NDArray[np.int32]
    quality: NDArray[np.uint8]
    revision: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.channel)

    @property
    def key(self) -> NDArray[np.int64]:
        """One number per channel and day, ordered like them."""
        return key_of(self.channel, self.day)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> DayCurves:
        """The chosen rows."""
        return DayCurves(
            self.step, self.channel[rows], self.day[rows], self.length[rows], self.values[rows], self.quality[rows],
            self.revision[rows],
        )  # fmt: skip


def key_of(channel: NDArray[np.int64], day: NDArray[np.int32]) -> NDArray[np.int64]:
    """One number per channel and day, ordered by channel, then day."""
    return (channel << 20) + day  # a million days are 2,700 years


def empty(step: int, width: int) -> DayCurves:
    """No rows of the step."""
    none = np.zeros(0, np.int32)
    return DayCurves(
        step, np.zeros(0, np.int64), none, none, np.zeros((0, width), np.int32), np.zeros((0, width), np.uint8), none
    )


def fitted(matrix: NDArray[Any], width: int) -> NDArray[Any]:
    """The matrix with zero columns added, or empty ones cut off, to the width."""
    have = matrix.shape[1]
    if have >= width:
        return matrix[:, :width]
    wider = np.zeros((matrix.shape[0], width), matrix.dtype)
    wider[:, :have] = matrix
    return wider


def joined(parts: Iterable[DayCurves]) -> DayCurves:
    """The rows of all parts, which have one step, sorted by channel and day."""
    every = list(parts)
    width = max(part.values.shape[1] for part in every)
    whole = every[0] if len(every) == 1 else DayCurves(
        every[0].step,
        np.concatenate([part.channel for part in every]),
        np.concatenate([part.day for part in every]),
        np.concatenate([part.length for part in every]),
        np.concatenate([fitted(part.values, width) for part in every]),
        np.concatenate([fitted(part.quality, width) for part in every]),
        np.concatenate([part.revision for part in every]),
    )  # fmt: skip
    key = whole.key
    if (key[1:] > key[:-1]).all():
        return whole
    return whole.take(np.argsort(key, kind="stable"))


def _record(count: int) -> np.dtype[np.void]:
    return np.dtype([("head", _HEADER), ("items", _ELEMENT, (count,)), ("quality", "u1", (count,))])


def decode(packed: bytes | memoryview) -> dict[int, DayCurves]:
    """The curves in records made by `PACKED`, by step, sorted by channel and day."""
    found: dict[int, list[DayCurves]] = {}
    at, size = 0, len(packed)
    while at < size:
        count = int(np.frombuffer(packed, _HEADER, 1, at)["count"][0])
        kind = _record(count)
        run = np.frombuffer(packed, kind, (size - at) // kind.itemsize, at)
        differs = np.flatnonzero((run["head"]["count"] != count) | (run["head"]["oid"] != _INT4))
        run = run[: differs[0]] if differs.size else run
        for one in _by_step(run, count):
            found.setdefault(one.step, []).append(one)
        at += len(run) * kind.itemsize
    return {step: joined(parts) for step, parts in sorted(found.items())}


def _by_step(run: NDArray[np.void], count: int) -> Iterable[DayCurves]:
    head = run["head"]
    steps = head["step"]
    for step in (int(steps[0]),) if (steps == steps[0]).all() else map(int, np.unique(steps)):
        rows = run if (steps == step).all() else run[steps == step]
        head = rows["head"]
        yield DayCurves(
            step,
            head["channel"].astype(np.int64),
            head["day"].astype(np.int32) + np.int32(_DAYS_TO_2000),
            np.full(len(rows), count, np.int32),
            rows["items"]["value"].astype(np.int32),
            rows["quality"].copy(),
            head["revision"].astype(np.int32),
        )


def _fields(*columns: tuple[str, int, object]) -> np.dtype[np.void]:
    """A COPY record: the number of fields, then each field's size and content."""
    listed: list[tuple[str, object]] = [("fields", ">i2")]
    for name, _, kind in columns:
        listed += [(f"{name}_size", ">i4"), (name, kind)]
    return np.dtype(listed)


def encode(curves: DayCurves) -> bytes:
    """The rows for a binary COPY into `store.COLUMNS`, without head and tail."""
    parts = []
    for length in np.unique(curves.length):
        rows = curves if (curves.length == length).all() else curves.take(curves.length == length)
        parts.append(_encode(rows, int(length)))
    return b"".join(parts)


def _encode(curves: DayCurves, count: int) -> bytes:
    array = np.dtype([("dimensions", ">i4"), ("nulls", ">i4"), ("oid", ">i4"), ("count", ">i4"), ("lower", ">i4"),
                      ("items", _ELEMENT, (count,))])  # fmt: skip
    columns = (
        ("channel", 8, ">i8"), ("day", 4, ">i4"), ("step", 2, ">i2"), ("values", array.itemsize, array),
        ("quality", count, np.dtype(("u1", (count,)))), ("total", 8, ">i8"), ("revision", 4, ">i4"),
    )  # fmt: skip
    out = np.empty(len(curves), _fields(*columns))
    out["fields"] = len(columns)
    for name, size, _ in columns:
        out[f"{name}_size"] = size
    values = out["values"]
    values["dimensions"], values["nulls"], values["oid"], values["count"], values["lower"] = 1, 0, _INT4, count, 1
    values["items"]["size"] = 4
    values["items"]["value"] = curves.values[:, :count]
    out["channel"], out["step"], out["revision"] = curves.channel, curves.step, curves.revision
    out["day"] = curves.day - _DAYS_TO_2000
    out["quality"] = curves.quality[:, :count]
    out["total"] = curves.values.sum(axis=1, dtype=np.int64)
    return out.tobytes()


def encode_origins(channel: NDArray[np.int64], day: NDArray[np.int32], batch: UUID, step: int, slots: NDArray[np.bool_]) -> bytes:
    """The rows for a binary COPY into `store.ORIGINS`, without head and tail; `slots` [row, interval] is what the batch set."""
    bits = np.packbits(slots, axis=1)
    size = bits.shape[1]
    columns = (
        ("channel", 8, ">i8"), ("day", 4, ">i4"), ("batch", 16, "V16"), ("step", 2, ">i2"), ("slots", size, ("u1", (size,))),
    )  # fmt: skip
    out = np.empty(len(channel), _fields(*columns))
    out["fields"] = len(columns)
    for name, bytes_, _ in columns:
        out[f"{name}_size"] = bytes_
    out["channel"], out["day"], out["step"], out["slots"] = channel, day - _DAYS_TO_2000, step, bits
    out["batch"] = np.void(batch.bytes)
    return out.tobytes()


def framed(*records: bytes) -> bytes:
    """A whole COPY stream of the records."""
    return b"".join((_HEAD, *records, _TAIL))
