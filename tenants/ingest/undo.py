"""Takes a submission back as a whole: what it set and nobody has set since is again what it was before."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import orjson
from numpy.typing import NDArray

from tenants import audit, clock
from tenants.activities import open_batch
from tenants.curves import store
from tenants.curves.codec import DayCurves, joined, key_of
from tenants.curves.fold import Fold
from tenants.curves.origins import Key, Past, read_past
from tenants.curves.steps import Facts, combine
from tenants.db import TenantSession
from tenants.errors import InvalidInput, LingyuanError, NotFound
from tenants.ingest import conflicts, undo_bills
from tenants.publish import Touched, publish
from tenants.publish.facts import merged
from tenants.registers import undo as registers
from tenants.topology import load

UNDOABLE = ("file", "http", "mqtt", "bill", "held", "repair")


class UndoneAlready(LingyuanError):
    """This import was taken back already, by {actor}."""

    status = 409
    remedy = "If it should count after all, upload or send it again."


class CannotUndo(LingyuanError):
    """This entry cannot be taken back here."""

    status = 409
    remedy = "Certificates and offsets are withdrawn on their own page. What an undo took back is uploaded or sent again."


@dataclass(frozen=True)
class Undone:
    """What an undo changed: `intervals` (and readings of registers) that are as before again on so many `days` of channels,
    `bills` taken back, and `kept`, the intervals that a later submission has set. `batch` is the undo's own."""

    batch: UUID
    intervals: int
    days: int
    bills: int
    kept: int

    def as_json(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "batch": str(self.batch)}


def undo(session: TenantSession, batch: UUID, *, actor: str, reason: str, today: dt.date | None = None) -> Undone:
    """Takes a submission back in the caller's transaction and publishes what changed.

    An interval that no later submission has set is again what it was before: the value of the last submission that still
    counts, or missing. The present rows are kept among the former ones. Bills alike. Meters and channels stay.

    Raises:
        NotFound: there is no such submission. UndoneAlready. CannotUndo: it holds neither readings nor bills.
        InvalidInput: no reason.
    """
    if not reason.strip():
        raise InvalidInput(field="reason", reason="an undo needs a reason", remedy="Say why, in a sentence.")
    session.lock()
    row = session.row("SELECT source, name, undone FROM batch WHERE id = :batch", batch=batch)
    if row is None:
        raise NotFound(what="import", name=batch)
    if row.source not in UNDOABLE:
        raise CannotUndo()
    if row.undone is not None:
        raise UndoneAlready(actor=row.undone)
    own, touched = uuid4(), Touched()
    open_batch(session, own, "undo", row.name, "", actor)
    said = {"id": batch, "own": own, "actor": actor, "receipt": orjson.dumps({"of": str(batch)}).decode()}
    session.execute("UPDATE batch SET receipt = CAST(:receipt AS jsonb) WHERE id = :own", said)
    session.execute("UPDATE batch SET undone = :actor WHERE id = :id", said)
    past = read_past(session, batch)
    intervals, kept = _counts(past)
    conflicts.reopen(session, batch, _starts(session, past))
    fold = _without(past)
    store.write(session, fold, {}, own, reason)
    back = registers.take_back(session, batch, own, reason)
    changed = np.unique(np.concatenate([back.keys, *fold.replaced]))
    intervals, kept = intervals + back.readings, kept + back.kept
    _expect(session, changed, touched)
    bills = undo_bills.take_back(session, batch, own, reason, touched)
    if touched.ranges:
        publish(session, touched, today=today)
    result = Undone(own, intervals, int(changed.size), bills, kept)
    audit.record(session, subject=session.tenant, actor=actor, action="batch.undo", of=batch, reason=reason, **result.as_json())
    return result


def _counts(past: Past) -> tuple[int, int]:
    """Intervals of the submission that are taken back, and those that a later one has set."""
    set_ = sum(int(one.slots.sum()) for several in past.own.values() for one in several)
    back = sum(int(past.days[key].open(one).sum()) for key, several in past.own.items() if key in past.days for one in several)
    return back, set_ - back


