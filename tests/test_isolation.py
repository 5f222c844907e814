"""With the program's own checks switched off, the database refuses every foreign read and write (I3)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tenants.models.own import metadata as own
from tests.isolation.attempts import DENIED, Attacker, login, marks, refusal
from tests.isolation.catalog import Relation, relations
from tests.isolation.world import World, superuser

NO_SUCH_TABLE = "42P01"  # a schema that may not be used is passed over in the search path


def broken(attacker: Attacker, among: list[Relation]) -> list[str]:
    """The attempts that got through."""
    outcomes = attacker.run(among)
    assert len(outcomes) >= 3 * len(among)  # every relation was attacked in several ways
    return [str(one) for one in outcomes if not one.held]


def test_there_is_something_to_steal_everywhere(world: World) -> None:
    empty = []
    with superuser(world) as connection:
        for relation in relations(world, world.mine, world.near, world.far, "shared"):
            if relation.model is None:
                continue
            owners = marks([relation.schema] if relation.schema.startswith("t_") else world.foreign(world.mine))
            texts = [one for (one,) in connection.execute(f"SELECT x::text FROM {relation.sql} AS x")]  # type: ignore[arg-type]
            names_itself = any(mark in text for mark in owners for text in texts)
            if not (names_itself or (relation.schema.startswith("t_") and texts)):
                empty.append(relation.sql)
    assert not empty


@pytest.mark.parametrize("who", ["mine", "here", "regulator", "auditor", "consent"])
def test_no_role_reaches_foreign_rows_by_qualified_names(world: World, who: str) -> None:
    role = {"mine": world.mine, "here": world.here}.get(who) or world.role(who)
    assert broken(Attacker(world, role), [one for one in relations(world) if one.schema != role]) == []


@pytest.mark.parametrize("side", ["app", "viewer"])
def test_a_login_that_took_no_role_sees_nothing(world: World, side: str) -> None:
    engine = {"app": world.db.app, "viewer": world.db.viewer}[side]
    attacker = Attacker(world, world.role(side), lambda: login(world, engine))
    outcomes = attacker.run(relations(world))
    assert {one.state for one in outcomes} == {DENIED}


# What accounts and worker have to do with; everything else is somebody's figures.
OF_PEOPLE = {"user", "membership", "user_session", "login_code", "invitation", "token", "outbox", "throttle"}
OF_BOTH = {"tenant", "park", "audit", "mark", "claimed"}


@pytest.mark.parametrize("who", ["accounts", "worker"])
def test_accounts_and_worker_reach_no_measured_figure(world: World, who: str) -> None:
    theirs = {"accounts": OF_PEOPLE | OF_BOTH | {"alembic_version"}, "worker": OF_BOTH}[who]
    schemas = {"accounts": (), "worker": ("jobs",)}[who]
    shut = [one for one in relations(world) if one.schema not in schemas and not (one.schema == "shared" and one.name in theirs)]
    outcomes = Attacker(world, world.role(who)).run(shut)
    assert {one.state for one in outcomes} == {DENIED}


def test_a_wrong_search_path_finds_nothing(world: World) -> None:
    for table in own.sorted_tables:
        with pytest.raises(sa.exc.ProgrammingError) as error, world.session(path=f'"{world.near}"') as session:
            session.rows(f'SELECT * FROM "{table.name}"')
        assert refusal(error.value) == NO_SUCH_TABLE


def test_a_wrong_translate_map_finds_nothing(world: World) -> None:
    for table in own.sorted_tables:
        with pytest.raises(sa.exc.ProgrammingError) as error, world.session() as session:
            session.connection.execution_options(schema_translate_map={None: world.near}).execute(sa.select(table)).all()
        assert refusal(error.value) == DENIED


def test_own_rows_are_reached_by_the_same_statements(world: World) -> None:
    """The walls do not hold because everything is shut."""
    with world.session() as session:
        for table in own.sorted_tables:
            assert session.scalar(f'SELECT count(*) FROM "{table.name}"') == 1, table.name
        assert session.scalar("SELECT count(*) FROM shared.flow_day") == 1
        assert session.execute("DELETE FROM shared.flow_day").rowcount == 1
