"""Who may see and do what: grants, row-level security, views, append-only triggers.

Read with the roles of `park.setup`: every tenant role is in the group `tenants`, every park role in `parks`.
"""

from __future__ import annotations

from alembic import context, op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PUBLISHED = ("flow_day", "flow_month", "flow_curve", "submitted", "offset_year", "certificate_year", "published")
PEOPLE = ("user", "membership", "user_session", "login_code", "invitation", "token", "outbox", "throttle")
PARKS_OWN = ("park_total", "park_target", "park_choice", "held_account", "claimed")
OWN_PARK = "park = (SELECT t.park FROM shared.tenant t WHERE t.name = current_user)"
MY_TENANT = "tenant IN (SELECT t.name FROM shared.tenant t WHERE t.park = current_user)"

SHOWS_DAYS = "(t.consent IN ('day', 'interval') OR t.held)"

# What a park may see of its tenants: months always, days and intervals where the tenant says so.
PARK_VIEWS = {
    "tenant": "SELECT name, title, credit_code, kind, held, state, consent, region, created FROM shared.tenant "
    "WHERE park = current_user AND state <> 'erased'",
    "flow_month": "SELECT f.* FROM shared.flow_month f WHERE f.park = current_user",
    "flow_day": "SELECT f.* FROM shared.flow_day f JOIN shared.tenant t ON t.name = f.tenant "
    f"WHERE f.park = current_user AND {SHOWS_DAYS}",
    "flow_curve": "SELECT f.* FROM shared.flow_curve f JOIN shared.tenant t ON t.name = f.tenant "
    "WHERE f.park = current_user AND t.consent = 'interval'",
    # Sums over the park need no consent of those in them when three firms or more hide their days and none of these is
    # above 80 %: a park takes away what it sees of the others.
    "park_day": "SELECT flow, day, sum(quantity)::bigint AS quantity, sum(missing)::bigint AS missing, "
    "sum(expected)::bigint AS expected, count(*)::int AS tenants FROM ("
    "SELECT f.tenant, f.flow, f.day, sum(f.quantity) AS quantity, sum(f.missing) AS missing, sum(f.expected) AS expected, "
    f"NOT {SHOWS_DAYS} AS hidden FROM shared.flow_day f JOIN shared.tenant t ON t.name = f.tenant "
    "WHERE f.park = current_user GROUP BY f.tenant, f.flow, f.day, t.consent, t.held) AS firm "
    "GROUP BY flow, day HAVING count(*) >= 3 AND (NOT bool_or(hidden) OR (count(*) FILTER (WHERE hidden) >= 3 "
    "AND max(abs(quantity)) FILTER (WHERE hidden) <= 0.8 * sum(abs(quantity)) FILTER (WHERE hidden)))",
    "published": "SELECT p.tenant, p.revision, p.at FROM shared.published p WHERE p.park = current_user",
    "submitted": "SELECT s.tenant, s.month, s.at FROM shared.submitted s WHERE s.park = current_user",
    "offset_year": "SELECT o.* FROM shared.offset_year o WHERE o.park = current_user",
    "certificate_year": "SELECT c.* FROM shared.certificate_year c WHERE c.park = current_user",
}
SUMMARY_VIEWS = {
    "park": "SELECT name, title, province, demo, base_year FROM shared.park",
    "month": "SELECT park, month, method, figure, value, hidden, tenants, missing, expected, refreshed FROM shared.summary_month",
    "year": "SELECT park, year, facts, refreshed FROM shared.summary_year",
}


def upgrade() -> None:
    prefix = context.config.attributes["prefix"]
    role = {
        name: f"{prefix}_{name}"
        for name in ("migrator", "app", "viewer", "accounts", "worker", "tenants", "parks", "regulator", "consent", "summary")
    }
    _usage(role)
    _registry(role)
    _published(role)
    _claims_audit_marks(role)
    _parks(role)
    _views(role)
    _people(role)


