"""Sites, meters and channels: made, changed, and what a change means for the published sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import orjson

from tenants import audit
from tenants.calc.registers.bounds import check_digits, check_rated
from tenants.db import TenantSession
from tenants.entries import check_flow
from tenants.errors import AlreadyExists, InvalidInput, LingyuanError, NotFound
from tenants.factors import provinces
from tenants.flows import FLOWS
from tenants.publish import republish
from tenants.topology import Channel, Meter, Site, Topology, load

LONGEST_NAME = 120
_PUBLISHED = {"region", "zone", "in_boundary_from", "in_boundary_to", "zero_export", "counts"}


class SiteNeeded(LingyuanError):
    """There are several sites: {sites}. Which one is meant?"""

    status = 422
    remedy = "Name the site."


class MeterLoop(LingyuanError):
    """Meter {meter} cannot stand behind {parent}: {parent} already stands behind {meter}."""

    status = 422
    remedy = "Choose the meter that is nearer to the grid."


def list_sites(session: TenantSession) -> list[Site]:
    """The tenant's sites, by name."""
    return list(load(session).sites.values())


def main_site(session: TenantSession, *, actor: str, topology: Topology | None = None) -> UUID:
    """The tenant's only site; the first one is made here, with the firm's name and the tenant's province.

    Raises:
        SiteNeeded: there are several.
    """
    known = (topology or load(session)).sites
    if len(known) > 1:
        raise SiteNeeded(sites=", ".join(site.name for site in known.values()))
    if known:
        return next(iter(known))
    title = str(session.scalar("SELECT title FROM shared.tenant WHERE name = current_user"))
    return create_site(session, name=title[:LONGEST_NAME], actor=actor)


def create_site(
    session: TenantSession,
    *,
    name: str,
    actor: str,
    zone: str = "",
    region: str | None = None,
    account_no: str | None = None,
    in_boundary_from: dt.date | None = None,
    in_boundary_to: dt.date | None = None,
    zero_export: bool = False,
) -> UUID:
    """The id of a new site.

    Raises:
        AlreadyExists: there is a site of this name.
        InvalidInput: the region is no province with grid factors, or the boundary ends before it begins.
    """
    session.lock()
    site = Site(
        uuid4(), _name(name, "site"), zone.strip(), _region(region or session.region), in_boundary_from, in_boundary_to,
        zero_export, {}, account_no or None,
    )  # fmt: skip
    _check_boundary(site)
    if session.scalar("SELECT 1 FROM site WHERE name = :name", name=site.name):
        raise AlreadyExists(what="site", name=site.name)
    session.execute(
        "INSERT INTO site (id, name, zone, region, in_boundary_from, in_boundary_to, zero_export, counts, account_no) VALUES "
        "(:id, :name, :zone, :region, :in_boundary_from, :in_boundary_to, :zero_export, '{}', :account_no)",
        {key: value for key, value in asdict(site).items() if key != "counts"},
    )
    audit.record(session, subject=session.tenant, actor=actor, action="site.create", site=site.id)
    return site.id


def change_site(session: TenantSession, site: UUID, *, actor: str, **changes: Any) -> Site:
    """The site with new values; what is published is derived again where they matter.

    Args:
        changes: any of name, zone, region, account_no, in_boundary_from, in_boundary_to, zero_export.
    """
    session.lock()
    old = _site(load(session), site)
    allowed = {"name", "zone", "region", "account_no", "in_boundary_from", "in_boundary_to", "zero_export"}
    if unknown := set(changes) - allowed:
        raise InvalidInput(
            field=min(unknown),
            reason="a site has no such property",
            remedy="One of: {choices}",
            choices=" ".join(sorted(allowed)),
        )
    if "name" in changes:
        changes["name"] = _name(changes["name"], "site")
    if "region" in changes:
        changes["region"] = _region(changes["region"])
    new = Site(**{**asdict(old), **changes})
    _check_boundary(new)
    if new.name != old.name and session.scalar("SELECT 1 FROM site WHERE name = :name", name=new.name):
        raise AlreadyExists(what="site", name=new.name)
    return _save_site(session, old, new, actor)


def set_counts(session: TenantSession, site: UUID, flow: str, which: str, *, actor: str) -> Site:
    """The site with a new answer to which counts for a flow where both exist: "meter" or "bill"."""
    session.lock()
    if which not in ("meter", "bill"):
        raise InvalidInput(field="counts", reason="{given} is neither meter nor bill", remedy="Give meter or bill.", given=which)
    old = _site(load(session), site)
    return _save_site(session, old, Site(**{**asdict(old), "counts": {**old.counts, _flow(flow): which}}), actor)


def _save_site(session: TenantSession, old: Site, new: Site, actor: str) -> Site:
    before, after = asdict(old), asdict(new)
    changed = {key for key in after if after[key] != before[key]}
    if not changed:
        return new
    session.execute(
        "UPDATE site SET name = :name, zone = :zone, region = :region, in_boundary_from = :in_boundary_from, "
        "in_boundary_to = :in_boundary_to, zero_export = :zero_export, counts = CAST(:counts AS jsonb), "
        "account_no = :account_no WHERE id = :id",
        {**after, "counts": orjson.dumps(after["counts"]).decode()},
    )
    facts = {key: [before[key], after[key]] for key in sorted(changed & _PUBLISHED)}
    audit.record(
        session, subject=session.tenant, actor=actor, action="site.change", site=new.id, changed=sorted(changed), **facts
    )
    if changed & _PUBLISHED:
        republish(session, new.id)
    return new


