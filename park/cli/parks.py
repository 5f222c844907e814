"""lingyuan park ..."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from park import held, members, parks, progress, rollups
from park.access import park_session
from park.cli.frame import FILE, FLOW_HELP, MONTH, PARK, actor, command, group, house, listing, table
from park.cli.spoken import language
from park.words import reject, say, t, tell
from tenants.errors import InvalidInput
from tenants.quantities import in_units, parse_quantity

_YEAR = click.option("--year", required=True, type=int)


@group()
def park() -> None:
    """Parks: their totals, targets, factor years, and the firms they hold."""


@command(group=park, text=lambda made: f"{made['park']}  {made['code']}")
@click.option("--name", required=True, help="The park's name.")
@click.option("--province", required=True, help="Province of its grid factor, for example 重庆.")
@click.option("--timezone", default="Asia/Shanghai", show_default=True, help="It cannot be changed later.")
@click.option("--open", "free", is_flag=True, help="Firms with the join code need no approval.")
def create(name: str, province: str, timezone: str, free: bool) -> dict[str, str]:
    """Create a park; prints its id and join code."""
    with house() as found:
        return parks.create(
            found.db, found.owner, title=name, province=province, timezone=timezone, approval=not free, actor=actor()
        )


@command("list", group=park, text=listing("park", "title", "province", "code", "tenants"))
def list_parks() -> list[dict[str, Any]]:
    """List the parks."""
    with house() as found:
        return [{"park": row.name, **{k: v for k, v in row._mapping.items() if k != "name"}} for row in parks.listed(found.db)]


@command(group=park)
@PARK
@click.option("--month", required=True, type=MONTH, help="Month, YYYY-MM.")
@click.option("--flow", default="grid_in", show_default=True, help=FLOW_HELP)
@click.option("--quantity", required=True, help="With its unit, for example 8600000kWh or 860万kWh.")
@click.option("--source", required=True, help="Where it comes from.")
def total(park: str, month: dt.date, flow: str, quantity: str, source: str) -> dict[str, Any]:
    """Record a top-down total of the whole park."""
    amount = parse_quantity(quantity, flow)
    with house() as found, park_session(found.db, parks.find(found.db, park)) as session:
        rollups.set_total(session, month=month, flow=flow, quantity=amount, source=source, actor=actor())
        return {"park": session.role, "month": f"{month:%Y-%m}", "flow": flow, "quantity": in_units(amount), "source": source}


@command(group=park)
@PARK
@_YEAR
@click.option("--tonnes", type=Decimal, help="tCO2; leave out to remove the target.")
def target(park: str, year: int, tonnes: Decimal | None) -> dict[str, Any]:
    """Set a year's emission target."""
    if tonnes is not None and not tonnes.is_finite():
        raise InvalidInput(field="--tonnes", reason="'{given}' is not a number", remedy="Write it like 12345.67.", given=tonnes)
    with house() as found, park_session(found.db, parks.find(found.db, park)) as session:
        progress.set_target(session, year=year, emission_tco2=tonnes, actor=actor())
        return {"park": session.role, "year": year, "emission_tco2": tonnes}


@command("factor-year", group=park)
@PARK
@click.option("--year", required=True, type=int, help="The year that has no factors of its own or earlier ones.")
@click.option("--use", "use_year", required=True, type=int, help="The later year whose factors stand in.")
@click.option("--why", required=True, help="The reason, in a sentence.")
def factor_year(park: str, year: int, use_year: int, why: str) -> dict[str, Any]:
    """Choose, on record, a later year's factors."""
    with house() as found, park_session(found.db, parks.find(found.db, park)) as session:
        rollups.choose_factor_year(session, year=year, use_year=use_year, why=why, actor=actor())
        return {"park": session.role, "year": year, "use_year": use_year}


# ---- what the park enters for firms that have not joined ----


_LISTS = {
    "rejected": ("Rows of the sheet that were not taken", ("row", "reason", "remedy")),
    "refused": ("Months that were not entered", ("account_name", "reason", "remedy")),
    "unbound": ("Accounts to bind, with park bind", ("account_no", "account_name", "months", "guess")),
}


