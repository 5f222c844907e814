"""Exports of grid companies, PV portals, meters and production systems, written after the reader: each comes in right, or is
refused with the true reason."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

import pytest

from tenants.ingest.workbook import Hints, Understanding, understand
from tenants.ingest.workbook.refusals import FileRefused, NoClockColumn, WrongType
from tests.tenants.ingest.workbook.tables import SHANGHAI, delimited, instants, only, read, workbook

DAY = dt.datetime(2026, 3, 1)
QUARTERS = instants(DAY, 96)


def sunny(moment: dt.datetime) -> float:
    """kW of a plant of 30 kW on a clear day."""
    hour = moment.hour + moment.minute / 60
    return round(max(0.0, 30 * math.sin((hour - 6) / 12 * math.pi)), 2) if 6 <= hour < 18 else 0.0


def asked(found: Understanding) -> dict[str, str]:
    return {one.hint: one.assumed for one in found.questions}


def registers(found: Understanding) -> dict[tuple[str, str], tuple[int, int]]:
    """First and last reading [milli-units] by meter and flow."""
    return {(one.meter, one.flow): (int(one.readings[0]), int(one.readings[-1])) for one in found.registers}


def test_state_grid_daily_energy_with_price_windows() -> None:
    rows = [["5001", "甲厂", f"202603{day:02d}", 1000 + day, 400, 300 + day, 300] for day in range(1, 29)]
    found = read(
        delimited([["户号", "户名", "日期", "日用电量(kWh)", "峰电量", "平电量", "谷电量"], *rows], encoding="gb18030"),
        "日用电量.csv",
    )
    assert len(found.bills) == 28
    assert (found.bills[0].quantity, found.bills[0].details) == (1_001_000, {"peak": "400", "flat": "301", "valley": "300"})


def test_state_grid_energy_readings_with_the_multiplier_beside_them() -> None:
    head = ["供电单位", "用户编号", "数据日期", "数据时标", "综合倍率", "正向有功总(kWh)", "反向有功总(kWh)"]
    rows = [
        ["重庆", "5001", f"{t:%Y-%m-%d}", f"{t:%Y-%m-%d %H:%M:%S}", 400, f"{1234.5 + i * 0.31:.2f}", 0]
        for i, t in enumerate(QUARTERS)
    ]
    found = read(delimited([head, *rows]), "电能示值曲线.csv")
    assert registers(found)["5001", "grid_in"] == (493_800_000, round((1234.5 + 95 * 0.31) * 400_000))
    assert asked(found)["multiply"] == "true"
    unmultiplied = read(delimited([head, *rows]), "电能示值曲线.csv", multiply=False)
    assert registers(unmultiplied)["5001", "grid_in"][0] == 1_234_500


@pytest.mark.parametrize("titles", [[f"P{i + 1}" for i in range(96)], [str(i + 1) for i in range(96)]])
def test_southern_grid_points_of_a_day(titles: list[str]) -> None:
    rows = [["M1", f"2026/3/{day}", *[10 + i % 5 for i in range(96)]] for day in (1, 2)]
    one = only(read(delimited([["计量点编号", "日期", *titles], *rows]), "日负荷数据(kW).csv"))
    assert (one.meter, one.step_minutes, int(one.values.sum())) == ("M1", 15, sum(10 + i % 5 for i in range(96)) * 500)


def test_southern_grid_hours_with_a_sum_beside_them() -> None:
    rows = [[f"2026年3月{day}日", *[10 + i % 5 for i in range(24)], 286] for day in (1, 2, 3)]
    one = only(read(delimited([["日期", *[f"{i}时" for i in range(24)], "合计"], *rows]), "小时电量(kWh).csv"))
    assert (one.step_minutes, int(one.values.sum())) == (60, 3 * 286_000)


def test_huawei_with_yield_of_the_day_lifetime_and_power() -> None:
    """Three columns of one energy: the register is the evidence."""
    rows, total = [], 0.0
    for t in instants(DAY, 288, 5):
        rows.append(["A站", "逆变器1", f"{t:%Y-%m-%d %H:%M:%S}", round(total, 2), round(50_000 + total, 2), sunny(t)])
        total += sunny(t) / 12
    head = ["管理域/站点", "设备名称", "开始时间", "当日发电量(kWh)", "累计发电量(kWh)", "有功功率(kW)"]
    found = read(workbook({"Inverter": [head, *rows]}), "华为.xlsx")
    assert found.series == []
    assert registers(found) == {("逆变器1", "pv_gen"): (50_000_000, round(50_000_000 + round(total, 2) * 1000))}


def test_sungrow_with_the_yield_of_the_day_only() -> None:
    """It counts from 0 every day: what it rises is the energy, to the last digit of each day."""
    rows, ends = [], []
    for day in range(2):
        total = 0.0
        for t in instants(DAY + dt.timedelta(days=day), 96):
            rows.append([f"{t:%Y-%m-%d %H:%M}", round(total, 2)])
            total += sunny(t) / 4
        ends.append(round(total, 2))
    found = read(delimited([["时间", "日发电量(kWh)"], *rows]), "阳光.csv")
    one = only(found)
    assert (one.flow, int(one.values.sum())) == ("pv_gen", round(sum(ends) * 1000))
    assert any("begins with 0 every day" in str(note) for note in found.notes)
    noon = [int(value) for start, value in zip(one.start, one.values, strict=True) if (start // 3600 + 8) % 24 == 12]
    assert min(noon) > 7_000


def test_a_gap_of_a_day_counter_is_shared_out_and_says_so() -> None:
    rows = [
        [f"2026-03-01 {hour:02d}:00", value] for hour, value in ((6, 0), (7, 1), (8, 4), (11, 16), (12, 20), (13, 24), (14, 25))
    ]
    one = only(read(delimited([["时间", "当日发电量(kWh)"], *rows]), "a.csv", step_minutes=60))
    by_hour = {
        (int(start) // 3600 + 8) % 24: (int(v), int(q)) for start, v, q in zip(one.start, one.values, one.quality, strict=True)
    }
    assert [by_hour[hour] for hour in (7, 8, 9, 10, 11)] == [(3000, 1), (4000, 4), (4000, 4), (4000, 4), (4000, 1)]


def test_growatt() -> None:
    rows = [
        [f"{t:%Y-%m-%d %H:%M:%S}", sunny(t) * 1000, round(i * 0.1, 1), round(1000 + i * 0.1, 1), 25]
        for i, t in enumerate(QUARTERS)
    ]
    found = read(delimited([["Time", "Ppv(W)", "EacToday(kWh)", "EacTotal(kWh)", "Temperature(℃)"], *rows]), "growatt.csv")
    assert found.series == []
    assert [*registers(found).values()] == [(1_000_000, 1_009_500)]
    assert found.registers[0].flow == "pv_gen"


def test_goodwe_negative_grid_power_is_refused_by_row() -> None:
    rows = [
        ["GoodWe Plant Report"],
        ["Plant", "甲厂光伏"],
        [],
        ["Time", "PV(W)", "Grid(W)"],
        *([t, sunny(t) * 1000, -100] for t in QUARTERS),
    ]
    found = read(workbook({"Data": rows}), "goodwe.xlsx")
    assert only(found).flow == "pv_gen"
    assert found.refused.size == 96
    assert "belongs into a column of its own" in found.rejected[0].remedy


def test_schneider_registers_one_of_which_stands_still() -> None:
    head = [
        "Record",
        "Local Time Stamp",
        "Active Energy Delivered (Into Load) (kWh)",
        "Active Energy Received (Out of Load) (kWh)",
    ]
    rows = [[i, f"{t:%m/%d/%Y %H:%M}", f"{80_000 + i * 3.1:.1f}", 12.0] for i, t in enumerate(QUARTERS)]
    found = read(delimited([head, *rows]), "pm5560.csv", date_order="mdy")
    assert found.series == []
    assert {flow: span for (_, flow), span in registers(found).items()} == {
        "grid_in": (80_000_000, 80_294_500), "grid_out": (12_000, 12_000),
    }  # fmt: skip


def test_siemens_with_german_titles_and_decimal_commas() -> None:
    rows = [[f"{t:%d.%m.%Y %H:%M:%S}", f"{12 + i % 3},5", "50,1"] for i, t in enumerate(QUARTERS)]
    found = read(
        delimited([["Zeitstempel", "Wirkenergie Bezug [kWh]", "Wirkleistung [kW]"], *rows], ";"), "pac.csv", date_order="dmy"
    )
    assert int(only(found).values.sum()) == 96 * 13_500


def test_acrel_with_two_rows_of_titles() -> None:
    head = [["时间", "1#进线", None, "2#进线", None], [None, "正向有功电能(kWh)", "电流(A)", "正向有功电能(kWh)", "电流(A)"]]
    rows = [[f"{t:%Y-%m-%d %H:%M}", 5000 + i * 2.5, 3, 7000 + i * 1.5, 4] for i, t in enumerate(QUARTERS)]
    found = read(workbook({"报表": [*head, *rows]}), "安科瑞.xlsx")
    assert registers(found) == {("1#进线", "grid_in"): (5_000_000, 5_237_500), ("2#进线", "grid_in"): (7_000_000, 7_142_500)}


def test_a_production_system_with_lines_and_shifts() -> None:
    head = ["班次", "开始时间", "结束时间", "产线", "耗电量(kWh)"]
    rows = [
        ["白班", f"{t:%Y-%m-%d %H:%M}", f"{t + dt.timedelta(hours=1):%Y-%m-%d %H:%M}", line, 20 + i % 4]
        for line in ("冲压线", "焊装线") for i, t in enumerate(instants(DAY, 48, 60))
    ]  # fmt: skip
    found = read(delimited([head, *rows]), "mes.csv")
    assert {(one.meter, int(one.values.sum())) for one in found.series} == {("冲压线", 1_032_000), ("焊装线", 1_032_000)}
    assert found.marks == "interval_start"


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        (["日期", "时间"], lambda t: ["二〇二六年三月" + "一二三"[t.day - 1] + "日", f"{t:%H:%M}"]),
        (["年", "月", "日", "时", "分"], lambda t: [t.year, t.month, t.day, t.hour, t.minute]),
        (["日期", "时刻"], lambda t: [(t.date() - dt.date(1899, 12, 30)).days, repr((t.hour * 60 + t.minute) / 1440)]),
        (["Year", "Month", "Day", "Hour", "Minute"], lambda t: [t.year, t.month, t.day, t.hour, t.minute]),
    ],
)
def test_dates_in_numerals_and_in_several_columns(head: Sequence[str], cells: Any) -> None:
    times = instants(DAY, 192)
    one = only(read(delimited([[*head, "电量(kWh)"], *([*cells(t), 2] for t in times)]), "手抄.csv"))
    assert (one.start.size, one.step_minutes) == (192, 15)
    assert dt.datetime.fromtimestamp(int(one.start[0]), dt.UTC) == dt.datetime(2026, 2, 28, 16, tzinfo=dt.UTC)
    assert int(one.values.sum()) == 384_000


def test_hours_from_1_to_24_end_their_interval() -> None:
    rows = [[f"2026-03-0{day}", hour, hour] for day in (1, 2) for hour in range(1, 25)]
    found = read(delimited([["日期", "小时", "电量(kWh)"], *rows]), "a.csv")
    assert (found.marks, found.midnight) == ("interval_end", "24:00")
    assert int(only(found).values[0]) == 1000


def test_registers_read_once_a_month_become_bills() -> None:
    rows = [["2026-01-31", 100, 150, 40], ["2026-02-28", 150, 190.5, 40], ["2026-03-31", 190.5, 20, 40]]
    found = read(delimited([["抄表日期", "上次表底", "本次表底", "倍率"], *rows]), "抄表.csv")
    assert [(one.start_day.month, one.quantity) for one in found.bills] == [(1, 2_000_000), (2, 1_620_000)]
    assert found.bills[0].details == {"register_start": "100", "register_end": "150", "multiplier": "40"}
    assert found.rejected[0].reason == "the register falls from {first} to {last}"


def test_registers_frozen_once_a_day() -> None:
    rows = [[f"2026-03-{day:02d}", 1000 + 3.5 * day, 100] for day in range(1, 20)]
    found = read(delimited([["日期", "正向有功总示值(kWh)", "倍率"], *rows]), "日冻结.csv")
    [one] = found.registers
    assert (one.at.size, int(one.readings[-1] - one.readings[0])) == (19, 18 * 350_000)


def test_one_block_below_the_other_for_each_meter() -> None:
    def block(name: str, value: int) -> list[list[Any]]:
        return [[f"表号：{name}"], ["时间", "电量(kWh)"], *([f"{t:%Y-%m-%d %H:%M}", value] for t in QUARTERS), []]

    rows = [*block("A01", 1), *block("B02", 2)]
    rows[110][1] = "坏"
    found = read(delimited(rows), "多块.csv")
    assert {(one.meter, int(one.values.sum())) for one in found.series} == {("A01", 96_000), ("B02", 190_000)}
    assert [found.place(one.row) for one in found.rejected] == [("", 111)]


def test_units_in_the_cells() -> None:
    rows = [["时间", "用量"], *([f"{t:%Y-%m-%d %H:%M}", "1,234.5 kWh"] for t in QUARTERS)]
    assert int(only(read(delimited(rows))).values.sum()) == 96 * 1_234_500


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"100,NEM12,200402070911,MDA1,Ret1\n200,VABD000163,E1Q1,1,E1,N1,METSER123,kWh,30,\n", WrongType, "NEM12"),
        (delimited([["日期", "电量(kWh)"], *(["2026-03-01", 2] for _ in range(24))]), NoClockColumn, "tells them apart"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_true_reason(data: bytes, error: type[FileRefused], words: str) -> None:
    with pytest.raises(error, match=words):
        read(data)


def test_a_pv_plant_in_utc_is_told_by_the_sun() -> None:
    times = instants(DAY, 96 * 4)
    rows = [[f"{t:%Y-%m-%d %H:%M}", 700 * sunny(t + dt.timedelta(hours=8)) / 30, sunny(t + dt.timedelta(hours=8))] for t in times]
    data = delimited([["date_time", "total_irradiance", "power"], *rows])
    found = read(data, "station.csv")
    assert asked(found)["zone"] == "UTC"
    assert (only(found).flow, int(only(found).start[0])) == ("pv_gen", int(DAY.replace(tzinfo=dt.UTC).timestamp()))
    local = understand(data, "station.csv", SHANGHAI, Hints(zone="local"))
    assert "zone" not in asked(local)
    assert int(only(local).start[0]) == int(only(found).start[0]) - 8 * 3600


def test_what_the_file_calls_interpolated_is_no_reading() -> None:
    rows = [
        [f"{t:%Y-%m-%d %H:%M}", 100 + i, i % 7, "总表底 | 线" if i % 10 == 3 else "线" if i == 5 else ""]
        for i, t in enumerate(QUARTERS)
    ]
    found = read(
        delimited([["时间", "总表底(kWh)", "线(kWh)", "interpolated_values"], *rows]).replace(
            "总表底 |".encode(), "总表底(kWh) |".encode()
        )
    )
    assert found.registers[0].at.size == 86
    assert any("interpolated" in str(note) for note in found.notes)
