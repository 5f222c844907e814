from __future__ import annotations

import dataclasses
from uuid import uuid4

import pytest

from park.access import accounts_session
from park.people import memberships, sessions, users
from park.people.desk import Desk, digest
from park.people.sessions import NotSignedIn, current
from park.people.users import SignInFailed
from tenants.errors import NotAllowed, NotFound
from tests import people
from tests.databases import Installed, new_tenant


def test_the_browser_holds_256_bits_and_the_database_their_digest(desk: Desk, tenant: str, installed: Installed) -> None:
    secret, who = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    assert len(secret) == 43
    assert secret not in people.everything_stored(installed.superuser)
    assert digest(secret).hex() in people.everything_stored(installed.superuser)
    assert (who.role, who.tenant, who.state) == ("owner", tenant, "active")
    assert who.park is not None


@pytest.mark.parametrize("secret", [None, "", "x", "é" * 43, "x" * 4000])
def test_a_made_up_secret_is_nobody(desk: Desk, secret: str | None) -> None:
    assert current(desk.db, secret) is None


def test_signing_out_ends_this_one_and_everywhere_ends_all(desk: Desk, tenant: str) -> None:
    to = people.enrolled(desk.db, "owner", tenant=tenant)
    first, who = people.signed_in(desk, to)
    second, _ = people.signed_in(desk, to)
    third, _ = people.signed_in(desk, to)
    sessions.close(desk, who)
    assert current(desk.db, first) is None
    assert sessions.close_everywhere(desk, people.seen(desk, second)) == 2
    assert current(desk.db, second) is None
    assert current(desk.db, third) is None


def test_a_change_of_password_ends_every_session(desk: Desk, tenant: str) -> None:
    to = people.enrolled(desk.db, "owner", tenant=tenant)
    here, who = people.signed_in(desk, to)
    elsewhere, _ = people.signed_in(desk, to)
    with pytest.raises(SignInFailed):
        users.change_password(desk, who, "wrong", "vier Kiefern am Hang", network=people.new_network())
    assert current(desk.db, here) is not None
    new = users.change_password(desk, who, people.PASSWORD, "vier Kiefern am Hang", network=people.new_network())
    assert current(desk.db, here) is None
    assert current(desk.db, elsewhere) is None
    assert people.seen(desk, new).tenant == tenant
    with pytest.raises(SignInFailed):
        users.sign_in_with_password(desk, to.value, people.PASSWORD, network=people.new_network())


def test_a_closed_account_is_gone_at_the_next_request(desk: Desk, tenant: str) -> None:
    to = people.enrolled(desk.db, "owner", tenant=tenant)
    secret, who = people.signed_in(desk, to)
    users.disable(desk.db, who.user, "test")
    assert current(desk.db, secret) is None
    with pytest.raises(SignInFailed):
        users.sign_in_with_password(desk, to.value, people.PASSWORD, network=people.new_network())


@pytest.mark.parametrize("column", ["expires = now()", "seen = now() - interval '25 hours'"])
def test_it_ends_by_age_and_by_silence(desk: Desk, tenant: str, column: str) -> None:
    secret, who = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    with accounts_session(desk.db) as session:
        session.execute(f"UPDATE shared.user_session SET {column} WHERE id = :id", {"id": who.session})
    assert current(desk.db, secret) is None
    with accounts_session(desk.db) as session:
        assert sessions.sweep(session) >= 1


def test_the_secret_changes_with_the_workspace(desk: Desk, installed: Installed, park: str, tenant: str) -> None:
    to = people.enrolled(desk.db, "owner", tenant=tenant)
    other = new_tenant(installed, park)
    users.enrol(desk.db, name="x", contact=to, role="member", tenant=other, actor="test")
    old, who = people.signed_in(desk, to)
    assert who.role is None, "somebody with two workspaces chooses"
    with accounts_session(desk.db) as session:
        places = {place.tenant: place for place in sessions.workspaces(session, who.user)}
    new = sessions.switch(desk, who, places[other].membership)
    assert current(desk.db, old) is None
    assert people.seen(desk, new).role == "member"
    with pytest.raises(NotSignedIn):
        sessions.switch(desk, who, places[tenant].membership)  # the old one cannot be used once more


def test_nobody_switches_to_a_place_of_others(desk: Desk, tenant: str, installed: Installed, park: str) -> None:
    other = new_tenant(installed, park)
    people.enrolled(desk.db, "owner", tenant=other)
    _, who = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    foreign = memberships.people(desk.db, tenant=other)[0].id
    for wanted in (foreign, uuid4()):
        with pytest.raises(NotFound):
            sessions.switch(desk, who, wanted)


def test_only_an_operator_picks_a_park(desk: Desk, park: str, tenant: str) -> None:
    _, owner = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    _, admin = people.signed_in(desk, people.enrolled(desk.db, "park_admin", park=park))
    for who in (owner, admin):
        with pytest.raises(NotAllowed):
            sessions.pick_park(desk, who, park)
    old, operator = people.signed_in(desk, people.enrolled(desk.db, "operator"))
    assert operator.park is None
    assert people.seen(desk, sessions.pick_park(desk, operator, park)).park == park
    assert current(desk.db, old) is None
    _, operator = people.signed_in(desk, people.enrolled(desk.db, "operator"))
    with pytest.raises(NotFound):
        sessions.pick_park(desk, operator, tenant)


def test_a_forged_park_in_the_session_means_nothing_to_others(desk: Desk, park: str, tenant: str) -> None:
    secret, who = people.signed_in(desk, people.enrolled(desk.db, "regulator"))
    with accounts_session(desk.db) as session:
        session.execute("UPDATE shared.user_session SET park = :park WHERE id = :id", {"park": park, "id": who.session})
    assert people.seen(desk, secret).park is None


def test_a_demotion_counts_at_the_next_request_and_exchanges_the_secret(desk: Desk, tenant: str) -> None:
    boss = people.enrolled(desk.db, "owner", tenant=tenant)
    _, by = people.signed_in(desk, boss)
    secret, who = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    assert who.membership is not None
    memberships.change_role(desk, by, who.membership, "member")
    now = people.seen(desk, secret)
    assert (now.role, now.renew) == ("member", True)
    assert not now.may("firm.people")
    fresh = sessions.renew(desk, now)
    assert current(desk.db, secret) is None
    assert not people.seen(desk, fresh).renew
    with pytest.raises(NotSignedIn):
        sessions.renew(desk, now)


def test_somebody_removed_has_no_role_left(desk: Desk, tenant: str) -> None:
    _, by = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    secret, who = people.signed_in(desk, people.enrolled(desk.db, "member", tenant=tenant))
    assert who.membership is not None
    memberships.remove(desk, by, who.membership)
    now = people.seen(desk, secret)
    assert (now.role, now.tenant, now.may("firm.see")) == (None, None, False)


def test_waiting_means_no_right(desk: Desk, tenant: str) -> None:
    _, who = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    assert who.may("firm.see")
    assert not dataclasses.replace(who, waiting=True).may("firm.see")


def test_every_change_is_in_the_audit(desk: Desk, tenant: str, installed: Installed) -> None:
    _, who = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    users.rename(desk, who, "New Name")
    users.set_language(desk, who, "en")
    sessions.close(desk, who)
    done = people.audited(installed.superuser, actor=who.actor)
    assert done == ["session.open", "user.rename", "user.language", "session.close"]
