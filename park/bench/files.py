"""Bench of a dropped workbook: a year of quarter hours of three meters, against the bare parse of the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from park.bench.ground import ground
from park.bench.report import RUNS, Report, alternate
from park.config import Settings
from tenants.db import tenant_session
from tenants.ingest import files

Progress = Callable[[str], None]
ROWS, METERS = 35_040, 3
_ALONE = {
    "calamine": "import sys, io, python_calamine as c; "
    "c.load_workbook(io.BytesIO(sys.stdin.buffer.read())).get_sheet_by_index(0).to_python()",
    "fastexcel": "import sys, fastexcel as f; f.read_excel(sys.stdin.buffer.read()).load_sheet(0)",
}


def workbook() -> bytes:
    """An XLSX of 35,040 rows and four columns: real date cells and numbers of three digits behind the point."""
    import xlsxwriter

    out = io.BytesIO()
    random = np.random.default_rng(1).integers(0, 90_000, (ROWS, METERS)) / 1000
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ["时间", "总表(kWh)", "空压机(kWh)", "光伏发电(kWh)"])
        for row, values in enumerate(random.tolist()):
            sheet.write_datetime(row + 1, 0, dt.datetime(2025, 1, 1) + dt.timedelta(minutes=15 * row), stamp)
            sheet.write_row(row + 1, 1, values)
    return out.getvalue()


def dropping(settings: Settings, say: Progress) -> Report:
    """Seconds from the dropped bytes to the commit, as a multiple of the bare parse by the fastest library.

    The parse of a stranger's file happens in a process of its own here, so the bare parse is measured in one, too; the
    parse inside a running process is told beside it.
    """
    import fastexcel
    import python_calamine

    report = Report("files")
    say("writing a workbook")
    data = workbook()
    report.figures["file_mb"] = round(len(data) / 1e6, 2)
    with ground(settings) as found:
        names = iter(found.tenants(RUNS + 1))

        def door() -> None:
            with tenant_session(found.house.db, next(names)) as session:
                taken = files.take(session, data, name="year.xlsx", actor="bench")
            assert (taken.accepted, taken.refused) == (ROWS, 0), taken.receipt

        door()  # warm: connections, plans, imports
        say("dropping it")
        inside, polars, ours, alone, alone_fast = alternate(
            lambda: python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python(),
            lambda: fastexcel.read_excel(data).load_sheet(0).to_polars(),
            door,
            lambda: _alone("calamine", data),
            lambda: _alone("fastexcel", data),
        )
    report.figures |= {
        "drop_to_commit_s": round(ours, 3), "rows_per_s": round(ROWS / ours),
        "calamine_inside_s": round(inside, 3), "fastexcel_inside_s": round(polars, 3),
        "calamine_own_process_s": round(alone, 3), "fastexcel_own_process_s": round(alone_fast, 3),
        "multiple_of_fastest_inside": round(ours / min(inside, polars), 2),
    }  # fmt: skip
    report.at_most("drop to commit / bare parse in a process of its own", ours / min(alone, alone_fast), 2.0)
    return report


def _alone(library: str, data: bytes) -> float:
    """Seconds of the bare parse in a fresh process."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", _ALONE[library]], input=data, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin
