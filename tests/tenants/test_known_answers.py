"""The known answers of the method, from data that came in through the doors to the account."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tenants import accounts, activities, certificates, sites
from tenants.db import Database, TenantSession, tenant_session
from tenants.entries import electricity, entry
from tenants.period import of_year
from tenants.publish import check
from tenants.serials import serials
from tests.tenants.readings import send, series

TODAY = dt.date(2026, 3, 1)
START, END = dt.date(2025, 1, 1), dt.date(2026, 1, 1)


def bill(session: TenantSession, flow: str, value: str, unit: str = "kWh") -> None:
    activities.add(session, entry(flow, Decimal(value), unit, START, END), actor="t", today=TODAY)


def cancelled(session: TenantSession, units: int) -> None:
    given = serials("T", f"{session.tenant}-1 - {session.tenant}-{units}")
    certificates.record(session, kind="gec", serials=given, vintage=dt.date(2025, 6, 1), actor="t", claim_year=2025, today=TODAY)


def figure(session: TenantSession, method: str, key: str) -> Decimal:
    value = accounts.of_tenant(session, of_year(2025), method).figures[key].value
    assert value is not None
    return Decimal(str(value))


def test_no_netting(db: Database, tenant: str) -> None:
    """Import 8,000,000; direct 500,000; PV 3,000,000 of which 400,000 exported; 2,000 GEC: 4,995 t, never 4,662."""
    with tenant_session(db, tenant) as session:
        for flow, value in (("grid_in", "8000000"), ("direct_in", "500000"), ("pv_gen", "3000000"), ("grid_out", "400000")):
            bill(session, flow, value)
        cancelled(session, 2000)
        assert figure(session, "cn_park_2025", "emission_tco2") == 4995
        # The equivalent value of electricity is known for 2026 only: for 2025 it is a choice, and says so.
        accounts.choose_factor_year(session, year=2025, use_year=2026, why="not published for 2025", actor="t")
        assert round(figure(session, "cn_park_2025", "carbon_per_energy"), 6) == Decimal("1.575630")
        assert check(session) == []


def test_fuels(db: Database, tenant: str) -> None:
    """500,000 Nm3 gas, 20 t diesel, 1,000,000 kWh: 1,976.496854 t."""
    with tenant_session(db, tenant) as session:
        bill(session, "fuel:natural_gas", "50", "万Nm3")
        bill(session, "fuel:diesel", "20", "t")
        bill(session, "grid_in", "1000", "MWh")
        assert round(figure(session, "cn_park_2025", "emission_tco2"), 6) == Decimal("1976.496854")


def test_scope_2(db: Database, tenant: str) -> None:
    """Chongqing: import 2,000,000, self-used 500,000, exported 100,000, 600 GEC: location 1,116.2 t, market 853.44 t."""
    with tenant_session(db, tenant) as session:
        for flow, value in (("grid_in", "2000000"), ("pv_gen", "600000"), ("grid_out", "100000")):
            bill(session, flow, value)
        cancelled(session, 600)
        assert figure(session, "ghgp_location", "scope2_location_tco2e") == Decimal("1116.2")
        assert figure(session, "ghgp_market", "scope2_market_tco2e") == Decimal("853.44")


@pytest.mark.parametrize("order", ["bill first", "meter first"])
def test_gaps(db: Database, tenant: str, order: str) -> None:
    """Register 10,000 to 12,400 at CT 400; 34,164 of 35,040 quarters with 930,000 kWh: 799.2 t, 3.125 % of it estimated."""
    quarters: list[int | None] = [930_000_000 // 34_164] * 35_040
    for i in range(876):
        quarters[i * 40 + 7] = None
    quarters[0] = 930_000_000 - 34_163 * (930_000_000 // 34_164)
    registers = {"register_start": Decimal(10_000), "register_end": Decimal(12_400), "multiplier": Decimal(400)}

    def by_bill() -> None:
        with tenant_session(db, tenant) as session:
            activities.add(session, electricity(START, END, registers), actor="t", today=TODAY)

    steps = [by_bill, lambda: send(db, tenant, series("Main", "2025-01-01", quarters))]
    for step in steps if order == "bill first" else reversed(steps):
        step()
    with tenant_session(db, tenant) as session:
        sites.set_counts(session, sites.main_site(session, actor="t"), "grid_in", "bill", actor="t")
        assert figure(session, "cn_park_2025", "emission_tco2") == Decimal("799.2")
        [one] = [each for each in accounts.flow_sums(session, of_year(2025)) if each.flow == "grid_in"]
        assert (one.measured, one.quantity, one.backed) == (930_000_000, 960_000_000, 960_000_000)
        assert (one.missing, one.expected) == (876 * 15, 525_600)
        assert check(session) == []
