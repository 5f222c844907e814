"""A tenant's mark becomes work of the worker; a crash between the two repeats it."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import psycopg
import pytest

from park import jobs, members
from park.access import accounts_session, park_session
from park.config import Settings
from park.installation import Installation
from tenants import requests
from tenants.db import Database, tenant_session
from tenants.quality import problems
from tests.databases import Installed
from tests.tenants.calc.quality.histories import workshop
from tests.tenants.readings import send, series


class Here(Installation):
    """An installation in the tests' database."""

    made: Installed

    def dsn(self, login: str) -> str:
        return psycopg.conninfo.make_conninfo(
            self.made.superuser, user=f"{self.made.db.prefix}_{login}", password=self.made.passwords[login]
        )


@pytest.fixture
def house(installed: Installed, tmp_path: Path) -> Here:
    found = Here(Settings(home=tmp_path), None, installed.db.prefix, installed.name)  # type: ignore[arg-type]
    found.__dict__.update(made=installed, db=installed.db, owner=installed.owner)
    return found


def waiting(house: Here, tenant: str) -> int:
    with accounts_session(house.db) as session:
        return int(session.scalar("SELECT count(*) FROM shared.mark WHERE done IS NULL AND tenant = :t", t=tenant))


async def work_off(house: Here) -> None:
    app = jobs.build(house)
    async with app.open_async():
        await jobs.drain(house, app)
        await app.run_worker_async(wait=False, install_signal_handlers=False)


def test_joining_provisions(house: Here, park: str, db: Database) -> None:
    with accounts_session(db) as session:
        tenant = members.register(session, park=park, title="Newcomer", actor="test")
    assert waiting(house, tenant) == 1
    asyncio.run(work_off(house))
    assert waiting(house, tenant) == 0
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM state") == 1
    with park_session(db, park) as session:
        assert session.scalar("SELECT state FROM tenant WHERE name = :name", name=tenant) == "active"


def test_a_mark_drained_twice_makes_one_tenant(house: Here, park: str, db: Database) -> None:
    with accounts_session(db) as session:
        tenant = members.register(session, park=park, title="Twice", actor="test")
        members.ask(session, tenant, "provision")
    asyncio.run(work_off(house))
    asyncio.run(work_off(house))
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM state") == 1


def test_the_night_finds_what_differs(house: Here, tenant: str, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "listed", lambda _: [row for row in _rows(db) if row.name == tenant])
    assert jobs.nightly(house) == {}
    from tests.published import publish

    publish(db, tenant, dt.date(2026, 1, 1), "grid_in", 5)  # a month that no fact supports
    assert list(jobs.nightly(house)) == [tenant]


def _rows(db: Database) -> Any:
    with accounts_session(db) as session:
        return session.rows("SELECT name, state FROM shared.tenant WHERE state = 'active'")


def test_summaries_are_made(house: Here, park: str) -> None:
    assert jobs.make_summaries(house) >= 1


def test_what_came_in_is_looked_at_by_the_worker(house: Here, tenant: str, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "QUIET_S", 0)
    values: list[int | None] = [int(one) for one in workshop(30)]
    values[20 * 96 + 40] = 900_000
    send(db, tenant, series("m", "2026-02-01", values), today=dt.date(2026, 3, 3))
    assert waiting(house, tenant) == 1
    asyncio.run(work_off(house))
    with tenant_session(db, tenant) as session:
        assert "spike" in {one.rule for one in problems.listed(session)}
    with accounts_session(db) as session:
        assert session.scalar("SELECT count(*) FROM shared.mark WHERE tenant = :t AND kind = 'quality'", t=tenant) == 0


def test_the_night_forgets_old_answers(house: Here, tenant: str) -> None:
    with tenant_session(house.db, tenant) as session:
        old = requests.Request.of("lya", "k", b"body")
        requests.keep(session, old, requests.Answer(200, "{}"))
        session.execute("UPDATE request SET at = at - interval '8 days'")
    jobs.nightly(house)
    with tenant_session(house.db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM request") == 0
