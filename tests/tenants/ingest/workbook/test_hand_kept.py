"""Tables as workshops, portals and meter readers keep them: each with its truth, none taken in wrong without a word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from tenants.ingest.workbook.refusals import NoValueColumn, YearTurns, YearUnknown
from tenants.ingest.workbook.result import Understanding
from tests.tenants.ingest.workbook.tables import SHANGHAI, by_flow, delimited, instants, only, read, values, workbook

DAY = dt.datetime(2025, 6, 1)
Rows = Sequence[Sequence[Any]]


def billed(found: Understanding, flow: str = "grid_in") -> dict[str, int]:
    """Milli-units of the flow by the first day of each period."""
    assert not found.refused.size
    named = {str(one.start_day): one.quantity for one in found.bills if one.flow == flow}
    assert len(named) == len([one for one in found.bills if one.flow == flow])
    return named


def load(i: int) -> int:
    """A value that goes up and down."""
    return 37 * i % 50 + 1


def noted(found: Understanding) -> set[str]:
    return {note.template for note in found.notes}


def sums(found: Understanding) -> dict[str, int]:
    """Milli-units by local start of the intervals of all series, each interval once."""
    every = [pair for series in found.series for pair in values(series).items()]
    assert not found.refused.size
    assert len(dict(every)) == len(every)
    return dict(every)


# Several columns of one quantity.


@pytest.mark.parametrize("months", [True, False])
def test_columns_of_workshops_are_added_up(months: bool) -> None:
    """The first alone would be a third of the bill."""
    days = [f"2025年{i}月" if months else f"2025-01-{i:02d}" for i in range(1, 13)]
    rows: list[list[Any]] = [[day, 100 + i % 5, 200, 300] for i, day in enumerate(days)]
    found = read(delimited([["日期", "一车间(kWh)", "二车间(kWh)", "三车间(kWh)"], *rows]))
    assert sum(billed(found).values()) == sum(sum(row[1:]) for row in rows) * 1000
    assert "{columns} were added up: each is a meter's" in noted(found)


@pytest.mark.parametrize("whole", ["总表(kWh)", "合计(kWh)", "全厂(kWh)"])
def test_a_column_of_all_is_not_added_to_its_parts(whole: str) -> None:
    rows = [[f"2025年{i}月", 100, 200, 310] for i in range(1, 13)]
    found = read(delimited([["月份", "一车间(kWh)", "二车间(kWh)", whole], *rows]))
    assert set(billed(found).values()) == {310_000}


def test_gateways_are_added_up_without_what_stands_behind_them() -> None:
    rows = [[f"2025年{i}月", 100, 400, 500] for i in range(1, 13)]
    found = read(delimited([["月份", "一车间(kWh)", "1#进线(kWh)", "2#进线(kWh)"], *rows]))
    assert set(billed(found).values()) == {900_000}
    assert "{column} was taken as the whole; {others} were not counted beside it" in noted(found)


def test_last_month_and_last_year_are_not_added() -> None:
    rows = [[f"2025年{i}月", 100 + i, 99 + i, 80] for i in range(1, 13)]
    found = read(delimited([["月份", "本月电量(kWh)", "上月电量(kWh)", "去年同期(kWh)"], *rows]))
    assert sum(billed(found).values()) == sum(100 + i for i in range(1, 13)) * 1000


def test_output_of_goods_is_no_energy() -> None:
    rows = [[day, 100, 5000, 12] for day in instants(DAY, 48, 60)]
    found = read(workbook({"1": [["2025年6月用电（kWh）"], ["时间", "一车间", "产量", "人数"], *rows]}))
    assert [one.meter for one in found.series] == ["一车间"]


# Tables side by side.


def test_months_of_days_side_by_side() -> None:
    """Two thirds of the quarter stand in the columns to the right."""
    rows: list[list[Any]] = []
    for day in range(1, 32):
        cells = [[f"2025/{month}/{day}", month * 100 + load(day)] if day <= last else [None, None]
                 for month, last in ((1, 31), (2, 28), (3, 31))]  # fmt: skip
        rows.append([*cells[0], None, *cells[1], None, *cells[2]])
    head = ["日期", "电量(kWh)", None]
    table = [["2025年1月", None, None, "2025年2月", None, None, "2025年3月"], [*head, *head, *head[:2]], *rows]
    found = billed(read(workbook({"1": table})))
    assert len(found) == 90
    assert sum(found.values()) == 1000 * sum(
        m * 100 + load(d) for m, last in ((1, 31), (2, 28), (3, 31)) for d in range(1, last + 1)
    )


def test_hours_side_by_side_keep_their_rows() -> None:
    rows = [[t, 1, None, t + dt.timedelta(days=31), 2] for t in instants(dt.datetime(2025, 1, 1), 72, 60)]
    found = read(workbook({"1": [["时间", "用电量（千瓦时）", None, "时间", "用电量（千瓦时）"], *rows]}), "甲.xlsx")
    assert {(one.meter, int(one.values.sum())) for one in found.series} == {("甲", 72_000), ("甲", 144_000)}
    assert [found.place(int(one.rows[0])) for one in found.series] == [("", 2), ("", 2)]


def test_meters_side_by_side_are_named_by_the_line_above() -> None:
    rows = [[t, 1, t, 2] for t in instants(DAY, 48, 60)]
    found = read(workbook({"1": [["空压站", None, "锅炉房", None], ["时间", "电量(kWh)", "时间", "电量(kWh)"], *rows]}))
    assert {name: int(one.values.sum()) for (name, _), one in by_flow(found).items()} == {"空压站": 48_000, "锅炉房": 96_000}


# Dates and times.


def test_a_date_in_the_first_row_of_its_day_only() -> None:
    rows = [[f"2025.7.{i // 24 + 1}" if i % 24 == 0 else "", f"{i % 24}:00", load(i)] for i in range(96)]
    found = sums(read(delimited([["日期", "时间", "有功电能kWh"], *rows], "\t", "utf-16")))
    assert found == {
        t.strftime("%Y-%m-%d %H:%M"): load(i) * 1000 for i, t in enumerate(instants(dt.datetime(2025, 7, 1), 96, 60))
    }


def test_a_month_in_the_first_of_its_rows_only() -> None:
    rows = [[f"2024年{i // 2 + 1}月" if i % 2 == 0 else None, "一车间" if i % 2 == 0 else "二车间", 100 + i] for i in range(24)]
    found = billed(read(workbook({"1": [["月份", "车间", "电量(kWh)"], *rows, ["合计", None, 9999]]})))
    assert len(found) == 12
    assert sum(found.values()) == sum(100 + i for i in range(24)) * 1000


@pytest.mark.parametrize(
    ("title", "write"),
    [
        ("点号", lambda i: i + 1),
        ("时段序号", lambda i: i),
        ("时刻", lambda i: f"{i // 4:02d}{i % 4 * 15:02d}"),
        ("时段", lambda i: f"{i // 4:02d}:{i % 4 * 15:02d}-{(i + 1) // 4:02d}:{(i + 1) % 4 * 15:02d}"),
    ],
)
@pytest.mark.parametrize("date", ["%Y%m%d", "%Y-%m-%d", "%Y年%m月%d日"])
def test_times_as_numbers_digits_and_ranges(title: str, write: Any, date: str) -> None:
    rows = [[t.strftime(date), write(i % 96), load(i)] for i, t in enumerate(instants(DAY, 192))]
    found = sums(read(delimited([["日期", title, "电量(kWh)"], *rows])))
    assert found == {t.strftime("%Y-%m-%d %H:%M"): load(i) * 1000 for i, t in enumerate(instants(DAY, 192))}


def test_ranges_of_hours_in_words() -> None:
    rows = [["2025/6/1", f"{h}点-{h + 1}点", load(h)] for h in range(24)]
    found = sums(read(delimited([["日期", "时段", "用电量(度)"], *rows], encoding="gb18030")))
    assert found == {f"2025-06-01 {h:02d}:00": load(h) * 1000 for h in range(24)}


def test_numbers_of_rows_are_no_times_of_the_day() -> None:
    rows = [[i + 1, f"{t:%Y-%m-%d}", 100 + i % 7] for i, t in enumerate(instants(DAY, 96, 1440))]
    assert len(billed(read(delimited([["序号", "日期", "电量(kWh)"], *rows])))) == 96


def test_columns_of_a_day_without_colons() -> None:
    """With a unit said, the first column alone was taken as the day's quantity."""
    head = ["Date", *(f"{i // 2:02d}{i % 2 * 30:02d}" for i in range(48))]
    found = only(read(delimited([head, *([f"2025/06/0{d}", *range(48)] for d in (1, 2, 3))]), unit="kWh"))
    assert found.step_minutes == 30
    assert int(found.values.sum()) == 3 * sum(range(48)) * 1000


