"""Tenants registered, found, approved, suspended; each by who may."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from park import members, parks
from park.access import accounts_session, park_session
from tenants.db import Database, tenant_session
from tenants.errors import AlreadyExists, InvalidInput, NotFound
from tests.databases import Installed, new_park


def test_the_same_firm_twice_is_refused(installed: Installed, db: Database, park: str) -> None:
    members.create(db, installed.owner, park=park, title="Works", actor="test", credit_code="91500000MA5U000018")
    for title, code in (("Works", None), ("Other", "91500000MA5U000018")):
        with pytest.raises(AlreadyExists):
            members.create(db, installed.owner, park=park, title=title, actor="test", credit_code=code)
    members.create(db, installed.owner, park=new_park(installed), title="Works", actor="test")


@pytest.mark.parametrize("title", ["", "   "])
def test_a_firm_needs_a_name(installed: Installed, db: Database, park: str, title: str) -> None:
    with pytest.raises(InvalidInput):
        members.create(db, installed.owner, park=park, title=title, actor="test")


def test_found_by_name_title_and_code_but_not_when_ambiguous(installed: Installed, db: Database, park: str) -> None:
    name = members.create(db, installed.owner, park=park, title="Unique Works", actor="test", credit_code="91500000MA5U000026")
    assert {members.find(db, wanted) for wanted in (name, "Unique Works", "91500000MA5U000026")} == {name}
    members.create(db, installed.owner, park=new_park(installed), title="Unique Works", actor="test")
    with pytest.raises(members.AmbiguousName):
        members.find(db, "Unique Works")
    with pytest.raises(NotFound):
        members.find(db, "nobody")


def test_approval_then_suspension(installed: Installed, db: Database, park: str) -> None:
    with accounts_session(db) as session:
        name = members.register(session, park=park, title="Waiting Works", actor="test", state="waiting")
    with pytest.raises(NotFound), tenant_session(db, name):
        pass
    with park_session(db, park) as session:
        with pytest.raises(InvalidInput):
            members.decide(session, name, "suspended", "test")
        members.decide(session, name, "provisioning", "test")
    members.provision_now(db, installed.owner, name)
    members.provision_now(db, installed.owner, name)  # a second time does nothing
    with park_session(db, park) as session:
        members.decide(session, name, "suspended", "test")
        members.decide(session, name, "active", "test")


def test_another_park_decides_nothing(installed: Installed, db: Database, tenant: str) -> None:
    with park_session(db, new_park(installed)) as session, pytest.raises(NotFound):
        members.decide(session, tenant, "suspended", "test")


def test_a_park_registers_held_firms_only(db: Database, park: str) -> None:
    with park_session(db, park) as session:
        members.register(session, park=park, title="Held", actor="test", held=True)
    with park_session(db, park) as session, pytest.raises(sa.exc.ProgrammingError):
        members.register(session, park=park, title="Not held", actor="test")


def test_parks_have_names_provinces_and_codes(installed: Installed, db: Database) -> None:
    made = parks.create(db, installed.owner, title="Park of codes", province="重庆", actor="test")
    assert {parks.find(db, wanted) for wanted in (made["park"], "Park of codes", made["code"])} == {made["park"]}
    for title, province, error in (
        ("Park of codes", "重庆", AlreadyExists),
        ("x", "Atlantis", InvalidInput),
        (" ", "重庆", InvalidInput),
    ):
        with pytest.raises(error):
            parks.create(db, installed.owner, title=title, province=province, actor="test")
    with park_session(db, made["park"]) as session:
        code = parks.new_join_code(session, "test")
    assert parks.find(db, code) == made["park"]
    with pytest.raises(NotFound):
        parks.find(db, made["code"])
