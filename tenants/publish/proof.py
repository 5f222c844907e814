"""How the self-use of PV is proven, and the intervals that speak against it: what an auditor asks first."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from tenants import clock
from tenants.db import TenantSession
from tenants.publish.derive import BASES, SOLAR, solar
from tenants.publish.facts import published_through, sites, widened_by_bills, window, with_curves
from tenants.quantities import in_units


@dataclass(frozen=True)
class Suspect:
    """An interval in which more was exported than generated. `kwh` is below zero."""

    start: dt.datetime
    step_minutes: int
    kwh: Decimal


@dataclass(frozen=True)
class Proof:
    """Self-used PV of one site: number of days by how it is known (see `BASES`), and its suspects."""

    site: str
    days: dict[str, int]
    suspects: list[Suspect]


def proofs(session: TenantSession, first: dt.date, last: dt.date) -> list[Proof]:
    """The proof of self-use on the local days `first` to `last`, for each site with PV."""
    low, high = clock.number_of(first), clock.number_of(last)
    through = published_through(session)
    over = clock.number_of(clock.today(session.zone)) - 1 if through is None else through
    begins = clock.midnights(session.zone, low, high)
    found = []
    for facts in sites(session):
        if "pv_self" not in facts.flows:
            continue
        [span] = widened_by_bills(facts, SOLAR, [(low, high)])
        days = window(session, span, over)
        seen = solar(with_curves(session, facts, {"pv_self"}, span), days)
        suspects = [
            Suspect(dt.datetime.fromtimestamp(int(begins[day - low]) + slot * step * 60, session.zone), step, in_units(milli))
            for day, step, slot, milli in seen.exact.negative
            if low <= day <= high
        ]
        asked = (days.days >= low) & (days.days <= high)
        found.append(Proof(facts.site.name, dict(Counter(BASES[code] for code in seen.basis[asked].tolist())), suspects))
    return found
