"""A tenant is erased: schema, role, files, people, published rows. What others rely on keeps a pseudonym.

The owner of walled tables is blind without a policy, and would delete nothing without an error: what it deletes is compared
with what the tenant's own role sees.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import sql

from park.access import accounts_session, owner_session
from park.installation import Installation
from tenants import audit
from tenants.db import Database, Session, tenant_session
from tenants.errors import LingyuanError, NotFound

PUBLISHED = ("flow_day", "flow_month", "flow_curve", "submitted", "offset_year", "certificate_year", "published")
PSEUDONYM = "erased-"


class RowsUnseen(LingyuanError):
    """The tenant has {seen} rows in {table}, the owner of the tables reached {reached}: nothing was erased."""

    status = 500
    remedy = "A policy of row-level security is missing for the owner. Run lingyuan migrate, then try again."


class FilesRemain(LingyuanError):
    """The folder {folder} could not be deleted: {reason}"""

    status = 500
    remedy = "Delete it by hand, then erase the tenant once more."


@dataclass(frozen=True)
class _Trace:
    """By what a tenant and its people could be recognised. `users` belong to no other firm or park."""

    tenant: str
    park: str
    title: str
    credit_code: str | None
    provisioned: bool
    users: list[UUID]
    contacts: list[str]


def find(db: Database, wanted: str) -> str:
    """The tenant meant, also one whose erasure was begun and did not come to its end."""
    from park import members

    with accounts_session(db) as session:
        begun = session.scalar("SELECT name FROM shared.tenant WHERE name = :w AND state = 'erased'", w=wanted)
    return str(begun) if begun else members.find(db, wanted)


def erase(house: Installation, tenant: str, actor: str) -> dict[str, Any]:
    """Drops schema, role, files, people and live sums; audit and claims keep a random pseudonym that nothing leads back from.

    It can be run again when it was interrupted.

    Raises:
        NotFound: no such tenant. RowsUnseen, FilesRemain: it is not erased, or not wholly.
    """
    house.db.must_be("t", tenant)
    trace = _close(house.db, tenant)
    pseudonym = PSEUDONYM + secrets.token_hex(8)
    with owner_session(house.db, house.owner) as session:
        session.execute("SET LOCAL lock_timeout = '30s'")
        seen = _seen(house.db, session, trace)
        _forget_people(session, trace)
        rows = _delete_published(session, trace, seen)
        _forget_in_others(session, trace, pseudonym)
        _rename(session, trace, pseudonym, seen)
        _drop(session, trace)
        rows["tenant"] = session.execute("DELETE FROM shared.tenant WHERE name = :t", {"t": tenant}).rowcount
        audit.record(session, subject=pseudonym, actor=actor, action="tenant.erase", rows=rows)
        _delete_files(house.files, tenant)
    _delete_files(house.files, tenant)  # what somebody was just about to store
    house.db.facts.pop(tenant, None)
    return {"erased": pseudonym, "rows": rows}


def _close(db: Database, tenant: str) -> _Trace:
    """Lets nobody in any more, and gives the tenant's traces."""
    with accounts_session(db) as session:
        row = session.row("SELECT park, title, credit_code, version FROM shared.tenant WHERE name = :t FOR UPDATE", t=tenant)
        if row is None:
            raise NotFound(what="tenant", name=tenant)
        session.execute("UPDATE shared.tenant SET state = 'erased' WHERE name = :t", {"t": tenant})
        people = session.rows(
            'SELECT u.id, u.mobile, u.email FROM shared."user" u WHERE EXISTS '
            "(SELECT FROM shared.membership m WHERE m.user_id = u.id AND m.tenant = :t) AND NOT EXISTS "
            "(SELECT FROM shared.membership m WHERE m.user_id = u.id AND m.tenant IS DISTINCT FROM :t)",
            t=tenant,
        )
        invited = session.rows(
            "SELECT i.mobile, i.email FROM shared.invitation i WHERE i.tenant = :t AND NOT EXISTS "
            '(SELECT FROM shared."user" u WHERE u.mobile = i.mobile OR u.email = i.email)',
            t=tenant,
        )
    contacts = {value for one in (*people, *invited) for value in (one.mobile, one.email) if value}
    return _Trace(
        tenant, row.park, row.title, row.credit_code, row.version is not None, [one.id for one in people], sorted(contacts)
    )


def _seen(db: Database, session: Session, trace: _Trace) -> dict[str, int]:
    """How many rows the tenant itself sees in the shared tables; from here on it has no writer."""
    if not trace.provisioned:
        return {}
    session.driver.execute(sql.SQL("SELECT id FROM {} FOR UPDATE").format(sql.Identifier(trace.tenant, "state")))
    with tenant_session(db, trace.tenant) as own:
        found = {table: own.scalar(f"SELECT count(*) FROM shared.{table} WHERE tenant = current_user") for table in PUBLISHED}
        found["claim"] = own.scalar("SELECT count(*) FROM shared.claim")
        found["audit"] = own.scalar("SELECT count(*) FROM shared.audit WHERE subject = current_user")
    return found


