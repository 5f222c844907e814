"""Several sheets: one for each meter, or pages of one meter's year."""

from __future__ import annotations

import datetime as dt

import pytest

from tenants.ingest.workbook.months import names_period
from tests.tenants.ingest.workbook.tables import instants, read, workbook


def test_a_sheet_for_each_month_is_one_meter() -> None:
    """Twelve meters of a month each would all lack eleven months."""
    sheets = {
        f"{month}月": [["时间", "电量(kWh)"], *([t, month] for t in instants(dt.datetime(2026, month, 1), 96))]
        for month in (1, 2, 3)
    }
    found = read(workbook(sheets), "空压机.xlsx")
    assert {one.meter for one in found.series} == {"空压机"}
    assert sum(int(one.values.sum()) for one in found.series) == 96 * 6000


@pytest.mark.parametrize(
    "name",
    [
        "1月",
        "十二月",
        "2026年3月",
        "2026-03",
        "202603",
        "3月份用电量",
        "Mar",
        "March 2026",
        "2026-03-13",
        "Q2",
        "2026年第一季度",
        "2026",
    ],
)
def test_names_of_periods(name: str) -> None:
    assert names_period(name)


@pytest.mark.parametrize("name", ["冲压", "1#变压器", "0071", "12", "Mayer", "Decoration", "Sheet1", "一车间", "3月工段", ""])
def test_other_names(name: str) -> None:
    assert not names_period(name)
