from __future__ import annotations

import pytest

from park.access import accounts_session
from park.people import resets, users
from park.people.desk import Desk
from park.people.passwords import PasswordWeak
from park.people.resets import ResetGone
from park.people.sessions import current
from tests import people
from tests.databases import Installed

NEW = "fünf Kiefern am Hang"


def test_a_link_sets_a_password_once_and_ends_every_session(desk: Desk, tenant: str, installed: Installed) -> None:
    to, net = people.enrolled(desk.db, "owner", tenant=tenant), people.new_network()
    old, who = people.signed_in(desk, to)
    resets.ask(desk, to.value, people.new_network(), "zh")
    secret = people.link_to(desk.db, to).removeprefix("/reset/")
    assert secret not in people.everything_stored(installed.superuser)
    with pytest.raises(PasswordWeak):
        resets.use(desk, secret, "password1", net)
    resets.use(desk, secret, NEW, net)
    assert current(desk.db, old) is None
    with pytest.raises(ResetGone):
        resets.use(desk, secret, NEW, net)
    assert users.sign_in_with_password(desk, to.value, NEW, network=people.new_network())
    assert people.audited(installed.superuser, actor=who.actor)[-2:] == ["password.reset", "session.open"]


def test_an_unknown_address_gets_a_note_and_no_link(desk: Desk) -> None:
    to = people.new_email()
    resets.ask(desk, to.value, people.new_network(), "zh")
    assert "/reset/" not in people.messages_to(desk.db, to)[0]


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "x" * 5000])
def test_made_up_links_are_gone(desk: Desk, secret: str) -> None:
    with pytest.raises(ResetGone):
        resets.check(desk, secret, people.new_network())


def test_a_link_is_gone_after_half_an_hour(desk: Desk, tenant: str) -> None:
    to = people.enrolled(desk.db, "owner", tenant=tenant)
    resets.ask(desk, to.value, people.new_network(), "zh")
    secret = people.link_to(desk.db, to).removeprefix("/reset/")
    resets.check(desk, secret, people.new_network())
    with accounts_session(desk.db) as session:
        session.execute("UPDATE shared.login_code SET expires = now() WHERE destination = :to", {"to": to.value})
    with pytest.raises(ResetGone):
        resets.check(desk, secret, people.new_network())
