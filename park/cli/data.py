"""lingyuan import, curve, activity, certificate, offset"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from park import members
from park.cli.frame import DAY, actor, command, house, language, table
from park.installation import Installation
from park.words import reject, t
from tenants import activities, certificates, documents, offsets
from tenants.curves.listing import listed
from tenants.curves.read import BY
from tenants.db import TenantSession, tenant_session
from tenants.entries import BILL_ITEMS, REGISTERS, electricity, entry
from tenants.errors import InvalidInput
from tenants.flows import FLOWS
from tenants.ingest import files
from tenants.serials import Serials, serials
from tenants.topology import load


def _import_text(result: dict[str, Any]) -> str:
    lang = language()
    head = t("{rows} rows: {accepted} accepted, {unchanged} unchanged, {conflicting} in conflict, {rejected} rejected.", lang,
             rows=result["rows"], accepted=result["accepted"], unchanged=result["unchanged"], conflicting=result["conflicting"],
             rejected=len(result["rejected"]))  # fmt: skip
    parts = [head]
    if result["meters"]:
        parts.append(table(result["meters"], ["name", "flow", "total", "unit", "first", "last", "missing"]))
    if result["rejected"]:
        parts.append(table(result["rejected"], ["row", "reason", "remedy"]))
    return "\n".join(parts)


@command("import", text=_import_text)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tenant", required=True, help="Tenant id or name.")
@click.option("--meter", help="Name of the meter, for a file that does not name it.")
@click.option("--unit", help="Unit of the values, for a file that does not say it.")
@click.option("--stamp", type=click.Choice(["interval_start", "interval_end"]), help="Which end of its interval a time names.")
@click.option("--replace", "reason", help="Why different values replace stored ones.")
@click.option("--dry-run", is_flag=True, help="Show what would be written.")
def import_file(
    file: Path, tenant: str, meter: str | None, unit: str | None, stamp: str | None, reason: str | None, dry_run: bool
) -> dict[str, Any]:
    """Import a file of readings or bills, as it is."""
    hints = files.Hints(meter=meter, unit=unit, marks=stamp)  # type: ignore[arg-type]
    with house() as found, tenant_session(found.db, members.find(found.db, tenant), timeout_s=600) as session:
        if dry_run:
            taken = files.look(session, file, name=file.name, hints=hints)
        else:
            taken = files.take(session, file, name=file.name, actor=actor(), hints=hints, replace_reason=reason, folder=found.files)
        return taken_dict(taken, language())


def taken_dict(taken: files.Taken, lang: str) -> dict[str, Any]:
    """A file's import as plain data: the receipt, rejects in words, and what was understood."""
    words = [(one.row, reject(one.reason, one.remedy, one.facts, lang)) for one in taken.rejected]
    return {
        **taken.as_json(),
        "rejected": [{"row": row, "reason": why, "remedy": remedy} for row, (why, remedy) in words],
    }


@command(text=table)
@click.option("--tenant", required=True)
@click.option("--meter", help="One meter; default the firm's sum.")
@click.option("--flow", type=click.Choice(list(FLOWS)), help="Default: the meter's, or grid_in.")
@click.option("--from", "first", required=True, type=DAY)
@click.option("--to", "last", required=True, type=DAY, help="The last local day, included.")
@click.option("--by", default="day", show_default=True, type=click.Choice(BY))
def curve(tenant: str, meter: str | None, flow: str | None, first: dt.datetime, last: dt.datetime, by: Any) -> list[dict[str, Any]]:
    """A load curve, or its sums."""
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        return listed(session, first.date(), last.date(), by=by, meter=meter, flow=flow)


@click.group()
def activity() -> None:
    """Bills and other quantities of a period."""


def _site(session: Any, name: str | None) -> Any:
    return load(session).site_named(name).id if name else None


