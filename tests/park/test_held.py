"""What the park enters for others: bound once, kept until bound, never into the books of a firm that reports itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from park import held, members, rollups
from park.access import accounts_session, park_session
from park.people import joining
from tenants import activities, sites
from tenants.db import Database, tenant_session
from tenants.errors import AlreadyExists, NotAllowed, NotFound
from tenants.ingest.workbook.result import HeldRow, HeldSheet
from tenants.period import of_year
from tests.databases import Installed, new_park, new_tenant
from tests.tenants.readings import send, series

YEAR = of_year(2025)


def months(*kwh: int) -> dict[dt.date, int]:
    """The first months of 2025. [milli-kWh]"""
    return {dt.date(2025, number, 1): value * 1000 for number, value in enumerate(kwh, start=1)}


def sheet(*rows: tuple[str, str, dict[dt.date, int]]) -> HeldSheet:
    """A sheet of account number, account name, months."""
    return HeldSheet([HeldRow(number, *row) for number, row in enumerate(rows, start=2)], [], "kWh")


def total_kwh(db: Database, park: str) -> Decimal:
    """What the park's tenants bought in 2025."""
    with park_session(db, park) as session:
        return sum((Decimal(one.quantity) / 1000 for one in rollups.members(session, YEAR) if one.flow == "grid_in"), Decimal(0))


@pytest.fixture
def firm(installed: Installed, park: str) -> str:
    """A firm the park holds."""
    return new_tenant(installed, park, held=True)


def title(db: Database, tenant: str) -> str:
    with accounts_session(db) as session:
        return str(session.scalar("SELECT title FROM shared.tenant WHERE name = :t", t=tenant))


def test_rows_wait_until_they_are_bound(db: Database, park: str, firm: str) -> None:
    name = title(db, firm)
    done = held.import_sheet(db, park, sheet(("5001", name, months(100, 200)), ("5002", "路灯", months(7))), actor="test")
    assert (done.entered, done.matched) == (0, 0)
    assert done.unbound == [held.Unbound("5001", name, 2, firm), held.Unbound("5002", "路灯", 1, None)]
    assert total_kwh(db, park) == 0
    bound = held.bind(db, park, "5001", firm, actor="test")
    assert (bound.entered, bound.unchanged, bound.refused) == (2, 0, [])
    assert total_kwh(db, park) == 300
    again = held.import_sheet(db, park, sheet(("5001", name, months(100, 200, 300))), actor="test")
    assert (again.entered, again.unchanged, again.matched, len(again.unbound)) == (1, 2, 1, 1)
    assert total_kwh(db, park) == 600


def test_a_month_that_differs_needs_a_reason(db: Database, park: str, firm: str) -> None:
    held.import_sheet(db, park, sheet(("5001", "x", months(100))), actor="test")
    held.bind(db, park, "5001", firm, actor="test")
    other = held.import_sheet(db, park, sheet(("5001", "x", months(101, 200))), actor="test")
    assert other.entered == 1
    (row, account, error) = other.refused[0]
    assert (row, account, error.code) == (2, "x", "entered_differently")
    held.import_sheet(db, park, sheet(("5001", "x", months(101, 200))), actor="test", reason="the grid company corrected it")
    assert total_kwh(db, park) == 301


def test_a_firm_with_two_accounts_has_both(db: Database, park: str, firm: str) -> None:
    held.import_sheet(db, park, sheet(("5001", "甲一", months(100)), ("5002", "甲二", months(30))), actor="test")
    for number in ("5001", "5002"):
        assert held.bind(db, park, number, firm, actor="test").refused == []
    assert total_kwh(db, park) == 130
    with tenant_session(db, firm) as session:
        assert {one.account_no for one in sites.list_sites(session)} == {"5001", "5002"}


def test_a_site_that_carries_the_account_is_used(db: Database, park: str, firm: str) -> None:
    with tenant_session(db, firm) as session:
        sites.create_site(session, name="north", actor="test")
        south = sites.create_site(session, name="south", actor="test", account_no="5001")
    held.import_sheet(db, park, sheet(("5001", "x", months(100))), actor="test")
    held.bind(db, park, "5001", firm, actor="test")
    with tenant_session(db, firm) as session:
        (one,) = activities.list_activities(session)
    assert (one.site, one.method, one.details["account_no"]) == (south, "statement", "5001")


