"""Bills and other quantities of a period: entered, replaced with a reason, removed, and split to months visibly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import orjson

from tenants import audit, clock, marks, sites
from tenants.db import TenantSession
from tenants.entries import Entry, check
from tenants.errors import InvalidInput, LingyuanError, NotFound
from tenants.flows import FLOWS
from tenants.publish import Touched, publish
from tenants.publish.billed import Bill, by_day
from tenants.publish.facts import sites as facts_of_sites
from tenants.publish.facts import window, with_curves
from tenants.publish.sums import metered
from tenants.quantities import in_units
from tenants.topology import Topology, load

EARLIEST = dt.date(2000, 1, 1)


class PeriodsOverlap(LingyuanError):
    """{flow} of {site}: {start} to {end} overlaps {other_start} to {other_end}, which is entered already."""

    status = 409
    remedy = "Correct the reading dates, or remove the other one first. The end day is the first day of the next period."


class EnteredDifferently(LingyuanError):
    """{flow} of {site} from {start} to {end} is entered already with {kept} {unit}, not {offered} {unit}."""

    status = 409
    remedy = "Leave it, or replace it and say why."


@dataclass(frozen=True)
class Activity:
    """A quantity [milli-units] of the local days `start` <= day < `end`."""

    id: UUID
    site: UUID
    flow: str
    start: dt.date
    end: dt.date
    quantity: int
    method: str
    details: Mapping[str, Any]
    document: UUID | None
    revision: int


@dataclass(frozen=True)
class MonthShare:
    """What of a bill falls into a month: days and quantity [milli-units]."""

    month: dt.date
    days: int
    quantity: int


@dataclass
class Entered:
    """What became of the entries: ids of added, replaced and unchanged ones, and those that were refused, with the reason.

    `rows` holds the row numbers of the entries by what became of them.
    """

    added: list[UUID] = field(default_factory=list)
    replaced: list[UUID] = field(default_factory=list)
    unchanged: list[UUID] = field(default_factory=list)
    refused: list[tuple[Entry, LingyuanError]] = field(default_factory=list)
    rows: dict[str, set[int]] = field(default_factory=lambda: {"taken": set(), "unchanged": set(), "refused": set()})
    batch: UUID | None = None


_SELECT = "SELECT id, site, flow, start_day, end_day, quantity, method, details, document, revision FROM activity "


def list_activities(
    session: TenantSession, *, site: UUID | None = None, flow: str | None = None,
    first: dt.date | None = None, last: dt.date | None = None,
) -> list[Activity]:  # fmt: skip
    """What is entered, by flow and period; optionally of one site or flow, or that touches the days `first` to `last`."""
    rows = session.rows(
        _SELECT + "WHERE (CAST(:site AS uuid) IS NULL OR site = :site) AND (CAST(:flow AS text) IS NULL OR flow = :flow) "
        "AND (CAST(:first AS date) IS NULL OR end_day > :first) AND (CAST(:last AS date) IS NULL OR start_day <= :last) "
        "ORDER BY flow, start_day, site",
        site=site, flow=flow, first=first, last=last,
    )  # fmt: skip
    return [Activity(*tuple(row)) for row in rows]


def enter(
    session: TenantSession, entries: Sequence[Entry], *, actor: str, source: str = "bill", name: str = "", sha256: str = "",
    replace_reason: str | None = None, today: dt.date | None = None, batch: UUID | None = None,
) -> Entered:  # fmt: skip
    """Enters quantities of periods and publishes them. What is there already with the same quantity changes nothing.

    An entry that differs from what is entered for its period is refused, unless `replace_reason` says why it should take its
    place; periods that overlap otherwise are always refused. Refusals are returned, not raised: the others are entered.

    Args:
        batch: the submission they belong to, where it is open already.
    """
    if replace_reason is not None and not replace_reason.strip():
        raise InvalidInput(field="replace", reason="a replacement needs a reason", remedy="Say why, in a sentence.")
    session.lock()
    desk = _Desk(session, actor, source, name, sha256, replace_reason, today or clock.today(session.zone))
    if batch is not None:
        desk.batch, desk.opened = batch, True
    desk.take_all(entries)
    if desk.touched.ranges:
        desk.result.batch = desk.batch
        publish(session, desk.touched, today=today)
    return desk.result


def examine(session: TenantSession, entries: Sequence[Entry], *, replace: bool = False) -> Entered:
    """What `enter` would do, without writing anything. Entries that overlap each other are seen only when they are entered."""
    desk = _Desk(session, "", "", "", "", "preview" if replace else None, clock.today(session.zone), writes=False)
    desk.take_all(entries)
    return desk.result


def add(
    session: TenantSession, one: Entry, *, actor: str, replace_reason: str | None = None, today: dt.date | None = None
) -> UUID:
    """The id of one entered quantity; a refusal is raised."""
    result = enter(session, [one], actor=actor, replace_reason=replace_reason, today=today)
    for _, error in result.refused:
        raise error
    return [*result.added, *result.replaced, *result.unchanged][0]


@dataclass
class _Desk:
    """One submission of entries at work."""

    session: TenantSession
    actor: str
    source: str
    name: str
    sha256: str
    reason: str | None
    today: dt.date
    batch: UUID = field(default_factory=uuid4)
    result: Entered = field(default_factory=Entered)
    touched: Touched = field(default_factory=Touched)
    site_names: dict[UUID, str] = field(default_factory=dict)
    opened: bool = False
    writes: bool = True

    def take_all(self, entries: Sequence[Entry]) -> None:
        """Enters what can be entered and notes what cannot."""
        for one in entries:
            before = len(self.result.unchanged)
            try:
                self.take(one)
            except LingyuanError as error:
                self.result.refused.append((one, error))
                self.result.rows["refused"].add(one.row)
            else:
                self.result.rows["unchanged" if len(self.result.unchanged) > before else "taken"].add(one.row)

    def take(self, one: Entry) -> None:
        """Enters one, or raises why not."""
        check(one)
        if one.start < EARLIEST or one.end > self.today + dt.timedelta(days=1):
            raise InvalidInput(field="period", reason="{start} to {end} is not over yet, or long ago", start=one.start,
                               end=one.end, remedy="Check the order of day, month and year.")  # fmt: skip
        site = self._site(one.site)
        if site is None:
            self.result.added.append(uuid4())
            return
        rows = self.session.rows(
            _SELECT + "WHERE site = :site AND flow = :flow AND start_day < :end AND end_day > :start ORDER BY start_day",
            site=site, flow=one.flow, start=one.start, end=one.end,
        )  # fmt: skip
        known = [Activity(*tuple(row)) for row in rows]
        same = next((old for old in known if (old.start, old.end) == (one.start, one.end)), None)
        if same is None and known:
            raise PeriodsOverlap(flow=one.flow, site=self.site_names[site], start=one.start, end=one.end,
                                 other_start=known[0].start, other_end=known[0].end)  # fmt: skip
        if same is None:
            self._insert(one, site)
        elif _equal(same, one):
            self.result.unchanged.append(same.id)
        else:
            self._replace(same, one)

    def _site(self, wanted: UUID | None) -> UUID | None:
        """The site meant; None in a preview of a firm that has none yet."""
        if not self.site_names:
            self._know(load(self.session))
        if wanted is None and not self.site_names and not self.writes:
            return None
        if wanted is None:
            wanted = sites.main_site(self.session, actor=self.actor)
            if wanted not in self.site_names:
                self._know(load(self.session))
        if wanted not in self.site_names:
            raise NotFound(what="site", name=wanted)
        return wanted

    def _know(self, topology: Topology) -> None:
        self.site_names = {site.id: site.name for site in topology.sites.values()}

    def _insert(self, one: Entry, site: UUID) -> None:
        made = uuid4()
        self.result.added.append(made)
        if not self.writes:
            return
        self._open_batch()
        self.session.execute(
            "INSERT INTO activity (id, site, flow, start_day, end_day, quantity, method, details, document, batch) "
            "VALUES (:id, :site, :flow, :start, :end, :quantity, :method, CAST(:details AS jsonb), :document, :batch)",
            {"id": made, "site": site, "flow": one.flow, "start": one.start, "end": one.end, "quantity": one.quantity,
             "method": one.method, "details": orjson.dumps(dict(one.details)).decode(), "document": one.document,
             "batch": self.batch},
        )  # fmt: skip
        self._changed("activity.add", made, site, one.flow, one.start, one.end, None, one.quantity)

    def _replace(self, old: Activity, new: Entry) -> None:
        if self.reason is None:
            raise EnteredDifferently(
                flow=old.flow, site=self.site_names[old.site], start=old.start, end=old.end, unit=FLOWS[old.flow].unit,
                kept=in_units(old.quantity), offered=in_units(new.quantity),
            )  # fmt: skip
        self.result.replaced.append(old.id)
        if not self.writes:
            return
        self._open_batch()
        keep_former(self.session, old, self.batch, self.reason)
        self.session.execute(
            "UPDATE activity SET quantity = :quantity, method = :method, details = CAST(:details AS jsonb), "
            "document = coalesce(:document, document), batch = :batch, revision = revision + 1 WHERE id = :id",
            {"id": old.id, "quantity": new.quantity, "method": new.method, "document": new.document, "batch": self.batch,
             "details": orjson.dumps(dict(new.details)).decode()},
        )  # fmt: skip
        self._changed("activity.replace", old.id, old.site, old.flow, old.start, old.end, old.quantity, new.quantity)

    def _open_batch(self) -> None:
        if not self.opened:
            open_batch(self.session, self.batch, self.source, self.name, self.sha256, self.actor)
            self.opened = True

    def _changed(
        self, action: str, id: UUID, site: UUID, flow: str, start: dt.date, end: dt.date, before: int | None, after: int
    ) -> None:
        audit.record(self.session, subject=self.session.tenant, actor=self.actor, action=action, activity=id, flow=flow,
                     before=before, after=after, reason=self.reason)  # fmt: skip
        self.touched.add(site, flow, clock.number_of(start))
        self.touched.add(site, flow, clock.number_of(start), clock.number_of(end) - 1)


def _equal(old: Activity, new: Entry) -> bool:
    """Whether both say the same: quantity, how it is known, and the items of the bill that the new one names."""
    items = {key: value for key, value in new.details.items() if key not in ("given", "unit")}
    same_items = all(old.details.get(key) == value for key, value in items.items())
    return (old.quantity, old.method) == (new.quantity, new.method) and same_items and new.document in (None, old.document)


def open_batch(session: TenantSession, batch: UUID, source: str, name: str, sha256: str, actor: str) -> None:
    """Writes where the following rows come from."""
    session.execute(
        "INSERT INTO batch (id, source, name, sha256, actor, received) "
        "VALUES (:id, :source, :name, :sha256, :actor, clock_timestamp())",  # under the lock: the order of the writers
        {"id": batch, "source": source, "name": name, "sha256": sha256, "actor": actor},
    )
    marks.ask(session)


def keep_former(session: TenantSession, old: Activity, batch: UUID, reason: str) -> None:
    """Keeps an activity as it was before a change."""
    session.execute(
        "INSERT INTO activity_former (activity, revision, row, batch, reason) "
        "SELECT id, revision, to_jsonb(activity), :batch, :reason FROM activity WHERE id = :id",
        {"id": old.id, "batch": batch, "reason": reason},
    )


def remove(session: TenantSession, activity: UUID, *, actor: str, reason: str, today: dt.date | None = None) -> None:
    """Takes an entered quantity back; it is kept among the former ones.

    Raises:
        NotFound: there is none. InvalidInput: no reason.
    """
    if not reason.strip():
        raise InvalidInput(field="reason", reason="a removal needs a reason", remedy="Say why, in a sentence.")
    session.lock()
    row = session.row(_SELECT + "WHERE id = :id", id=activity)
    if row is None:
        raise NotFound(what="entry", name=activity)
    old, batch = Activity(*tuple(row)), uuid4()
    open_batch(session, batch, "bill", "", "", actor)
    keep_former(session, old, batch, reason)
    session.execute("DELETE FROM activity WHERE id = :id", {"id": activity})
    audit.record(session, subject=session.tenant, actor=actor, action="activity.remove", activity=activity, flow=old.flow,
                 before=old.quantity, after=None, reason=reason)  # fmt: skip
    touched = Touched()
    touched.add(old.site, old.flow, clock.number_of(old.start))
    touched.add(old.site, old.flow, clock.number_of(old.start), clock.number_of(old.end) - 1)
    publish(session, touched, today=today)


def months_of(session: TenantSession, activity: UUID) -> list[MonthShare]:
    """How a bill is split to calendar months: what meters saw keeps its day, the rest goes evenly to the open minutes.

    Raises:
        NotFound: there is no such entry.
    """
    row = session.row(_SELECT + "WHERE id = :id", id=activity)
    if row is None:
        raise NotFound(what="entry", name=activity)
    one = Activity(*tuple(row))
    return _shares(
        session, one.site, one.flow, Bill(clock.number_of(one.start), clock.number_of(one.end), one.quantity, one.method)
    )


def preview_months(session: TenantSession, one: Entry) -> list[MonthShare]:
    """How an entry would be split to calendar months, before it is entered."""
    check(one)
    bill = Bill(clock.number_of(one.start), clock.number_of(one.end), one.quantity, one.method)
    return _shares(session, one.site, one.flow, bill)


def _shares(session: TenantSession, site: UUID | None, flow: str, bill: Bill) -> list[MonthShare]:
    days = window(session, (bill.start, bill.end - 1), clock.number_of(clock.today(session.zone)) - 1)
    facts = next((each for each in facts_of_sites(session) if site in (None, each.site.id)), None)
    lives = facts.lives(flow) if facts else []
    curves = with_curves(session, facts, {flow}, (bill.start, bill.end - 1)).curves if facts else {}
    quantity = by_day(days, [bill], metered(days, lives, curves)).quantity
    months = days.days.astype("datetime64[D]").astype("datetime64[M]")
    return [
        MonthShare(month.astype("datetime64[D]").item(), int((months == month).sum()), int(quantity[months == month].sum()))
        for month in np.unique(months)
    ]
