"""lingyuan certificate ..., lingyuan offset ..."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from park.cli.frame import DAY, FILE, MONTH, TENANT, actor, command, group, listing, of_tenant
from park.installation import Installation
from tenants import certificates, documents, offsets
from tenants.db import TenantSession
from tenants.serials import Serials, serials
from tenants.topology import load

_IDENTITY = click.option("--id", "identity", required=True, type=click.UUID)
_WHY = click.option("--why", required=True, help="The reason, in a sentence.")
_CONTRACT = click.option("--contract", type=FILE, help="The contract: PDF, picture or office file.")
_SERIALS = click.option("--serials", "text", required=True, help="First and last, for example GEC-2025-0001 - GEC-2025-2000.")
_REGISTRY = click.option("--registry", required=True, help="Where they are registered.")


@group()
def certificate() -> None:
    """Green certificates and traded green power, each unit 1,000 kWh."""


@command("add", group=certificate)
@TENANT
@click.option("--kind", default="gec", show_default=True, type=click.Choice(certificates.KINDS))
@_REGISTRY
@_SERIALS
@click.option("--vintage", required=True, type=MONTH, help="Month of generation, YYYY-MM.")
@click.option("--claim-year", type=int, help="They are cancelled (核销) for this year.")
@click.option("--site", help="Its name; default the only one.")
@_CONTRACT
def add_certificate(
    tenant: str, kind: str, registry: str, text: str, vintage: dt.date, claim_year: int | None, site: str | None,
    contract: Path | None,
) -> dict[str, Any]:  # fmt: skip
    """Record certificates; a serial number can be claimed once on the whole platform."""
    what = serials(registry, text)
    with of_tenant(tenant) as (found, session):
        made = certificates.record(
            session, kind=kind, serials=what, vintage=vintage, claim_year=claim_year, actor=actor(),
            site=load(session).site_named(site).id if site else None, document=_stored(found, session, contract),
        )  # fmt: skip
        status = "held" if claim_year is None else "cancelled"
        return {"certificate": made, "kwh": what.units * 1000, "status": status, "claim_year": claim_year}


@command("apply", group=certificate)
@TENANT
@_IDENTITY
@click.option("--year", required=True, type=int, help="The year they are cancelled for.")
def apply_certificate(tenant: str, identity: UUID, year: int) -> dict[str, Any]:
    """Cancel (核销) held certificates for a year's use."""
    with of_tenant(tenant) as (_, session):
        made = certificates.cancel(session, identity, year=year, actor=actor())
        return {"certificate": made.id, "kwh": made.kwh, "status": made.status, "claim_year": year}


@command("withdraw", group=certificate)
@TENANT
@_IDENTITY
@_WHY
def withdraw_certificate(tenant: str, identity: UUID, why: str) -> dict[str, Any]:
    """Take a wrong record back; its serial numbers are free again."""
    with of_tenant(tenant) as (_, session):
        certificates.withdraw(session, identity, actor=actor(), reason=why)
        return {"certificate": identity, "withdrawn": True}


@command("list", group=certificate, text=listing("certificate", "kind", "serials", "kwh", "vintage", "status", "claim_year"))
@TENANT
def list_certificates(tenant: str) -> list[dict[str, Any]]:
    """The tenant's certificates."""
    with of_tenant(tenant) as (_, session):
        return [
            {"certificate": one.id, "kind": one.kind, "registry": one.serials.registry, "serials": _range(one.serials),
             "kwh": one.kwh, "vintage": f"{one.vintage:%Y-%m}", "expiry": one.expiry, "status": one.status,
             "claim_year": one.claim_year, "document": one.document}
            for one in certificates.list_certificates(session)
        ]  # fmt: skip


@group()
def offset() -> None:
    """Offsets, shown beside the accounts and never deducted; each unit 1 tCO2e."""


@command("add", group=offset)
@TENANT
@_REGISTRY
@_SERIALS
@click.option("--project-id", required=True)
@click.option("--project-name", required=True)
@click.option("--vintage-year", required=True, type=int)
@click.option("--methodology", default="")
@click.option("--host", default="")
@_CONTRACT
def add_offset(
    tenant: str, registry: str, text: str, project_id: str, project_name: str, vintage_year: int, methodology: str, host: str,
    contract: Path | None,
) -> dict[str, Any]:  # fmt: skip
    """Record held credits; a serial number can be claimed once on the whole platform."""
    what, project = serials(registry, text), offsets.Project(project_id, project_name, vintage_year, methodology, host)
    with of_tenant(tenant) as (found, session):
        document = _stored(found, session, contract)
        made = offsets.record(session, serials=what, project=project, document=document, actor=actor())
        return {"offset": made, "tonnes": what.units, "status": "held"}


@command("retire", group=offset)
@TENANT
@_IDENTITY
@click.option("--retirement-id", required=True)
@click.option("--day", required=True, type=DAY)
@click.option("--beneficiary", required=True)
@click.option("--claim-year", required=True, type=int)
@click.option("--purpose", default="")
def retire_offset(
    tenant: str, identity: UUID, retirement_id: str, day: dt.date, beneficiary: str, claim_year: int, purpose: str
) -> dict[str, Any]:
    """Record that credits were retired in their registry."""
    with of_tenant(tenant) as (_, session):
        retirement = offsets.Retirement(retirement_id, day, beneficiary, claim_year, purpose)
        offsets.retire(session, identity, retirement, actor=actor())
        return {"offset": identity, "status": "retired", "claim_year": claim_year}


@command("set", group=offset)
@TENANT
@_IDENTITY
@click.option("--status", required=True, type=click.Choice(["held", "reserved", "cancelled"]))
@_WHY
def set_offset(tenant: str, identity: UUID, status: str, why: str) -> dict[str, Any]:
    """Reserve, free or cancel credits."""
    with of_tenant(tenant) as (_, session):
        offsets.set_status(session, identity, status, actor=actor(), reason=why)
        return {"offset": identity, "status": status}


@command("withdraw", group=offset)
@TENANT
@_IDENTITY
@_WHY
def withdraw_offset(tenant: str, identity: UUID, why: str) -> dict[str, Any]:
    """Take a wrong record back; its serial numbers are free again."""
    with of_tenant(tenant) as (_, session):
        offsets.withdraw(session, identity, actor=actor(), reason=why)
        return {"offset": identity, "withdrawn": True}


@command("list", group=offset, text=listing("offset", "serials", "tonnes", "project", "status", "claim_year"))
@TENANT
def list_offsets(tenant: str) -> list[dict[str, Any]]:
    """The tenant's offsets."""
    with of_tenant(tenant) as (_, session):
        return [
            {"offset": one.id, "registry": one.serials.registry, "serials": _range(one.serials), "tonnes": one.tonnes,
             "project": one.project.name, "vintage_year": one.project.vintage_year, "status": one.status,
             "claim_year": one.retirement.claim_year if one.retirement else None, "document": one.document}
            for one in offsets.list_offsets(session)
        ]  # fmt: skip


def _range(of: Serials) -> str:
    first, last = of.ends
    return f"{first} – {last}"


def _stored(found: Installation, session: TenantSession, contract: Path | None) -> UUID | None:
    if contract is None:
        return None
    return documents.store(session, found.files, name=contract.name, content=contract.read_bytes(), actor=actor()).id
