"""Late, out of order, twice, idle for months: the database has the bytes that everything at once would have given."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants import clock
from tenants.calc.registers.course import Readings
from tenants.calc.registers.derive import derived
from tenants.calc.registers.dial import Dial
from tenants.db import Database, TenantSession, tenant_session
from tenants.flows import ESTIMATED
from tenants.ingest.accept import accept
from tenants.ingest.series import Register
from tenants.ingest.undo import undo
from tenants.publish import check
from tenants.registers import events
from tests.databases import Installed, new_park, new_tenant
from tests.tenants.calc.registers.memory import curves
from tests.tenants.calc.registers.plant import START, plant
from tests.tenants.dials import register, send
from tests.tenants.readings import SHANGHAI, TODAY, series


def stored(session: TenantSession) -> dict[int, tuple[int, bytes, bytes]]:
    rows = session.rows('SELECT day, step_minutes, "values" AS v, quality FROM curve ORDER BY day')
    return {clock.number_of(row.day): (row.step_minutes, np.array(row.v, np.int32).tobytes(), bytes(row.quality)) for row in rows}


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32 - 1))
def test_any_order_gives_the_same_bytes(installed: Installed, seed: int) -> None:
    made, rng = plant(seed, days=5), np.random.default_rng(seed)
    tenant = new_tenant(installed, new_park(installed))
    order = rng.permutation(made.at.size) if rng.random() < 0.5 else np.arange(made.at.size)
    parts = np.array_split(order, 6)
    parts += [parts[2]]
    for i, one in enumerate(parts):
        send(installed.db, tenant, Register("1#", "grid_in", made.at[one], made.value[one], one.astype(np.int32)))
        if i == 0:
            record(installed.db, tenant, made.dial)
    with tenant_session(installed.db, tenant) as session:
        found = stored(session)
        assert session.scalar("SELECT sum(cardinality(readings)) FROM register") == made.at.size
        assert check(session) == []
    whole = derived(made.readings(), [made.dial])
    assert {day: row for day, row in found.items() if any(row[2])} == curves(whole, SHANGHAI)


def record(db: Database, tenant: str, dial: Dial) -> None:
    with tenant_session(db, tenant) as session:
        events.describe(session, "1#", actor="t", multiplier=dial.multiplier, digits=dial.digits, today=TODAY)
        for one in dial.exchanges:
            events.exchange(session, "1#", at=at(one.at), final=Decimal(one.final) / 1000, initial=Decimal(one.initial) / 1000,
                            actor="t", today=TODAY)  # fmt: skip
        for one in dial.multipliers:
            events.set_multiplier(session, "1#", at=at(one.at), multiplier=one.multiplier, actor="t", today=TODAY)


def at(moment: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(moment, SHANGHAI)


def test_a_meter_that_stood_still_for_months(db: Database, tenant: str) -> None:
    """What is read back is where it last moved, not everything since."""
    idle = [5.0 + i / 4 for i in range(30)] + [12.25] * (96 * 40)
    send(db, tenant, register("1#", START - 60 * 86_400, idle))
    end = START - 60 * 86_400 + 900 * len(idle)
    for i in range(12):
        send(db, tenant, register("1#", end + 900 * i, [12.25 + max(i - 5, 0)]))
    values = [*idle, *(12.25 + max(i - 5, 0) for i in range(12))]
    moments = START - 60 * 86_400 + 900 * np.arange(len(values), dtype=np.int64)
    whole = Readings(np.zeros(len(values), np.int64), moments, np.array([round(1000 * v) for v in values], np.int64))
    with tenant_session(db, tenant) as session:
        assert stored(session) == curves(derived(whole, [Dial()]), SHANGHAI)


def test_an_import_is_taken_back(db: Database, tenant: str) -> None:
    line = [1000 + i / 4 for i in range(97)]
    send(db, tenant, register("1#", "2026-02-24", line[:60]))
    with tenant_session(db, tenant) as session:
        before = stored(session)
    late = send(db, tenant, register("1#", "2026-02-24", [None] * 60 + line[60:]))
    changed = send(db, tenant, register("1#", "2026-02-24", [None] * 30 + [1007.6]), replace="read again")
    assert isinstance(late.batch, UUID)
    assert isinstance(changed.batch, UUID)
    with tenant_session(db, tenant) as session:
        undone = undo(session, changed.batch, actor="test", reason="no", today=TODAY)
        assert (undone.intervals, undone.kept) == (1, 0)
        assert session.scalar("SELECT readings[31] FROM register WHERE day = '2026-02-24'") == 1_007_500
        undone = undo(session, late.batch, actor="test", reason="another meter's", today=TODAY)
        assert undone.intervals == 37
        assert stored(session) == before
        assert session.scalar("SELECT sum(cardinality(readings)) FROM register") == 60
        assert check(session) == []


def test_what_a_person_put_there_stays_when_readings_come(db: Database, tenant: str) -> None:
    """An estimate of a gap stays until the register tells; then it gives way."""
    send(
        db, tenant, register("1#", "2026-02-24", [1000 + i / 4 for i in range(30)] + [None] * 2 + [7 + i / 4 for i in range(20)])
    )
    with tenant_session(db, tenant) as session:
        row = session.row('SELECT channel, "values" AS v, quality FROM curve')
        assert row is not None
        gap = [i for i, code in enumerate(row.quality[:50]) if code == 0]
        assert gap
        quality = bytearray(row.quality)
        values = list(row.v)
        for i in gap:
            quality[i], values[i] = ESTIMATED, 77
        session.execute('UPDATE curve SET "values" = :v, quality = :q, total = 0', {"v": values, "q": bytes(quality)})
    send(db, tenant, register("1#", "2026-02-24", [None] * 52 + [12.0, 12.25]))
    with tenant_session(db, tenant) as session:
        row = session.row('SELECT "values" AS v, quality FROM curve')
        assert row is not None
        assert [(row.v[i], row.quality[i]) for i in gap] == [(77, ESTIMATED)] * len(gap)
        moment = dt.datetime(2026, 2, 24, 7, 50, tzinfo=SHANGHAI)
        events.exchange(session, "1#", at=moment, final=Decimal("1007.8"), initial=Decimal("6.9"), actor="t", today=TODAY)
        row = session.row('SELECT "values" AS v, quality FROM curve')
        assert row is not None
        assert ESTIMATED not in row.quality


def test_a_repair_stands_until_other_readings_come_and_is_taken_back(db: Database, tenant: str) -> None:
    send(db, tenant, register("1#", "2026-02-24", [1000 + i / 4 for i in range(30)]))
    with tenant_session(db, tenant) as session:
        assert stored(session)
    estimate = replace(series("1#", "2026-02-24T02:00", [90, 90], quality=ESTIMATED), final=True)
    with tenant_session(db, tenant) as session:
        repair = accept(session, [estimate], source="repair", name="t", sha256="0" * 64, actor="t", today=TODAY,
                        replace_reason="the line was dead")  # fmt: skip
    assert repair.accepted == 2
    send(db, tenant, register("1#", "2026-02-24", [None] * 30 + [1007.5, 1007.75]))
    with tenant_session(db, tenant) as session:
        row = session.row('SELECT "values" AS v, quality FROM curve')
        assert row is not None
        assert (row.v[7:11], list(row.quality[7:11])) == ([250, 90, 90, 250], [1, ESTIMATED, ESTIMATED, 1])
        assert repair.batch is not None
        undo(session, repair.batch, actor="t", reason="it was not", today=TODAY)
        row = session.row('SELECT "values" AS v, quality FROM curve')
        assert row is not None
        assert (row.v[:31], set(row.quality[:31])) == ([250] * 31, {1})
        assert check(session) == []


def test_late_readings_touch_only_their_days(db: Database, tenant: str) -> None:
    line = [1000 + i / 4 for i in range(96 * 40)]
    hole = [None if 96 * 5 + 10 <= i < 96 * 5 + 20 else one for i, one in enumerate(line)]
    send(db, tenant, register("1#", START, hole))
    with tenant_session(db, tenant) as session:
        before = {row.day: row.xmin for row in session.rows("SELECT day, xmin::text FROM curve")}
    send(db, tenant, register("1#", START, [one if hole[i] is None else None for i, one in enumerate(line)]))
    with tenant_session(db, tenant) as session:
        after = {row.day: row.xmin for row in session.rows("SELECT day, xmin::text FROM curve")}
        assert [day.isoformat() for day in after if after[day] != before[day]] == ["2026-01-06"]
        assert session.scalar("SELECT count(*) FROM curve_former") == 0  # what was allocated turned out just so
