"""Bills through their door: entered once, replaced with a reason, overlapping refused, split to months to the last unit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants import activities, sites
from tenants.activities import EnteredDifferently, PeriodsOverlap
from tenants.db import Database, tenant_session
from tenants.entries import Entry, PartsDisagree, RegistersDisagree, electricity, entry
from tenants.errors import InvalidInput
from tenants.publish import check
from tenants.publish.billed import Bill, by_day
from tenants.publish.sums import nothing
from tests.tenants.publish.test_billed import window
from tests.tenants.readings import days, months, send, series

TODAY = dt.date(2026, 3, 1)
JAN, FEB, MAR = dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)


def D(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("flow", "value", "unit", "milli"),
    [
        ("grid_in", "1.5", "万kWh", 15_000_000),
        ("grid_in", "2", "MWh", 2_000_000),
        ("fuel:natural_gas", "10000", "m3", 9_317_800),
        ("fuel:natural_gas", "10000", "Nm3", 10_000_000),
        ("fuel:natural_gas", "1", "万Nm3", 10_000_000),
        ("fuel:diesel", "0.02", "t", 20_000),
        ("water", "3", "t", 3000),
        ("heat_in", "5", "GJ", 5000),
        ("output", "28", "万元", 280_000_000),
    ],
)
def test_units_are_turned_into_the_flows_own(flow: str, value: str, unit: str, milli: int) -> None:
    assert entry(flow, D(value), unit, JAN, FEB).quantity == milli


def test_gas_at_20_degrees_says_so() -> None:
    assert entry("fuel:natural_gas", 5, "m3", JAN, FEB).details["factor"] == "0.93178"
    assert "note" not in entry("fuel:natural_gas", 5, "Nm3", JAN, FEB).details


def test_the_parts_of_a_bill_give_its_total() -> None:
    parts = {"sharp": D("10"), "peak": D("20"), "flat": D("30.5"), "valley": D("40")}
    one = electricity(JAN, FEB, {**parts, "max_demand": D("300"), "power_factor": D("0.84"), "amount": D("81.30")})
    assert one.quantity == 100_500
    assert one.details["power_factor"] == "0.84"


def test_registers_and_multiplier_give_the_total() -> None:
    """Known answer: 10,000 to 12,400 at CT 400 are 960,000 kWh."""
    items = {"register_start": D("10000"), "register_end": D("12400"), "multiplier": D("400")}
    assert electricity(JAN, FEB, items).quantity == 960_000_000


def test_a_bill_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(PartsDisagree):
        electricity(JAN, FEB, {"peak": D("10"), "flat": D("20")}, total_kwh=D("31"))
    with pytest.raises(RegistersDisagree):
        electricity(JAN, FEB, {"register_start": D("1"), "register_end": D("2")}, total_kwh=D("3"))


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ({}, "total"),
        ({"peak": D("-1")}, "peak"),
        ({"peak": D("1"), "power_factor": D("1.2")}, "power_factor"),
        ({"noon": D("1")}, "noon"),
    ],
)
def test_impossible_bills_name_their_field(items: dict[str, Decimal], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        electricity(JAN, FEB, items)
    assert caught.value.facts["field"] == field


@pytest.mark.parametrize(
    ("flow", "value", "start", "end", "field"),
    [
        ("gec_applied", 1, JAN, FEB, "flow"),
        ("grid_in", -1, JAN, FEB, "quantity"),
        ("grid_in", 10**14, JAN, FEB, "quantity"),
        ("grid_in", 1, FEB, JAN, "end"),
        ("grid_in", 1, JAN, JAN, "end"),
    ],
)
def test_impossible_entries_name_their_field(flow: str, value: int, start: dt.date, end: dt.date, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        entry(flow, value, "kWh", start, end)
    assert caught.value.facts["field"] == field


# ---- on the database ----


def test_an_entry_is_published_and_the_same_again_changes_nothing(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        one = entry("grid_in", 1000, "kWh", JAN, FEB)
        first = activities.add(session, one, actor="t", today=TODAY)
        assert activities.add(session, one, actor="t", today=TODAY) == first
        row = months(session, "grid_in")["2026-01"]
        assert (row.quantity, row.measured, row.backed, row.missing, row.expected) == (10**6, 10**6, 10**6, 0, 31 * 1440)
        assert session.scalar("SELECT count(*) FROM batch") == 1
        assert check(session) == []


def test_a_different_quantity_needs_a_reason_and_keeps_the_former(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        first = activities.add(session, entry("grid_in", 1000, "kWh", JAN, FEB), actor="t", today=TODAY)
        other = entry("grid_in", 1100, "kWh", JAN, FEB)
        with pytest.raises(EnteredDifferently) as caught:
            activities.add(session, other, actor="t", today=TODAY)
        assert (caught.value.facts["kept"], caught.value.facts["offered"]) == (D("1000"), D("1100"))
        assert activities.add(session, other, actor="t", replace_reason="meter reading corrected", today=TODAY) == first
        former = session.row("SELECT revision, row ->> 'quantity' AS quantity, reason FROM activity_former")
        assert tuple(former or ()) == (1, "1000000", "meter reading corrected")
        assert months(session, "grid_in")["2026-01"].quantity == 1_100_000
        [now] = activities.list_activities(session)
        assert now.revision == 2


@pytest.mark.parametrize(("start", "end"), [(dt.date(2026, 1, 15), dt.date(2026, 2, 15)), (JAN, MAR), (JAN, dt.date(2026, 1, 9))])
def test_overlapping_periods_are_refused_naming_both(db: Database, tenant: str, start: dt.date, end: dt.date) -> None:
    with tenant_session(db, tenant) as session:
        activities.add(session, entry("grid_in", 1000, "kWh", JAN, FEB), actor="t", today=TODAY)
        with pytest.raises(PeriodsOverlap) as caught:
            activities.add(session, entry("grid_in", 5, "kWh", start, end), actor="t", replace_reason="why", today=TODAY)
        for day in (start, end, JAN, FEB):
            assert str(day) in caught.value.message
        activities.add(session, entry("water", 5, "m3", start, end), actor="t", today=TODAY)  # another flow is free


def test_of_many_entries_the_good_ones_are_entered(db: Database, tenant: str) -> None:
    several = [
        Entry("grid_in", JAN, FEB, 10, row=2),
        Entry("grid_in", dt.date(2026, 1, 9), FEB, 10, row=3),
        Entry("grid_in", FEB, MAR, 20, row=4),
        Entry("grid_in", MAR, dt.date(2027, 1, 1), 20, row=5),
    ]
    with tenant_session(db, tenant) as session:
        seen = activities.examine(session, several)
        assert session.scalar("SELECT count(*) FROM site") == 0
        done = activities.enter(session, several, actor="t", today=TODAY)
        assert done.rows == {"taken": {2, 4}, "unchanged": set(), "refused": {3, 5}}
        assert seen.rows["taken"] >= {2, 4}
        assert [type(error).__name__ for _, error in done.refused] == ["PeriodsOverlap", "InvalidInput"]
        again = activities.examine(session, several)
        assert again.rows == {"taken": set(), "unchanged": {2, 4}, "refused": {3, 5}}


def test_a_removed_entry_is_kept_as_former_and_unpublished(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        one = activities.add(session, entry("grid_in", 1000, "kWh", JAN, FEB), actor="t", today=TODAY)
        with pytest.raises(InvalidInput):
            activities.remove(session, one, actor="t", reason=" ")
        activities.remove(session, one, actor="t", reason="entered for the wrong firm", today=TODAY)
        assert activities.list_activities(session) == []
        assert session.scalar("SELECT reason FROM activity_former") == "entered for the wrong firm"
        assert months(session, "grid_in") == {}
        assert check(session) == []
        actions = [
            row.action for row in session.rows("SELECT action FROM shared.audit WHERE action LIKE 'activity%' ORDER BY at")
        ]
        assert sorted(actions) == ["activity.add", "activity.remove"]


def test_a_reading_period_is_split_to_months_by_its_days(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        bill = entry("grid_in", 3100, "kWh", dt.date(2025, 12, 26), dt.date(2026, 1, 26))
        shares = activities.preview_months(session, bill)
        assert [(one.month, one.days, one.quantity) for one in shares] == [
            (dt.date(2025, 12, 1), 6, 600_000),
            (JAN, 25, 2_500_000),
        ]
        made = activities.add(session, bill, actor="t", today=TODAY)
        assert activities.months_of(session, made) == shares
        assert {m: r.quantity for m, r in months(session, "grid_in").items() if r.quantity} == {
            "2025-12": 600_000,
            "2026-01": 2_500_000,
        }


def test_what_a_meter_saw_keeps_its_day_in_the_split(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", "2025-12-26", [1000] * 96 * 6), today=TODAY)  # 576 kWh until New Year, then it breaks
    with tenant_session(db, tenant) as session:
        bill = entry("grid_in", 3076, "kWh", dt.date(2025, 12, 26), dt.date(2026, 1, 26))
        assert [one.quantity for one in activities.preview_months(session, bill)] == [576_000, 2_500_000]
        activities.add(session, bill, actor="t", today=TODAY)
        [site] = sites.list_sites(session)
        sites.set_counts(session, site.id, "grid_in", "bill", actor="t")
        assert days(session, "grid_in")["2025-12-26"].quantity == 96_000
        assert check(session) == []


@given(st.integers(0, 10**12), st.integers(0, 400), st.integers(1, 400))
def test_the_shares_add_up_exactly(quantity: int, offset: int, length: int) -> None:
    sums = by_day(window(800), [Bill(20_000 + offset, 20_000 + offset + length, quantity, "bill")], nothing(800))
    assert int(sums.quantity.sum()) == quantity
    assert sums.quantity.max() - sums.quantity[offset : offset + length].min() <= 1
