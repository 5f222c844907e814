"""Self-used PV: by interval, by bill, declared, not provable."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tenants import activities, sites
from tenants.db import Database, tenant_session
from tenants.entries import entry
from tenants.publish import check
from tenants.publish.proof import proofs
from tests.tenants.readings import TODAY, days, months, send, series

D = "2026-02-27"


def pv(db: Database, tenant: str, made: list[int | None], out: list[int | None] | None, step: int = 15) -> None:
    several = [series("PV", D, made, flow="pv_gen")]
    if out is not None:
        several.append(series("Gate", D, out, flow="grid_out", step=step, row=500))
    send(db, tenant, *several)


def self_use(db: Database, tenant: str) -> tuple[int, int, int]:
    with tenant_session(db, tenant) as session:
        assert check(session) == []
        row = days(session, "pv_self")[D]
        return row.quantity, row.missing, row.expected


def test_generation_less_export_interval_by_interval(db: Database, tenant: str) -> None:
    pv(db, tenant, [10] * 96, [0] * 95 + [4])
    assert self_use(db, tenant) == (956, 0, 1440)


def test_export_above_generation_is_not_set_to_zero(db: Database, tenant: str) -> None:
    pv(db, tenant, [10] * 96, [12] + [0] * 95)
    assert self_use(db, tenant) == (948, 0, 1440)


def test_what_speaks_against_self_use_is_listed(db: Database, tenant: str) -> None:
    pv(db, tenant, [10] * 96, [12] + [0] * 95)
    with tenant_session(db, tenant) as session:
        [proof] = proofs(session, dt.date(2026, 2, 26), dt.date(2026, 2, 27))
        assert proof.days == {"nothing": 1, "by_interval": 1}
        assert [(one.start.isoformat(), one.kwh) for one in proof.suspects] == [("2026-02-27T00:00:00+08:00", Decimal("-0.002"))]


@pytest.mark.parametrize(("zero_export", "basis"), [(False, "not_provable"), (True, "declared")])
def test_how_self_use_is_known_is_said(db: Database, tenant: str, zero_export: bool, basis: str) -> None:
    pv(db, tenant, [10] * 96, None)
    with tenant_session(db, tenant) as session:
        [site] = sites.list_sites(session)
        sites.change_site(session, site.id, actor="t", zero_export=zero_export)
        [proof] = proofs(session, dt.date(2026, 2, 27), dt.date(2026, 2, 27))
        assert proof.days == {basis: 1}


def test_either_side_missing_is_missing(db: Database, tenant: str) -> None:
    pv(db, tenant, [None] + [10] * 95, [0, None] + [0] * 94)
    assert self_use(db, tenant) == (940, 30, 1440)


def test_generation_in_quarters_and_export_in_hours_meet_in_hours(db: Database, tenant: str) -> None:
    pv(db, tenant, [10] * 4 + [None] + [10] * 91, [4] * 24, step=60)
    assert self_use(db, tenant) == (36 * 23, 60, 1440)


def test_without_an_export_meter_it_is_not_provable_and_not_counted(db: Database, tenant: str) -> None:
    pv(db, tenant, [10] * 96, None)
    assert self_use(db, tenant) == (0, 1440, 1440)


def test_declared_zero_export_is_an_assumption(db: Database, tenant: str) -> None:
    pv(db, tenant, [10] * 96, None)
    with tenant_session(db, tenant) as session:
        [site] = sites.list_sites(session)
        sites.change_site(session, site.id, actor="t", zero_export=True)
        assert days(session, "pv_self")[D].backed == 0
    assert self_use(db, tenant)[0] == 960


def test_a_measured_export_is_believed_before_a_declaration(db: Database, tenant: str) -> None:
    pv(db, tenant, [10] * 96, [1] * 96)
    with tenant_session(db, tenant) as session:
        [site] = sites.list_sites(session)
        sites.change_site(session, site.id, actor="t", zero_export=True)
    assert self_use(db, tenant)[0] == 864


def test_entered_self_use_stands_in_where_nothing_proves_it(db: Database, tenant: str) -> None:
    pv(db, tenant, [10] * 96, None)
    with tenant_session(db, tenant) as session:
        start, end = TODAY.replace(month=2), TODAY
        activities.add(session, entry("pv_self", 28, "kWh", start, end, method="statement"), actor="t", today=TODAY)
    assert self_use(db, tenant) == (1000, 0, 1440)


@pytest.mark.parametrize("made", ["bill", "meter"])
def test_bills_on_one_or_both_sides_give_the_months_difference(db: Database, tenant: str, made: str) -> None:
    start, end = TODAY.replace(month=2), TODAY
    with tenant_session(db, tenant) as session:
        if made == "bill":
            activities.add(session, entry("pv_gen", 3000, "kWh", start, end), actor="t", today=TODAY)
        activities.add(session, entry("grid_out", 400, "kWh", start, end), actor="t", today=TODAY)
    if made == "meter":
        send(db, tenant, series("PV", "2026-02-01", [250_000] * 24 * 28, flow="pv_gen", step=60))
    with tenant_session(db, tenant) as session:
        row = months(session, "pv_self")["2026-02"]
        expected = 3_000_000 if made == "bill" else 250_000 * 24 * 28
        assert row.quantity == row.measured == expected - 400_000
        assert row.backed == (row.quantity if made == "bill" else 0)
        assert row.missing == 0
        assert check(session) == []


def test_a_pv_meter_behind_the_gateway_still_counts(db: Database, tenant: str) -> None:
    send(db, tenant, series("Gate", D, [50] * 96), series("PV", D, [10] * 96, flow="pv_gen", row=200))
    with tenant_session(db, tenant) as session:
        sites.change_meter(session, "PV", actor="t", parent="Gate")
        assert days(session, "pv_gen")[D].quantity == 960
        assert check(session) == []


def test_a_proof_of_part_of_a_bills_period_sees_the_whole_bill(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        for flow, value in (("pv_gen", 3000), ("grid_out", 400)):
            activities.add(
                session, entry(flow, value, "kWh", dt.date(2025, 11, 26), dt.date(2026, 2, 26)), actor="t", today=TODAY
            )
        [proof] = proofs(session, dt.date(2026, 2, 20), dt.date(2026, 2, 27))
        assert proof.days == {"by_day": 6, "not_provable": 2}  # for the last two days a bill is still due