@pytest.mark.parametrize("write", ["{0.month}月{0.day}日", "{0.month}月{0.day}日 星期日", "{0.month}/{0.day}"])
def test_days_without_a_year(write: str) -> None:
    rows = [[write.format(t), 100 + i % 7] for i, t in enumerate(instants(DAY, 20, 1440))]
    table: list[list[Any]] = [["日期", "用电量(度)"], *rows, ["合计", 999]]
    found = read(delimited([["2025年6月日用电量"], *table]))
    assert list(billed(found)) == [f"2025-06-{i:02d}" for i in range(1, 21)]
    assert "the dates were read as those of {period}, as the words around the table say" in noted(found)
    with pytest.raises(YearUnknown):
        read(delimited(table))
    assert len(billed(read(delimited(table), year=2024))) == 20


def test_days_without_a_year_over_new_year() -> None:
    rows = [[f"{t.month}月{t.day}日", 100 + t.day] for t in instants(dt.datetime(2024, 12, 20), 20, 1440)]
    with pytest.raises(YearTurns):
        read(delimited([["2024年用电"], ["日期", "用电量(度)"], *rows]))


def test_days_as_numbers_in_sheets_of_months() -> None:
    sheets: dict[str, Rows] = {
        f"{month}月": [
            [f"2025年{month}月逐时用电"], ["日期", *(f"{h:02d}:00" for h in range(24))], *([d, *range(24)] for d in range(1, 29))
        ]
        for month in (1, 2, 3)
    }  # fmt: skip
    found = sums(read(workbook(sheets)))
    assert len(found) == 3 * 28 * 24
    assert sum(found.values()) == 3 * 28 * sum(range(24)) * 1000


