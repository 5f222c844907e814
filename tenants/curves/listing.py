"""A load curve as a list, as the command line and the API give it: start, quantity in the flow's unit, completeness."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from tenants.curves.read import By, read, resample
from tenants.db import TenantSession
from tenants.errors import InvalidInput, NotFound
from tenants.flows import FLOWS, MILLI
from tenants.topology import Channel, Topology, load

MOST_YEARS = 20
MOST_DAYS = 366 * MOST_YEARS
FIRST_ASKED = ("grid_in", "pv_gen", "grid_out")


def channels_of(session: TenantSession, flow: str) -> list[Channel]:
    """The channels whose sum is the firm's flow, over all its sites."""
    return _counted(load(session), flow)


def _counted(topology: Topology, flow: str) -> list[Channel]:
    return [one for site in topology.sites for one in topology.counted(site).get(flow, [])]


def chosen(session: TenantSession, meter: str | None, flow: str | None) -> tuple[str, list[Channel]]:
    """The flow and its channels: of one meter, or the sum over the firm.

    Raises:
        NotFound: no such meter, or nothing measured of the flow.
    """
    topology = load(session)
    if meter is None:
        for wanted in (flow,) if flow else FIRST_ASKED:
            if channels := _counted(topology, wanted):
                return wanted, channels
        raise NotFound(what="load curve", name=flow or "grid_in")
    device = topology.meter_named(meter)
    if device is None:
        raise NotFound(what="meter", name=meter)
    for channel in topology.of_meter(device.id):
        if flow in (None, channel.flow) and not (flow is None and channel.flow.startswith("reactive")):
            return channel.flow, [channel]
    raise NotFound(what="flow of this meter", name=flow)


def listed(
    session: TenantSession, first: dt.date, last: dt.date, *, by: By, meter: str | None = None, flow: str | None = None
) -> list[dict[str, Any]]:
    """One row per interval, hour, day, month or year of the local days `first` to `last`.

    Raises:
        NotFound: no such meter, or nothing measured of the flow. InvalidInput: more days than anybody has, or none.
    """
    if (last - first).days > MOST_DAYS:
        raise InvalidInput(field="to", reason="there are more than {most} years between the two days", most=MOST_YEARS,
                           remedy="Ask for a part.")  # fmt: skip
    of, channels = chosen(session, meter, flow)
    points = resample(read(session, channels, first, last), by)
    unit = FLOWS[of].unit
    columns = (points.start, points.values, points.present, points.completeness, points.estimated)
    return [
        {"start": dt.datetime.fromtimestamp(start, session.zone).isoformat(),
         unit: str(Decimal(value) / MILLI) if present else None, "completeness": round(share, 6),
         "estimated": round(guessed, 6)}
        for start, value, present, share, guessed in zip(*(column.tolist() for column in columns), strict=True)
    ]  # fmt: skip
