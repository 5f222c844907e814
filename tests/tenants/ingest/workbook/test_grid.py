"""The fast tokeniser cuts lines as Python's own csv module does."""

from __future__ import annotations

import csv
import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tenants.ingest.workbook.grid import Grid, from_rows, from_text, with_rows
from tenants.ingest.workbook.stamps import of_seconds, parse

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


SECONDS = st.integers(0, 4_102_444_799) | st.integers(0, 40_000).map(lambda day: day * 86_400)


@given(st.lists(SECONDS, min_size=1, max_size=20), st.integers(0, 5), st.booleans())
def test_moments_are_numbered_and_read_as_their_texts(seconds: list[int], above: int, in_order: bool) -> None:
    moments = np.array(sorted(set(seconds)) if in_order else seconds, np.int64)
    floats = np.arange(moments.size) / 3
    top = from_rows([["时间", "kWh"], *(["2025-01-01 00:15:00", "x"] for _ in range(above))])
    grid = with_rows(top, "mn", top, [moments.tobytes(), floats.tobytes()])
    plain = Grid(grid.frame, grid.width)
    found, wanted = grid.codes([0], 1), plain.codes([0], 1)
    assert found.seconds is not None
    assert (found.codes.tolist(), list(found.texts)) == (wanted.codes.tolist(), list(wanted.texts))
    read, told = of_seconds(found.seconds), parse(wanted.texts, serials=True)
    assert {name: values.tolist() for name, values in vars(read).items()} == {
        name: values.tolist() for name, values in vars(told).items()
    }
    assert (grid.head(), grid.like(["时间", "kWh"])) == (plain.head(), plain.like(["时间", "kWh"]))
    assert grid.like([found.texts[-1], ""]) == plain.like([found.texts[-1], ""])
    assert grid.codes([0], 0).seconds is None  # a title is none
