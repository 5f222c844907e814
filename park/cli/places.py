"""lingyuan site ..., lingyuan meter ..."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from park import members
from park.cli.frame import DAY, actor, command, house, table
from tenants import sites
from tenants.db import tenant_session
from tenants.topology import load


@click.group()
def site() -> None:
    """List, add and change a tenant's sites."""


@command("list", group=site, text=table)
@click.option("--tenant", required=True)
def list_sites(tenant: str) -> list[dict[str, Any]]:
    """The tenant's sites."""
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        return [
            {"site": str(one.id), "name": one.name, "region": one.region, "zone": one.zone, "account_no": one.account_no,
             "in_boundary_from": one.in_boundary_from, "in_boundary_to": one.in_boundary_to, "zero_export": one.zero_export,
             "counts": dict(one.counts)}
            for one in sites.list_sites(session)
        ]  # fmt: skip


@command("add", group=site)
@click.option("--tenant", required=True)
@click.option("--name", required=True)
@click.option("--zone", default="", help="Area of the park.")
@click.option("--region", help="Province of the grid factor; default the park's.")
def add_site(tenant: str, name: str, zone: str, region: str | None) -> dict[str, Any]:
    """Add a site."""
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        made = sites.create_site(session, name=name, actor=actor(), zone=zone, region=region)
        return {"site": str(getattr(made, "id", made))}


@command("change", group=site)
@click.option("--tenant", required=True)
@click.option("--site", "name", required=True, help="Its name.")
@click.option("--new-name")
@click.option("--zone")
@click.option("--region")
@click.option("--in-boundary-from", type=DAY)
@click.option("--in-boundary-to", type=DAY, help="First day outside.")
@click.option("--zero-export/--no-zero-export", default=None, help="Declare that nothing is exported (防逆流).")
@click.option("--counts", nargs=2, help="FLOW meter|bill: which counts where both exist.")
def change_site(tenant: str, name: str, counts: tuple[str, str] | None, new_name: str | None, **changes: Any) -> dict[str, Any]:
    """Change a site; what is published follows."""
    given = {key: value.date() if isinstance(value, dt.datetime) else value for key, value in changes.items() if value is not None}
    if new_name:
        given["name"] = new_name
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        of = load(session).site_named(name)
        if given:
            of = sites.change_site(session, of.id, actor=actor(), **given)
        if counts:
            of = sites.set_counts(session, of.id, counts[0], counts[1], actor=actor())
        return {"site": str(of.id), "name": of.name, "counts": dict(of.counts), **{key: getattr(of, key) for key in changes}}


@click.group()
def meter() -> None:
    """List, add and change a tenant's meters."""


@command("list", group=meter, text=lambda rows: table(rows, ["name", "flow", "behind", "since", "multiplier"]))
@click.option("--tenant", required=True)
def list_meters(tenant: str) -> list[dict[str, Any]]:
    """The tenant's meters with their channels."""
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        topology = load(session)
        return [
            {"meter": str(device.id), "name": device.name, "channel": str(channel.uuid), "flow": channel.flow,
             "behind": topology.meters[device.parent].name if device.parent else None, "since": channel.since,
             "multiplier": str(channel.multiplier)}
            for channel in topology.channels.values()
            for device in (topology.meters[channel.meter],)
        ]  # fmt: skip


@command("add", group=meter)
@click.option("--tenant", required=True)
@click.option("--name", required=True)
@click.option("--flow", default="grid_in", show_default=True)
@click.option("--behind", help="The meter it stands behind.")
@click.option("--counterparty", help="For transfers: the other tenant.")
def add_meter(tenant: str, name: str, flow: str, behind: str | None, counterparty: str | None) -> dict[str, Any]:
    """Add a meter with one channel."""
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        made = sites.create_meter(session, name=name, actor=actor(), parent=behind)
        sites.create_channel(session, meter=made, flow=flow, counterparty=counterparty)
        return {"meter": str(made)}


@command("change", group=meter)
@click.option("--tenant", required=True)
@click.option("--name", required=True)
@click.option("--new-name")
@click.option("--behind", help="The meter it stands behind.")
@click.option("--alone", is_flag=True, help="It stands behind no other.")
def change_meter(tenant: str, name: str, new_name: str | None, behind: str | None, alone: bool) -> dict[str, Any]:
    """Rename a meter, or say what it stands behind; the site's sums follow."""
    with house() as found, tenant_session(found.db, members.find(found.db, tenant)) as session:
        made = sites.change_meter(session, name, actor=actor(), new_name=new_name, parent=behind, parentless=alone)
        return {"meter": str(made.id), "name": made.name}
