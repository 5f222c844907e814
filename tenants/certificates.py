"""Green certificates and traded green power: recorded, cancelled for a year, and what they cover published."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid4

from tenants import audit, clock, sites
from tenants.activities import open_batch
from tenants.calc import gec
from tenants.db import TenantSession
from tenants.errors import InvalidInput, LingyuanError, NotFound
from tenants.publish import green
from tenants.serials import Serials, claim, release
from tenants.topology import load

KINDS = ("gec", "traded", "gec_self_use")  # the last: issued for self-used PV, cannot be traded, covers nothing a second time
_COLUMNS = "id, site, kind, registry, serial_prefix, serial_first, serial_last, vintage, status, claim_year, document"


class CertificateExpired(LingyuanError):
    """These certificates of {vintage} expired on {expiry}."""

    status = 422
    remedy = "A certificate is valid for two years from the month of generation; it cannot be used any more."


class NotForSelfUse(LingyuanError):
    """Certificates of self-used PV cover nothing: the energy is counted by its meter."""

    status = 422
    remedy = "Keep them as evidence. To cover grid power, cancel certificates that were bought."


class AlreadyCancelled(LingyuanError):
    """These certificates are cancelled for {year} already."""

    status = 409
    remedy = "One certificate serves one claim. Cancel others."


@dataclass(frozen=True)
class Certificate:
    """Certificates with consecutive serial numbers, each of 1,000 kWh, generated in the month `vintage`."""

    id: UUID
    site: UUID
    kind: str
    serials: Serials
    vintage: dt.date
    status: str
    claim_year: int | None
    document: UUID | None

    @property
    def kwh(self) -> int:
        """Their energy. [kWh]"""
        return self.serials.units * 1000

    @property
    def expiry(self) -> dt.date:
        """Their last valid day."""
        return gec.expiry(self.vintage)


def list_certificates(session: TenantSession, *, year: int | None = None) -> list[Certificate]:
    """The tenant's certificates, by month of generation; of one year: claimed for it, or generated in it and not claimed."""
    rows = session.rows(
        f"SELECT {_COLUMNS} FROM certificate "
        "WHERE CAST(:year AS int) IS NULL OR coalesce(claim_year, extract(year FROM vintage)::int) = :year "
        "ORDER BY vintage, registry, serial_prefix, serial_first",
        year=year,
    )  # fmt: skip
    return [_certificate(tuple(row)) for row in rows]


def _certificate(row: tuple[object, ...]) -> Certificate:
    id, site, kind, registry, prefix, first, last, vintage, status, year, document = row
    return Certificate(id, site, kind, Serials(registry, prefix, first, last), vintage, status, year, document)  # type: ignore[arg-type]


def record(
    session: TenantSession, *, kind: str, serials: Serials, vintage: dt.date, actor: str, site: UUID | None = None,
    claim_year: int | None = None, document: UUID | None = None, today: dt.date | None = None,
) -> UUID:  # fmt: skip
    """The id of newly recorded certificates. With a `claim_year` they are cancelled for it at once.

    Raises:
        SerialsClaimed: some of them are claimed on the platform already.
        InvalidInput: an unknown kind, or a month that has not begun.
        CertificateExpired, NotForSelfUse: they cannot be cancelled for the year.
    """
    day = today or clock.today(session.zone)
    if kind not in KINDS:
        raise InvalidInput(field="kind", reason="{given} is no kind of certificate", given=kind, remedy="One of: {choices}",
                           choices=" ".join(KINDS))  # fmt: skip
    month = vintage.replace(day=1)
    if month > day:
        raise InvalidInput(
            field="vintage", reason="{month} has not begun", month=f"{month:%Y-%m}", remedy="Give the month of generation."
        )
    session.lock()
    where = site or sites.main_site(session, actor=actor)
    if where not in load(session).sites:
        raise NotFound(what="site", name=where)
    made, batch = uuid4(), uuid4()
    claim(session, made, serials)
    open_batch(session, batch, "certificate", "", "", actor)
    session.execute(
        f"INSERT INTO certificate ({_COLUMNS}, batch) VALUES "
        "(:id, :site, :kind, :registry, :prefix, :first, :last, :vintage, 'held', NULL, :document, :batch)",
        {"id": made, "site": where, "kind": kind, "registry": serials.registry, "prefix": serials.prefix, "first": serials.first,
         "last": serials.last, "vintage": month, "document": document, "batch": batch},
    )  # fmt: skip
    audit.record(session, subject=session.tenant, actor=actor, action="certificate.record", certificate=made, kind=kind,
                 units=serials.units, vintage=month)  # fmt: skip
    if claim_year is not None:
        cancel(session, made, year=claim_year, actor=actor, today=today)
    else:
        green.publish(session, {month.year})
    return made


def cancel(session: TenantSession, certificate: UUID, *, year: int, actor: str, today: dt.date | None = None) -> Certificate:
    """The certificates, cancelled (核销) for the tenant's use in a year, and what they cover published.

    Raises:
        NotFound: there are none. AlreadyCancelled: they serve another claim.
        CertificateExpired: no longer valid when cancelled, or before the year began. NotForSelfUse.
    """
    session.lock()
    row = session.row(f"SELECT {_COLUMNS} FROM certificate WHERE id = :id", id=certificate)
    if row is None:
        raise NotFound(what="certificate", name=certificate)
    one = _certificate(tuple(row))
    if one.kind == "gec_self_use":
        raise NotForSelfUse()
    if one.status == "cancelled":
        raise AlreadyCancelled(year=one.claim_year)
    # What was cancelled in time for a past year may be recorded later, so the year counts, not the day of the record.
    if one.expiry < dt.date(year, 1, 1):
        raise CertificateExpired(vintage=f"{one.vintage:%Y-%m}", expiry=one.expiry)
    if not one.vintage.year <= year <= (today or clock.today(session.zone)).year:
        raise InvalidInput(field="year", reason="{year} does not fit certificates of {vintage}", year=year,
                           vintage=f"{one.vintage:%Y-%m}", remedy="Give the year whose use they cover.")  # fmt: skip
    session.execute(
        "UPDATE certificate SET status = 'cancelled', claim_year = :year WHERE id = :id", {"year": year, "id": certificate}
    )
    audit.record(session, subject=session.tenant, actor=actor, action="certificate.cancel", certificate=certificate, year=year)
    green.publish(session, {year, one.vintage.year})
    return _certificate((*tuple(row)[:8], "cancelled", year, one.document))


def withdraw(session: TenantSession, certificate: UUID, *, actor: str, reason: str) -> None:
    """Takes a wrong record back and frees its serial numbers.

    Raises:
        NotFound: there is none. AlreadyCancelled: a claim rests on it.
    """
    if not reason.strip():
        raise InvalidInput(field="reason", reason="a removal needs a reason", remedy="Say why, in a sentence.")
    session.lock()
    row = session.row("SELECT status, claim_year, vintage FROM certificate WHERE id = :id", id=certificate)
    if row is None:
        raise NotFound(what="certificate", name=certificate)
    if row.status == "cancelled":
        raise AlreadyCancelled(year=row.claim_year)
    session.execute("DELETE FROM certificate WHERE id = :id", {"id": certificate})
    release(session, certificate)
    audit.record(
        session, subject=session.tenant, actor=actor, action="certificate.withdraw", certificate=certificate, reason=reason
    )
    green.publish(session, {row.vintage.year}, even_none=True)
