from __future__ import annotations

import pytest

from park.access import accounts_session
from park.people import codes, users
from park.people.contact import Contact
from park.people.desk import Desk
from park.people.throttle import TooManyTries
from park.people.users import SignInFailed
from tenants.errors import AlreadyExists, InvalidInput
from tests import people
from tests.databases import Installed


def test_wrong_and_unknown_give_the_same_answer(desk: Desk, tenant: str) -> None:
    known = people.enrolled(desk.db, "owner", tenant=tenant)
    without = people.enrolled(desk.db, "owner", tenant=tenant, password=False)
    said = set()
    for address in (known.value, without.value, people.new_email().value):
        with pytest.raises(SignInFailed) as caught:
            users.sign_in_with_password(desk, address, "wrong password", network=people.new_network())
        said.add((caught.value.message, str(caught.value.facts), caught.value.status))
    assert len(said) == 1


def test_guessing_waits_and_the_owner_elsewhere_signs_in(desk: Desk, tenant: str) -> None:
    to, evil = people.enrolled(desk.db, "owner", tenant=tenant), people.new_network()
    for _ in range(6):
        with pytest.raises(SignInFailed):
            users.sign_in_with_password(desk, to.value, "wrong password", network=evil)
    with pytest.raises(TooManyTries):
        users.sign_in_with_password(desk, to.value, people.PASSWORD, network=evil)
    assert users.sign_in_with_password(desk, to.value, people.PASSWORD, network=people.new_network())


def test_an_unknown_address_waits_just_the_same(desk: Desk) -> None:
    to, net = people.new_email(), people.new_network()
    for _ in range(6):
        with pytest.raises(SignInFailed):
            users.sign_in_with_password(desk, to.value, "wrong password", network=net)
    with pytest.raises(TooManyTries):
        users.sign_in_with_password(desk, to.value, "wrong password", network=net)


def test_signing_in_by_code(desk: Desk, tenant: str) -> None:
    to = people.new_mobile()
    users.enrol(desk.db, name="Li", contact=to, role="owner", tenant=tenant, actor="test")
    codes.ask(desk, "sign_in", to, people.new_network(), "zh")
    secret = users.sign_in_with_code(desk, to, people.code_to(desk.db, to), network=people.new_network(), device="Chrome")
    assert people.seen(desk, secret).tenant == tenant


def test_an_existing_account_keeps_name_and_password(desk: Desk, tenant: str) -> None:
    to = people.enrolled(desk.db, "owner", tenant=tenant)
    with accounts_session(desk.db) as session:
        before = session.row('SELECT id, name, password FROM shared."user" WHERE email = :to', to=to.value)
        found, new = users.find_or_open(session, to, "Somebody Else", password="another hash")
        after = session.row('SELECT id, name, password FROM shared."user" WHERE email = :to', to=to.value)
    assert before is not None
    assert (found, new) == (before.id, False)
    assert before == after


def test_a_closed_account_is_not_opened_again_by_joining(desk: Desk, tenant: str) -> None:
    to = people.enrolled(desk.db, "owner", tenant=tenant)
    _, who = people.signed_in(desk, to)
    users.disable(desk.db, who.user, "test")
    with pytest.raises(SignInFailed), accounts_session(desk.db) as session:
        users.find_or_open(session, to, "Li")


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_names(desk: Desk, name: str) -> None:
    with pytest.raises(InvalidInput), accounts_session(desk.db) as session:
        users.find_or_open(session, people.new_mobile(), name)


def test_a_proven_number_is_added_and_another_persons_is_not(desk: Desk, tenant: str, installed: Installed) -> None:
    _, who = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    mine, theirs = people.new_mobile(), people.new_mobile()
    users.enrol(desk.db, name="Li", contact=theirs, role="member", tenant=tenant, actor="test")

    def add(to: Contact) -> None:
        codes.ask(desk, "contact", to, people.new_network(), "zh")
        users.add_contact(desk, who, to, people.code_to(desk.db, to), network=people.new_network())

    add(mine)
    with pytest.raises(AlreadyExists) as caught:
        add(theirs)
    assert theirs.value not in caught.value.message
    with accounts_session(desk.db) as session:
        assert users.find(session, mine) == who.user
    assert "user.contact" in people.audited(installed.superuser, actor=who.actor)
