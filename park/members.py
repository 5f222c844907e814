"""The tenants of the parks: registered, provisioned, approved, suspended; found by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from park.access import accounts_session, owner_session
from tenants import audit, provision
from tenants.db import Database, Session
from tenants.errors import AlreadyExists, InvalidInput, LingyuanError, NotFound

STATES = ("waiting", "provisioning", "active", "suspended", "erased")


class AmbiguousName(LingyuanError):
    """More than one tenant is named {name}: {names}."""

    status = 409
    remedy = "Give the tenant's id (t_...) instead of its name."


def register(
    session: Session, *, park: str, title: str, actor: str, credit_code: str | None = None,
    kind: str = "firm", held: bool = False, state: str = "provisioning",
) -> str:  # fmt: skip
    """The new tenant's name: its line in the registry, and the worker's mark to provision it.

    The session is the accounts' (a firm joins) or the park's (it holds a firm that has not joined).

    Raises:
        InvalidInput: no title.
        AlreadyExists: the park has a firm with this title or credit code.
    """
    title = title.strip()
    if not title:
        raise InvalidInput(field="name", reason="a firm needs a name", remedy="Give the company's full name.")
    of_park = session.row("SELECT province, timezone FROM shared.park WHERE name = :park", park=park)
    if of_park is None:
        raise NotFound(what="park", name=park)
    taken = session.row(
        "SELECT title FROM shared.tenant WHERE park = :park AND state <> 'erased' "
        "AND (title = :title OR (credit_code = :code AND CAST(:code AS text) IS NOT NULL))",
        park=park, title=title, code=credit_code,
    )  # fmt: skip
    if taken:
        raise AlreadyExists(what="tenant", name=title if taken.title == title else credit_code)
    name = provision.new_name("t", session.db.prefix)
    session.execute(
        "INSERT INTO shared.tenant (name, park, title, credit_code, kind, held, state, timezone, region) "
        "VALUES (:name, :park, :title, :code, :kind, :held, :state, :timezone, :region)",
        {"name": name, "park": park, "title": title, "code": credit_code, "kind": kind, "held": held, "state": state,
         "timezone": of_park.timezone, "region": of_park.province},
    )  # fmt: skip
    if state == "provisioning":
        ask(session, name, "provision")
    audit.record(session, subject=name, actor=actor, action="tenant.register", held=held, kind=kind)
    return name


def ask(session: Session, tenant: str, kind: str) -> None:
    """Leaves a mark for the worker."""
    session.execute(
        "INSERT INTO shared.mark (id, tenant, kind) VALUES (:id, :tenant, :kind)",
        {"id": uuid4(), "tenant": tenant, "kind": kind},
    )


def provision_now(db: Database, owner: sa.Engine, name: str) -> None:
    """Makes the schema of a registered tenant. A tenant that has one already is left as it is."""
    with owner_session(db, owner) as session:
        state = session.scalar("SELECT state FROM shared.tenant WHERE name = :name FOR UPDATE", name=name)
        if state != "provisioning":
            return
        provision.provision(session.driver, name, db.prefix)
        session.execute("SET LOCAL search_path = shared, pg_temp")
        session.execute("UPDATE shared.mark SET done = now() WHERE tenant = :name AND kind = 'provision'", {"name": name})


def create(
    db: Database, owner: sa.Engine, *, park: str, title: str, actor: str, credit_code: str | None = None,
    kind: str = "firm", held: bool = False,
) -> str:  # fmt: skip
    """Registers and provisions a tenant at once: the operator's way."""
    with accounts_session(db) as session:
        name = register(session, park=park, title=title, actor=actor, credit_code=credit_code, kind=kind, held=held)
    provision_now(db, owner, name)
    return name


def find(db: Database, wanted: str) -> str:
    """The name of the tenant with this name, or with this title or credit code if only one has it."""
    with accounts_session(db) as session:
        rows = session.rows(
            "SELECT name FROM shared.tenant WHERE state <> 'erased' AND :w IN (name, title, credit_code)", w=wanted
        )
    if not rows:
        raise NotFound(what="tenant", name=wanted)
    if len(rows) > 1:
        raise AmbiguousName(name=wanted, names=", ".join(row.name for row in rows))
    return str(rows[0].name)


def listed(db: Database, park: str | None = None) -> Sequence[sa.Row[Any]]:
    """The registry: all tenants, or one park's."""
    with accounts_session(db) as session:
        return session.rows(
            "SELECT t.name, t.title, t.park, p.title AS park_title, t.credit_code, t.kind, t.held, t.state, t.consent, "
            "t.version, t.created FROM shared.tenant t JOIN shared.park p ON p.name = t.park "
            "WHERE t.state <> 'erased' AND (CAST(:park AS text) IS NULL OR t.park = :park) ORDER BY p.title, t.title",
            park=park,
        )


def decide(session: Session, tenant: str, state: str, actor: str) -> None:
    """Approves (`provisioning`), suspends or lets work again (`active`) a tenant of the session's park."""
    row = session.row("SELECT state, version FROM shared.tenant WHERE name = :name FOR UPDATE", name=tenant)
    if row is None:
        raise NotFound(what="tenant", name=tenant)
    allowed = {"provisioning": ("waiting",), "suspended": ("active",), "active": ("suspended",)}
    if row.state not in allowed[state]:
        reason = "a tenant that is {now} cannot become {wanted}"
        raise InvalidInput(field="state", reason=reason, remedy="Reload the list.", now=row.state, wanted=state)
    session.execute("UPDATE shared.tenant SET state = :state WHERE name = :name", {"state": state, "name": tenant})
    if state == "provisioning":
        ask(session, tenant, "provision")
    audit.record(session, subject=tenant, actor=actor, action=f"tenant.{state}")
