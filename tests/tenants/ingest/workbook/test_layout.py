"""Titles, units and data told apart."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.tenants.ingest.workbook.tables import delimited, instants, only, read

TIMES = [f"{t:%Y-%m-%d %H:%M}" for t in instants(dt.datetime(2026, 3, 13), 96)]


@pytest.mark.parametrize(("unit", "wh"), [("kWh", 1_000), ("MWh", 1_000_000), ("万kWh", 10_000_000), ("千瓦时", 1_000)])
@pytest.mark.parametrize("above", [[], [["用电明细"]], [["甲公司", "", "3月"]]])
def test_a_single_unit_below_the_titles_counts(unit: str, wh: int, above: list[list[str]]) -> None:
    """Taken for a title it would leave the values a thousand times too small, and say so only in a question."""
    found = read(delimited([*above, ["时间", "电量"], ["", unit], *([time, 2] for time in TIMES)]))
    assert int(only(found).values.sum()) == 2 * 96 * wh
    assert found.rows == 96
