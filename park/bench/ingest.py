"""Bench of the doors: a million readings through the gate, over HTTP and as a CSV file, against COPY into a bare table."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from park.bench import readings
from park.bench.ground import Ground, ground
from park.bench.report import RUNS, Report
from park.config import Settings
from park.people import tokens
from tenants.db import tenant_session
from tenants.ingest import files
from tenants.ingest.accept import accept

Progress = Callable[[str], None]


def ingesting(settings: Settings, say: Progress) -> Report:
    """Rates of gate, HTTP door and CSV door, each as a multiple of the bare COPY of the same readings."""
    report = Report("ingest")
    say("making a million readings")
    made = readings.meters()
    with ground(settings) as found, TemporaryDirectory(prefix="lingyuan-bench-") as folder:
        file = Path(folder) / "readings.csv"
        file.write_bytes(readings.csv(made))
        with psycopg.connect(found.superuser, dbname=found.house.database, autocommit=True) as owner:
            owner.execute(readings.BARE)
            _to_the_gate(report, found, owner, made, say)
            _as_request(report, found, owner, made, say)
            _as_file(report, found, owner, file, say)
    return report


def _bare(owner: psycopg.Connection[object], statement: str, data: bytes) -> Callable[[], None]:
    def copy() -> None:
        with owner.transaction(), owner.cursor() as cursor, cursor.copy(statement) as stream:
            stream.write(data)

    return copy


def _fresh(found: Ground, count: int = RUNS + 1) -> Iterator[str]:
    return iter(found.tenants(count))


def _compare(report: Report, owner: psycopg.Connection[object], name: str, goal: float, ours: Callable[[], object],
             bare: Callable[[], None]) -> None:  # fmt: skip
    """Runs both in turn; the bare table is emptied outside the measured time."""
    taken: tuple[list[float], list[float]] = ([], [])
    ours()  # warm: connections, plans, imports
    for _ in range(RUNS):
        owner.execute("TRUNCATE public.bare")
        owner.execute("CHECKPOINT")
        for spent, work in zip(taken, (bare, ours), strict=True):
            start = time.perf_counter()
            work()
            spent.append(time.perf_counter() - start)
    bare_s, ours_s = (sorted(one)[RUNS // 2] for one in taken)
    report.figures[f"{name}_s"], report.figures[f"{name}_bare_s"] = round(ours_s, 3), round(bare_s, 3)
    report.figures[f"{name}_readings_per_s"] = round(readings.READINGS / ours_s)
    report.at_least(f"{name} / bare COPY", bare_s / ours_s, goal)


def _to_the_gate(
    report: Report, found: Ground, owner: psycopg.Connection[object], made: list[readings.Meter], say: Progress
) -> None:
    say("to the gate")
    names, all_series = _fresh(found), readings.series(made)

    def gate() -> None:
        with tenant_session(found.house.db, next(names)) as session:
            receipt = accept(session, all_series, source="http", name="", sha256="", actor="bench", create_missing=True)
        assert receipt.accepted == readings.READINGS, receipt

    _compare(report, owner, "gate", 3.0, gate, _bare(owner, readings.BARE_BINARY, readings.binary(made)))


def _as_request(
    report: Report, found: Ground, owner: psycopg.Connection[object], made: list[readings.Meter], say: Progress
) -> None:
    say("as a request body to a running server")
    names = list(_fresh(found))
    keys = iter(
        [tokens.create(found.house.db, tenant=name, title="bench", scopes=["readings:write"], actor="bench")[1] for name in names]
    )
    body = readings.body(made)
    report.figures["body_mb"] = round(len(body) / 1e6, 1)
    with _server(found) as address:

        def request() -> None:
            headers = {"Authorization": f"Bearer {next(keys)}", "Content-Type": "application/json"}
            asked = urllib.request.Request(f"{address}/api/v1/readings?create=true", data=body, headers=headers, method="POST")
            with urllib.request.urlopen(asked, timeout=120) as answer:
                answer.read()

        _compare(report, owner, "http", 2.5, request, _bare(owner, readings.BARE_BINARY, readings.binary(made)))


def _as_file(report: Report, found: Ground, owner: psycopg.Connection[object], file: Path, say: Progress) -> None:
    say("as a CSV file")
    names = _fresh(found)

    def door() -> None:
        with tenant_session(found.house.db, next(names)) as session:
            taken = files.take(session, file, name=file.name, actor="bench")
        assert taken.receipt.accepted == readings.READINGS, taken.receipt

    _compare(report, owner, "csv", 1.5, door, _bare(owner, readings.BARE_CSV, file.read_bytes()))


@contextmanager
def _server(found: Ground) -> Iterator[str]:
    """The web server on the bench's database, as `lingyuan serve` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**found.environ, "LINGYUAN_PORT": str(port), "LINGYUAN_MAX_UPLOAD_MB": "256"}
    command = [
        sys.executable, "-m", "gunicorn", "wsgi:create_app()", "--worker-class", "gthread", "--threads", "8", "--workers", "1",
        "--bind", f"127.0.0.1:{port}", "--timeout", "120",
    ]  # fmt: skip
    server = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for attempt in itertools.count():
            try:
                with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                    break
            except OSError:
                if server.poll() is not None or attempt > 300:
                    raise
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(30)
