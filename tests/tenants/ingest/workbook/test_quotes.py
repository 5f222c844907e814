"""Quotation marks in text tables: what they must not swallow, and how programs misuse them."""

from __future__ import annotations

import pytest

from tenants.ingest.workbook.formats import OpenQuote
from tests.tenants.ingest.workbook.tables import only, read

TABLE = "户号,时间,用电量(kWh)\r\n" + "".join(f"0071,2026-03-01 {hour:02d}:00,{hour * 7 % 5}\r\n" for hour in range(24))
TOTAL = 1000 * sum(hour * 7 % 5 for hour in range(24))


@pytest.mark.parametrize("mark", ['"2026-03-01 05', '"0071,2026-03-01 05'])
def test_a_cell_that_never_closes_swallows_no_rows(mark: str) -> None:
    with pytest.raises(OpenQuote) as caught:
        read(TABLE.replace(mark[1:], mark).encode("gbk"))
    assert caught.value.facts["row"] == 7


def test_a_mark_inside_a_text_is_part_of_it() -> None:
    assert only(read(TABLE.replace("0071", '3"管').encode())).meter == '3"管'


def test_texts_that_excel_must_not_change() -> None:
    """Portals of grid companies write ="0071" so that the zeros stay."""
    quoted = TABLE.replace("0071,2026-03-01 03:00", '="0071",="2026-03-01 03:00"').replace("0071,2026", '="0071",2026')
    found = only(read(quoted.encode()))
    assert (found.meter, int(found.values.sum())) == ("0071", TOTAL)