def _entered_text(result: dict[str, Any]) -> str:
    lang = language()
    counts = {name: result[name] for name in ("entered", "unchanged")}
    head = "{entered} months entered, {unchanged} unchanged, {refused} refused."
    parts = [t(head, lang, refused=len(result["refused"]), **counts)]
    parts += result["notes"]
    if result["own"]:
        parts.append(t("Left out, they report themselves: {names}", lang, names=", ".join(result["own"])))
    if result["later"]:
        parts.append(t("Kept until their workspace is ready: {names}", lang, names=", ".join(result["later"])))
    for name, (head, columns) in _LISTS.items():
        if result[name]:
            rows = [_plain(one) for one in result[name]]
            parts += [t(head, lang), table(rows, columns)]
    return "\n".join(parts)


def _plain(row: Any) -> dict[str, Any]:
    return row if isinstance(row, dict) else asdict(row)


@command("import-held", group=park, text=_entered_text)
@click.argument("file", type=FILE)
@PARK
@click.option("--year", type=int, help="Of months written without one.")
@click.option("--replace", "reason", help="Why different values replace stored ones.")
def import_held(file: Path, park: str, year: int | None, reason: str | None) -> dict[str, Any]:
    """Enter one sheet of account number x months for the firms the park holds; lists what is still to bind."""
    from tenants.ingest.workbook import understand_held  # the readers of spreadsheets are loaded only here

    with house() as found:
        name = parks.find(found.db, park)
        sheet = understand_held(file.read_bytes(), file.name, year)
        done = held.import_sheet(found.db, name, sheet, actor=actor(), reason=reason)
    words = [(one.row, reject(one.reason, one.remedy, one.facts, language())) for one in sheet.rejected]
    return {
        "accounts": len(sheet.rows), **_entered(done),
        "rejected": [{"row": row, "reason": why, "remedy": remedy} for row, (why, remedy) in words],
        "notes": [tell(one.template, dict(one.facts), language()) for one in sheet.notes],
    }  # fmt: skip


def _entered(done: held.Entered) -> dict[str, Any]:
    refused = []
    for row, account, error in done.refused:
        said = say(error, language())
        refused.append({"row": row, "account_name": account, "reason": said["message"], "remedy": said["remedy"]})
    return {
        "matched": done.matched, "entered": done.entered, "unchanged": done.unchanged, "own": done.own, "later": done.later,
        "refused": refused, "unbound": done.unbound, "rejected": [], "notes": [],
    }  # fmt: skip


@command("accounts", group=park, text=listing("account_no", "account_name", "title", "held", "months", "guess"))
@PARK
def list_accounts(park: str) -> list[dict[str, Any]]:
    """The accounts of the park's sheet with the firm each is bound to, or the firm of the same name."""
    with house() as found:
        name = parks.find(found.db, park)
        guesses = {one.account_no: one.guess for one in held.unbound(found.db, name)}
        return [{**row._mapping, "guess": guesses.get(row.account_no)} for row in held.accounts(found.db, name)]


@command(group=park, text=_entered_text)
@PARK
@click.option("--account", "account_no", required=True, help="Account number of the sheet.")
@click.option("--tenant", help="The firm it belongs to.")
@click.option("--new", is_flag=True, help="A new firm of the account's name, held by the park.")
@click.option("--public", is_flag=True, help="New public loads of the park, not a firm.")
def bind(park: str, account_no: str, tenant: str | None, new: bool, public: bool) -> dict[str, Any]:
    """Bind an account to a firm; the months kept for it are entered."""
    if (tenant is not None) + new + public != 1:
        reason = "one of --tenant, --new and --public is needed"
        raise InvalidInput(field="--tenant", reason=reason, remedy="Give exactly one of them.")
    with house() as found:
        name = parks.find(found.db, park)
        if tenant is not None:
            wanted = members.find(found.db, tenant)
            done = held.bind(found.db, name, account_no, wanted, actor=actor())
        else:
            wanted = held.bind_to_new(found.db, name, account_no, actor=actor(), kind="public" if public else "firm")
            members.provision_now(found.db, found.owner, wanted)
            done = held.enter_kept(found.db, wanted, actor())
        return {"account_no": account_no, "tenant": wanted, **_entered(done)}