def _without(past: Past) -> Fold:
    """The days as the other submissions have them; those that nobody else speaks of are gone."""
    fold = Fold()
    rows: dict[int, list[DayCurves]] = defaultdict(list)
    steps: dict[int, list[DayCurves]] = defaultdict(list)
    changed, stepped = [], []
    for key, day in past.days.items():
        facts = day.facts()
        combined = combine(facts) if facts else None
        several = combined is not None and any(one.quality.any() for one in list(combined.facts.values())[1:])
        if day.steps or several:
            stepped.append(_number(key))
        if combined is not None and several:
            for step, one in combined.facts.items():
                if one.quality.any():
                    steps[step].append(_row(key, step, one, 1))
        finest = min(facts, default=0)
        now = Facts(combined.values, combined.quality) if combined else None
        if now and day.now.step == finest and _same(now, Facts(day.now.values[None, :], day.now.quality[None, :])):
            continue
        changed.append(_number(key))
        if now:
            rows[finest].append(_row(key, finest, now, past.revisions[key] + 1))
    fold.replaced = fold.corrected = [np.array(changed, np.int64)]
    fold.curves = [joined(several) for several in rows.values()]
    fold.steps, fold.restepped = [joined(several) for several in steps.values()], np.array(stepped, np.int64)
    return fold


def _number(key: Key) -> int:
    return int(key_of(np.array([key[0]], np.int64), np.array([key[1]], np.int32))[0])


def _same(one: Facts, other: Facts) -> bool:
    return np.array_equal(one.values, other.values) and np.array_equal(one.quality, other.quality)


def _row(key: Key, step: int, facts: Facts, revision: int) -> DayCurves:
    number, length = np.array([revision], np.int32), np.array([facts.values.shape[1]], np.int32)
    return DayCurves(
        step, np.array([key[0]], np.int64), np.array([key[1]], np.int32), length, facts.values, facts.quality, number
    )


def _expect(session: TenantSession, changed: NDArray[np.int64], touched: Touched) -> None:
    """The days to publish. A channel whose first data is gone expects values from its first remaining data on, if any."""
    topology = load(session)
    counted = {one.id for site in topology.sites for several in topology.counted(site).values() for one in several}
    for number in np.unique(changed >> 20).tolist():
        channel = topology.channels[number]
        days = (changed[changed >> 20 == number] & 0xFFFFF).tolist()
        site = topology.meters[channel.meter].site
        for first, last in merged([(day, day) for day in days]) if number in counted else ():
            touched.add(site, channel.flow, first, last)
        since = None if channel.since is None else clock.number_of(channel.since)
        if since not in days:
            continue
        new = session.scalar("SELECT min(day) FROM curve WHERE channel = :channel", channel=number)
        if new != channel.since:
            session.execute("UPDATE channel SET since = :day WHERE id = :id", {"day": new, "id": number})
            if number in counted and since is not None:
                touched.add(site, channel.flow, since, None if new is None else clock.number_of(new) - 1)


def _starts(session: TenantSession, past: Past) -> Mapping[tuple[int, int], tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Starts [UTC seconds] and present values of the intervals that are taken back, by channel and step."""
    found: dict[tuple[int, int], list[tuple[NDArray[np.int64], NDArray[np.int64]]]] = defaultdict(list)
    for key, day in past.days.items():
        midnight = int(clock.midnights(session.zone, key[1], key[1])[0])
        for one in past.own[key]:
            at = np.flatnonzero(day.open(one)[: day.minutes // one.step])
            facts = day.said_now(one.step)
            if facts is not None:
                found[key[0], one.step].append((midnight + at * 60 * one.step, facts.values[0, at].astype(np.int64)))
    return {
        of: (np.concatenate([start for start, _ in several]), np.concatenate([value for _, value in several]))
        for of, several in found.items()
    }