def test_a_wrong_firm_gives_the_months_back(installed: Installed, db: Database, park: str, firm: str) -> None:
    right = new_tenant(installed, park, held=True)
    held.import_sheet(db, park, sheet(("5001", "x", months(100, 200))), actor="test")
    held.bind(db, park, "5001", firm, actor="test")
    held.bind(db, park, "5001", right, actor="test")
    assert total_kwh(db, park) == 300, "not twice"
    with tenant_session(db, firm) as session:
        assert activities.list_activities(session) == []
        assert session.scalar("SELECT count(*) FROM activity_former") == 2, "kept in the history"
    with pytest.raises(held.AccountBound):
        held.bind_to_new(db, park, "5001", actor="test")


def test_a_new_firm_or_load_gets_the_kept_months(installed: Installed, db: Database, park: str) -> None:
    held.import_sheet(db, park, sheet(("5001", "新厂", months(100)), ("5002", "路灯", months(7, 8))), actor="test")
    made = [held.bind_to_new(db, park, "5001", actor="test"), held.bind_to_new(db, park, "5002", actor="test", kind="public")]
    early = held.import_sheet(db, park, sheet(("5001", "新厂", months(100, 200))), actor="test")
    assert (early.later, early.refused) == (["新厂"], []), "its workspace is not there yet; the months are kept"
    for tenant, entered in zip(made, (2, 2), strict=True):
        members.provision_now(db, installed.owner, tenant)
        assert held.enter_kept(db, tenant, "worker").entered == entered
        assert held.enter_kept(db, tenant, "worker").unchanged == entered, "a second time changes nothing"
    assert total_kwh(db, park) == 315
    rows = {row.account_no: (row.title, row.held, row.months) for row in held.accounts(db, park)}
    assert rows == {"5001": ("新厂", True, 2), "5002": ("路灯", True, 2)}
    held.import_sheet(db, park, sheet(("5003", "新厂", months(1))), actor="test")
    with pytest.raises(AlreadyExists):
        held.bind_to_new(db, park, "5003", actor="test")


def take_over(db: Database, tenant: str) -> None:
    """The firm joins and claims what the park has entered for it."""
    with accounts_session(db) as session:
        joining.take_over(session, tenant, "test")


def test_nothing_jumps_when_the_firm_joins(db: Database, park: str, firm: str) -> None:
    held.import_sheet(db, park, sheet(("5001", "x", months(100, 200))), actor="test")
    held.bind(db, park, "5001", firm, actor="test")
    take_over(db, firm)
    assert total_kwh(db, park) == 300
    after = held.import_sheet(db, park, sheet(("5001", "x", months(111, 222, 333))), actor="test", reason="should not matter")
    assert (after.entered, after.own, after.refused) == (0, ["x"], [])
    assert total_kwh(db, park) == 300, "its own data count from now on"
    with pytest.raises(held.NotHeld), held.entry_session(db, park, firm):
        pass
    send(db, firm, series("总表", "2025-02-01", [50] * (28 * 96)))  # 50 Wh a quarter-hour in February: 134.4 kWh
    assert total_kwh(db, park) == Decimal("234.4"), "its meter counts from its first day on, the park's months before it"


def test_an_account_of_a_firm_that_joined_is_not_taken_from_it(installed: Installed, db: Database, park: str, firm: str) -> None:
    held.import_sheet(db, park, sheet(("5001", "x", months(100))), actor="test")
    held.bind(db, park, "5001", firm, actor="test")
    take_over(db, firm)
    with pytest.raises(held.NotHeld):
        held.bind(db, park, "5001", new_tenant(installed, park, held=True), actor="test")
    assert total_kwh(db, park) == 100


def test_other_parks_firms_are_out_of_reach(installed: Installed, db: Database, park: str, firm: str) -> None:
    other = new_park(installed)
    held.import_sheet(db, other, sheet(("5001", "x", months(100))), actor="test")
    with pytest.raises(NotFound):
        held.bind(db, other, "5001", firm, actor="test")
    with pytest.raises(NotAllowed), held.entry_session(db, other, firm):
        pass
    with pytest.raises(NotFound):
        held.bind(db, park, "5001", firm, actor="test")
    assert held.unbound(db, park) == []


def test_a_bad_month_hinders_no_good_one(db: Database, park: str, firm: str) -> None:
    held.import_sheet(db, park, sheet(("5001", "x", {**months(100), dt.date(2098, 1, 1): 5000})), actor="test")
    done = held.bind(db, park, "5001", firm, actor="test")
    assert done.entered == 1
    assert [error.code for _, _, error in done.refused] == ["invalid_input"]
    assert total_kwh(db, park) == 100