def _compare(table: str, seen: dict[str, int], reached: int) -> None:
    if table in seen and seen[table] != reached:
        raise RowsUnseen(table=table, seen=seen[table], reached=reached)


def _delete_published(session: Session, trace: _Trace, seen: dict[str, int]) -> dict[str, int]:
    rows = {}
    for table in PUBLISHED:
        rows[table] = session.execute(f"DELETE FROM shared.{table} WHERE tenant = :t", {"t": trace.tenant}).rowcount
        _compare(table, seen, rows[table])
    return rows


def _forget_people(session: Session, trace: _Trace) -> None:
    """Memberships, tokens, invitations; of people who are nowhere else also the account, its codes and its messages."""
    given = {"t": trace.tenant, "users": trace.users, "contacts": trace.contacts, "title": trace.title,
             "code": trace.credit_code, "park": trace.park}  # fmt: skip
    for statement in (
        "DELETE FROM shared.token WHERE tenant = :t",
        # Also the invitation by which the firm once came in.
        "DELETE FROM shared.invitation WHERE tenant = :t OR mobile = ANY(:contacts) OR email = ANY(:contacts) "
        "OR (park = :park AND (title = :title OR credit_code = :code))",
        "DELETE FROM shared.membership WHERE tenant = :t",
        'DELETE FROM shared."user" WHERE id = ANY(:users)',  # sessions go with it
        "DELETE FROM shared.login_code WHERE destination = ANY(:contacts)",
        "DELETE FROM shared.outbox WHERE recipient = ANY(:contacts) OR position(:title IN subject || body) > 0",
    ):
        session.execute(statement, given)


def _forget_in_others(session: Session, trace: _Trace, pseudonym: str) -> None:
    """What jobs, the park's sheet, summaries and other firms' transfers know of it."""
    given = {"t": trace.tenant, "p": pseudonym, "park": trace.park, "title": trace.title}
    for statement in (
        "DELETE FROM shared.mark WHERE tenant = :t",
        "DELETE FROM shared.claimed WHERE tenant = :t",
        "DELETE FROM shared.held_account WHERE tenant = :t OR (park = :park AND account_name = :title)",
        "UPDATE shared.summary_month SET contributors = array_replace(contributors, :t, :p) WHERE :t = ANY(contributors)",
    ):
        session.execute(statement, given)
    session.execute("SET LOCAL search_path = jobs, pg_temp")  # the job library's triggers name their tables bare
    session.execute("DELETE FROM procrastinate_jobs WHERE args ->> 'tenant' = :t", {"t": trace.tenant})
    session.execute("SET LOCAL search_path = shared, pg_temp")
    others = session.rows("SELECT name FROM shared.tenant WHERE version IS NOT NULL AND name <> :t", t=trace.tenant)
    with session.driver.pipeline():
        for row in others:
            channel = sql.Identifier(row.name, "channel")
            session.driver.execute(
                sql.SQL("UPDATE {} SET counterparty = {} WHERE counterparty = {}").format(channel, pseudonym, trace.tenant)
            )


def _rename(session: Session, trace: _Trace, pseudonym: str, seen: dict[str, int]) -> None:
    """Puts the pseudonym in place of tenant and people in what has to stay."""
    claims = session.execute("UPDATE shared.claim SET tenant = :p WHERE tenant = :t", {"p": pseudonym, "t": trace.tenant})
    _compare("claim", seen, claims.rowcount)
    of_tenant = session.execute("UPDATE shared.audit SET subject = :p WHERE subject = :t", {"p": pseudonym, "t": trace.tenant})
    _compare("audit", seen, of_tenant.rowcount)
    session.execute(
        "UPDATE shared.audit SET writer = CASE WHEN writer = :t THEN :p ELSE writer END, "
        "actor = CASE WHEN actor = ANY(:users) THEN :p ELSE actor END WHERE writer = :t OR actor = ANY(:users)",
        {"p": pseudonym, "t": trace.tenant, "users": [str(user) for user in trace.users]},
    )


def _drop(session: Session, trace: _Trace) -> None:
    """Schema and role; the role comes last."""
    name = sql.Identifier(trace.tenant)
    session.driver.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))
    session.driver.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))


def _delete_files(files: Path, tenant: str) -> None:
    """Uploaded files, and those that waited between preview and confirmation."""
    for folder in (files / tenant, files.with_name("pending") / tenant):
        try:
            if folder.exists():
                shutil.rmtree(folder)
        except OSError as error:
            raise FilesRemain(folder=folder, reason=error.strerror or str(error)) from error