@command(group=activity)
@click.option("--tenant", required=True)
@click.option("--flow", required=True, type=click.Choice(list(FLOWS)))
@click.option("--quantity", help="Number; for electricity it may be left out when its parts are given.")
@click.option("--unit", default=None, help="kWh, MWh, 万kWh, m3, Nm3, t, kg, GJ, 元, 万元, ...; default the flow's.")
@click.option("--from", "first", required=True, type=DAY)
@click.option("--to", "last", required=True, type=DAY, help="The last local day, included.")
@click.option("--site", help="Its name; default the only one.")
@click.option("--method", default="bill", show_default=True, type=click.Choice(["bill", "statement", "estimate"]))
@click.option("--item", "items", multiple=True, help="NAME=VALUE: " + ", ".join((*BILL_ITEMS, *REGISTERS)))
@click.option("--scan", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Photo or PDF of the bill.")
@click.option("--replace", "reason", help="Why it replaces what is entered for the period.")
def add(
    tenant: str, flow: str, quantity: str | None, unit: str | None, first: dt.datetime, last: dt.datetime, site: str | None,
    method: str, items: tuple[str, ...], scan: Path | None, reason: str | None,
) -> dict[str, Any]:  # fmt: skip
    """Enter a bill or another quantity."""
    given = dict(_item(one) for one in items)
    end = last.date() + dt.timedelta(days=1)
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        stored = None
        if scan:
            stored = documents.store(session, found.files, name=scan.name, content=scan.read_bytes(), actor=actor()).id
        amount = None if quantity is None else _number("--quantity", quantity)
        if given or amount is None:
            made = electricity(first.date(), end, given, total_kwh=amount, flow=flow, site=_site(session, site), document=stored)
        else:
            made = entry(flow, amount, unit or FLOWS[flow].unit, first.date(), end, site=_site(session, site), method=method, document=stored)
        identity = activities.add(session, made, actor=actor(), replace_reason=reason)
        months = activities.months_of(session, identity)
        return {
            "activity": str(identity), "flow": flow, "unit": FLOWS[flow].unit, "quantity": str(Decimal(made.quantity) / 1000),
            "months": [{"month": f"{one.month:%Y-%m}", "days": one.days, "quantity": str(Decimal(one.quantity) / 1000)} for one in months],
        }  # fmt: skip


def _number(field: str, text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise InvalidInput(field=field, reason=f"'{text}' is not a number", remedy="Give a plain number.") from error


def _item(text: str) -> tuple[str, Decimal]:
    name, _, value = text.partition("=")
    return name, _number(name, value)


@command("list", group=activity, text=lambda rows: table(rows, ["activity", "flow", "from", "to", "quantity", "unit", "method"]))
@click.option("--tenant", required=True)
@click.option("--flow", type=click.Choice(list(FLOWS)))
def list_all(tenant: str, flow: str | None) -> list[dict[str, Any]]:
    """What is entered."""
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        return [
            {"activity": str(one.id), "flow": one.flow, "from": one.start, "to": one.end - dt.timedelta(days=1),
             "quantity": str(Decimal(one.quantity) / 1000), "unit": FLOWS[one.flow].unit, "method": one.method, "details": dict(one.details)}
            for one in activities.list_activities(session, flow=flow)
        ]  # fmt: skip


@command(group=activity)
@click.option("--tenant", required=True)
@click.option("--id", "identity", required=True, type=click.UUID)
@click.option("--why", required=True)
def remove(tenant: str, identity: Any, why: str) -> dict[str, Any]:
    """Take an entry back; it is kept in the history."""
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        activities.remove(session, identity, actor=actor(), reason=why)
        return {"activity": str(identity), "removed": True}


@click.group()
def certificate() -> None:
    """Green certificates and traded green power, each unit 1,000 kWh."""


@command("add", group=certificate)
@click.option("--tenant", required=True)
@click.option("--kind", required=True, type=click.Choice(certificates.KINDS))
@click.option("--registry", required=True)
@click.option("--serials", "text", required=True, help="First and last, for example GEC-2025-0001 - GEC-2025-2000.")
@click.option("--vintage", required=True, type=click.DateTime(["%Y-%m"]), help="Month of generation, YYYY-MM.")
@click.option("--claim-year", type=int, help="Cancelled (核销) for this year.")
@click.option("--contract", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add_certificate(
    tenant: str, kind: str, registry: str, text: str, vintage: dt.datetime, claim_year: int | None, contract: Path | None
) -> dict[str, Any]:
    """Record certificates; a serial can be claimed once on the whole platform."""
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        document = _stored(found, session, contract)
        made = certificates.record(
            session, kind=kind, serials=serials(registry, text), vintage=vintage.date(), claim_year=claim_year, document=document,
            actor=actor(),
        )  # fmt: skip
        return {"certificate": str(made)}


@command("apply", group=certificate)
@click.option("--tenant", required=True)
@click.option("--id", "identity", required=True, type=click.UUID)
@click.option("--year", required=True, type=int, help="The year they are cancelled for.")
def apply_certificate(tenant: str, identity: Any, year: int) -> dict[str, Any]:
    """Cancel (核销) held certificates for a year's use."""
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        made = certificates.cancel(session, identity, year=year, actor=actor())
        return {"certificate": str(made.id), "kwh": made.kwh, "claim_year": year}


@command("list", group=certificate, text=lambda rows: table(rows, ["certificate", "kind", "serials", "kwh", "vintage", "status", "claim_year"]))
@click.option("--tenant", required=True)
def list_certificates(tenant: str) -> list[dict[str, Any]]:
    """The tenant's certificates."""
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        return [
            {"certificate": str(one.id), "kind": one.kind, "registry": one.serials.registry, "serials": _range(one.serials),
             "kwh": one.kwh, "vintage": f"{one.vintage:%Y-%m}", "status": one.status, "claim_year": one.claim_year}
            for one in certificates.list_certificates(session)
        ]  # fmt: skip


@click.group()
def offset() -> None:
    """Offsets, shown beside the accounts and never deducted; each unit 1 tCO2e."""


@command("add", group=offset)
@click.option("--tenant", required=True)
@click.option("--registry", required=True)
@click.option("--serials", "text", required=True)
@click.option("--project-id", required=True)
@click.option("--project-name", required=True)
@click.option("--vintage-year", required=True, type=int)
@click.option("--methodology", default="")
@click.option("--host", default="")
@click.option("--contract", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add_offset(
    tenant: str, registry: str, text: str, project_id: str, project_name: str, vintage_year: int, methodology: str, host: str,
    contract: Path | None,
) -> dict[str, Any]:  # fmt: skip
    """Record held credits."""
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        project = offsets.Project(project_id, project_name, vintage_year, methodology, host)
        document = _stored(found, session, contract)
        made = offsets.record(session, serials=serials(registry, text), project=project, document=document, actor=actor())
        return {"offset": str(made)}


@command("retire", group=offset)
@click.option("--tenant", required=True)
@click.option("--id", "identity", required=True, type=click.UUID)
@click.option("--retirement-id", required=True)
@click.option("--day", required=True, type=DAY)
@click.option("--beneficiary", required=True)
@click.option("--claim-year", required=True, type=int)
@click.option("--purpose", default="")
def retire_offset(
    tenant: str, identity: Any, retirement_id: str, day: dt.datetime, beneficiary: str, claim_year: int, purpose: str
) -> dict[str, Any]:
    """Record that credits were retired in their registry."""
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        retirement = offsets.Retirement(retirement_id, day.date(), beneficiary, claim_year, purpose)
        offsets.retire(session, identity, retirement, actor=actor())
        return {"offset": str(identity), "status": "retired"}


@command("list", group=offset, text=lambda rows: table(rows, ["offset", "serials", "tonnes", "project", "status", "claim_year"]))
@click.option("--tenant", required=True)
def list_offsets(tenant: str) -> list[dict[str, Any]]:
    """The tenant's offsets."""
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        return [
            {"offset": str(one.id), "registry": one.serials.registry, "serials": _range(one.serials), "tonnes": one.tonnes,
             "project": one.project.name, "status": one.status, "claim_year": one.retirement.claim_year if one.retirement else None}
            for one in offsets.list_offsets(session)
        ]  # fmt: skip


def _range(of: Serials) -> str:
    return f"{of.prefix}{of.first} – {of.prefix}{of.last}"


def _stored(found: Installation, session: TenantSession, contract: Path | None) -> UUID | None:
    if contract is None:
        return None
    return documents.store(session, found.files, name=contract.name, content=contract.read_bytes(), actor=actor()).id
