"""The fast tokeniser cuts lines as Python's own csv module does."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from tenants.ingest.workbook.grid import from_rows, from_text

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n\x1f\ufeff", exclude_categories=("Cs",)), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=8), st.sampled_from([",", ";", "\t"]))
def test_cuts_like_csv(rows: list[list[str]], delimiter: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    data = out.getvalue().encode()
    grid = from_text(data, delimiter, b'"' in data)
    expected = [
        [cell.strip() for cell in row] for row in csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=delimiter)
    ]
    got = grid.head(100)
    assert len(got) == len(expected)
    for cells, row in zip(got, expected, strict=True):
        assert cells == row + [""] * (grid.width - len(row))


def test_a_quote_that_is_not_closed_does_not_lose_rows() -> None:
    grid = from_text(b'a,b\n1,2"x\n3,4\n', ",", True)
    assert grid.head() == [["a", "b"], ["1", '2"x'], ["3", "4"]]


def test_rows_keep_their_numbers() -> None:
    grid = from_text(b"title\n\na,b\n\n1,2\n1,2,3\n", ",", False)
    assert grid.height == 6
    assert grid.head()[4] == ["1", "2", ""]


def test_a_row_longer_than_all_that_were_looked_at() -> None:
    data = b"a,b\n" + b"1,2\n" * 500 + b"1,2,3\n" + b"1,2\n"
    grid = from_text(data, ",", False)
    assert grid.overflowing(1, 2).tolist() == [501]


@given(st.lists(st.sampled_from(["a", "b", " a", "", "  ", None]), min_size=1, max_size=30))
def test_codes(cells: list[str | None]) -> None:
    found = from_rows([[cell] for cell in cells]).codes([0], 0)  # type: ignore[list-item]
    read = ["" if code < 0 else found.texts[code] for code in found.codes]
    assert read == [(cell or "").strip() for cell in cells]
    assert len(set(found.texts)) == len(found.texts)
