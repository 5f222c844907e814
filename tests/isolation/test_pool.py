"""A pooled connection never carries a role, a transaction or anything else from one tenant to the next (I4, I5)."""

from __future__ import annotations

import threading

from tenants.db import tenant_session
from tests.isolation.churn import churn, single
from tests.isolation.removal import without_set_local
from tests.isolation.world import World


def test_nothing_survives_on_a_pooled_connection(world: World) -> None:
    assert churn(world, rounds=4) == []


def test_the_same_test_sees_a_role_set_for_the_session(world: World) -> None:
    with without_set_local():
        faults = churn(world, rounds=1)
    assert any(world.near in fault or world.far in fault for fault in faults)


def test_threads_that_share_two_connections_meet_their_own_rows_only(world: World) -> None:
    pool = single(world)
    wrong: list[str] = []

    def work(tenant: str) -> None:
        for _ in range(60):
            with tenant_session(pool.db, tenant) as session:
                if tenant not in str(session.scalar("SELECT name FROM site")):
                    wrong.append(tenant)

    threads = [threading.Thread(target=work, args=(one,)) for one in (world.mine, world.near, world.far) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool.db.app.dispose()
    assert not wrong
