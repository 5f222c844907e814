from __future__ import annotations

from park.models.people import ROLES as STORED
from park.people import roles
from park.people.roles import ROLES
from park.words import known


def test_every_stored_role_is_in_the_table_and_named_in_chinese() -> None:
    assert set(STORED) == set(ROLES)
    assert all(known(role.title) for role in ROLES.values())


def test_nobody_unknown_may_anything() -> None:
    for role in (None, "", "root", "owner "):
        assert not any(roles.may(role, right) for one in ROLES.values() for right in one.rights)
        assert roles.room(role) is None
        assert not any(roles.invites(role, other) for other in ROLES)


def test_rooms_do_not_share_rights() -> None:
    rights: dict[str | None, set[str]] = {}
    for role in ROLES.values():
        rights.setdefault(role.room, set()).update(role.rights)
    assert not rights["firm"] & rights["park"]
    assert not rights["park"] & rights["regulator"]
    assert not rights["firm"] & rights["regulator"]


def test_a_role_invites_nobody_above_itself() -> None:
    assert roles.INVITES["owner"] == {"owner", "member"}
    assert "operator" not in {invited for one in roles.INVITES.values() for invited in one}
    assert not any(roles.invites("member", other) for other in ROLES)
    assert not any(roles.invites("regulator", other) for other in ROLES)
