"""The one gate. Whatever comes in, from a file or a device, is checked, merged, kept with its origin and published here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import orjson
from numpy.typing import NDArray

from tenants import audit, clock, marks
from tenants.curves.offer import REPLACED
from tenants.curves.store import write
from tenants.db import TenantSession
from tenants.errors import InvalidInput
from tenants.ingest import conflicts, dialled
from tenants.ingest.answer import receipt
from tenants.ingest.judge import Judgement, judge
from tenants.ingest.receipt import Receipt
from tenants.ingest.refusals import summed
from tenants.ingest.series import Register, Series
from tenants.publish import Touched, publish
from tenants.publish.facts import NEAR_DAYS, Fresh
from tenants.topology import Channel, Topology, load


def accept(
    session: TenantSession, series: Sequence[Series | Register], *, source: str, name: str, sha256: str, actor: str,
    replace_reason: str | None = None, create_missing: bool = False, site: UUID | None = None, today: dt.date | None = None,
    summed: bool = True,
) -> Receipt:  # fmt: skip
    """Takes a submission into the tenant's curves and publishes what changed, all in the caller's transaction.

    Sending the same again changes nothing. A different value for a filled interval is listed as a conflict and not applied,
    unless `replace_reason` says why it should be; then the former row is kept.

    Args:
        source: file | http | held.
        create_missing: Make meters and channels that do not exist, on `site` or the tenant's only one.
        summed: Say in the receipt what was said of each meter.
    Raises:
        InvalidInput: a flow or step that does not exist, or an empty reason.
        SiteNeeded: a new meter, several sites, and none named.
    """
    if replace_reason is not None and not replace_reason.strip():
        raise InvalidInput(field="replace", reason="a replacement needs a reason", remedy="Say why, in a sentence.")
    session.lock()
    judged = judge(session, series, replace_reason is not None, create_missing, actor=actor, site=site)
    if not judged.writes and not conflicts.news(session, judged.contradictions):
        return receipt(session, judged, None, summed=summed)
    batch = uuid4()
    answer = receipt(session, judged, batch, summed=summed)
    session.later(
        "INSERT INTO batch (id, source, name, sha256, actor, receipt, received) "
        "VALUES (:id, :source, :name, :sha256, :actor, CAST(:receipt AS jsonb), clock_timestamp())",  # the order of the writers
        {"id": batch, "source": source, "name": name, "sha256": sha256, "actor": actor, "receipt": _counts(answer)},
    )
    dialled.clear(session, judged.dialled)
    write(session, judged.fold, judged.offers, batch, replace_reason or "")
    dialled.write(session, judged.dialled, batch)
    _keep_conflicts(session, judged, batch)
    touched = _touched(session, judged)
    if touched.ranges:
        publish(session, touched, today=today, topology=load(session), fresh=_fresh(judged))
    marks.ask(session)
    audit.record(
        session, subject=session.tenant, actor=actor, action="readings.accept", batch=batch, source=source,
        accepted=answer.accepted, conflicting=answer.conflicting, refused=answer.refused, replaced=bool(replace_reason),
    )  # fmt: skip
    return answer


def examine(
    session: TenantSession, series: Sequence[Series | Register], *, replace: bool = False, create_missing: bool = True
) -> Receipt:
    """What `accept` would answer, without writing anything: the preview."""
    return receipt(session, judge(session, series, replace, create_missing), None)


def _keep_conflicts(session: TenantSession, judged: Judgement, batch: UUID) -> None:
    conflicts.keep(session, judged.contradictions, batch)
    conflicts.settle(session, [one for one in judged.readings if (one.verdict == REPLACED).any()])


def _touched(session: TenantSession, judged: Judgement) -> Touched:
    """The days to publish: those that changed, and those on which values are expected now and were not before."""
    touched, since = Touched(), dict[int, int]()
    made = any(target.channel not in judged.topology.channels for target in judged.every)
    topology = load(session) if made else judged.topology
    counted = {one.id for site in topology.sites for several in topology.counted(site).values() for one in several}
    for curves in judged.fold.curves:
        for rows in _by_channel(curves.channel):
            channel, days = topology.channels[int(curves.channel[rows.start])], np.sort(curves.day[rows])
            since[channel.id] = min(int(days[0]), since.get(channel.id, int(days[0])))
            for first, last in _runs(days) if channel.id in counted else ():
                touched.add(topology.meters[channel.meter].site, channel.flow, first, last)
    for key in judged.dialled.changed.gone.tolist():  # days of which a register tells nothing any more
        channel = topology.channels[key >> 20]
        if channel.id in counted:
            touched.add(topology.meters[channel.meter].site, channel.flow, key & 0xFFFFF, key & 0xFFFFF)
    for number, first in since.items():
        _begin(session, topology.channels[number], topology, first, touched if number in counted else Touched())
    return touched


def _by_channel(channel: NDArray[np.int64]) -> list[slice]:
    """Runs of equal numbers."""
    cuts = [0, *(np.flatnonzero(np.diff(channel)) + 1).tolist(), channel.size]
    return [slice(a, b) for a, b in pairwise(cuts) if a < b]


def _runs(days: NDArray[np.int32]) -> list[tuple[int, int]]:
    """Sorted days as ranges; near ones are published together."""
    cuts = [0, *(np.flatnonzero(np.diff(days) > NEAR_DAYS) + 1).tolist(), days.size]
    return [(int(days[a]), int(days[b - 1])) for a, b in pairwise(cuts)]


def _begin(session: TenantSession, channel: Channel, topology: Topology, first: int, touched: Touched) -> None:
    """A channel expects values from its first data on."""
    before = None if channel.since is None else clock.number_of(channel.since)
    if before is not None and before <= first:
        return
    session.later("UPDATE channel SET since = :day WHERE id = :id", {"day": clock.date_of(first), "id": channel.id})
    touched.add(topology.meters[channel.meter].site, channel.flow, first, None if before is None else before - 1)


def _fresh(judged: Judgement) -> Fresh:
    """The channels that had nothing before: what was just written is all there is of them."""
    known = judged.topology.channels
    new = {one.channel for one in judged.every if one.channel not in known or known[one.channel].since is None}
    return Fresh(frozenset(new), judged.fold.curves)


def _counts(answer: Receipt) -> str:
    counts = ("rows", "accepted", "unchanged", "conflicting", "refused")
    said: dict[str, Any] = {name: getattr(answer, name) for name in counts}
    if refusals := summed(answer.rejected):
        said["refusals"] = refusals  # the quality rules tell them to a person
    return orjson.dumps(said).decode()
