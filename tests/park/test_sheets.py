"""F3: what a stranger wrote is never a formula in a list that is downloaded; numbers stay numbers."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
import python_calamine

from park.sheets import as_csv, as_xlsx, harmless

FORMULAS = [
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\u3000=1",
    "-坏",
    '=HYPERLINK("http://x")',
]
NUMBERS: list[Any] = ["-5", "+3.25", "-1e-3", "12", -5, 3.25, None, "", "2026-03-01", "a=b", "坏-"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("cell", NUMBERS)
def test_numbers_and_plain_texts_stay(cell: Any) -> None:
    assert harmless(cell) == cell


def test_both_forms_compute_nothing() -> None:
    rows = [[i, text] for i, text in enumerate(FORMULAS)]
    read = list(csv.reader(io.StringIO(as_csv(["=行", "原因"], rows).decode("utf-8-sig"), newline="")))
    assert read[0] == ["'=行", "原因"]
    assert all(cells[1].startswith("'") for cells in read[1:])
    book = python_calamine.load_workbook(io.BytesIO(as_xlsx(["行", "原因"], rows, "拒绝")))
    assert [cells[1] for cells in book.get_sheet_by_index(0).to_python()[1:]] == [
        harmless(text).strip("\r") or text for text in FORMULAS
    ]
    data = as_xlsx(["行"], rows, "拒绝")
    assert b"<f>" not in data
