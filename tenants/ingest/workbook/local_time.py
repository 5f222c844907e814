"""Local times of a zone as instants: what a clock change makes double or impossible is said."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.workbook.stamps import DAY_S, Ints

_EPOCH = dt.datetime(1970, 1, 1)
_KEPT = 1 << 14  # days whose offset is remembered: files are about the same ones


@dataclass(frozen=True)
class Instants:
    """Instants [UTC seconds] of local times, shape (k,). Where clocks go back a time is twice: `again` is the second one,
    elsewhere it equals `first`. `gap` marks times that clocks skip."""

    first: Ints
    again: Ints
    gap: NDArray[np.bool_]


def instants(local: Ints, zone: ZoneInfo) -> Instants:
    """The instants of local times, given as seconds since 1970-01-01 00:00 on the local clock."""
    days, which = np.unique(local // DAY_S, return_inverse=True)
    if days.size == 0:
        return Instants(local, local, np.zeros(0, bool))
    near = np.unique(np.concatenate([days - 1, days, days + 1]))
    noons = np.array([_offset(day * DAY_S + DAY_S // 2, zone) for day in near.tolist()])
    offsets = np.stack([noons[np.searchsorted(near, days + shift)] for shift in (-1, 0, 1)], axis=1)
    first = local - offsets[which, 1]
    again, gap = first.copy(), np.zeros(local.shape, bool)
    calm = (offsets[:, 0] == offsets[:, 1]) & (offsets[:, 1] == offsets[:, 2])
    for i in np.flatnonzero(~calm[which]):
        first[i], again[i], gap[i] = _careful(int(local[i]), zone)
    return Instants(first, again, gap)


def locals_of(utc: Ints, zone: ZoneInfo) -> Ints:
    """Local clock times [s since 1970-01-01 00:00 on that clock] of instants."""
    days, which = np.unique(utc // DAY_S, return_inverse=True)
    ends = np.array([[_offset_at(int(day) * DAY_S + at, zone) for at in (0, DAY_S)] for day in days], np.int64).reshape(-1, 2)
    offsets = ends[which, 0] if days.size else utc
    for i in np.flatnonzero((ends[:, 0] != ends[:, 1])[which]) if days.size else ():
        offsets[i] = _offset_at(int(utc[i]), zone)
    return utc + offsets


@lru_cache(_KEPT)
def _offset(local: int, zone: ZoneInfo) -> int:
    """Seconds by which the zone is ahead of UTC at a local time."""
    return _seconds((_EPOCH + dt.timedelta(seconds=local)).replace(tzinfo=zone))


@lru_cache(_KEPT)
def _offset_at(utc: int, zone: ZoneInfo) -> int:
    return _seconds(dt.datetime.fromtimestamp(utc, zone))


def _seconds(moment: dt.datetime) -> int:
    offset = moment.utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def _careful(local: int, zone: ZoneInfo) -> tuple[int, int, bool]:
    """First and second instant of a local time near a clock change, and whether clocks skip it."""
    clock = (_EPOCH + dt.timedelta(seconds=local)).replace(tzinfo=zone)
    before, after = local - _seconds(clock), local - _seconds(clock.replace(fold=1))
    if before > after:  # a gap: the two offsets point past each other
        return before, before, True
    return before, after, False