def test_days_across_and_hours_down() -> None:
    rows = [[f"{h}:00-{h + 1}:00", *(h + d for d in range(1, 31))] for h in range(24)]
    table = [["2025年6月用电记录（度）"], ["时段", *range(1, 31)], *rows, ["合计", *[999] * 30]]
    found = sums(read(workbook({"6月": table})))
    assert found == {f"2025-06-{d:02d} {h:02d}:00": (h + d) * 1000 for d in range(1, 31) for h in range(24)}


def test_a_date_in_the_title_only() -> None:
    rows = [[f"{h}:00", load(h)] for h in range(24)]
    found = sums(read(workbook({"1": [["2025年6月1日 逐时用电量(kWh)"], ["时间", "总表"], *rows]})))
    assert found == {f"2025-06-01 {h:02d}:00": load(h) * 1000 for h in range(24)}


@pytest.mark.parametrize("year", [2024, "2024年", "二〇二四年"])
def test_year_and_month_in_two_columns(year: Any) -> None:
    months = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
    rows = [[year if i == 0 else None, f"{name}月", 100 + i] for i, name in enumerate(months)]
    found = billed(read(workbook({"1": [["年份", "月份", "电量（度）"], *rows]})))
    assert found == {f"2024-{i + 1:02d}-01": (100 + i) * 1000 for i in range(12)}


# Months across.


def test_workshops_by_months_with_sums_on_both_sides() -> None:
    names = ["一车间", "二车间", "办公楼"]
    rows = [[k + 1, f"310000{k}", name, *[k + 1] * 12, 12 * (k + 1)] for k, name in enumerate(names)]
    head = ["序号", "户号", "户名", *(f"{i}月" for i in range(1, 13)), "全年合计"]
    found = billed(read(workbook({"1": [["2025年各户月用电量（万kWh）"], head, *rows, ["合计", None, None, *[6] * 12]]})))
    assert found == {f"2025-{i:02d}-01": 60_000_000 for i in range(1, 13)}


