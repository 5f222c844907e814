"""The bills of a submission that is taken back: each is again what it was before, or gone."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from tenants import clock
from tenants.db import TenantSession
from tenants.publish import Touched

_COLUMNS = "site, flow, start_day, end_day, quantity, method, details, document, batch"
# The newest former row of an activity whose own submission still counts.
_BEFORE = (
    "SELECT p.* FROM activity_former f, jsonb_populate_record(NULL::activity, f.row) p JOIN batch b ON b.id = p.batch "
    "WHERE f.activity = :activity AND b.undone IS NULL ORDER BY f.revision DESC LIMIT 1"
)


def take_back(session: TenantSession, batch: UUID, own: UUID, reason: str, touched: Touched) -> int:
    """Takes back what the submission entered, replaced or removed and nobody has changed since; the number of bills.

    `own` is the undo's batch, under which the present rows are kept.
    """
    changed = 0
    present = session.rows("SELECT id, site, flow, start_day, end_day FROM activity WHERE batch = :batch", batch=batch)
    for one in present:
        _keep(session, one.id, own, reason)
        before = session.row(_BEFORE, activity=one.id)
        if before is None:
            session.execute("DELETE FROM activity WHERE id = :id", {"id": one.id})
        else:
            _restore(session, before)
        _touch(touched, one)
        changed += 1
    removed = session.rows(
        "SELECT f.activity FROM activity_former f WHERE f.batch = :batch AND NOT EXISTS "
        "(SELECT FROM activity a WHERE a.id = f.activity) AND NOT EXISTS (SELECT FROM activity_former later JOIN batch b "
        "ON b.id = later.batch WHERE later.activity = f.activity AND later.revision > f.revision)",
        batch=batch,
    )
    for gone in removed:
        before = session.row(_BEFORE, activity=gone.activity)
        if before is not None and not _taken(session, before):
            _insert(session, before)
            _touch(touched, before)
            changed += 1
    return changed


def _keep(session: TenantSession, activity: UUID, own: UUID, reason: str) -> None:
    session.execute(
        "INSERT INTO activity_former (activity, revision, row, batch, reason) "
        "SELECT id, revision, to_jsonb(activity), :batch, :reason FROM activity WHERE id = :id",
        {"id": activity, "batch": own, "reason": reason},
    )


def _restore(session: TenantSession, before: sa.Row) -> None:  # type: ignore[type-arg]
    session.execute(
        "UPDATE activity SET quantity = p.quantity, method = p.method, details = p.details, document = p.document, "
        "batch = p.batch, revision = activity.revision + 1 FROM activity_former f, "
        "jsonb_populate_record(NULL::activity, f.row) p "
        "WHERE activity.id = :id AND f.activity = :id AND f.revision = :revision",
        {"id": before.id, "revision": before.revision},
    )


def _insert(session: TenantSession, before: sa.Row) -> None:  # type: ignore[type-arg]
    session.execute(
        f"INSERT INTO activity (id, {_COLUMNS}, revision) SELECT p.id, {', '.join(f'p.{n}' for n in _COLUMNS.split(', '))}, "
        "(SELECT max(revision) + 1 FROM activity_former WHERE activity = :id) FROM activity_former f, "
        "jsonb_populate_record(NULL::activity, f.row) p WHERE f.activity = :id AND f.revision = :revision",
        {"id": before.id, "revision": before.revision},
    )


def _taken(session: TenantSession, one: sa.Row) -> bool:  # type: ignore[type-arg]
    """Whether something else was entered for the period since."""
    return bool(
        session.scalar(
            "SELECT count(*) FROM activity WHERE site = :site AND flow = :flow AND start_day < :end AND end_day > :start",
            site=one.site, flow=one.flow, start=one.start_day, end=one.end_day,
        )
    )  # fmt: skip


def _touch(touched: Touched, one: sa.Row) -> None:  # type: ignore[type-arg]
    first, last = clock.number_of(one.start_day), clock.number_of(one.end_day) - 1
    touched.add(one.site, one.flow, first)
    touched.add(one.site, one.flow, first, last)
