"""A look at what has just changed finds exactly what a look at everything finds."""

from __future__ import annotations

import datetime as dt

import pytest

from tenants import clock
from tenants.db import Database, tenant_session
from tenants.quality import find, problems
from tests.tenants.calc.quality.histories import workshop
from tests.tenants.readings import SHANGHAI, send, series

DAYS = 260
TODAY = clock.today(SHANGHAI)
FIRST = TODAY - dt.timedelta(days=DAYS)


def year() -> list[int | None]:
    """Most of a year with faults early, in the middle and late, and gaps that come every night for two months."""
    values: list[int | None] = [int(one) for one in workshop(DAYS)]
    for day in (30, 120, 200, 250):
        values[day * 96 + 40] = 900_000
        values[(day + 3) * 96 + 36 : (day + 3) * 96 + 70] = [29_999] * 34
        values[(day + 5) * 96 + 10 : (day + 5) * 96 + 30] = [None] * 20
    for day in range(150, 205):
        values[day * 96 + 4 : day * 96 + 6] = [None] * 2
    values[215 * 96 : 217 * 96] = [one and one * 1000 for one in values[215 * 96 : 217 * 96]]
    return values


def rows(db: Database, tenant: str) -> list[object]:
    """Every problem as kept, but for when it was found."""
    with tenant_session(db, tenant) as session:
        return [tuple(row) for row in session.rows(
            'SELECT channel, rule, start, "end", energy, facts::text, state FROM problem ORDER BY channel, start, rule'
        )]  # fmt: skip


@pytest.mark.parametrize("day", [5, 100, 180, 210, DAYS - 1])
def test_a_look_at_one_day_changes_nothing_that_a_look_at_all_has_found(db: Database, tenant: str, day: int) -> None:
    send(db, tenant, series("m", FIRST.isoformat(), year()), today=TODAY)
    with tenant_session(db, tenant) as session:
        find.find(session)
        (channel,) = (row.id for row in session.rows("SELECT id FROM channel"))
    before = rows(db, tenant)
    assert len(before) >= 13
    number = clock.number_of(FIRST) + day
    with tenant_session(db, tenant) as session:
        looked = find.find(session, {channel: (number, number)})
    assert rows(db, tenant) == before
    assert (looked.changed, looked.gone) == (0, 0)


def test_a_fault_that_comes_in_late_is_found_by_the_look_after_it(db: Database, tenant: str) -> None:
    values = year()
    late = values[: 100 * 96]
    send(db, tenant, series("m", FIRST.isoformat(), [*[None] * (100 * 96), *values[100 * 96 :]]), today=TODAY)
    with tenant_session(db, tenant) as session:
        find.look_after(session)
    send(db, tenant, series("m", FIRST.isoformat(), late), today=TODAY)
    with tenant_session(db, tenant) as session:
        session.execute("UPDATE batch SET source = 'file'")
        find.look_after(session)
    piecewise = rows(db, tenant)
    with tenant_session(db, tenant) as session:
        find.find(session)
    assert rows(db, tenant) == piecewise
    with tenant_session(db, tenant) as session:
        assert "spike" in {one.rule for one in problems.listed(session)}
