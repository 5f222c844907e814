"""Contradictions wait for a person: listed, dismissed, closed by a replacement, bounded in number."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest

from tenants.db import Database, tenant_session
from tenants.errors import NotFound
from tenants.ingest import conflicts
from tests.tenants.readings import send, series

D = "2026-02-27"


def test_open_conflicts_say_both_values(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", D, [100, 200]))
    batch = send(db, tenant, series("Main", D, [101, 200])).batch
    with tenant_session(db, tenant) as session:
        [one] = conflicts.open_conflicts(session)
        assert (one.meter, one.offered, one.kept, one.batch) == ("Main", Decimal("0.101"), Decimal("0.1"), batch)
        assert one.start.isoformat() == "2026-02-27T00:00:00+08:00"


def test_a_dismissed_conflict_stays_dismissed_when_it_is_sent_again(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", D, [100]))
    batch = send(db, tenant, series("Main", D, [101])).batch
    assert batch is not None
    with tenant_session(db, tenant) as session:
        assert conflicts.dismiss(session, batch, actor="t") == 1
    answer = send(db, tenant, series("Main", D, [101]))
    assert (answer.conflicting, answer.batch) == (1, None)
    with tenant_session(db, tenant) as session:
        assert conflicts.open_conflicts(session) == []
        with pytest.raises(NotFound):
            conflicts.dismiss(session, uuid4(), actor="t")


def test_a_file_in_the_wrong_unit_is_counted_whole_and_listed_in_part(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", "2025-06-01", [100] * 12_000))
    answer = send(db, tenant, series("Main", "2025-06-01", [100_000] * 12_000))
    assert answer.conflicting == 12_000
    assert len(answer.conflicts) == 1000
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM conflict") == conflicts.MOST_KEPT