def create_meter(
    session: TenantSession, *, name: str, actor: str, site: UUID | None = None, device: str = "", parent: str | None = None
) -> UUID:
    """The id of a new meter. `parent` names the meter it stands behind.

    Raises:
        AlreadyExists: there is a meter of this name.
        NotFound: there is no such site or parent.
    """
    session.lock()
    topology = load(session)
    name = _name(name, "meter")
    if topology.meter_named(name):
        raise AlreadyExists(what="meter", name=name)
    above = _meter(topology, parent) if parent else None
    if above and site not in (None, above.site):
        raise InvalidInput(
            field="parent", reason="{parent} is on another site", remedy="Choose a meter of the same site.", parent=parent
        )
    place = above.site if above else site or main_site(session, actor=actor, topology=topology)
    meter = Meter(uuid4(), place, name, device.strip(), above.id if above else None)
    session.execute(
        "INSERT INTO meter (id, site, name, device, parent) VALUES (:id, :site, :name, :device, :parent)", asdict(meter)
    )
    audit.record(session, subject=session.tenant, actor=actor, action="meter.create", meter=meter.id, site=place)
    return meter.id


def change_meter(
    session: TenantSession, name: str, *, actor: str, new_name: str | None = None, device: str | None = None,
    parent: str | None = None, parentless: bool = False,
) -> Meter:  # fmt: skip
    """The meter with a new name, device or parent; a new parent changes the site's sums, which are published again.

    Raises:
        MeterLoop: the parent stands behind the meter.
    """
    session.lock()
    topology = load(session)
    old = _meter(topology, name)
    above = None if parentless else _meter(topology, parent).id if parent else old.parent
    if parent and above and (above == old.id or any(one.id == old.id for one in topology.above(above))):
        raise MeterLoop(meter=name, parent=parent)
    if above and topology.meters[above].site != old.site:
        raise InvalidInput(
            field="parent", reason="{parent} is on another site", remedy="Choose a meter of the same site.", parent=parent
        )
    called = _name(new_name, "meter") if new_name else old.name
    if called != old.name and topology.meter_named(called):
        raise AlreadyExists(what="meter", name=called)
    new = Meter(old.id, old.site, called, old.device if device is None else device.strip(), above)
    session.execute("UPDATE meter SET name = :name, device = :device, parent = :parent WHERE id = :id",
                    {key: value for key, value in asdict(new).items() if key != "site"})  # fmt: skip
    audit.record(
        session, subject=session.tenant, actor=actor, action="meter.change", meter=old.id, parent=[old.parent, new.parent]
    )
    if new.parent != old.parent:
        republish(session, old.site)
    return new


def create_channels(
    session: TenantSession, wanted: Sequence[tuple[str, str]], *, actor: str, site: UUID | None = None
) -> list[int]:
    """The ids of the channels of these meters and flows, made where they do not exist, their meters as well.

    A meter made here stands behind no other until somebody says so.
    """
    topology = load(session)
    wanted = [(_name(name, "meter"), _flow(flow)) for name, flow in wanted]
    new = [name for name in dict.fromkeys(name for name, _ in wanted) if topology.meter_named(name) is None]
    meters = {meter.name: meter.id for meter in topology.meters.values()} | {name: uuid4() for name in new}
    if new:
        place = site or main_site(session, actor=actor, topology=topology)
        session.execute(
            "INSERT INTO meter (id, site, name) SELECT id, :site, name FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[])) "
            "AS q(id, name)",
            {"site": place, "ids": [meters[name] for name in new], "names": new},
        )
        audit.record(session, subject=session.tenant, actor=actor, action="meter.create", meters=[meters[name] for name in new])
    missing = [
        (meters[name], _flow(flow)) for name, flow in dict.fromkeys(wanted) if topology.channel(meters[name], flow) is None
    ]
    if missing:
        session.execute(
            "INSERT INTO channel (uuid, meter, flow) SELECT uuid, meter, flow FROM unnest(CAST(:uuids AS uuid[]), "
            "CAST(:meters AS uuid[]), CAST(:flows AS text[])) AS q(uuid, meter, flow)",
            {
                "uuids": [uuid4() for _ in missing],
                "meters": [meter for meter, _ in missing],
                "flows": [flow for _, flow in missing],
            },
        )
    known = {(row.meter, row.flow): row.id for row in session.rows("SELECT id, meter, flow FROM channel")}
    return [known[meters[name], flow] for name, flow in wanted]


