"""Under a park's role: its own park, no tenant's schema, no day without consent (I8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from park.access import park_session, regulator_session
from tests.isolation.attempts import marks
from tests.isolation.catalog import relations
from tests.isolation.world import World, consenting, superuser

LEVELS = {"month": (0, 0), "day": (1, 0), "interval": (1, 1)}


def shown(world: World, tenant: str) -> tuple[int, int]:
    """How many days and curves of the tenant its park sees."""
    with park_session(world.db, world.here) as session:
        return tuple(  # type: ignore[return-value]
            session.scalar(f"SELECT count(*) FROM {view} WHERE tenant = :t", t=tenant) for view in ("flow_day", "flow_curve")
        )


def test_months_are_shown_and_days_are_not(world: World) -> None:
    with park_session(world.db, world.here) as session:
        assert {row.tenant for row in session.rows("SELECT tenant FROM flow_month")} == {world.mine, world.near}
    assert shown(world, world.near) == (0, 0)


@pytest.mark.parametrize("consent", LEVELS)
def test_consent_shows_so_much_and_hides_it_again(world: World, consent: str) -> None:
    with consenting(world, world.near, consent):
        assert shown(world, world.near) == LEVELS[consent]
        assert shown(world, world.mine) == (0, 0)
    assert shown(world, world.near) == (0, 0)


def test_the_tenant_itself_switches_its_consent(world: World) -> None:
    with superuser(world) as connection:
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(world.near)))
        connection.execute("UPDATE shared.tenant SET consent = 'day'")
        for role, days in ((world.here, 1), (world.there, 0)):
            connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
            assert len(connection.execute("SELECT * FROM park_view.flow_day").fetchall()) == days


def test_what_the_park_entered_itself_it_sees_by_the_day(world: World) -> None:
    with consenting(world, world.near, "month", held=True):
        assert shown(world, world.near) == (1, 0)


def test_consent_of_a_tenant_says_nothing_to_another_park(world: World) -> None:
    with consenting(world, world.far, "interval"):
        assert shown(world, world.far) == (0, 0)


def test_no_tenants_schema_opens_for_a_park_or_a_regulator(world: World) -> None:
    tables = [one for one in relations(world) if one.schema.startswith("t_")]
    assert tables
    with superuser(world) as connection:
        for role in (world.here, world.role("parks"), world.role("regulator"), world.role("auditor"), world.role("viewer")):
            found = connection.execute(
                "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^t_' AND has_schema_privilege(%s, oid, 'USAGE')", (role,)
            ).fetchone()
            assert found == (0,), role


def test_the_login_that_serves_parks_can_become_no_tenant(world: World) -> None:
    with superuser(world) as connection:
        members = connection.execute(
            "WITH RECURSIVE reach AS (SELECT oid FROM pg_roles WHERE rolname = %s UNION "
            "SELECT a.roleid FROM pg_auth_members a JOIN reach r ON r.oid = a.member) "
            "SELECT rolname FROM pg_roles JOIN reach USING (oid)",
            (world.role("viewer"),),
        ).fetchall()
    names = {name for (name,) in members}
    assert {world.here, world.there, world.role("regulator")} <= names
    assert not [name for name in names if name.startswith("t_") or name == world.role("tenants")]


VIEWS = ("tenant", "flow_month", "flow_day", "flow_curve", "published", "submitted", "offset_year", "certificate_year")


@pytest.fixture
def all_consent(world: World) -> Any:
    """Everybody shows everything to its park."""
    with (
        consenting(world, world.mine, "interval"),
        consenting(world, world.near, "interval"),
        consenting(world, world.far, "interval"),
    ):
        yield


def test_every_view_of_the_park_is_looked_at(world: World) -> None:
    assert {one.name for one in relations(world, "park_view")} == {*VIEWS, "park_day"}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.usefixtures("all_consent")
def test_view_and_policy_each_keep_other_parks_out_by_themselves(world: World, view: str) -> None:
    assert foreign_rows(world, view, without=()) == 0
    assert foreign_rows(world, view, without=("policies",)) == 0
    assert foreign_rows(world, view, without=("condition",)) == 0
    assert foreign_rows(world, view, without=("policies", "condition")) == 1


def foreign_rows(world: World, view: str, without: Sequence[str]) -> int:
    """Rows of the other park's tenant in a park's view, without the policies below or without the view's own condition."""
    with superuser(world) as connection:
        if "policies" in without:
            for (table,) in connection.execute("SELECT tablename FROM pg_policies WHERE policyname = 'consent_reads'").fetchall():
                connection.execute(sql.SQL("ALTER POLICY consent_reads ON shared.{} USING (true)").format(sql.Identifier(table)))
        if "condition" in without:
            (body,) = connection.execute("SELECT pg_get_viewdef(%s::regclass)", (f"park_view.{view}",)).fetchone() or ("",)
            weaker = body.replace("park = CURRENT_USER", "true").replace("f.true", "true")
            for alias in "fptsoc":
                weaker = weaker.replace(f"{alias}.park = CURRENT_USER", "true").replace(f"{alias}.true", "true")
            assert weaker != body
            connection.execute(f"CREATE OR REPLACE VIEW park_view.{view} WITH (security_barrier) AS {weaker}")  # type: ignore[call-overload]
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(world.here)))
        texts = [text for (text,) in connection.execute(f"SELECT x::text FROM park_view.{view} AS x").fetchall()]  # type: ignore[call-overload]
    return sum(any(mark in text for mark in marks([world.far])) for text in texts)


