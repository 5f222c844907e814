"""kill -9 at any moment of an upload, a roll-up or a migration: what stands is before or after, never between,
and the same work done again completes it."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from park import members, parks
from park.installation import Installation
from tenants import provision, publish
from tenants.db import tenant_session
from tests.commanding import CommandLine, environment, tear_down
from tests.victim import Victim

POINTS = [pytest.param(1), pytest.param(50, marks=pytest.mark.long)]
ROWS = 60 * 96
PUBLISHED = ("flow_day", "flow_month", "flow_curve")


class Ground:
    """An installation of its own, and files to upload."""

    def __init__(self, superuser: str, folder: Path) -> None:
        self.environ = environment(superuser, folder / "home")
        self.house: Installation = CommandLine(self.environ).house()
        self.superuser = psycopg.conninfo.make_conninfo(superuser, dbname=self.house.database)
        made = parks.create(self.house.db, self.house.owner, title="any moment", province="重庆", actor="test")
        self.park, self.folder, self.count = made["park"], folder, 0

    def tenant(self) -> str:
        """A fresh tenant."""
        self.count += 1
        return members.create(self.house.db, self.house.owner, park=self.park, title=f"firm {self.count}", actor="test")

    def file(self) -> Path:
        """Sixty days of quarter hours."""
        path = self.folder / "readings.csv"
        lines = ["时间,有功电量(kWh)"]
        lines += [
            f"2025-{1 + d // 28:02}-{1 + d % 28:02} {q // 4:02}:{q % 4 * 15:02},{q + d / 100:.2f}"
            for d in range(60)
            for q in range(96)
        ]
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    def digest(self, *tables: str) -> str:
        """What the shared tables hold."""
        with psycopg.connect(self.superuser) as connection:
            told = []
            for table in tables:
                query = sql.SQL("SELECT to_jsonb(t) - 'changed' - 'at' FROM shared.{} t").format(sql.Identifier(table))
                told += sorted(json.dumps(row[0], sort_keys=True) for row in connection.execute(query))
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


@pytest.fixture
def ground(superuser: str, tmp_path: Path) -> Iterator[Ground]:
    found = Ground(superuser, tmp_path)
    yield found
    tear_down(found.house, superuser)


def pair(ground: Ground, work: str, *words: object) -> tuple[Victim, Victim]:
    """One to be killed and one to do the same work after it; they get ready together."""
    return Victim(ground.environ, work, *words), Victim(ground.environ, work, *words)


def stored(ground: Ground, tenant: str) -> tuple[int, int, int]:
    """Intervals, imports, published days."""
    with tenant_session(ground.house.db, tenant) as session:
        assert publish.check(session) == []
        days = session.scalar("SELECT count(*) FROM curve")
        imports = session.scalar("SELECT count(*) FROM batch")
        shown = session.scalar("SELECT count(*) FROM shared.flow_day WHERE measured > 0")
    return int(days), int(imports), int(shown)


@pytest.mark.parametrize("points", POINTS)
def test_an_upload(ground: Ground, points: int) -> None:
    path = ground.file()
    tenant = ground.tenant()
    assert Victim(ground.environ, "upload", tenant, path).finish() > 0
    whole, dice, seen = stored(ground, tenant), random.Random(points), set()
    assert whole[0] == whole[2] == 60
    took = Victim(ground.environ, "upload", ground.tenant(), path).finish()
    for _ in range(points):
        tenant = ground.tenant()
        first, second = pair(ground, "upload", tenant, path)
        first.killed_after(dice.uniform(0.0, 1.1 * took))
        found = stored(ground, tenant)
        assert found in ((0, 0, 0), whole)
        seen.add(found)
        second.finish()
        assert stored(ground, tenant)[::2] == whole[::2]
    assert points < 50 or len(seen) == 2


@pytest.mark.parametrize("points", POINTS[1:])
def test_a_roll_up(ground: Ground, points: int) -> None:
    tenant = ground.tenant()
    Victim(ground.environ, "upload", tenant, ground.file()).finish()
    after, dice, seen = ground.digest(*PUBLISHED), random.Random(points), set()
    damage(ground)
    before = ground.digest(*PUBLISHED)
    assert before != after
    took = Victim(ground.environ, "roll_up", tenant).finish()
    assert ground.digest(*PUBLISHED) == after
    for _ in range(points):
        damage(ground)
        first, second = pair(ground, "roll_up", tenant)
        first.killed_after(dice.uniform(0.0, 1.1 * took))
        found = ground.digest(*PUBLISHED)
        assert found in (before, after)
        seen.add(found)
        second.finish()
        assert ground.digest(*PUBLISHED) == after
    assert points < 50 or len(seen) == 2


def damage(ground: Ground) -> None:
    """A published sum that no meter bears out."""
    with psycopg.connect(ground.superuser) as connection:
        connection.execute("UPDATE shared.flow_day SET quantity = quantity + 1")


@pytest.mark.parametrize("points", POINTS[1:])
def test_a_migration(ground: Ground, points: int) -> None:
    tenants = [ground.tenant() for _ in range(7)]
    dice, seen = random.Random(points), set()
    took = Victim(ground.environ, "migrate").finish()
    assert revisions(ground, tenants) == {("next", True)}
    for _ in range(points):
        back(ground, tenants)
        first, second = pair(ground, "migrate")
        first.killed_after(dice.uniform(0.0, 1.1 * took))
        found = revisions(ground, tenants)
        assert all((version == "next") == changed for version, changed in found), found
        seen |= found
        second.finish()
        assert revisions(ground, tenants) == {("next", True)}
    assert points < 50 or len(seen) == 2


def revisions(ground: Ground, tenants: list[str]) -> set[tuple[str, bool]]:
    """Revision and whether column and index are there, of each tenant; half a change is an error."""
    found = set()
    with psycopg.connect(ground.superuser) as connection:
        for tenant in tenants:
            row = connection.execute(
                "SELECT version, to_regclass(%(index)s) IS NOT NULL, (SELECT count(*) FROM information_schema.columns WHERE "
                "table_schema = %(tenant)s AND table_name = 'activity' AND column_name = 'later') FROM shared.tenant "
                "WHERE name = %(tenant)s", {"tenant": tenant, "index": f"{tenant}.activity_later_idx"},
            ).fetchone()  # fmt: skip
            assert row is not None
            assert row[1] == bool(row[2])
            found.add((row[0], row[1]))
    return found


def back(ground: Ground, tenants: list[str]) -> None:
    """Takes the change back."""
    with psycopg.connect(ground.superuser) as connection:
        for tenant in tenants:
            connection.execute(sql.SQL("ALTER TABLE {}.activity DROP COLUMN later").format(sql.Identifier(tenant)))
        connection.execute("UPDATE shared.tenant SET version = %s", (provision.head(),))
