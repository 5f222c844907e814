"""Against data whose faults were labelled by others: how many of them are found, and how much is found that is none."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from tenants import clock
from tenants.calc.quality.day_kind import kinds
from tenants.calc.quality.history import Found, History
from tenants.calc.quality.level_shift import shifts
from tenants.calc.quality.place import PROVINCES, Place
from tenants.calc.quality.rules import of_curve

UTC = ZoneInfo("UTC")
DATA = Path(os.environ.get("LINGYUAN_TESTDATA", Path(__file__).parents[5] / "shared" / "data"))
pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"no test data at {DATA}: set LINGYUAN_TESTDATA")
Row = dict[str, str]


def rows(path: str) -> Iterator[Row]:
    """The lines of a table."""
    file = DATA / path
    with gzip.open(file, "rt", encoding="utf-8-sig") if file.suffix == ".gz" else file.open(encoding="utf-8-sig") as lines:
        yield from csv.DictReader(lines)


def history(at: list[int], values: list[float], zone: ZoneInfo, *, works: bool = False) -> History:
    """Quarter hours [UTC seconds], NaN and negative ones missing: the gate refuses those."""
    start, row = np.array(at, np.int64), np.array(values)
    day, second = clock.split(start, zone)
    first, last = int(day.min()), int(day.max())
    days = np.arange(first, last + 1, dtype=np.int32)
    midnights = clock.midnights(zone, first, last)
    length = (np.diff(midnights) // 900).astype(np.int32)
    cells = np.zeros((days.size, int(length.max())), np.int64)
    quality = np.zeros(cells.shape, np.uint8)
    good = row >= 0
    cells[day[good] - first, second[good] // 900] = np.rint(row[good])
    quality[day[good] - first, second[good] // 900] = 1
    inside = np.arange(cells.shape[1])[None, :] < length[:, None]
    return History(
        days, midnights[:-1], length, kinds(days) if works else np.zeros(days.size, np.int8), 15, cells, quality, inside
    )


def instant(text: str) -> int:
    """UTC seconds of 2017-04-11 14:45:00+00:00."""
    return int(dt.datetime.fromisoformat(text).timestamp())


def marked(found: list[Found], rules: set[str], at: list[int]) -> NDArray[np.bool_]:
    """Which of the moments lie in a finding of these rules."""
    moments = np.array(at)
    hit = np.zeros(moments.size, bool)
    for one in found:
        if one.rule in rules:
            hit |= (moments >= one.start) & (moments < one.end)
    return hit


def precision_and_recall(found: NDArray[np.bool_], label: NDArray[np.bool_]) -> tuple[float, float]:
    """Of what was found, the share that is labelled; of what is labelled, the share that was found."""
    both = int((found & label).sum())
    return both / max(int(found.sum()), 1), both / max(int(label.sum()), 1)


def test_stale_data_of_an_inverter() -> None:
    table = list(rows("pv/faults/ac_power_inv_2173_stale_data.csv"))
    at = [instant(row["timestamp"]) for row in table]
    values = [float(row["value_normalized"] or "nan") * 1e6 for row in table]
    label = np.array([row["stale_data_mask"].lower() == "true" for row in table])
    found = marked(of_curve(history(at, values, UTC)), {"stuck", "stuck_at_zero"}, at)
    precision, recall = precision_and_recall(found, label)
    assert (int(label.sum()), round(precision, 3), round(recall, 3)) == (245, 1.0, 1.0)


def test_outliers_of_an_inverter() -> None:
    table = list(rows("pv/faults/ac_power_inv_7539_outliers.csv"))
    at = [instant(row["timestamp"]) for row in table]
    values = [float(row["value_normalized"]) * 1e6 for row in table]
    label = np.array([row["outlier"].lower() == "true" for row in table])
    refused = np.array(values) < 0  # the gate says so, and the rule `negative` keeps it
    seen = history(at, values, UTC)
    for rated, expected in ((1_000_000, (1.0, 5 / 6)), (None, (1.0, 4 / 6))):
        place = Place(39.7, 0.0, 15.0)  # its stamps say UTC and follow the sun
        found = marked(of_curve(seen, rated=rated, place=place), {"spike", "above_rated"}, at) | refused
        assert precision_and_recall(found, label) == pytest.approx(expected)


def test_a_shift_in_six_years_of_a_plant() -> None:
    table = list(rows("pv/faults/pvlib_data_shift.csv"))
    label = np.array([row["label"] == "1" for row in table])
    found = np.zeros(label.size, bool)
    found[shifts(np.array([float(row["value"]) for row in table]))] = True
    assert precision_and_recall(found, label) == (1.0, 1.0)


def padded(table: Iterator[Row]) -> Iterator[Row]:
    """The rows with times that have two digits everywhere."""
    for row in table:
        row["date_time"] = dt.datetime.strptime(row["date_time"], "%Y/%m/%d %H:%M").strftime("%Y/%m/%d %H:%M")
        yield row


def plant(zone: ZoneInfo) -> History:
    """The plant in Hebei, its times taken as local times of the zone."""
    table = list(rows("pv/pvod_station00.csv.gz"))
    at = [int(dt.datetime.strptime(row["date_time"], "%Y/%m/%d %H:%M").replace(tzinfo=zone).timestamp()) for row in table]
    return history(at, [float(row["power"]) * 250_000 for row in table], ZoneInfo("Asia/Shanghai"))


def test_a_plant_whose_clock_is_another_zones() -> None:
    rules = [each for each in of_curve(plant(ZoneInfo("Asia/Shanghai")), place=PROVINCES["河北"]) if each.rule == "pv_clock"]
    assert len(rules) == 2, "one for each year"
    assert all(abs(float(one.facts["hours"]) + 8) < 0.5 for one in rules)


def test_the_same_plant_in_its_own_clock_shows_its_gaps_and_its_stops_in_full_sun() -> None:
    found = of_curve(plant(UTC), place=PROVINCES["河北"])
    assert {one.rule for one in found} == {"gap", "stuck_at_zero"}
    assert sum(one.facts["intervals"] for one in found if one.rule == "gap") == 97
    stops = [one for one in found if one.rule == "stuck_at_zero"]
    assert len(stops) == 3
    sun = {instant(row["date_time"].replace("/", "-") + "+00:00"): row for row in padded(rows("pv/pvod_station00.csv.gz"))}
    for one in stops:  # the plant's own instrument: the sun shone, nothing was generated
        light = [float(sun[at]["lmd_totalirrad"]) for at in range(one.start, one.end, 900) if at in sun]
        assert max(light) > 300, dt.datetime.fromtimestamp(one.start, UTC)


def test_no_good_day_of_a_steel_plant_is_called_bad() -> None:
    values = [float(row["Usage_kWh"]) * 1000 for row in rows("steel/Steel_industry_data.csv.gz")]
    first = int(dt.datetime(2018, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp())
    at = [first + 900 * i for i in range(len(values))]
    assert of_curve(history(at, values, ZoneInfo("Asia/Shanghai"), works=True)) == []


def test_a_good_inverter_in_another_country_is_good() -> None:
    table = [row for row in rows("pv/faults/serf_east_15min_ac_power.csv") if row["measured_on"]]
    at = [instant(row["measured_on"]) for row in table]
    values = [float(row["ac_power"] or "nan") * 250 for row in table]
    zone: Any = ZoneInfo("America/Phoenix")
    found = of_curve(history(at, values, zone), place=Place(39.74, -105.18))
    assert {one.rule for one in found} <= {"gap", "gaps"}
