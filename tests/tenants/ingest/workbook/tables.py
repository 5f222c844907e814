"""Writes tables the way people's programs do, so that tests know the truth that the reader must find."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import xlsxwriter

from tenants.ingest.series import Series
from tenants.ingest.workbook import Hints, Understanding, understand

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def delimited(rows: Iterable[Sequence[Any]], delimiter: str = ",", encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    """The rows as a text table."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue().encode(encoding)


def workbook(sheets: dict[str, Sequence[Sequence[Any]]], stamp: str = "yyyy-mm-dd hh:mm", hidden: Sequence[str] = ()) -> bytes:
    """The sheets as an .xlsx: dates and times as real date cells, None as no cell."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    moment, clock = book.add_format({"num_format": stamp}), book.add_format({"num_format": "hh:mm"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if isinstance(cell, dt.datetime):
                    sheet.write_datetime(i, j, cell, moment)
                elif isinstance(cell, dt.time):
                    sheet.write_datetime(i, j, cell, clock)
                elif cell is not None:
                    sheet.write(i, j, cell)
    book.close()
    return out.getvalue()


def instants(first: dt.datetime, count: int, minutes: int = 15) -> list[dt.datetime]:
    """Local times one step apart."""
    return [first + dt.timedelta(minutes=minutes * i) for i in range(count)]


def read(data: bytes, name: str = "甲厂.csv", zone: ZoneInfo = SHANGHAI, **hints: Any) -> Understanding:
    """What the reader understands of the bytes."""
    return understand(data, name, zone, Hints(**hints))


def values(series: Series, zone: ZoneInfo = SHANGHAI) -> dict[str, int]:
    """Milli-units by local start, of the intervals that have a value."""
    return {
        dt.datetime.fromtimestamp(int(start), zone).strftime("%Y-%m-%d %H:%M"): int(value)
        for start, value, quality in zip(series.start, series.values, series.quality, strict=True)
        if quality
    }


def by_flow(found: Understanding) -> dict[tuple[str, str], Series]:
    """The series by meter and flow; each is there once and in order."""
    named = {(one.meter, one.flow): one for one in found.series}
    assert len(named) == len(found.series)
    for one in found.series:
        assert (np.diff(one.start) > 0).all()
        assert one.start.dtype == one.values.dtype == np.int64
        assert one.quality.dtype == np.uint8
        assert one.rows.dtype == np.int32
        assert one.start.shape == one.values.shape == one.quality.shape == one.rows.shape
    return named


def only(found: Understanding) -> Series:
    """The one series."""
    return next(iter(by_flow(found).values())) if len(found.series) == 1 else _several(found)


def _several(found: Understanding) -> Series:
    raise AssertionError([(one.meter, one.flow) for one in found.series])
