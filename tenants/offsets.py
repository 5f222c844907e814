"""Offsets: recorded, reserved, retired or cancelled. They are shown beside the accounts and are inside none of them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid4

from tenants import audit, clock
from tenants.activities import open_batch
from tenants.db import TenantSession
from tenants.errors import InvalidInput, LingyuanError, NotFound
from tenants.publish import green
from tenants.serials import Serials, claim, release

# held -> reserved -> retired | cancelled; what is retired or cancelled stays so.
STATUSES = ("held", "reserved", "retired", "cancelled")
_NEXT = {
    "held": ("reserved", "retired", "cancelled"),
    "reserved": ("held", "retired", "cancelled"),
    "retired": (),
    "cancelled": (),
}
_CCER = re.compile(r"ccer|温室气体自愿减排", re.IGNORECASE)
_ROOFTOP = re.compile(r"屋顶|屋面|分布式光伏|rooftop|distributed\s*(pv|solar)", re.IGNORECASE)
_COLUMNS = (
    "id, registry, project_id, project_name, methodology, host, vintage_year, serial_prefix, serial_first, serial_last, "
    "status, retirement_id, retirement_day, beneficiary, claim_year, purpose, document"
)


class RooftopNotAdmitted(LingyuanError):
    """Rooftop PV is not admitted to CCER."""

    status = 422
    remedy = "Check registry and methodology. Own PV already lowers the emission of the power that is used."


class StatusNotPossible(LingyuanError):
    """An offset that is {before} cannot become {after}."""

    status = 409
    remedy = "What is retired or cancelled serves its claim and stays so."


@dataclass(frozen=True)
class Project:
    """Where credits come from: `project_id` and `name` in the registry, methodology, host, year in which they arose."""

    project_id: str
    name: str
    vintage_year: int
    methodology: str = ""
    host: str = ""


@dataclass(frozen=True)
class Retirement:
    """What a retirement proves: its id and day in the registry, for whom, for which year, for what."""

    id: str
    day: dt.date
    beneficiary: str
    claim_year: int
    purpose: str = ""


@dataclass(frozen=True)
class Offset:
    """Credits with consecutive serial numbers, each of 1 tCO2e."""

    id: UUID
    serials: Serials
    project: Project
    status: str
    retirement: Retirement | None
    document: UUID | None

    @property
    def tonnes(self) -> int:
        """Their quantity. [tCO2e]"""
        return self.serials.units


def list_offsets(session: TenantSession) -> list[Offset]:
    """The tenant's offsets, newest vintage first."""
    rows = session.rows(f'SELECT {_COLUMNS} FROM "offset" ORDER BY vintage_year DESC, registry, serial_prefix, serial_first')
    return [_offset(row._mapping) for row in rows]


def _offset(row: Any) -> Offset:
    retirement = None
    if row["retirement_id"]:
        retirement = Retirement(
            row["retirement_id"], row["retirement_day"], row["beneficiary"], row["claim_year"], row["purpose"]
        )
    serials = Serials(row["registry"], row["serial_prefix"], row["serial_first"], row["serial_last"])
    project = Project(row["project_id"], row["project_name"], row["vintage_year"], row["methodology"], row["host"])
    return Offset(row["id"], serials, project, row["status"], retirement, row["document"])


def record(
    session: TenantSession, *, serials: Serials, project: Project, actor: str, document: UUID | None = None,
    today: dt.date | None = None,
) -> UUID:  # fmt: skip
    """The id of newly recorded credits, held.

    Raises:
        SerialsClaimed: some of them are claimed on the platform already.
        RooftopNotAdmitted: rooftop PV under CCER. InvalidInput: no project, or a year that has not begun.
    """
    if not project.project_id.strip() or not project.name.strip():
        raise InvalidInput(
            field="project", reason="the project has no id or no name", remedy="Give both as the registry has them."
        )
    if not 1990 <= project.vintage_year <= (today or clock.today(session.zone)).year:
        raise InvalidInput(field="vintage_year", reason="{year} is no year in which credits arose", year=project.vintage_year,
                           remedy="Give the year of the reduction.")  # fmt: skip
    if _CCER.search(serials.registry) and _ROOFTOP.search(f"{project.name} {project.methodology}"):
        raise RooftopNotAdmitted()
    session.lock()
    made, batch = uuid4(), uuid4()
    claim(session, made, serials)
    open_batch(session, batch, "offset", "", "", actor)
    session.execute(
        'INSERT INTO "offset" (id, registry, project_id, project_name, methodology, host, vintage_year, serial_prefix, '
        "serial_first, serial_last, status, document, batch) VALUES (:id, :registry, :project_id, :name, :methodology, :host, "
        ":vintage_year, :prefix, :first, :last, 'held', :document, :batch)",
        {"id": made, "document": document, "batch": batch, **asdict(serials), **asdict(project)},
    )  # fmt: skip
    audit.record(session, subject=session.tenant, actor=actor, action="offset.record", offset=made, tonnes=serials.units)
    green.publish_offsets(session)
    return made


