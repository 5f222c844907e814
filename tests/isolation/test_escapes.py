"""Known ways out of a role, through every way a statement can be sent (I7)."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

import park
from tenants.db import Session, tenant_session
from tests.isolation.attempts import marks, refusal
from tests.isolation.churn import single
from tests.isolation.escapes import BLIND, REFUSED, STACKED, WHOLE
from tests.isolation.privileges import render
from tests.isolation.world import World, superuser

Send = Callable[[Session, str], list[Any]]


def _fetched(cursor: Any) -> list[Any]:
    found = cursor.fetchall() if cursor.description else []
    while cursor.nextset():
        found += cursor.fetchall() if cursor.description else []
    return list(found)


def _driver(**options: Any) -> Send:
    def send(session: Session, text: str) -> list[Any]:
        params = options.get("params")
        with session.driver.cursor() as cursor:
            return _fetched(cursor.execute(text, params, prepare=options.get("prepare"), binary=options.get("binary")))

    return send


def _alchemy(session: Session, text: str) -> list[Any]:
    result = session.execute(text.replace(":", "\\:").replace("\\:\\:", "::"))
    return list(result.all()) if result.returns_rows else []


def _alchemy_driver(session: Session, text: str) -> list[Any]:
    result = session.connection.exec_driver_sql(text)
    return list(result.all()) if result.returns_rows else []


def _server_cursor(session: Session, text: str) -> list[Any]:
    with session.driver.cursor("near") as cursor:
        return list(cursor.execute(text).fetchall())


def _stream(session: Session, text: str) -> list[Any]:
    with session.driver.cursor() as cursor:
        return list(cursor.stream(text))


def _copy(session: Session, text: str) -> list[Any]:
    return [session.copy_out(text)]


SENDERS: dict[str, Send] = {
    "execute": _driver(),
    "empty tuple": _driver(params=()),
    "empty list": _driver(params=[]),
    "prepare": _driver(prepare=True),
    "prepare with an empty tuple": _driver(params=(), prepare=True),
    "binary": _driver(binary=True),
    "text": _alchemy,
    "exec_driver_sql": _alchemy_driver,
    "server cursor": _server_cursor,
    "stream": _stream,
    "copy": _copy,
}


@pytest.fixture(scope="module", autouse=True)
def busy_neighbour(world: World) -> Iterator[None]:
    """The neighbour works meanwhile: its query's text and the statistics hold its canary."""
    with superuser(world, autocommit=True) as connection:
        connection.execute("ANALYZE")
        assert world.near in str(
            connection.execute("SELECT histogram_bounds FROM pg_stats WHERE tablename = 'flow_day'").fetchall()
        )
    with world.session(world.near) as session:
        session.execute(f"SELECT 'canary {world.near} of a query'")
        yield


@pytest.fixture(scope="module", autouse=True)
def unchanged(world: World) -> Iterator[None]:
    """Whatever was tried, roles, grants and policies are the same afterwards."""
    before = render(world)
    yield
    assert render(world) == before


def filled(world: World, text: str) -> str:
    """The escape with this world's names."""
    names = {"near": world.near, "mine": world.mine, "here": world.here, "there": world.there,
             "prefix": world.db.prefix, "database": world.installed.name}  # fmt: skip
    return re.sub(r"\{(\w+)\}", lambda match: names[match[1]], text)


def try_out(world: World, role: str, send: Send, text: str) -> str | None:
    """The SQLSTATE of the refusal, or None if the text ran; fails if anything foreign came back or the role is lost."""
    canaries = [f"canary {world.near}", f"canary {world.far}", *marks([world.near, world.far])[1::2]]
    with world.session(role) as session:
        try:
            seen, state = str(send(session, text)), None
        except (sa.exc.DBAPIError, psycopg.Error) as error:
            seen, state = str(getattr(error, "orig", error)) + str(getattr(getattr(error, "orig", error), "diag", None) and
                          getattr(error, "orig", error).diag.message_detail), refusal(error)  # fmt: skip
        assert not [one for one in canaries if one in seen], seen
        if state is None:
            assert session.scalar("SELECT current_user") == role
            with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
                session.rows(f'SELECT name FROM "{world.near}".site')
    return state


@pytest.mark.parametrize("name", REFUSED)
def test_single_statements_are_refused(world: World, name: str) -> None:
    for send in SENDERS.values():
        for role in (world.mine, world.here):
            assert try_out(world, role, send, filled(world, REFUSED[name])), name


@pytest.mark.parametrize("name", STACKED)
def test_stacked_statements_are_refused(world: World, name: str) -> None:
    for send in SENDERS.values():
        for role in (world.mine, world.here):
            assert try_out(world, role, send, filled(world, STACKED[name])), name


@pytest.mark.parametrize("name", BLIND)
def test_what_may_run_shows_nothing_foreign(world: World, name: str) -> None:
    for send in SENDERS.values():
        for role in (world.mine, world.here):
            try_out(world, role, send, filled(world, BLIND[name]))


def test_there_are_enough_of_them() -> None:
    assert len(REFUSED) >= 20
    assert len(STACKED) >= 5


@pytest.mark.parametrize("text", WHOLE)
def test_whole_statements_work_but_leave_the_next_tenant_alone(world: World, text: str) -> None:
    """They cannot be shut. What they set for the session is undone with the transaction unless it is committed."""
    pool = single(world)
    with tenant_session(pool.db, world.mine) as session:
        session.execute(filled(world, text))
        session.connection.rollback()
    pool.checkout(text)
    pool.whose(world.far)
    pool.db.app.dispose()
    assert not pool.faults


ROOT = Path(park.__file__).parents[1]
# Where a role is taken or a setting is made for more than a transaction; everywhere else it is a fault.
MAY_SWITCH = {"tenants/db.py", "park/migrations/versions/0002_walls.py", "park/setup.py"}
SWITCH = re.compile(
    r"(?:^|;|\*/)\s*(?:SET\s+(?:LOCAL\s+|SESSION\s+)?ROLE\b|RESET\s+ROLE|SET\s+(?:LOCAL\s+)?SESSION\s+AUTHORIZATION"
    r"|CREATE\s+(?:LOCAL\s+)?TEMP)|\bset_config\s*\(",
    re.IGNORECASE,
)
SESSION_SET = re.compile(
    r"(?:^|;)\s*(?:SET\s+(?!LOCAL\b|TRANSACTION\b)\w+\s*(?:=|TO\b)|SET\s+SESSION\b|LISTEN\s|DISCARD\s|DECLARE\s.*WITH\s+HOLD)"
)


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Every string constant of a module that is not a docstring, with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.lineno, node.value


@pytest.mark.parametrize("text", [one for one in WHOLE if one not in ("COMMIT", "ROLLBACK")])
def test_the_search_for_role_switches_knows_them(text: str) -> None:
    assert SWITCH.search(text) or SESSION_SET.search(text)


def test_nothing_but_the_sessions_takes_a_role_or_sets_for_the_session() -> None:
    found = []
    for room in ("tenants", "park", "dashboards"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for line, text in strings(path):
                if (SWITCH.search(text) and name not in MAY_SWITCH) or SESSION_SET.search(text):
                    found.append(f"{name}:{line}: {text[:80]}")
    assert found == []
