"""People and tokens on the command line."""

from __future__ import annotations

import pytest

from park.installation import Installation
from park.people import tokens, users
from tests import people
from tests.commanding import CommandLine


def test_a_person_signs_in_with_what_was_given(lingyuan: CommandLine, house: Installation, tenant: str) -> None:
    to = people.new_email()
    made = lingyuan.json("user", "add", "--name", "李四", "--email", to.value, "--role", "owner", "--tenant", tenant,
                         "--password", people.PASSWORD)  # fmt: skip
    (listed,) = lingyuan.json("user", "list", "--tenant", tenant)
    assert listed == {"user": made["user"], "name": "李四", "contact": to.value, "role": "owner", "waiting": False}
    desk = people.desk(house.db)
    assert users.sign_in_with_password(desk, to.value, people.PASSWORD, network=people.new_network())
    lingyuan.run("user", "disable", "--id", made["user"])
    with pytest.raises(users.SignInFailed):
        users.sign_in_with_password(desk, to.value, people.PASSWORD, network=people.new_network())


def test_a_password_can_be_asked_for(lingyuan: CommandLine, house: Installation, park: str) -> None:
    to = people.new_email()
    words = ("user", "add", "--name", "Wang", "--email", to.value, "--role", "park_admin", "--park", park, "--ask-password")
    said = lingyuan.run(*words, stdin=f"{people.PASSWORD}\n{people.PASSWORD}\n")
    assert people.PASSWORD not in said.stdout + said.stderr
    assert users.sign_in_with_password(people.desk(house.db), to.value, people.PASSWORD, network=people.new_network())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--role", "owner", "--email", "a@b.cn"), "invalid_input"),
        (("--role", "park_admin", "--email", "a@b.cn"), "invalid_input"),
        (("--role", "operator", "--email", "a@b.cn", "--park", "x"), "invalid_input"),
        (("--role", "operator"), "invalid_input"),
        (("--role", "operator", "--email", "a@b.cn", "--mobile", "13800000000"), "invalid_input"),
        (("--role", "operator", "--email", "nobody"), "mobile_wrong"),
        (("--role", "operator", "--mobile", "12"), "mobile_wrong"),
        (("--role", "operator", "--email", "a@b.cn", "--password", "short"), "password_length"),
        (("--role", "operator", "--email", "a@b.cn", "--password", "password123"), "password_weak"),
        (("--role", "owner", "--email", "a@b.cn", "--tenant", "nobody"), "not_found"),
    ],
)
def test_what_cannot_be_is_told(lingyuan: CommandLine, house: Installation, words: tuple[str, ...], code: str) -> None:
    assert lingyuan.error("user", "add", "--name", "X", *words)["code"] == code


def test_whose_people(lingyuan: CommandLine, tenant: str, park: str) -> None:
    assert lingyuan.error("user", "list")["code"] == "invalid_input"
    assert lingyuan.error("user", "list", "--tenant", tenant, "--park", park)["code"] == "invalid_input"
    assert lingyuan.json("user", "list", "--park", park) == []


def test_tokens(lingyuan: CommandLine, house: Installation, tenant: str) -> None:
    made = lingyuan.json("token", "create", "--tenant", tenant, "--name", "gateway", "--scope", "data:read", "--days", 30)
    assert tokens.verify(house.db, f"Bearer {made['token']}").scopes == {"data:read"}
    (listed,) = lingyuan.json("token", "list", "--tenant", tenant)
    assert (listed["id"], listed["title"], listed["revoked"]) == (made["id"], "gateway", None)
    assert made["token"] not in str(listed)
    assert lingyuan.run("token", "create", "--tenant", tenant, "--name", "x").stdout.startswith("ly"), "only the token itself"
    lingyuan.run("token", "revoke", "--tenant", tenant, "--id", made["id"])
    with pytest.raises(tokens.TokenWrong):
        tokens.verify(house.db, f"Bearer {made['token']}")
    assert lingyuan.error("token", "revoke", "--tenant", tenant, "--id", made["id"])["code"] == "not_found"
    assert lingyuan.error("token", "create", "--tenant", tenant, "--name", "x", "--days", 99999)["code"] == "invalid_input"
