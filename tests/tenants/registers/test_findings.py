"""What nobody recorded is told with its time and energy."""

from __future__ import annotations

import datetime as dt

from tenants.db import Database, tenant_session
from tenants.registers.findings import Finding, findings
from tenants.topology import load
from tests.tenants.dials import register, send
from tests.tenants.readings import send as send_values
from tests.tenants.readings import series

LINE = [99_990.0 + i for i in range(8)]
READ = [*LINE, 0.0, 99_999.0, 0.0, 1.0, 2.0, 3.0, *(4.0 + i for i in range(8)), 0.5, 1.5, 2.5, 3.5, 0.0]


def found(db: Database, tenant: str, first: dt.date | None = None, last: dt.date | None = None) -> list[Finding]:
    with tenant_session(db, tenant) as session:
        return findings(session, list(load(session).channels.values()), first, last)


def test_each_is_found_with_its_energy(db: Database, tenant: str) -> None:
    send(db, tenant, register("1#", "2026-02-24", READ))
    send_values(db, tenant, series("2#", "2026-02-24", [5, 6]))
    told = found(db, tenant)
    assert [(one.rule, one.energy, one.counted) for one in told] == [
        ("register_glitch", 99_997_000, False),
        ("register_rollover", 1000, True),
        ("register_reset", 500, True),
        ("register_pending", 3500, False),
    ]
    assert told[0].start.isoformat() == "2026-02-24T02:00:00+08:00"
    assert told[2].facts == {"before": "11", "after": "0.5", "readings": 1, "counted": True}
    assert found(db, tenant, dt.date(2026, 2, 25)) == []
    assert len(found(db, tenant, dt.date(2026, 2, 24), dt.date(2026, 2, 24))) == 4
