"""The receipt of a submission: what became of its rows, in words and sums."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import numpy as np

from tenants import clock
from tenants.curves.fold import Contradictions
from tenants.curves.offer import EMPTY
from tenants.db import TenantSession
from tenants.flows import FLOWS
from tenants.ingest import conflicts
from tenants.ingest.dialled import DialTarget
from tenants.ingest.judge import Judgement, Target
from tenants.ingest.receipt import MOST_LISTED, Conflict, MeterSummary, Receipt, tally
from tenants.quantities import in_units


def receipt(session: TenantSession, judged: Judgement, batch: UUID | None, *, summed: bool = True) -> Receipt:
    """The receipt; `summed` with a line for each meter."""
    offer = judged.dialled
    told = [(one.row, one.verdict) for one in judged.readings]
    counted = tally([*told, (offer.row, offer.verdict)] if offer.row.size else told, judged.rejects.rows)
    names = {target.channel: target for target in judged.every}
    meters = [*_summaries(session, judged), *_dials(session, judged)] if summed else []
    return Receipt(
        counted.rows, counted.accepted, counted.unchanged, counted.conflicting, counted.refused,
        _conflicts(session, judged.contradictions, names), judged.rejects.sorted(), meters, batch,
    )  # fmt: skip


def _conflicts(session: TenantSession, listed: list[Contradictions], names: dict[int, Target | DialTarget]) -> list[Conflict]:
    found = []
    for one in listed:
        starts = conflicts.starts(one, session.zone)
        for i in range(min(one.slot.size, MOST_LISTED)):
            target, kept = names[int(one.channel[i])], int(one.kept[i])
            found.append(
                Conflict(
                    target.meter, target.flow, FLOWS[target.flow].unit, dt.datetime.fromtimestamp(int(starts[i]), session.zone),
                    one.step, in_units(int(one.offered[i])), None if kept == conflicts.NEITHER else in_units(kept),
                )
            )  # fmt: skip
    return sorted(set(found), key=lambda each: (each.meter, each.flow, each.start, each.step_minutes, each.offered))[:MOST_LISTED]


def _summaries(session: TenantSession, judged: Judgement) -> list[MeterSummary]:
    """One line per flow of each meter, from what the submission says, taken now or before."""
    made = []
    torn = {id(one): where for one, where in judged.torn}  # of two that contradict each other neither counts
    for target in judged.targets:
        for one in target.readings:
            said = one.verdict != EMPTY
            said[torn.get(id(one), [])] = False
            if not said.any():
                continue
            order = one.day.astype(np.int64) * 2048 + one.slot
            if not (said.all() and (order[1:] > order[:-1]).all()):
                order, at = np.unique(order[said], return_index=True)
                total = int(one.values[said][at].sum())
            else:
                total = int(one.values.sum())
            days, place = order[[0, -1]] // 2048, order[[0, -1]] % 2048
            starts = clock.midnights(session.zone, int(days[0]), int(days[1]))[days - int(days[0])] + place * (60 * one.step)
            first, last = (dt.datetime.fromtimestamp(int(start), session.zone) for start in starts)
            made.append(
                MeterSummary(
                    target.meter, target.flow, FLOWS[target.flow].unit, in_units(total),
                    first, last,
                    int(starts[1] - starts[0]) // (60 * one.step) + 1 - order.size, order.size, one.step,
                    not judged.topology.meter_named(target.meter),
                )
            )  # fmt: skip
    return made


def _dials(session: TenantSession, judged: Judgement) -> list[MeterSummary]:
    """One line per register: what it counted between its first and its last reading; step 0, `intervals` are readings."""
    made = []
    for number, target in enumerate(judged.dialled.targets):
        total, at = judged.dialled.total(number)
        if at.size:
            first, last = (dt.datetime.fromtimestamp(int(one), session.zone) for one in (at[0], at[-1]))
            new = not judged.topology.meter_named(target.meter)
            made.append(MeterSummary(target.meter, target.flow, FLOWS[target.flow].unit, in_units(total), first, last, 0,
                                     at.size, 0, new))  # fmt: skip
    return made
