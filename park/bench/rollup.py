"""Bench of the roll-up: deriving a published year from values and quality, and reading the park's year page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from uuid import uuid4

import numpy as np

from park import rollups
from park.access import park_session
from park.bench.ground import Ground, ground
from park.bench.report import RUNS, Report, alternate
from park.config import Settings
from tenants import publish, sites
from tenants.curves.codec import DayCurves, encode, framed
from tenants.curves.store import COLUMNS
from tenants.db import tenant_session
from tenants.period import of_year

TENANTS = 100
METERS = 20
DAYS = 365
TENTH = 36
FIRST = dt.date(2025, 1, 1)
Progress = Callable[[str], None]


def rolling_up(settings: Settings, say: Progress, tenants: int = TENANTS) -> Report:
    """Deriving 100 tenants x 20 meters x a year against a bare COPY out; the park's year page against a one-row select."""
    report = Report("rollup")
    with ground(settings) as found:
        names = found.tenants(tenants)
        say("a tenth of the raw history")
        channels = {name: _channels(found, name) for name in names}
        for name in names:
            _fill(found, name, channels[name], 0, TENTH)
        _publish_year(found, names)
        small_s, one_row_s = _page(found)
        say("the whole of it")
        for name in names:
            _fill(found, name, channels[name], TENTH, DAYS)
        large_s, again_s = _page(found)
        say("deriving")
        ours, bare = _derive(found, names)
    report.figures.update(
        tenants=tenants, meters=METERS, days=DAYS, derive_s=round(ours, 2), copy_out_s=round(bare, 2),
        page_ms=round(large_s * 1000, 3), one_row_ms=round(again_s * 1000, 3), page_with_a_tenth_ms=round(small_s * 1000, 3),
    )  # fmt: skip
    report.at_least("derive / bare COPY out", bare / ours, 0.3)
    report.at_most("year page / one-row select", large_s / again_s, 20)
    report.at_most("year page with ten times the raw history", (large_s / again_s) / (small_s / one_row_s), 1.25)
    return report


def _channels(found: Ground, tenant: str) -> list[int]:
    with tenant_session(found.house.db, tenant) as session:
        made = sites.create_channels(session, [(f"m{i}", "grid_in") for i in range(METERS)], actor="bench")
        session.execute("UPDATE channel SET since = :day", {"day": FIRST})
        return made


def _fill(found: Ground, tenant: str, channels: list[int], first: int, last: int) -> None:
    """Raw days from `first` up to `last` of the year, made at random, with a few gaps."""
    random = np.random.default_rng(first * 1000 + last)
    days = np.tile(np.arange(first, last, dtype=np.int32) + np.int32((FIRST - dt.date(1970, 1, 1)).days), len(channels))
    rows = len(days)
    quality = (random.random((rows, 96)) > 0.01).astype(np.uint8)
    values = random.integers(0, 100_000, (rows, 96), dtype=np.int32) * quality
    ones = np.ones(rows, np.int32)
    curves = DayCurves(15, np.repeat(np.array(channels, np.int64), last - first), days, ones * 96, values, quality, ones)
    with tenant_session(found.house.db, tenant) as session:
        session.copy_in(f"COPY curve {COLUMNS} FROM STDIN (FORMAT binary)", framed(encode(curves)))


def _publish_year(found: Ground, names: list[str]) -> None:
    """A full published year of two flows, as a page finds it."""
    for name in names:
        with tenant_session(found.house.db, name) as session:
            site = session.scalar("SELECT id FROM site") or uuid4()
            session.execute(
                "INSERT INTO shared.flow_month (tenant, site, flow, month, park, zone, region, quantity, measured, estimated, "
                "backed, missing, expected) SELECT current_user, :site, f, m, :park, '', '重庆', 10^9, 10^9, 0, 0, 0, 43200 "
                "FROM unnest(ARRAY['grid_in', 'pv_self', 'fuel:natural_gas', 'output']) f, "
                "generate_series(date '2025-01-01', date '2025-12-01', interval '1 month') m",
                {"site": site, "park": session.park},
            )


def _page(found: Ground) -> tuple[float, float]:
    """Median seconds of the year's sums as the page reads them, and of a bare indexed one-row select, in sessions alike."""

    def page() -> None:
        with park_session(found.house.db, found.park) as session:
            assert rollups.members(session, of_year(2025))

    def one_row() -> None:
        with park_session(found.house.db, found.park) as session:
            session.row("SELECT * FROM shared.park WHERE name = current_user")

    page()
    one_row()
    page_s, one_row_s = alternate(page, one_row, runs=RUNS * 20)
    return page_s, one_row_s


def _derive(found: Ground, names: list[str]) -> tuple[float, float]:
    """Median seconds of deriving everything, and of copying the curves out."""

    def derive() -> None:
        for name in names:
            with tenant_session(found.house.db, name) as session:
                publish.derive(session, FIRST, dt.date(2025, 12, 31))

    def bare() -> None:
        for name in names:
            with tenant_session(found.house.db, name) as session:
                session.copy_out("COPY curve TO STDOUT (FORMAT binary)")

    derive()  # the first reads from disk
    bare()
    ours, copied = alternate(derive, bare, runs=3)
    return ours, copied
