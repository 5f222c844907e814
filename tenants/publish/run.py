"""Publishes a tenant's quantities in the transaction that changed them: days, months, certificates, curves if wished."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np

from tenants import clock
from tenants.db import TenantSession
from tenants.publish import green, write
from tenants.publish.derive import SOLAR, Facts, site_sums
from tenants.publish.facts import (
    Fresh,
    Range,
    advance,
    published_through,
    sites,
    standing,
    widened_by_bills,
    window,
    with_curves,
)
from tenants.publish.solar import stack
from tenants.publish.sums import DaySums, Window
from tenants.topology import Topology

COVERABLE = {"grid_in", "transfer_in", "transfer_out"}


@dataclass
class Touched:
    """The days whose facts have changed, by site and flow."""

    ranges: dict[tuple[UUID, str], list[tuple[int, int | None]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, site: UUID, flow: str, first: int, last: int | None = None) -> None:
        """The days numbered `first` to `last`; without `last` all days from the first on."""
        self.ranges[site, flow].append((first, last))


def publish(
    session: TenantSession, touched: Touched, *, today: dt.date | None = None, topology: Topology | None = None,
    fresh: Fresh | None = None,
) -> None:  # fmt: skip
    """Derives the touched days again and publishes them, and what a new day has brought to an end."""
    day = today or clock.today(session.zone)
    known = standing(session)
    before = known.through
    through = clock.number_of(day) - 1 if before is None else max(before, clock.number_of(day) - 1)
    advance(session, clock.date_of(through + 1))
    years: set[int] = set()
    for facts in sites(session, topology, known):
        flows, ranges = _work(facts, touched, before, through)
        for days in ranges:
            _publish_site(session, facts, flows, days, through, fresh, known.consent == "interval")
        if flows & COVERABLE:
            years |= {year for a, b in ranges for year in range(clock.date_of(a).year, clock.date_of(b).year + 1)}
    if known.certified:
        green.publish(session, years)
    write.say_published(session)


def _work(facts: Facts, touched: Touched, before: int | None, through: int) -> tuple[set[str], list[Range]]:
    """The flows and days of a site that have to be derived again."""
    flows: set[str] = set()
    ranges: list[Range] = []
    for (site, flow), given in touched.ranges.items():
        if site == facts.site.id:
            flows.add(flow)
            ranges += [(first, max(first, through) if last is None else last) for first, last in given]
    if before is not None and before < through:
        flows |= facts.flows
        ranges.append((clock.number_of(clock.date_of(before + 1).replace(day=1)), through))
    if flows & SOLAR:
        flows |= {"pv_self"}
    return flows, widened_by_bills(facts, flows | SOLAR if "pv_self" in flows else flows, ranges) if flows else []


def _publish_site(
    session: TenantSession, facts: Facts, flows: set[str], days: Range, through: int, fresh: Fresh | None, intervals: bool
) -> None:
    full = with_curves(session, facts, flows, days, fresh)
    span = window(session, days, through)
    emptied = False
    for flow, sums in site_sums(full, flows, span).items():
        emptied |= write.write_days(session, facts.site, flow, span, sums)
    write.write_months(session, facts.site, sorted(flows), *days, emptied=emptied)
    if intervals:
        _publish_curves(session, full, flows, span)


def _publish_curves(session: TenantSession, facts: Facts, flows: set[str], span: Window) -> None:
    """The intervals, while the tenant consents to show them."""
    session.execute(
        "DELETE FROM shared.flow_curve WHERE tenant = current_user AND site = :site AND flow = ANY(:flows) "
        "AND day BETWEEN :first AND :last",
        {"site": facts.site.id, "flows": sorted(flows), "first": clock.date_of(int(span.days[0])),
         "last": clock.date_of(int(span.days[-1]))},
    )  # fmt: skip
    first, end = facts.boundary()
    for flow in sorted(flows & set(facts.channels)):
        lives = facts.lives(flow)
        step_of = np.zeros(span.days.size, np.int64)
        for step, curves in facts.curves.items():
            _, at = span.rows(curves, [one.channel for one in lives])
            step_of[at] = np.maximum(step_of[at], step)
        step_of[(span.days < first) | (span.days >= end)] = 0
        for step in map(int, np.unique(step_of[step_of > 0])):
            at = np.flatnonzero(step_of == step)
            part = Window(span.days[at], span.minutes[at], span.through)
            whole = stack(part, step, lives, facts.curves)
            write.write_curves(session, facts.site, flow, part.days, step, whole.values, whole.complete)


def refresh(session: TenantSession, *, today: dt.date | None = None) -> None:
    """Publishes what the end of yesterday has made missing. For the night; a tenant that writes every day needs none."""
    session.lock()
    publish(session, Touched(), today=today)


def republish(session: TenantSession, site: UUID | None = None, *, today: dt.date | None = None) -> None:
    """Takes back everything published of the site (None: of all) and publishes it again from the facts."""
    session.lock()
    session.execute("UPDATE state SET settings = settings - 'published_through'")  # a clock that ran ahead is forgotten
    touched = Touched()
    for facts in sites(session):
        if site is not None and facts.site.id != site:
            continue
        for table in ("flow_day", "flow_month", "flow_curve"):
            session.execute(f"DELETE FROM shared.{table} WHERE tenant = current_user AND site = :site", {"site": facts.site.id})
        begin = first_day(facts)
        for flow in facts.flows if begin is not None else ():
            touched.add(facts.site.id, flow, begin or 0)
    publish(session, touched, today=today)


def first_day(facts: Facts) -> int | None:
    """The first day on which anything of the site is expected."""
    starts = [clock.number_of(one.since) for several in facts.channels.values() for one in several if one.since]
    starts += [bill.start for bills in facts.bills.values() for bill in bills]
    return min(starts, default=None)


def derive(session: TenantSession, first: dt.date, last: dt.date) -> list[tuple[Facts, Window, dict[str, DaySums]]]:
    """What the facts say about the local days `first` to `last`, per site, without looking at what is published."""
    through = published_through(session)
    found = []
    for facts in sites(session):
        wanted = widened_by_bills(facts, facts.flows | SOLAR, [(clock.number_of(first), clock.number_of(last))])
        for days in wanted:
            span = window(session, days, clock.number_of(clock.today(session.zone)) - 1 if through is None else through)
            full = with_curves(session, facts, facts.flows, days)
            found.append((facts, span, site_sums(full, facts.flows, span)))
    return found
