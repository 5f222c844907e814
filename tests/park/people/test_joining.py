from __future__ import annotations

import secrets
from uuid import uuid4

import pytest

from park import members, parks
from park.access import accounts_session, park_session
from park.people import codes, joining, users
from park.people.codes import CodeWrong
from park.people.contact import Contact
from park.people.credit_code import CreditCodeCheck
from park.people.desk import Desk
from park.people.joining import FirmIsHere, JoinCodeUnknown, Offer
from park.people.sessions import current
from tenants.errors import InvalidInput, NotAllowed, NotFound
from tests import people
from tests.databases import Installed, new_park


def offer(desk: Desk, park: str) -> Offer:
    code = next(row.code for row in parks.listed(desk.db) if row.name == park)
    return joining.offer(desk, f" {code[:4].lower()}-{code[4:]} ", people.new_network())


def firm(**more: str) -> joining.Firm:
    given = {"title": f"Foundry {secrets.token_hex(4)}", "credit_code": people.new_credit_code()} | more
    return joining.firm(given["title"], given["credit_code"])


def join(desk: Desk, park: str, of: joining.Firm, to: Contact, password: str | None = None) -> str:
    codes.ask(desk, "join", to, people.new_network(), "zh")
    return joining.join(
        desk, offer(desk, park), of, to, people.code_to(desk.db, to), name="Li", password=password,
        network=people.new_network(), device="", lang="zh",
    )  # fmt: skip


def test_a_firm_joins_and_works_a_moment_later(desk: Desk, park: str, installed: Installed) -> None:
    of, to = firm(), people.new_mobile()
    secret = join(desk, park, of, to)
    who = people.seen(desk, secret)
    assert (who.role, who.title, who.park, who.state) == ("owner", of.title, park, "provisioning")
    assert joining.progress(desk.db, who).state == "provisioning"
    assert who.tenant is not None
    members.provision_now(desk.db, installed.owner, who.tenant)
    assert people.seen(desk, secret).state == "active"
    assert joining.progress(desk.db, who).state == "active"
    assert people.audited(installed.superuser, actor=who.actor) == ["tenant.register"]


def test_where_the_park_approves_it_waits(desk: Desk, installed: Installed) -> None:
    park = new_park(installed, approval=True)
    secret = join(desk, park, firm(), people.new_mobile())
    who = people.seen(desk, secret)
    assert (who.state, joining.progress(desk.db, who).state) == ("waiting", "waiting")
    assert who.tenant is not None
    with park_session(desk.db, park) as session:
        members.decide(session, who.tenant, "provisioning", "test")
    assert people.seen(desk, secret).state == "provisioning"


@pytest.mark.parametrize("code", ["", "ABCDEFGH", "x" * 500, "' OR 1=1 --", "ABCD\x00EFG"])
def test_unknown_codes(desk: Desk, code: str) -> None:
    with pytest.raises(JoinCodeUnknown):
        joining.offer(desk, code, people.new_network())


def test_a_wrong_digit_is_found_before_anything_is_written(desk: Desk) -> None:
    with pytest.raises(CreditCodeCheck):
        firm(credit_code="914403001922038217")
    with pytest.raises(InvalidInput):
        firm(title="x")


def test_without_the_code_nothing_is_made(desk: Desk, park: str) -> None:
    of, to = firm(), people.new_mobile()
    codes.ask(desk, "join", to, people.new_network(), "zh")
    wrong = f"{(int(people.code_to(desk.db, to)) + 1) % 10**6:06d}"
    with pytest.raises(CodeWrong):
        joining.join(desk, offer(desk, park), of, to, wrong, name="Li", password=None, network="n", device="", lang="zh")
    assert of.title not in [row.title for row in members.listed(desk.db, park)]
    with accounts_session(desk.db) as session:
        assert users.find(session, to) is None


