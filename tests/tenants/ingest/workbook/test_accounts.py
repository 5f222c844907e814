"""Bills of several accounts in one table: a firm with two contracts used both."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.tenants.ingest.workbook.tables import delimited, read

TITLES = ["户号", "月份", "峰(kWh)", "谷(kWh)", "最大需量(kW)", "电费(元)"]


@pytest.mark.parametrize("second", ["100", "300"])
def test_accounts_of_a_period_are_added_up(second: str) -> None:
    """Equal bills of two accounts are two bills, not one written twice."""
    rows = [["5001", "2025-01", "100", "50", "40", "80.5"], ["5002", "2025-01", second, "50", "30", "90.25"]]
    found = read(delimited([TITLES, *rows, ["5001", "2025-02", "7", "8", "9", "1"]]))
    january, february = found.bills
    assert january.quantity == 1000 * (200 + int(second))
    assert january.details == {"peak": str(100 + int(second)), "valley": "100", "amount": "170.75"}
    assert (february.quantity, february.details["max_demand"]) == (15_000, "9")
    assert "2 accounts" in str(found.notes[0])
    assert found.rejected == []


def test_an_account_only_in_the_first_row_of_its_block() -> None:
    rows = [["5001", "2025-01", "1"], ["", "2025-02", "2"], ["5002", "2025-01", "10"], ["", "2025-02", "20"]]
    found = read(delimited([["户号", "月份", "电量(kWh)"], *rows]))
    assert [one.quantity for one in found.bills] == [11_000, 22_000]


def test_doubles_are_judged_account_by_account() -> None:
    same, torn = ["5001", "2025-01", "5"], ["5002", "2025-01", "6"]
    found = read(delimited([["户号", "月份", "电量(kWh)"], same, same, torn]))
    assert [one.quantity for one in found.bills] == [11_000]
    found = read(delimited([["户号", "月份", "电量(kWh)"], same, torn, ["5002", "2025-01", "7"]]))
    assert (found.bills, sorted(found.refused.tolist())) == ([], [2, 3, 4])


def test_periods_of_different_length_are_not_added() -> None:
    rows = [["5001", "2025-01-01~2025-01-31", "5"], ["5002", "2025-01-01~2025-02-28", "6"]]
    found = read(delimited([["户号", "计费周期", "电量(kWh)"], *rows]))
    assert (found.bills, found.refused.tolist()) == ([], [2, 3])
    assert {one.start_day for one in found.bills} <= {dt.date(2025, 1, 1)}