def retire(session: TenantSession, offset: UUID, retirement: Retirement, *, actor: str) -> None:
    """Marks credits as retired in their registry, for whom, which year and what.

    Raises:
        NotFound; StatusNotPossible; InvalidInput: no retirement id, or a year before the vintage.
    """
    if not retirement.id.strip():
        raise InvalidInput(
            field="retirement_id", reason="a retirement has an id", remedy="Give the registry's retirement number."
        )
    before = _change(session, offset, "retired")
    if retirement.claim_year < before.project.vintage_year - 1 or retirement.day.year < before.project.vintage_year:
        raise InvalidInput(
            field="claim_year", reason="{year} is before the credits of {vintage} arose", year=retirement.claim_year,
            vintage=before.project.vintage_year, remedy="Give the year whose emission they are held against.",
        )  # fmt: skip
    session.execute(
        'UPDATE "offset" SET status = \'retired\', retirement_id = :retirement, retirement_day = :day, '
        "beneficiary = :beneficiary, claim_year = :claim_year, purpose = :purpose WHERE id = :offset",
        {"offset": offset, "retirement": retirement.id.strip(), "day": retirement.day, "beneficiary": retirement.beneficiary,
         "claim_year": retirement.claim_year, "purpose": retirement.purpose},
    )  # fmt: skip
    audit.record(session, subject=session.tenant, actor=actor, action="offset.retire", offset=offset, year=retirement.claim_year)
    green.publish_offsets(session)


def set_status(session: TenantSession, offset: UUID, status: str, *, actor: str, reason: str = "") -> None:
    """Reserves, frees or cancels credits.

    Raises:
        NotFound; StatusNotPossible; InvalidInput: retired is a status that `retire` gives.
    """
    if status not in ("held", "reserved", "cancelled"):
        raise InvalidInput(
            field="status",
            reason="{given} is not set this way",
            given=status,
            remedy="One of: {choices}",
            choices="held reserved cancelled",
        )
    before = _change(session, offset, status)
    session.execute('UPDATE "offset" SET status = :status WHERE id = :id', {"status": status, "id": offset})
    states = [before.status, status]
    audit.record(
        session, subject=session.tenant, actor=actor, action="offset.status", offset=offset, status=states, reason=reason
    )
    green.publish_offsets(session)


def withdraw(session: TenantSession, offset: UUID, *, actor: str, reason: str) -> None:
    """Takes a wrong record back and frees its serial numbers; only while it is held."""
    if not reason.strip():
        raise InvalidInput(field="reason", reason="a removal needs a reason", remedy="Say why, in a sentence.")
    session.lock()
    before = _get(session, offset)
    if before.status != "held":
        raise StatusNotPossible(before=before.status, after="withdrawn")
    session.execute('DELETE FROM "offset" WHERE id = :id', {"id": offset})
    release(session, offset)
    audit.record(session, subject=session.tenant, actor=actor, action="offset.withdraw", offset=offset, reason=reason)
    green.publish_offsets(session)


def _change(session: TenantSession, offset: UUID, after: str) -> Offset:
    """The offset as it is, if it may change so."""
    session.lock()
    before = _get(session, offset)
    if after not in _NEXT[before.status]:
        raise StatusNotPossible(before=before.status, after=after)
    return before


def _get(session: TenantSession, offset: UUID) -> Offset:
    row = session.row(f'SELECT {_COLUMNS} FROM "offset" WHERE id = :id', id=offset)
    if row is None:
        raise NotFound(what="offset", name=offset)
    return _offset(row._mapping)
