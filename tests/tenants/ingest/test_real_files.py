"""Real files through the whole gate: a house's registers in a zone with summer time, a PV plant on UTC, inverters with faults."""

from __future__ import annotations

import gzip
import os
from decimal import Decimal
from pathlib import Path

import pytest

from tenants.db import Database, tenant_session
from tenants.ingest.files import Hints, Taken, take
from tenants.publish import check

DATA = Path(os.environ.get("LINGYUAN_TESTDATA", Path(__file__).parents[4] / "shared" / "data"))
pytestmark = pytest.mark.long


def imported(db: Database, tenant: str, path: Path, hints: Hints | None = None) -> Taken:
    if not path.exists():
        pytest.skip(f"no test data at {path}: set LINGYUAN_TESTDATA")
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    with tenant_session(db, tenant, timeout_s=300) as session:
        return take(session, data, name=path.name.removesuffix(".gz"), actor="t", hints=hints)


def totals(db: Database, tenant: str) -> dict[str, Decimal]:
    """Published quantities by flow."""
    with tenant_session(db, tenant) as session:
        assert check(session) == []
        rows = session.rows("SELECT flow, sum(quantity) AS q FROM shared.flow_day WHERE tenant = current_user GROUP BY 1")
        return {row.flow: Decimal(int(row.q)) / 1000 for row in rows if row.q}


def test_the_registers_of_a_house_come_to_their_differences(db: Database, tenant: str) -> None:
    done = imported(db, tenant, DATA / "prosumer/household_data_60min_singleindex.csv.gz")
    assert done.refused == 0
    assert any("interpolated" in str(note) for note in done.understanding.notes)
    found = totals(db, tenant)
    spans = {one.flow: (one.readings.max() - one.readings.min()) / 1000 for one in done.understanding.registers}
    assert {"grid_in", "grid_out", "pv_gen"} <= set(spans)
    for flow, span in spans.items():
        assert abs(float(found[flow]) - span) < 0.001, flow


def test_a_plant_on_utc_generates_by_day(db: Database, tenant: str) -> None:
    done = imported(db, tenant, DATA / "pv/pvod_station00.csv.gz", Hints(unit="MW"))
    assert (done.rows, done.understanding.series[0].flow) == (28_896, "pv_gen")
    assert {one.hint: one.assumed for one in done.understanding.questions}["zone"] == "UTC"
    assert abs(float(totals(db, tenant)["pv_gen"]) - 6_003_346) < 10
    series = done.understanding.series[0]
    noon = (series.start // 3600 + 8) % 24
    assert series.values[(noon >= 21) | (noon < 4)].sum() == 0
    assert series.values[(noon >= 11) & (noon < 14)].sum() > series.values.sum() * 0.35


@pytest.mark.parametrize(
    ("name", "rows", "refused", "empty"),
    [
        ("ac_power_inv_2173_stale_data", 3000, 0, 1149),
        ("ac_power_inv_7539_outliers", 500, 2, 0),
        ("pvlib_data_shift", 2190, 0, 0),
    ],
)
def test_inverters_with_faults_come_in(db: Database, tenant: str, name: str, rows: int, refused: int, empty: int) -> None:
    done = imported(db, tenant, DATA / f"pv/faults/{name}.csv")
    counts = (done.rows, done.accepted, done.unchanged, done.receipt.conflicting, done.refused, done.empty)
    assert counts == (rows, rows - refused - empty, 0, 0, refused, empty)
    assert all(one.reason and one.remedy for one in done.rejected)


def test_the_night_of_an_inverter_is_refused_with_its_reason(db: Database, tenant: str) -> None:
    done = imported(db, tenant, DATA / "pv/faults/serf_east_15min_ac_power.csv")
    assert done.accepted + done.refused + done.empty == done.rows
    assert {one.reason for one in done.rejected} == {"{meter}: {value} {unit} is negative"}
