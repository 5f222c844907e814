"""Reading curves back: sums at every step, missing values, several channels, days of a clock change."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tenants.curves.read import BY, CurveBlock, read, resample
from tenants.db import Database, TenantSession, tenant_session
from tenants.errors import InvalidInput
from tenants.flows import ALLOCATED, ESTIMATED, MEASURED, MISSING
from tenants.topology import Channel, load
from tests.tenants.readings import instant, send, series

FIRST, LAST = dt.date(2026, 1, 30), dt.date(2026, 2, 2)


def channels(session: TenantSession, *names: str) -> list[Channel]:
    topology = load(session)
    return [one for one in topology.channels.values() if topology.meters[one.meter].name in names]


def block(db: Database, tenant: str, *names: str) -> CurveBlock:
    with tenant_session(db, tenant) as session:
        return read(session, channels(session, *names), FIRST, LAST)


@pytest.mark.parametrize("by", BY)
def test_every_way_to_sum_has_the_same_total(db: Database, tenant: str, by: str) -> None:
    send(db, tenant, series("A", "2026-01-30", list(range(4 * 96))))
    points = resample(block(db, tenant, "A"), by)  # type: ignore[arg-type]
    assert points.values.sum() == sum(range(4 * 96))
    assert points.start[0] == instant("2026-01-30")
    assert points.present.sum() == points.expected.sum() == 4 * 1440
    counts = {"interval": 384, "hour": 96, "day": 4, "month": 2, "year": 1}
    assert points.values.size == counts[by]


def test_a_missing_interval_lowers_completeness_and_is_no_zero(db: Database, tenant: str) -> None:
    send(db, tenant, series("A", "2026-01-30", [1] * 90 + [None] * 6 + [1] * 96))
    days = resample(block(db, tenant, "A"), "day")
    assert days.completeness[:2].tolist() == [90 / 96, 1.0]
    assert block(db, tenant, "A").quality[0, 90:].tolist() == [MISSING] * 6


def test_a_sum_of_channels_is_missing_where_one_of_them_is(db: Database, tenant: str) -> None:
    send(db, tenant, series("A", "2026-01-30", [5] * 96), series("B", "2026-01-30", [7] * 95, row=200))
    both = block(db, tenant, "A", "B")
    assert both.values[0, 0] == 12
    assert both.quality[0, [0, 95]].tolist() == [MEASURED, MISSING]
    [first] = resample(both, "day").completeness[:1]
    assert first == 191 / 192


def test_a_coarser_day_is_shared_out_over_the_finer_step(db: Database, tenant: str) -> None:
    send(db, tenant, series("A", "2026-01-30", [10] * 24, step=60), series("A", "2026-01-31", [1] * 96, row=100))
    both = block(db, tenant, "A")
    assert both.step == 15
    assert both.values[0, :4].tolist() == [3, 3, 2, 2]
    assert both.quality[0, 0] == ALLOCATED
    assert resample(both, "day").values[:2].tolist() == [240, 96]


def test_days_outside_the_meters_life_are_left_out(db: Database, tenant: str) -> None:
    send(db, tenant, series("A", "2026-02-01", [1] * 96))
    points = resample(block(db, tenant, "A"), "day")
    assert points.start[0] == instant("2026-02-01")


def test_nothing_stored_gives_no_points(db: Database, tenant: str) -> None:
    assert resample(block(db, tenant), "month").values.size == 0


def test_a_range_that_runs_backwards_is_refused(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session, pytest.raises(InvalidInput, match="is before"):
        read(session, [], LAST, FIRST)


def test_an_unknown_way_to_sum_is_refused(db: Database, tenant: str) -> None:
    with pytest.raises(InvalidInput, match="no way to sum"):
        resample(block(db, tenant), "week")  # type: ignore[arg-type]


def test_estimates_are_counted_beside_what_is_there(db: Database, tenant: str) -> None:
    send(db, tenant, series("m", "2026-01-01", [1_000, 2_000, 3_000, None]))
    send(db, tenant, series("m", "2026-01-01T01:00", [4_000] * 92, quality=ESTIMATED))
    with tenant_session(db, tenant) as session:
        (channel,) = load(session).channels.values()
        day = resample(read(session, channel, dt.date(2026, 1, 1), dt.date(2026, 1, 1)), "day")
    assert day.completeness.tolist() == [95 / 96]
    assert day.estimated.tolist() == [92 / 96]


def test_hours_of_a_long_day_are_twenty_five() -> None:
    length = np.array([100], np.int32)
    ones = np.ones((1, 100), np.int64)
    long = CurveBlock(
        np.array(["2026-10-25"], "datetime64[D]"), np.array([1_792_879_200]), length, 15, ones, ones.astype(np.uint8), ones, ones,
        0 * ones,
    )  # fmt: skip
    assert resample(long, "hour").values.tolist() == [4] * 25
