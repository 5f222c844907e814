"""Publishing on a real database: topology, boundary, the running day, nightly refresh, consent, the check's sharpness."""

from __future__ import annotations

import datetime as dt

import pytest

from tenants import activities, sites
from tenants.db import Database, tenant_session
from tenants.entries import entry
from tenants.publish import check, refresh, republish
from tests.tenants.readings import TODAY, days, months, send, series

D = "2026-02-27"


def test_a_sub_meter_is_in_its_parents_sum(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", D, [100] * 96), series("Line 1", D, [30] * 96, row=200))
    with tenant_session(db, tenant) as session:
        assert days(session, "grid_in")[D].quantity == 130 * 96
        sites.change_meter(session, "Line 1", actor="t", parent="Main")
        assert days(session, "grid_in")[D].quantity == 100 * 96
        assert check(session) == []


def test_a_meter_cannot_stand_behind_itself(db: Database, tenant: str) -> None:
    send(db, tenant, series("A", D, [1]), series("B", D, [1], row=9))
    with tenant_session(db, tenant) as session:
        sites.change_meter(session, "A", actor="t", parent="B")
        with pytest.raises(sites.MeterLoop):
            sites.change_meter(session, "B", actor="t", parent="A")


def test_only_days_inside_the_boundary_are_published(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", "2026-02-25", [1] * 96 * 4))
    with tenant_session(db, tenant) as session:
        [site] = sites.list_sites(session)
        sites.change_site(session, site.id, actor="t", in_boundary_from=dt.date(2026, 2, 26), in_boundary_to=dt.date(2026, 2, 28))
        assert sorted(days(session, "grid_in")) == ["2026-02-26", "2026-02-27"]
        assert months(session, "grid_in")["2026-02"].quantity == 192
        assert check(session) == []


def test_earlier_data_make_the_days_between_missing(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", "2026-02-27", [1] * 96))
    send(db, tenant, series("Main", "2026-02-24", [1] * 96))
    with tenant_session(db, tenant) as session:
        shown = {day: (row.missing, row.expected) for day, row in days(session, "grid_in").items()}
        assert shown["2026-02-25"] == (1440, 1440)
        assert shown["2026-02-27"] == (0, 1440)
        assert shown["2026-02-28"] == (1440, 1440)  # yesterday, as today is 1 March
        assert "2026-03-01" not in shown
        assert check(session) == []


def test_the_running_day_expects_what_it_has_until_it_is_over(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", "2026-02-28", [1] * 96 + [1, None, 1]))
    with tenant_session(db, tenant) as session:
        row = days(session, "grid_in")["2026-03-01"]
        assert (row.quantity, row.missing, row.expected) == (2, 15, 45)
        assert check(session) == []
        refresh(session, today=TODAY + dt.timedelta(days=1))
        row = days(session, "grid_in")["2026-03-01"]
        assert (row.missing, row.expected) == (1440 - 30, 1440)
        assert check(session) == []


def test_a_meter_taken_out_of_service_expects_nothing_more(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", "2026-02-20", [1] * 96))
    with tenant_session(db, tenant) as session:
        sites.change_channel(session, "Main", "grid_in", actor="t", until=dt.date(2026, 2, 21))
        assert sorted(days(session, "grid_in")) == ["2026-02-20"]
        assert check(session) == []


def test_a_column_can_become_another_flow(db: Database, tenant: str) -> None:
    send(db, tenant, series("PV", D, [1] * 96))
    with tenant_session(db, tenant) as session:
        sites.change_channel(session, "PV", "grid_in", actor="t", flow="pv_gen")
        assert days(session, "grid_in") == {}
        assert months(session, "grid_in") == {}
        assert days(session, "pv_gen")[D].quantity == 96


def test_the_register_year_with_gaps_comes_out_of_the_database(db: Database, tenant: str) -> None:
    """Known answer "Gaps": 960,000 kWh by register, 34,164 of 35,040 quarters with 930,000 kWh."""
    quarters: list[int | None] = [930_000_000 // 34_164] * 35_040
    for i in range(876):
        quarters[i * 40] = None
    quarters[1] = (quarters[1] or 0) + 930_000_000 - 34_164 * (930_000_000 // 34_164)
    send(db, tenant, series("Main", "2025-01-01", quarters))
    with tenant_session(db, tenant) as session:
        [site] = sites.list_sites(session)
        bill = entry("grid_in", 960_000, "kWh", dt.date(2025, 1, 1), dt.date(2026, 1, 1))
        activities.add(session, bill, actor="t", today=TODAY)
        year = [row for month, row in months(session, "grid_in").items() if month < "2026"]
        assert sum(row.quantity for row in year) == 930_000_000
        sites.set_counts(session, site.id, "grid_in", "bill", actor="t")
        year = [row for month, row in months(session, "grid_in").items() if month < "2026"]
        totals = {
            name: sum(getattr(row, name) for row in year) for name in ("quantity", "measured", "backed", "missing", "expected")
        }
        assert totals == {
            "quantity": 960_000_000, "measured": 930_000_000, "backed": 960_000_000, "missing": 876 * 15, "expected": 525_600,
        }  # fmt: skip
        assert check(session) == []


def test_months_after_the_last_bill_are_missing_once_they_are_over(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        activities.add(
            session, entry("fuel:natural_gas", 100, "Nm3", dt.date(2025, 12, 1), dt.date(2026, 1, 1)), actor="t", today=TODAY
        )
        shown = {month: (row.quantity, row.missing) for month, row in months(session, "fuel:natural_gas").items()}
        assert shown == {"2025-12": (100_000, 0), "2026-01": (0, 31 * 1440), "2026-02": (0, 28 * 1440)}
        refresh(session, today=dt.date(2026, 4, 3))
        assert sorted(months(session, "fuel:natural_gas")) == ["2025-12", "2026-01", "2026-02", "2026-03"]
        assert check(session) == []


def test_intervals_are_published_only_with_consent(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", D, [1, 2, None]), series("Second", D, [5, None, 7], row=9))
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM shared.flow_curve") == 0
        session.execute("UPDATE shared.tenant SET consent = 'interval' WHERE name = current_user")
        republish(session, today=TODAY)
        row = session.row(
            'SELECT step_minutes, "values"[1:4] AS v FROM shared.flow_curve WHERE day = :day', day=dt.date(2026, 2, 27)
        )
        assert row is not None
        assert (row.step_minutes, row.v) == (15, [6, None, None, None])
        session.execute("UPDATE shared.tenant SET consent = 'month' WHERE name = current_user")
        republish(session, today=TODAY)
        assert session.scalar("SELECT count(*) FROM shared.flow_curve") == 0


@pytest.mark.parametrize("table", ["flow_day", "flow_month"])
def test_the_check_finds_a_changed_row(db: Database, tenant: str, table: str) -> None:
    send(db, tenant, series("Main", D, [1] * 96))
    with tenant_session(db, tenant) as session:
        session.execute(f"UPDATE shared.{table} SET quantity = quantity + 1 WHERE tenant = current_user AND quantity > 0")
        [found] = check(session)
        assert found.published is not None
        assert found.derived is not None
        assert found.published[0] == found.derived[0] + 1
        session.execute(f"DELETE FROM shared.{table} WHERE tenant = current_user")
        assert {one.published for one in check(session)} == {None}
        republish(session, today=TODAY)
        assert check(session) == []


def test_a_changed_curve_that_was_not_published_is_found(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", D, [1] * 96))
    with tenant_session(db, tenant) as session:
        session.execute('UPDATE curve SET "values"[5] = 9')  # the total column still says 96: it proves nothing
        assert [one.period for one in check(session)] == ["2026-02-27", "2026-02"]
