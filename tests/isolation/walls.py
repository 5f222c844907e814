"""Every wall with the attack that it stops and the way to take it, and only it, away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from park.setup import CLOSED_FUNCTIONS, closed_functions
from tests.isolation import attacks, removal
from tests.isolation.attacks import Attack
from tests.isolation.exits import named
from tests.isolation.world import World, superuser

Removal = Callable[[World], AbstractContextManager[None]]


@dataclass(frozen=True)
class Wall:
    """`attack` gives whether it got through; `remove` takes the wall away for as long as its context lasts.

    `seen_at_start`: why the program would not start without it. `guards`: the trigger or view of the catalog that it is.
    """

    name: str
    attack: Attack
    remove: Removal
    seen_at_start: str = ""
    guards: str = ""


def by_sql(*statements: str, undo: str = "") -> Removal:
    """Runs the statements as superuser; `undo` is for what outlives the throw-away database, which is roles."""

    @contextmanager
    def remove(world: World) -> Iterator[None]:
        with superuser(world, autocommit=True) as connection:
            for statement in statements:
                connection.execute(named(world, statement))  # type: ignore[call-overload]
            try:
                yield
            finally:
                if undo:
                    connection.execute(named(world, undo))  # type: ignore[call-overload]

    return remove


def by_patch(patch: Callable[[], AbstractContextManager[None]]) -> Removal:
    """Takes the wall out of the program."""
    return lambda _: patch()


def reopened(function: str) -> Removal:
    """Everybody may run the function, in all its signatures, until the context ends."""

    @contextmanager
    def remove(world: World) -> Iterator[None]:
        with superuser(world, autocommit=True) as connection:
            mine = [one for one in closed_functions(connection) if one.split("(")[0] == function]
            for signature in mine:
                connection.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO PUBLIC")  # type: ignore[call-overload]
            yield
            for signature in mine:
                connection.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC")  # type: ignore[call-overload]

    return remove


EXITS = [Wall(f"exit {name}", attacks.through(name), reopened(name)) for name in CLOSED_FUNCTIONS]

WALLS = [
    Wall(
        "grants on a tenant's schema",
        attacks.steals_by("SELECT name FROM {near}.site"),
        by_sql("GRANT USAGE ON SCHEMA {near} TO PUBLIC", "GRANT SELECT ON ALL TABLES IN SCHEMA {near} TO PUBLIC"),
    ),
    Wall(
        "the login is no superuser",
        attacks.login_reads,
        by_sql("ALTER ROLE {prefix}_app SUPERUSER", undo="ALTER ROLE {prefix}_app NOSUPERUSER"),
        seen_at_start="a login with too many rights",
    ),
    Wall(
        "the login inherits no tenant",
        attacks.login_reads,
        by_sql("GRANT {near} TO {prefix}_app WITH INHERIT TRUE", undo="GRANT {near} TO {prefix}_app WITH INHERIT FALSE"),
        seen_at_start="a login that inherits a role",
    ),
    Wall(
        "the viewer is no tenant's member",
        attacks.viewer_becomes_tenant,
        by_sql("GRANT {near} TO {prefix}_viewer WITH SET TRUE", undo="REVOKE {near} FROM {prefix}_viewer"),
        seen_at_start="the parks' login that is a tenant",
    ),
    Wall("only a tenant's name opens its session", attacks.accounts_by_name, by_patch(removal.without_name_check)),
    Wall(
        "row security on published rows",
        attacks.steals_by(attacks.FOREIGN_DAY),
        by_sql("ALTER TABLE shared.flow_day DISABLE ROW LEVEL SECURITY"),
    ),
    Wall(
        "row security forced on the owner",
        attacks.dump_by_owner,
        by_sql("ALTER TABLE shared.flow_day NO FORCE ROW LEVEL SECURITY"),
    ),
    Wall("SET LOCAL", attacks.role_outlives, by_patch(removal.without_set_local)),
    Wall("the extended protocol", attacks.stacked, by_patch(removal.without_extended_protocol)),
    Wall(
        "language plpgsql",
        attacks.steals_by("DO $$ BEGIN SET LOCAL ROLE {near}; END $$", "SELECT name FROM {near}.site"),
        by_sql("GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC"),
        seen_at_start="language plpgsql",
    ),
    Wall(
        "TEMP",
        attacks.function_in("pg_temp."),
        by_sql("GRANT TEMP ON DATABASE {database} TO PUBLIC"),
        seen_at_start="temporary tables",
    ),
    Wall(
        "schema public",
        attacks.function_in("public."),
        by_sql("GRANT CREATE, USAGE ON SCHEMA public TO PUBLIC"),
        seen_at_start="schema public",
    ),
    Wall(
        "new schemas",
        attacks.function_in("x.", "CREATE SCHEMA x"),
        by_sql("GRANT CREATE ON DATABASE {database} TO PUBLIC"),
        seen_at_start="new schemas",
    ),
    *(
        Wall(
            f"consent in {view}",
            attacks.shows_without_consent(view),
            by_sql(
                f"CREATE OR REPLACE VIEW park_view.{view} WITH (security_barrier) AS "
                f"SELECT * FROM shared.{view} WHERE park = current_user"
            ),
            guards=f"view {view}",
        )
        for view in ("flow_day", "flow_curve")
    ),
    *(
        Wall(
            f"security_barrier of {view}",
            attacks.row_in_an_error(view, column),
            by_sql(f"ALTER VIEW park_view.{view} SET (security_barrier = false)"),
        )
        for view, column in (("flow_day", "zone"), ("flow_curve", "flow"))
    ),
    Wall(
        "sums of three",
        attacks.sum_of_two,
        by_sql(
            "CREATE OR REPLACE VIEW park_view.park_day WITH (security_barrier) AS SELECT flow, day, "
            "sum(quantity)::bigint AS quantity, sum(missing)::bigint AS missing, sum(expected)::bigint AS expected, "
            "count(*)::int AS tenants FROM shared.flow_day WHERE park = current_user GROUP BY flow, day"
        ),
        guards="view park_day",
    ),
    Wall(
        "a park cannot call its tenant held",
        attacks.park_sets("held", "true"),
        by_sql("GRANT UPDATE (held) ON shared.tenant TO {prefix}_parks"),
    ),
    Wall(
        "a park cannot consent",
        attacks.park_sets("consent", "'day'"),
        by_sql("GRANT UPDATE (consent) ON shared.tenant TO {prefix}_parks"),
    ),
    Wall(
        "the audit keeps its lines",
        attacks.owner_rewrites_audit("DELETE FROM shared.audit"),
        by_sql("ALTER TABLE shared.audit DISABLE TRIGGER append_only"),
        guards="trigger append_only",
    ),
    Wall(
        "the audit cannot be emptied",
        attacks.owner_rewrites_audit("TRUNCATE shared.audit"),
        by_sql("ALTER TABLE shared.audit DISABLE TRIGGER never_emptied"),
        guards="trigger never_emptied",
    ),
    Wall(
        "the audit's time is the database's",
        attacks.forged_audit("subject, actor, action, at", "current_user, 'x', 'x.y', '2000-01-01'"),
        by_sql("GRANT INSERT ON shared.audit TO {prefix}_tenants"),
    ),
]