def test_items_by_months_with_their_units_beside_them() -> None:
    rows = [["用电量", "万kWh", *[1.5] * 12], ["天然气", "m3", *[20] * 12], ["自来水", "吨", *[3] * 12]]
    found = read(workbook({"1": [["2025年能耗台账"], ["项目", "单位", *(f"{i}月" for i in range(1, 13))], *rows]}))
    assert set(billed(found).values()) == {15_000_000}
    assert set(billed(found, "fuel:natural_gas").values()) == {20_000}
    assert set(billed(found, "water").values()) == {3_000}


def test_a_month_in_the_title_and_meters_below_one_another() -> None:
    head = ["序号", "表计名称", "上月示数", "本月示数", "倍率", "用电量(kWh)"]
    rows: list[list[Any]] = [
        [1, "一车间", 100, 150, 60, 3000],
        [2, "食堂", 10, 20, 1, 10],
        ["合计", None, None, None, None, 3010],
    ]
    assert billed(read(workbook({"1": [["2025年3月抄表记录表"], head, *rows]}))) == {"2025-03-01": 3_010_000}
    without = [row[:-1] for row in [head, *rows]]
    assert billed(read(workbook({"1": [["2025年3月抄表记录表"], *without]}))) == {"2025-03-01": 3_010_000}


# Registers.


@pytest.mark.parametrize("across", [False, True])
def test_a_row_of_multipliers(across: bool) -> None:
    days: list[Any] = [f"{i}月1日" for i in range(1, 7)] if across else [f"2025-05-0{i}" for i in range(1, 7)]
    table: list[list[Any]] = [
        ["表名", "1号楼", "2号楼"],
        ["倍率", 40, 1],
        *([day, 100 + i, 5000 + 3 * i] for i, day in enumerate(days)),
    ]
    if across:
        table = [list(row) for row in zip(*table, strict=True)]
    found = read(workbook({"1": [["2025年抄表记录（表底数）"], *table]}))
    assert {one.meter: int(one.readings[-1] - one.readings[0]) for one in found.registers} == {"1号楼": 200_000, "2号楼": 15_000}
    assert not found.bills
    assert "multiply" in {one.hint for one in found.questions}


def test_daily_readings_that_nothing_calls_so() -> None:
    """Taken as daily quantities they would be a hundred times what was used."""
    rows = [[f"{t:%Y-%m-%d}", 1000 + 12.5 * i] for i, t in enumerate(instants(DAY, 30, 1440))]
    found = read(delimited([["日期", "一车间(kWh)"], *rows]))
    assert [(one.meter, int(one.readings[-1] - one.readings[0])) for one in found.registers] == [("一车间", 362_500)]
    assert not found.bills


def test_quantities_that_rise_for_some_days_are_no_readings() -> None:
    rows = [[f"{t:%Y-%m-%d}", 10 * 2**i] for i, t in enumerate(instants(DAY, 10, 1440))]
    assert len(billed(read(delimited([["日期", "一车间(kWh)"], *rows])))) == 10


# Rows that need their words.


def test_shifts_of_a_day_are_added_up() -> None:
    rows = [[f"2025-06-0{d}", shift, 10 * d + k, 5 + k] for d in range(1, 7) for k, shift in enumerate(["白班", "夜班"])]
    assert set(billed(read(workbook({"1": [["日期", "班次", "表底数", "用电量"], *rows]}))).values()) == {11_000}


def test_amperes_beside_energy_do_not_refuse_the_file() -> None:
    rows = [
        [device, item, unit, f"{t:%Y-%m-%d %H:%M}", 2]
        for device in ("压缩机A", "压缩机B") for t in instants(DAY, 24, 60)
        for item, unit in (("有功电量", "kWh"), ("A相电流", "A"))
    ]  # fmt: skip
    found = read(delimited([["设备名称", "参数名称", "单位", "时间", "数值"], *rows]))
    assert {name: int(one.values.sum()) for (name, _), one in by_flow(found).items()} == {"压缩机A": 48_000, "压缩机B": 48_000}


