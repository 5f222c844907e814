"""A submission compared with what is stored, before anything is written."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants import sites
from tenants.curves.fold import Contradictions, Fold, Stored, fold
from tenants.curves.offer import Offered, Readings, arrange, tell
from tenants.curves.store import read_stored
from tenants.db import TenantSession
from tenants.entries import check_flow
from tenants.ingest import conflicts, dialled, standing
from tenants.ingest.check import all_checked
from tenants.ingest.dialled import Dialled, DialTarget
from tenants.ingest.receipt import Rejects
from tenants.ingest.series import Register, Series
from tenants.topology import Channel, Topology, load

UNKNOWN_METER = "There is no meter named {meter}"
MAKE_METER = "Check the name, or allow new meters to be created."
IS_REGISTER = "{meter} is read as a register: its curve follows from its cumulative readings"
SEND_READINGS = "Send what the register shows, or give the values of intervals to another meter."
IS_INTERVAL = "{meter} has values of intervals already: cumulative readings cannot be added to them"
SEND_INTERVALS = "Send values of intervals, or give the register to another meter."


@dataclass
class Target:
    """One flow of one meter as submitted; `channel` is negative while it does not exist."""

    meter: str
    flow: str
    channel: int
    readings: list[Readings] = field(default_factory=list)


@dataclass
class Judgement:
    """A submission compared with what is stored, nothing written yet."""

    topology: Topology
    targets: list[Target]
    rejects: Rejects
    offers: dict[int, Offered]
    fold: Fold
    torn: list[tuple[Readings, NDArray[np.intp]]]
    dialled: Dialled

    @property
    def readings(self) -> list[Readings]:
        """All readings that could be true."""
        return [one for target in self.targets for one in target.readings]

    @property
    def writes(self) -> bool:
        """Whether a curve changes."""
        return any(len(one) for one in self.fold.curves) or bool(self.fold.restepped.size) or len(self.dialled.taken) > 0

    @property
    def contradictions(self) -> list[Contradictions]:
        """The values that contradict what is stored, or each other."""
        torn = [conflicts.of_torn(one, where) for one, where in self.torn]
        return [*self.fold.contradictions, *torn, *self.dialled.contradictions]

    @property
    def every(self) -> list[Target | DialTarget]:
        """All flows of meters from which anything could be true."""
        return [*self.targets, *self.dialled.targets]


def judge(
    session: TenantSession, series: Sequence[Series | Register], forced: bool, create: bool, *, actor: str | None = None,
    site: UUID | None = None,
) -> Judgement:  # fmt: skip
    """What is to become of each reading. With an `actor`, meters and channels that do not exist are made.

    Args:
        forced: A different value takes the place of the stored one.
        create: A meter that does not exist is no mistake.
    """
    topology, rejects = load(session), Rejects()
    targets, dials = _targets(session, topology, series, create, rejects)
    offer = dialled.gathered(dials, session.zone, int(time.time()), rejects)
    if actor is not None:
        _make_channels(session, [*targets, *offer.targets], actor, site)
    torn, by_step = [], dict[int, list[Readings]]()
    for target in targets:
        target.readings = [_united(target.channel, several) for several in _steps(target.readings)]
        for one in target.readings:
            where = one.choose()
            if where.size:
                torn.append((one, where))
            by_step.setdefault(one.step, []).append(one)
    offers = {step: arrange(several, session.zone) for step, several in by_step.items()}
    offers = {step: offer for step, offer in offers.items() if len(offer.curves)}
    stored = _stored(session, offers)
    if not forced:
        standing.hold(session, stored, offers)
    result = fold(stored, offers, replace=forced)
    for step, verdict in result.verdicts.items():
        tell(by_step[step], verdict)
    dialled.compared(session, offer, forced=forced)
    dialled.into(offer, result)
    return Judgement(topology, targets, rejects, offers, result, torn, offer)


def _targets(
    session: TenantSession, topology: Topology, series: Sequence[Series | Register], create: bool, rejects: Rejects
) -> tuple[list[Target], list[DialTarget]]:
    """The submission's flows with their readings that can be true; those of unknown meters are refused, and what is of the
    other kind than the meter."""
    targets: dict[tuple[str, str], Target] = {}
    dials: dict[tuple[str, str], DialTarget] = {}
    asked: list[tuple[Series, int, Decimal]] = []
    owners: list[Target] = []
    now_s = int(time.time())
    for one in series:
        name = " ".join(one.meter.split())
        meter = topology.meter_named(name)
        known = topology.channel(meter.id, one.flow) if meter else None
        if known is None and not create:
            rejects.add_all(one.rows, UNKNOWN_METER, MAKE_METER, meter=f"{name} ({one.flow})" if meter else name)
            continue
        here, key = isinstance(one, Register), (name, one.flow)
        if _is_register(known, key in dials, here if key not in targets else False) != here and not _repairs(one):
            reason, remedy = (IS_INTERVAL, SEND_INTERVALS) if here else (IS_REGISTER, SEND_READINGS)
            rejects.add_all(one.rows, reason, remedy, meter=name, flow=one.flow)
            continue
        number = known.id if known else -1 - len(targets) - len(dials)
        if isinstance(one, Register):
            check_flow(one.flow)
            dials.setdefault(key, DialTarget(name, one.flow, number, known)).parts.append(one)
            continue
        target = targets.setdefault(key, Target(name, one.flow, number))
        asked.append((one, target.channel, known.multiplier if known else Decimal(1)))
        owners.append(target)
    for target, readings in zip(owners, all_checked(asked, session.zone, now_s, rejects), strict=True):
        target.readings.append(readings)
    return [target for target in targets.values() if any(one.day.size for one in target.readings)], list(dials.values())


def _is_register(known: Channel | None, taken: bool, otherwise: bool) -> bool:
    """Whether a channel is read as a register. One without data becomes what is sent first."""
    if known is not None and (known.kind == "register" or known.since is not None):
        return known.kind == "register"
    return taken or otherwise


def _repairs(one: Series | Register) -> bool:
    """Whether these are values that a person or an estimate puts into a curve, whatever its meter."""
    return isinstance(one, Series) and one.final


def _make_channels(session: TenantSession, targets: Sequence[Target | DialTarget], actor: str, site: UUID | None) -> None:
    """Makes what does not exist yet, once it is certain that something is to be stored there."""
    new = [target for target in targets if target.channel < 0]
    if new:
        made = sites.create_channels(session, [(target.meter, target.flow) for target in new], actor=actor, site=site)
        for target, channel in zip(new, made, strict=True):
            target.channel = channel


def _steps(readings: list[Readings]) -> list[list[Readings]]:
    by_step: dict[int, list[Readings]] = {}
    for one in readings:
        by_step.setdefault(one.step, []).append(one)
    return list(by_step.values())


def _united(channel: int, several: list[Readings]) -> Readings:
    """The readings of one channel and step as one."""
    if len(several) == 1:
        return replace(several[0], channel=channel)
    return Readings(
        channel, several[0].step,
        np.concatenate([one.day for one in several]), np.concatenate([one.slot for one in several]),
        np.concatenate([one.values for one in several]), np.concatenate([one.quality for one in several]),
        np.concatenate([one.row for one in several]), np.concatenate([one.inexact for one in several]),
        np.concatenate([one.verdict for one in several]), np.zeros(0, np.intp),
    )  # fmt: skip


def _stored(session: TenantSession, offers: dict[int, Offered]) -> Stored:
    keys = np.unique(np.concatenate([np.zeros(0, np.int64), *(offer.curves.key for offer in offers.values())]))
    keys = keys[keys >= 0]  # a channel that does not exist has nothing stored
    return read_stored(session, keys >> 20, (keys & 0xFFFFF).astype(np.int32))
