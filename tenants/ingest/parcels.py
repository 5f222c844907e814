"""Many bodies of one tenant in one transaction: what a subscriber has gathered in a moment, each with its own answer."""

from __future__ import annotations

import datetime as dt
import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import numpy as np

from tenants import devices
from tenants.db import TenantSession
from tenants.devices import Heard, Refusal
from tenants.errors import LingyuanError
from tenants.ingest import payload as payloads
from tenants.ingest.accept import accept
from tenants.ingest.hearing import heard
from tenants.ingest.judge import IS_INTERVAL, IS_REGISTER, UNKNOWN_METER
from tenants.ingest.payload import Payload, Rows
from tenants.ingest.receipt import MOST_LISTED, Receipt
from tenants.ingest.series import Register, Reject, Series
from tenants.topology import Topology, load

OF_WHOLE_SERIES = frozenset({UNKNOWN_METER, IS_INTERVAL, IS_REGISTER})  # such a refusal is listed once, by the first row


class Entangled(Exception):
    """The parcels cannot be told apart once they are together: take them one by one."""


@dataclass(frozen=True)
class Parcel:
    """One body as one sender sent it. With `create`, unknown meters are made; `signal` [percent] is the sender's own."""

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
    found: dict[tuple[str, bool], list[_Opened]] = {}
    opened = [_Opened(one, Outcome()) for one in parcels]
    for one in opened:
        found.setdefault((one.parcel.sender, one.parcel.create), []).append(one)
    told: list[Heard] = []
    for several in found.values():
        told += _take_one_senders(session, several, topology, door)
    devices.note(session, told, door=door)
    return [one.outcome for one in opened]


def _open(several: list[_Opened], zone: ZoneInfo, topology: Topology) -> list[Series | Register]:
    """Looks into the parcels of one sender; gives their series, with rows counted through."""
    rows, series, place = Rows(topology), list[Series | Register](), 0
    for one in several:
        try:
            form, items = payloads.opened(one.parcel.body)
            if form == "rows":
                one.payload = Payload(form)
                rows.add(one.payload, items, place)
                one.outcome.rows = len(items)
            else:
                one.payload = payloads.understood(one.parcel.body, zone, topology)
                one.outcome.rows = max((int(each.rows.max()) for each in one.payload.series if each.rows.size), default=0)
                series += [_moved(each, place) for each in one.payload.series]
        except LingyuanError as error:
            one.payload, one.outcome.error = None, error
            continue
        one.first = place
        one.outcome.rejected = list(one.payload.problems)
        place += one.outcome.rows
    return [*rows.series(zone), *series]


def _take_one_senders(session: TenantSession, several: list[_Opened], topology: Topology, door: str) -> Iterator[Heard]:
    sender, create = several[0].parcel.sender, several[0].parcel.create
    united = _united(_open(several, session.zone, topology))
    receipt = Receipt(0, 0, 0, 0, 0)
    if united:
        receipt = accept(
            session, united, source=door, name="", sha256=_digest(several), actor=f"token:{sender}", create_missing=create,
            summed=False,
        )  # fmt: skip
        _hand_out(receipt, several, united)
    names = load(session).names  # with those that were made just now
    signals = {name: percent for one in several if one.payload for name, percent in one.payload.signals.items()}
    rejected = [each for one in several for each in one.outcome.rejected]
    yield from heard(sender, united, names, signals=signals, rejected=rejected, refused=len(rejected))
    for one in several:
        if one.parcel.signal is not None:
            yield Heard(sender, signal=one.parcel.signal)
        if one.outcome.error is not None:
            yield Heard(sender, errors=1, refusal=Refusal.of(one.outcome.error))


def _digest(several: list[_Opened]) -> str:
    """The digest of a body, or of the digests of several."""
    each = [hashlib.sha256(one.parcel.body) for one in several]
    return (each[0] if len(each) == 1 else hashlib.sha256(b"".join(one.digest() for one in each))).hexdigest()


def _moved(one: Series | Register, by: int) -> Series | Register:
    return replace(one, rows=one.rows + np.int32(by)) if by else one


def _united(series: Sequence[Series | Register]) -> list[Series | Register]:
    """Series of one flow of one meter as one."""
    found: dict[tuple[object, ...], list[Series | Register]] = {}
    for one in series:
        step, inexact = (one.step_minutes, one.inexact) if isinstance(one, Series) else (0, False)
        found.setdefault((one.meter, one.flow, step, inexact), []).append(one)
    return [one for several in found.values() for one in (several if len(several) == 1 else _joined(several))]


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


def _hand_out(receipt: Receipt, several: list[_Opened], united: Sequence[Series | Register]) -> None:
    """Gives each parcel its part of the answer.

    Raises:
        Entangled: two of them contradict each other, or so much was refused that it is not all listed.
    """
    full = len(receipt.rejected) >= MOST_LISTED or len(receipt.conflicts) >= MOST_LISTED
    if len(several) > 1 and (full or any(one.kept is None for one in receipt.conflicts)):
        raise Entangled
    there = [one for one in several if one.payload is not None]
    begins = [one.first for one in there]
    wholes = {int(one.rows[0]): one.rows.tolist() for one in united if one.rows.size} if receipt.rejected else {}
    for reject in receipt.rejected:
        rows = wholes.get(reject.row, [reject.row]) if reject.reason in OF_WHOLE_SERIES else [reject.row]
        for index, row in {bisect_right(begins, row - 1) - 1: row for row in reversed(rows)}.items():
            there[index].outcome.rejected.append(_placed(reject, there[index], row))
    if receipt.conflicting:
        _count_conflicts(receipt, there)


def _placed(reject: Reject, one: _Opened, row: int) -> Reject:
    """The reject as the parcel's sender counts its rows."""
    assert one.payload is not None
    local = replace(reject, row=row - one.first)
    return replace(local, facts={"where": one.payload.place(local), **local.facts})


def _count_conflicts(receipt: Receipt, there: list[_Opened]) -> None:
    """Says which parcels hold a value that is now listed as a conflict: those whose rows say such a meter and time."""
    torn = {(one.meter, one.start.timestamp()) for one in receipt.conflicts}
    for one in there:
        one.outcome.conflicting = sum(key in torn for key in _said(one.parcel.body))


def _said(body: bytes) -> Iterator[tuple[str, float]]:
    """Meter and time of each value of a body that has been understood."""
    form, items = payloads.opened(body)
    for item in items if form != "registers" else ():
        try:
            meter = " ".join(str(item["meter"]).split())
            step = 60 * int(item.get("step_minutes", payloads.DEFAULT_STEP))
            start = dt.datetime.fromisoformat(item["start"] if "start" in item else item["end"]).timestamp()
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
        start -= 0 if "start" in item else step
        yield from ((meter, start + step * i) for i in range(len(item["values"]) if form == "readings" else 1))
