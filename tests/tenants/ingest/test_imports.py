"""The list of imports, and counts that add up to the rows of the file."""

from __future__ import annotations

import io

import xlsxwriter

from park.rejected import as_file, rows
from tenants.db import Database, tenant_session
from tenants.ingest import imports
from tenants.ingest.files import Taken, take
from tests.tenants.readings import send, series


def taken(db: Database, tenant: str, data: bytes, name: str) -> Taken:
    with tenant_session(db, tenant) as session:
        return take(session, data, name=name, actor="t")


def adds_up(done: Taken) -> tuple[int, ...]:
    parts = (done.accepted, done.unchanged, done.receipt.conflicting, done.refused, done.empty)
    assert sum(parts) == done.rows
    return parts


def test_rows_that_repeat_others_and_empty_ones_are_counted(db: Database, tenant: str) -> None:
    lines = [f"2026-03-01 {i // 4:02d}:{i % 4 * 15:02d},{'' if i == 9 else i % 5}" for i in range(96)]
    done = taken(db, tenant, "\n".join(["时间,电量(kWh)", *lines, lines[3], lines[4], lines[3]]).encode(), "a.csv")
    assert done.rows == 99
    assert adds_up(done) == (95, 3, 0, 0, 1)
    again = taken(db, tenant, "\n".join(["时间,电量(kWh)", *lines, lines[3]]).encode(), "a.csv")
    assert adds_up(again) == (0, 96, 0, 0, 1)


def test_rows_of_several_sheets_keep_their_own_numbers(db: Database, tenant: str) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, bad in (("1#", 5), ("2#", 5), ("3#", None)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["时间", "电量(kWh)"])
            for i in range(96):
                sheet.write_row(i + 1, 0, [f"2026-03-01 {i // 4:02d}:{i % 4 * 15:02d}", "坏" if i == bad else i % 5])
    done = taken(db, tenant, out.getvalue(), "三表.xlsx")
    assert adds_up(done) == (286, 0, 0, 2, 0)
    assert [(one["sheet"], one["row"]) for one in rows(done, "en")] == [("1#", 7), ("2#", 7)]
    assert as_file(done, "csv", "en").decode("utf-8-sig").splitlines()[1].startswith("1#,7,")


def test_bills_and_readings_of_one_file_are_one_import(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", "2026-02-27", [1] * 4))
    taken(db, tenant, "月份,总电量(kWh)\n2025-01,1000\n2025-02,900\n".encode(), "电费.csv")
    with tenant_session(db, tenant) as session:
        [one] = imports.listed(session)
        assert (one.name, one.source, one.counts["rows"], one.counts["accepted"], one.undone) == ("电费.csv", "file", 2, 2, None)
        assert len(imports.listed(session, devices=True)) == 2
