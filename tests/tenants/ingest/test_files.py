"""Files through the whole gate: preview, import, the same again, bills, meters behind meters, the real steel plant."""

from __future__ import annotations

import gzip
import os
from decimal import Decimal
from pathlib import Path

import pytest

from tenants import sites
from tenants.db import Database, tenant_session
from tenants.ingest.files import Hints, Taken, look, take
from tenants.publish import check
from tenants.topology import load
from tests.tenants.readings import days, months, send, series

STEEL = (
    Path(os.environ.get("LINGYUAN_TESTDATA", Path(__file__).parents[4] / "shared" / "data")) / "steel/Steel_industry_data.csv.gz"
)
LONG = "时间,用电量(kWh)\n" + "".join(f"2026-02-27 {i // 4:02d}:{i % 4 * 15:02d},1.5\n" for i in range(96))


def imported(db: Database, tenant: str, text: str | bytes, name: str = "Main.csv", **more: object) -> Taken:
    data = text if isinstance(text, bytes) else text.encode()
    with tenant_session(db, tenant) as session:
        return take(session, data, name=name, actor="t", **more)  # type: ignore[arg-type]


def test_a_file_is_taken_published_and_its_origin_kept(db: Database, tenant: str, tmp_path: Path) -> None:
    done = imported(db, tenant, LONG, folder=tmp_path)
    assert (done.rows, done.accepted, done.unchanged, done.refused) == (96, 96, 0, 0)
    assert done.receipt.meters[0].total == Decimal(144)
    with tenant_session(db, tenant) as session:
        row = session.row("SELECT id, source, name, sha256 FROM batch")
        assert row is not None
        assert (row.source, row.name, len(row.sha256)) == ("file", "Main.csv", 64)
        assert (tmp_path / tenant / str(row.id)).read_bytes() == LONG.encode()
        assert days(session, "grid_in")["2026-02-27"].quantity == 144_000


def test_the_same_file_again_changes_nothing(db: Database, tenant: str) -> None:
    imported(db, tenant, LONG)
    again = imported(db, tenant, LONG)
    assert (again.accepted, again.unchanged, again.receipt.batch) == (0, 96, None)


