"""A tenant's sites, meters and channels as they are, and which channels make up a site's flows."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from tenants.db import Session
from tenants.errors import NotFound

# A generator or a battery stands behind the gateway meter and still counts; a line's sub-meter is in the gateway's sum.
INSIDE = frozenset({"pv_gen", "pv_self", "storage_in", "storage_out"})


@dataclass(frozen=True)
class Site:
    """One place with its own boundary. `counts[flow]` is "meter" or "bill" where both exist."""

    id: UUID
    name: str
    zone: str
    region: str
    in_boundary_from: dt.date | None
    in_boundary_to: dt.date | None
    zero_export: bool
    counts: Mapping[str, str]
    account_no: str | None


@dataclass(frozen=True)
class Meter:
    """One device; `parent` is the meter it stands behind."""

    id: UUID
    site: UUID
    name: str
    device: str
    parent: UUID | None


@dataclass(frozen=True)
class Channel:
    """One measured flow of a meter. Values are expected on local days `since` <= day < `until`.

    A `register` counts up and is read at any moment; `digits` are its places before the point, `rated` [unit per hour] is the
    greatest rate possible.
    """

    id: int
    uuid: UUID
    meter: UUID
    flow: str
    multiplier: Decimal
    kind: str  # interval | register
    digits: int | None
    rated: Decimal | None
    counterparty: str | None
    since: dt.date | None
    until: dt.date | None


@dataclass(frozen=True)
class Topology:
    """Everything by its id."""

    sites: dict[UUID, Site]
    meters: dict[UUID, Meter]
    channels: dict[int, Channel]

    def site_named(self, name: str) -> Site:
        """The site with this name. Raises NotFound."""
        for site in self.sites.values():
            if site.name == name:
                return site
        raise NotFound(what="site", name=name)

    def meter_named(self, name: str) -> Meter | None:
        """The meter with this name, or None."""
        return self._by_name.get(name)

    @property
    def names(self) -> Set[str]:
        """The names of all meters."""
        return self._by_name.keys()

    @functools.cached_property
    def _by_name(self) -> dict[str, Meter]:
        return {meter.name: meter for meter in self.meters.values()}

    @functools.cached_property
    def _by_meter(self) -> dict[UUID, list[Channel]]:
        found: dict[UUID, list[Channel]] = {}
        for channel in self.channels.values():
            found.setdefault(channel.meter, []).append(channel)
        return found

    def of_meter(self, meter: UUID) -> list[Channel]:
        """The channels of a meter."""
        return self._by_meter.get(meter, [])

    def channel(self, meter: UUID, flow: str) -> Channel | None:
        """The meter's channel of a flow, or None."""
        return next((one for one in self.of_meter(meter) if one.flow == flow), None)

    def above(self, meter: UUID) -> Iterator[Meter]:
        """The meters this one stands behind, the nearest first."""
        seen = {meter}
        parent = self.meters[meter].parent
        while parent is not None and parent not in seen:
            seen.add(parent)
            yield self.meters[parent]
            parent = self.meters[parent].parent

    def counted(self, site: UUID) -> dict[str, list[Channel]]:
        """The channels whose sum is the site's flow, by flow.

        Only parentless meters count, as what stands behind them is in their sum; inside the site (generation, storage) a
        channel counts unless a meter above it measures the same flow.
        """
        return self._counted.get(site, {})

    @functools.cached_property
    def _counted(self) -> dict[UUID, dict[str, list[Channel]]]:
        found: dict[UUID, dict[str, list[Channel]]] = {}
        for channel in self.channels.values():
            meter = self.meters[channel.meter]
            over = list(self.above(meter.id)) if meter.parent is not None else []
            behind = [one for one in over if channel.flow not in INSIDE or self.channel(one.id, channel.flow)]
            if not behind:
                found.setdefault(meter.site, {}).setdefault(channel.flow, []).append(channel)
        return found


_LOAD = """
    SELECT json_build_array(
        (SELECT coalesce(json_agg(json_build_array(
            id, name, zone, region, in_boundary_from, in_boundary_to, zero_export, counts, account_no
        ) ORDER BY name), '[]') FROM site),
        (SELECT coalesce(json_agg(json_build_array(id, site, name, device, parent) ORDER BY name), '[]') FROM meter),
        (SELECT coalesce(json_agg(json_build_array(
            id, uuid, meter, flow, multiplier::text, kind, digits, rated::text, counterparty, since, until
        ) ORDER BY id), '[]') FROM channel)
    )::text AS told
"""


def load(session: Session) -> Topology:
    """The tenant's sites, meters and channels, in one round trip; in none while a tenant's transaction has not changed them."""
    known: dict[type[Any], Any] = getattr(session, "known", {})
    found: Topology | None = known.get(Topology)
    if found is None:
        sites, meters, channels = orjson.loads(session.fetch(_LOAD)[0].told)
        found = known[Topology] = Topology(
            {UUID(row[0]): _site(*row) for row in sites}, {UUID(row[0]): _meter(*row) for row in meters},
            {row[0]: _channel(*row) for row in channels},
        )  # fmt: skip
    return found


def _site(id: str, name: str, zone: str, region: str, first: str | None, end: str | None, *rest: Any) -> Site:
    return Site(UUID(id), name, zone, region, _day(first), _day(end), *rest)


def _meter(id: str, site: str, name: str, device: str, parent: str | None) -> Meter:
    return Meter(UUID(id), UUID(site), name, device, UUID(parent) if parent else None)


def _channel(
    id: int, uuid: str, meter: str, flow: str, multiplier: str, kind: str, digits: int | None, rated: str | None,
    counterparty: str | None, since: str | None, until: str | None,
) -> Channel:  # fmt: skip
    return Channel(
        id, UUID(uuid), UUID(meter), flow, Decimal(multiplier), kind, digits, Decimal(rated) if rated else None, counterparty,
        _day(since), _day(until),
    )  # fmt: skip


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
