"""What a kilowatt-hour at stake is worth to the firm: its own prices only."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from tenants import activities, clock, money
from tenants.db import TenantSession
from tenants.exact import decimal_of, rounded
from tenants.flows import FLOWS
from tenants.period import named
from tenants.quality.problems import Problem

BILLS = 12


def price(session: TenantSession) -> Decimal | None:
    """What a kWh cost on average: by the last twelve bills with an amount, else by the entered tariff. [CNY/kWh] None: unknown"""
    entered = activities.list_activities(session, flow="grid_in")
    bills = sorted((one for one in entered if one.details.get("amount") and one.quantity), key=lambda one: one.start)[-BILLS:]
    if bills:
        amount = sum((Fraction(Decimal(str(one.details["amount"]))) for one in bills), Fraction(0))
        return decimal_of(amount * 1000 / sum(one.quantity for one in bills))
    last = session.scalar("SELECT max(day) FROM curve")
    month = min(last or clock.today(session.zone), clock.today(session.zone) - dt.timedelta(days=1))
    return money.priced(session, named("month", month)).average_price


def yuan(problem: Problem, price_cny: Decimal | None) -> Decimal | None:
    """The energy at stake in yuan; None for other flows than electricity, and without a price."""
    if price_cny is None or FLOWS[problem.flow].kind != "electricity":
        return None
    return rounded(Fraction(price_cny) * Fraction(problem.energy, 1000), 2)
