"""The times of a table as instants, each distinct one once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from tenants.ingest.workbook.date_order import Order, date_order
from tenants.ingest.workbook.local_time import instants, locals_of
from tenants.ingest.workbook.refusals import UnknownZone
from tenants.ingest.workbook.result import Hints
from tenants.ingest.workbook.stamps import DAY_S, NONE, Ints, Stamps

LOCAL = "local"  # the park's zone, said by a person
_FIRST_DAY = 10_957  # 2000-01-01
NO_TIME = "{text} is not a time"
NO_DAY = "{text} does not exist in the calendar"
NO_YEAR = "{text} is an impossible year"
SKIPPED = "{text} does not exist: clocks were put forward"
WRITE_TIME = "Write date and time as 2026-03-01 00:15."
CHECK_ORDER = "Check the date, and the order of day and month."
CHECK_CLOCK = "Check the clock of the device or the computer that wrote the file."
CHECK_ZONE = "Check whether the file is in local time."


@dataclass(frozen=True)
class Moments:
    """Distinct times, shape (k,): `local` clock time [s since 1970-01-01 00:00 on the local clock], `utc` and, where clocks go
    back, the second instant `again`. `fault` is the reason why a text is no usable time ("" when it is one)."""

    local: Ints
    utc: Ints
    again: Ints
    at_24: NDArray[np.bool_]
    with_offset: NDArray[np.bool_]
    ranged: NDArray[np.bool_]
    fault: list[str]
    order: Order

    @property
    def good(self) -> NDArray[np.bool_]:
        """Usable times."""
        return np.array([not fault for fault in self.fault], bool) if any(self.fault) else np.ones(len(self.fault), bool)

    @property
    def double(self) -> bool:
        """Whether some local times are there twice."""
        return bool((self.again != self.utc).any())


def moments(stamps: Stamps, zone: ZoneInfo, hints: Hints) -> Moments:
    """The moments that stamps name, as written: midnights not yet moved, ends not yet shifted to starts."""
    order = date_order(stamps, hints.date_order)
    if hints.zone not in (None, LOCAL):
        stamps = _in_zone(stamps, order, _zone(str(hints.zone)))
    days = stamps.days(order.order)
    last_day = (dt.date(dt.datetime.now(zone).year + 2, 1, 1) - dt.date(1970, 1, 1)).days
    impossible = (days != NONE) & ((days < _FIRST_DAY) | (days >= last_day))
    usable = stamps.good & (days != NONE)
    if (usable & ~impossible).all():
        fault = [""] * days.size
    else:
        fault = np.select([~stamps.good, days == NONE, impossible], [NO_TIME, NO_DAY, NO_YEAR], default="").tolist()
    second = np.where(stamps.second == NONE, 0, stamps.second)
    local = np.where(usable, days * DAY_S + second, 0)
    with_offset = usable & (stamps.offset != NONE)
    raw = Moments(
        local, local, local, usable & (stamps.second == DAY_S), with_offset, usable & (stamps.until != NONE), fault, order
    )
    if with_offset.any():
        utc = np.where(with_offset, local - np.where(with_offset, stamps.offset, 0), 0)
        raw = replace(raw, local=np.where(with_offset, locals_of(utc, zone), local), utc=utc)
    return raw


def _zone(name: str) -> ZoneInfo:
    """The zone that a person named.

    Raises:
        UnknownZone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(zone=name) from error


def _in_zone(stamps: Stamps, order: Order, zone: ZoneInfo) -> Stamps:
    """The stamps with the zone's offset, where they name none themselves."""
    days = stamps.days(order.order)
    local = np.where(days == NONE, 0, days * DAY_S + np.where(stamps.second == NONE, 0, stamps.second))
    ahead = local - instants(local, zone).first
    return replace(stamps, offset=np.where((stamps.offset == NONE) & (days != NONE), ahead, stamps.offset))


def placed(raw: Moments, zone: ZoneInfo, same_date: bool) -> Moments:
    """The moments as instants. `same_date`: 00:00 ends the date it is stamped with."""
    move = np.where(same_date & (raw.local % DAY_S == 0) & ~raw.at_24, DAY_S, 0)
    local = raw.local + move
    found = instants(local, zone)
    utc = np.where(raw.with_offset, raw.utc + move, found.first)
    again = np.where(raw.with_offset, utc, found.again)
    skipped = found.gap & ~raw.with_offset
    fault = raw.fault
    if skipped.any():
        fault = [SKIPPED if gap and not old else old for old, gap in zip(raw.fault, skipped.tolist(), strict=True)]
    return replace(raw, local=local, utc=utc, again=again, fault=fault)
