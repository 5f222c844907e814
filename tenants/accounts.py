"""A tenant's accounts, computed on read from what it has published."""

from __future__ import annotations

from collections.abc import Sequence

from tenants import audit
from tenants.calc.sums import FlowSum
from tenants.db import Session, TenantSession
from tenants.errors import InvalidInput
from tenants.ledger import Account, account
from tenants.period import Period

_SUMS = """
    sum(quantity)::bigint AS quantity, sum(measured)::bigint AS measured, sum(estimated)::bigint AS estimated,
    sum(backed)::bigint AS backed, sum(missing)::bigint AS missing, sum(expected)::bigint AS expected
"""


def flow_sums(session: TenantSession, period: Period, site: str | None = None) -> list[FlowSum]:
    """The tenant's published flows summed over the period, per flow and grid region."""
    rows = session.rows(
        f"SELECT flow, region, {_SUMS} FROM shared.flow_month WHERE tenant = current_user "
        "AND month >= :start AND month < :end AND (CAST(:site AS uuid) IS NULL OR site = :site) "
        "GROUP BY flow, region ORDER BY flow, region",
        start=period.start, end=period.end, site=site,
    )  # fmt: skip
    return [FlowSum(*tuple(row)) for row in rows]


def chosen_year(session: Session, year: int) -> int | None:
    """The factor year somebody has chosen for this year: the tenant's own choice, else its park's."""
    choice = session.scalar("SELECT use_year FROM factor_choice WHERE year = :year", year=year)
    if choice is None:
        choice = session.scalar("SELECT use_year FROM shared.park_choice WHERE year = :year", year=year)
    return None if choice is None else int(choice)


def of_tenant(session: TenantSession, period: Period, method: str) -> Account:
    """The tenant's account of the period under the method."""
    year = period.factor_year
    return account(
        flow_sums(session, period), method=method, year=year, choice=chosen_year(session, year), period=(period.start, period.end)
    )


def choose_factor_year(session: TenantSession, *, year: int, use_year: int, why: str, actor: str) -> None:
    """Records that a later year's factors are used for `year`, by whom and why.

    Raises:
        InvalidInput: no reason, or the chosen year is not later.
    """
    check_choice(year, use_year, why)
    session.execute(
        "INSERT INTO factor_choice (year, use_year, why, actor) VALUES (:year, :use, :why, :actor) "
        "ON CONFLICT (year) DO UPDATE SET use_year = excluded.use_year, why = excluded.why, actor = excluded.actor, "
        "at = excluded.at",
        {"year": year, "use": use_year, "why": why, "actor": actor},
    )
    audit.record(session, subject=session.tenant, actor=actor, action="factor.choose", year=year, use_year=use_year)


def check_choice(year: int, use_year: int, why: str) -> None:
    """Raises InvalidInput unless the choice is of a later year and has a reason."""
    if not why.strip():
        raise InvalidInput(field="why", reason="a later factor year needs a reason", remedy="Say why, in a sentence.")
    if use_year <= year:
        raise InvalidInput(
            field="factor_year", reason="{use_year} is not later than {year}", use_year=use_year, year=year,
            remedy="Earlier years are found without a choice; choose a later one.",
        )  # fmt: skip


def months_with_data(session: TenantSession) -> Sequence[str]:
    """Every month that has any published quantity, newest first, as YYYY-MM."""
    rows = session.rows(
        "SELECT DISTINCT to_char(month, 'YYYY-MM') AS month FROM shared.flow_month "
        "WHERE tenant = current_user AND missing < expected ORDER BY 1 DESC"
    )
    return [row.month for row in rows]
