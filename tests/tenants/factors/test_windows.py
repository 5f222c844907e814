from __future__ import annotations

import pytest

from tenants.factors import PERIODS, areas, window_table
from tenants.factors.errors import UnknownArea
from tenants.factors.windows import SLOTS, _slots, _table


def period(area: str, month: int, hour: int, minute: int = 0) -> str:
    return PERIODS[window_table(area).slots[month - 1][hour * 2 + minute // 30]]


@pytest.mark.parametrize(
    ("month", "hour", "name"),
    [(3, 0, "valley"), (3, 7, "valley"), (3, 8, "flat"), (3, 11, "peak"), (3, 13, "peak"), (3, 16, "peak"), (3, 17, "flat"),
     (3, 20, "peak"), (3, 22, "flat"), (7, 11, "peak"), (7, 12, "sharp"), (7, 13, "sharp"), (7, 14, "peak"), (12, 12, "sharp")],
)  # fmt: skip
def test_chongqing(month: int, hour: int, name: str) -> None:
    assert period("重庆", month, hour) == name


def test_the_narrower_window_counts() -> None:
    assert period("江西", 8, 12, 30) == "deep_valley"
    assert period("江西", 8, 11, 30) == "valley"
    assert period("江西", 8, 20, 30) == "sharp"
    assert period("北京", 7, 16) == "sharp"  # inside a flat window


def test_a_window_over_midnight_and_the_rest() -> None:
    assert period("四川", 8, 0) == "flat"  # 23:00-01:00
    assert period("辽宁", 3, 7) == "flat"  # the rest
    assert period("辽宁", 3, 7, 30) == "peak"


@pytest.mark.parametrize("area", areas())
def test_every_half_hour_of_every_month_has_one_period(area: str) -> None:
    table = window_table(area)
    assert [len(month) for month in table.slots] == [SLOTS] * 12
    assert {code for month in table.slots for code in month} <= set(range(len(PERIODS)))
    assert {"peak", "flat", "valley"} <= set(table.periods())
    assert table.document


def test_what_hangs_on_holidays_is_told_not_applied() -> None:
    assert "deep_valley" not in window_table("浙江").periods()
    assert any("holidays" in one for one in window_table("浙江").unapplied)
    assert any("35C" in one for one in window_table("广东").unapplied)
    assert window_table("重庆").unapplied == ()


def test_an_unknown_area_lists_the_known_ones() -> None:
    with pytest.raises(UnknownArea) as caught:
        window_table("西藏")
    assert "重庆" in str(caught.value.facts)


def row(period: str, windows: str, months: str = "1-12") -> dict[str, str]:
    return {"months": months, "period": period, "windows": windows, "note": "", "document": "d", "verified": "yes", "source": "s"}


def test_a_table_with_a_gap_or_an_overlap_is_refused() -> None:
    with pytest.raises(ValueError, match="leave a gap"):
        _table("x", [row("peak", "08:00-24:00")])
    with pytest.raises(ValueError, match="overlap"):
        _table("x", [row("peak", "08:00-24:00"), row("valley", "00:00-09:00")])
    with pytest.raises(ValueError, match="leave a gap in month 2"):
        _table("x", [row("peak", "00:00-24:00", "1,3-12")])


@pytest.mark.parametrize("text", ["8:00-9:00", "08:15-09:00", "morning"])
def test_a_window_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="window"):
        _slots(text)
