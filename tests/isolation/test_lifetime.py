"""A session is one transaction of one tenant; after it nothing can be read through it (I6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from park.access import accounts_session, park_session
from tenants.db import TenantSession, tenant_session
from tenants.errors import NotFound
from tests.isolation.churn import single
from tests.isolation.world import World

USES: dict[str, Callable[[TenantSession], object]] = {
    "rows": lambda session: session.rows("SELECT name FROM site"),
    "row": lambda session: session.row("SELECT name FROM site"),
    "scalar": lambda session: session.scalar("SELECT name FROM site"),
    "execute": lambda session: session.execute("SELECT name FROM site"),
    "write": lambda session: session.execute("UPDATE state SET revision = 0"),
    "copy_out": lambda session: session.copy_out("COPY site TO STDOUT"),
    "copy_in": lambda session: session.copy_in("COPY site FROM STDIN", b""),
    "lock": lambda session: session.lock(),
    "driver": lambda session: session.driver,
}


@pytest.mark.parametrize("use", USES)
def test_a_session_is_dead_after_its_transaction(world: World, use: str) -> None:
    pool = single(world)
    with tenant_session(pool.db, world.near) as kept:
        assert world.near in str(kept.scalar("SELECT name FROM site"))
    with tenant_session(pool.db, world.far), pytest.raises(sa.exc.ResourceClosedError):  # the same connection lives on
        USES[use](kept)
    pool.db.app.dispose()


def test_a_session_is_dead_after_an_error(world: World) -> None:
    pool = single(world)
    with pytest.raises(RuntimeError), tenant_session(pool.db, world.near) as kept:
        raise RuntimeError
    with tenant_session(pool.db, world.far), pytest.raises(sa.exc.ResourceClosedError):
        kept.rows("SELECT name FROM site")
    pool.db.app.dispose()


def test_a_result_kept_past_its_transaction_holds_its_own_rows_only(world: World) -> None:
    pool = single(world)
    with tenant_session(pool.db, world.near) as session:
        result = session.execute("SELECT name FROM site")
    with tenant_session(pool.db, world.far) as other:
        other.rows("SELECT name FROM site")
        try:
            seen = [str(one) for one in result]
        except sa.exc.ResourceClosedError:
            seen = []
    pool.db.app.dispose()
    assert all(world.far not in one for one in seen)


def end_and_read(session: TenantSession, ending: str) -> None:
    """Ends the transaction by a statement and goes on reading."""
    session.execute(ending)
    session.rows(f'SELECT name FROM "{session.tenant}".site')


@pytest.mark.parametrize("ending", ["COMMIT", "ROLLBACK", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN"])
def test_a_transaction_ended_from_within_leaves_a_role_with_no_rights(world: World, ending: str) -> None:
    with (
        pytest.raises(sa.exc.ProgrammingError, match=r"permission denied"),
        tenant_session(world.db, world.near) as session,
    ):
        end_and_read(session, ending)


def test_a_tenant_may_count_on_from_its_own_numbers_only(world: World) -> None:
    """A restored tenant does so."""
    with world.session() as session:
        assert session.scalar("SELECT setval(pg_get_serial_sequence('channel', 'id'), 77)") == 77
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), world.session() as session:
        session.scalar(f"SELECT setval('{world.near}.channel_id_seq', 77)")


def test_a_savepoint_keeps_the_role(world: World) -> None:
    with world.session(world.near) as session:
        with session.connection.begin_nested():
            session.execute("UPDATE state SET revision = 5")
        nested = session.connection.begin_nested()
        nested.rollback()
        assert session.scalar("SELECT current_user") == world.near


@pytest.mark.parametrize("name", [
    "{prefix}_accounts", "{prefix}_worker", "{prefix}_app", "none", "NONE", "postgres", "{here}", "t_other_0123456789ab", "",
    '{near}" ; RESET ROLE; --', "{near}\n", "t_{prefix}_0123456789ab", "pg_monitor", "public",
])  # fmt: skip
def test_only_a_tenants_name_opens_a_tenant_session(world: World, name: str) -> None:
    given = name.format(prefix=world.db.prefix, here=world.here, near=world.near)
    with pytest.raises(NotFound), tenant_session(world.db, given) as session:
        session.execute("SELECT 1")


@pytest.mark.parametrize("name", ["{prefix}_regulator", "{prefix}_viewer", "{near}", "none", "p_{prefix}_0123456789ab"])
def test_only_a_parks_name_opens_a_park_session(world: World, name: str) -> None:
    given = name.format(prefix=world.db.prefix, near=world.near)
    with pytest.raises(NotFound), park_session(world.db, given) as session:
        session.execute("SELECT 1")


def test_the_other_sessions_take_their_own_roles(world: World) -> None:
    with accounts_session(world.db) as session:
        assert session.scalar("SELECT current_user") == world.role("accounts")
    with park_session(world.db, world.here) as session:
        assert session.scalar("SELECT current_user") == world.here
