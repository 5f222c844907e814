"""A real house in a zone with summer time: cumulative registers of two years, hourly, with holes."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import os
import secrets
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from park import parks
from tenants.db import tenant_session
from tenants.ingest.series import Register
from tenants.publish import check
from tenants.registers.findings import findings
from tenants.topology import load
from tests.databases import Installed, new_tenant
from tests.tenants.dials import send
from tests.tenants.readings import days

HOUSE = Path(
    os.environ.get("LINGYUAN_TESTDATA", Path(__file__).parents[4] / "shared" / "data"),
    "prosumer/household_data_60min_singleindex.csv.gz",
)
FLOWS = {
    "grid_import": "grid_in", "grid_export": "grid_out", "pv": "pv_gen", "heat_pump": "grid_in", "ev": "grid_in",
    "dishwasher": "grid_in", "freezer": "grid_in", "refrigerator": "grid_in", "washing_machine": "grid_in",
}  # fmt: skip


def columns() -> dict[str, tuple[np.ndarray, np.ndarray]]:  # type: ignore[type-arg]
    with gzip.open(HOUSE, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    at = [int(dt.datetime.fromisoformat(row["utc_timestamp"]).timestamp()) for row in rows]
    found = {}
    for name in FLOWS:
        there = [(a, round(1000 * float(text))) for a, row in zip(at, rows, strict=True)
                 if (text := row[f"DE_KN_residential4_{name}"])]  # fmt: skip
        found[name] = np.array([a for a, _ in there], np.int64), np.array([v for _, v in there], np.int64)
    return found


@pytest.mark.skipif(not HOUSE.exists(), reason=f"no test data at {HOUSE}: set LINGYUAN_TESTDATA")
def test_each_column_is_last_minus_first_and_days_of_23_and_25_hours_sum_right(installed: Installed) -> None:
    park = parks.create(
        installed.db, installed.owner, title=f"Park {secrets.token_hex(4)}", province="重庆", actor="test", approval=False,
        timezone="Europe/Berlin",
    )["park"]  # fmt: skip
    tenant, zone = new_tenant(installed, park), ZoneInfo("Europe/Berlin")
    read = columns()
    receipt = send(
        installed.db, tenant,
        *(Register(name, FLOWS[name], at, value, np.arange(at.size, dtype=np.int32)) for name, (at, value) in read.items()),
    )  # fmt: skip
    assert receipt.refused == 0
    with tenant_session(installed.db, tenant) as session:
        assert session.zone == zone
        assert check(session) == []
        assert findings(session, list(load(session).channels.values())) == []  # no good reading is called bad
        rows = session.rows(
            "SELECT m.name, v.day, v.total, v.step_minutes, cardinality(v.values) AS count FROM curve v "
            "JOIN channel c ON c.id = v.channel JOIN meter m ON m.id = c.meter"
        )
        assert sum(row.quantity for row in days(session, "pv_gen").values()) == int(read["pv"][1][-1] - read["pv"][1][0])
    for name, (_, value) in read.items():
        assert sum(row.total for row in rows if row.name == name) == int(value[-1] - value[0]), name
    hours = {
        (row.day.isoformat(), row.count) for row in rows if row.name == "grid_import" and row.count * row.step_minutes != 1440
    }
    assert {day for day, _ in hours} == {"2015-10-25", "2016-03-27", "2016-10-30"}
    for day, step in (("2015-10-25", 25), ("2016-03-27", 23), ("2016-10-30", 25)):
        at, value = read["heat_pump"]
        begin = int(dt.datetime.fromisoformat(day).replace(tzinfo=zone).timestamp())
        first, last = (int(np.interp(moment, at, value)) for moment in (begin, begin + step * 3600))
        [total] = [row.total for row in rows if row.name == "heat_pump" and row.day.isoformat() == day]
        assert abs(total - (last - first)) <= 1
