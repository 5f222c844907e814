"""Where channels stand: month, newest value, door."""

from __future__ import annotations

import datetime as dt

from tenants import standing, topology
from tenants.db import Database, tenant_session
from tests.tenants.readings import SHANGHAI, send, series

JANUARY, FEBRUARY = dt.date(2026, 1, 1), dt.date(2026, 2, 1)


def of(db: Database, tenant: str, start: dt.date, end: dt.date) -> dict[str, standing.Standing]:
    with tenant_session(db, tenant) as session:
        known = topology.load(session)
        found = standing.of_month(session, known, start, end)
        return {known.meters[known.channels[key].meter].name: one for key, one in found.items()}


def test_month_newest_value_and_door(db: Database, tenant: str) -> None:
    send(db, tenant, series("A", "2026-01-31", [1000] * 96), series("A", "2026-02-01", [500] * 10))
    found = of(db, tenant, JANUARY, FEBRUARY)["A"]
    assert (found.month, found.door) == (96_000, "http")
    assert found.until == dt.datetime(2026, 2, 1, 2, 30, tzinfo=SHANGHAI)
    assert of(db, tenant, FEBRUARY, dt.date(2026, 3, 1))["A"].month == 5_000


def test_a_gap_at_the_end_is_not_a_value(db: Database, tenant: str) -> None:
    send(db, tenant, series("A", "2026-01-31", [1000, None, 1000, None, None]))
    assert of(db, tenant, JANUARY, FEBRUARY)["A"].until == dt.datetime(2026, 1, 31, 0, 45, tzinfo=SHANGHAI)


def test_a_month_without_a_value_is_none_and_not_zero(db: Database, tenant: str) -> None:
    send(db, tenant, series("A", "2026-02-01", [1000] * 4))
    assert of(db, tenant, JANUARY, FEBRUARY)["A"].month is None
