"""The gate on a real database: what is written, what is answered, what is published in the same transaction."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants.db import Database, tenant_session
from tenants.errors import InvalidInput
from tenants.ingest.accept import accept, examine
from tenants.ingest.series import Series
from tenants.publish import check
from tests.databases import Installed, new_park, new_tenant
from tests.tenants.readings import TODAY, days, digest, instant, months, send, series


def test_a_day_is_stored_and_published_at_once(db: Database, tenant: str) -> None:
    receipt = send(db, tenant, series("Main", "2026-02-27", list(range(96))), today=dt.date(2026, 2, 28))
    assert (receipt.rows, receipt.accepted, receipt.unchanged) == (96, 96, 0)
    [meter] = receipt.meters
    assert (meter.name, meter.unit, meter.total, meter.missing, meter.new) == ("Main", "kWh", Decimal("4.56"), 0, True)
    assert meter.first.isoformat() == "2026-02-27T00:00:00+08:00"
    assert meter.last.isoformat() == "2026-02-27T23:45:00+08:00"
    with tenant_session(db, tenant) as session:
        published = days(session, "grid_in")["2026-02-27"]
        assert (published.quantity, published.measured, published.missing, published.expected) == (4560, 4560, 0, 1440)
        assert months(session, "grid_in")["2026-02"].quantity == 4560
        assert check(session) == []


def test_the_same_again_writes_nothing(db: Database, tenant: str) -> None:
    given_ = series("Main", "2026-02-27", [1] * 96)
    send(db, tenant, given_)
    with tenant_session(db, tenant) as session:
        before = session.rows("SELECT ctid, xmin FROM curve"), session.scalar("SELECT count(*) FROM batch")
    again = send(db, tenant, given_)
    assert (again.accepted, again.unchanged, again.batch) == (0, 96, None)
    assert again.meters[0].total == Decimal("0.096")
    with tenant_session(db, tenant) as session:
        assert (session.rows("SELECT ctid, xmin FROM curve"), session.scalar("SELECT count(*) FROM batch")) == before


def test_a_conflict_is_listed_with_both_values_and_counted_once(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", "2026-02-27", [100, 200]))
    for _ in range(2):
        answer = send(db, tenant, series("Main", "2026-02-27", [100, 250]))
    assert (answer.accepted, answer.unchanged, answer.conflicting, answer.batch) == (0, 1, 1, None)
    [conflict] = answer.conflicts
    assert (conflict.offered, conflict.kept, conflict.start.hour, conflict.start.minute) == (
        Decimal("0.25"),
        Decimal("0.2"),
        0,
        15,
    )
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM conflict WHERE state = 'open'") == 1
        assert days(session, "grid_in")["2026-02-27"].quantity == 300


def test_a_replacement_keeps_the_former_row_says_why_and_closes_the_conflict(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", "2026-02-27", [100, 200]))
    send(db, tenant, series("Main", "2026-02-27", [100, 250]))
    answer = send(db, tenant, series("Main", "2026-02-27", [100, 250]), replace="CT was wired the wrong way round")
    assert (answer.accepted, answer.unchanged, answer.conflicting) == (1, 1, 0)
    with tenant_session(db, tenant) as session:
        former = session.row('SELECT revision, "values"[1:2] AS v, reason, batch FROM curve_former')
        assert former is not None
        assert (former.revision, former.v, former.reason, former.batch) == (
            1, [100, 200], "CT was wired the wrong way round", answer.batch,
        )  # fmt: skip
        assert session.scalar("SELECT state FROM conflict") == "replaced"
        assert session.scalar("SELECT revision FROM curve") == 2
        assert days(session, "grid_in")["2026-02-27"].quantity == 350
        assert session.scalar("SELECT facts ->> 'replaced' FROM shared.audit ORDER BY at DESC LIMIT 1") == "true"


def test_a_replacement_without_a_reason_is_refused(db: Database, tenant: str) -> None:
    with pytest.raises(InvalidInput, match="needs a reason"):
        send(db, tenant, series("Main", "2026-02-27", [1]), replace="  ")


def test_contradicting_rows_of_one_submission_are_both_left_out(db: Database, tenant: str) -> None:
    answer = send(db, tenant, series("Main", "2026-02-27", [1, 2, 3]), series("Main", "2026-02-27T00:15", [9], row=50))
    assert (answer.rows, answer.accepted, answer.conflicting) == (4, 2, 2)
    assert [(one.offered, one.kept) for one in answer.conflicts] == [(Decimal("0.002"), None), (Decimal("0.009"), None)]
    assert (answer.meters[0].total, answer.meters[0].intervals, answer.meters[0].missing) == (Decimal("0.004"), 2, 1)
    with tenant_session(db, tenant) as session:
        assert days(session, "grid_in")["2026-02-27"].quantity == 4


def test_rows_that_cannot_be_true_are_refused_with_place_reason_and_remedy(db: Database, tenant: str) -> None:
    bad = Series(
        "Main", "grid_in", 15, np.array([instant("1970-01-01"), instant("2026-02-27"), instant("2026-02-27T00:16"),
        instant("2026-02-27T00:30"), instant("2026-02-27T00:45"), instant("2099-01-01")], np.int64),
        np.array([1, 5, 1, -1, 2**31, 1], np.int64), np.ones(6, np.uint8), np.arange(2, 8, dtype=np.int32),
    )  # fmt: skip
    answer = send(db, tenant, bad)
    assert (answer.rows, answer.accepted, answer.refused) == (6, 1, 5)
    told = [(one.row, one.reason.split("}: ")[1]) for one in answer.rejected]
    assert told == [
        (2, "{start} is before the year 2000"),
        (4, "{start} is not the start of a {step}-minute interval"),
        (5, "{value} {unit} is negative"),
        (6, "{value} {unit} in {step} minutes is too large"),
        (7, "{start} lies in the future"),
    ]
    assert all(one.remedy for one in answer.rejected)
    assert answer.rejected[3].facts["value"] == Decimal("2147483.648")


def test_an_unknown_meter_is_named_unless_new_ones_are_allowed(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        answer = accept(
            session, [series("Ghost", "2026-02-27", [1, 2])], source="http", name="", sha256="", actor="t", today=TODAY
        )
        assert (answer.accepted, answer.refused, answer.batch) == (0, 2, None)
        assert answer.rejected[0].facts == {"meter": "Ghost"}
        assert session.scalar("SELECT count(*) FROM meter") == 0


def test_a_submission_of_nothing_but_bad_rows_makes_no_meter(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", "2026-02-27T00:01", [1]))
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM meter") == 0


def test_reactive_columns_become_channels_of_the_same_meter(db: Database, tenant: str) -> None:
    answer = send(db, tenant, series("Main", "2026-02-27", [5]), series("Main", "2026-02-27", [2], flow="reactive_in"))
    assert (answer.rows, answer.accepted) == (1, 1)  # one row of the file, two columns
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM meter") == 1
        assert session.scalar("SELECT count(*) FROM channel") == 2


def test_the_preview_says_what_would_happen_and_writes_nothing(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", "2026-02-27", [1, 2]))
    with tenant_session(db, tenant) as session:
        seen = examine(session, [series("Main", "2026-02-27", [1, 3, 4]), series("New", "2026-02-27", [7], row=9)])
        counts = session.scalar("SELECT count(*) FROM meter"), session.scalar("SELECT count(*) FROM curve")
    assert (seen.rows, seen.accepted, seen.unchanged, seen.conflicting) == (4, 2, 1, 1)
    assert [(one.name, one.new) for one in seen.meters] == [("Main", False), ("New", True)]
    assert counts == (1, 1)


def test_multiplied_channels_store_true_energy(db: Database, tenant: str) -> None:
    send(db, tenant, series("CT", "2026-02-27", [1]))
    with tenant_session(db, tenant) as session:
        session.execute("UPDATE channel SET multiplier = 400")
    answer = send(db, tenant, series("CT", "2026-02-27T00:15", [3]))
    assert answer.meters[0].total == Decimal("1.2")


def at_once(db: Database, tenant: str, *given_: Series) -> None:
    """Sends each from a thread of its own, all at the same moment."""
    gate, failed = threading.Barrier(len(given_)), []

    def work(one: Series) -> None:
        gate.wait()
        try:
            send(db, tenant, one)
        except BaseException as error:
            failed.append(error)

    workers = [threading.Thread(target=work, args=(one,)) for one in given_]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert failed == []


def test_two_writers_on_two_meters_publish_the_sum_of_both(db: Database, tenant: str) -> None:
    send(db, tenant, series("A", "2026-02-26", [0]), series("B", "2026-02-26", [0]))
    at_once(db, tenant, series("A", "2026-02-27", [100]), series("B", "2026-02-27", [100]))
    with tenant_session(db, tenant) as session:
        assert days(session, "grid_in")["2026-02-27"].quantity == 200
        assert check(session) == []


def test_writers_of_one_day_lose_nothing_of_each_other(db: Database, tenant: str) -> None:
    """Each reads the day's row, adds its quarter and writes the row back: without the lock one of them would be lost."""
    send(db, tenant, series("A", "2026-02-27", [1]))
    for round_ in range(4):
        quarters = range(1 + 6 * round_, 7 + 6 * round_)
        at_once(db, tenant, *(series("A", instant("2026-02-27") + 900 * q, [1]) for q in quarters))
    with tenant_session(db, tenant) as session:
        assert days(session, "grid_in")["2026-02-27"].quantity == 25
        assert session.scalar("SELECT total FROM curve") == 25


