"""Who may do what, written out from the catalog: one line per right, without the names that differ between installations."""

from __future__ import annotations

import re

from park.setup import CLOSED_FUNCTIONS
from tests.isolation.world import World, superuser

SCHEMAS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
_WHO = "CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END"

# Each query gives lines; `%(roles)s` is the pattern of this installation's roles.
QUERIES = {
    "role": """
        SELECT format('role %%s%%s%%s%%s%%s%%s', rolname, CASE WHEN rolcanlogin THEN ' LOGIN' END,
            CASE WHEN rolinherit THEN ' INHERIT' END, CASE WHEN rolsuper THEN ' SUPERUSER' END,
            CASE WHEN rolcreaterole THEN ' CREATEROLE' END, CASE WHEN rolbypassrls THEN ' BYPASSRLS' END)
        FROM pg_roles WHERE rolname ~ %(roles)s""",
    "setting": """
        SELECT format('setting %%s %%s', coalesce(r.rolname, 'database'), s.setconfig)
        FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole
        WHERE r.rolname ~ %(roles)s OR s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())""",
    "member": """
        SELECT format('member %%s of %%s%%s%%s%%s', m.rolname, r.rolname, CASE WHEN a.admin_option THEN ' ADMIN' END,
            CASE WHEN a.inherit_option THEN ' INHERIT' END, CASE WHEN a.set_option THEN ' SET' END)
        FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
        WHERE r.rolname ~ %(roles)s OR m.rolname ~ %(roles)s""",
    "database": f"""
        SELECT format('database: %%s %%s', {_WHO}, string_agg(a.privilege_type, ' ' ORDER BY a.privilege_type))
        FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
        WHERE d.datname = current_database() GROUP BY a.grantee""",
    "schema": f"""
        SELECT format('schema %%s: %%s %%s', n.nspname, {_WHO}, string_agg(a.privilege_type, ' ' ORDER BY a.privilege_type))
        FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
        WHERE {SCHEMAS} GROUP BY n.nspname, a.grantee""",
    "owner": f"""
        SELECT format('owner of %%s.%%s: %%s', n.nspname, c.relname, pg_get_userbyid(c.relowner))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {SCHEMAS} AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND pg_get_userbyid(c.relowner) !~ '_migrator$'""",
    "relation": f"""
        SELECT format('%%s %%s.%%s: %%s %%s', CASE c.relkind WHEN 'v' THEN 'view' WHEN 'S' THEN 'sequence' ELSE 'table' END,
            n.nspname, c.relname, {_WHO}, string_agg(a.privilege_type, ' ' ORDER BY a.privilege_type))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
        WHERE {SCHEMAS} AND a.grantee <> c.relowner GROUP BY c.relkind, n.nspname, c.relname, a.grantee""",
    "column": f"""
        SELECT format('columns %%s.%%s: %%s %%s (%%s)', n.nspname, c.relname, {_WHO}, a.privilege_type,
            string_agg(t.attname, ', ' ORDER BY t.attname))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute t ON t.attrelid = c.oid,
            aclexplode(t.attacl) a WHERE {SCHEMAS} GROUP BY n.nspname, c.relname, a.grantee, a.privilege_type""",
    "function": f"""
        SELECT DISTINCT format('function %%s.%%s%%s: %%s EXECUTE', n.nspname,
            CASE WHEN n.nspname = 'jobs' THEN '*' ELSE p.proname END,
            CASE WHEN p.prosecdef THEN ' SECURITY DEFINER' END, {_WHO})
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace,
            aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE {SCHEMAS} AND a.grantee <> p.proowner""",
    "closed": f"""
        SELECT format('closed %%s: %%s', p.oid::regprocedure, coalesce(string_agg({_WHO}, ' ' ORDER BY {_WHO})
            FILTER (WHERE a.grantee <> p.proowner), 'nobody'))
        FROM pg_proc p, aclexplode(p.proacl) a WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = ANY(%(closed)s)
        GROUP BY p.oid""",
    "language": f"""
        SELECT format('language %%s: %%s', l.lanname, {_WHO})
        FROM pg_language l, aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) a
        WHERE l.lanpltrusted AND a.grantee <> l.lanowner""",
    "default": "SELECT format('default privileges of %%s: %%s', pg_get_userbyid(defaclrole), defaclacl) FROM pg_default_acl",
    "wall": f"""
        SELECT format('row security %%s.%%s%%s', n.nspname, c.relname, CASE WHEN c.relforcerowsecurity THEN ' FORCE' END)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {SCHEMAS} AND c.relrowsecurity""",
    "policy": """
        SELECT format('policy %%s.%%s %%s %%s TO %%s USING %%s CHECK %%s', schemaname, tablename, policyname, cmd,
            array_to_string(roles, ','), coalesce(qual, '-'), coalesce(with_check, '-')) FROM pg_policies""",
    "view": f"""
        SELECT format('options of %%s.%%s: %%s', n.nspname, c.relname, coalesce(array_to_string(c.reloptions, ' '), '-'))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {SCHEMAS} AND c.relkind = 'v'""",
    "trigger": f"""
        SELECT format('trigger %%s.%%s %%s %%s', n.nspname, c.relname, t.tgname, CASE t.tgenabled WHEN 'D' THEN 'DISABLED' END)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {SCHEMAS} AND NOT t.tgisinternal AND n.nspname <> 'jobs'""",
}


def render(world: World) -> str:
    """The whole table of privileges, sorted, without what differs between installations."""
    prefix = world.db.prefix
    pattern = f"^({prefix}_|[tp]_{prefix}_)"
    lines: set[str] = set()
    with superuser(world) as connection:
        for query in QUERIES.values():
            lines |= {
                normal(one, prefix) for (one,) in connection.execute(query, {"roles": pattern, "closed": list(CLOSED_FUNCTIONS)})
            }  # type: ignore[arg-type]
    return "\n".join(sorted(lines)) + "\n"


def normal(line: str, prefix: str) -> str:
    """The line with tenants as `t_*`, parks as `p_*`, and the installation's prefix and superuser taken out."""
    line = re.sub(rf"\b([tp])_{prefix}_[0-9a-f]{{12}}\b", r"\1_*", line)
    line = line.replace(f"{prefix}_", "")
    line = re.sub(r"\b(bootstrap|postgres)\b", "superuser", line)
    return re.sub(r"\s+", " ", line).strip()
