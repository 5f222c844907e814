"""A register's interval that a person replaced stays replaced while its readings go on, and comes back when taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from tenants.db import Database, tenant_session
from tenants.ingest.accept import accept
from tenants.quality import decide, find, problems
from tests.tenants.calc.quality.histories import workshop
from tests.tenants.dials import register
from tests.tenants.readings import TODAY

DAYS = 30
FIRST = "2026-01-26"
SPIKE = 20 * 96 + 40


def dial() -> list[float]:
    """What the dial shows each quarter hour; once it gains 900 kWh in fifteen minutes."""
    values = workshop(DAYS)
    values[SPIKE] = 900_000
    return [round(float(one) / 1000, 3) for one in np.concatenate([[1_000_000], 1_000_000 + np.cumsum(values)])]


def sent(db: Database, tenant: str, readings: list[float | None]) -> Any:
    """The readings through the gate."""
    with tenant_session(db, tenant) as session:
        return accept(
            session, [register("1#", FIRST, readings)], source="http", name="x", sha256="0" * 64, actor="t", create_missing=True,
            today=TODAY,
        )  # fmt: skip


def curve(db: Database, tenant: str) -> list[Any]:
    """Every interval and its code."""
    with tenant_session(db, tenant) as session:
        return [tuple(row) for row in session.rows('SELECT day, "values", quality FROM curve ORDER BY day')]


def test_a_repair_stands_beside_the_readings(db: Database, tenant: str) -> None:
    readings: list[float | None] = list(dial())
    sent(db, tenant, readings[: 25 * 96])
    before = curve(db, tenant)
    with tenant_session(db, tenant) as session:
        find.find(session)
        (spike,) = [one for one in problems.listed(session) if one.rule == "spike"]
        decide.replace(session, spike.id, method="linear", actor="t", reason="the gateway counted twice")
    repaired = curve(db, tenant)
    day = dt.date.fromisoformat(FIRST) + dt.timedelta(days=20)
    assert [row for row in repaired if row[0] != day] == [row for row in before if row[0] != day]
    assert repaired != before
    sent(db, tenant, readings)  # all of it again, and five more days
    assert curve(db, tenant)[: len(repaired) - 1] == repaired[:-1]
    with tenant_session(db, tenant) as session:
        decide.undo(session, spike.id, actor="t", reason="it was real")
    assert curve(db, tenant)[: len(before) - 1] == before[:-1]


def test_another_reading_for_a_moment_that_was_judged_waits_no_longer(db: Database, tenant: str) -> None:
    readings: list[float | None] = list(dial())[: 10 * 96]
    sent(db, tenant, readings)
    other = [None, *readings[1:]]
    other[40] = (readings[40] or 0) + 1
    assert sent(db, tenant, other).conflicting == 1
    with tenant_session(db, tenant) as session:
        find.find(session)
        (one,) = [one for one in problems.listed(session) if one.rule == "duplicate"]
        decide.confirm(session, one.id, actor="t", reason="a copy of the list was mistyped")
        assert session.scalar("SELECT count(*) FROM conflict WHERE state = 'open'") == 0
        with pytest.raises(decide.DecidedAlready, match="accepted as true"):
            decide.leave(session, one.id, actor="t", reason="twice")
        decide.undo(session, one.id, actor="t", reason="it was not")
        assert session.scalar("SELECT count(*) FROM conflict WHERE state = 'open'") == 1
