"""Text tables made to be slow: answered in seconds, by a table or a refusal."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants.errors import LingyuanError
from tenants.ingest.workbook import understand_held
from tenants.ingest.workbook.numbers import decimal, number
from tests.tenants.ingest.workbook.tables import delimited, read

TIMES = [f"2026-03-01 {i // 4:02d}:{i % 4 * 15:02d}" for i in range(96)]
SLOW = {
    "a cell of a megabyte": delimited([["时间", "kWh"], *([t, "1" * 1_000_000 if i == 5 else "1"] for i, t in enumerate(TIMES))]),
    "a megabyte of points": delimited([["时间", "kWh"], *([t, "." * 1_000_000 if i == 5 else "1"] for i, t in enumerate(TIMES))]),
    "a title of a megabyte": delimited([["时间", "-" * 1_000_000 + "(kWh)"], *([t, "1"] for t in TIMES)]),
    "a time of a megabyte": delimited(
        [["时间", "kWh"], *([t + " " * 500_000 + "x" if i == 5 else t, "1"] for i, t in enumerate(TIMES))]
    ),
    "a million columns": b"," * 1_000_000 + b"\n" + b"1\n" * 10,
    "many columns": b"\n".join([b"time" + b",kWh" * 1_900, *(t.encode() + b",1" * 1_900 for t in TIMES[:20])]),
    "an open quote": b'time,kWh\n2026-03-01 00:00,"1\n' + b"2026-03-01 00:15,2\n" * 200_000,
    "a million blank lines": b"\n" * 1_000_000 + delimited([["时间", "kWh"], *([t, "1"] for t in TIMES)]),
    "one line": b"x" * 5_000_000,
    "a hundred thousand words": b"time,kWh\n" + b"\n".join(b"word%d,x%d" % (i, i) for i in range(100_000)),
}


def refusal(reader: Callable[[], object]) -> LingyuanError | None:
    """Why the reader refused, or None; anything but a refusal is a fault."""
    try:
        reader()
    except LingyuanError as error:
        return error
    return None


@pytest.mark.parametrize("name", SLOW)
def test_slow_texts(name: str) -> None:
    begun = time.process_time()
    error = refusal(lambda: read(SLOW[name], "a.csv"))
    assert time.process_time() - begun < 10
    if error:
        assert error.remedy
        assert len(error.message) < 2000


@pytest.mark.parametrize(
    "text",
    ["1e-999999999", "0e999999999", "1e999999999", "9" * 100, "1" + "0" * 69 + "x", "1e-401", "." * 100_000, "1 " * 50_000],
)
def test_numbers_that_take_for_ever(text: str) -> None:
    assert decimal(text) is None
    found = number(text)
    assert found is None or abs(found[0]) < 1e300
    bill = delimited([["月份", "用电量(kWh)"], ["2026-01", text], ["2026-02", "5"]])
    assert [one.quantity for one in read(bill).bills] == [5000]
    assert len(understand_held(delimited([["户号", "户名", "2026-01"], ["1", "甲", text], ["2", "乙", "5"]]), "a.csv").rows) == 1


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(st.binary(max_size=400), st.text(max_size=300).map(str.encode)),
    st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a.txt"]),
)
def test_any_bytes_give_a_table_or_a_refusal(data: bytes, name: str) -> None:
    error = refusal(lambda: read(data, name))
    assert error is None or error.remedy


CELL = st.sampled_from(
    [
        "2026-03-01 00:00",
        "2026-03-01",
        "00:15",
        "24:00",
        "1月",
        "2026年1月",
        "13/02/2026",
        "1",
        "-1",
        "3.5",
        "1,5",
        "x",
        "",
        "kWh",
        "用电量(kWh)",
        "时间",
        "日期",
        "合计",
        "单位",
        "表号",
        "nan",
        "1e400",
        "#REF!",
        "功率(kW)",
        "尖",
        "46082",
        "46082.5",
        "项目",
        "正向有功",
        "倍率",
        "t",
        "蒸汽(t)",
    ]
)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELL, min_size=1, max_size=6), min_size=1, max_size=12), st.sampled_from([",", ";", "\t"]))
def test_any_cells_give_a_table_or_a_refusal(rows: list[list[str]], delimiter: str) -> None:
    data = delimited(rows, delimiter)
    for error in (refusal(lambda: read(data)), refusal(lambda: understand_held(data, "a.csv", 2025))):
        assert error is None or (error.remedy and "{" not in error.message)
