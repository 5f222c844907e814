"""What the park's sheet must not let in: numbers that no account uses."""

from __future__ import annotations

import pytest

from tenants.errors import fill
from tenants.ingest.workbook import understand_held
from tests.tenants.ingest.workbook.tables import delimited


@pytest.mark.parametrize(
    ("cell", "word"), [("9000000000000000", "beyond"), ("9e15", "beyond"), ("-1", "negative"), ("x", "not a number")]
)
def test_an_absurd_month_is_refused_with_its_row(cell: str, word: str) -> None:
    found = understand_held(
        delimited([["户号", "户名", "2026-01", "2026-02"], ["1", "甲", "5", cell], ["2", "乙", "5", "1e9"]]), "a.csv"
    )
    [reject] = found.rejected
    assert (reject.row, [row.account_no for row in found.rows]) == (2, ["2"])
    assert word in fill(reject.reason, dict(reject.facts))
    assert "{" not in fill(reject.remedy, dict(reject.facts))
