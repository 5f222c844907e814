from __future__ import annotations

import dataclasses
from uuid import uuid4

import pytest

from park.access import accounts_session
from park.members import provision_now
from park.people import codes, invitations, memberships
from park.people.codes import CodeWrong
from park.people.contact import Contact
from park.people.desk import Desk
from park.people.invitations import InvitationForAnother, InvitationGone
from park.people.sessions import Who, current
from tenants.errors import NotAllowed, NotFound
from tests import people
from tests.databases import Installed, new_tenant


def owner_of(desk: Desk, tenant: str) -> Who:
    return people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))[1]


def secret_of(invited: invitations.Invited) -> str:
    return invited.link.rpartition("/")[2]


def accept(desk: Desk, secret: str, to: Contact, **more: str | None) -> str:
    codes.ask(desk, "invitation", to, people.new_network(), "zh")
    given: dict[str, str | None] = {"name": "Wang", "password": None} | more
    return invitations.accept_with_code(
        desk, secret, people.code_to(desk.db, to), name=str(given["name"]), password=given["password"],
        network=people.new_network(), device="", lang="zh",
    )  # fmt: skip


def test_a_colleague_is_invited_and_comes(desk: Desk, tenant: str, installed: Installed) -> None:
    by, to = owner_of(desk, tenant), people.new_email()
    made = invitations.invite(desk, by, role="member", contact=to.value, lang="zh")
    assert people.link_to(desk.db, to) == f"/invitation/{secret_of(made)}"
    assert secret_of(made) not in people.everything_stored(installed.superuser)
    who = people.seen(desk, accept(desk, secret_of(made), to, password=people.PASSWORD))
    assert (who.role, who.tenant, who.email) == ("member", tenant, to.value)
    assert people.audited(installed.superuser, subject=tenant)[-2:] == ["invitation.create", "invitation.accept"]


def test_it_is_good_once_and_for_72_hours_and_until_withdrawn(desk: Desk, tenant: str) -> None:
    by = owner_of(desk, tenant)
    contacts = [people.new_email() for _ in range(3)]
    used, old, gone = ((invitations.invite(desk, by, role="member", contact=to.value, lang="zh"), to) for to in contacts)
    accept(desk, secret_of(used[0]), used[1])
    with accounts_session(desk.db) as session:
        session.execute("UPDATE shared.invitation SET expires = now() WHERE id = :id", {"id": old[0].id})
    invitations.withdraw(desk, by, gone[0].id)
    for made, _ in (used, old, gone):
        with pytest.raises(InvitationGone):
            invitations.look(desk, secret_of(made), people.new_network())
        with pytest.raises(InvitationGone):
            invitations.accept(desk, secret_of(made), by)
    for wrong in ("", "x" * 43, "x" * 4000):
        with pytest.raises(InvitationGone):
            invitations.look(desk, wrong, people.new_network())


def test_it_is_for_one_address_only(desk: Desk, tenant: str, installed: Installed, park: str) -> None:
    by, to = owner_of(desk, tenant), people.new_email()
    made = invitations.invite(desk, by, role="owner", contact=to.value, lang="zh")
    stranger = owner_of(desk, new_tenant(installed, park))
    with pytest.raises(InvitationForAnother) as caught:
        invitations.accept(desk, secret_of(made), stranger)
    assert to.value not in caught.value.message
    other = people.new_email()
    codes.ask(desk, "invitation", other, people.new_network(), "zh")
    with pytest.raises(CodeWrong):
        invitations.accept_with_code(
            desk, secret_of(made), people.code_to(desk.db, other), name="x", password=None,
            network=people.new_network(), device="", lang="zh",
        )  # fmt: skip
    assert invitations.look(desk, secret_of(made), people.new_network()).role == "owner"


def test_the_invited_person_signed_in_gets_a_new_secret(desk: Desk, tenant: str, installed: Installed, park: str) -> None:
    to = people.enrolled(desk.db, "owner", tenant=new_tenant(installed, park))
    old, who = people.signed_in(desk, to)
    made = invitations.invite(desk, owner_of(desk, tenant), role="member", contact=to.value, lang="zh")
    new = invitations.accept(desk, secret_of(made), who)
    assert current(desk.db, old) is None
    assert people.seen(desk, new).tenant == tenant


