"""Cells as numbers: exact, or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.ingest.workbook.grid import from_rows
from tenants.ingest.workbook.numbers import decimal, number, read_numbers


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("3.17", ".", 3.17),
        ("1,234.5", ".", 1234.5),
        ("1,234,567", ".", 1_234_567),
        ("１２．５", ".", 12.5),
        ("1 234.5", ".", 1234.5),
        ("1’234", ".", 1234),
        ("-0.5", ".", -0.5),
        ("+7", ".", 7),
        ("1e3", ".", 1000),
        (".5", ".", 0.5),
        ("5.", ".", 5),
        ("3,17", ",", 3.17),
        ("1.234,5", ",", 1234.5),
        ("1.234", ",", 1234),
        ("1234,5", ",", 1234.5),
    ],
)
def test_numbers(text: str, mark: Any, value: float) -> None:
    assert number(text, mark) == (value, None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "1e400",
        "abc",
        "=1+1",
        "1,23",
        "12,34.5",
        "1.2.3",
        "0x10",
        "1_000",
        "--5",
        "3 17",
        "５x",
        "十二",
        "1,5",
    ],
)
def test_no_numbers(text: str) -> None:
    assert number(text) is None
    assert decimal(text) is None


@pytest.mark.parametrize(
    ("text", "label"), [("3.17kWh", "kWh"), ("3.17 度", "kWh"), ("12 MWh", "MWh"), ("5 kW·h", "kWh"), ("7m³", "m3")]
)
def test_units_in_cells(text: str, label: str) -> None:
    read = number(text)
    assert read is not None
    assert read[1] is not None
    assert read[1].label == label


@given(st.decimals(-(10**9), 10**9, places=3))
def test_decimals_are_exact(value: Decimal) -> None:
    assert decimal(f"{value:f}") == value
    assert decimal(f"{value:,f}") == value
    assert number(f"{value:,f}") == (float(value), None)


def column(cells: list[str | None], delimiter: str = ",") -> Any:
    grid = from_rows([[cell, "x"] for cell in cells])  # type: ignore[list-item]
    return read_numbers(grid, 0, 0, delimiter)


def test_a_column() -> None:
    found = column(["1", None, "", "  ", "x", "nan", "-", "1,000.5", "2 kWh", "—"])
    assert found.values[[0, 7, 8]].tolist() == [1, 1000.5, 2]
    assert found.odd.tolist() == [False] * 4 + [True, True] + [False] * 4
    assert found.texts == {4: "x", 5: "nan"}
    assert found.empty.tolist() == [False, True, True, True, False, False, True, False, False, True]
    assert found.dashes == 2
    assert [one.label for one in found.units] == ["kWh"]
    assert found.bare == 0


@pytest.mark.parametrize(
    ("cells", "delimiter", "mark", "ambiguous"),
    [
        (["1,5", "2,75"], ";", ",", False), (["1.234,5", "2,5"], ";", ",", False), (["1,234.5", "2.5"], ";", ".", False),
        (["0,125", "1,250"], ";", ",", False), (["12,345", "1,250"], ";", ",", True), (["12,345", "1,250"], ",", ".", False),
        (["1,234", "2.5"], ";", ".", False), (["1,234,567", "1"], ",", ".", False),
    ],
)  # fmt: skip
def test_decimal_mark(cells: list[str | None], delimiter: str, mark: str, ambiguous: bool) -> None:
    found = column(cells, delimiter)
    assert (found.mark, found.ambiguous) == (mark, ambiguous)
    assert not found.odd.any()


def test_one_comma_too_many_is_refused_not_believed() -> None:
    """A slip among numbers with decimal points must not turn all the others into thousands."""
    found = column(["1.5", "2.5", "3,5"])
    assert found.mark == "."
    assert found.odd.tolist() == [False, False, True]
    assert np.allclose(found.values[:2], [1.5, 2.5])
