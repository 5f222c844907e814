"""The registry and what hangs on it: who may say that a tenant is somebody's, may do something, has published."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa

from park import members
from park.access import park_session
from tests.isolation.attempts import DENIED, refusal
from tests.isolation.exits import named
from tests.isolation.world import World

NEW = "INSERT INTO shared.tenant (name, park, title, held, state, timezone, region) VALUES "
DAY = (
    "INSERT INTO shared.flow_day (tenant, site, flow, day, park, zone, region, quantity, measured, estimated, backed, "
    "missing, expected) VALUES ('{tenant}', gen_random_uuid(), 'grid_in', '2026-01-01', '{park}', '', '', 1, 1, 0, 0, 0, 1440)"
)
MARK = "INSERT INTO shared.mark (id, tenant, kind) VALUES (gen_random_uuid(), '{tenant}', '{kind}')"


def refused(world: World, role: str, statement: str) -> str | int:
    """The SQLSTATE of the refusal, or the number of rows the statement changed."""
    try:
        with world.session(role) as session:
            return session.execute(named(world, statement)).rowcount
    except sa.exc.DBAPIError as error:
        return refusal(error)


@pytest.mark.parametrize("statement", [
    "UPDATE shared.tenant SET park = '{there}'", "UPDATE shared.tenant SET state = 'active'",
    "UPDATE shared.tenant SET held = false",
    "UPDATE shared.tenant SET name = '{near}'", "UPDATE shared.tenant SET version = 'x'", "UPDATE shared.tenant SET title = 'x'",
    "DELETE FROM shared.tenant", NEW + "('t_new', '{here}', 'x', true, 'provisioning', 'Asia/Shanghai', '重庆')",
    "UPDATE shared.park SET title = 'x'", "DELETE FROM shared.park",
])  # fmt: skip
def test_a_tenant_changes_nothing_of_the_registry_but_its_consent(world: World, statement: str) -> None:
    assert refused(world, world.mine, statement) == DENIED


def test_a_tenant_changes_its_own_consent_only(world: World) -> None:
    assert refused(world, world.mine, "UPDATE shared.tenant SET consent = 'day'") == 1
    assert refused(world, world.mine, "UPDATE shared.tenant SET consent = 'day' WHERE name = '{near}'") == 0
    assert refused(world, world.mine, "UPDATE shared.tenant SET consent = 'everything'") == "23514"


def test_a_tenant_publishes_for_itself_in_its_own_park_only(world: World) -> None:
    assert refused(world, world.mine, DAY.format(tenant=world.mine, park=world.here)) == 1
    assert refused(world, world.mine, DAY.format(tenant=world.mine, park=world.there)) == DENIED
    assert refused(world, world.mine, DAY.format(tenant=world.near, park=world.here)) == DENIED
    assert refused(world, world.mine, DAY.format(tenant=world.far, park=world.there)) == DENIED
    assert refused(world, world.mine, "UPDATE shared.flow_month SET park = '{there}'") == DENIED


@pytest.mark.parametrize(("who", "whose", "kind", "allowed"), [
    ("mine", "mine", "publish", True), ("mine", "mine", "quality", True), ("mine", "near", "quality", False),
    ("mine", "mine", "provision", False), ("mine", "mine", "erase", False), ("mine", "mine", "nightly", False),
    ("mine", "near", "publish", False), ("mine", "near", "provision", False), ("mine", "far", "provision", False),
    ("here", "mine", "provision", True), ("here", "mine", "publish", True),
    ("here", "mine", "erase", False), ("here", "mine", "summaries", False), ("here", "far", "provision", False),
])  # fmt: skip
def test_marks_are_for_oneself_and_of_the_permitted_kinds(world: World, who: str, whose: str, kind: str, allowed: bool) -> None:
    statement = MARK.format(tenant=getattr(world, whose), kind=kind)
    assert refused(world, getattr(world, who), statement) == (1 if allowed else DENIED)


def test_a_mark_is_neither_dated_nor_closed_by_who_leaves_it(world: World) -> None:
    for column, value in (("at", "'2000-01-01'"), ("done", "now()"), ("error", "'x'")):
        statement = (
            f"INSERT INTO shared.mark (id, tenant, kind, {column}) VALUES (gen_random_uuid(), '{{mine}}', 'publish', {value})"
        )
        assert refused(world, world.mine, statement) == DENIED
    assert refused(world, world.mine, "UPDATE shared.mark SET done = now()") == DENIED
    assert refused(world, world.mine, "DELETE FROM shared.mark") == DENIED


@pytest.mark.parametrize(("statement", "answer"), [
    ("UPDATE shared.tenant SET state = 'suspended' WHERE name = '{mine}'", 1),
    ("UPDATE shared.tenant SET state = 'suspended' WHERE name = '{far}'", 0),
    ("UPDATE shared.tenant SET state = 'erased' WHERE name = '{mine}'", DENIED),
    ("UPDATE shared.tenant SET park = '{there}' WHERE name = '{mine}'", DENIED),
    ("UPDATE shared.tenant SET consent = 'interval'", DENIED),
    ("UPDATE shared.tenant SET held = true", DENIED),
    ("UPDATE shared.tenant SET version = NULL", DENIED),
    ("UPDATE shared.tenant SET timezone = 'UTC'", DENIED),
    ("DELETE FROM shared.tenant", DENIED),
    (NEW + "('t_new', '{here}', 'x', true, 'provisioning', 'Asia/Shanghai', '重庆')", 1),
    (NEW + "('t_new', '{here}', 'x', false, 'provisioning', 'Asia/Shanghai', '重庆')", DENIED),
    (NEW + "('t_new', '{here}', 'x', true, 'active', 'Asia/Shanghai', '重庆')", DENIED),
    (NEW + "('t_new', '{there}', 'x', true, 'provisioning', 'Asia/Shanghai', '重庆')", DENIED),
    ("UPDATE shared.park SET name = '{there}'", DENIED),
    ("UPDATE shared.park SET timezone = 'UTC'", DENIED),
    ("UPDATE shared.park SET demo = true", DENIED),
    ("UPDATE shared.park SET title = 'x' WHERE name = '{there}'", 0),
])  # fmt: skip
def test_a_park_decides_over_its_tenants_membership_and_nothing_else(world: World, statement: str, answer: str | int) -> None:
    assert refused(world, world.here, statement) == answer


def test_a_park_registers_a_held_firm_through_the_program(world: World) -> None:
    with world.session(world.here) as session:
        name = members.register(session, park=world.here, title=f"代填 {uuid4().hex}", actor="park", held=True)
        assert session.scalar("SELECT state FROM shared.tenant WHERE name = :n", n=name) == "provisioning"
        assert session.scalar("SELECT consent FROM shared.tenant WHERE name = :n", n=name) == "month"


def test_a_park_cannot_register_a_firm_into_another_park(world: World) -> None:
    with pytest.raises(members.NotFound), park_session(world.db, world.here) as session:
        members.register(session, park=world.there, title="x", actor="park", held=True)


@pytest.mark.parametrize("column", ["name", "park", "timezone", "version", "created"])
def test_what_never_changes_in_a_tenants_life_accounts_cannot_change(world: World, column: str) -> None:
    assert refused(world, world.role("accounts"), f"UPDATE shared.tenant SET {column} = {column}") == DENIED


def test_the_worker_moves_states_and_marks_only(world: World) -> None:
    worker = world.role("worker")
    assert refused(world, worker, "UPDATE shared.tenant SET state = 'active' WHERE name = '{mine}'") == 1
    assert refused(world, worker, "UPDATE shared.tenant SET consent = 'day'") == DENIED
    assert refused(world, worker, "UPDATE shared.tenant SET park = '{there}'") == DENIED
    assert refused(world, worker, MARK.format(tenant=world.mine, kind="publish")) == DENIED
    assert refused(world, worker, "SELECT * FROM shared.token") == DENIED
