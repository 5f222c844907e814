"""What a change among the readings of registers does to their curves: derived around it, compared with what is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from tenants import clock
from tenants.calc.registers.course import Readings, corrected
from tenants.calc.registers.derive import Derived, derived
from tenants.calc.registers.dial import Dial
from tenants.calc.registers.intervals import DayRows
from tenants.calc.registers.locality import Around, Calm, touched_days
from tenants.curves import store as curve_store
from tenants.curves.codec import DayCurves, decode, key_of
from tenants.db import TenantSession
from tenants.registers import store
from tenants.registers.codec import Rows
from tenants.registers.compare import Compared, compare
from tenants.registers.recorded import dial
from tenants.registers.store import Read
from tenants.topology import Channel

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Span:
    """The moments [UTC seconds, as the meter's clock says] between which a channel's readings change; None: all of it.

    `curve`: first and last day of which it has a curve, where all of it changes.
    """

    channel: Channel
    first: int | None = None
    last: int | None = None
    curve: tuple[int, int] | None = None


@dataclass
class Changed:
    """What is to be written: `curves` in the place of the rows with the keys `replaced`, `corrected` of them kept as former
    ones; `gone` are the keys of rows that nothing is known of any more. `derived` holds the energies by channel id."""

    curves: list[DayCurves] = field(default_factory=list)
    replaced: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    corrected: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    gone: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    derived: dict[int, tuple[Derived, int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.replaced.size or any(len(one) for one in self.curves))

    @property
    def keys(self) -> Ints:
        """The channels and days whose curve is another now (`curves.codec.key_of`), sorted."""
        return np.unique(np.concatenate([self.gone, *(one.key for one in self.curves)]))


Merge = Callable[[int, Rows], Rows]  # the readings of a channel as they are to be, from those that are stored


def read_spans(session: TenantSession, spans: Sequence[Span]) -> list[Read]:
    """What is stored around each change."""
    if any(one.first is None for one in spans):
        return [store.read_all(session, one.channel.id) for one in spans]
    bounds = np.array([(one.first, one.last) for one in spans], np.int64).reshape(len(spans), 2)
    days, _ = clock.split(bounds.reshape(-1), session.zone)
    found = store.read_around(session, [one.channel.id for one in spans], days[::2].tolist(), days[1::2].tolist())
    return [
        store.read_all(session, span.channel.id) if read.events and _clock_near(span, read) else read
        for span, read in zip(spans, found, strict=True)
    ]


def _clock_near(span: Span, read: Read) -> bool:
    """Whether a fault of the clock moved readings into or out of the time around the change."""
    if span.first is None or span.last is None:
        return True
    around = (store.MARGIN_DAYS + 1) * clock.DAY_S
    return any(
        one.start - abs(one.ahead) - around <= span.last and span.first <= one.end + abs(one.ahead) + around
        for one in dial(span.channel, read.events).clocks
    )


def change(session: TenantSession, spans: Sequence[Span], reads: Sequence[Read], merge: Merge) -> Changed:
    """The curves as they follow from the readings after `merge`; nothing is written.

    Args:
        spans: distinct channels, ascending by id. reads: what is stored around them (`read_spans`).
    """
    work = list(zip(spans, reads, strict=True))
    whole = Changed()
    parts = []
    for widen in (_further, _whole, None):
        part, days, rest = _attempt(session.zone, work, merge)
        parts.append((part, days))
        whole.derived |= {span.channel.id: (part, line) for line, span in enumerate(one for one, _ in work)}
        if not rest or widen is None:
            break
        work = [(work[i][0], widen(session, *work[i])) for i in rest]
    return _compared(session, whole, parts, reads)


_Days = tuple[Ints, NDArray[np.int32], Ints]  # line, day, channel


def _attempt(zone: ZoneInfo, work: Sequence[tuple[Span, Read]], merge: Merge) -> tuple[Derived, _Days, list[int]]:
    """What follows from these rows, for which days, and for which channels more has to be read."""
    rows = [merge(span.channel.id, read.rows) for span, read in work]
    dials = [_dial(zone, span, read) for span, read in work]
    found = derived(readings(rows, zone), dials)
    calm = Calm(found.verdicts)
    bounds = np.searchsorted(found.verdicts.course.line, np.arange(len(work) + 1)).tolist()
    lines, days, channels, rest = [], [], [], []
    for line, (span, read) in enumerate(work):
        touched = _touched(calm, bounds[line], bounds[line + 1], span, read, dials[line], zone)
        if touched is None:
            rest.append(line)
            continue
        days.append(np.arange(touched[0], touched[1] + 1, dtype=np.int32))
        lines.append(np.full(days[-1].size, line, np.int64))
        channels.append(np.full(days[-1].size, span.channel.id, np.int64))
    none = [np.zeros(0, np.int64)]
    wanted = (np.concatenate(lines or none), np.concatenate(days or [np.zeros(0, np.int32)]), np.concatenate(channels or none))
    return found, wanted, rest


def _touched(calm: Calm, begin: int, end: int, span: Span, read: Read, of: Dial, zone: ZoneInfo) -> tuple[int, int] | None:
    if span.first is None or span.last is None:
        ends, _ = clock.split(calm.at[[begin, end - 1]] if begin < end else calm.at[:0], zone)
        days = [*ends.tolist(), *(span.curve or ())]
        return min(days, default=0), max(days, default=-1)
    bounds = corrected(np.array([span.first, span.last], np.int64), of.clocks)
    block = 0 if read.block is None else int(clock.midnights(zone, read.block, read.block)[0])
    around = Around(read.from_start, read.to_end, block)
    return touched_days(calm, begin, end, around, int(bounds.min()), int(bounds.max()), zone)


def _dial(zone: ZoneInfo, span: Span, read: Read) -> Dial:
    known = dial(span.channel, read.events)
    if not known.exchanges or not len(read.rows):
        return known
    first, last = int(read.rows.day[0]), int(read.rows.day[-1])
    ends = clock.midnights(zone, first, last)
    return known.within(None if read.from_start else int(ends[0]), None if read.to_end else int(ends[-1]))


def readings(rows: Sequence[Rows], zone: ZoneInfo) -> Readings:
    """Stored rows of several channels as the calculation wants them, one line each."""
    line = np.repeat(np.arange(len(rows), dtype=np.int64), [len(one) for one in rows])
    whole = Rows(*(np.concatenate([getattr(one, name) for one in rows]) for name in ("channel", "day", "second", "value")))
    if not len(whole):
        return Readings(line, whole.second, whole.value)
    base = int(whole.day.min())
    return Readings(line, clock.midnights(zone, base, int(whole.day.max()))[whole.day - base] + whole.second, whole.value)


def _further(session: TenantSession, span: Span, read: Read) -> Read:
    return store.read_back(session, span.channel.id, read) if read.to_end and not read.from_start else _whole(session, span, read)


def _whole(session: TenantSession, span: Span, read: Read) -> Read:
    return store.read_all(session, span.channel.id)


def _stored(
    session: TenantSession, keys: Ints, reads: Sequence[Read], parts: Sequence[tuple[Derived, _Days]]
) -> Mapping[int, DayCurves]:
    """The stored curves, among them those of these days: as they were read with the readings, if that was enough."""
    _, (line, day, _) = parts[0]
    bounds = np.array([read.curve_days for read in reads], np.int64).reshape(len(reads), 2)
    if len(parts) == 1 and ((bounds[line, 0] <= day) & (day <= bounds[line, 1])).all():
        return decode(b"".join(read.curve for read in reads))
    return curve_store.read_stored(session, keys >> 20, (keys & 0xFFFFF).astype(np.int32)).curves


def _compared(session: TenantSession, whole: Changed, parts: Sequence[tuple[Derived, _Days]], reads: Sequence[Read]) -> Changed:
    """The derived days beside the stored ones."""
    every = [key_of(channel, day) for _, (_, day, channel) in parts]
    keys = np.unique(np.concatenate(every))
    if not keys.size:
        return whole
    stored = _stored(session, keys, reads, parts)
    repaired = store.read_repaired(session, stored)
    replaced, corrected_, gone = [], [], []
    for found, (line, day, channel) in parts:
        if not line.size:
            continue
        ids = np.zeros(int(line.max()) + 1, np.int64)
        ids[line] = channel

        def curves(
            which: NDArray[np.intp] | None = None, step: int | None = None, *, found: Derived = found, line: Ints = line,
            day: NDArray[np.int32] = day, ids: Ints = ids,
        ) -> list[DayCurves]:  # fmt: skip
            some = slice(None) if which is None else which
            return [_named(one, ids) for one in found.curves(session.zone, line[some], day[some], step)]

        one: Compared = compare(curves, key_of(channel, day), stored, repaired)
        whole.curves += one.curves
        replaced.append(one.replaced)
        corrected_.append(one.corrected)
        gone.append(one.gone)
    none = [np.zeros(0, np.int64)]
    whole.replaced, whole.corrected, whole.gone = (np.concatenate(several or none) for several in (replaced, corrected_, gone))
    return whole


def _named(rows: DayRows, ids: Ints) -> DayCurves:
    """The rows under the ids of their channels, sorted."""
    channel = ids[rows.line]
    order = np.argsort(key_of(channel, rows.day), kind="stable")
    none = np.zeros(order.size, np.int32)
    return DayCurves(
        rows.step, channel[order], rows.day[order], rows.length[order], rows.values[order], rows.quality[order], none
    )


def unchanged(channel: int, rows: Rows) -> Rows:
    """The merge that changes nothing: only events did."""
    return rows
