"""A serial is claimed once on the platform, and the refusal does not say by whom."""

from __future__ import annotations

import threading
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.types.range import Range

from tenants.db import tenant_session
from tests.isolation.attempts import refusal
from tests.isolation.world import World, superuser

TAKEN = "23P01"
CLAIM = "INSERT INTO shared.claim (id, tenant, registry, prefix, serials) VALUES (:id, :tenant, 'gec', :prefix, :serials)"


def claim(
    world: World, tenant: str, prefix: str, first: int, stop: int, *, named: str | None = None, keep: bool = False
) -> sa.exc.DBAPIError | None:
    """The error of a claim, or None if it is taken; kept only if asked."""
    given = {"id": uuid4(), "tenant": named or tenant, "prefix": prefix, "serials": Range(first, stop)}
    try:
        if keep:
            with tenant_session(world.db, tenant) as session:
                session.execute(CLAIM, given)
        else:
            with world.session(tenant) as session:
                session.execute(CLAIM, given)
    except sa.exc.DBAPIError as error:
        return error
    return None


@pytest.fixture
def claimed(world: World) -> str:
    """A prefix of which the far tenant holds serials 100 to 199."""
    prefix = uuid4().hex
    assert claim(world, world.far, prefix, 100, 200, keep=True) is None
    return prefix


@pytest.mark.parametrize(("first", "stop"), [(100, 200), (199, 300), (1, 101), (150, 151), (1, 1000)])
def test_overlapping_serials_are_refused_without_a_name(world: World, claimed: str, first: int, stop: int) -> None:
    error = claim(world, world.mine, claimed, first, stop)
    assert error is not None
    assert refusal(error) == TAKEN
    diagnostic = error.orig.diag  # type: ignore[union-attr]
    everything = " ".join(str(getattr(diagnostic, one)) for one in dir(diagnostic) if not one.startswith("_"))
    assert world.far not in everything + str(error.orig)
    assert diagnostic.message_detail == "Key conflicts with existing key."


def test_it_is_row_security_that_keeps_the_other_claim_out_of_the_answer(world: World, claimed: str) -> None:
    with superuser(world) as connection, pytest.raises(psycopg.errors.ExclusionViolation) as error:
        connection.execute(
            "INSERT INTO shared.claim (id, tenant, registry, prefix, serials) VALUES (%s, 'x', 'gec', %s, '[150, 151)')",
            (uuid4(), claimed),
        )
    assert "[100,200)" in str(error.value.diag.message_detail)


def test_the_answer_is_the_same_whoever_holds_it(world: World) -> None:
    prefix, other = uuid4().hex, uuid4().hex
    assert claim(world, world.far, prefix, 1, 9, keep=True) is None
    assert claim(world, world.near, other, 1, 9, keep=True) is None
    answers = [claim(world, world.mine, one, 1, 9) for one in (prefix, other)]
    texts = [str(one.orig).replace(prefix, "").replace(other, "") for one in answers if one is not None]
    assert len(texts) == 2
    assert len(set(texts)) == 1


def test_neighbouring_serials_are_free(world: World, claimed: str) -> None:
    assert claim(world, world.mine, claimed, 200, 300) is None
    assert claim(world, world.mine, claimed, 1, 100) is None


def test_nobody_claims_or_lets_go_for_another(world: World, claimed: str) -> None:
    error = claim(world, world.mine, uuid4().hex, 1, 2, named=world.near)
    assert error is not None
    assert refusal(error) == "42501"
    with world.session(world.mine) as session:
        assert session.rows("SELECT * FROM shared.claim WHERE prefix = :p", p=claimed) == []
        assert session.execute("DELETE FROM shared.claim WHERE prefix = :p", {"p": claimed}).rowcount == 0


def test_a_claim_is_not_changed_only_given_up(world: World) -> None:
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), world.session(world.mine) as session:
        session.execute("UPDATE shared.claim SET serials = '[1, 1000000)'")


def test_one_of_many_at_once_wins(world: World) -> None:
    prefix, won, lost = uuid4().hex, [], []

    def work(tenant: str) -> None:
        error = claim(world, tenant, prefix, 1, 10, keep=True)
        (won if error is None else lost).append(tenant if error is None else refusal(error))

    threads = [threading.Thread(target=work, args=(one,)) for one in (world.mine, world.near, world.far) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert set(lost) <= {TAKEN, psycopg.errors.DeadlockDetected.sqlstate}
