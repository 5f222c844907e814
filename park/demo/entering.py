"""Enters one demo firm into its workspace through the same doors as everybody: meters, curves, bills, claims."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from park.demo import bills, claims, model
from park.demo.assumptions import Firm, assumptions
from park.demo.contract import contract
from tenants import activities, certificates, clock, documents, offsets, sites, tariffs
from tenants.db import TenantSession
from tenants.entries import Entry, electricity
from tenants.flows import MEASURED, MISSING
from tenants.ingest.accept import accept
from tenants.ingest.series import Series
from tenants.topology import load

ACTOR = "demo"
NAME = "demo"  # of the submissions, as a file's name would be
CONTRACT_NAME = "红树林抵销合同（演示）.pdf"


def make_meters(session: TenantSession, firm: Firm, site: UUID) -> None:
    """Makes the firm's meters that are not there yet, each sub-meter behind the gateway."""
    topology = load(session)
    for channel in model.channels(firm):
        if topology.meter_named(channel.meter) is None:
            sites.create_meter(
                session, name=channel.meter, actor=ACTOR, site=site, device=device(firm, channel), parent=channel.parent
            )
            topology = load(session)


def device(firm: Firm, channel: model.Channel) -> str:
    """What hangs there; the plating shop's gateway has its instrument exchanged every year."""
    if firm.gaps and channel.meter == model.GATEWAY:
        day = assumptions().meters["exchange"]["day"]
        return f"智能电表（演示），每年 {day} 轮换"
    return "智能电表（演示）"


def enter_curves(session: TenantSession, firm: Firm, first: dt.date, last: dt.date) -> int:
    """How many values were written: those of the local days `first` to `last` that are not there yet."""
    begun = _last_day(session)
    start = max(first, begun or first)
    if start > last:
        return 0
    parts = []
    if begun is not None and _by_the_minute(session, start):  # the feeder was here: the rest of that day in its own step
        parts += _minutes(firm, session, start)
        start += dt.timedelta(days=1)
    if start <= last:
        parts += quarters(firm, session, start, last)
    digest = hashlib.sha256(b"".join(one.values.tobytes() for one in parts)).hexdigest()
    receipt = accept(session, parts, source="http", name=NAME, sha256=digest, actor=ACTOR, create_missing=True)
    return receipt.accepted


def quarters(firm: Firm, session: TenantSession, first: dt.date, last: dt.date) -> list[Series]:
    """All channels of the firm at the quarter-hour."""
    span = (first.isoformat(), last.isoformat())
    there = model.present(firm, *span)
    step = assumptions().meters["step_minutes"]
    starts = _starts(session, first, last, step)
    return [_series(channel, step, starts, values, there) for channel, values in model.curves(firm, *span).items()]


def enter_bills(
    session: TenantSession, place: UUID, found: Iterable[bills.Bill], *, source: str = "bill", method: str = "bill"
) -> int:
    """How many of the site's bills were new. A bill that was entered before changes nothing."""
    done = activities.enter(session, [_entry(one, place, method) for one in found], actor=ACTOR, source=source, name=NAME)
    for _, error in done.refused:
        raise error
    return len(done.added)


def _entry(one: bills.Bill, place: UUID, method: str) -> Entry:
    if one.flow in ("output", "value_added"):
        method = "statement"  # the firm's own books, nobody's bill
    if one.electricity is None or method != "bill":
        return Entry(one.flow, one.start, one.end, one.quantity, site=place, method=method)
    items = {name: Decimal(wh) / 1000 for name, wh in one.electricity.period_wh.items()}
    items |= {"max_demand": one.electricity.max_kw, "power_factor": one.electricity.power_factor,
              "amount": one.electricity.amount_cny}  # fmt: skip
    return electricity(one.start, one.end, items, total_kwh=Decimal(one.quantity) / 1000, flow=one.flow, site=place)


def next_bills(session: TenantSession, first: dt.date) -> dt.date:
    """First day of the first month whose bills are not entered yet. Grid power may come from elsewhere, so it does not count."""
    last: dt.date | None = session.scalar("SELECT max(end_day) FROM activity WHERE flow <> 'grid_in'")
    return first if last is None else max(first, last.replace(day=1))


def enter_tariff(session: TenantSession, first: dt.date) -> None:
    """The demo's window prices, from the first day on."""
    if tariffs.on(session, first) is None:
        prices = {name: round(price * 1000) for name, price in bills.prices().items()}
        tariffs.set_tariff(session, valid_from=first, prices=prices, actor=ACTOR, area=bills.TARIFF_AREA)


def enter_lots(session: TenantSession, place: UUID, wanted: Iterable[claims.Lot]) -> int:
    """How many certificates' lots were new; each is cancelled for its year."""
    known = {one.serials for one in certificates.list_certificates(session)}
    fresh = [one for one in wanted if one.serials not in known]
    for one in fresh:
        certificates.record(
            session, kind=one.kind, serials=one.serials, vintage=one.vintage, actor=ACTOR, site=place,
            claim_year=one.vintage.year,
        )  # fmt: skip
    return len(fresh)


def enter_credits(session: TenantSession, wanted: Iterable[claims.Credits], files: Path) -> int:
    """How many offsets were new, each with its contract's file."""
    known = {one.serials for one in offsets.list_offsets(session)}
    fresh = [one for one in wanted if one.serials not in known]
    for one in fresh:
        paper = documents.store(session, files, name=CONTRACT_NAME, content=contract(one), actor=ACTOR)
        made = offsets.record(session, serials=one.serials, project=one.project, actor=ACTOR, document=paper.id)
        if one.retirement:
            offsets.retire(session, made, one.retirement, actor=ACTOR)
    return len(fresh)


def _minutes(firm: Firm, session: TenantSession, day: dt.date) -> list[Series]:
    """All channels of the firm on one day, the parentless ones minute by minute."""
    text = day.isoformat()
    there = model.present(firm, text, text)
    starts, fine = _starts(session, day, day, 1), model.minutes(firm, text)
    parts = [_series(channel, 1, starts, values, np.repeat(there, 15)) for channel, values in fine.items()]
    return parts + [one for one, channel in zip(quarters(firm, session, day, day), model.channels(firm), strict=True)
                    if channel not in fine]  # fmt: skip


def _series(
    channel: model.Channel, step: int, starts: NDArray[np.int64], values: NDArray[np.int64], there: NDArray[np.bool_]
) -> Series:
    flat, known = values.reshape(-1), there.reshape(-1)
    return Series(
        channel.meter, channel.flow, step, starts, np.where(known, flat, 0),
        np.where(known, MEASURED, MISSING).astype(np.uint8), np.arange(1, flat.size + 1, dtype=np.int32),
    )  # fmt: skip


def _starts(session: TenantSession, first: dt.date, last: dt.date, step: int) -> NDArray[np.int64]:
    """UTC seconds at which the intervals begin; the zone has no clock changes."""
    midnights = clock.day_bounds(session.zone, first, last)[:-1]
    return np.asarray((midnights[:, None] + np.arange(0, clock.DAY_S, 60 * step)).reshape(-1), dtype=np.int64)


def _last_day(session: TenantSession) -> dt.date | None:
    """The last local day of which something is stored."""
    day: dt.date | None = session.scalar("SELECT max(day) FROM curve")
    return day


def _by_the_minute(session: TenantSession, day: dt.date) -> bool:
    return bool(session.scalar("SELECT 1 FROM curve WHERE day = :day AND step_minutes = 1 LIMIT 1", day=day))
