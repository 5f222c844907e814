"""Each wall stops its attack, and the same attack gets through once that wall alone is gone."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from park.setup import CLOSED_FUNCTIONS, ExitsOpen, verify_exits
from tests.isolation.exits import BY_FUNCTION
from tests.isolation.walls import EXITS, WALLS, Wall
from tests.isolation.world import World, throwaway


@pytest.fixture
def own_world(superuser: str) -> Iterator[World]:
    """An installation of its own for each wall that is torn down."""
    with throwaway(superuser) as made:
        yield made


@pytest.mark.parametrize("wall", [*WALLS, *EXITS], ids=lambda wall: wall.name)
def test_the_wall_stands(world: World, wall: Wall) -> None:
    assert not wall.attack(world)


@pytest.mark.parametrize("wall", WALLS, ids=lambda wall: wall.name)
def test_without_it_the_attack_gets_through(own_world: World, wall: Wall) -> None:
    with wall.remove(own_world):
        assert wall.attack(own_world)
        assert (exits(own_world) != "closed") == wall.seen_at_start


@pytest.fixture(scope="module")
def open_world(superuser: str) -> Iterator[World]:
    """One installation in which each exit is opened and shut again."""
    with throwaway(superuser) as made:
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
