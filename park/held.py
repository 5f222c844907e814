"""What the park enters itself: firms that have not joined, and its public loads, from one sheet of accounts x months.

An account number is bound to a tenant once; a row that is not bound is kept and listed until somebody binds it. Each account
is a site of its tenant. A firm that has taken its tenant over is no longer written to: its own data count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from park import members
from park.access import park_session
from tenants import activities, audit, sites
from tenants.db import Database, Session, TenantSession, tenant_session
from tenants.entries import Entry
from tenants.errors import LingyuanError, NotAllowed, NotFound
from tenants.ingest.workbook.result import HeldRow, HeldSheet
from tenants.period import next_month

MOVED = "the account belongs to another firm"


class NotHeld(LingyuanError):
    """{title} enters its own figures: the park does not write into its books."""

    status = 409
    remedy = "Leave the row out; the firm's own data count."


class NotReady(LingyuanError):
    """The workspace of {title} is being prepared."""

    status = 409
    remedy = "The months are kept and entered as soon as it is there."


class AccountBound(LingyuanError):
    """Account {account} is bound to {title} already."""

    status = 409
    remedy = "If that is wrong, bind it to the right firm: the months move there."


@dataclass(frozen=True)
class Unbound:
    """A row of the sheet whose account number belongs to no tenant yet; `guess` is a firm of the same name."""

    account_no: str
    account_name: str
    months: int
    guess: str | None


@dataclass
class Entered:
    """What a sheet did: months entered, unchanged, and those refused with (row, account, error); accounts still to bind.

    `own` names firms that report themselves now, `later` those whose workspace is not there yet.
    """

    entered: int = 0
    unchanged: int = 0
    matched: int = 0
    own: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    refused: list[tuple[int, str, LingyuanError]] = field(default_factory=list)
    unbound: list[Unbound] = field(default_factory=list)


@contextmanager
def entry_session(db: Database, park: str, tenant: str) -> Iterator[TenantSession]:
    """A transaction in the books of a tenant that this park holds.

    Raises:
        NotAllowed: the tenant is not of this park. NotHeld: it enters its own figures. NotReady: it has no books yet.
    """
    with park_session(db, park) as session:
        row = session.row("SELECT title, held, state FROM tenant WHERE name = :name", name=tenant)
    if row is None:
        raise NotAllowed()
    if not row.held:
        raise NotHeld(title=row.title)
    if row.state in ("waiting", "provisioning"):
        raise NotReady(title=row.title)
    with tenant_session(db, tenant) as session:
        yield session


def import_sheet(db: Database, park: str, sheet: HeldSheet, *, actor: str, reason: str | None = None) -> Entered:
    """Enters every month of every bound account as electricity bought; keeps the rest to be bound.

    Args:
        reason: why months that are entered already with another value are replaced; None refuses them.
    """
    result = Entered()
    with park_session(db, park) as session:
        for row in sheet.rows:
            _keep(session, row)
        tenants = _bound(session)
        audit.record(session, subject=park, actor=actor, action="held.import", rows=len(sheet.rows))
    for row in sheet.rows:
        tenant = tenants.get(row.account_no)
        if tenant is None:
            continue
        result.matched += 1
        _enter(db, park, tenant, row, result, actor=actor, reason=reason)
    result.unbound = unbound(db, park)
    return result


def _keep(session: Session, row: HeldRow) -> None:
    """Remembers the account and its months."""
    session.execute(
        "INSERT INTO shared.held_account (park, account_no, account_name, months) "
        "VALUES (current_user, :no, :name, CAST(:months AS jsonb)) ON CONFLICT (park, account_no) DO UPDATE SET "
        "account_name = excluded.account_name, months = held_account.months || excluded.months",
        {"no": row.account_no, "name": row.account_name, "months": orjson.dumps(_stored(row.months)).decode()},
    )


def _stored(months: Mapping[dt.date, int]) -> dict[str, int]:
    return {f"{month:%Y-%m}": quantity for month, quantity in months.items()}


def _kept(months: Mapping[str, int]) -> dict[dt.date, int]:
    return {dt.date.fromisoformat(f"{month}-01"): quantity for month, quantity in months.items()}


def _bound(session: Session) -> dict[str, str]:
    rows = session.rows("SELECT account_no, tenant FROM shared.held_account WHERE tenant IS NOT NULL")
    return {row.account_no: row.tenant for row in rows}


def _enter(db: Database, park: str, tenant: str, row: HeldRow, result: Entered, *, actor: str, reason: str | None = None) -> None:
    try:
        with entry_session(db, park, tenant) as session:
            entries = _entries(row, _site(session, row, actor)) if row.months else []
            done = activities.enter(session, entries, actor=actor, source="held", name=row.account_no, replace_reason=reason)
    except NotHeld:
        result.own.append(row.account_name)
        return
    except NotReady:
        result.later.append(row.account_name)
        return
    result.entered += len(done.added) + len(done.replaced)
    result.unchanged += len(done.unchanged)
    result.refused += [(row.row, row.account_name, error) for _, error in done.refused]


def _entries(row: HeldRow, site: UUID) -> list[Entry]:
    details = {"account_no": row.account_no}
    return [
        Entry("grid_in", month, next_month(month), quantity, site, method="statement", details=details, row=row.row)
        for month, quantity in sorted(row.months.items())
    ]


def _site(session: TenantSession, row: HeldRow, actor: str) -> UUID:
    """The site of the account: a firm with two accounts has two sites, so that neither month takes the other's place."""
    session.lock()
    known = sites.list_sites(session)
    mine = next((one.id for one in known if one.account_no == row.account_no), None)
    if mine is not None:
        return mine
    if len(known) <= 1 and all(one.account_no is None for one in known):
        return sites.change_site(session, sites.main_site(session, actor=actor), actor=actor, account_no=row.account_no).id
    name = f"{row.account_name[:80]} {row.account_no}".strip()
    return sites.create_site(session, name=name, actor=actor, account_no=row.account_no)


