"""Problems from the gate to the decision and back: found once, decided with a reason, undone to the byte."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants import activities, clock
from tenants.db import Database, TenantSession, tenant_session
from tenants.entries import entry
from tenants.errors import InvalidInput
from tenants.ingest.accept import accept
from tenants.quality import decide, find, problems, repair
from tenants.quality.decide import DecidedAlready, NothingDecided, NothingToAccept
from tenants.quality.problems import Problem
from tests.databases import Installed, new_tenant
from tests.tenants.calc.quality.histories import workshop
from tests.tenants.readings import SHANGHAI, months, send, series

DAYS = 40
TODAY = clock.today(SHANGHAI)
FIRST = TODAY - dt.timedelta(days=DAYS)


def at(day: int, hour: float) -> int:
    """The place of a local time."""
    return day * 96 + round(hour * 4)


def faulty(**more: Any) -> list[int | None]:
    """Forty days up to yesterday with a gap, a spike and a standstill."""
    values: list[int | None] = [int(one) for one in workshop(DAYS, **more)]
    values[at(20, 10)] = 900_000
    values[at(25, 9) : at(25, 12)] = [None] * 12
    values[at(30, 8) : at(30, 17)] = [29_999] * 36
    return values


def sent(db: Database, tenant: str, values: list[int | None], *, meter: str = "总表", **more: Any) -> Any:
    """The values through the gate."""
    return send(db, tenant, series(meter, FIRST.isoformat(), values, **more), today=TODAY)


def stored(db: Database, tenant: str) -> list[Any]:
    """Every interval and its code, and what is published."""
    with tenant_session(db, tenant) as session:
        curves = [tuple(row) for row in session.rows('SELECT day, "values", quality FROM curve ORDER BY channel, day')]
        return [*curves, *(tuple(row) for row in months(session, "grid_in").values())]


def looked(db: Database, tenant: str) -> dict[str, Problem]:
    """The open problems after a look at everything, by rule."""
    with tenant_session(db, tenant) as session:
        find.find(session)
        return {one.rule: one for one in problems.listed(session)}


def decided(db: Database, tenant: str, one: Problem, verb: str, **more: Any) -> Any:
    """A decision in its own transaction."""
    with tenant_session(db, tenant) as session:
        return getattr(decide, verb)(session, one.id, actor="test", reason="looked at it", **more)


def audited(session: TenantSession) -> list[str]:
    """Actions about problems, oldest first."""
    rows = session.rows("SELECT action FROM shared.audit WHERE subject = current_user AND action LIKE 'problem.%' ORDER BY at")
    return [row.action for row in rows]


def test_what_is_planted_is_found_and_finding_twice_changes_nothing(db: Database, tenant: str) -> None:
    sent(db, tenant, faulty())
    with tenant_session(db, tenant) as session:
        first = find.find(session)
        before = session.rows("SELECT * FROM problem ORDER BY id")
        again = find.find(session)
        assert (first.changed, again.changed, again.gone) == (3, 0, 0)
        assert session.rows("SELECT * FROM problem ORDER BY id") == before
        assert {one.rule for one in problems.listed(session)} == {"gap", "spike", "stuck"}


def test_what_no_longer_holds_is_gone(db: Database, tenant: str) -> None:
    values = faulty()
    sent(db, tenant, values)
    gap = looked(db, tenant)["gap"]
    good = [int(one) for one in workshop(DAYS)]
    filled = [None if i < at(25, 9) or i >= at(25, 12) else good[i] for i in range(len(good))]
    sent(db, tenant, filled)
    assert "gap" not in looked(db, tenant)
    with tenant_session(db, tenant) as session:
        assert problems.get(session, gap.id).state == "gone"


@pytest.mark.parametrize(("rule", "method", "more"), [
    ("gap", "comparable", {}), ("gap", "linear", {}), ("gap", "given", {"total": "300"}), ("spike", "linear", {}),
    ("spike", "given", {"total": "30.5"}), ("stuck", "comparable", {}),
])  # fmt: skip
def test_replaced_and_undone_to_the_byte(db: Database, tenant: str, rule: str, method: str, more: dict[str, str]) -> None:
    sent(db, tenant, faulty())
    before, one = stored(db, tenant), looked(db, tenant)[rule]
    done, proposal = decided(db, tenant, one, "replace", method=method, **more)
    assert (done.state, done.actor, done.reason) == ("replaced", "test", "looked at it")
    with tenant_session(db, tenant) as session:
        row = session.row("SELECT source, receipt FROM batch WHERE id = :id", id=done.batch)
        assert row is not None
        assert (row.source, row.receipt["method"], row.receipt["author"]) == ("repair", method, "test")
        if rule != "gap":
            assert session.scalar("SELECT count(*) FROM curve_former WHERE batch = :id", id=done.batch) == 1
    if "total" in more:
        assert proposal.total == int(Decimal(more["total"]) * 1000)
    assert stored(db, tenant) != before
    assert rule not in looked(db, tenant)
    undone = decided(db, tenant, one, "undo")
    assert undone.state == "open"
    assert stored(db, tenant) == before
    with tenant_session(db, tenant) as session:
        assert audited(session) == ["problem.replace", "problem.undo"]


def test_estimates_travel_as_estimates_and_what_a_person_vouches_for_as_measured(db: Database, tenant: str) -> None:
    sent(db, tenant, faulty())
    found = looked(db, tenant)
    decided(db, tenant, found["spike"], "replace", method="linear")
    with tenant_session(db, tenant) as session:
        assert sum(row.estimated for row in months(session, "grid_in").values()) > 0
    decided(db, tenant, found["spike"], "undo")
    decided(db, tenant, found["spike"], "replace", method="given", total="30")
    with tenant_session(db, tenant) as session:
        assert sum(row.estimated for row in months(session, "grid_in").values()) == 0


def test_the_same_file_again_does_not_bring_the_fault_back_but_better_evidence_comes_in(db: Database, tenant: str) -> None:
    values = faulty()
    sent(db, tenant, values)
    decided(db, tenant, looked(db, tenant)["spike"], "replace", method="linear")
    repaired = stored(db, tenant)
    again = sent(db, tenant, values)
    assert (again.accepted, again.conflicting) == (0, 0)
    assert stored(db, tenant) == repaired
    values[at(20, 10)] = 31_000
    assert sent(db, tenant, values).accepted == 1
    assert "spike" not in looked(db, tenant)


def test_accepted_and_left_problems_stay_decided(db: Database, tenant: str) -> None:
    sent(db, tenant, faulty())
    before, found = stored(db, tenant), looked(db, tenant)
    decided(db, tenant, found["spike"], "confirm")
    decided(db, tenant, found["gap"], "leave")
    assert set(looked(db, tenant)) == {"stuck"}
    assert stored(db, tenant) == before
    with pytest.raises(DecidedAlready):
        decided(db, tenant, found["spike"], "leave")
    decided(db, tenant, found["spike"], "undo")
    assert set(looked(db, tenant)) == {"spike", "stuck"}
    with pytest.raises(NothingDecided):
        decided(db, tenant, found["spike"], "undo")


def test_refused_decisions_change_nothing(db: Database, tenant: str) -> None:
    sent(db, tenant, faulty())
    before, found = stored(db, tenant), looked(db, tenant)
    with pytest.raises(NothingToAccept):
        decided(db, tenant, found["gap"], "confirm")
    with pytest.raises(repair.NotHere):
        decided(db, tenant, found["spike"], "replace", method="rescale")
    with pytest.raises(InvalidInput), tenant_session(db, tenant) as session:
        decide.replace(session, found["spike"].id, method="linear", actor="test", reason=" ")
    for total in ("", "a lot", "-5", "1e400000", "NaN"):
        with pytest.raises(InvalidInput):
            decided(db, tenant, found["spike"], "replace", method="given", total=total)
    assert stored(db, tenant) == before
    assert looked(db, tenant) == found


def test_a_multiplier_is_not_applied_to_an_estimate_again(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        accept(session, [series("总表", FIRST.isoformat(), [1])], source="http", name="", sha256="0" * 64, actor="t",
               create_missing=True)  # fmt: skip
        session.execute("UPDATE channel SET multiplier = 40")
    values = faulty()
    with tenant_session(db, tenant) as session:
        accept(session, [series("总表", FIRST.isoformat(), values)], source="http", name="", sha256="0" * 64, actor="t",
               replace_reason="first was a trial")  # fmt: skip
    _, proposal = decided(db, tenant, looked(db, tenant)["spike"], "replace", method="linear")
    with tenant_session(db, tenant) as session:
        day = session.row('SELECT "values" FROM curve WHERE day = :day', day=FIRST + dt.timedelta(days=20))
    assert day is not None
    assert day.values[40] == proposal.total


def test_a_slip_of_the_unit_is_put_right(db: Database, tenant: str) -> None:
    good: list[int | None] = [int(one) for one in workshop(DAYS)]
    values = list(good)
    values[at(20, 0) : at(22, 0)] = [one and one * 1000 for one in values[at(20, 0) : at(22, 0)]]
    sent(db, tenant, values)
    decided(db, tenant, looked(db, tenant)["unit_slip"], "replace", method="rescale")
    with tenant_session(db, tenant) as session:
        rows = session.rows('SELECT "values" FROM curve ORDER BY day')
    assert [value for row in rows for value in row.values] == good


def test_contradicting_values_are_decided_here_too(db: Database, tenant: str) -> None:
    values: list[int | None] = [int(one) for one in workshop(DAYS)]
    sent(db, tenant, values)
    other = list(values)
    other[at(10, 9) : at(10, 10)] = [40_000] * 4
    assert sent(db, tenant, other).conflicting == 4
    before, one = stored(db, tenant), looked(db, tenant)["duplicate"]
    assert one.facts["count"] == 4
    decided(db, tenant, one, "confirm")
    assert "duplicate" not in looked(db, tenant)
    decided(db, tenant, one, "undo")
    decided(db, tenant, one, "replace", method="offered")
    with tenant_session(db, tenant) as session:
        day = session.row('SELECT "values" FROM curve WHERE day = :day', day=FIRST + dt.timedelta(days=10))
    assert day is not None
    assert list(day.values[36:40]) == [40_000] * 4
    decided(db, tenant, one, "undo")
    assert stored(db, tenant) == before


def test_what_the_gate_refused_is_told_until_it_is_filled(db: Database, tenant: str) -> None:
    values: list[int | None] = [int(one) for one in workshop(DAYS)]
    bad = list(values)
    bad[at(10, 9)] = -5_000
    bad[at(10, 10)] = 2**40
    assert sent(db, tenant, bad).refused == 2
    early = series("总表", "1999-12-31", [1_000, *[2_000] * 95])
    send(db, tenant, early, series("总表", FIRST.isoformat(), [None, 5_555]), today=TODAY)
    found = looked(db, tenant)
    assert {"negative", "too_large"} <= set(found)
    assert (found["negative"].start.hour, found["negative"].energy) == (9, 5_000)
    sent(db, tenant, values)
    assert {"negative", "too_large"}.isdisjoint(looked(db, tenant))


def test_meters_behind_a_meter_and_a_bill_that_differ(db: Database, tenant: str) -> None:
    values: list[int | None] = [int(one) for one in workshop(DAYS)]
    sent(db, tenant, values)
    sent(db, tenant, [one and int(one * 1.2) for one in values], meter="车间")
    with tenant_session(db, tenant) as session:
        session.execute("UPDATE meter SET parent = (SELECT id FROM meter WHERE name = '总表') WHERE name = '车间'")
        start, end = FIRST + dt.timedelta(days=2), FIRST + dt.timedelta(days=32)
        total = sum(one or 0 for one in values[2 * 96 : 32 * 96])
        activities.add(session, entry("grid_in", Decimal(total * 11 // 10) / 1000, "kWh", start, end), actor="test")
    found = looked(db, tenant)
    assert found["children_above_parent"].facts["share"] == "20.0"
    assert found["bill_against_meter"].facts["share"] == "9.1"
    assert abs(found["bill_against_meter"].energy - total // 10) <= 1_000


def test_a_gap_takes_what_the_bill_leaves(db: Database, tenant: str) -> None:
    values = faulty()
    sent(db, tenant, values)
    start, end = FIRST + dt.timedelta(days=22), FIRST + dt.timedelta(days=29)
    seen = sum(one or 0 for one in values[22 * 96 : 29 * 96])
    with tenant_session(db, tenant) as session:
        activities.add(session, entry("grid_in", Decimal(seen + 350_000) / 1000, "kWh", start, end), actor="test")
    _, proposal = decided(db, tenant, looked(db, tenant)["gap"], "replace", method="bill")
    assert proposal.total == 350_000


def test_only_what_came_in_is_looked_at_and_a_stream_once_an_hour(db: Database, tenant: str) -> None:
    sent(db, tenant, faulty())
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM shared.mark WHERE tenant = current_user AND kind = 'quality'") == 1
        first = find.look_after(session)
        assert first is not None
        assert first.changed == 3
    sent(db, tenant, [int(one) for one in workshop(DAYS)], meter="另一块表")
    with tenant_session(db, tenant) as session:
        assert find.look_after(session) is None  # a device; the hour is not over
        session.execute("UPDATE batch SET source = 'file' WHERE name = 'test'")
        second = find.look_after(session)
        assert second is not None
        assert (second.channels, second.changed) == (1, 0)


@given(seed=st.integers(0, 10**6), cut=st.integers(1, DAYS * 96 - 1), method=st.sampled_from(["linear", "comparable"]))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_decided_in_any_order_of_arrival_and_undone(
    installed: Installed, db: Database, park: str, seed: int, cut: int, method: str
) -> None:
    tenant = new_tenant(installed, park)
    values = faulty(seed=seed)
    later = [None] * cut + values[cut:]
    for part in ([*values[:cut], *[None] * (len(values) - cut)], later) if seed % 2 else (later, values):
        sent(db, tenant, part)
    before = stored(db, tenant)
    found = looked(db, tenant)
    assert {"gap", "spike", "stuck"} <= set(found)
    order = np.random.default_rng(seed).permutation(["gap", "spike", "stuck"]).tolist()
    for rule in order:
        decided(db, tenant, found[rule], "replace", method=method)
    for rule in np.random.default_rng(seed + 1).permutation(order).tolist():
        decided(db, tenant, found[rule], "undo")
    assert stored(db, tenant) == before
