"""Tables of bills: months, periods, days; the park's own sheet."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.errors import fill
from tenants.ingest.workbook import BillRow, Understanding, understand_held
from tenants.ingest.workbook.held import NoHeldTable
from tenants.ingest.workbook.refusals import YearUnknown
from tests.tenants.ingest.workbook.tables import delimited, read, workbook

YEAR = [
    ["月份", "尖", "峰", "平", "谷", "总电量(kWh)", "最大需量(kW)", "功率因数", "电费(元)"],
    *([f"2025年{m}月", m, 2 * m, 3 * m, 4 * m, 10 * m, f"{500 + m}.5", "0.91", "1,234.56"] for m in range(1, 13)),
]


def periods(found: Understanding) -> list[tuple[str, str]]:
    return [(str(one.start_day), str(one.end_day)) for one in found.bills]


def months_of_2025() -> list[tuple[str, str]]:
    firsts = [dt.date(2025, m, 1) for m in range(1, 13)] + [dt.date(2026, 1, 1)]
    return [(str(a), str(b)) for a, b in itertools.pairwise(firsts)]


def test_a_year_of_electricity() -> None:
    found = read(delimited(YEAR))
    assert (found.form, found.rows, found.rejected, found.series) == ("bill", 12, [], [])
    assert periods(found) == months_of_2025()
    assert [one.quantity for one in found.bills] == [10_000 * m for m in range(1, 13)]
    assert found.bills[4] == BillRow(
        dt.date(2025, 5, 1),
        dt.date(2025, 6, 1),
        "grid_in",
        50_000,
        {
            "max_demand": "505.5",
            "power_factor": "0.91",
            "amount": "1234.56",
            "sharp": "5",
            "peak": "10",
            "flat": "15",
            "valley": "20",
        },
        6,
    )
    assert [one.hint for one in found.questions] == ["reading_day"]


@pytest.mark.parametrize(
    "write", ["{y}-{m:02d}", "{y}/{m}", "{y}年{m}月", "{y}{m:02d}", "{y}-{m:02d}-01", "{y}.{m:02d}", "{m}月"]
)
def test_writings_of_months(write: str) -> None:
    rows = [["2025年度"], ["月份", "用电量(万kWh)"], *([write.format(y=2025, m=m), "1.5"] for m in range(1, 13)), ["合计", 18]]
    found = read(delimited(rows))
    assert periods(found) == months_of_2025()
    assert {one.quantity for one in found.bills} == {15_000_000}
    assert found.rejected == []


def test_real_dates_of_a_workbook() -> None:
    rows: list[list[Any]] = [["月份", "用电量(kWh)"], *([dt.datetime(2025, m, 1), 100.25] for m in range(1, 13))]
    found = read(workbook({"S": rows}, 'yyyy"年"m"月"'), "a.xlsx")
    assert periods(found) == months_of_2025()
    assert {one.quantity for one in found.bills} == {100_250}


def test_a_year_must_be_known() -> None:
    rows = [["月份", "用电量(kWh)"], ["1月", 1], ["2月", 2]]
    with pytest.raises(YearUnknown):
        read(delimited(rows))
    assert periods(read(delimited(rows), year=2024)) == [("2024-01-01", "2024-02-01"), ("2024-02-01", "2024-03-01")]
    assert periods(read(delimited(rows), "电费2024.csv"))[0] == ("2024-01-01", "2024-02-01")


def test_billing_periods() -> None:
    rows = [
        ["抄表周期", "用电量(kWh)"],
        ["2026-02-26~2026-03-25", 1],
        ["2026.03.26-2026.04.25", 2],
        ["2026年4月26日至2026年5月25日", 3],
    ]
    found = read(delimited(rows))
    assert periods(found) == [("2026-02-26", "2026-03-26"), ("2026-03-26", "2026-04-26"), ("2026-04-26", "2026-05-26")]
    assert found.questions == []


def test_first_and_last_day_in_columns() -> None:
    rows = [
        ["起始日期", "截止日期", "用电量(kWh)"],
        ["2026-02-26", "2026-03-25", 1],
        ["2026-03-26", "2026-04-25", 2],
        ["2026-05-01", "2026-04-25", 2],
    ]
    found = read(delimited(rows))
    assert periods(found) == [("2026-02-26", "2026-03-26"), ("2026-03-26", "2026-04-26")]
    assert [one.row for one in found.rejected] == [4]


def test_reading_days() -> None:
    rows = [["抄表日期", "用电量(kWh)"], ["2026-01-25", 1], ["2026-02-25", 2], ["2026-03-25", 3]]
    found = read(delimited(rows))
    assert periods(found) == [("2025-12-26", "2026-01-26"), ("2026-01-26", "2026-02-26"), ("2026-02-26", "2026-03-26")]
    assert [(one.hint, one.assumed) for one in found.questions] == [("reading_day", "25")]
    assert periods(read(delimited([["月份", "kWh"], ["2026-02", 1], ["2026-03", 2]]), reading_day=25)) == periods(found)[1:]


def test_days() -> None:
    rows = [["日期", "用电量(kWh)"], *([f"2026-03-{d:02d}", d] for d in range(1, 32))]
    found = read(delimited(rows))
    assert periods(found)[0] == ("2026-03-01", "2026-03-02")
    assert sum(one.quantity for one in found.bills) == 496_000
    assert any("each day" in str(note) for note in found.notes)


def test_all_kinds_of_energy() -> None:
    rows = [
        [
            "月份",
            "用电量(kWh)",
            "上网电量(kWh)",
            "天然气(Nm3)",
            "自来水(吨)",
            "蒸汽(t)",
            "柴油(kg)",
            "产值(万元)",
            "工业增加值(万元)",
            "备注",
        ],
        ["2026-01", 1, 2, 3, 4, 5, 6, 7, 8, "无"],
    ]
    found = read(delimited(rows))
    expected = {
        "grid_in": 1000,
        "grid_out": 2000,
        "fuel:natural_gas": 3000,
        "water": 4000,
        "fuel:diesel": 6000,
        "output": 70_000_000,
        "value_added": 80_000_000,
    }
    assert {one.flow: one.quantity for one in found.bills} == expected
    assert [one.hint for one in found.questions if one.hint == "gj_per_tonne"]
    with_heat = read(delimited(rows), gj_per_tonne=Decimal("2.763"))
    assert {one.flow: one.quantity for one in with_heat.bills} == expected | {"heat_in": 13_815}


def test_windows_without_a_total_are_added() -> None:
    found = read(delimited([["月份", "尖峰电量(kWh)", "峰", "平", "谷"], ["2026-01", 1, 2, 3, "4.5"], ["2026-02", 1, 2, 3, ""]]))
    assert [one.quantity for one in found.bills] == [10_500]


def test_windows_that_do_not_add_up_are_said() -> None:
    found = read(delimited([["月份", "峰", "平", "谷", "合计电量(kWh)"], ["2026-01", 100, 200, 300, 700]]))
    assert [one.quantity for one in found.bills] == [700_000]
    assert "600 kWh" in str(found.notes[0])
    assert "700 kWh" in str(found.notes[0])


def test_months_side_by_side() -> None:
    rows = [
        ["项目", *(f"2025年{m}月" for m in range(1, 13))],
        ["尖电量(kWh)", *range(1, 13)],
        ["用电量(kWh)", *range(100, 112)],
        ["电费(元)", *range(12)],
    ]
    found = read(delimited(rows))
    assert periods(found) == months_of_2025()
    assert [one.quantity for one in found.bills] == [1000 * q for q in range(100, 112)]
    assert found.bills[3].details == {"sharp": "4", "amount": "3"}


@pytest.mark.parametrize(("cell", "word"), [("-5", "negative"), ("很多", "not a number"), ("1e300", "beyond")])
def test_bad_cells(cell: str, word: str) -> None:
    found = read(delimited([["月份", "用电量(kWh)"], ["2026-01", cell], ["2026-02", 5]]))
    assert [one.quantity for one in found.bills] == [5000]
    assert [one.row for one in found.rejected] == [2]
    assert word in fill(found.rejected[0].reason, found.rejected[0].facts)
    assert found.refused.tolist() == [2]


def test_bad_periods_and_doubles() -> None:
    rows = [
        ["月份", "用电量(kWh)"],
        ["2026-01", 1],
        ["2026-01", 1],
        ["2026-02", 2],
        ["2026-02", 3],
        ["十三月", 4],
        ["2026-14", 4],
        ["2026-03", 5],
    ]
    found = read(delimited(rows))
    assert [(str(one.start_day), one.quantity) for one in found.bills] == [("2026-01-01", 1000), ("2026-03-01", 5000)]
    assert [one.row for one in found.rejected] == [4, 5, 6, 7]


@given(
    st.lists(st.decimals(0, 10**7, places=3), min_size=12, max_size=12),
    st.sampled_from([("kWh", 1000), ("万kWh", 10**7), ("MWh", 10**6)]),
    st.booleans(),
)
def test_quantities_are_exact(numbers: list[Decimal], unit: tuple[str, int], thousands: bool) -> None:
    rows = [
        ["月份", f"用电量({unit[0]})"],
        *([f"2025-{m:02d}", f"{n:,f}" if thousands else f"{n:f}"] for m, n in enumerate(numbers, 1)),
    ]
    assert [one.quantity for one in read(delimited(rows)).bills] == [int(n * unit[1]) for n in numbers]


HELD = [
    ["园区2025年用电量统计（单位：万kWh）"],
    ["序号", "户号", "户名", *(f"{m}月" for m in range(1, 13)), "合计"],
    ["1", "0500123", "甲公司", *(f"{m}.25" for m in range(1, 13)), "81"],
    ["2", "0500124", "乙公司", "1", "", "-", *(["2"] * 9), "19"],
    ["合计", "", "", *(["9"] * 13)],
]


def test_the_parks_sheet() -> None:
    sheet = understand_held(delimited(HELD), "代填.csv")
    assert (sheet.unit, sheet.rejected, sheet.questions) == ("万kWh", [], [])
    assert [(one.row, one.account_no, one.account_name, len(one.months)) for one in sheet.rows] == [
        (3, "0500123", "甲公司", 12),
        (4, "0500124", "乙公司", 10),
    ]
    assert sheet.rows[0].months[dt.date(2025, 3, 1)] == 32_500_000
    assert dt.date(2025, 2, 1) not in sheet.rows[1].months
    assert "totals" in str(sheet.notes[0])


def test_the_parks_sheet_as_a_workbook_with_the_year_in_merged_titles() -> None:
    rows: list[list[Any]] = [
        ["户号", "户名", "2025年", None, None],
        [None, None, "1月", "2月", "3月"],
        ["050012", "甲", 1, 2, 3.5],
    ]
    sheet = understand_held(workbook({"封面": [["说明"]], "数据": rows}), "表.xlsx")
    assert sheet.rows[0].months == {dt.date(2025, 1, 1): 1000, dt.date(2025, 2, 1): 2000, dt.date(2025, 3, 1): 3500}
    assert [one.hint for one in sheet.questions] == ["unit"]


def test_one_row_for_each_account_and_month() -> None:
    rows = [
        ["户号", "户名", "月份", "用电量(kWh)"],
        *([f"05{a}", f"公司{a}", f"2025-{m:02d}", a * m] for a in (1, 2) for m in range(1, 13)),
    ]
    sheet = understand_held(delimited(rows), "表.csv")
    assert [(one.account_no, sum(one.months.values())) for one in sheet.rows] == [("051", 78_000), ("052", 156_000)]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (["", "丙", 1, 2], "no account"),
        (["5.00123E+12", "丙", 1, 2], "lost digits"),
        (["0500", "丙", -1, 2], "negative"),
        (["0500", "丙", "x", 2], "not a number"),
    ],
)
def test_rows_of_the_parks_sheet_that_cannot_be_taken(row: list[Any], word: str) -> None:
    sheet = understand_held(delimited([["户号", "户名", "2025-01", "2025-02"], ["0501", "甲", 1, 2], row]), "表.csv")
    assert len(sheet.rows) == 1
    assert [one.row for one in sheet.rejected] == [3]
    assert word in fill(sheet.rejected[0].reason, sheet.rejected[0].facts)
    assert sheet.rejected[0].remedy


def test_an_account_that_is_there_twice() -> None:
    rows = [["户号", "户名", "2025-01"], ["0501", "甲", 1], ["0501", "甲", 2], ["0502", "乙", 1], ["0502", "乙", 1]]
    sheet = understand_held(delimited(rows), "表.csv")
    assert [one.account_no for one in sheet.rows] == ["0502"]
    assert [one.row for one in sheet.rejected] == [2, 3]


def test_sheets_that_are_no_such_table() -> None:
    with pytest.raises(NoHeldTable):
        understand_held(delimited([["时间", "kWh"], ["2026-01-01", 1]]), "表.csv")
    with pytest.raises(YearUnknown):
        understand_held(delimited([["户号", "户名", "1月"], ["1", "甲", 1]]), "表.csv")
    assert understand_held(delimited([["户号", "户名", "1月"], ["1", "甲", 1]]), "表.csv", 2024).rows[0].months == {
        dt.date(2024, 1, 1): 1000
    }
