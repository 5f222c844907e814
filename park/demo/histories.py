"""Brings one tenant of the demo up to date, in one transaction: all of its new days and months, or nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from uuid import UUID

from park.access import accounts_session
from park.demo import bills, claims, entering, light
from park.demo.assumptions import Firm, LightFirm, LightPark, assumptions
from park.demo.identity import account_number
from park.people import joining
from tenants import consent, sites, submissions
from tenants.db import Database, TenantSession, tenant_session
from tenants.period import next_month
from tenants.topology import load


def begin(today: dt.date) -> dt.date:
    """First day of the demo's history: one full year before this one."""
    return dt.date(today.year - 1, 1, 1)


def joined(today: dt.date) -> dt.date:
    """The day the late firm joined: the last September that has begun."""
    month = dt.date(today.year, assumptions().park["joined_month"], 1)
    return month if month < today else month.replace(year=today.year - 1)


def enter_firm(db: Database, files: Path, tenant: str, firm: Firm, today: dt.date) -> int:
    """How much was new at a firm of the main park: days, months and confirmations up to yesterday."""
    if firm.held:
        with tenant_session(db, tenant) as session:
            return _held_months(session, firm, begin(today), today, counted_elsewhere=True)
    since = begin(today)
    if firm.joins_late:
        since = _held_until(db, tenant, firm, today)
    with tenant_session(db, tenant) as session:
        place = site(session, firm)
        wanted = assumptions().joined["consent"].get(firm.key, "month")
        if consent.current(session) != wanted:
            consent.choose(session, wanted, actor=entering.ACTOR)
        entering.enter_tariff(session, since)
        entering.make_meters(session, firm, place)
        new = entering.enter_curves(session, firm, since, today - dt.timedelta(days=1))
        papers = bills.bills(firm, entering.next_bills(session, since), today, from_meters=True)
        new += entering.enter_bills(session, place, papers)
        new += entering.enter_lots(session, place, claims.lots(firm.key, begin(today), today))
        new += entering.enter_credits(session, claims.credits(firm.key, today.year - 1), files)
        return new + confirm(session, begin(today), today, late=firm.key in assumptions().joined["not_yet_submitted"])


def enter_light(db: Database, tenant: str, park: LightPark, firm: LightFirm, today: dt.date) -> int:
    """How much was new at a firm of a light park: months and confirmations."""
    with tenant_session(db, tenant) as session:
        since = begin(today)
        found = light.bills(park, firm, entering.next_bills(session, since), today)
        place = light_site(session, firm)
        new = entering.enter_bills(session, place, found)
        new += entering.enter_lots(session, place, claims.light_lots(park, firm, since, today))
        return new + confirm(session, since, today, late=firm.key in park.late)


def site(session: TenantSession, firm: Firm) -> UUID:
    """The firm's one site, in its zone of the park and with its electricity account."""
    known = load(session).sites
    if known:
        return next(iter(known))
    zone = assumptions().park["zones"][firm.group]
    return sites.create_site(
        session, name=f"{firm.title}厂区", actor=entering.ACTOR, zone=zone, account_no=account_number(firm.number)
    )


def light_site(session: TenantSession, firm: LightFirm) -> UUID:
    """The light firm's one site. Where nothing is exported it declares so: without that its PV's own use could not be shown."""
    known = load(session).sites
    if known:
        return next(iter(known))
    return sites.create_site(session, name=f"{firm.title}厂区", actor=entering.ACTOR, zero_export=firm.export == 0)


def confirm(session: TenantSession, since: dt.date, today: dt.date, *, late: bool) -> int:
    """How many completed months were confirmed; a late firm still owes the last one."""
    months = [month for month in submissions.open_months(session, today) if month >= since]
    if late:
        months = [month for month in months if next_month(next_month(month)) <= today]
    for month in months:
        submissions.confirm(session, month, actor=entering.ACTOR, today=today)
    return len(months)


def _held_months(session: TenantSession, firm: Firm, since: dt.date, until: dt.date, *, counted_elsewhere: bool) -> int:
    """What the park enters on the firm's behalf; `counted_elsewhere`: its grid power comes with the park's sheet."""
    found = bills.bills(firm, entering.next_bills(session, since), until)
    if counted_elsewhere:
        found = [one for one in found if one.flow != "grid_in"]
    return entering.enter_bills(session, site(session, firm), found, source="held", method="statement")


def _held_until(db: Database, tenant: str, firm: Firm, today: dt.date) -> dt.date:
    """The day from which the late firm reports itself. Before it the park's entries count, and stay."""
    with accounts_session(db) as session:
        row = session.row(
            "SELECT t.held, c.from_month FROM shared.tenant t LEFT JOIN shared.claimed c ON c.tenant = t.name "
            "WHERE t.name = :name",
            name=tenant,
        )  # fmt: skip
    if row is not None and row.from_month is not None and not row.held:
        return dt.date.fromordinal(row.from_month.toordinal())
    month = joined(today)
    with tenant_session(db, tenant) as books:
        _held_months(books, firm, begin(today), month, counted_elsewhere=False)
        park = books.park
    with accounts_session(db) as session:
        session.execute(
            "INSERT INTO shared.claimed (tenant, park, from_month) VALUES (:tenant, :park, :month) "
            "ON CONFLICT (tenant) DO NOTHING",
            {"tenant": tenant, "park": park, "month": month},
        )
        joining.take_over(session, tenant, entering.ACTOR)
    return month
