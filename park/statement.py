"""The account of a tenant or a park as plain data: the same on the command line and over HTTP, to the last digit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from park import rollups
from park.words import tell
from tenants import accounts
from tenants.db import Session, TenantSession
from tenants.figures import NothingRecorded
from tenants.flows import FLOWS
from tenants.ledger import Account, as_json
from tenants.period import Period, of_month, of_year
from tenants.quantities import in_units

_OF_TENANT = "FROM shared.{table} WHERE tenant = current_user AND year = :year"
_OF_PARK = "FROM {table} WHERE year = :year"


def period_of(year: int, month: int | None) -> Period:
    """The year, or one month of it.

    Raises:
        InvalidInput: a year or month that cannot be meant.
    """
    whole = of_year(year)
    return whole if month is None else of_month(year, month)


def of_tenant(session: TenantSession, period: Period, method: str, lang: str) -> dict[str, Any]:
    """The tenant's account with what stands beside it.

    Raises:
        LingyuanError: a factor of the headline figure is missing.
    """
    made = accounts.of_tenant(session, period, method)
    return {"tenant": session.tenant, **_figures(made, lang), **_beside(session, period, _OF_TENANT)}


def of_park(session: Session, period: Period, method: str, lang: str) -> dict[str, Any]:
    """The park's account: the members', the remainder to its own totals where that is known, and what stands beside it.

    Raises:
        LingyuanError: a factor of the headline figure is missing.
    """
    found = rollups.of_park(session, period, method)
    problem = found.problem
    return {
        "park": session.role, "title": session.scalar("SELECT title FROM shared.park WHERE name = current_user"),
        "members_only": found.members_only, "coverage": None if found.coverage is None else f"{found.coverage:f}",
        **_figures(found.whole, lang),
        "members": as_json(found.members, _say(lang))["figures"],
        "remainder": [{"flow": one.flow, "quantity": str(in_units(one.quantity)), "unit": FLOWS[one.flow].unit}
                      for one in found.remainder],
        "remainder_problem": problem and tell(problem.template, problem.facts, lang),
        **_beside(session, period, _OF_PARK),
    }  # fmt: skip


def _figures(made: Account, lang: str) -> dict[str, Any]:
    if made.problem is not None and not isinstance(made.problem, NothingRecorded):
        raise made.problem
    return as_json(made, _say(lang))


def _say(lang: str) -> Any:
    return lambda template, facts: tell(template, dict(facts), lang)


def _beside(session: Session, period: Period, source: str) -> dict[str, Sequence[dict[str, Any]]]:
    """Offsets and certificates of the year: shown beside the account; no offset is ever deducted."""
    year = period.factor_year
    offsets = session.rows(
        "SELECT status, sum(tonnes)::bigint AS tonnes " + source.format(table="offset_year") + " GROUP BY 1 ORDER BY 1", year=year
    )
    certificates = session.rows(
        "SELECT kind, sum(held_kwh)::bigint AS held, sum(valid_kwh)::bigint AS valid, sum(applied_wh)::bigint AS applied "
        + source.format(table="certificate_year") + " GROUP BY 1 ORDER BY 1",
        year=year,
    )  # fmt: skip
    return {
        "offsets": [{"status": row.status, "tonnes": row.tonnes} for row in offsets],
        "certificates": [
            {"kind": row.kind, "held_kwh": row.held, "valid_kwh": row.valid, "applied_kwh": str(in_units(row.applied))}
            for row in certificates
        ],
    }
