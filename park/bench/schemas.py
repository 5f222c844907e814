"""Benches of thousands of schemas: provisioning one more, migrating all."""

from __future__ import annotations

import io
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from psycopg import sql

from park import members, schema
from park.bench.ground import Ground, ground
from park.bench.report import Report, alternate
from park.config import Settings
from tenants import provision

TENANTS = 2300
SAMPLE = 100
Progress = Callable[[str], None]


def provisioning(settings: Settings, say: Progress, tenants: int = TENANTS) -> Report:
    """A whole new tenant (registry, audit, role, schema) against the bare cached script, at 2,300 existing tenants."""
    report = Report("provision")
    with ground(settings) as found:
        say(f"making {tenants} tenants")
        start = time.perf_counter()
        found.tenants(tenants)
        report.figures["tenants"] = tenants
        report.figures["made_per_s"] = round(tenants / (time.perf_counter() - start), 1)
        made = iter(range(10**6))

        def whole() -> None:
            members.create(found.house.db, found.house.owner, park=found.park, title=f"firm {next(made)}", actor="bench")

        def bare() -> None:
            with psycopg.connect(found.house.dsn("migrator")) as connection:
                name = provision.new_name("t", found.house.prefix)
                for statement in provision.statements(name, found.house.prefix):
                    connection.execute(statement)

        whole_s, bare_s = alternate(whole, bare, runs=15)
    report.figures.update(whole_ms=round(whole_s * 1000, 1), bare_script_ms=round(bare_s * 1000, 1))
    report.at_most("whole / bare script", whole_s / bare_s, 1.5)
    return report


_CHANGE = (
    "ALTER TABLE activity ADD COLUMN bench text",
    "CREATE INDEX activity_bench_idx ON activity (bench)",
)
_REVISION = """
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on = "bench", None, None, None


def upgrade():
    op.add_column("activity", sa.Column("bench2", sa.Text()))
    op.create_index("activity_bench2_idx", "activity", ["bench2"])
"""
_ENV = """
from alembic import context
context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
"""


def migrating(settings: Settings, say: Progress, tenants: int = TENANTS) -> Report:
    """One column and one index over all tenants, against one Alembic run per schema; readers are watched meanwhile."""
    report = Report("migrate")
    with ground(settings) as found:
        say(f"making {tenants} tenants")
        names = found.tenants(tenants)
        dsn = found.house.dsn("migrator")
        say("migrating all of them while somebody reads")
        with Reader(found, names) as reader:
            start = time.perf_counter()
            failed = [one for step in schema.migrate_tenants(dsn, "bench", render=lambda _, __: _CHANGE) for one in step.failed]
            ours = tenants / (time.perf_counter() - start)
        say(f"one Alembic run per schema, {SAMPLE} of them")
        alembic = _alembic_rate(found, names[:SAMPLE])
    report.figures.update(
        tenants=tenants, failed=len(failed), schemas_per_s=round(ours, 1), alembic_schemas_per_s=round(alembic, 1),
        reads=len(reader.waits), longest_read_ms=round(max(reader.waits) * 1000, 1),
        median_read_ms=round(statistics.median(reader.waits) * 1000, 2),
    )  # fmt: skip
    report.at_least("batches / Alembic per schema", ours / alembic, 10)
    report.at_most("longest read in seconds", max(reader.waits), 1.0)
    report.at_most("failed tenants", len(failed), 0)
    return report


class Reader:
    """Reads the table that is being changed, tenant after tenant, and keeps how long each read took [s]."""

    def __init__(self, found: Ground, names: list[str]) -> None:
        self.waits: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(found.house.dsn("migrator"), names), daemon=True)

    def _run(self, dsn: str, names: list[str]) -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            turn = 0
            while not self._stop.is_set():
                start = time.perf_counter()
                connection.execute(sql.SQL("SELECT count(*) FROM {}.activity").format(sql.Identifier(names[turn % len(names)])))
                self.waits.append(time.perf_counter() - start)
                turn += 1
                time.sleep(0.001)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def _alembic_rate(found: Ground, names: list[str]) -> float:
    """Schemas per second with one Alembic upgrade per schema, as multi-tenant programs usually do it."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "versions").mkdir()
        (root / "versions" / "bench.py").write_text(_REVISION)
        (root / "env.py").write_text(_ENV)
        start = time.perf_counter()
        for name in names:
            with found.house.owner.begin() as connection:
                connection.execute(sa.text(f'SET LOCAL search_path = "{name}"'))
                made = Config(stdout=io.StringIO())
                made.set_main_option("script_location", folder)
                made.attributes["connection"] = connection
                command.upgrade(made, "head")
        return len(names) / (time.perf_counter() - start)
