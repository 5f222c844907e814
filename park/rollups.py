"""A park's figures from the sums its tenants published. Reads the park's views only, and has no formulas of its own.

Park = tenants (held ones included) + the park's own loads + the remainder to its top-down totals. Without those totals
the figure is the members' only and says so.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from park import parks
from tenants import audit
from tenants.accounts import check_choice
from tenants.calc.sums import FlowSum, add
from tenants.db import Session
from tenants.errors import InvalidInput, LingyuanError
from tenants.flows import FLOWS
from tenants.ledger import Account, account, cancel_transfers
from tenants.period import Period, next_month

_SUMS = """
    sum(f.quantity)::bigint AS quantity, sum(f.measured)::bigint AS measured, sum(f.estimated)::bigint AS estimated,
    sum(f.backed)::bigint AS backed, sum(f.missing)::bigint AS missing, sum(f.expected)::bigint AS expected
"""
_IN_PERIOD = "f.month >= :start AND f.month < :end"


class NegativeRemainder(LingyuanError):
    """The park's own total of {flow} in {month} is smaller than the sum of its tenants, by {excess} {unit}."""

    status = 409
    remedy = "Check the park's total against these tenants: {largest}."


def members(session: Session, period: Period) -> list[FlowSum]:
    """The flows of all tenants of the park, held and public ones included, per flow and grid region."""
    rows = session.rows(
        f"SELECT f.flow, f.region, {_SUMS} FROM flow_month f WHERE {_IN_PERIOD} GROUP BY f.flow, f.region ORDER BY 1, 2",
        start=period.start, end=period.end,
    )  # fmt: skip
    return [FlowSum(*tuple(row)) for row in rows]


def by_tenant(session: Session, period: Period) -> dict[str, list[FlowSum]]:
    """The flows of each tenant of the park."""
    rows = session.rows(
        f"SELECT f.tenant, f.flow, f.region, {_SUMS} FROM flow_month f WHERE {_IN_PERIOD} "
        "GROUP BY f.tenant, f.flow, f.region ORDER BY 1, 2, 3",
        start=period.start, end=period.end,
    )  # fmt: skip
    found: dict[str, list[FlowSum]] = defaultdict(list)
    for row in rows:
        found[row.tenant].append(FlowSum(*tuple(row)[1:]))
    return dict(found)


def by_month(session: Session, period: Period) -> dict[dt.date, list[FlowSum]]:
    """The members' flows of each month."""
    rows = session.rows(
        f"SELECT f.month, f.flow, f.region, {_SUMS} FROM flow_month f WHERE {_IN_PERIOD} "
        "GROUP BY f.month, f.flow, f.region ORDER BY 1, 2, 3",
        start=period.start, end=period.end,
    )  # fmt: skip
    found: dict[dt.date, list[FlowSum]] = defaultdict(list)
    for row in rows:
        found[row.month].append(FlowSum(*tuple(row)[1:]))
    return dict(found)


def remainder(session: Session, period: Period, today: dt.date) -> list[FlowSum] | None:
    """The park's top-down totals minus its members, per flow; None unless every month that is over has a total.

    Of a month that is still running nobody knows the total yet: its members count alone.

    Raises:
        NegativeRemainder: a total is smaller than the sum of the tenants.
    """
    rows = session.rows(
        "SELECT t.flow, t.month, t.quantity, coalesce(sum(f.quantity), 0)::bigint AS known FROM shared.park_total t "
        "LEFT JOIN flow_month f ON f.flow = t.flow AND f.month = t.month "
        "WHERE t.month >= :start AND t.month < :end GROUP BY t.flow, t.month, t.quantity ORDER BY 1, 2",
        start=period.start, end=period.end,
    )  # fmt: skip
    months: dict[str, int] = defaultdict(int)
    rest: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.quantity < row.known:
            raise _negative(session, row)
        months[row.flow] += 1
        rest[row.flow] += row.quantity - row.known
    due = [month for month in period.months() if next_month(month) <= today]
    if not due or months.get("grid_in", 0) < len(due):
        return None
    region = str(session.scalar("SELECT province FROM shared.park WHERE name = current_user"))
    minutes = period.days * 1440
    # Nothing is known of the remainder but its sum: backed by the total, not measured by meters of the platform.
    return [FlowSum(flow, region, quantity, 0, 0, quantity, 0, minutes) for flow, quantity in rest.items()]