@pytest.mark.parametrize("role", ["operator", "park_admin", "regulator", "auditor", "nobody"])
def test_an_owner_invites_nobody_above(desk: Desk, tenant: str, role: str) -> None:
    with pytest.raises(NotAllowed):
        invitations.invite(desk, owner_of(desk, tenant), role=role, contact=people.new_email().value, lang="zh")


def test_place_is_the_askers_own_whatever_is_said(desk: Desk, tenant: str, installed: Installed, park: str) -> None:
    foreign, to = new_tenant(installed, park), people.new_email()
    invitations.invite(desk, owner_of(desk, tenant), role="member", contact=to.value, lang="zh", tenant=foreign, title="Other")
    found = invitations.look(desk, people.link_to(desk.db, to).rpartition("/")[2], people.new_network())
    assert found.tenant == tenant
    waiting = dataclasses.replace(owner_of(desk, tenant), waiting=True)
    with pytest.raises(NotAllowed):
        invitations.invite(desk, waiting, role="member", contact=to.value, lang="zh")


def test_a_member_invites_nobody(desk: Desk, tenant: str) -> None:
    _, who = people.signed_in(desk, people.enrolled(desk.db, "member", tenant=tenant))
    with pytest.raises(NotAllowed):
        invitations.invite(desk, who, role="member", contact=people.new_email().value, lang="zh")


def test_a_park_brings_a_new_firm(desk: Desk, park: str, installed: Installed) -> None:
    _, admin = people.signed_in(desk, people.enrolled(desk.db, "park_admin", park=park))
    to, code, title = people.new_mobile(), people.new_credit_code(), f"Gear works {people.new_network()}"
    made = invitations.invite(desk, admin, role="owner", contact=to.value, lang="zh", title=title, credit_code=code)
    who = people.seen(desk, accept(desk, secret_of(made), to))
    assert (who.role, who.title, who.park, who.state) == ("owner", title, park, "provisioning")
    assert who.tenant is not None
    provision_now(desk.db, installed.owner, who.tenant)


def test_a_park_hands_over_a_held_firm_of_its_own_only(desk: Desk, park: str, installed: Installed) -> None:
    _, admin = people.signed_in(desk, people.enrolled(desk.db, "park_admin", park=park))
    held, firm = new_tenant(installed, park, held=True), new_tenant(installed, park)
    to = people.new_mobile()
    for wrong in (firm, "t_nobody"):
        with pytest.raises(NotFound):
            invitations.invite(desk, admin, role="owner", contact=to.value, lang="zh", tenant=wrong)
    made = invitations.invite(desk, admin, role="owner", contact=to.value, lang="zh", tenant=held)
    listed = invitations.listed(desk.db, park=park)
    assert [row.id for row in listed] == [made.id]
    who = people.seen(desk, accept(desk, secret_of(made), to))
    assert (who.tenant, who.role) == (held, "owner")
    with accounts_session(desk.db) as session:
        assert session.scalar("SELECT held FROM shared.tenant WHERE name = :name", name=held) is False
        assert session.scalar("SELECT from_month FROM shared.claimed WHERE tenant = :name", name=held) is not None


def test_nobody_withdraws_anothers(desk: Desk, tenant: str, installed: Installed, park: str) -> None:
    made = invitations.invite(desk, owner_of(desk, tenant), role="member", contact=people.new_email().value, lang="zh")
    stranger = owner_of(desk, new_tenant(installed, park))
    _, admin = people.signed_in(desk, people.enrolled(desk.db, "park_admin", park=park))
    for by in (stranger, admin):
        for wanted in (made.id, uuid4()):
            with pytest.raises(NotFound):
                invitations.withdraw(desk, by, wanted)


def test_a_raised_role_in_the_database_alone_is_the_only_way(desk: Desk, tenant: str) -> None:
    """Nothing that is sent with the acceptance changes what is given."""
    by, to = owner_of(desk, tenant), people.new_email()
    made = invitations.invite(desk, by, role="member", contact=to.value, lang="zh")
    accept(desk, secret_of(made), to, name="owner")
    roles = {row.email: row.role for row in memberships.people(desk.db, tenant=tenant)}
    assert roles[to.value] == "member"
