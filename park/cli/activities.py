"""lingyuan activity ..."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from park.cli.frame import DAY, FILE, FLOW, FLOW_HELP, TENANT, actor, command, facts, group, listing, number_of, of_tenant, table
from tenants import activities, documents
from tenants.db import TenantSession
from tenants.entries import METHODS, Entry, electricity, entry
from tenants.errors import InvalidInput
from tenants.flows import FLOWS
from tenants.quantities import in_units, to_milli
from tenants.topology import load

_ITEMS = (
    "NAME=VALUE: sharp, peak, flat, valley, deep_valley, max_demand, power_factor, amount, register_start, register_end, "
    "multiplier"
)


@group()
def activity() -> None:
    """Bills and other quantities of a period."""


def _added_text(made: dict[str, Any]) -> str:
    head = {key: made[key] for key in ("activity", "flow", "quantity", "unit")}
    return facts(head) + "\n" + table(made["months"])


@command(group=activity, text=_added_text)
@TENANT
@click.option("--flow", required=True, type=FLOW, metavar="FLOW", help=FLOW_HELP)
@click.option("--quantity", help="Number; for electricity it may be left out when its parts are given.")
@click.option("--unit", help="kWh, MWh, 万kWh, m3, Nm3, t, kg, GJ, 元, 万元, ...; default the flow's.")
@click.option("--from", "first", required=True, type=DAY)
@click.option("--to", "last", required=True, type=DAY, help="The last local day, included.")
@click.option("--site", help="Its name; default the only one.")
@click.option("--method", default="bill", show_default=True, type=click.Choice(METHODS))
@click.option("--item", "items", multiple=True, help=_ITEMS)
@click.option("--scan", type=FILE, help="Photo or PDF of the bill.")
@click.option("--replace", "reason", help="Why it replaces what is entered for the period.")
def add(
    tenant: str, flow: str, quantity: str | None, unit: str | None, first: dt.date, last: dt.date, site: str | None,
    method: str, items: tuple[str, ...], scan: Path | None, reason: str | None,
) -> dict[str, Any]:  # fmt: skip
    """Enter a bill or another quantity; shows how it is split to months."""
    given = dict(_item(one) for one in items)
    amount = None if quantity is None else number_of("--quantity", quantity)
    with of_tenant(tenant) as (found, session):
        stored = None
        if scan:
            stored = documents.store(session, found.files, name=scan.name, content=scan.read_bytes(), actor=actor()).id
        made = _entry(flow, amount, unit, (first, last + dt.timedelta(days=1)), given,
                      site=load(session).site_named(site).id if site else None, method=method, document=stored)  # fmt: skip
        identity = activities.add(session, made, actor=actor(), replace_reason=reason)
        return _added(session, identity, made)


def _entry(
    flow: str, amount: Decimal | None, unit: str | None, days: tuple[dt.date, dt.date], items: dict[str, Decimal], *,
    site: UUID | None, method: str, document: UUID | None,
) -> Entry:  # fmt: skip
    """The entry of an electricity bill with its items, or of one quantity in any unit that fits."""
    if FLOWS[flow].kind == "electricity" and (items or amount is None):
        if method != "bill":
            raise InvalidInput(field="--method", reason="items are of a bill", remedy="Leave the items out, or the method.")
        total = None if amount is None else in_units(to_milli(amount, unit or "kWh", flow))
        return electricity(*days, items, total_kwh=total, flow=flow, site=site, document=document)
    if amount is None:
        raise InvalidInput(field="--quantity", reason="it is empty", remedy="Give the quantity on the bill.")
    if strange := set(items) - {"amount"}:
        raise InvalidInput(field="--item", reason="{given} is an item of electricity bills", given=min(strange),
                           remedy="Other bills have an amount.")  # fmt: skip
    details = {name: str(value) for name, value in items.items()}
    return entry(flow, amount, unit or FLOWS[flow].unit, *days, site=site, method=method, details=details, document=document)


def _item(text: str) -> tuple[str, Decimal]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidInput(field="--item", reason="{given} is not NAME=VALUE", given=text, remedy="For example peak=12000.")
    return name.strip(), number_of(f"--item {name}", value)


def _added(session: TenantSession, identity: UUID, made: Entry) -> dict[str, Any]:
    return {
        "activity": identity, "flow": made.flow, "quantity": in_units(made.quantity), "unit": FLOWS[made.flow].unit,
        "months": [{"month": f"{one.month:%Y-%m}", "days": one.days, "quantity": in_units(one.quantity)}
                   for one in activities.months_of(session, identity)],
    }  # fmt: skip


@command("list", group=activity, text=listing("activity", "flow", "from", "to", "quantity", "unit", "method"))
@TENANT
@click.option("--flow", type=FLOW, metavar="FLOW", help="Only these.")
def list_all(tenant: str, flow: str | None) -> list[dict[str, Any]]:
    """What is entered."""
    with of_tenant(tenant) as (_, session):
        return [
            {"activity": one.id, "site": one.site, "flow": one.flow, "from": one.start, "to": one.end - dt.timedelta(days=1),
             "quantity": in_units(one.quantity), "unit": FLOWS[one.flow].unit, "method": one.method, "details": dict(one.details),
             "document": one.document, "revision": one.revision}
            for one in activities.list_activities(session, flow=flow)
        ]  # fmt: skip


@command(group=activity)
@TENANT
@click.option("--id", "identity", required=True, type=click.UUID)
@click.option("--why", required=True, help="The reason, in a sentence.")
def remove(tenant: str, identity: UUID, why: str) -> dict[str, Any]:
    """Take an entry back; it is kept in the history."""
    with of_tenant(tenant) as (_, session):
        activities.remove(session, identity, actor=actor(), reason=why)
        return {"activity": identity, "removed": True}
