"""Offsets: life of a credit, what is refused, and that the park sees tonnes by year and status only."""

from __future__ import annotations

import datetime as dt

import pytest

from tenants import offsets
from tenants.db import Database, TenantSession, tenant_session
from tenants.errors import InvalidInput
from tenants.offsets import Project, Retirement, RooftopNotAdmitted, StatusNotPossible
from tenants.serials import serials

TODAY = dt.date(2026, 3, 1)
MANGROVES = Project("CCER-M-1", "Mangrove planting", 2024, "红树林营造", "A demo coast")
_next = iter(range(1, 10**9, 10**5))


def held(session: TenantSession, tonnes: int = 10, project: Project = MANGROVES, registry: str = "CCER") -> offsets.Offset:
    first = next(_next)
    made = offsets.record(
        session, serials=serials(registry, f"O-{first} - O-{first + tonnes - 1}"), project=project, actor="t", today=TODAY
    )
    return next(one for one in offsets.list_offsets(session) if one.id == made)


def shown(session: TenantSession) -> dict[tuple[int, str], int]:
    return {(row.year, row.status): row.tonnes for row in session.rows("SELECT year, status, tonnes FROM shared.offset_year")}


def test_a_retired_credit_says_for_whom_when_and_what(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        one = held(session)
        assert shown(session) == {(2024, "held"): 10}
        offsets.retire(session, one.id, Retirement("R-77", dt.date(2026, 2, 1), "Firm", 2025, "annual claim"), actor="t")
        [after] = offsets.list_offsets(session)
        assert after.retirement == Retirement("R-77", dt.date(2026, 2, 1), "Firm", 2025, "annual claim")
        assert shown(session) == {(2025, "retired"): 10}


def test_what_is_retired_or_cancelled_stays_so(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        one = held(session)
        offsets.set_status(session, one.id, "reserved", actor="t")
        offsets.set_status(session, one.id, "held", actor="t")
        offsets.set_status(session, one.id, "cancelled", actor="t")
        for status in ("held", "reserved"):
            with pytest.raises(StatusNotPossible):
                offsets.set_status(session, one.id, status, actor="t")
        with pytest.raises(StatusNotPossible):
            offsets.retire(session, one.id, Retirement("R", TODAY, "", 2025), actor="t")
        with pytest.raises(StatusNotPossible):
            offsets.withdraw(session, one.id, actor="t", reason="x")


@pytest.mark.parametrize("project", [Project("1", "屋顶光伏发电项目", 2024), Project("1", "Solar", 2024, "Rooftop PV")])
def test_rooftop_pv_is_not_admitted_to_ccer(db: Database, tenant: str, project: Project) -> None:
    with tenant_session(db, tenant) as session, pytest.raises(RooftopNotAdmitted):
        held(session, project=project, registry="全国温室气体自愿减排注册登记系统")


def test_other_registries_have_other_rules(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        held(session, project=Project("1", "Rooftop PV", 2024), registry="Verra VCS")


@pytest.mark.parametrize(
    ("retirement", "field"),
    [(Retirement(" ", TODAY, "", 2025), "retirement_id"), (Retirement("R", TODAY, "", 2020), "claim_year")],
)
def test_a_retirement_has_an_id_and_a_fitting_year(db: Database, tenant: str, retirement: Retirement, field: str) -> None:
    with tenant_session(db, tenant) as session:
        one = held(session)
        with pytest.raises(InvalidInput) as caught:
            offsets.retire(session, one.id, retirement, actor="t")
        assert caught.value.facts["field"] == field


@pytest.mark.parametrize("project", [Project("", "x", 2024), Project("1", "x", 2099), Project("1", "x", 1950)])
def test_a_project_has_id_name_and_vintage(db: Database, tenant: str, project: Project) -> None:
    with tenant_session(db, tenant) as session, pytest.raises(InvalidInput):
        held(session, project=project)


def test_a_withdrawn_record_leaves_nothing_published(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        one = held(session)
        offsets.withdraw(session, one.id, actor="t", reason="typed twice")
        assert shown(session) == {}
        assert session.scalar("SELECT count(*) FROM shared.claim WHERE id = :id", id=one.id) == 0
