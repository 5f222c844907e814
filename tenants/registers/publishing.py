"""Curves that follow from registers, written and published: what a change of readings or events means for the firm's sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants import clock, marks
from tenants.curves import store as curve_store
from tenants.curves.fold import Fold
from tenants.db import TenantSession
from tenants.publish import Touched, publish
from tenants.publish.facts import merged
from tenants.registers.change import Changed, Span, change, read_spans, unchanged
from tenants.topology import Channel, load


def write_curves(session: TenantSession, changed: Changed, batch: UUID, reason: str) -> None:
    """Writes the curves; former rows are kept with the reason."""
    fold = Fold(curves=list(changed.curves), replaced=[changed.replaced], corrected=[changed.corrected])
    curve_store.write(session, fold, {}, batch, reason)


def derive_again(session: TenantSession, channels: Sequence[Channel], batch: UUID, reason: str, today: dt.date | None) -> int:
    """Derives whole channels again, as after an event, and publishes what changed; the number of days that did."""
    rows = session.rows(
        "SELECT channel, min(day) AS first, max(day) AS last FROM curve WHERE channel = ANY(:ids) GROUP BY channel",
        ids=[one.id for one in channels],
    )
    have = {row.channel: (clock.number_of(row.first), clock.number_of(row.last)) for row in rows}
    spans = [Span(one, curve=have.get(one.id)) for one in channels]
    changed = change(session, spans, read_spans(session, spans), unchanged)
    write_curves(session, changed, batch, reason)
    touched = Touched()
    expect(session, changed.keys, touched)
    if touched.ranges:
        publish(session, touched, today=today)
    marks.ask(session)
    return int(changed.keys.size)


def expect(session: TenantSession, keys: NDArray[np.int64], touched: Touched) -> None:
    """Adds the days of these keys (`curves.codec.key_of`) to what is published. A channel expects values from its first on."""
    topology = load(session)
    counted = {one.id for site in topology.sites for several in topology.counted(site).values() for one in several}
    for number in np.unique(keys >> 20).tolist():
        channel = topology.channels[number]
        site, days = topology.meters[channel.meter].site, (keys[keys >> 20 == number] & 0xFFFFF).tolist()
        for first, last in merged([(day, day) for day in days]) if number in counted else ():
            touched.add(site, channel.flow, first, last)
        new = session.scalar("SELECT min(day) FROM curve WHERE channel = :channel", channel=number)
        if new == channel.since:
            continue
        session.execute("UPDATE channel SET since = :day WHERE id = :id", {"day": new, "id": number})
        if number in counted:
            known = [clock.number_of(day) for day in (new, channel.since) if day is not None]
            touched.add(site, channel.flow, min(known), max(known) if len(known) > 1 else None)
