"""Whatever is wrong is named by row and column, with its remedy; the good rows are taken."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tenants.errors import fill
from tenants.ingest.workbook import Understanding
from tenants.ingest.workbook.refusals import (
    FileRefused,
    MixedUnits,
    NoTable,
    NoTimeColumn,
    NoValueColumn,
    OneReading,
    OneTooMany,
    UnknownColumn,
    UnknownSheet,
    UnknownStep,
    UnknownUnit,
)
from tests.tenants.ingest.workbook.tables import delimited, instants, only, read, values, workbook

DAY = dt.datetime(2026, 3, 1)


def table(changes: dict[int, list[Any]] | None = None, title: str = "用电量(kWh)", count: int = 96) -> bytes:
    """A day of quarter hours in rows 2 to 97, some rows changed or appended."""
    rows: dict[int, list[Any]] = {i + 2: [f"{t:%Y-%m-%d %H:%M}", (i * 7) % 13 + 1] for i, t in enumerate(instants(DAY, count))}
    rows |= changes or {}
    return delimited([["时间", title], *(rows[i] for i in sorted(rows))])


def reasons(found: Understanding) -> dict[int, str]:
    """What was said of each refused row; each has a remedy, and every place in both is filled."""
    said = {}
    for one in found.rejected:
        said[one.row] = fill(one.reason, one.facts)
        assert one.remedy
        assert "{" not in said[one.row] + fill(one.remedy, one.facts)
    assert sorted(said) == found.refused.tolist()
    return said


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        (["2026-03-01 12:00", "-3"], "negative"),
        (["2026-03-01 12:00", "2200000"], "beyond"),
        (["2026-03-01 12:00", "1e308"], "beyond"),
        (["2026-03-01 12:00", "-1e308"], "negative"),
        (["2026-03-01 12:00", "NaN"], "not a number"),
        (["2026-03-01 12:00", "inf"], "not a number"),
        (["2026-03-01 12:00", "停电"], "not a number"),
        (["2026-03-01 12:00", "=SUM(B2:B5)"], "not a number"),
        (["2026-03-01 12:00", "NULL"], "not a number"),
        (["1970-01-01 00:00", "5"], "impossible year"),
        (["2099-01-01 00:00", "5"], "impossible year"),
        (["2026-02-30 00:00", "5"], "calendar"),
        (["2026-03-01 12:07", "5"], "15-minute interval"),
        (["昨天", "5"], "not a time"),
        (["", "5"], "not a time"),
        (["2026-03-01 25:00", "5"], "not a time"),
        (["2026-03-01 12:00", "5", "6"], "more cells"),
        (["2026-03-01 12:00", "1", "234.5"], "more cells"),
    ],
)
def test_one_bad_row(cells: list[str], word: str) -> None:
    """Row 50 (12:00) is bad; the other 95 are taken."""
    found = read(table({50: cells}))
    said = reasons(found)
    assert list(said) == [50]
    assert word in said[50]
    assert only(found).start.size == 95
    assert "2026-03-01 12:00" not in values(only(found))
    assert found.rows == 96


def test_empty_is_missing_never_zero() -> None:
    found = read(
        table(
            {
                50: ["2026-03-01 12:00", ""],
                51: ["2026-03-01 12:15", "  "],
                52: ["2026-03-01 12:30", "-"],
                53: ["2026-03-01 12:45", "0"],
            }
        )
    )
    series = only(found)
    assert found.rejected == []
    assert series.start.size == 96
    assert int((series.quality == 0).sum()) == 3
    assert values(series)["2026-03-01 12:45"] == 0
    assert {"2026-03-01 12:00", "2026-03-01 12:15", "2026-03-01 12:30"}.isdisjoint(values(series))


def test_doubles_that_agree_count_once() -> None:
    same = (48 * 7) % 13 + 1
    found = read(table({98: ["2026-03-01 12:00", str(same)], 99: ["2026-03-01 12:00", f"{same}.000"]}))
    assert found.rejected == []
    assert only(found).start.size == 96
    assert int(only(found).rows[48]) == 50
    assert str(found.notes[0]) == "2 values repeat an earlier row with the same value: counted once"
    assert found.rows == 98


def test_doubles_that_disagree_are_both_refused_and_name_each_other() -> None:
    found = read(table({98: ["2026-03-01 12:00", "500"], 99: ["2026-03-01 12:00", "500"]}))
    said = reasons(found)
    assert list(said) == [50, 98, 99]
    assert all("50, 98, 99" in text for text in said.values())
    assert only(found).start.size == 95


def test_a_double_fills_an_empty_cell() -> None:
    found = read(table({50: ["2026-03-01 12:00", ""], 98: ["2026-03-01 12:00", "7"]}))
    assert found.rejected == []
    assert values(only(found))["2026-03-01 12:00"] == 7000


def test_doubles_of_a_wide_table_are_listed_once_a_row() -> None:
    titles = [f"{i // 4}:{i % 4 * 15:02d}" for i in range(96)]
    rows = [["日期", *titles], ["2026-03-01", *range(96)], ["2026-03-01", *range(1, 97)], ["2026-03-02", *range(96)]]
    found = read(delimited(rows), unit="kWh")
    assert list(reasons(found)) == [2, 3]
    assert only(found).start.size == 96


def test_bad_cell_of_a_wide_table_names_its_column() -> None:
    titles = [f"{i // 4}:{i % 4 * 15:02d}" for i in range(96)]
    cells: list[Any] = [(i * 7) % 13 for i in range(96)]
    cells[5], cells[9] = "坏", -4
    found = read(delimited([["日期", *titles], ["2026-03-01", *cells]]), unit="kWh")
    assert only(found).start.size == 94
    assert {one.facts.get("column", one.facts.get("start")) for one in found.rejected} == {"1:15", "2026-03-01 02:15"}


def test_one_bad_cell_leaves_the_other_columns_of_the_row() -> None:
    rows = [
        ["时间", "A(kWh)", "B(kWh)"],
        *([f"{t:%Y-%m-%d %H:%M}", "坏" if i == 5 else "1", "2"] for i, t in enumerate(instants(DAY, 96))),
    ]
    found = read(delimited(rows))
    assert [one.start.size for one in found.series] == [95, 96]
    assert list(reasons(found)) == [7]


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (delimited([["a", "b"], ["1", "2"], ["3", "4"]]), NoTimeColumn, "a, b"),
        (delimited([["时间", "备注"], ["2026-03-01 00:00", "好"], ["2026-03-01 00:15", "好"]]), NoValueColumn, "备注"),
        (delimited([["时间", "温度"], ["2026-03-01 00:00", "1"], ["2026-03-01 00:15", "2"]]), NoValueColumn, "温度"),
        (
            delimited([["时间", "A", "B"], ["2026-03-01 00:00", "1", "2"], ["2026-03-01 00:15", "2", "3"]]),
            NoValueColumn,
            "no unit",
        ),
        (delimited([["日期", "甲", "乙"], *([f"2026-03-{d:02d}", d, 2 * d] for d in range(1, 20))]), NoValueColumn, "no unit"),
        (delimited([["月份", "备注"], ["2026-01", "好"], ["2026-02", "好"]]), NoValueColumn, "备注"),
        (delimited([["dt", "tempF"], *([f"2026-03-01 {i:02d}:00", i % 7] for i in range(24))]), NoValueColumn, "tempF"),
        ("只有一行字".encode(), NoTable, "no table"),
        (delimited([["时间", "电量"], ["2026-03-01 00:00", "3kWh"], ["2026-03-01 00:15", "4MWh"]]), MixedUnits, "row 3"),
        (delimited([["时间", "电量(MWh)"], ["2026-03-01 00:00", "3 kWh"], ["2026-03-01 00:15", "4 kWh"]]), MixedUnits, "MWh"),
        (delimited([["时间", "电量"], ["2026-03-01 00:00", "3"], ["2026-03-01 00:15", "4 kWh"]]), MixedUnits, "no unit"),
        (
            delimited(
                [
                    ["表号", "时间", "值", "单位"],
                    *(["A", f"2026-03-01 {i:02d}:00", i % 5, "MWh" if i == 7 else "kWh"] for i in range(24)),
                ]
            ),
            MixedUnits,
            "row 9",
        ),
        (
            delimited([["表号", "时间", "值", "单位"], *(["A", f"2026-03-01 {i:02d}:00", i % 5, "斤"] for i in range(24))]),
            UnknownUnit,
            "斤",
        ),
        (delimited([["时间", "kWh"], *([f"2026-03-{i + 1:02d} {i:02d}:00", i % 5] for i in range(20))]), UnknownStep, "1500"),
        (
            delimited([["时间", "kWh"], *([f"2026-03-01 {i // 6:02d}:{i % 6 * 10:02d}", i % 5] for i in range(60))]),
            UnknownStep,
            "10 minutes",
        ),
        (delimited([["时间", "kWh"], ["2026-03-01 08:00", "3"]]), OneReading, "row 2"),
        (delimited([["日期", *(f"{i}:00" for i in range(25))], ["2026-03-01", *range(25)]]), OneTooMany, "25"),
    ],
)
def test_files_that_are_refused_whole(data: bytes, error: type[FileRefused], words: str) -> None:
    with pytest.raises(error) as caught:
        read(data)
    assert words in str(caught.value)
    assert caught.value.remedy
    assert "{" not in caught.value.message


def test_registers_are_not_added_up() -> None:
    rows = [
        ["时间", "电量(kWh)", "需量"],
        *([f"{t:%Y-%m-%d %H:%M}", 81_234.5 + i * 3.25 + i % 3, 4] for i, t in enumerate(instants(DAY, 192))),
    ]
    found = read(delimited(rows))
    assert found.series == []
    [one] = found.registers
    assert (int(one.readings[0]), one.at.size) == (81_234_500, 192)


def test_a_register_beside_the_quantities_is_left_out_and_said() -> None:
    rows = [
        ["时间", "止码", "用电量(kWh)"],
        *([f"{t:%Y-%m-%d %H:%M}", 100 + i, (i * 7) % 5] for i, t in enumerate(instants(DAY, 96))),
    ]
    found = read(delimited(rows))
    assert [one.flow for one in found.series] == ["grid_in"]
    assert found.registers == []
    assert "用电量(kWh) gives the same" in str(next(column.why for column in found.columns if column.header == "止码"))


def test_one_register_among_meters() -> None:
    rows: list[list[Any]] = [["表号", "时间", "kWh"]]
    for i, t in enumerate(instants(DAY, 192)):
        rows += [["A", f"{t:%Y-%m-%d %H:%M}", (i * 7) % 5], ["B", f"{t:%Y-%m-%d %H:%M}", 100 + 2 * i]]
    found = read(delimited(rows))
    assert [one.meter for one in found.series] == ["A"]
    assert [(one.meter, one.at.size) for one in found.registers] == [("B", 192)]
    assert found.refused.size == 0


@pytest.mark.parametrize("cells", [[5.0] * 96, [min(i, 40) * 0.5 for i in range(80)], [0.0] * 96 + [1.0] * 96])
def test_steady_and_rising_loads_are_no_registers(cells: list[float]) -> None:
    rows = [["时间", "kWh"], *([f"{t:%Y-%m-%d %H:%M}", value] for t, value in zip(instants(DAY, len(cells)), cells, strict=True))]
    assert len(read(delimited(rows)).series) == 1


def test_hints_that_name_what_is_not_there() -> None:
    with pytest.raises(UnknownColumn, match="时间, 用电量"):
        read(table(), roles={"电压": "ignored"})
    with pytest.raises(UnknownUnit):
        read(table(), unit="斗")
    with pytest.raises(UnknownUnit):
        read(table(), units={"用电量(kWh)": "斗"})
    data = workbook({"一": [["时间", "kWh"], [DAY, 1], [DAY + dt.timedelta(minutes=15), 2]]})
    with pytest.raises(UnknownSheet, match="一"):
        read(data, "a.xlsx", sheet="二")


def test_a_file_of_nothing_but_bad_rows_is_understood_and_empty() -> None:
    found = read(delimited([["时间", "kWh"], *([f"1970-01-01 {i:02d}:00", i] for i in range(24))]))
    assert found.series == []
    assert found.refused.size == 24


def test_totals_titles_repeated_remarks_and_blank_lines() -> None:
    changes = {
        50: ["时间", "用电量(kWh)"],
        60: ["", ""],
        70: ["小计", "123"],
        98: ["合计", "9999"],
        99: ["制表人：张三", ""],
        100: ["说明：以上为计量数据", ""],
    }
    found = read(table(changes))
    assert found.rejected == []
    assert found.rows == 93
    assert only(found).start.size == 93
    assert len(found.notes) == 2


def test_many_bad_rows_are_all_counted() -> None:
    rows = [["时间", "kWh"], *([f"{t:%Y-%m-%d %H:%M}", "坏" if i % 3 == 0 else 1] for i, t in enumerate(instants(DAY, 9000)))]
    found = read(delimited(rows))
    assert found.refused.size == 3000
    assert len(found.rejected) == 1000
