from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from park.access import accounts_session
from park.people import memberships
from park.people.desk import Desk
from park.people.memberships import LastOwner
from tenants.errors import NotAllowed, NotFound
from tests import people
from tests.databases import Installed, new_tenant


def test_the_last_owner_stays(desk: Desk, tenant: str) -> None:
    _, who = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    assert who.membership is not None
    with pytest.raises(LastOwner):
        memberships.change_role(desk, who, who.membership, "member")
    with pytest.raises(LastOwner):
        memberships.remove(desk, who, who.membership)
    people.enrolled(desk.db, "owner", tenant=tenant)
    memberships.change_role(desk, who, who.membership, "member")


def test_an_owner_reaches_only_its_own_firm(desk: Desk, tenant: str, installed: Installed, park: str) -> None:
    _, who = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    people.enrolled(desk.db, "member", tenant=new_tenant(installed, park))
    foreign = new_tenant(installed, park)
    people.enrolled(desk.db, "owner", tenant=foreign)
    people.enrolled(desk.db, "member", tenant=foreign)
    admin = people.enrolled(desk.db, "park_admin", park=park)
    _, boss = people.signed_in(desk, admin)
    wanted = [row.id for row in memberships.people(desk.db, tenant=foreign)]
    wanted += [row.id for row in memberships.people(desk.db, park=park)]
    for membership in (*wanted, uuid4()):
        with pytest.raises(NotFound):
            memberships.remove(desk, who, membership)
        with pytest.raises(NotFound):
            memberships.change_role(desk, who, membership, "member")
    own = [row.id for row in memberships.people(desk.db, tenant=tenant)]
    with pytest.raises(NotFound):
        memberships.remove(desk, boss, own[0])  # the park does not manage a firm's people


@pytest.mark.parametrize("role", ["operator", "park_admin", "regulator", "auditor", "root"])
def test_nobody_hands_out_what_they_do_not_hold(desk: Desk, tenant: str, role: str) -> None:
    _, who = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    people.enrolled(desk.db, "member", tenant=tenant)
    member = next(row.id for row in memberships.people(desk.db, tenant=tenant) if row.role == "member")
    with pytest.raises(NotAllowed):
        memberships.change_role(desk, who, member, role)


def test_a_member_manages_nobody(desk: Desk, tenant: str) -> None:
    people.enrolled(desk.db, "owner", tenant=tenant)
    _, who = people.signed_in(desk, people.enrolled(desk.db, "member", tenant=tenant))
    for row in memberships.people(desk.db, tenant=tenant):
        with pytest.raises(NotAllowed):
            memberships.remove(desk, who, row.id)


def test_giving_twice_gives_once(desk: Desk, tenant: str) -> None:
    _, who = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    with accounts_session(desk.db) as session:
        again = memberships.give(session, who.user, "owner", tenant=tenant)
    assert again == who.membership
    assert len(memberships.people(desk.db, tenant=tenant)) == 1


def test_the_database_refuses_a_role_without_its_place(desk: Desk, tenant: str, park: str) -> None:
    _, who = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    wrong: list[tuple[str, dict[str, str]]] = [
        ("owner", {"park": park}), ("park_admin", {}), ("regulator", {"tenant": tenant}), ("operator", {"park": park}),
    ]  # fmt: skip
    for role, given in wrong:
        with pytest.raises(IntegrityError, match=r"membership_\w+_check"), accounts_session(desk.db) as session:
            memberships.give(session, who.user, role, tenant=given.get("tenant"), park=given.get("park"))