def _negative(session: Session, row: sa.Row[Any]) -> NegativeRemainder:
    largest = session.rows(
        "SELECT t.title, sum(f.quantity)::bigint AS quantity FROM flow_month f JOIN tenant t ON t.name = f.tenant "
        "WHERE f.flow = :flow AND f.month = :month GROUP BY t.title ORDER BY 2 DESC LIMIT 3",
        flow=row.flow, month=row.month,
    )  # fmt: skip
    unit = FLOWS[row.flow].unit
    names = ", ".join(f"{one.title} ({one.quantity // 1000:,} {unit})" for one in largest)
    excess = Decimal(row.known - row.quantity) / 1000
    return NegativeRemainder(flow=row.flow, month=f"{row.month:%Y-%m}", excess=excess, unit=unit, largest=names)


@dataclass(frozen=True)
class ParkAccount:
    """A park's account of one period under one method.

    `whole` counts members and remainder; while the remainder is unknown it equals `members` and `members_only` is True.
    `coverage` is the members' energy over the park's [tce/tce]; None while unknown.
    """

    period: Period
    method: str
    whole: Account
    members: Account
    members_only: bool
    coverage: Decimal | None
    remainder: list[FlowSum]
    problem: LingyuanError | None = None


def chosen_year(session: Session, year: int) -> int | None:
    """The factor year the park has chosen for this year."""
    choice = session.scalar("SELECT use_year FROM shared.park_choice WHERE year = :year", year=year)
    return None if choice is None else int(choice)


def choose_factor_year(session: Session, *, year: int, use_year: int, why: str, actor: str) -> None:
    """Records that a later year's factors are used for `year` in this park, by whom and why."""
    check_choice(year, use_year, why)
    session.execute(
        "INSERT INTO shared.park_choice (park, year, use_year, why, actor) VALUES (current_user, :year, :use, :why, :actor) "
        "ON CONFLICT (park, year) DO UPDATE SET use_year = excluded.use_year, why = excluded.why, actor = excluded.actor",
        {"year": year, "use": use_year, "why": why, "actor": actor},
    )
    audit.record(session, subject=session.role, actor=actor, action="factor.choose", year=year, use_year=use_year)


def of_park(session: Session, period: Period, method: str, today: dt.date | None = None) -> ParkAccount:
    """The park's account of the period: the same functions as a tenant's, on summed flows."""
    year = period.factor_year
    choice = chosen_year(session, year)
    known = add(one for sums in by_month(session, period).values() for one in cancel_transfers(sums))
    span = (period.start, period.end)
    of_members = account(known, method=method, year=year, choice=choice, period=span)
    try:
        rest, problem = remainder(session, period, today or parks.today(session)), None
    except NegativeRemainder as error:
        rest, problem = None, error
    if rest is None:
        return ParkAccount(period, method, of_members, of_members, True, None, [], problem)
    whole = account(add([*known, *rest]), method=method, year=year, choice=choice, period=span)
    return ParkAccount(period, method, whole, of_members, False, _coverage(of_members, whole), rest)


def _coverage(part: Account, whole: Account) -> Decimal | None:
    ours, all_ = (one.figures["energy_calorific_tce"].value for one in (part, whole))
    return ours / all_ if ours is not None and all_ else None


def set_total(session: Session, *, month: dt.date, flow: str, quantity: int, source: str, actor: str) -> None:
    """Records the park's top-down total of one flow and month [milli-units], with where it comes from."""
    if flow not in FLOWS:
        raise InvalidInput(
            field="flow", reason="{given} is not a flow", remedy="One of: {known}", given=flow, known=" ".join(FLOWS)
        )
    if quantity < 0:
        raise InvalidInput(field="quantity", reason="a total cannot be negative", remedy="Check the sign.")
    if not source.strip():
        raise InvalidInput(field="source", reason="a total needs a source", remedy="For example: grid company, March statement.")
    session.execute(
        "INSERT INTO shared.park_total (park, month, flow, quantity, source) VALUES (current_user, :month, :flow, :q, :source) "
        "ON CONFLICT (park, month, flow) DO UPDATE SET quantity = excluded.quantity, source = excluded.source",
        {"month": month.replace(day=1), "flow": flow, "q": quantity, "source": source},
    )
    audit.record(session, subject=session.role, actor=actor, action="park.total", month=month, flow=flow, quantity=quantity)


def totals(session: Session, period: Period) -> Sequence[sa.Row[Any]]:
    """The top-down totals of the period: month, flow, quantity, source."""
    return session.rows(
        "SELECT month, flow, quantity, source FROM shared.park_total WHERE month >= :start AND month < :end ORDER BY 1, 2",
        start=period.start, end=period.end,
    )  # fmt: skip
