"""Which channels make up a site's flow."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from tenants.errors import NotFound
from tenants.topology import Channel, Meter, Site, Topology

SITE = uuid4()


def topology(*rows: tuple[str, str, str | None]) -> Topology:
    """Meters as (name, flow, name of the one above)."""
    ids = {name: uuid4() for name, _, _ in rows}
    meters = {ids[name]: Meter(ids[name], SITE, name, "", ids[above] if above else None) for name, _, above in rows}
    channels = {
        i: Channel(i, uuid4(), ids[name], flow, Decimal(1), "interval", None, None, None, None, None)
        for i, (name, flow, _) in enumerate(rows, 1)
    }
    return Topology({SITE: Site(SITE, "S", "", "重庆", None, None, False, {}, None)}, meters, channels)


def counted(made: Topology, flow: str, site: UUID = SITE) -> list[str]:
    return [made.meters[one.meter].name for one in made.counted(site).get(flow, [])]


def test_only_parentless_meters_count_at_the_boundary() -> None:
    made = topology(
        ("Main", "grid_in", None), ("Second", "grid_in", None), ("Line", "grid_in", "Main"), ("Sub", "grid_in", "Line")
    )
    assert counted(made, "grid_in") == ["Main", "Second"]


def test_generation_counts_behind_the_gateway_but_not_behind_its_own_sum() -> None:
    made = topology(
        ("Main", "grid_in", None), ("PV", "pv_gen", "Main"), ("Inverter 1", "pv_gen", "PV"), ("Battery", "storage_in", "Main")
    )
    assert counted(made, "pv_gen") == ["PV"]
    assert counted(made, "storage_in") == ["Battery"]


def test_another_site_has_its_own_channels() -> None:
    assert counted(topology(("Main", "grid_in", None)), "grid_in", uuid4()) == []


def test_unknown_names() -> None:
    made = topology(("Main", "grid_in", None))
    assert made.meter_named("Ghost") is None
    with pytest.raises(NotFound):
        made.site_named("Ghost")