# The park's sums of a day: quantities of the firms, and whether each shows its days or is held by the park.
firms = st.lists(
    st.tuples(st.lists(st.integers(-50, 1000), min_size=1, max_size=3), st.booleans(), st.booleans()), min_size=0, max_size=6
)


def may_be_shown(firms: Sequence[tuple[list[int], bool, bool]]) -> bool:
    """What was decided: three firms or more; if some hide their days then three or more of these, none above 80 %."""
    hidden = [abs(sum(sites)) for sites, shows, held in firms if not shows and not held]
    if len(firms) < 3:
        return False
    return not hidden or (len(hidden) >= 3 and max(hidden) * 10 <= sum(hidden) * 8)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(firms)
def test_a_sum_over_the_park_gives_no_firm_away(world: World, firms: list[tuple[list[int], bool, bool]]) -> None:
    day = dt.date(2027, 1, 1)
    with superuser(world) as connection:
        for number, (sites, shows, held) in enumerate(firms):
            put_firm(connection, world, f"firm {number}", shows, held)
            for quantity in sites:
                put_day(connection, world, f"firm {number}", day, quantity)
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(world.here)))
        found = connection.execute("SELECT quantity, tenants FROM park_view.park_day WHERE day = %s", (day,)).fetchall()
        each = connection.execute("SELECT count(DISTINCT tenant) FROM park_view.flow_day WHERE day = %s", (day,)).fetchone()
    whole = sum(sum(sites) for sites, _, _ in firms)
    assert found == ([(whole, len(firms))] if may_be_shown(firms) else [])
    assert each == (sum(shows or held for _, shows, held in firms),)


def put_firm(connection: psycopg.Connection[Any], world: World, name: str, shows: bool, held: bool) -> None:
    connection.execute(
        "INSERT INTO shared.tenant (name, park, title, state, timezone, region, consent, held) "
        "VALUES (%s, %s, %s, 'active', 'Asia/Shanghai', '重庆', %s, %s)",
        (name, world.here, name, "day" if shows else "month", held),
    )


def put_day(connection: psycopg.Connection[Any], world: World, tenant: str, day: dt.date, quantity: int) -> None:
    connection.execute(
        "INSERT INTO shared.flow_day (tenant, site, flow, day, park, zone, region, quantity, measured, estimated, backed, "
        "missing, expected) VALUES (%s, %s, 'grid_in', %s, %s, '', '重庆', %s, 0, 0, 0, 0, 1440)",
        (tenant, uuid4(), day, world.here, quantity),
    )


def test_sums_of_one_day_do_not_mix_flows(world: World) -> None:
    with superuser(world) as connection:
        for number in range(3):
            put_firm(connection, world, f"firm {number}", False, False)
            put_day(connection, world, f"firm {number}", dt.date(2027, 1, 1), 100)
        connection.execute("UPDATE shared.flow_day SET flow = 'heat_in' WHERE tenant = 'firm 2'")
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(world.here)))
        assert connection.execute("SELECT * FROM park_view.park_day WHERE day = '2027-01-01'").fetchall() == []


def test_a_regulator_sees_no_contributor(world: World) -> None:
    with regulator_session(world.db) as session:
        assert session.rows("SELECT * FROM month")
        assert "contributors" not in list(session.execute("SELECT * FROM month").keys())
        with pytest.raises(Exception, match="permission denied"):
            session.rows("SELECT contributors FROM shared.summary_month")
