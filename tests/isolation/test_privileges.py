"""Roles, memberships, grants and policies are exactly those of `privileges.txt` (I9)."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import pytest

from tests.isolation.privileges import render
from tests.isolation.world import World, superuser

MATRIX = Path(__file__).with_name("privileges.txt")
RENEW = "LINGYUAN_RENEW_PRIVILEGES"


def test_the_privileges_are_those_that_were_decided(world: World) -> None:
    found = render(world)
    if os.environ.get(RENEW):
        MATRIX.write_text(found, encoding="utf-8")
    wanted = MATRIX.read_text(encoding="utf-8")
    difference = "\n".join(difflib.unified_diff(wanted.splitlines(), found.splitlines(), "decided", "found", lineterm="", n=0))
    assert not difference, f"{difference}\nRead each line. If it is meant, run this test once with {RENEW}=1."


def test_the_matrix_says_what_matters() -> None:
    """A few lines in words, so that renewing the file without reading it does not open a wall."""
    lines = MATRIX.read_text(encoding="utf-8").splitlines()
    assert [one for one in lines if one.startswith("member viewer of")] == [
        "member viewer of auditor SET", "member viewer of p_* SET", "member viewer of regulator SET",
    ]  # fmt: skip
    assert [one for one in lines if one.startswith("member app of")] == [
        "member app of accounts SET", "member app of t_* SET", "member app of worker SET",
    ]  # fmt: skip
    assert [one for one in lines if one.startswith("role") and ("SUPERUSER" in one or "BYPASSRLS" in one)] == []
    assert [one for one in lines if "SECURITY DEFINER" in one] == []
    assert [one for one in lines if one.startswith("default privileges")] == []
    assert [one for one in lines if ": PUBLIC" in one and not one.startswith(("function", "language sql"))] == []
    assert [
        one for one in lines if one.startswith("closed") and not one.endswith((" nobody", "pg_notify(text,text): worker"))
    ] == []
    assert [one for one in lines if "schema t_*" in one] == ["schema t_*: migrator CREATE USAGE", "schema t_*: t_* USAGE"]


@pytest.mark.parametrize(("role", "reaches"), [
    ("regulator", {"summary"}),
    ("auditor", set()),
    ("consent", {"park_view", "shared"}),
    ("parks", {"park_view", "shared"}),
    ("tenants", {"shared"}),
    ("accounts", {"shared"}),
    ("worker", {"shared", "jobs"}),
    ("app", set()),
    ("viewer", set()),
])  # fmt: skip
def test_each_role_may_enter_only_its_schemas(world: World, role: str, reaches: set[str]) -> None:
    with superuser(world) as connection:
        found = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$' "
            "AND has_schema_privilege(%s, oid, 'USAGE')",
            (world.role(role),),
        ).fetchall()
    assert {name for (name,) in found} == reaches


def test_no_two_tenants_or_parks_have_a_different_right(world: World) -> None:
    """`render` puts all tenants into one line: what one of them alone may do would hide there."""
    with superuser(world) as connection:
        counts = connection.execute(
            "SELECT c.relname, count(DISTINCT n.nspname), count(DISTINCT (n.nspname, c.relacl::text)), "
            "count(DISTINCT replace(replace(c.relacl::text, n.nspname, 't'), 'x', '')) "
            "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname ~ '^t_' AND c.relkind = 'r' GROUP BY c.relname"
        ).fetchall()
        members = connection.execute(
            "SELECT m.rolname, count(*) FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member "
            "WHERE m.rolname ~ '^[tp]_' GROUP BY m.rolname"
        ).fetchall()
    assert {(tenants == same, kinds) for _, tenants, same, kinds in counts} == {(True, 1)}
    assert {count for _, count in members} == {1}