def test_the_preview_is_what_the_import_does(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        seen = look(session, LONG.encode(), name="Main.csv")
        assert session.scalar("SELECT count(*) FROM meter") == 0
    done = imported(db, tenant, LONG)
    assert (seen.rows, seen.accepted, seen.refused) == (done.rows, done.accepted, done.refused)
    assert seen.receipt.meters == done.receipt.meters
    assert seen.as_json().keys() == done.as_json().keys()


def test_bad_rows_are_listed_and_the_others_taken(db: Database, tenant: str) -> None:
    text = LONG.replace("2026-02-27 00:15,1.5", "2026-02-27 00:15,-1.5").replace("2026-02-27 00:30,1.5", "2026-02-27 00:30,abc")
    done = imported(db, tenant, text)
    assert (done.rows, done.accepted, done.refused) == (96, 94, 2)
    assert [one.row for one in done.rejected] == [3, 4]


def test_an_unnamed_column_of_a_known_meter_means_its_channel(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", "2026-02-26", [1], flow="pv_gen"))
    assert imported(db, tenant, LONG).receipt.meters[0].flow == "pv_gen"


def test_what_the_person_says_about_meters_behind_meters_is_done(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", "2026-02-27", [5000] * 96))
    imported(db, tenant, LONG, name="Line 1.csv", hints=Hints(behind={"Line 1": "Main"}))
    with tenant_session(db, tenant) as session:
        topology = load(session)
        line = topology.meter_named("Line 1")
        assert line is not None
        assert line.parent is not None
        assert days(session, "grid_in")["2026-02-27"].quantity == 480_000
        assert check(session) == []


def test_a_table_of_bills_becomes_entries(db: Database, tenant: str) -> None:
    head = "月份,总电量(kWh),尖,峰,平,谷,最大需量(kW),功率因数,电费(元)\n"
    text = head + "2025-01,1000,100,300,400,200,310,0.92,812.5\n2025-02,900,90,270,360,180,300,0.93,730\n"
    done = imported(db, tenant, text, name="bills.csv")
    assert (done.rows, done.accepted) == (2, 2)
    with tenant_session(db, tenant) as session:
        assert {m: r.quantity for m, r in months(session, "grid_in").items() if r.quantity} == {
            "2025-01": 10**6,
            "2025-02": 900_000,
        }
        details = session.scalar("SELECT details FROM activity ORDER BY start_day LIMIT 1")
        assert (details["peak"], details["max_demand"], details["amount"]) == ("300", "310", "812.5")
    again = imported(db, tenant, text, name="bills.csv")
    assert (again.accepted, again.unchanged) == (0, 2)


def test_a_bill_that_was_entered_otherwise_is_refused_with_its_row(db: Database, tenant: str) -> None:
    text = "月份,总电量(kWh)\n2025-01,1000\n2025-02,900\n"
    imported(db, tenant, text, name="bills.csv")
    done = imported(db, tenant, text.replace("900", "950"), name="bills.csv")
    assert (done.accepted, done.unchanged, done.refused) == (0, 1, 1)
    assert done.rejected[0].row == 3
    assert imported(db, tenant, text.replace("900", "950"), name="bills.csv", replace_reason="corrected").accepted == 1


def test_two_sites_need_a_name_for_a_new_meter(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        for name in ("A", "B"):
            sites.create_site(session, name=name, actor="t")
    with pytest.raises(sites.SiteNeeded):
        imported(db, tenant, LONG)


# ---- the real steel plant ----


@pytest.fixture(scope="module")
def steel() -> bytes:
    """One real year, stamps at the ends of intervals."""
    if not STEEL.exists():
        pytest.skip(f"no test data at {STEEL}: set LINGYUAN_TESTDATA")
    return gzip.decompress(STEEL.read_bytes())


def test_the_steel_year_comes_out_to_the_last_digit(db: Database, tenant: str, steel: bytes) -> None:
    done = imported(db, tenant, steel, name="Steel_industry_data.csv")
    assert (done.rows, done.accepted, done.refused) == (35_040, 35_040, 0)
    power = next(one for one in done.receipt.meters if one.flow == "grid_in")
    assert (power.total, power.intervals, power.missing) == (Decimal("959636.71"), 35_040, 0)
    with tenant_session(db, tenant) as session:
        year = [row for day, row in days(session, "grid_in").items() if day < "2019"]
        assert sum(row.quantity for row in year) == 959_636_710
        assert len(year) == 365
        assert sum(row.missing for row in year) == 0
        assert (
            session.scalar(
                "SELECT max(v) FROM curve c JOIN channel n ON n.id = c.channel AND n.flow = 'grid_in', unnest(c.\"values\") v"
            )
            == 157_180
        )
    again = imported(db, tenant, steel, name="Steel_industry_data.csv")
    assert (again.accepted, again.unchanged, again.receipt.batch) == (0, 35_040, None)


def test_every_day_of_the_steel_year_is_the_sum_of_its_rows(db: Database, tenant: str, steel: bytes) -> None:
    """Summed here from the text: rows of a date, 00:00 of a date being the end of its last interval."""
    imported(db, tenant, steel, name="Steel_industry_data.csv")
    truth: dict[str, Decimal] = {}
    for line in steel.decode("utf-8-sig").splitlines()[1:]:
        stamp, value = line.split(",")[:2]
        day, month, year = stamp.split(" ")[0].split("/")
        truth[f"{year}-{month}-{day}"] = truth.get(f"{year}-{month}-{day}", Decimal(0)) + Decimal(value)
    with tenant_session(db, tenant) as session:
        shown = {day: Decimal(row.quantity) / 1000 for day, row in days(session, "grid_in").items() if day < "2019"}
    assert shown == truth