def _policy(table: str, name: str, to: str, *, using: str | None = None, check: str | None = None, command: str = "ALL") -> None:
    using_clause = f" USING ({using})" if using else ""
    check_clause = f" WITH CHECK ({check})" if check else ""
    op.execute(f"CREATE POLICY {name} ON shared.{table} FOR {command} TO {to}{using_clause}{check_clause}")


def _wall(table: str, role: dict[str, str]) -> None:
    """Row-level security that holds for the owner too, who is let in by name."""
    op.execute(f"ALTER TABLE shared.{table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE shared.{table} FORCE ROW LEVEL SECURITY")
    _policy(table, "owner", role["migrator"], using="true", check="true")


def _usage(role: dict[str, str]) -> None:
    everyone = ", ".join(role[name] for name in ("accounts", "worker", "tenants", "parks", "consent", "summary"))
    op.execute(f"GRANT USAGE ON SCHEMA shared TO {everyone}")


def _registry(role: dict[str, str]) -> None:
    _wall("tenant", role)
    op.execute(f"GRANT SELECT, UPDATE (consent) ON shared.tenant TO {role['tenants']}")
    _policy("tenant", "own", role["tenants"], using="name = current_user", check="name = current_user")
    # Neither `held` nor `consent`: with them a park could open its tenants' days to itself.
    new = "name, park, title, credit_code, kind, held, state, timezone, region"
    op.execute(f"GRANT SELECT, INSERT ({new}), UPDATE (title, credit_code, state) ON shared.tenant TO {role['parks']}")
    mine = "park = current_user"
    _policy("tenant", "park_reads", role["parks"], using=mine, command="SELECT")
    _policy("tenant", "park_holds", role["parks"], check=f"{mine} AND held AND state = 'provisioning'", command="INSERT")
    _policy("tenant", "park_decides", role["parks"], using=mine, check=f"{mine} AND state <> 'erased'", command="UPDATE")
    changed = "title, credit_code, kind, held, state, consent, region"
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({changed}) ON shared.tenant TO {role['accounts']}")
    _policy("tenant", "accounts", role["accounts"], using="true", check="true")
    op.execute(f"GRANT SELECT, UPDATE (state, version) ON shared.tenant TO {role['worker']}")
    _policy("tenant", "worker", role["worker"], using="true", check="true")
    op.execute(f"GRANT SELECT ON shared.tenant TO {role['consent']}")
    _policy("tenant", "consent_reads", role["consent"], using="park = current_user", command="SELECT")


def _published(role: dict[str, str]) -> None:
    for table in PUBLISHED:
        _wall(table, role)
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON shared.{table} TO {role['tenants']}")
        own = "tenant = current_user"
        _policy(table, "own", role["tenants"], using=own, check=f"{own} AND {OWN_PARK}")
        op.execute(f"GRANT SELECT ON shared.{table} TO {role['consent']}")
        _policy(table, "consent_reads", role["consent"], using="park = current_user", command="SELECT")


