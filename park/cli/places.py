"""lingyuan site ..., lingyuan meter ..."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click

from park.cli.frame import DAY, FLOW, FLOW_HELP, TENANT, actor, command, group, listing, number_of, of_tenant
from tenants import sites
from tenants.errors import AlreadyExists, InvalidInput, NotFound
from tenants.registers import events
from tenants.topology import Site, load


@group()
def site() -> None:
    """A tenant's sites: places with their own boundary."""


@command("list", group=site, text=listing("site", "name", "region", "zone", "account_no", "counts"))
@TENANT
def list_sites(tenant: str) -> list[dict[str, Any]]:
    """The tenant's sites."""
    with of_tenant(tenant) as (_, session):
        return [_site(one) for one in sites.list_sites(session)]


def _site(one: Site) -> dict[str, Any]:
    return {
        "site": one.id, "name": one.name, "region": one.region, "zone": one.zone, "account_no": one.account_no,
        "in_boundary_from": one.in_boundary_from, "in_boundary_to": one.in_boundary_to, "zero_export": one.zero_export,
        "counts": dict(one.counts),
    }  # fmt: skip


@command("add", group=site)
@TENANT
@click.option("--name", required=True)
@click.option("--zone", default="", help="Area of the park.")
@click.option("--region", help="Province of the grid factor; default the park's.")
@click.option("--account-no", help="Account number at the grid company.")
def add_site(tenant: str, name: str, zone: str, region: str | None, account_no: str | None) -> dict[str, Any]:
    """Add a site."""
    with of_tenant(tenant) as (_, session):
        made = sites.create_site(session, name=name, actor=actor(), zone=zone, region=region, account_no=account_no)
        return _site(load(session).sites[made])


@command("change", group=site)
@TENANT
@click.option("--site", "name", required=True, help="Its name.")
@click.option("--new-name")
@click.option("--zone", help="Area of the park.")
@click.option("--region", help="Province of the grid factor.")
@click.option("--account-no", help="Account number at the grid company.")
@click.option("--in-boundary-from", type=DAY, help="First day inside the boundary.")
@click.option("--in-boundary-to", type=DAY, help="First day outside.")
@click.option("--zero-export/--no-zero-export", default=None, help="Declare that nothing is exported (防逆流).")
@click.option("--counts", nargs=2, metavar="FLOW meter|bill", help="Which counts where both exist.")
def change_site(tenant: str, name: str, counts: tuple[str, str] | None, new_name: str | None, **changes: Any) -> dict[str, Any]:
    """Change a site; what is published follows."""
    given = {key: value for key, value in changes.items() if value is not None}
    if new_name is not None:
        given["name"] = new_name
    if not given and not counts:
        raise InvalidInput(field="--site", reason="nothing is to be changed", remedy="Give what is to be different.")
    with of_tenant(tenant, timeout_s=600) as (_, session):
        of = load(session).site_named(name)
        if given:
            of = sites.change_site(session, of.id, actor=actor(), **given)
        if counts:
            of = sites.set_counts(session, of.id, counts[0], counts[1], actor=actor())
        return _site(of)


@group()
def meter() -> None:
    """A tenant's meters and their channels, one for each flow."""


@command(
    "list", group=meter, text=listing("meter", "flow", "unit", "parent", "site", "since", "kind", "multiplier", "digits", "rated")
)
@TENANT
def list_meters(tenant: str) -> list[dict[str, Any]]:
    """The tenant's meters with their channels."""
    with of_tenant(tenant) as (_, session):
        topology = load(session)
        channels = {(topology.meters[one.meter].name, one.flow): one for one in topology.channels.values()}
        more = ("multiplier", "kind", "digits", "rated")
        return [
            one | {name: getattr(channels[one["meter"], one["flow"]], name) for name in more}
            for one in map(dict, sites.describe(topology))
        ]


@command("add", group=meter)
@TENANT
@click.option("--name", required=True)
@click.option("--flow", default="grid_in", show_default=True, type=FLOW, metavar="FLOW", help=FLOW_HELP)
@click.option("--behind", help="The meter it stands behind.")
@click.option("--site", help="Its name; default the only one.")
@click.option("--multiplier", default="1", show_default=True, help="CT x PT by which readings are multiplied.")
@click.option("--counterparty", help="For transfers: the other tenant.")
@click.option("--register", is_flag=True, help="Its readings count up; default what is sent first.")
@click.option("--digits", type=int, help="Places before the point at which its register rolls over.")
@click.option("--rated", help="Greatest possible power in kW (other flows: units per hour).")
def add_meter(
    tenant: str, name: str, flow: str, behind: str | None, site: str | None, multiplier: str, counterparty: str | None,
    register: bool, digits: int | None, rated: str | None,
) -> dict[str, Any]:  # fmt: skip
    """Add a meter with a channel; of a meter that is there, another channel."""
    times = number_of("--multiplier", multiplier)
    most = number_of("--rated", rated) if rated else None
    with of_tenant(tenant) as (found, session):
        other = _other(found.db, session.tenant, counterparty)
        known = load(session).meter_named(name)
        place = load(session).site_named(site).id if site else None
        made = known.id if known else sites.create_meter(session, name=name, actor=actor(), parent=behind, site=place)
        if known and load(session).channel(made, flow):
            raise AlreadyExists(what="channel", name=f"{name} {flow}")
        channel = sites.create_channel(
            session, meter=made, flow=flow, multiplier=Decimal(times), counterparty=other, register=register, digits=digits,
            rated=most,
        )  # fmt: skip
        return {"meter": made, "name": name, "flow": flow, "channel": load(session).channels[channel].uuid}


def _other(db: Any, tenant: str, wanted: str | None) -> str | None:
    """The other end of a transfer: another tenant of the same park."""
    from park import members

    if wanted is None:
        return None
    found = members.find(db, wanted)
    parks = {row.name: row.park for row in members.listed(db)}
    if found == tenant or parks[found] != parks[tenant]:
        raise NotFound(what="tenant", name=wanted)
    return found


@command("change", group=meter)
@TENANT
@click.option("--name", required=True)
@click.option("--new-name")
@click.option("--behind", help="The meter it stands behind.")
@click.option("--alone", is_flag=True, help="It stands behind no other.")
@click.option("--flow", type=FLOW, metavar="FLOW", help="Of a register: which, if the meter has several.")
@click.option("--digits", type=int, help="Places before the point at which its register rolls over.")
@click.option("--rated", help="Greatest possible power in kW (other flows: units per hour).")
@click.option("--multiplier", help="Of a register: CT x PT from its first reading on.")
def change_meter(
    tenant: str, name: str, new_name: str | None, behind: str | None, alone: bool, flow: str | None, digits: int | None,
    rated: str | None, multiplier: str | None,
) -> dict[str, Any]:  # fmt: skip
    """Rename a meter, say what it stands behind, or what its register is; the site's sums follow."""
    said = {"rated": rated and number_of("--rated", rated), "multiplier": multiplier and number_of("--multiplier", multiplier)}
    given: dict[str, Any] = {key: value for key, value in {**said, "digits": digits}.items() if value is not None}
    with of_tenant(tenant, timeout_s=600) as (_, session):
        if given:
            events.describe(session, name, flow=flow, actor=actor(), **given)
        made = sites.change_meter(session, name, actor=actor(), new_name=new_name, parent=behind, parentless=alone)
        above = load(session).meters[made.parent].name if made.parent else None
        return {"meter": made.id, "name": made.name, "behind": above}
