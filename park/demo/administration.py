"""What the administration of a demo park enters: its targets, its top-down totals, its sheet of accounts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from park import held, progress, rollups
from park.access import park_session
from park.demo import bills, claims, light
from park.demo.assumptions import Firm, LightPark, assumptions
from park.demo.entering import ACTOR
from park.demo.histories import begin
from park.demo.identity import account_number
from tenants.db import Database, Session
from tenants.ingest.workbook.result import HeldRow, HeldSheet
from tenants.period import of_year

SOURCE = "演示数据：虚构的供电、供气公司结算"
Months = dict[dt.date, dict[str, int]]


def settle_main(db: Database, park: str, tenants: Mapping[str, str], today: dt.date) -> int:
    """How much was new of the main park's own entries. `tenants` by the firm's key."""
    book = assumptions().park
    new = _sheet(db, park, tenants, today)
    with park_session(db, park) as session:
        since = _next_total(session, today)
        known = _known_main(since, today)
        new += _totals(session, known, book["unassigned"])
        return new + _targets(session, today, Decimal(book["own_target"]), tuple(book["path"]))


def settle_light(db: Database, park: str, about: LightPark, today: dt.date) -> int:
    """How much was new of a light park's own entries."""
    with park_session(db, park) as session:
        since = _next_total(session, today)
        known: Months = defaultdict(lambda: defaultdict(int))
        for firm in about.firms:
            for one in light.bills(about, firm, since, today):
                known[one.start][one.flow] += one.quantity
        new = _totals(session, known, {"grid_in": about.unassigned, "fuel:natural_gas": about.unassigned})
        return new + _targets(session, today, Decimal(about.own_target), about.path)


def _next_total(session: Session, today: dt.date) -> dt.date:
    """First day of the first month without a top-down total."""
    last: dt.date | None = session.scalar("SELECT max(month) FROM shared.park_total")
    return begin(today) if last is None else bills.next_month(last)


def _known_main(since: dt.date, until: dt.date) -> Months:
    """What all firms of the main park used of power and gas in each month that has ended: calendar months, nothing lost."""
    known: Months = defaultdict(lambda: defaultdict(int))
    for firm in assumptions().firms:
        for month in bills.months(since, until):
            found = bills.electricity(firm, month, bills.next_month(month)) + bills.others(firm, month)
            for one in found:
                known[month][one.flow] += one.quantity
    return known


def _totals(session: Session, known: Months, unassigned: Mapping[str, float]) -> int:
    made = 0
    for month, flows in sorted(known.items()):
        for flow, quantity in claims.top_down(flows, unassigned).items():
            rollups.set_total(session, month=month, flow=flow, quantity=quantity, source=SOURCE, actor=ACTOR)
            made += 1
    return made


def _targets(session: Session, today: dt.date, own: Decimal, shares: tuple[float, ...]) -> int:
    """Base year, own target and path, once: the path starts from what the base year came to, by the park's own account."""
    if session.scalar("SELECT base_year FROM shared.park WHERE name = current_user") is not None:
        return 0
    year = today.year + assumptions().park["base_year_offset"]
    _choose_equivalent(session, year)
    progress.set_own_target(session, value=own, base_year=year, actor=ACTOR)
    tonnes = rollups.of_park(session, of_year(year), progress.METHOD).whole.figures["emission_tco2"].value
    if tonnes is None:
        return 1
    for of, target in claims.path(shares, year, tonnes).items():
        progress.set_target(session, year=of, emission_tco2=target, actor=ACTOR)
    return 1


def _choose_equivalent(session: Session, base_year: int) -> None:
    """Before the first known equivalent value of electricity there is none: the park chooses the first, and says why."""
    first = assumptions().park["first_equivalent_year"]
    for year in range(base_year, first):
        rollups.choose_factor_year(session, year=year, use_year=first, why=assumptions().park["equivalent_reason"], actor=ACTOR)


def _sheet(db: Database, park: str, tenants: Mapping[str, str], today: dt.date) -> int:
    """The park's sheet of accounts x months: firms it holds, and one account that nobody has bound yet."""
    firms = [firm for firm in assumptions().firms if firm.held]
    with park_session(db, park) as session:
        last = dict(
            tuple(row)
            for row in session.rows(
                "SELECT account_no, max(month) FROM shared.held_account, jsonb_object_keys(months) AS month GROUP BY account_no"
            )
        )
    rows = [_row(number, firm.number, firm.title, last, today, firm) for number, firm in enumerate(firms, start=2)]
    stray = assumptions().park["unbound_account"]
    rows.append(_row(len(rows) + 2, stray["number"], stray["title"], last, today, None))
    rows = [row for row in rows if row.months]
    if rows:
        held.import_sheet(db, park, HeldSheet(rows, [], "kWh"), actor=ACTOR)
    for firm in firms:
        if account_number(firm.number) not in last:
            held.bind(db, park, account_number(firm.number), tenants[firm.key], actor=ACTOR)
    return len(rows)


def _row(number: int, account: int, title: str, last: Mapping[str, str], today: dt.date, firm: Firm | None) -> HeldRow:
    """The months of an account that the sheet did not have before; without a firm the assumed even amount."""
    known = last.get(account_number(account), "")
    months = [month for month in bills.months(begin(today), today) if f"{month:%Y-%m}" > known]
    even = assumptions().park["unbound_account"]["kwh_a_month"] * 1000
    return HeldRow(
        number, account_number(account), title,
        {month: bills.electricity(firm, month, bills.next_month(month))[0].quantity if firm else even for month in months},
    )  # fmt: skip
