"""Cumulative readings of a submission: which can be true, which are new, which contradict what is stored, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.calc.registers.derive import Derived, derived
from tenants.curves.codec import key_of
from tenants.curves.fold import Contradictions, Fold
from tenants.curves.offer import CONFLICT, EMPTY, REPLACED, SAME, TAKEN
from tenants.db import TenantSession
from tenants.flows import FLOWS
from tenants.ingest import conflicts
from tenants.ingest.check import CHECK_CLOCK, CHECK_SIGN, CLOCK_AHEAD_S, EARLIEST_S, FUTURE, NEGATIVE, TOO_EARLY, local
from tenants.ingest.receipt import Rejects
from tenants.ingest.series import Register
from tenants.quantities import in_units
from tenants.registers import store
from tenants.registers.change import Changed, Span, change, read_spans, readings
from tenants.registers.codec import NONE, Rows, joined, place_of
from tenants.registers.recorded import dial
from tenants.registers.store import Read
from tenants.topology import Channel

Ints = NDArray[np.int64]
GREATEST = 10**13  # milli-units: ten digits before the point
TOO_LARGE_A_READING = "{meter}: a reading of {value} {unit} is too large"
CHECK_READING = (
    "Check the unit: Wh, kWh and MWh are a factor of 1,000 apart. Give the multiplier to the meter, not to its readings."
)


@dataclass
class DialTarget:
    """One register as submitted; `channel` is negative while it does not exist. `known` is its channel if it does."""

    meter: str
    flow: str
    channel: int
    known: Channel | None
    parts: list[Register] = field(default_factory=list)

    @property
    def of(self) -> Channel:
        """Its channel, as it is to be."""
        none = UUID(int=0)
        return self.known or Channel(self.channel, none, none, self.flow, Decimal(1), "register", None, None, None, None, None)


@dataclass
class Dialled:
    """Readings of registers compared with what is stored, nothing written yet.

    Arrays of shape (n,), one entry per reading that can be true: `line` (place among the `targets`), `at` [UTC seconds],
    `value` [milli-units], `row`, `verdict` (see `curves.offer`). `taken` are the new ones; `days` whole days as they are to be
    stored in the place of the keys `stored`, unless the taken ones just follow them (`appends`); `former` the readings that a
    replacement pushes aside.
    """

    targets: list[DialTarget]
    line: Ints
    at: Ints
    value: Ints
    row: NDArray[np.int32]
    verdict: NDArray[np.uint8]
    taken: Rows = NONE
    days: Rows = NONE
    stored: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    appends: bool = False
    contradictions: list[Contradictions] = field(default_factory=list)
    former: list[Contradictions] = field(default_factory=list)
    changed: Changed = field(default_factory=Changed)
    energies: dict[int, tuple[Derived, int]] = field(default_factory=dict)

    def total(self, number: int) -> tuple[int, Ints]:
        """Energy counted between the first and the last reading of a target [milli-units], and the moments of its readings."""
        at = np.unique(self.at[(self.line == number) & (self.verdict != EMPTY)])
        if at.size < 2 or self.targets[number].channel not in self.energies:
            return 0, at
        found, line = self.energies[self.targets[number].channel]
        knots = found.knots
        inside = (knots.line == line) & (knots.at >= at[0]) & (knots.at < at[-1])
        return int(knots.energy[inside].sum()), at


def gathered(targets: Sequence[DialTarget], zone: ZoneInfo, now_s: int, rejects: Rejects) -> Dialled:
    """The readings that can be true; the others are refused with their reasons."""
    several = sorted((target for target in targets if target.parts), key=lambda one: one.channel)
    parts = [(i, one) for i, target in enumerate(several) for one in target.parts]
    none = [np.zeros(0, np.int64)]
    line = np.repeat([i for i, _ in parts], [one.at.size for _, one in parts]).astype(np.int64)
    at, value = (np.concatenate([getattr(one, name) for _, one in parts] or none) for name in ("at", "readings"))
    row = np.concatenate([one.rows for _, one in parts] or [np.zeros(0, np.int32)])
    good = np.ones(line.size, bool)
    for bad, reason, remedy in (
        (at < EARLIEST_S, TOO_EARLY, CHECK_CLOCK),
        (at > now_s + CLOCK_AHEAD_S, FUTURE, CHECK_CLOCK),
        (value < 0, NEGATIVE, CHECK_SIGN),
        (value > GREATEST, TOO_LARGE_A_READING, CHECK_READING),
    ):
        where = np.flatnonzero(good & bad)
        good[where] = False

        def facts(i: int, where: NDArray[np.intp] = where) -> dict[str, Any]:
            one = several[int(line[where[i]])]
            return {"meter": one.meter, "flow": one.flow, "start": local(int(at[where[i]]), zone),
                    "value": in_units(int(value[where[i]])), "unit": FLOWS[one.flow].unit}  # fmt: skip

        if where.size:
            rejects.add(row[where], reason, remedy, facts)
    line, at, value, row = line[good], at[good], value[good], row[good]
    kept = [i for i in range(len(several)) if (line == i).any()] if not good.all() else list(range(len(several)))
    place = np.zeros(len(several), np.int64)
    place[kept] = np.arange(len(kept))
    return Dialled([several[i] for i in kept], place[line], at, value, row, np.zeros(line.size, np.uint8))


def compared(session: TenantSession, offer: Dialled, *, forced: bool) -> None:
    """Fills in what becomes of each reading and what follows for the curves. Nothing is written.

    The same moment with the same reading is one reading; with another one, neither of two in one submission is taken, and
    against a stored one it is a contradiction, unless `forced`.
    """
    if not offer.targets:
        return
    zone = session.zone
    chosen = _chosen(offer, zone)
    spans = _spans(offer)
    reads = read_spans(session, spans)
    day, second = clock.split(offer.at, zone)
    key = _key(offer.line, day, second)
    was = joined([Rows(np.full(len(one.rows), i, np.int64), one.rows.day, one.rows.second, one.rows.value)
                  for i, one in enumerate(reads)])  # fmt: skip
    old = _key(was.channel, was.day, was.second)
    at = np.minimum(np.searchsorted(old, key[chosen]), max(old.size - 1, 0))
    there = old[at] == key[chosen] if old.size else np.zeros(chosen.size, bool)
    same = there & (was.value[at] == offer.value[chosen]) if old.size else there
    other = there & ~same
    offer.verdict[chosen] = np.where(same, SAME, np.where(other, REPLACED if forced else CONFLICT, TAKEN))
    if other.any():
        where = chosen[other]
        said = Contradictions(0, _channels(offer, where), day[where], second[where].astype(np.int32), offer.value[where],
                              was.value[at[other]])  # fmt: skip
        (offer.former if forced else offer.contradictions).append(said)
    _tell_doubles(offer, key, chosen)
    new = chosen[~there | (other if forced else False)]
    offer.taken = joined([Rows(_channels(offer, new), day[new], second[new], offer.value[new])])
    _follow(session, offer, spans, reads)


def _channels(offer: Dialled, where: NDArray[np.intp]) -> Ints:
    return np.array([target.channel for target in offer.targets], np.int64)[offer.line[where]]


def _key(line: Ints, day: NDArray[np.int32], second: Ints) -> Ints:
    return np.asarray((line << 40) + (day.astype(np.int64) << 17) + second)  # a day is shorter than 2^17 seconds


def _chosen(offer: Dialled, zone: ZoneInfo) -> NDArray[np.intp]:
    """One reading for each moment; those that contradict each other are listed."""
    order = np.lexsort((offer.row, offer.value, offer.at, offer.line))
    line, at, value = offer.line[order], offer.at[order], offer.value[order]
    new = np.ones(order.size, bool)
    new[1:] = (line[1:] != line[:-1]) | (at[1:] != at[:-1])
    group = np.cumsum(new) - 1
    first = np.flatnonzero(new)
    last = np.append(first[1:], order.size) - 1
    torn = value[first] != value[last]
    if torn.any():
        where = order[torn[group]]
        offer.verdict[where] = CONFLICT
        day, second = clock.split(offer.at[where], zone)
        neither = np.full(where.size, conflicts.NEITHER, np.int64)
        offer.contradictions.append(
            Contradictions(0, _channels(offer, where), day, second.astype(np.int32), offer.value[where], neither)
        )
    return np.asarray(order[first[~torn]])


def _tell_doubles(offer: Dialled, key: Ints, chosen: NDArray[np.intp]) -> None:
    """An equal double shares the fate of the one that was chosen."""
    if chosen.size == key.size:
        return
    order = chosen[np.argsort(key[chosen])]
    if not order.size:
        return
    at = np.minimum(np.searchsorted(key[order], key), order.size - 1)
    double = (key[order][at] == key) & (offer.verdict == EMPTY)
    offer.verdict[double] = SAME


def _spans(offer: Dialled) -> list[Span]:
    count = len(offer.targets)
    first, last = np.full(count, np.iinfo(np.int64).max), np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(first, offer.line, offer.at)
    np.maximum.at(last, offer.line, offer.at)
    return [Span(target.of, int(a), int(b)) for target, a, b in zip(offer.targets, first, last, strict=True)]


def _follow(session: TenantSession, offer: Dialled, spans: list[Span], reads: list[Read]) -> None:
    """Derives the curves of the channels that have something new; of the others only the energies."""
    taken = offer.taken
    ids = np.array([span.channel.id for span in spans], np.int64)
    begin, end = (np.searchsorted(taken.channel, ids, side=side) for side in ("left", "right"))
    own = {int(one): taken.part(a, b) for one, a, b in zip(ids, begin, end, strict=True) if b > a}
    work = [(span, read) for span, read in zip(spans, reads, strict=True) if span.channel.id in own]
    idle = [(span, read) for span, read in zip(spans, reads, strict=True) if span.channel.id not in own]
    if work:
        before = joined([read.rows for _, read in work])
        whole = _merged(before, taken)
        new_begin, new_end = (np.searchsorted(whole.channel, ids, side=side).tolist() for side in ("left", "right"))
        now = {int(one): whole.part(a, b) for one, a, b in zip(ids, new_begin, new_end, strict=True)}
        first = {span.channel.id: (read.rows, now[span.channel.id]) for span, read in work}

        def merge(channel: int, rows: Rows) -> Rows:
            was, merged = first[channel]
            return merged if rows is was else _merged(rows, own[channel])

        offer.changed = change(session, [span for span, _ in work], [read for _, read in work], merge)
        offer.energies |= offer.changed.derived
        new = np.unique(key_of(taken.channel, taken.day))
        offer.days = whole.take(np.isin(key_of(whole.channel, whole.day), new))
        offer.stored = np.intersect1d(key_of(before.channel, before.day), new)
        offer.appends = _appends(before, taken)
    if idle:
        found = derived(readings([read.rows for _, read in idle], session.zone),
                        [dial(span.channel, read.events) for span, read in idle])  # fmt: skip
        offer.energies |= {span.channel.id: (found, line) for line, (span, _) in enumerate(idle)}


def _merged(rows: Rows, new: Rows) -> Rows:
    """Stored readings with new ones, which take the places of those at their moments."""
    if not len(rows):
        return new
    again = np.isin(place_of(rows), place_of(new))
    return joined([rows.take(~again) if again.any() else rows, new])


def into(offer: Dialled, fold: Fold) -> None:
    """Adds the curves that follow to what is to be written."""
    fold.curves += offer.changed.curves
    fold.replaced.append(offer.changed.replaced)
    fold.corrected.append(offer.changed.corrected)


def _appends(before: Rows, taken: Rows) -> bool:
    """Whether there is one new reading of each day and it follows those that are stored: the way of most devices."""
    key = key_of(taken.channel, taken.day)
    if (key[1:] == key[:-1]).any():
        return False
    last = before.take(store.ends(before))
    known = key_of(last.channel, last.day)
    at = np.minimum(np.searchsorted(known, key), max(known.size - 1, 0))
    return not known.size or bool(((known[at] != key) | (last.second[at] < taken.second)).all())


def clear(session: TenantSession, offer: Dialled) -> None:
    """Makes room for what `write` stores; leaves for later what travels together with other statements."""
    if not len(offer.taken):
        return
    new = [target.channel for target in offer.targets if target.known is None or target.known.kind != "register"]
    if new:
        session.execute("UPDATE channel SET kind = 'register' WHERE id = ANY(:ids)", {"ids": new})
    if offer.appends:
        store.append(session, offer.taken)
    else:
        store.clear(session, offer.stored)


def write(session: TenantSession, offer: Dialled, batch: UUID) -> None:
    """Stores the readings with their origin, once the batch is there; the curves go with the others."""
    if offer.appends:
        store.append_origins(session, offer.taken, batch)
        return
    store.write(session, offer.days)
    store.write_origins(session, offer.taken, batch)
    for one in offer.former:
        conflicts.keep_replaced(session, one, batch)
