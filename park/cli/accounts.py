"""lingyuan account"""

from __future__ import annotations

from typing import Any

import click

from park import members, parks, rollups
from park.access import park_session
from park.cli.frame import actor, command, fail, house, language, table
from park.words import t, tell
from tenants import accounts, period
from tenants.db import tenant_session
from tenants.errors import InvalidInput
from tenants.ledger import INDICATORS, as_json


def _say(template: str, facts: dict[str, Any]) -> str:
    return tell(template, facts, language())


def _text(result: dict[str, Any]) -> str:
    lang = language()
    rows = [
        {"figure": t(INDICATORS[one["key"]].title, lang), "value": one["shown"] or "—", "unit": one["unit"]}
        for one in result["figures"]
    ]
    return f"{result['method']} {result['version']} · {result['factor_set']}\n" + table(rows)


@command(text=_text)
@click.option("--tenant", help="Tenant id or name.")
@click.option("--park", help="Park id, name or join code.")
@click.option("--year", required=True, type=int)
@click.option("--month", type=int)
@click.option("--method", default="cn_park_2025", show_default=True, help="cn_park_2025, ghgp_location or ghgp_market.")
@click.option("--factor-year", type=int, help="Use this later year's factors, on record; needs --why.")
@click.option("--why", default="", help="Why the later year stands in.")
def account(
    tenant: str | None, park: str | None, year: int, month: int | None, method: str, factor_year: int | None, why: str
) -> dict[str, Any]:
    """The account of a tenant or a park under one method. Without a factor it ends with 2."""
    if (tenant is None) == (park is None):
        raise InvalidInput(field="--tenant", reason="one of --tenant and --park is needed", remedy="Give exactly one of them.")
    of = period.of_month(year, month) if month else period.of_year(year)
    with house() as found:
        if tenant is not None:
            with tenant_session(found.db, members.find(found.db, tenant)) as session:
                if factor_year:
                    accounts.choose_factor_year(session, year=year, use_year=factor_year, why=why, actor=actor())
                made, extra = accounts.of_tenant(session, of, method), {"tenant": session.tenant}
        else:
            with park_session(found.db, parks.find(found.db, park or "")) as of_park:
                if factor_year:
                    rollups.choose_factor_year(of_park, year=year, use_year=factor_year, why=why, actor=actor())
                whole = rollups.of_park(of_park, of, method)
                made = whole.whole
                extra = {"park": of_park.role, "members_only": whole.members_only, "coverage": whole.coverage,
                         "members": as_json(whole.members, _say)["figures"]}  # fmt: skip
    if made.problem is not None:
        fail(made.problem, click.get_current_context().params.get("as_json", False), code=2)
    return {**extra, **as_json(made, _say)}
