"""The same walls among 2,300 tenants: run once with `pytest -m long tests/isolation/test_many.py`."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import psycopg
import pytest
import sqlalchemy as sa

from park.access import park_session
from park.setup import verify_exits
from tenants.db import tenant_session
from tests.isolation.attempts import DENIED, Attacker, login
from tests.isolation.catalog import relations
from tests.isolation.churn import churn
from tests.isolation.crowd import crowd
from tests.isolation.policies import breaches, policies
from tests.isolation.world import World, superuser, throwaway

pytestmark = pytest.mark.long
TENANTS = 2300
PAIRS = 25


@dataclass(frozen=True)
class Crowd:
    """The world, and everybody else in it."""

    world: World
    names: list[str]


@pytest.fixture(scope="module")
def many(superuser: str) -> Iterator[Crowd]:
    """An installation with 2,300 tenants in two parks."""
    with throwaway(superuser) as world:
        start = time.monotonic()
        names = crowd(world, TENANTS - 3)
        print(f"\n{TENANTS} tenants: {time.monotonic() - start:.0f} s")
        yield Crowd(world, names)


def test_the_matrix_holds_for_sampled_pairs(many: Crowd) -> None:
    """The attacker, the neighbour and the stranger of the matrix are others each time."""
    chance = random.Random(23)
    tried = 0
    for _ in range(PAIRS):
        mine, near = chance.sample(many.names[::2], 2)  # both in the park here
        far = chance.choice(many.names[1::2])
        world = replace(many.world, mine=mine, near=near, far=far)
        outcomes = Attacker(world, mine).run(relations(world, near, far, "shared", "park_view", "summary", "jobs"))
        assert [str(one) for one in outcomes if not one.held] == []
        tried += len(outcomes)
    assert tried >= 10_000


def test_a_park_reaches_no_schema_of_2300_and_no_row_of_the_other_park(many: Crowd) -> None:
    world = many.world
    with park_session(world.db, world.here) as session:
        parks_tenants = {row.tenant for row in session.rows("SELECT tenant FROM flow_month")}
        assert session.rows("SELECT * FROM flow_day WHERE tenant NOT IN (SELECT name FROM tenant)") == []
        open_to_it = session.scalar(
            "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^t_' AND has_schema_privilege(oid, 'USAGE')"
        )
    with superuser(world) as connection:
        theirs = {name for (name,) in connection.execute("SELECT name FROM shared.tenant WHERE park = %s", (world.here,))}
    assert open_to_it == 0
    assert parks_tenants == theirs
    assert len(theirs) > 1000


def test_every_tenant_reads_its_own_row_and_only_its_own(many: Crowd) -> None:
    for name in many.names:
        with tenant_session(many.world.db, name) as session:
            assert session.rows("SELECT name FROM site") == [(f"canary {name}",)]
            assert session.rows("SELECT tenant FROM shared.flow_month") == [(name,)]


def test_each_tenant_enters_exactly_one_tenants_schema(many: Crowd) -> None:
    with superuser(many.world) as connection:
        wrong = connection.execute(
            "SELECT r.rolname, n.nspname FROM pg_roles r JOIN pg_namespace n "
            "ON has_schema_privilege(r.oid, n.oid, 'USAGE') <> (r.rolname = n.nspname) "
            "WHERE r.rolname = ANY(%s) AND n.nspname ~ '^t_'",
            (random.Random(5).sample(many.names, 200),),
        ).fetchall()
    assert wrong == []


@pytest.mark.parametrize("side", ["app", "viewer"])
def test_a_login_without_a_role_sees_none_of_them(many: Crowd, side: str) -> None:
    world = many.world
    engine = {"app": world.db.app, "viewer": world.db.viewer}[side]
    sample = random.Random(11).sample(many.names, 20)
    outcomes = Attacker(world, world.role(side), lambda: login(world, engine)).run(relations(world, *sample, "shared"))
    assert {one.state for one in outcomes} == {DENIED}


def test_the_viewer_became_nobodys_member(many: Crowd) -> None:
    with superuser(many.world) as connection:
        assert connection.execute(
            "SELECT count(*) FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles r ON r.oid = a.roleid "
            "WHERE m.rolname = %s AND r.rolname ~ '^t_'",
            (many.world.role("viewer"),),
        ).fetchone() == (0,)  # fmt: skip


def test_policies_hold_and_matter(many: Crowd) -> None:
    for one in policies(many.world):
        assert breaches(many.world, one, without=False) == [], str(one)
        assert breaches(many.world, one, without=True), str(one)


def test_the_pool_and_the_check_at_start(many: Crowd) -> None:
    assert churn(many.world, rounds=2) == []
    with psycopg.connect(many.world.superuser) as connection:
        start = time.monotonic()
        verify_exits(connection, many.world.db.prefix)
        assert time.monotonic() - start < 5


def test_a_name_nearly_right_is_nobodys(many: Crowd) -> None:
    with many.world.session(many.names[0]) as session, pytest.raises(sa.exc.ProgrammingError):
        session.rows(f'SELECT * FROM "{many.names[1][:-1]}0".site')
