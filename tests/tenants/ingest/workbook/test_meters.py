"""Whose values they are: columns, rows, sheets, and what would count twice."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tenants.ingest.workbook.tables import by_flow, delimited, instants, only, read, values, workbook

DAY = dt.datetime(2026, 3, 1)
TIMES = [f"{t:%Y-%m-%d %H:%M}" for t in instants(DAY, 96)]


def columns(*titles: str, scale: float = 1) -> bytes:
    return delimited(
        [["时间", *titles], *([t, *((i * 7 + j) % 13 * scale for j in range(len(titles)))] for i, t in enumerate(TIMES))]
    )


def named(data: bytes, name: str = "一号厂房.csv", **hints: Any) -> dict[tuple[str, str], int]:
    return {key: int(one.values.sum()) for key, one in by_flow(read(data, name, **hints)).items()}


def total(j: int = 0) -> int:
    return sum((i * 7 + j) % 13 for i in range(96)) * 1000


def test_an_unnamed_column_takes_the_name_of_the_file() -> None:
    assert named(columns("用电量(kWh)")) == {("一号厂房", "grid_in"): total()}
    assert named(columns("用电量(kWh)"), meter="总表") == {("总表", "grid_in"): total()}


def test_one_meter_many_flows() -> None:
    data = columns("正向有功(kWh)", "反向有功(kWh)", "正向无功(kvarh)", "反向无功(kvarh)", "光伏发电量(kWh)")
    assert set(named(data)) == {
        ("一号厂房", "grid_in"),
        ("一号厂房", "grid_out"),
        ("一号厂房", "reactive_in"),
        ("一号厂房", "reactive_out"),
        ("光伏发电量", "pv_gen"),
    }


def test_meters_in_columns_and_the_question_whether_they_stand_behind_one_another() -> None:
    found = read(columns("总表(kWh)", "1#空压机(kWh)", "注塑(kWh)"), behind={"注塑": "总表"})
    assert [one.meter for one in found.series] == ["总表", "1#空压机", "注塑"]
    asked = {one.subject: one.options for one in found.questions if one.hint == "behind"}
    assert asked == {"总表": ("1#空压机", "注塑"), "1#空压机": ("总表", "注塑")}
    assert found.behind == {"注塑": "总表"}


@pytest.mark.parametrize("title", ["合计(kWh)", "总计(kWh)", "Total (kWh)"])
def test_a_column_of_sums_is_left_out(title: str) -> None:
    assert set(named(columns("1#(kWh)", "2#(kWh)", title))) == {("1#", "grid_in"), ("2#", "grid_in")}


def test_power_beside_energy_is_left_out() -> None:
    found = read(columns("有功功率(kW)", "正向有功电量(kWh)"))
    assert values(only(found))[TIMES[1]] == 8000
    assert "energy" in str(found.columns[1].why)


def test_price_windows_and_phases_are_left_out() -> None:
    data = columns("正向有功总(kWh)", "正向有功尖(kWh)", "正向有功峰(kWh)", "A相有功功率(kW)", "电费(元)", "功率因数")
    found = read(data)
    assert only(found).flow == "grid_in"
    assert [column.role for column in found.columns] == ["time", "value", *["ignored"] * 5]


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("表号", ["0071", "0072"]),
        ("户号", [500_100_200, 500_100_201]),
        ("meter", ["A", "B"]),
        ("device_id", [1, 2]),
        ("车间", ["冲压", "涂装"]),
    ],
)
@pytest.mark.parametrize("blocks", [True, False])
def test_meters_in_rows(title: str, numbers: list[Any], blocks: bool) -> None:
    rows = [[number, t, (i * 7 + j) % 13] for j, number in enumerate(numbers) for i, t in enumerate(TIMES)]
    if not blocks:
        rows.sort(key=lambda row: str(row[1]))
    found = read(delimited([[title, "时间", "电量(kWh)"], *rows]))
    assert found.form == "long_with_meter"
    assert {one.meter: int(one.values.sum()) for one in found.series} == {
        str(number): total(j) for j, number in enumerate(numbers)
    }


def test_meters_in_rows_under_a_title_that_says_nothing() -> None:
    rows = [[group, t, (i * 7 + j) % 13] for j, group in enumerate("甲乙丙") for i, t in enumerate(TIMES)]
    found = read(delimited([["班组", "时间", "电量(kWh)"], *rows]))
    assert [one.meter for one in found.series] == ["甲", "乙", "丙"]
    assert [one.hint for one in found.questions if one.subject == "班组"] == ["roles"]


def test_the_most_precise_of_several_names() -> None:
    rows = [["5001", "甲公司", f"表{j}", t, 1] for j in range(2) for t in TIMES]
    found = read(delimited([["户号", "户名", "表号", "时间", "kWh"], *rows]))
    assert [one.meter for one in found.series] == ["表0", "表1"]


def test_a_name_only_in_the_first_row_of_its_block() -> None:
    rows = [["甲" if i == 0 else "", t, 1] for i, t in enumerate(TIMES)] + [
        ["乙" if i == 0 else "", t, 2] for i, t in enumerate(TIMES)
    ]
    found = read(delimited([["表号", "时间", "kWh"], *rows]))
    assert {one.meter: int(one.values.sum()) for one in found.series} == {"甲": 96_000, "乙": 192_000}


def test_a_row_without_a_name_is_refused() -> None:
    rows = [["甲" if i != 7 else "", t, 1] for i, t in enumerate(TIMES)]
    found = read(delimited([["表号", "时间", "kWh"], *rows]))
    assert [(one.row, one.reason) for one in found.rejected] == [(9, "the row names no meter")]
    assert found.rows == 96


def test_rows_that_add_up_the_others() -> None:
    rows = [[name, t, value] for t in TIMES for name, value in (("甲", 1), ("乙", 2), ("合计", 3))]
    found = read(delimited([["表号", "时间", "kWh"], *rows]))
    assert {one.meter for one in found.series} == {"甲", "乙"}


def test_quantities_and_units_in_rows() -> None:
    items = [("正向有功", "kWh"), ("反向有功", "kWh"), ("正向无功", "kvarh"), ("A相电压", "V")]
    rows = [["0071", item, t, (i * 7) % 13, unit] for item, unit in items if unit != "V" for i, t in enumerate(TIMES)]
    found = read(delimited([["表号", "数据项", "时间", "值", "单位"], *rows]))
    assert set(by_flow(found)) == {("0071", "grid_in"), ("0071", "grid_out"), ("0071", "reactive_in")}


def test_each_meter_its_unit() -> None:
    rows = [["A", t, 1, "kWh"] for t in TIMES] + [["B", t, 1, "MWh"] for t in TIMES]
    found = read(delimited([["表号", "时间", "值", "单位"], *rows]))
    assert {one.meter: int(one.values.sum()) for one in found.series} == {"A": 96_000, "B": 96_000_000}


def test_quantities_that_cannot_be_taken_are_said() -> None:
    rows = [["0071", item, t, 1] for item in ("正向有功(kWh)", "A相电压(V)") for t in TIMES]
    found = read(delimited([["表号", "数据项", "时间", "值"], *rows]))
    assert [one.flow for one in found.series] == ["grid_in"]
    assert any("A相电压" in str(note) for note in found.notes)


def test_a_sheet_for_each_meter() -> None:
    sheet = [["时间", "kWh"], *([t, 1] for t in instants(DAY, 96))]
    data = workbook({"冲压": sheet, "涂装": sheet, "说明": [["读我"], ["无"]], "藏": sheet}, hidden=["藏"])
    found = read(data, "两车间.xlsx")
    assert [one.meter for one in found.series] == ["冲压", "涂装"]
    assert found.format.sheets == ("冲压", "涂装")
    assert {str(note) for note in found.notes} == {
        "hidden sheets were not read: 藏",
        "sheets that are built differently were not read: 说明",
    }
    assert [one.meter for one in read(data, "两车间.xlsx", sheet="涂装").series] == ["两车间"]


def test_titles_in_two_rows_over_merged_cells() -> None:
    rows: list[list[Any]] = [
        ["时间", "1#变压器", None, "2#变压器", None],
        [None, "正向有功(kWh)", "反向有功(kWh)", "正向有功(kWh)", "反向有功(kWh)"],
    ]
    rows += [[t, 1, 2, 3, 4] for t in instants(DAY, 96)]
    found = by_flow(read(workbook({"S": rows}), "a.xlsx"))
    assert {key: int(one.values[0]) for key, one in found.items()} == {
        ("1#变压器", "grid_in"): 1000,
        ("1#变压器", "grid_out"): 2000,
        ("2#变压器", "grid_in"): 3000,
        ("2#变压器", "grid_out"): 4000,
    }


def test_a_row_of_units_below_the_titles() -> None:
    data = delimited([["时间", "1#", "2#"], ["", "kWh", "MWh"], *([t, 1, 1] for t in TIMES)])
    assert named(data) == {("1#", "grid_in"): 96_000, ("2#", "grid_in"): 96_000_000}


def test_no_titles_at_all() -> None:
    found = read(delimited([[t, i % 5] for i, t in enumerate(TIMES)]), "空压机.csv")
    assert only(found).meter == "空压机"
    assert [one.hint for one in found.questions] == ["units"]


def test_days_side_by_side() -> None:
    rows: list[list[Any]] = [["时刻", "2026-03-01", "2026-03-02"], *([t[11:], 1, 2] for t in TIMES)]
    found = read(delimited(rows), "负荷(kW).csv")
    assert found.form == "wide"
    assert int(only(found).values.sum()) == 96 * 3 * 250


@pytest.mark.parametrize(("said", "first"), [({}, 1000), ({"multiply": True}, 40_000)])
def test_multiplier(said: dict[str, Any], first: int) -> None:
    found = read(delimited([["时间", "倍率", "kWh"], *([t, 40, i % 5 + 1] for i, t in enumerate(TIMES))]), **said)
    assert int(only(found).values[0]) == first
    assert [one.hint for one in found.questions] == ([] if said else ["multiply"])


def test_what_a_person_says_of_columns() -> None:
    data = columns("空压机", "照明")
    said = {"空压机": "grid_in", "照明": "ignored"}
    assert named(data, roles=said, units={"空压机": "MWh"}) == {("空压机", "grid_in"): total() * 1000}
    assert named(columns("用电量(kWh)"), roles={"用电量(kWh)": "pv_gen"}) == {("用电量", "pv_gen"): total()}


def test_steam_by_weight_waits_for_its_heat() -> None:
    data = columns("蒸汽(t)", "用电量(kWh)")
    found = read(data)
    assert [one.flow for one in found.series] == ["grid_in"]
    assert [one.hint for one in found.questions] == ["gj_per_tonne"]
    assert named(data, gj_per_tonne=Decimal("2.75"))["蒸汽", "heat_in"] == total() * 275 // 100


def test_gas_asks_for_its_temperature() -> None:
    data = columns("天然气(m3)")
    assert named(data) == {("天然气", "fuel:natural_gas"): total()}
    assert [one.hint for one in read(data).questions] == ["units"]
    corrected = read(data, units={"天然气(m3)": "m3 (20 °C)"})
    assert int(corrected.series[0].values.sum()) == round(total() * 0.93178)
    assert corrected.questions == []


@settings(max_examples=40)
@given(st.lists(st.decimals(0, 5000, places=2), min_size=24, max_size=24), st.sampled_from([1, 5, 15, 30]))
def test_power_becomes_energy_whose_day_is_the_rounded_day(power: list[Decimal], minutes: int) -> None:
    """Each day's watt-hours add up to its exact energy, rounded once."""
    times = instants(DAY, 1440 // minutes, minutes)
    cells = [power[i % 24] for i in range(len(times))]
    found = read(
        delimited([["时间", "功率(kW)"], *([f"{t:%Y-%m-%d %H:%M}", cell] for t, cell in zip(times, cells, strict=True))])
    )
    if not found.series:
        return
    series = only(found)
    exact = sum(cells) * 1000 * minutes / 60
    assert abs(int(series.values.sum()) - exact) <= Decimal("0.5") + Decimal("0.0001")
    assert np.abs(series.values - np.array([float(cell) * 1000 * minutes / 60 for cell in cells])).max() <= 1 + 1e-9
