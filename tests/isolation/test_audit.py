"""The audit: everybody adds lines in its own name, nobody takes one away or dates it."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa

from park.access import accounts_session
from tenants import audit
from tenants.db import TenantSession, tenant_session
from tests.isolation.attempts import DENIED, refusal
from tests.isolation.world import World, superuser

CHANGES = (
    "UPDATE shared.audit SET action = 'other.thing'", "UPDATE shared.audit SET facts = '{}'",
    "UPDATE shared.audit SET at = now()",
    "UPDATE shared.audit SET actor = 'nobody'", "DELETE FROM shared.audit", "TRUNCATE shared.audit",
    "MERGE INTO shared.audit AS a USING (SELECT 1) AS s ON true WHEN MATCHED THEN DELETE",
)  # fmt: skip


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("who", ["tenant", "park", "accounts", "worker", "regulator"])
def test_nobody_changes_a_line(world: World, who: str, statement: str) -> None:
    role = {"tenant": world.mine, "park": world.here}.get(who) or world.role(who)
    with pytest.raises(sa.exc.ProgrammingError) as error, world.session(role) as session:
        session.execute(statement)
    assert refusal(error.value) == DENIED


@pytest.mark.parametrize("statement", [one for one in CHANGES if "actor" not in one])
def test_not_even_the_owner_changes_what_was_done(world: World, statement: str) -> None:
    with pytest.raises(sa.exc.ProgrammingError, match="append-only"), world.session(world.role("migrator")) as session:
        session.execute(statement)


def test_erasure_may_put_a_pseudonym_for_the_names_and_for_nothing_else(world: World) -> None:
    with world.session(world.role("migrator")) as session:
        changed = session.execute(
            "UPDATE shared.audit SET subject = 'erased-1', writer = 'erased-1' WHERE subject = :t", {"t": world.near}
        )
        assert changed.rowcount >= 1


def write(world: World, role: str, **given: str) -> str | None:
    """The SQLSTATE with which a line is refused; None if it is taken."""
    line = {"subject": role, "actor": "a", "action": "x.y", **given}
    names = ", ".join(line)
    places = ", ".join(f":{name}" for name in line)
    try:
        with world.session(role) as session:
            session.execute(f"INSERT INTO shared.audit (id, {names}) VALUES (:id, {places})", {"id": uuid4(), **line})
    except sa.exc.ProgrammingError as error:
        return refusal(error)
    return None


def test_writer_and_time_cannot_be_given(world: World) -> None:
    for role in (world.mine, world.here, world.role("accounts"), world.role("worker")):
        assert write(world, role) is None
        assert write(world, role, writer=world.near) == DENIED
        assert write(world, role, writer=role) == DENIED
        assert write(world, role, at="2000-01-01") == DENIED


def test_the_subject_is_ones_own(world: World) -> None:
    assert write(world, world.mine, subject=world.near) == DENIED
    assert write(world, world.mine, subject=world.here) == DENIED
    assert write(world, world.here, subject=world.mine) is None  # its tenant: approved, suspended
    assert write(world, world.here, subject=world.far) == DENIED
    assert write(world, world.here, subject=world.there) == DENIED


def test_the_policy_keeps_the_writer_even_if_the_column_were_granted(world: World) -> None:
    with superuser(world) as connection:
        connection.execute(f"GRANT INSERT ON shared.audit TO {world.role('tenants')}")  # type: ignore[call-overload]
        connection.execute(f'SET LOCAL ROLE "{world.mine}"')  # type: ignore[call-overload]
        with pytest.raises(Exception, match="row-level security"):
            connection.execute(
                "INSERT INTO shared.audit (id, writer, subject, actor, action) VALUES (%s, %s, current_user, 'a', 'x.y')",
                (uuid4(), world.near),
            )


def test_a_line_says_who_wrote_it_and_the_tenant_reads_it(world: World) -> None:
    with tenant_session(world.db, world.mine) as session:
        audit.record(session, subject=world.mine, actor="person", action="site.add", name="1号厂房")
    with accounts_session(world.db) as session:
        audit.record(session, subject=world.mine, actor="person", action="user.invite")
    with tenant_session(world.db, world.mine) as session:
        lines = session.rows("SELECT writer, action FROM shared.audit WHERE actor = 'person' ORDER BY at, action")
        assert [tuple(one) for one in lines] == [(world.mine, "site.add"), (world.role("accounts"), "user.invite")]
    with tenant_session(world.db, world.near) as session:
        assert session.rows("SELECT 1 FROM shared.audit WHERE actor = 'person'") == []


def write_and_fail(session: TenantSession) -> None:
    """A line, and a change that cannot be made."""
    audit.record(session, subject=session.tenant, actor="undone", action="site.add")
    session.execute("SELECT 1 / 0")


def test_a_line_goes_with_the_change_it_tells_of(world: World) -> None:
    with pytest.raises(sa.exc.DBAPIError), tenant_session(world.db, world.mine) as session:
        write_and_fail(session)
    with tenant_session(world.db, world.mine) as session:
        assert session.rows("SELECT 1 FROM shared.audit WHERE actor = 'undone'") == []