# ---- any order, duplication, batching: byte-identical rows and published sums ----


@pytest.fixture(scope="module")
def pair(installed: Installed) -> tuple[str, str]:
    """Two tenants that are emptied between examples."""
    park = new_park(installed)
    return new_tenant(installed, park), new_tenant(installed, park)


def emptied(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        for table in ("curve", "curve_step", "curve_former", "curve_batch", "conflict", "channel", "meter", "batch"):
            session.execute(f"DELETE FROM {table}")
        for table in ("flow_day", "flow_month"):
            session.execute(f"DELETE FROM shared.{table} WHERE tenant = current_user")
        session.execute("UPDATE state SET settings = '{}'")


pieces = st.tuples(
    st.sampled_from(["A", "B"]), st.sampled_from(["grid_in", "pv_gen", "grid_out"]), st.integers(0, 40), st.integers(1, 120),
    st.sampled_from([15, 15, 60]),
)  # fmt: skip


def consistent(meter: str, flow: str, hour: int, count: int, step: int) -> Series:
    """Readings whose hours are the sums of their quarters, however they are cut."""
    begin = instant("2026-02-20") + hour * 3600
    first = begin // 900
    values = [sum((first + i * step // 15 + q) % 7 * 11 for q in range(step // 15)) for i in range(count)]
    return series(meter, begin, values, flow=flow, step=step)


@given(st.lists(pieces, min_size=1, max_size=6), st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_duplication_and_batching_ends_in_the_same_bytes(
    db: Database, pair: tuple[str, str], given_: list[tuple[str, str, int, int, int]], data: st.DataObject
) -> None:
    for tenant in pair:
        emptied(db, tenant)
    whole = [consistent(*one) for one in given_]
    send(db, pair[0], *whole)
    shuffled = data.draw(st.permutations(whole + data.draw(st.lists(st.sampled_from(whole), max_size=3))))
    while shuffled:
        size = data.draw(st.integers(1, len(shuffled)))
        send(db, pair[1], *shuffled[:size])
        shuffled = shuffled[size:]
    with tenant_session(db, pair[0]) as session:
        one = digest(session)
        assert check(session) == []
    with tenant_session(db, pair[1]) as session:
        assert digest(session) == one
        assert check(session) == []
