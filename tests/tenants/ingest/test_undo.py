"""Taking an import back: the curves and the published sums are as if it had never come, whatever came with it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants.activities import enter, list_activities, remove
from tenants.db import Database, TenantSession, tenant_session
from tenants.entries import entry
from tenants.errors import InvalidInput, NotFound
from tenants.flows import ESTIMATED, MEASURED
from tenants.ingest.conflicts import open_conflicts
from tenants.ingest.series import Series
from tenants.ingest.undo import CannotUndo, UndoneAlready, undo
from tenants.publish import check
from tests.databases import Installed, new_park, new_tenant
from tests.tenants.ingest.test_accept import emptied
from tests.tenants.readings import TODAY, days, digest, instant, send, series


def back(db: Database, tenant: str, batch: UUID | None, reason: str = "wrong file") -> dict[str, object]:
    assert batch is not None
    with tenant_session(db, tenant) as session:
        return undo(session, batch, actor="test", reason=reason, today=TODAY).as_json()


def values(session: TenantSession) -> list[list[int]]:
    return [row[0] for row in session.rows('SELECT "values" FROM curve ORDER BY channel, day')]


def test_the_only_import_leaves_nothing_and_is_kept_among_the_former(db: Database, tenant: str) -> None:
    made = send(db, tenant, series("Main", "2026-02-26", [5] * 192))
    answer = back(db, tenant, made.batch)
    assert (answer["intervals"], answer["days"], answer["kept"]) == (192, 2, 0)
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM curve") == 0
        assert session.scalar("SELECT count(*) FROM curve_former WHERE reason = 'wrong file'") == 2
        assert days(session, "grid_in") == {}
        assert session.scalar("SELECT since FROM channel") is None
        assert session.scalar("SELECT undone FROM batch WHERE id = :id", id=made.batch) == "test"
        assert session.scalar("SELECT facts ->> 'of' FROM shared.audit WHERE action = 'batch.undo'") == str(made.batch)
        assert check(session) == []


def test_the_same_file_comes_in_again_and_can_be_taken_back_again(db: Database, tenant: str) -> None:
    given_ = series("Main", "2026-02-26", [5] * 96)
    for _ in range(3):
        made = send(db, tenant, given_)
        assert made.accepted == 96
        back(db, tenant, made.batch)
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM curve_former") == 3


def test_what_a_later_import_has_set_stays(db: Database, tenant: str) -> None:
    first = send(db, tenant, series("Main", "2026-02-26", [5] * 8))
    send(db, tenant, series("Main", "2026-02-26T01:00", [7] * 4), replace="CT 400, not 200")
    answer = back(db, tenant, first.batch)
    assert (answer["intervals"], answer["kept"]) == (4, 4)
    with tenant_session(db, tenant) as session:
        assert values(session)[0][:8] == [0] * 4 + [7] * 4
        assert days(session, "grid_in")["2026-02-26"].quantity == 28


def test_a_replacement_taken_back_after_what_it_replaced_leaves_nothing_of_it(db: Database, tenant: str) -> None:
    first = send(db, tenant, series("Main", "2026-02-26", [5] * 4))
    second = send(db, tenant, series("Main", "2026-02-26", [7] * 4), replace="CT")
    back(db, tenant, first.batch)
    back(db, tenant, second.batch)
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM curve") == 0


def test_hours_that_quarters_have_driven_out_are_there_again(db: Database, tenant: str) -> None:
    send(db, tenant, series("Main", "2026-02-26", [50, 60], step=60))
    part = send(db, tenant, series("Main", "2026-02-26", [10, 10]))
    rest = send(db, tenant, series("Main", "2026-02-26T00:30", [10, 10, 15, 15, 15, 15]))
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM curve_step") == 0
    back(db, tenant, rest.batch)
    with tenant_session(db, tenant) as session:
        assert values(session)[0][:8] == [10, 10, 15, 15, 15, 15, 15, 15]
    back(db, tenant, part.batch)
    with tenant_session(db, tenant) as session:
        assert values(session)[0][:2] == [50, 60]
        assert session.scalar("SELECT count(*) FROM curve_step") == 0


def test_twice_without_reason_unknown_and_certificates_are_refused(db: Database, tenant: str) -> None:
    made = send(db, tenant, series("Main", "2026-02-26", [5]))
    with pytest.raises(InvalidInput, match="needs a reason"):
        back(db, tenant, made.batch, reason=" ")
    own = back(db, tenant, made.batch)["batch"]
    with pytest.raises(UndoneAlready, match="by test"):
        back(db, tenant, made.batch)
    with pytest.raises(CannotUndo):
        back(db, tenant, UUID(str(own)))
    with pytest.raises(NotFound):
        back(db, tenant, uuid4())


def test_contradictions_go_come_back_or_stand_against_nothing(db: Database, tenant: str) -> None:
    first = send(db, tenant, series("Main", "2026-02-26", [5, 5]))
    second = send(db, tenant, series("Main", "2026-02-26", [6]))
    third = send(db, tenant, series("Main", "2026-02-26", [6]), replace="read again")
    with tenant_session(db, tenant) as session:
        assert open_conflicts(session) == []
    back(db, tenant, third.batch)
    with tenant_session(db, tenant) as session:
        assert [(one.offered, one.kept) for one in open_conflicts(session)] == [(Decimal("0.006"), Decimal("0.005"))]
    back(db, tenant, first.batch)
    with tenant_session(db, tenant) as session:
        assert [one.kept for one in open_conflicts(session)] == [None]
    back(db, tenant, second.batch)
    with tenant_session(db, tenant) as session:
        assert open_conflicts(session) == []


def _bill(session: TenantSession, month: int, quantity: int, replace: str | None = None) -> UUID | None:
    one = entry("grid_in", quantity, "kWh", dt.date(2025, month, 1), dt.date(2025, month + 1, 1))
    return enter(session, [one], actor="t", source="file", replace_reason=replace, today=TODAY).batch


def test_bills_are_taken_back_to_what_they_were(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        first = _bill(session, 3, 100)
        second = _bill(session, 3, 120, replace="typed wrongly")
        third = _bill(session, 5, 50)
    for batch, quantities in ((second, [100, 50]), (third, [100]), (first, [])):
        answer = back(db, tenant, batch)
        assert answer["bills"] == 1
        with tenant_session(db, tenant) as session:
            assert [one.quantity // 1000 for one in list_activities(session)] == quantities
            assert check(session) == []


def test_a_removed_bill_comes_back(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        _bill(session, 3, 100)
        [one] = list_activities(session)
        remove(session, one.id, actor="t", reason="not ours", today=TODAY)
        batch = session.scalar("SELECT id FROM batch ORDER BY received DESC LIMIT 1")
    back(db, tenant, batch)
    with tenant_session(db, tenant) as session:
        assert [one.quantity for one in list_activities(session)] == [100_000]


# ---- any imports, the last of them taken back in any order ----

pieces = st.tuples(
    st.sampled_from(["A", "B"]), st.sampled_from(["grid_in", "pv_gen"]), st.integers(0, 30), st.integers(1, 60),
    st.sampled_from([15, 15, 60]), st.integers(0, 3), st.sampled_from([MEASURED, MEASURED, ESTIMATED]),
)  # fmt: skip
Import = tuple[list[tuple[str, str, int, int, int, int, int]], bool]  # pieces, and whether they replace what is there
imports = st.lists(st.tuples(st.lists(pieces, min_size=1, max_size=3), st.booleans()), min_size=1, max_size=6)


def made_of(meter: str, flow: str, hour: int, count: int, step: int, add: int, quality: int) -> Series:
    begin = instant("2026-02-20") + hour * 3600
    return series(meter, begin, [step * (i % 7 + add) for i in range(count)], flow=flow, step=step, quality=quality)


@pytest.fixture(scope="module")
def pair(installed: Installed) -> tuple[str, str]:
    """Two tenants that are emptied between examples."""
    park = new_park(installed)
    return new_tenant(installed, park), new_tenant(installed, park)


def undone_is_never_done(
    db: Database,
    pair: tuple[str, str],
    given_: list[Import],
    data: st.DataObject,
) -> None:
    for tenant in pair:
        emptied(db, tenant)
    keep = data.draw(st.integers(0, len(given_) - 1))
    batches = []
    for number, (parts, forced) in enumerate(given_):
        several = [made_of(*one) for one in parts]
        for tenant in pair[: 1 + (number < keep)]:
            batch = send(db, tenant, *several, replace="said so" if forced else None).batch
        if number >= keep:
            batches.append(batch)
    for batch in data.draw(st.permutations([one for one in batches if one])):
        back(db, pair[0], batch)
    with tenant_session(db, pair[0]) as session:
        one, found = digest(session), check(session)
    with tenant_session(db, pair[1]) as session:
        assert one == digest(session)
    assert found == []


@given(imports, st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_last_imports_taken_back_in_any_order_were_never_there(
    db: Database,
    pair: tuple[str, str],
    given_: list[Import],
    data: st.DataObject,
) -> None:
    undone_is_never_done(db, pair, given_, data)


@pytest.mark.long
@given(imports, st.data())
@settings(max_examples=1000, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_so_in_a_thousand_cases(
    db: Database,
    pair: tuple[str, str],
    given_: list[Import],
    data: st.DataObject,
) -> None:
    undone_is_never_done(db, pair, given_, data)