def test_a_unit_in_the_brackets_of_the_title() -> None:
    rows = [[t, 2, 1] for t in instants(DAY, 96)]
    found = read(workbook({"1": [["光伏电站发电功率(MW)"], ["时间", "1#逆变器", "2#逆变器"], *rows]}))
    assert {name: int(one.values.sum()) for (name, _), one in by_flow(found).items()} == {
        "1#逆变器": 48_000_000,
        "2#逆变器": 24_000_000,
    }
    assert not [one for one in found.questions if one.hint == "units"]


def test_columns_that_nothing_names_are_refused_for_that() -> None:
    rows = [[f"{t:%Y-%m-%d %H:%M}", 1.5, 2.5] for t in instants(DAY, 48, 60)]
    with pytest.raises(NoValueColumn) as refused:
        read(delimited([["时间", "一车间", "二车间"], *rows]))
    assert "一车间" in str(refused.value)
    assert len(read(delimited([["时间", "一车间", "二车间"], *rows]), unit="kWh").series) == 2


def test_lines_of_totals_are_counted_from_the_top_of_the_sheet() -> None:
    rows = [row for d in range(1, 4) for row in ([[f"{d}日 值班：王工"], ["时间", "电量(kWh)"]] + [
        [f"2025-06-0{d} {h:02d}:00", 1] for h in range(24)] + [["小计", 24]])]  # fmt: skip
    found = read(workbook({"1": rows}))
    assert [note.facts["rows"] for note in found.notes if "totals" in note.template] == ["27", "54", "81"]


def test_readings_at_both_ends_of_a_period_are_one_register() -> None:
    head: list[list[Any]] = [["上次抄表", None, "本次抄表", None], ["日期", "示数(kWh)", "日期", "示数(kWh)"]]
    rows = [[f"2025-{i:02d}-01", 100 * i, f"2025-{i + 1:02d}-01", 100 * i + 100] for i in range(1, 9)]
    found = read(workbook({"1": [*head, *rows]}))
    assert {one.meter for one in found.registers} == {"甲厂"}
    assert sorted({pair for one in found.registers for pair in zip(one.at.tolist(), one.readings.tolist(), strict=True)}) == [
        (int(dt.datetime(2025, i, 1, tzinfo=SHANGHAI).timestamp()), 100_000 * i) for i in range(1, 10)
    ]


def test_times_repeated_beside_each_quantity_are_one_table() -> None:
    rows = [[t, load(i), t, load(i) / 10] for i, t in enumerate(instants(DAY, 48, 60))]
    found = read(workbook({"1": [["时间", "有功电量(kWh)", "时间", "无功电量(kvarh)"], *rows]}))
    assert {flow: int(one.values.sum()) for (_, flow), one in by_flow(found).items()} == {
        "grid_in": sum(load(i) * 1000 for i in range(48)), "reactive_in": sum(load(i) * 100 for i in range(48))
    }  # fmt: skip


def test_the_capacity_of_a_plant_is_no_unit_of_its_readings() -> None:
    rows = [[f"{t:%Y-%m-%d %H:%M}", load(i)] for i, t in enumerate(instants(DAY, 96))]
    found = only(read(delimited([["装机容量：500(kW)"], ["时间", "电量"], *rows])))
    assert int(found.values.sum()) == sum(load(i) for i in range(96)) * 1000


def test_variables_that_name_their_meter_keep_it() -> None:
    rows = [
        [name, f"{t:%Y-%m-%d %H:%M}", k + 1]
        for k, name in enumerate(["1#空压机有功电量", "2#空压机有功电量"]) for t in instants(DAY, 24, 60)
    ]  # fmt: skip
    found = read(delimited([["变量名称", "时间", "数值"], *rows]))
    assert sorted(int(one.values.sum()) for one in by_flow(found).values()) == [24_000, 48_000]


def test_blocks_of_two_columns_below_one_another_are_meters_own() -> None:
    rows: list[list[Any]] = []
    for k, name in enumerate(["空压站", "锅炉房"]):
        rows += [[name], ["时间", "电量(kWh)"], *([f"{t:%Y-%m-%d %H:%M}", k + 1] for t in instants(DAY, 24, 60))]
    found = by_flow(read(workbook({"1": rows})))
    assert {name: int(one.values.sum()) for (name, _), one in found.items()} == {"空压站": 24_000, "锅炉房": 48_000}


