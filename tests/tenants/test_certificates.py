"""Certificates: valid, cancelled, applied by month, published; the rules that refuse."""

from __future__ import annotations

import datetime as dt

import pytest

from tenants import activities, certificates
from tenants.certificates import AlreadyCancelled, CertificateExpired, NotForSelfUse
from tenants.db import Database, TenantSession, tenant_session
from tenants.entries import entry
from tenants.errors import InvalidInput
from tenants.publish import check
from tenants.serials import serials
from tests.tenants.readings import months

TODAY = dt.date(2026, 3, 1)
_next = iter(range(1, 10**9, 10**5))


def held(session: TenantSession, units: int, vintage: dt.date, kind: str = "gec", **more: int) -> object:
    first = next(_next)
    given = serials("T", f"C-{first} - C-{first + units - 1}")
    return certificates.record(session, kind=kind, serials=given, vintage=vintage, actor="t", today=TODAY, **more)


def bill(session: TenantSession, kwh: int, month: int, flow: str = "grid_in") -> None:
    start = dt.date(2025, month, 1)
    end = dt.date(2025, month + 1, 1) if month < 12 else dt.date(2026, 1, 1)
    activities.add(session, entry(flow, kwh, "kWh", start, end), actor="t", today=TODAY)


def test_certificates_cover_no_more_than_the_grid_use_of_their_year(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        bill(session, 1500, 1)
        bill(session, 500, 7)
        held(session, 3, dt.date(2025, 2, 1), claim_year=2025)
        applied = {month: row.quantity for month, row in months(session, "gec_applied").items()}
        assert applied == {"2025-01": 1_500_000, "2025-07": 500_000}
        year = session.row("SELECT held_kwh, valid_kwh, applied_wh FROM shared.certificate_year WHERE year = 2025")
        assert tuple(year or ()) == (3000, 3000, 2_000_000)


def test_they_are_applied_again_when_the_bill_arrives_later(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        held(session, 2, dt.date(2025, 2, 1), claim_year=2025)
        assert months(session, "gec_applied") == {}
        bill(session, 1000, 3)
        bill(session, 3000, 4)
        assert {m: r.quantity for m, r in months(session, "gec_applied").items()} == {"2025-03": 500_000, "2025-04": 1_500_000}
        assert check(session) == []


@pytest.mark.parametrize(("claim_year", "vintage", "applied"), [(None, 2025, 0), (2025, 2025, 1000), (2025, 2024, 0)])
def test_only_cancelled_ones_of_the_same_year_count(
    db: Database, tenant: str, claim_year: int | None, vintage: int, applied: int
) -> None:
    with tenant_session(db, tenant) as session:
        bill(session, 10_000, 5)
        more = {} if claim_year is None else {"claim_year": claim_year}
        held(session, 1, dt.date(vintage, 6, 1), **more)
        assert sum(row.quantity for row in months(session, "gec_applied").values()) == applied * 1000


def test_traded_power_covers_its_own_month(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        bill(session, 1500, 5)
        bill(session, 5000, 6)
        held(session, 2, dt.date(2025, 5, 1), kind="traded", claim_year=2025)
        assert {m: r.quantity for m, r in months(session, "traded_applied").items()} == {"2025-05": 1_500_000}


def test_direct_power_needs_no_certificate(db: Database, tenant: str) -> None:
    """Known answer: 10,000 kWh, of which 3,000 direct and 5,000 certified, leaves 2,000."""
    with tenant_session(db, tenant) as session:
        bill(session, 7000, 5)
        bill(session, 3000, 5, flow="direct_in")
        held(session, 5, dt.date(2025, 5, 1), claim_year=2025)
        assert months(session, "gec_applied")["2025-05"].quantity == 5_000_000


def test_what_expired_is_refused(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        held(session, 1, dt.date(2024, 11, 1))
        one = certificates.list_certificates(session)[0]
        assert one.expiry == dt.date(2026, 10, 31)
        held(session, 1, dt.date(2022, 11, 1))
        old = certificates.list_certificates(session)[0]
        with pytest.raises(CertificateExpired):
            certificates.cancel(session, old.id, year=2026, actor="t", today=TODAY)


def test_self_use_certificates_cover_nothing(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session, pytest.raises(NotForSelfUse):
        held(session, 1, dt.date(2025, 5, 1), kind="gec_self_use", claim_year=2025)


def test_one_claim_each(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        held(session, 1, dt.date(2025, 5, 1), claim_year=2025)
        [one] = certificates.list_certificates(session)
        with pytest.raises(AlreadyCancelled):
            certificates.cancel(session, one.id, year=2025, actor="t", today=TODAY)
        with pytest.raises(AlreadyCancelled):
            certificates.withdraw(session, one.id, actor="t", reason="mistake")


@pytest.mark.parametrize("year", [2024, 2027])
def test_a_year_before_generation_or_to_come_is_refused(db: Database, tenant: str, year: int) -> None:
    with tenant_session(db, tenant) as session, pytest.raises(InvalidInput):
        held(session, 1, dt.date(2025, 5, 1), claim_year=year)


def test_a_withdrawn_record_frees_its_numbers_and_what_was_published(db: Database, tenant: str) -> None:
    with tenant_session(db, tenant) as session:
        held(session, 1, dt.date(2025, 5, 1))
        [one] = certificates.list_certificates(session)
        certificates.withdraw(session, one.id, actor="t", reason="typed twice")
        assert session.scalar("SELECT count(*) FROM shared.certificate_year") == 0
        certificates.record(session, kind="gec", serials=one.serials, vintage=one.vintage, actor="t", today=TODAY)
