"""Registers through the gate on a real database: evidence kept, curves that add up, conflicts, kinds that do not mix."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenants.db import Database, tenant_session
from tests.tenants.dials import register, send
from tests.tenants.readings import days, series
from tests.tenants.readings import send as send_values


def curve(db: Database, tenant: str) -> list[tuple[str, int, list[int], list[int]]]:
    with tenant_session(db, tenant) as session:
        rows = session.rows('SELECT day, step_minutes, "values" AS v, quality FROM curve ORDER BY channel, day')
        return [(row.day.isoformat(), row.step_minutes, list(row.v), list(row.quality)) for row in rows]


def test_readings_become_a_curve_that_is_published(db: Database, tenant: str) -> None:
    receipt = send(db, tenant, register("1#", "2026-02-27", [100 + i / 2 for i in range(97)]))
    assert (receipt.rows, receipt.accepted, receipt.refused) == (97, 97, 0)
    [meter] = receipt.meters
    assert (meter.name, meter.total, meter.intervals, meter.step_minutes, meter.new) == ("1#", Decimal(48), 97, 0, True)
    [(day, step, values, quality)] = curve(db, tenant)
    assert (day, step, values, quality) == ("2026-02-27", 15, [500] * 96, [1] * 96)
    with tenant_session(db, tenant) as session:
        published = days(session, "grid_in")["2026-02-27"]
        assert (published.quantity, published.measured, published.missing) == (48_000, 48_000, 0)
        assert session.scalar("SELECT kind FROM channel") == "register"
        assert session.scalar("SELECT sum(cardinality(readings)) FROM register") == 97


def test_one_reading_after_the_other_gives_the_same(db: Database, tenant: str) -> None:
    for i in range(12):
        send(db, tenant, register("1#", "2026-02-27", [None] * i + [100 + i * i]))
    [(_, _, values, _)] = curve(db, tenant)
    assert values[:12] == [1000 * (2 * i + 1) for i in range(11)] + [0]
    again = send(db, tenant, register("1#", "2026-02-27", [100 + i * i for i in range(12)]))
    assert (again.accepted, again.unchanged, again.batch) == (0, 12, None)
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM curve_former") == 0
        assert session.scalar("SELECT count(*) FROM curve_batch WHERE step_minutes = 0") == 12


def test_a_conflict_is_listed_and_replaced_with_a_reason(db: Database, tenant: str) -> None:
    send(db, tenant, register("1#", "2026-02-27", [100, 101, 102]))
    answer = send(db, tenant, register("1#", "2026-02-27", [100, 101.5, 102]))
    assert (answer.accepted, answer.unchanged, answer.conflicting) == (0, 2, 1)
    [one] = answer.conflicts
    assert (one.offered, one.kept, one.step_minutes, one.start.hour, one.start.minute) == (
        Decimal("101.5"), Decimal(101), 0, 0, 15,
    )  # fmt: skip
    assert curve(db, tenant)[0][2][:2] == [1000, 1000]
    answer = send(db, tenant, register("1#", "2026-02-27", [100, 101.5, 102]), replace="read wrongly")
    assert (answer.accepted, answer.unchanged) == (1, 2)
    assert curve(db, tenant)[0][2][:2] == [1500, 500]
    with tenant_session(db, tenant) as session:
        assert session.row("SELECT state, offered, kept FROM conflict") == ("replaced", 101_500, 101_000)
        assert session.scalar("SELECT reason FROM curve_former") == "read wrongly"


def test_two_readings_of_one_moment_in_one_submission_are_both_left_out(db: Database, tenant: str) -> None:
    answer = send(db, tenant, register("1#", "2026-02-27", [100, 101]), register("1#", "2026-02-27", [100, 109], row=9))
    assert (answer.rows, answer.accepted, answer.unchanged, answer.conflicting) == (4, 1, 1, 2)
    assert curve(db, tenant) == []


def test_a_meter_has_one_kind(db: Database, tenant: str) -> None:
    send(db, tenant, register("1#", "2026-02-27", [100, 101]))
    answer = send_values(db, tenant, series("1#", "2026-02-27", [5, 6]))
    assert answer.refused == 2
    assert "register" in answer.rejected[0].reason
    send_values(db, tenant, series("2#", "2026-02-27", [5, 6]))
    answer = send(db, tenant, register("2#", "2026-02-27", [100, 101, 102]))
    assert answer.refused == 3
    assert "intervals already" in answer.rejected[0].reason
    both = send_values(db, tenant, series("3#", "2026-02-27", [5, 6]), register("3#", "2026-02-27", [100, 101], row=3))  # type: ignore[arg-type]
    assert (both.accepted, both.refused) == (2, 2)


@pytest.mark.parametrize(
    ("start", "reading", "words"),
    [("1970-01-02", 5, "2000"), ("2099-01-01", 5, "future"), ("2026-02-27", -1, "negative"), ("2026-02-27", 1e12, "too large")],
)
def test_what_cannot_be_true_is_refused(db: Database, tenant: str, start: str, reading: float, words: str) -> None:
    answer = send(db, tenant, register("1#", start, [reading]))
    assert (answer.refused, answer.batch) == (1, None)
    assert words in answer.rejected[0].reason
