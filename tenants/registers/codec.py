"""Register rows between numpy and PostgreSQL, as binary records: no Python object per reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants.curves.codec import framed

# What `decode` reads: one bytea, the records end to end.
PACKED = 'int8send(channel) || date_send(day) || array_send("at") || array_send(readings)'
COLUMNS = '(channel, day, "at", readings)'
_DAYS_TO_2000 = 10_957  # PostgreSQL counts days from 2000-01-01
_INT4, _INT8 = 23, 20  # oids of the arrays' elements
_ARRAY = [("dimensions", ">i4"), ("nulls", ">i4"), ("oid", ">i4"), ("count", ">i4"), ("lower", ">i4")]
_HEAD = np.dtype([("channel", ">i8"), ("day", ">i4"), *_ARRAY])

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Readings as they are stored, one entry each, shape (n,): `channel`, local `day` (number), `second` since its midnight,
    `value` [milli-units at the dial]; sorted by channel, day and second."""

    channel: Ints
    day: NDArray[np.int32]
    second: Ints
    value: Ints

    def __len__(self) -> int:
        return int(self.channel.size)

    def take(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Rows:
        """The chosen readings."""
        return Rows(self.channel[which], self.day[which], self.second[which], self.value[which])

    def part(self, begin: int, end: int) -> Rows:
        """Those from place `begin` to before `end`."""
        return Rows(self.channel[begin:end], self.day[begin:end], self.second[begin:end], self.value[begin:end])


NONE = Rows(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int64))


def joined(parts: Sequence[Rows]) -> Rows:
    """All of them, in order."""
    every = [part for part in parts if len(part)]
    if not every:
        return NONE
    whole = every[0]
    if len(every) > 1:
        names = ("channel", "day", "second", "value")
        whole = Rows(*(np.concatenate([getattr(one, name) for one in every]) for name in names))
    key = place_of(whole)
    return whole if (key[1:] > key[:-1]).all() else whole.take(np.argsort(key, kind="stable"))


def place_of(rows: Rows) -> Ints:
    """One number per channel and moment, in their order; a day is shorter than 2^17 seconds."""
    return np.asarray((((rows.channel << 20) + rows.day) << 17) + rows.second)


def _record(count: int) -> np.dtype[np.void]:
    times = np.dtype([("size", ">i4"), ("value", ">i4")])
    values = np.dtype([("size", ">i4"), ("value", ">i8")])
    return np.dtype([("head", _HEAD), ("times", times, (count,)), ("array", _ARRAY), ("values", values, (count,))])


def decode(packed: bytes) -> Rows:
    """The readings in records made by `PACKED`."""
    parts = []
    at, size = 0, len(packed)
    while at < size:
        count = int(np.frombuffer(packed, _HEAD, 1, at)["count"][0])
        kind = _record(count)
        run = np.frombuffer(packed, kind, (size - at) // kind.itemsize, at)
        head = run["head"]
        fits = (
            (head["count"] == count) & (head["oid"] == _INT4) & (run["array"]["count"] == count) & (run["array"]["oid"] == _INT8)
        )
        differs = np.flatnonzero(~fits)
        run = run[: differs[0]] if differs.size else run
        head = run["head"]
        parts.append(
            Rows(
                np.repeat(head["channel"].astype(np.int64), count),
                np.repeat(head["day"].astype(np.int32) + np.int32(_DAYS_TO_2000), count),
                run["times"]["value"].astype(np.int64).reshape(-1),
                run["values"]["value"].astype(np.int64).reshape(-1),
            )
        )
        at += len(run) * kind.itemsize
    return joined(parts)


def _groups(rows: Rows) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where each stored row begins among its readings, and how many it has."""
    new = np.ones(len(rows), bool)
    new[1:] = (rows.channel[1:] != rows.channel[:-1]) | (rows.day[1:] != rows.day[:-1])
    starts = np.flatnonzero(new)
    return starts, np.diff(np.append(starts, len(rows)))


def _fields(*columns: tuple[str, int, object]) -> np.dtype[np.void]:
    listed: list[tuple[str, object]] = [("fields", ">i2")]
    for name, _, kind in columns:
        listed += [(f"{name}_size", ">i4"), (name, kind)]
    return np.dtype(listed)


def encode(rows: Rows) -> bytes:
    """A whole binary COPY into `COLUMNS`: one row per channel and day."""
    starts, counts = _groups(rows)
    parts = []
    for count in np.unique(counts).tolist():
        first = starts[counts == count]
        places = first[:, None] + np.arange(count)
        parts.append(_encode(rows.channel[first], rows.day[first], rows.second[places], rows.value[places]))
    return framed(*parts)


def _encode(channel: Ints, day: NDArray[np.int32], second: Ints, value: Ints) -> bytes:
    count = second.shape[1]
    times = np.dtype([*_ARRAY, ("items", [("size", ">i4"), ("value", ">i4")], (count,))])
    values = np.dtype([*_ARRAY, ("items", [("size", ">i4"), ("value", ">i8")], (count,))])
    columns = (("channel", 8, ">i8"), ("day", 4, ">i4"), ("at", times.itemsize, times), ("readings", values.itemsize, values))
    out = np.empty(channel.size, _fields(*columns))
    out["fields"] = len(columns)
    for name, size, _ in columns:
        out[f"{name}_size"] = size
    out["channel"], out["day"] = channel, day - _DAYS_TO_2000
    for name, oid, size, content in (("at", _INT4, 4, second), ("readings", _INT8, 8, value)):
        array = out[name]
        array["dimensions"], array["nulls"], array["oid"], array["count"], array["lower"] = 1, 0, oid, count, 1
        array["items"]["size"], array["items"]["value"] = size, content
    return out.tobytes()


def encode_origins(rows: Rows, batch: UUID) -> bytes:
    """A whole binary COPY into `curves.store.ORIGINS`: which readings a batch set, four bytes each, step 0."""
    starts, counts = _groups(rows)
    parts = []
    for count in np.unique(counts).tolist():
        first = starts[counts == count]
        columns = (("channel", 8, ">i8"), ("day", 4, ">i4"), ("batch", 16, "V16"), ("step", 2, ">i2"),
                   ("slots", 4 * count, (">i4", (count,))))  # fmt: skip
        out = np.empty(first.size, _fields(*columns))
        out["fields"] = len(columns)
        for name, size, _ in columns:
            out[f"{name}_size"] = size
        out["channel"], out["day"], out["step"] = rows.channel[first], rows.day[first] - _DAYS_TO_2000, 0
        out["batch"] = np.void(batch.bytes)
        out["slots"] = rows.second[first[:, None] + np.arange(count)]
        parts.append(out.tobytes())
    return framed(*parts)


def seconds_of(slots: bytes) -> Ints:
    """The seconds of the day that `encode_origins` wrote."""
    return np.frombuffer(slots, ">i4").astype(np.int64)
