"""Many bodies of one tenant in one transaction: what a subscriber has gathered in a moment, each with its own answer."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tenants import devices
from tenants.db import TenantSession
from tenants.devices import Heard, Refusal
from tenants.errors import LingyuanError
from tenants.ingest.accept import accept
from tenants.ingest.hearing import heard
from tenants.ingest.payload import Payload, understood
from tenants.ingest.receipt import MOST_LISTED, Receipt
from tenants.ingest.series import Register, Reject, Series
from tenants.topology import Topology, load


class Entangled(Exception):
    """The parcels cannot be told apart once they are together: take them one by one."""


@dataclass(frozen=True)
class Parcel:
    """One body as one sender sent it. With `create`, meters that do not exist are made; `signal` [percent] is the sender's own."""

    sender: str
    body: bytes
    create: bool = False
    signal: int | None = None


@dataclass
class Outcome:
    """What became of a parcel. Places that could not be taken are listed, the rest of it was taken; an `error` refuses all."""

    rows: int = 0
    rejected: list[Reject] = field(default_factory=list)
    conflicting: int = 0
    error: LingyuanError | None = None


@dataclass
class _Opened:
    """A parcel with what it holds; `first` is the place of its first row among those of its sender."""

    parcel: Parcel
    outcome: Outcome
    payload: Payload | None = None
    first: int = 0


def take(session: TenantSession, parcels: Sequence[Parcel], *, door: str) -> list[Outcome]:
    """Takes what can be taken of each body, all in the caller's transaction, and notes the devices.

    Raises:
        Entangled: several parcels contradict each other (alone, the first of them would have been taken).
    """
    session.lock()
    topology = load(session)
    opened = [_open(one, session, topology) for one in parcels]
    told: list[Heard] = []
    for several in _by_sender(opened):
        told += _take_one_senders(session, several, topology, door)
    devices.note(session, told, door=door)
    return [one.outcome for one in opened]


def _open(parcel: Parcel, session: TenantSession, topology: Topology) -> _Opened:
    try:
        payload = understood(parcel.body, session.zone, topology)
    except LingyuanError as error:
        return _Opened(parcel, Outcome(error=error))
    rows = max((int(one.rows.max()) for one in payload.series if one.rows.size), default=0)
    return _Opened(parcel, Outcome(rows, list(payload.problems)), payload)


def _by_sender(opened: Sequence[_Opened]) -> Iterator[list[_Opened]]:
    found: dict[tuple[str, bool], list[_Opened]] = {}
    for one in opened:
        found.setdefault((one.parcel.sender, one.parcel.create), []).append(one)
    yield from found.values()


def _take_one_senders(session: TenantSession, several: list[_Opened], topology: Topology, door: str) -> Iterator[Heard]:
    sender, create = several[0].parcel.sender, several[0].parcel.create
    series, place = [], 0
    for one in several:
        if one.payload is not None:
            one.first = place
            series += [_moved(each, place) for each in one.payload.series]
            place += one.outcome.rows
    united = _united(series, topology)
    receipt = Receipt(0, 0, 0, 0, 0)
    if united:
        digest = hashlib.sha256(b"".join(hashlib.sha256(one.parcel.body).digest() for one in several) if len(several) > 1
                                else several[0].parcel.body).hexdigest()  # fmt: skip
        receipt = accept(session, united, source=door, name="", sha256=digest, actor=f"token:{sender}", create_missing=create)
        _hand_out(receipt, several)
    names = topology.names | {one.name for one in receipt.meters}
    signals = {name: percent for one in several if one.payload for name, percent in one.payload.signals.items()}
    rejected = [each for one in several for each in one.outcome.rejected]
    yield from heard(sender, united, names, signals=signals, rejected=rejected, refused=len(rejected))
    for one in several:
        if one.parcel.signal is not None:
            yield Heard(sender, signal=one.parcel.signal)
        if one.outcome.error is not None:
            yield Heard(sender, errors=1, refusal=Refusal.of(one.outcome.error))


def _moved(one: Series | Register, by: int) -> Series | Register:
    return replace(one, rows=one.rows + np.int32(by)) if by else one


def _united(series: Sequence[Series | Register], topology: Topology) -> list[Series | Register]:
    """Series of one flow of one meter as one. Those of unknown meters stay apart: they are refused as wholes."""
    made: list[Series | Register] = []
    found: dict[tuple[object, ...], list[Series | Register]] = {}
    for one in series:
        if topology.meter_named(one.meter) is None:
            made.append(one)
        else:
            step = one.step_minutes if isinstance(one, Series) else 0
            inexact = isinstance(one, Series) and one.inexact
            found.setdefault((one.meter, one.flow, step, inexact), []).append(one)
    for several in found.values():
        made += several if len(several) == 1 else _joined(several)
    return made


def _joined(several: list[Series | Register]) -> Iterator[Series | Register]:
    """The series end to end, in the order of their times; a time that is said twice begins a series of its own."""
    first, rows = several[0], np.concatenate([one.rows for one in several])
    if isinstance(first, Register):
        registers = [one for one in several if isinstance(one, Register)]
        at, readings = np.concatenate([one.at for one in registers]), np.concatenate([one.readings for one in registers])
        yield replace(first, at=at, readings=readings, rows=rows)
        return
    intervals = [one for one in several if isinstance(one, Series)]
    start, values, quality = (
        np.concatenate([getattr(one, name) for one in intervals]) for name in ("start", "values", "quality")
    )
    order = np.argsort(start, kind="stable")
    while order.size:
        again = np.append(False, start[order[1:]] == start[order[:-1]])
        now, order = order[~again], order[again]
        yield replace(first, start=start[now], values=values[now], quality=quality[now], rows=rows[now])


def _hand_out(receipt: Receipt, several: list[_Opened]) -> None:
    """Gives each parcel its part of the answer.

    Raises:
        Entangled: two of them contradict each other, or so much was refused that it is not all listed.
    """
    alone = len(several) == 1
    full = len(receipt.rejected) >= MOST_LISTED or len(receipt.conflicts) >= MOST_LISTED
    if not alone and (full or any(one.kept is None for one in receipt.conflicts)):
        raise Entangled
    begins = [one.first for one in several if one.payload is not None]
    there = [one for one in several if one.payload is not None]
    for reject in receipt.rejected:
        one = there[bisect_right(begins, reject.row - 1) - 1]
        local = replace(reject, row=reject.row - one.first)
        assert one.payload is not None
        one.outcome.rejected.append(replace(local, facts={"where": one.payload.place(local), **local.facts}))
    if receipt.conflicting:
        _count_conflicts(receipt, there)


def _count_conflicts(receipt: Receipt, there: list[_Opened]) -> None:
    """How many values of each parcel are now listed as conflicts."""
    torn = {(one.meter, one.flow, one.step_minutes, int(one.start.timestamp())) for one in receipt.conflicts}
    for one in there:
        for each in one.payload.series if one.payload else ():
            if isinstance(each, Series):
                name = " ".join(each.meter.split())
                one.outcome.conflicting += sum((name, each.flow, each.step_minutes, at) in torn for at in each.start.tolist())