MONTHS = [f"{i}月" for i in range(1, 13)]


@pytest.mark.parametrize("titles", [["2024年(kWh)", "2025年(kWh)"], ["2024年用电量(kWh)", "2025年用电量(kWh)"]])
def test_a_column_for_each_year(titles: list[str]) -> None:
    """With a year said for the months, both would be that year's."""
    rows = [[month, 10 + i, 20 + i, "5%"] for i, month in enumerate(MONTHS)]
    found = billed(read(workbook({"1": [["月份", *titles, "同比"], *rows]})))
    assert found == {
        f"{year}-{i + 1:02d}-01": (10 * (year - 2023) + i) * 1000 for year in (2024, 2025) for i in range(12)
    }  # fmt: skip


def test_a_row_for_each_year() -> None:
    rows = [[f"{year}年", *(year - 2000 + i for i in range(12))] for year in (2023, 2024, 2025)]
    found = billed(read(workbook({"1": [["历年月用电量（万kWh）"], ["年份", *MONTHS], *rows]})))
    assert found == {
        f"{year}-{i + 1:02d}-01": (year - 2000 + i) * 10_000_000 for year in (2023, 2024, 2025) for i in range(12)
    }  # fmt: skip


def test_a_row_of_all_is_not_added_to_its_parts() -> None:
    rows = [[f"2025年{i}月", name, value] for i in (1, 2, 3) for name, value in (("总表", 300), ("一车间", 100), ("二车间", 190))]
    found = read(workbook({"1": [["月份", "表名", "电量(kWh)"], *rows]}))
    assert set(billed(found).values()) == {300_000}
    assert "{column} was taken as the whole; {others} were not counted beside it" in noted(found)


@pytest.mark.parametrize(("names", "quantity"), [(["一车间", "二车间"], 30_000), (["一车间", "总表"], 20_000)])
def test_sheets_of_meters_are_added_up(names: list[str], quantity: int) -> None:
    """The second sheet was refused as contradicting the first."""
    sheets: dict[str, Rows] = {
        name: [["月份", "电量(kWh)"], *([f"2025年{i}月", value] for i in range(1, 13))]
        for name, value in zip(names, (10, 20), strict=True)
    }
    found = billed(read(workbook(sheets)))
    assert len(found) == 12
    assert set(found.values()) == {quantity}


def test_a_copied_sheet_is_not_added() -> None:
    rows: Rows = [["月份", "电量(kWh)"], *([f"2025年{i}月", 10] for i in range(1, 13))]
    found = read(workbook({"Sheet1": rows, "Sheet2": rows}))
    assert {one.quantity for one in found.bills} == {10_000}


def test_the_power_of_a_plant_is_not_added_to_its_inverters() -> None:
    rows = [[f"{t:%Y-%m-%d %H:%M}", 10, 20, 30] for t in instants(DAY, 96)]
    found = by_flow(read(delimited([["时间", "1#光伏功率(kW)", "2#光伏功率(kW)", "总功率(kW)"], *rows]), "光伏.csv"))
    assert sum(int(one.values.sum()) for (_, flow), one in found.items() if flow == "pv_gen") == 96 * 30_000 // 4


@pytest.mark.parametrize("title", ["{0}-{1}", "{0}~{1}时", "{0}:00-{1}:00"])
def test_columns_named_by_the_hours_they_lie_between(title: str) -> None:
    rows: Rows = [["日期", *(title.format(h, h + 1) for h in range(24))], *([f"2025-06-0{d}", *range(24)] for d in (1, 2, 3))]
    found = sums(read(delimited([["2025年6月用电(kWh)"], *rows])))
    assert found == {f"2025-06-0{d} {h:02d}:00": h * 1000 for d in (1, 2, 3) for h in range(24)}


def test_readings_of_a_meter_are_no_names_of_meters() -> None:
    rows = [[f"2025-06-{d:02d}", 1000 + 10 * d] for d in range(1, 6)]
    found = read(delimited([["日期", "电表读数"], *rows]))
    assert [int(one.readings[-1] - one.readings[0]) for one in found.registers] == [40_000]
