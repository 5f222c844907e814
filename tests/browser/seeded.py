"""A small park to look at: bills of two years, one load curve, totals, targets; and parks for the regulator to compare."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from park import parks, progress, rollups, summaries
from park.access import park_session
from tenants import activities
from tenants.db import Database, tenant_session
from tenants.entries import entry
from tenants.flows import MEASURED
from tenants.ingest.accept import accept
from tenants.ingest.series import Series
from tenants.period import add_months
from tests.databases import Installed, new_tenant

CHINA = ZoneInfo("Asia/Shanghai")
DAYS = 35  # of the load curve


@dataclass(frozen=True)
class Seeded:
    """Names of the parks and of one firm with a curve."""

    park: str
    firm: str
    firms: tuple[str, ...]
    dominated: str


def today() -> dt.date:
    """The local day."""
    return dt.datetime.now(CHINA).date()


def seed(installed: Installed) -> Seeded:
    """Enters everything through the program's own functions."""
    db = installed.db
    park = new_park(installed, "澜溪园")
    firms = tuple(new_tenant(installed, park) for _ in range(4))
    for number, firm in enumerate(firms):
        enter_months(db, firm, 40_000 * (number + 1), since=24)
    enter_curve(db, firms[0])
    dominated = new_park(installed, "独大园")
    for number in range(3):
        enter_months(db, new_tenant(installed, dominated), 2_000_000 if number == 0 else 1_000, since=24)
    _settle(db, park)
    summaries.refresh(db, installed.owner)
    return Seeded(park, firms[0], firms, dominated)


def new_park(installed: Installed, title: str, *, approval: bool = False) -> str:
    """A park in Chongqing by its title."""
    return parks.create(installed.db, installed.owner, title=title, province="重庆", actor="test", approval=approval)["park"]


def enter_months(db: Database, tenant: str, kwh: int, *, since: int) -> None:
    """The same electricity and a little gas for each month since so many months ago."""
    first = today().replace(day=1)
    with tenant_session(db, tenant) as session:
        for back in range(since, 0, -1):
            start = add_months(first, -back)
            end = add_months(start, 1)
            activities.add(session, entry("grid_in", Decimal(kwh + back), "kWh", start, end), actor="test")
            activities.add(session, entry("fuel:natural_gas", Decimal(kwh // 100), "Nm3", start, end), actor="test")


def enter_curve(db: Database, tenant: str) -> None:
    """A workshop's load of the last days at 15 minutes."""
    last = today()
    start = int(dt.datetime.combine(last - dt.timedelta(days=DAYS), dt.time(), CHINA).timestamp())
    at = start + 900 * np.arange(DAYS * 96, dtype=np.int64)
    hour = (at - start) // 3600 % 24
    values = np.where((hour >= 8) & (hour < 18), 30_000, 5_000).astype(np.int64)
    quality = np.full(at.size, MEASURED, np.uint8)
    made = Series("关口表", "grid_in", 15, at, values, quality, np.arange(1, at.size + 1, dtype=np.int32))
    with tenant_session(db, tenant) as session:
        accept(session, [made], source="test", name="curve", sha256="0" * 64, actor="test", create_missing=True)


def _settle(db: Database, park: str) -> None:
    """Targets and a top-down total of each month that is 2 % above the firms' sum."""
    first = today().replace(day=1)
    with park_session(db, park) as session:
        progress.set_own_target(session, value=Decimal("2.3"), base_year=first.year - 1, actor="test")
        for year in range(first.year - 1, first.year + 3):
            progress.set_target(session, year=year, emission_tco2=Decimal(5000 - 300 * (year - first.year)), actor="test")
        for back in range(23, 0, -1):
            month = add_months(first, -back)
            rollups.set_total(session, month=month, flow="grid_in", quantity=410_000_000, source="供电公司结算单", actor="test")
