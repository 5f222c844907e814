"""How complete a channel's days are: measured, estimated, missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tenants import clock
from tenants.curves.read import CurveBlock, read
from tenants.db import TenantSession
from tenants.flows import ALLOCATED, CORRECTED, MEASURED, MISSING
from tenants.topology import Channel

DayState = Literal["complete", "estimated", "partial", "missing"]


@dataclass(frozen=True)
class Coverage:
    """Some days of one channel: the state of each from `first` on, None where nothing is due; and minutes in all."""

    first: dt.date
    states: tuple[DayState | None, ...]
    measured: int
    estimated: int
    missing: int

    @property
    def due(self) -> int:
        """Minutes in which a value is there or should be."""
        return self.measured + self.estimated + self.missing

    def count(self, state: DayState) -> int:
        """Days in this state."""
        return sum(one == state for one in self.states)


def of_year(session: TenantSession, channel: Channel, year: int) -> Coverage:
    """The channel's days of a year, those that have ended."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    block = read(session, channel, first, last)
    today = clock.number_of(clock.today(session.zone)) - clock.number_of(first)
    return of_block(block, ended=min(max(today, 0), len(block.days)))


def of_block(block: CurveBlock, *, ended: int | None = None) -> Coverage:
    """The coverage of a block of one channel; days from index `ended` on are still to come."""
    rows = len(block.days) if ended is None else ended
    due, quality = (block.due > 0)[:rows], block.quality[:rows]
    missing = due & (quality == MISSING)
    good = due & np.isin(quality, (MEASURED, CORRECTED, ALLOCATED))
    guessed = due & ~missing & ~good
    states = [
        _state(*numbers) for numbers in zip(*(each.sum(axis=1).tolist() for each in (due, missing, guessed)), strict=True)
    ]  # fmt: skip
    none: list[DayState | None] = [None] * (len(block.days) - rows)
    minutes = [int(each.sum()) * block.step for each in (good, guessed, missing)]
    return Coverage(block.days[0].astype(object), tuple(states + none), *minutes)


def _state(due: int, missing: int, guessed: int) -> DayState | None:
    if due == 0:
        return None
    if missing:
        return "missing" if missing == due else "partial"
    return "estimated" if guessed else "complete"


def years(session: TenantSession) -> list[int]:
    """The years with data, the latest first."""
    row = session.row("SELECT min(day) AS first, max(day) AS last FROM curve")
    if row is None or row.first is None:
        return []
    return list(range(max(row.last.year, clock.today(session.zone).year), row.first.year - 1, -1))
