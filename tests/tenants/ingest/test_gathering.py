"""A day of a feed becomes one submission, which says exactly what all of them said."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants import publish
from tenants.curves.listing import listed
from tenants.db import Database, TenantSession, tenant_session
from tenants.ingest.gathering import Origin, entangled, gather, united
from tenants.ingest.parcels import Parcel, take
from tenants.ingest.undo import undo

ZONE = dt.timezone(dt.timedelta(hours=8))
DAY = dt.date(2025, 3, 1)
SLOTS = st.frozensets(st.integers(0, 95), max_size=20)


def bits(slots: frozenset[int]) -> bytes:
    made = bytearray(12)
    for slot in slots:
        made[slot // 8] |= 0x80 >> slot % 8
    return bytes(made)


@given(SLOTS, SLOTS)
def test_slots_are_united_and_what_overlaps_is_found(one: frozenset[int], other: frozenset[int]) -> None:
    first, second = Origin(1, DAY, uuid4(), 15, bits(one)), Origin(1, DAY, uuid4(), 15, bits(other))
    assert (first.marks, second.marks) == (one, other)
    assert Origin(1, DAY, uuid4(), 15, united([first, second])).marks == one | other
    assert entangled([first, second]) == ({first.batch, second.batch} if one & other else set())


def test_a_registers_seconds_are_united_and_steps_do_not_mix() -> None:
    first, second = (
        Origin(1, DAY, uuid4(), 0, b"".join(s.to_bytes(4, "big") for s in seconds)) for seconds in ((0, 900), (450,))
    )
    assert united([first, second]) == b"".join(s.to_bytes(4, "big") for s in (0, 450, 900))
    other = Origin(1, DAY, uuid4(), 15, bits(frozenset({9})))
    assert entangled([first, second, other]) == {first.batch, second.batch, other.batch}


def sent(session: TenantSession, slot: int, value: float, sender: str = "lya") -> None:
    """One reading over MQTT."""
    start = dt.datetime.combine(DAY, dt.time(), ZONE) + dt.timedelta(minutes=15 * slot)
    row = {"meter": "M1", "unit": "kWh", "start": start.isoformat(), "value": value}
    take(session, [Parcel(sender, orjson.dumps({"rows": [row]}), create=True)], door="mqtt")


def batches(session: TenantSession) -> list[UUID]:
    return [row.id for row in session.rows("SELECT id FROM batch WHERE undone IS NULL ORDER BY received")]


@pytest.fixture
def fed(db: Database, tenant: str) -> str:
    """A tenant with ten readings of one sender and two of another, sent a moment ago."""
    for slot in range(10):
        with tenant_session(db, tenant) as session:
            sent(session, slot, slot + 1)
    for slot in (20, 21):
        with tenant_session(db, tenant) as session:
            sent(session, slot, 5, "lyb")
    return tenant


def test_a_day_of_one_sender_becomes_one(db: Database, fed: str) -> None:
    tomorrow = dt.datetime.now(ZONE).date() + dt.timedelta(days=1)
    with tenant_session(db, fed) as session:
        before = [row["kWh"] for row in listed(session, DAY, DAY, by="interval", meter="M1")]
        assert gather(session, today=tomorrow - dt.timedelta(days=1)) == 0  # today is not over
        assert gather(session, today=tomorrow) == 10
        assert gather(session, today=tomorrow) == 0
        assert len(batches(session)) == 2
        receipt = session.scalar("SELECT receipt FROM batch WHERE actor = 'token:lya'")
        assert (receipt["rows"], receipt["gathered"]) == (10, 10)
        assert session.scalar("SELECT count(*) FROM curve_batch") == 2
        assert [row["kWh"] for row in listed(session, DAY, DAY, by="interval", meter="M1")] == before


def test_the_gathered_day_is_taken_back_as_a_whole(db: Database, fed: str) -> None:
    tomorrow = dt.datetime.now(ZONE).date() + dt.timedelta(days=1)
    with tenant_session(db, fed) as session:
        gather(session, today=tomorrow)
    with tenant_session(db, fed) as session:
        [batch] = [row.id for row in session.rows("SELECT id FROM batch WHERE actor = 'token:lya'")]
        undo(session, batch, actor="test", reason="wrong meter")
        rows = listed(session, DAY, DAY, by="interval", meter="M1")
        assert [str(row["kWh"]) for row in rows if row["completeness"]] == ["5", "5"]
        assert publish.check(session) == []


def test_what_others_touched_stays_apart(db: Database, fed: str) -> None:
    """A value that was contradicted, and one that an estimate gave way to: their order is their meaning."""
    tomorrow = dt.datetime.now(ZONE).date() + dt.timedelta(days=1)
    with tenant_session(db, fed) as session:
        sent(session, 3, 99)
    with tenant_session(db, fed) as session:
        assert session.scalar("SELECT count(*) FROM conflict") == 1
        first = batches(session)[0]
        session.execute("UPDATE conflict SET batch = :batch", {"batch": first})
        gather(session, today=tomorrow)
        assert first in batches(session)