def _claims_audit_marks(role: dict[str, str]) -> None:
    _wall("claim", role)
    op.execute(f"GRANT SELECT, INSERT, DELETE ON shared.claim TO {role['tenants']}")
    _policy("claim", "own", role["tenants"], using="tenant = current_user", check="tenant = current_user")

    _wall("audit", role)
    for group, subjects in {
        "tenants": "subject = current_user",
        "parks": f"(subject = current_user OR {MY_TENANT.replace('tenant IN', 'subject IN')})",
        "accounts": "true",
        "worker": "true",
    }.items():
        op.execute(f"GRANT INSERT (id, subject, actor, action, facts) ON shared.audit TO {role[group]}")
        _policy("audit", f"{group}_write", role[group], check=f"writer = current_user AND {subjects}", command="INSERT")
    for group in ("tenants", "parks"):
        op.execute(f"GRANT SELECT ON shared.audit TO {role[group]}")
        _policy("audit", f"{group}_read", role[group], using="subject = current_user", command="SELECT")
    op.execute(
        "CREATE FUNCTION shared.append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'UPDATE' AND (NEW.id, NEW.at, NEW.action, NEW.facts) IS NOT DISTINCT FROM "
        "(OLD.id, OLD.at, OLD.action, OLD.facts) THEN RETURN NEW; END IF; "  # erasure puts a pseudonym for the names
        "RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = '42501'; END $$"
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON shared.audit FOR EACH ROW EXECUTE FUNCTION shared.append_only()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON shared.audit FOR EACH STATEMENT EXECUTE FUNCTION shared.append_only()"
    )

    _wall("mark", role)
    askers = f"{role['tenants']}, {role['parks']}, {role['accounts']}"
    op.execute(f"GRANT SELECT, INSERT (id, tenant, kind) ON shared.mark TO {askers}")
    _policy(
        "mark",
        "own",
        role["tenants"],
        using="tenant = current_user",
        check="tenant = current_user AND kind IN ('publish', 'quality')",
    )
    _policy("mark", "park", role["parks"], using=MY_TENANT, check=f"{MY_TENANT} AND kind IN ('provision', 'publish')")
    _policy("mark", "accounts", role["accounts"], using="true", check="true")
    op.execute(f"GRANT SELECT, UPDATE, DELETE ON shared.mark TO {role['worker']}")
    _policy("mark", "worker", role["worker"], using="true", check="true")


def _parks(role: dict[str, str]) -> None:
    _wall("park", role)
    op.execute(f"GRANT SELECT, UPDATE (title, code, approval, base_year, own_target) ON shared.park TO {role['parks']}")
    _policy("park", "own", role["parks"], using="name = current_user", check="name = current_user")
    op.execute(f"GRANT SELECT ON shared.park TO {role['tenants']}, {role['accounts']}, {role['summary']}, {role['worker']}")
    _policy("park", "tenants_read", role["tenants"], using=OWN_PARK.replace("park =", "name =", 1), command="SELECT")
    for reader in ("accounts", "summary", "worker"):
        _policy("park", f"{reader}_reads", role[reader], using="true", command="SELECT")
    for table in PARKS_OWN:
        _wall(table, role)
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON shared.{table} TO {role['parks']}")
        _policy(table, "own", role["parks"], using="park = current_user", check="park = current_user")
    op.execute(f"GRANT SELECT ON shared.park_choice TO {role['tenants']}")
    _policy("park_choice", "tenants_read", role["tenants"], using=OWN_PARK, command="SELECT")
    for table in ("summary_month", "summary_year"):
        _wall(table, role)
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON shared.{table} TO {role['summary']}")
        _policy(table, "summary", role["summary"], using="true", check="true")


def _views(role: dict[str, str]) -> None:
    for schema, views, owner, reader in (
        ("park_view", PARK_VIEWS, "consent", "parks"),
        ("summary", SUMMARY_VIEWS, "summary", "regulator"),
    ):
        op.execute(f"CREATE SCHEMA {schema}")
        op.execute(f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {role[owner]}")
        for name, query in views.items():
            op.execute(f"CREATE VIEW {schema}.{name} WITH (security_barrier) AS {query}")
            op.execute(f"ALTER VIEW {schema}.{name} OWNER TO {role[owner]}")
        op.execute(f"SET LOCAL ROLE {role[owner]}")
        for name in views:
            op.execute(f"GRANT SELECT ON {schema}.{name} TO {role[reader]}")
        op.execute(f"SET LOCAL ROLE {role['migrator']}")
        op.execute(f"REVOKE CREATE ON SCHEMA {schema} FROM {role[owner]}")
        op.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role[reader]}")


def _people(role: dict[str, str]) -> None:
    """Users, sessions and tokens belong to the accounts role; no tenant, park or regulator role has a grant on them."""
    for table in PEOPLE:
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON shared."{table}" TO {role["accounts"]}')
    op.execute(f"GRANT SELECT, INSERT ON shared.claimed TO {role['accounts']}")  # a firm takes over what the park held
    _policy("claimed", "accounts", role["accounts"], using="true", check="true")
    op.execute(f"GRANT SELECT ON shared.alembic_version TO {role['accounts']}")  # the readiness check compares it