def unbound(db: Database, park: str) -> list[Unbound]:
    """Accounts that belong to no tenant yet, with the firm whose name is the same, if there is one."""
    with park_session(db, park) as session:
        rows = session.rows(
            "SELECT a.account_no, a.account_name, (SELECT count(*) FROM jsonb_object_keys(a.months)) AS months, "
            "t.name AS guess FROM shared.held_account a LEFT JOIN tenant t ON t.title = a.account_name AND t.held "
            "WHERE a.tenant IS NULL ORDER BY a.account_no"
        )
    return [Unbound(row.account_no, row.account_name, row.months, row.guess) for row in rows]


def bind(db: Database, park: str, account_no: str, tenant: str, *, actor: str) -> Entered:
    """Ties an account to a tenant and enters the months that were kept for it; from a wrong firm they are taken back first.

    Raises:
        NotFound: no such account or tenant in this park. NotHeld: the firm it is bound to enters its own figures.
    """
    with park_session(db, park) as session:
        row = _account(session, account_no)
        if session.scalar("SELECT 1 FROM tenant WHERE name = :name", name=tenant) is None:
            raise NotFound(what="tenant", name=tenant)
    if row.tenant not in (None, tenant):
        _take_back(db, park, row.tenant, account_no, actor)
    with park_session(db, park) as session:
        session.execute("UPDATE shared.held_account SET tenant = :t WHERE account_no = :no", {"t": tenant, "no": account_no})
        audit.record(session, subject=tenant, actor=actor, action="held.bind", account=account_no)
    result = Entered(matched=1)
    _enter(db, park, tenant, HeldRow(1, account_no, row.account_name, _kept(row.months)), result, actor=actor)
    return result


def _account(session: Session, account_no: str) -> sa.Row[Any]:
    row = session.row(
        "SELECT a.account_name, a.months, a.tenant, t.title FROM shared.held_account a LEFT JOIN tenant t ON t.name = a.tenant "
        "WHERE a.account_no = :no",
        no=account_no,
    )
    if row is None:
        raise NotFound(what="account", name=account_no)
    return row


def _take_back(db: Database, park: str, tenant: str, account_no: str, actor: str) -> None:
    """Removes the months that were entered for the account in this tenant; they stay in its history."""
    with entry_session(db, park, tenant) as session:
        for one in activities.list_activities(session, flow="grid_in"):
            if one.method == "statement" and one.details.get("account_no") == account_no:
                activities.remove(session, one.id, actor=actor, reason=MOVED)


def bind_to_new(db: Database, park: str, account_no: str, *, actor: str, kind: str = "firm") -> str:
    """The name of a new tenant, held by the park, for an account; its months are entered once it is provisioned.

    Raises:
        NotFound: no such account. AccountBound. AlreadyExists: the park has a firm of this name.
    """
    with park_session(db, park) as session:
        row = _account(session, account_no)
        if row.tenant is not None:
            raise AccountBound(account=account_no, title=row.title)
        tenant = members.register(session, park=park, title=row.account_name or account_no, actor=actor, kind=kind, held=True)
        session.execute("UPDATE shared.held_account SET tenant = :t WHERE account_no = :no", {"t": tenant, "no": account_no})
    return tenant


def tie(session: Session, account_no: str, account_name: str, tenant: str) -> None:
    """Binds an account, known from a sheet or not, to a tenant that is about to get its books; kept months follow with them.

    Raises:
        AccountBound: another firm has it.
    """
    taken = session.execute(
        "INSERT INTO shared.held_account (park, account_no, account_name, tenant) VALUES (current_user, :no, :name, :tenant) "
        "ON CONFLICT (park, account_no) DO UPDATE SET tenant = excluded.tenant WHERE held_account.tenant IS NULL RETURNING 1",
        {"no": account_no, "name": account_name, "tenant": tenant},
    )
    if taken.first() is None:
        raise AccountBound(account=account_no, title=_account(session, account_no).title)


def enter_kept(db: Database, tenant: str, actor: str) -> Entered:
    """Enters the months that were kept for a tenant's accounts before it had books; the worker calls it after provisioning."""
    with tenant_session(db, tenant) as session:
        park = session.park
    with park_session(db, park) as session:
        rows = session.rows("SELECT account_no, account_name, months FROM shared.held_account WHERE tenant = :t", t=tenant)
    result = Entered(matched=len(rows))
    for row in rows:
        _enter(db, park, tenant, HeldRow(1, row.account_no, row.account_name, _kept(row.months)), result, actor=actor)
    return result


def accounts(db: Database, park: str) -> Sequence[sa.Row[Any]]:
    """All accounts of the park's sheet with the title of the tenant each is bound to."""
    with park_session(db, park) as session:
        return session.rows(
            "SELECT a.account_no, a.account_name, a.tenant, t.title, t.held, "
            "(SELECT count(*) FROM jsonb_object_keys(a.months)) AS months "
            "FROM shared.held_account a LEFT JOIN tenant t ON t.name = a.tenant ORDER BY a.account_no"
        )