def create_channel(
    session: TenantSession, *, meter: UUID, flow: str, multiplier: Decimal = Decimal(1), counterparty: str | None = None,
    register: bool = False, digits: int | None = None, rated: Decimal | None = None,
) -> int:  # fmt: skip
    """The id of a new channel of a meter. It expects values from its first data on.

    Args:
        register: What is read counts up; else the first data tell.
        digits: places before the point at which the register rolls over. rated: greatest possible rate, in kW (units per hour).
    """
    check_digits(digits)
    check_rated(rated)
    if flow.startswith("transfer_") and not counterparty:
        raise InvalidInput(field="counterparty", reason="a transfer has two ends", remedy="Name the other tenant.")
    if multiplier <= 0:
        raise InvalidInput(
            field="multiplier", reason="{given} is not positive", remedy="Give CT x PT, for example 400.", given=multiplier
        )
    made: int = session.scalar(
        "INSERT INTO channel (uuid, meter, flow, multiplier, counterparty, kind, digits, rated) "
        "VALUES (:uuid, :meter, :flow, :multiplier, :counterparty, :kind, :digits, :rated) RETURNING id",
        uuid=uuid4(), meter=meter, flow=_flow(flow), multiplier=multiplier, counterparty=counterparty,
        kind="register" if register else "interval", digits=digits, rated=rated,
    )  # fmt: skip
    return made


def change_channel(session: TenantSession, meter: str, flow: str, /, *, actor: str, **changes: Any) -> Channel:
    """The channel with new values, published again.

    Args:
        changes: any of flow, counterparty, since, until (first day without values). The multiplier of stored values cannot
            change: it is in them already.
    """
    session.lock()
    topology = load(session)
    device = _meter(topology, meter)
    old = topology.channel(device.id, flow)
    if old is None:
        raise NotFound(what="channel", name=f"{meter} {flow}")
    if unknown := set(changes) - {"flow", "counterparty", "since", "until"}:
        raise InvalidInput(
            field=min(unknown),
            reason="cannot be changed here",
            remedy="One of: {choices}",
            choices="flow counterparty since until",
        )
    new = Channel(**{**asdict(old), **changes})
    _check_channel(topology, device, old, new)
    session.execute(
        "UPDATE channel SET flow = :flow, counterparty = :counterparty, since = :since, until = :until WHERE id = :id",
        {"flow": new.flow, "counterparty": new.counterparty, "since": new.since, "until": new.until, "id": new.id},
    )
    # Not the counterparty: audit facts are for ever, and the id of another firm must go when that firm does.
    facts = {key: [str(getattr(old, key)), str(value)] for key, value in changes.items() if key != "counterparty"}
    audit.record(session, subject=session.tenant, actor=actor, action="channel.change", channel=new.id, **facts)
    republish(session, device.site)
    return new


def _check_channel(topology: Topology, device: Meter, old: Channel, new: Channel) -> None:
    if FLOWS[_flow(new.flow)].unit != FLOWS[old.flow].unit:
        raise InvalidInput(
            field="flow",
            reason="{flow} is not counted in {unit}",
            remedy="Choose a flow of the same unit.",
            flow=new.flow,
            unit=FLOWS[old.flow].unit,
        )
    if new.flow != old.flow and topology.channel(device.id, new.flow):
        raise AlreadyExists(what="channel", name=f"{device.name} {new.flow}")
    if new.since and new.until and new.until <= new.since:
        raise InvalidInput(
            field="until",
            reason="{end} is not after {start}",
            remedy="Give the first day without values.",
            start=new.since,
            end=new.until,
        )


def _site(topology: Topology, site: UUID) -> Site:
    if site not in topology.sites:
        raise NotFound(what="site", name=site)
    return topology.sites[site]


def _meter(topology: Topology, name: str | None) -> Meter:
    found = topology.meter_named(name or "")
    if found is None:
        raise NotFound(what="meter", name=name)
    return found


def _name(text: str, what: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInput(
            field=what,
            reason="the name is empty, too long or not printable",
            remedy="Give 1 to {most} characters.",
            most=LONGEST_NAME,
        )
    return name


def _region(region: str) -> str:
    if region not in provinces():
        raise InvalidInput(
            field="region",
            reason="there are no grid factors for {region}",
            remedy="One of: {choices}",
            region=region,
            choices=" ".join(provinces()),
        )
    return region


def _flow(flow: str) -> str:
    check_flow(flow)
    return flow


def _check_boundary(site: Site) -> None:
    if site.in_boundary_from and site.in_boundary_to and site.in_boundary_to <= site.in_boundary_from:
        raise InvalidInput(
            field="in_boundary_to", reason="{end} is not after {start}", start=site.in_boundary_from, end=site.in_boundary_to,
            remedy="Give the first day on which the site lies outside the boundary.",
        )  # fmt: skip


def describe(topology: Topology) -> list[Mapping[str, Any]]:
    """One mapping per channel, for lists and JSON: site, meter, parent, flow, unit, since, until."""
    return [
        {
            "site": topology.sites[meter.site].name, "meter": meter.name,
            "parent": topology.meters[meter.parent].name if meter.parent else None,
            "flow": one.flow, "unit": FLOWS[one.flow].unit, "since": one.since, "until": one.until,
        }
        for meter in topology.meters.values()
        for one in topology.of_meter(meter.id)
    ]  # fmt: skip
