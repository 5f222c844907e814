"""lingyuan account"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click

from park import notation, parks, rollups, statement
from park.access import park_session
from park.cli.frame import actor, command, fail, house, of_tenant, table, wants_json
from park.cli.labels import CODE_LABELS
from park.cli.spoken import language
from park.words import t
from tenants import accounts
from tenants.errors import InvalidInput
from tenants.factors.errors import FactorYearMissing
from tenants.ledger import INDICATORS, METHODS
from tenants.period import Period


def _text(result: dict[str, Any]) -> str:
    lang = language()
    first, end = result["period"]["start"], result["period"]["end"]
    lines = [f"{t(METHODS[result['method']].title, lang)} · {result['version']} · {result['factor_set']} · {first} – {end}"]
    if "title" in result:
        only = " · " + t("Members only: what the park uses beside them is not known", lang) if result["members_only"] else ""
        lines.insert(0, result["title"] + only)
    known = [one for one in result["figures"] if not _silent(one)]
    lines.append(table([_figure(one, lang) for one in known]))
    used = {use["id"]: use for one in known for use in one["factors"]}
    if used:
        lines.append(table([_factor(use, lang) for use in used.values()]))
    lines += dict.fromkeys("· " + note for one in known for note in one["notes"])
    lines += dict.fromkeys(f"! {one['problem']['message']}\n  → {one['problem']['remedy']}" for one in known if one["problem"])
    if result.get("remainder_problem"):
        lines.append("! " + result["remainder_problem"])
    for one in result["offsets"]:
        lines.append(f"{t('Offsets', lang)} · {t(CODE_LABELS[one['status']], lang)}: {one['tonnes']:,} tCO2e")
    return "\n".join(lines)


def _silent(one: dict[str, Any]) -> bool:
    """Whether nothing is recorded that the figure could be computed from, and nobody would miss it."""
    return one["value"] is None and (one["problem"] is None or one["problem"]["code"] == "nothing_recorded")


def _figure(one: dict[str, Any], lang: str) -> dict[str, str]:
    """One figure as the screens show it."""
    value, time = (None if text is None else Decimal(text) for text in (one["value"], one["completeness"]["time"]))
    return {"figure": t(INDICATORS[one["key"]].title, lang), "value": notation.number(value, INDICATORS[one["key"]].places),
            "unit": one["unit"], "completeness": notation.percent(time)}  # fmt: skip


def _factor(use: dict[str, Any], lang: str) -> dict[str, Any]:
    checked = t("verified", lang) if use["verified"] else t("not verified", lang)
    return {"factor": use["id"], "value": use["value"], "unit": use["unit"], "year": use["year"],
            "matched": use["matched"], "checked": checked}  # fmt: skip


@command(text=_text)
@click.option("--tenant", help="Tenant: id, name or credit code.")
@click.option("--park", help="Park: id, name or join code.")
@click.option("--year", required=True, type=int)
@click.option("--month", type=int)
@click.option("--method", default="cn_park_2025", show_default=True, type=click.Choice(list(METHODS)))
@click.option("--factor-year", type=int, help="Use this later year's factors, on record; needs --why.")
@click.option("--why", default="", help="Why the later year stands in.")
def account(
    tenant: str | None, park: str | None, year: int, month: int | None, method: str, factor_year: int | None, why: str
) -> dict[str, Any]:
    """The account of a tenant or a park under one method. Ends with 2 where a factor is missing."""
    if (tenant is None) == (park is None):
        raise InvalidInput(field="--tenant", reason="one of --tenant and --park is needed", remedy="Give exactly one of them.")
    of = statement.period_of(year, month)
    choice = None if factor_year is None else (factor_year, why)
    try:
        return _of_park(park, of, method, choice) if park is not None else _of_tenant(str(tenant), of, method, choice)
    except FactorYearMissing as error:
        fail(error, wants_json(), code=2)


def _of_tenant(tenant: str, of: Period, method: str, choice: tuple[int, str] | None) -> dict[str, Any]:
    with of_tenant(tenant) as (_, session):
        if choice:
            accounts.choose_factor_year(session, year=of.factor_year, use_year=choice[0], why=choice[1], actor=actor())
        return statement.of_tenant(session, of, method, language())


def _of_park(park: str, of: Period, method: str, choice: tuple[int, str] | None) -> dict[str, Any]:
    with house() as found, park_session(found.db, parks.find(found.db, park)) as session:
        if choice:
            rollups.choose_factor_year(session, year=of.factor_year, use_year=choice[0], why=choice[1], actor=actor())
        return statement.of_park(session, of, method, language())
