"""Events of registers on a real database: the curve follows, former rows stay, a withdrawal leaves no trace in it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest

from tenants.db import Database, tenant_session
from tenants.errors import InvalidInput, NotFound
from tenants.publish import check
from tenants.registers import events
from tenants.registers.events import NotARegister
from tests.tenants.dials import register, send
from tests.tenants.readings import SHANGHAI, TODAY, days, digest, series
from tests.tenants.readings import send as send_values

DAY = "2026-02-26"
AT = dt.datetime(2026, 2, 26, 12, 0, tzinfo=SHANGHAI)
LINE = [1000 + i / 4 for i in range(48)]  # until noon


def quantity(db: Database, tenant: str, day: str = DAY) -> tuple[int, int]:
    with tenant_session(db, tenant) as session:
        assert check(session) == []
        row = days(session, "grid_in")[day]
        return row.quantity, row.missing


def test_an_exchange_is_recorded_and_withdrawn(db: Database, tenant: str) -> None:
    send(db, tenant, register("1#", DAY, [*LINE, *(20 + i / 4 for i in range(1, 49))]))
    before = quantity(db, tenant)
    assert before[1] > 0  # 1011.75, then 20.25: nobody knows what it counted between them
    with tenant_session(db, tenant) as session:
        first = digest(session)
        made = events.exchange(session, "1#", at=AT - dt.timedelta(minutes=1), final=Decimal("1011.95"), initial=Decimal(20),
                               digits=6, actor="test", reason="calibration", today=TODAY)  # fmt: skip
    assert (made.kind, made.final, made.initial, made.digits, made.unit) == (
        "exchange", Decimal("1011.95"), Decimal(20), 6, "kWh",
    )  # fmt: skip
    assert quantity(db, tenant)[0] == 11_950 + 12_000
    with tenant_session(db, tenant) as session:
        assert [one.id for one in events.listed(session, "1#")] == [made.id]
        gone = events.withdraw(session, made.id, actor="test", reason="another meter", today=TODAY)
        assert gone.withdrawn is not None
        assert events.listed(session) == []
        assert [one.id for one in events.listed(session, withdrawn=True)] == [made.id]
    assert quantity(db, tenant) == before
    with tenant_session(db, tenant) as session:
        session.execute("UPDATE curve SET revision = 1")  # what was and is again, apart from the count of changes
        assert digest(session) == first
        assert session.scalar("SELECT count(*) FROM batch WHERE source = 'event'") == 2
        with pytest.raises(NotFound):
            events.withdraw(session, made.id, actor="test")


def test_multiplier_reset_and_clock(db: Database, tenant: str) -> None:
    send(db, tenant, register("1#", DAY, [1000 + i / 4 for i in range(97)]))
    with tenant_session(db, tenant) as session:
        events.describe(session, "1#", actor="test", multiplier=Decimal(40), rated=Decimal(500), today=TODAY)
        events.set_multiplier(session, "1#", at=AT, multiplier=Decimal(80), actor="test", today=TODAY)
    assert quantity(db, tenant) == (12_000 * 40 + 12_000 * 80, 0)
    with tenant_session(db, tenant) as session:
        clock = events.clock_off(session, "1#", start=AT, end=AT + dt.timedelta(days=2), ahead_s=-3600, actor="test", today=TODAY)
    total, missing = quantity(db, tenant)
    assert missing == 0
    assert total < 12_000 * 40 + 12_000 * 80  # what was after noon happened an hour later
    with tenant_session(db, tenant) as session:
        events.withdraw(session, clock.id, actor="test", today=TODAY)
    send(db, tenant, register("1#", "2026-02-27", [None, 0.25, 0.5, 0.75]))
    with tenant_session(db, tenant) as session:
        events.reset(session, "1#", at=AT + dt.timedelta(hours=12), final=Decimal(1024), actor="test", today=TODAY)
    assert quantity(db, tenant, "2026-02-27")[0] == 750 * 80


def test_what_cannot_be_is_refused(db: Database, tenant: str) -> None:
    send(db, tenant, register("1#", DAY, LINE))
    send_values(db, tenant, series("2#", DAY, [1, 2, 3]))
    with tenant_session(db, tenant) as session:
        for bad in (
            lambda: events.exchange(session, "1#", at=AT.replace(tzinfo=None), final=None, actor="t"),
            lambda: events.exchange(session, "1#", at=AT, final=Decimal(-1), actor="t"),
            lambda: events.exchange(session, "1#", at=AT, final=Decimal("NaN"), actor="t"),
            lambda: events.exchange(session, "1#", at=AT, final=None, digits=40, actor="t"),
            lambda: events.set_multiplier(session, "1#", at=AT, multiplier=Decimal(0), actor="t"),
            lambda: events.clock_off(session, "1#", start=AT, end=AT, ahead_s=5, actor="t"),
            lambda: events.describe(session, "1#", actor="t", rated=Decimal(-5)),
        ):
            with pytest.raises(InvalidInput):
                bad()
        with pytest.raises(NotARegister):
            events.reset(session, "2#", at=AT, actor="t")
        with pytest.raises(NotFound):
            events.reset(session, "3#", at=AT, actor="t")
        with pytest.raises(NotFound):
            events.withdraw(session, uuid4(), actor="t")
        events.reset(session, "1#", at=AT, actor="t")
        with pytest.raises(InvalidInput, match="already"):
            events.exchange(session, "1#", at=AT, final=None, actor="t")
