"""lingyuan park ..."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import click

from park import parks, progress, rollups
from park.access import park_session
from park.cli.frame import actor, command, house, table
from tenants.quantities import parse_quantity


@click.group()
def park() -> None:
    """Create and list parks; their totals, targets and factor years."""


@command(group=park, text=lambda made: f"{made['park']}  {made['code']}")
@click.option("--name", required=True, help="The park's name.")
@click.option("--province", required=True, help="Province of its grid factor, for example 重庆.")
@click.option("--timezone", default="Asia/Shanghai", show_default=True)
@click.option("--open", "free", is_flag=True, help="Firms with the join code need no approval.")
def create(name: str, province: str, timezone: str, free: bool) -> dict[str, str]:
    """Create a park; prints its id and join code."""
    with house() as found:
        return parks.create(
            found.db, found.owner, title=name, province=province, timezone=timezone, approval=not free, actor=actor()
        )


@command("list", group=park, text=lambda rows: table(rows, ["park", "title", "province", "code", "tenants"]))
def list_parks() -> list[dict[str, Any]]:
    """List the parks."""
    with house() as found:
        return [{"park": row.name, **{k: v for k, v in row._mapping.items() if k != "name"}} for row in parks.listed(found.db)]


@command(group=park)
@click.option("--park", "wanted", required=True)
@click.option("--month", required=True, type=click.DateTime(["%Y-%m"]), help="Month, YYYY-MM.")
@click.option("--flow", required=True, help="For example grid_in or fuel:natural_gas.")
@click.option("--quantity", required=True, help="With its unit, for example 8600000kWh or 860万kWh.")
@click.option("--source", required=True, help="Where it comes from.")
def total(wanted: str, month: dt.datetime, flow: str, quantity: str, source: str) -> dict[str, Any]:
    """Record a top-down total of the whole park."""
    with house() as found, park_session(found.db, parks.find(found.db, wanted)) as session:
        amount = parse_quantity(quantity, flow)
        rollups.set_total(session, month=month.date(), flow=flow, quantity=amount, source=source, actor=actor())
        return {"park": session.role, "month": f"{month:%Y-%m}", "flow": flow, "quantity": str(Decimal(amount) / 1000)}


@command(group=park)
@click.option("--park", "wanted", required=True)
@click.option("--year", required=True, type=int)
@click.option("--tonnes", type=Decimal, help="tCO2; leave out to remove the target.")
def target(wanted: str, year: int, tonnes: Decimal | None) -> dict[str, Any]:
    """Set a year's emission target."""
    with house() as found, park_session(found.db, parks.find(found.db, wanted)) as session:
        progress.set_target(session, year=year, emission_tco2=tonnes, actor=actor())
        return {"park": session.role, "year": year, "emission_tco2": tonnes}


@command("factor-year", group=park)
@click.option("--park", "wanted", required=True)
@click.option("--year", required=True, type=int, help="The year that has no factors of its own or earlier ones.")
@click.option("--use", "use_year", required=True, type=int, help="The later year whose factors stand in.")
@click.option("--why", required=True)
def factor_year(wanted: str, year: int, use_year: int, why: str) -> dict[str, Any]:
    """Choose, on record, a later year's factors."""
    with house() as found, park_session(found.db, parks.find(found.db, wanted)) as session:
        rollups.choose_factor_year(session, year=year, use_year=use_year, why=why, actor=actor())
        return {"park": session.role, "year": year, "use_year": use_year}


