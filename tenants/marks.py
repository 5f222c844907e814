"""Asks the worker to look at what came in. One mark waits at a time, so a stream of readings costs one look-up each."""

from __future__ import annotations

from uuid import uuid4

from tenants.db import TenantSession


def ask(session: TenantSession) -> None:
    """Leaves the mark, unless one is waiting."""
    session.later(
        "INSERT INTO shared.mark (id, tenant, kind) SELECT :id, current_user, 'quality' WHERE NOT EXISTS "
        "(SELECT FROM shared.mark WHERE tenant = current_user AND kind = 'quality' AND done IS NULL)",
        {"id": uuid4()},
    )