def test_a_firm_joins_once_and_the_code_is_kept_for_another_try(desk: Desk, park: str) -> None:
    of, to = firm(), people.new_mobile()
    join(desk, park, of, people.new_mobile())
    with pytest.raises(FirmIsHere):
        join(desk, park, of, to)
    with accounts_session(desk.db) as session:
        assert users.find(session, to) is None, "nothing half-made"
    again = joining.join(
        desk, offer(desk, park), firm(), to, people.code_to(desk.db, to), name="Li", password=None,
        network=people.new_network(), device="", lang="zh",
    )  # fmt: skip
    assert people.seen(desk, again).role == "owner"


def test_an_existing_account_joins_without_losing_its_password(desk: Desk, park: str, tenant: str) -> None:
    to = people.enrolled(desk.db, "owner", tenant=tenant)
    who = people.seen(desk, join(desk, park, firm(), to, password="sechs Kiefern am Hang"))
    assert who.email == to.value
    assert users.sign_in_with_password(desk, to.value, people.PASSWORD, network=people.new_network())


def test_somebody_signed_in_joins_with_another_firm(desk: Desk, park: str, tenant: str) -> None:
    old, who = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=tenant))
    of = firm()
    new = joining.join_as(desk, offer(desk, park), of, who)
    assert current(desk.db, old) is None
    assert people.seen(desk, new).title == of.title


def test_a_held_firm_is_taken_over_only_with_the_parks_yes(desk: Desk, park: str, installed: Installed) -> None:
    code = people.new_credit_code()
    held = members.create(desk.db, installed.owner, park=park, title=f"Held {code}", actor="test", credit_code=code, held=True)
    secret = join(desk, park, firm(title="How it calls itself", credit_code=code), people.new_mobile())
    who = people.seen(desk, secret)
    assert (who.tenant, who.waiting, who.may("firm.see")) == (held, True, False)
    assert joining.progress(desk.db, who).state == "waiting"
    claim = joining.claims(desk.db, park)[0]
    other = new_park(installed)
    _, stranger = people.signed_in(desk, people.enrolled(desk.db, "park_admin", park=other))
    _, owner = people.signed_in(desk, people.enrolled(desk.db, "owner", tenant=held))
    with pytest.raises(NotFound):
        joining.decide_claim(desk, stranger, claim.id, yes=True)
    with pytest.raises(NotAllowed):
        joining.decide_claim(desk, owner, claim.id, yes=True)
    _, admin = people.signed_in(desk, people.enrolled(desk.db, "park_admin", park=park))
    joining.decide_claim(desk, admin, claim.id, yes=True)
    now = people.seen(desk, secret)
    assert (now.waiting, now.may("firm.see"), now.renew) == (False, True, True)
    with accounts_session(desk.db) as session:
        assert session.scalar("SELECT held FROM shared.tenant WHERE name = :name", name=held) is False
    with pytest.raises(NotFound):
        joining.decide_claim(desk, admin, claim.id, yes=True)
    assert who.mobile is not None
    assert "已通过" in people.messages_to(desk.db, Contact("mobile", who.mobile))[0]


def test_a_refused_claim_leaves_the_firm_with_the_park(desk: Desk, park: str, installed: Installed) -> None:
    code = people.new_credit_code()
    held = members.create(desk.db, installed.owner, park=park, title=f"Held {code}", actor="test", credit_code=code, held=True)
    secret = join(desk, park, firm(credit_code=code), people.new_mobile())
    _, admin = people.signed_in(desk, people.enrolled(desk.db, "park_admin", park=park))
    claim = joining.claims(desk.db, park)[0].id
    joining.decide_claim(desk, admin, claim, yes=False)
    assert people.seen(desk, secret).role is None
    with accounts_session(desk.db) as session:
        assert session.scalar("SELECT held FROM shared.tenant WHERE name = :name", name=held) is True
    with pytest.raises(NotFound):
        joining.decide_claim(desk, admin, uuid4(), yes=False)
