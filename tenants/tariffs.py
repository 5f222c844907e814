"""What a firm pays for electricity, as it entered it: an average price, or a price for each window of its grid area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from tenants import audit
from tenants.calc.tariff import AveragePrice, Tariff, WindowPrices
from tenants.db import TenantSession
from tenants.errors import InvalidInput
from tenants.factors import window_table

AVERAGE = "average"
DEMAND = "demand"  # milli-CNY per kW and month
HIGHEST = 100_000  # milli-CNY per kWh: a hundred yuan is a slip of the unit


@dataclass(frozen=True)
class Dated:
    """A tariff and the first local day it holds."""

    valid_from: dt.date
    tariff: Tariff


def set_tariff(
    session: TenantSession, *, valid_from: dt.date, prices: Mapping[str, int], actor: str, area: str | None = None
) -> None:
    """Records the prices [milli-CNY/kWh; `demand` milli-CNY/kW and month] that hold from a day on.

    Args:
        prices: {"average": n}, or one for each period of the area's windows; "demand" may be added to either.
        area: grid area whose windows count; None with an average price.
    Raises:
        InvalidInput: a price is missing, out of range or of no known period.
    """
    energy = {key: value for key, value in prices.items() if key != DEMAND}
    wanted = {AVERAGE} if area is None else set(window_table(area).periods())
    if set(energy) != wanted:
        names = ", ".join(sorted(wanted))
        raise InvalidInput(field="prices", reason="a price for each of these is needed: {names}", remedy="Enter all of them.",
                           names=names)  # fmt: skip
    for key, value in prices.items():
        if not 0 <= value <= HIGHEST * (100 if key == DEMAND else 1):
            raise InvalidInput(field=key, reason="this price cannot be right", remedy="Enter yuan per kWh, for example 0.68.")
    session.execute(
        "INSERT INTO tariff (valid_from, kind, area, prices) VALUES (:day, :kind, :area, CAST(:prices AS jsonb)) "
        "ON CONFLICT (valid_from) DO UPDATE SET kind = excluded.kind, area = excluded.area, prices = excluded.prices",
        {"day": valid_from, "kind": AVERAGE if area is None else "windows", "area": area,
         "prices": orjson.dumps(dict(prices)).decode()},
    )  # fmt: skip
    audit.record(session, subject=session.tenant, actor=actor, action="tariff.set", valid_from=valid_from, area=area)


def listed(session: TenantSession) -> Sequence[Dated]:
    """All tariffs, newest first."""
    rows = session.rows("SELECT valid_from, area, prices FROM tariff ORDER BY valid_from DESC")
    return [Dated(row.valid_from, _tariff(row.area, row.prices)) for row in rows]


def on(session: TenantSession, day: dt.date) -> Tariff | None:
    """The tariff that holds on a day, or the first one entered if that is later; None while none is entered."""
    known = listed(session)
    held = [one for one in known if one.valid_from <= day]
    chosen = held[0] if held else known[-1] if known else None
    return chosen.tariff if chosen else None


def _tariff(area: str | None, prices: Mapping[str, int]) -> Tariff:
    demand = prices.get(DEMAND)
    if area is None:
        return AveragePrice(prices[AVERAGE], demand)
    return WindowPrices(window_table(area), {key: value for key, value in prices.items() if key != DEMAND}, demand)
