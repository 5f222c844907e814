"""Each wall stops its attack, and the same attack gets through once that wall alone is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest

from park import setup
from park.setup import CLOSED_FUNCTIONS, ExitsOpen, verify_exits
from tests.isolation.exits import BY_FUNCTION
from tests.isolation.walls import EXITS, WALLS, Wall
from tests.isolation.world import World, copied, throwaway

OF_ROLES = ("the login is no superuser", "the login inherits no tenant", "the viewer is no tenant's member")


@pytest.fixture(scope="module")
def original(superuser: str) -> Iterator[World]:
    """An installation for these tests alone."""
    with throwaway(superuser) as made:
        yield made


@pytest.fixture
def own_world(superuser: str, original: World) -> Iterator[World]:
    """A copy of it for each wall that is torn down."""
    with copied(superuser, original) as made:
        yield made


@pytest.mark.parametrize("wall", [*WALLS, *EXITS], ids=lambda wall: wall.name)
def test_the_wall_stands(world: World, wall: Wall) -> None:
    assert not wall.attack(world)


@pytest.mark.parametrize("wall", WALLS, ids=lambda wall: wall.name)
def test_without_it_the_attack_gets_through(own_world: World, wall: Wall) -> None:
    with wall.remove(own_world):
        assert wall.attack(own_world)
        assert (wall.seen_at_start or "closed") in exits(own_world)
    assert wall.name not in OF_ROLES or not wall.attack(own_world)  # roles outlive the copy


@pytest.fixture(scope="module")
def open_world(superuser: str, original: World) -> Iterator[World]:
    """A copy in which each exit is opened and shut again."""
    with copied(superuser, original) as made:
        yield made


@pytest.mark.parametrize("wall", EXITS, ids=lambda wall: wall.name)
def test_through_an_open_exit_the_attack_gets_out(open_world: World, wall: Wall) -> None:
    with wall.remove(open_world):
        assert wall.attack(open_world)
        assert wall.name.removeprefix("exit ") in exits(open_world)
    assert not wall.attack(open_world)
    assert exits(open_world) == "closed"


def exits(world: World) -> str:
    """What the check at each start says."""
    with psycopg.connect(world.superuser) as connection:
        try:
            verify_exits(connection, world.db.prefix)
        except ExitsOpen as error:
            return error.message
    return "closed"


def test_every_exit_that_setup_closes_has_an_attack() -> None:
    assert set(BY_FUNCTION) == set(CLOSED_FUNCTIONS)


def test_every_reason_not_to_start_has_a_wall_with_a_twin() -> None:
    reasons = {one.replace("''", "'").strip() for one in re.findall(r"SELECT '((?:[^']|'')+)'", setup._OPEN)}
    assert len(reasons) >= 7
    assert reasons == {
        wall.seen_at_start.removesuffix(" plpgsql").removesuffix(" public") for wall in WALLS if wall.seen_at_start
    }


def test_every_trigger_and_every_view_that_asks_for_consent_has_a_twin(world: World) -> None:
    with psycopg.connect(world.superuser) as connection:
        triggers = connection.execute(
            "SELECT 'trigger ' || tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid "
            "WHERE c.relnamespace = 'shared'::regnamespace AND NOT tgisinternal"
        ).fetchall()
        views = connection.execute(
            "SELECT 'view ' || viewname FROM pg_views WHERE schemaname = 'park_view' AND definition LIKE '%t.consent =%'"
        ).fetchall()
    assert len(views) >= 3
    assert {name for (name,) in (*triggers, *views)} == {wall.guards for wall in WALLS if wall.guards}
