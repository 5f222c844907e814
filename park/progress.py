"""Where the park stands against zero carbon, and what holds it back. Computed from the park's published sums only."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from park import rollups
from tenants import audit
from tenants.calc.limits import Verdict
from tenants.calc.sums import FlowSum
from tenants.db import Session
from tenants.errors import InvalidInput
from tenants.ledger import account, verdict
from tenants.period import Period, named, next_month, of_year

METHOD = "cn_park_2025"
SOURCES = ("grid_in", "direct_in", "pv_self", "heat_in")


@dataclass(frozen=True)
class Member:
    """One tenant in the park's ranking. Figures are None where nothing is known."""

    tenant: str
    title: str
    held: bool
    kind: str
    consent: str
    emission_tco2: Decimal | None
    energy_tce: Decimal | None
    year_before_tco2: Decimal | None
    output_cny: Decimal | None
    missing: int
    expected: int

    @property
    def year_on_year(self) -> Decimal | None:
        """Change of emission against the same months a year before, as a fraction."""
        if self.emission_tco2 is None or not self.year_before_tco2:
            return None
        return self.emission_tco2 / self.year_before_tco2 - 1

    @property
    def kg_per_10k_cny(self) -> Decimal | None:
        """Emission per 10,000 CNY of output [kgCO2]."""
        if self.emission_tco2 is None or not self.output_cny:
            return None
        return self.emission_tco2 * 1000 / (self.output_cny / 10000)

    @property
    def completeness(self) -> Decimal | None:
        """Share of expected time with data."""
        return Decimal(self.expected - self.missing) / self.expected if self.expected else None


def ranking(session: Session, period: Period) -> list[Member]:
    """The park's tenants with their figures of the period, largest emission first, unknown ones last."""
    year = period.factor_year
    choice = rollups.chosen_year(session, year)
    now, before = rollups.by_tenant(session, period), rollups.by_tenant(session, period.year_before())
    year_before_choice = rollups.chosen_year(session, year - 1)

    def figures(sums: list[FlowSum] | None, of_year: int, choice: int | None) -> tuple[Decimal | None, Decimal | None]:
        if not sums:
            return None, None
        found = account(sums, method=METHOD, year=of_year, choice=choice).figures
        return found["emission_tco2"].value, found["energy_equivalent_tce"].value

    made = []
    for row in session.rows("SELECT name, title, held, kind, consent FROM tenant WHERE state IN ('active', 'suspended')"):
        sums = now.get(row.name, [])
        emission, energy = figures(sums, year, choice)
        earlier, _ = figures(before.get(row.name), year - 1, year_before_choice)
        output = next((Decimal(one.quantity) / 1000 for one in sums if one.flow == "output"), None)
        made.append(Member(
            row.name, row.title, row.held, row.kind, row.consent, emission, energy, earlier, output,
            sum(one.missing for one in sums), sum(one.expected for one in sums),
        ))  # fmt: skip
    return sorted(made, key=lambda one: (one.emission_tco2 is None, -(one.emission_tco2 or 0), one.title))


def judged(session: Session, now: rollups.ParkAccount, today: dt.date) -> Verdict:
    """What the limits say of the period's core indicator.

    A part of a year cannot be judged, but whether there is a limit at all hangs on the park's size: the last twelve complete
    months tell it.
    """
    found = verdict(now.whole, members_only=now.members_only)
    if found.status != "not_determinable":
        return found
    last = last_complete(today).start
    year = verdict(rollups.of_park(session, named("rolling", last), METHOD, today).whole)
    return year if year.status == "not_defined" else found


@dataclass(frozen=True)
class PathYear:
    """One year of the path: the target and what was emitted, both [tCO2]; `complete` when the year has ended."""

    year: int
    target: Decimal | None
    emission: Decimal | None
    complete: bool


@dataclass(frozen=True)
class Forecast:
    """The year-end emission [tCO2]: months so far plus last year's remaining months times the ratio so far.

    `low` and `high` take the smallest and largest monthly ratio instead. None when last year's months are not known.
    """

    value: Decimal
    low: Decimal
    high: Decimal
    months: int


def path(session: Session, today: dt.date) -> list[PathYear]:
    """Targets and emissions of each year that has either, up to the last target."""
    targets = {row.year: row.emission_tco2 for row in session.rows("SELECT year, emission_tco2 FROM shared.park_target")}
    # A year that the data only touch (a first bill read in December) is no year of the path.
    first = session.scalar("SELECT min(month) FROM flow_month WHERE missing < expected OR expected = 0")
    known = range(first.year + (first.month > 1), today.year + 1) if first else range(0)
    made = []
    for year in sorted({*targets, *known}):
        emission = _emission(session, of_year(year)) if year in known else None
        made.append(PathYear(year, targets.get(year), emission, year < today.year))
    return made


def _emission(session: Session, period: Period) -> Decimal | None:
    return rollups.of_park(session, period, METHOD).whole.figures["emission_tco2"].value


def monthly(session: Session, period: Period) -> dict[dt.date, Decimal | None]:
    """Members' emission of each month of the period that has data [tCO2]."""
    found = rollups.by_month(session, period)
    choices = {year: rollups.chosen_year(session, year) for year in {month.year for month in found}}
    return {
        month: account(sums, method=METHOD, year=month.year, choice=choices[month.year]).figures["emission_tco2"].value
        for month, sums in found.items()
    }


def forecast(session: Session, today: dt.date) -> Forecast | None:
    """This year's emission at year end, from its complete months."""
    year = of_year(today.year)
    now, before = monthly(session, year), monthly(session, year.year_before())
    done = {m: now[m] for m in now if next_month(m) <= today and now[m] is not None}
    earlier = {m: before.get(m.replace(year=m.year - 1)) for m in year.months()}
    if not done or any(value is None for value in earlier.values()):
        return None
    so_far = sum((value for value in done.values() if value is not None), Decimal(0))
    ratios = [value / was for m, value in done.items() if value is not None and (was := earlier[m])]
    base = sum((was for m, was in earlier.items() if m in done and was is not None), Decimal(0))
    left = sum((was for m, was in earlier.items() if m not in done and was is not None), Decimal(0))
    if not ratios or not base:
        return None
    return Forecast(so_far + left * so_far / base, so_far + left * min(ratios), so_far + left * max(ratios), len(done))


@dataclass(frozen=True)
class Obstacle:
    """One thing between the park and its limit: `kind`, who, and how large [tCO2, kWh or a count, by `unit`]."""

    kind: str  # fuel | green_power | missing_firms | gap | estimated
    title: str
    amount: Decimal
    unit: str


def holding_back(session: Session, whole: rollups.ParkAccount, limit: Decimal | None, today: dt.date) -> list[Obstacle]:
    """The five largest obstacles: fuels by firm, green power missing to the limit, firms without data."""
    made = [
        Obstacle("fuel", f"{title} · {flow}", tonnes, "tCO2") for title, flow, tonnes in _fuel_emissions(session, whole.period)
    ][:3]
    green = missing_green_kwh(whole, limit)
    if green:
        made.insert(0, Obstacle("green_power", "", green, "kWh"))
    silent = [one for one in unsubmitted(session, whole.period, today) if not one.held]  # whom the park can ask
    if silent:
        made.append(Obstacle("missing_firms", "、".join(one.title for one in silent[:3]), Decimal(len(silent)), ""))
    return made[:5]


def missing_green_kwh(whole: rollups.ParkAccount, limit: Decimal | None) -> Decimal | None:
    """Green power that would bring the core indicator to the limit, other things equal [kWh]; None without a limit or need.

    Replacing a kWh of grid power by green power lowers the emission by 0.8325 kg and leaves the energy as it is.
    """
    figures = whole.whole.figures
    emission, energy = figures["emission_tco2"].value, figures["energy_equivalent_tce"].value
    if limit is None or emission is None or not energy:
        return None
    excess = emission - limit * energy
    factor = next((one.value for one in figures["emission_tco2"].factors if one.id.startswith("cn_park_2025")), None)
    if excess <= 0 or not factor:
        return None
    return excess * 1000 / factor


def _fuel_emissions(session: Session, period: Period) -> list[tuple[str, str, Decimal]]:
    titles = {row.name: row.title for row in session.rows("SELECT name, title FROM tenant")}
    year = period.factor_year
    choice = rollups.chosen_year(session, year)
    made = []
    for tenant, sums in rollups.by_tenant(session, period).items():
        for one in sums:
            if one.flow.startswith("fuel:") and one.quantity:
                tonnes = account([one], method=METHOD, year=year, choice=choice).figures["emission_tco2"].value
                if tonnes:
                    made.append((titles[tenant], one.flow, tonnes))
    return sorted(made, key=lambda row: -row[2])


@dataclass(frozen=True)
class Stream:
    """Energy [tce, equivalent value] of one flow used by one tenant; `target` is its title, empty for all the small ones."""

    source: str
    target: str
    tce: Decimal


SHOWN_USERS = 8
REST = "+rest"  # what the park uses beside its members


def energy_flow(session: Session, period: Period, remainder: Sequence[FlowSum] = ()) -> list[Stream]:
    """Who uses which energy; tenants after the eighth are one, and so is what the park uses beside its members."""
    titles = {row.name: row.title for row in session.rows("SELECT name, title FROM tenant")}
    year = period.factor_year
    choice = rollups.chosen_year(session, year)
    used = {titles[tenant]: _streams(sums, year, choice) for tenant, sums in rollups.by_tenant(session, period).items()}
    order = sorted(used, key=lambda title: -sum(used[title].values(), Decimal(0)))
    small: dict[str, Decimal] = defaultdict(Decimal)
    for title in order[SHOWN_USERS:]:
        for flow, tce in used[title].items():
            small[flow] += tce
    rows = [Stream(flow, title, tce) for title in order[:SHOWN_USERS] for flow, tce in used[title].items()]
    rest = [Stream(flow, REST, tce) for flow, tce in _streams(remainder, year, choice).items()]
    return [*rows, *(Stream(flow, "", tce) for flow, tce in small.items()), *rest]


def _streams(sums: Sequence[FlowSum], year: int, choice: int | None) -> dict[str, Decimal]:
    """Energy of each carrier [tce, equivalent value]."""
    each: dict[str, Decimal] = {}
    for one in sums:
        if one.flow in SOURCES or one.flow.startswith("fuel:"):
            tce = account([one], method=METHOD, year=year, choice=choice).figures["energy_equivalent_tce"].value
            if tce:
                each[one.flow] = each.get(one.flow, Decimal(0)) + tce
    return each


@dataclass(frozen=True)
class Unsubmitted:
    """A tenant and the months it has not confirmed; `empty` are those without any data."""

    tenant: str
    title: str
    held: bool
    months: list[dt.date]
    empty: list[dt.date]


def unsubmitted(session: Session, period: Period, today: dt.date) -> list[Unsubmitted]:
    """Who has not confirmed which completed month of the period; tenants without a gap are left out."""
    due = [month for month in period.months() if next_month(month) <= today]
    confirmed: dict[str, set[dt.date]] = defaultdict(set)
    for row in session.rows("SELECT tenant, month FROM submitted WHERE month >= :start", start=period.start):
        confirmed[row.tenant].add(row.month)
    filled: dict[str, set[dt.date]] = defaultdict(set)
    for row in session.rows(
        "SELECT DISTINCT tenant, month FROM flow_month WHERE month >= :start AND missing < expected", start=period.start
    ):
        filled[row.tenant].add(row.month)
    made = []
    for row in session.rows("SELECT name, title, held FROM tenant WHERE state = 'active' AND kind = 'firm' ORDER BY title"):
        months = [month for month in due if month not in confirmed[row.name]]
        if months:
            empty = [month for month in months if month not in filled[row.name]]
            made.append(Unsubmitted(row.name, row.title, row.held, months, empty))
    return made


def coverage(session: Session) -> dict[str, int]:
    """How many tenants report themselves, are held by the park, are public loads, and wait to be let in."""
    row = session.row(
        "SELECT count(*) FILTER (WHERE NOT held AND kind = 'firm' AND state IN ('active', 'suspended')) AS joined, "
        "count(*) FILTER (WHERE held AND kind = 'firm' AND state = 'active') AS held, "
        "count(*) FILTER (WHERE kind = 'public' AND state = 'active') AS public, "
        "count(*) FILTER (WHERE state IN ('waiting', 'provisioning')) AS waiting FROM tenant"
    )
    return dict(row._mapping) if row else {}


def year_facts(session: Session, year: int, today: dt.date) -> dict[str, Any]:
    """What a regulator is told of a park's year beside the figures: submission, coverage, targets. No tenant's name."""
    park = session.row("SELECT own_target, base_year FROM shared.park WHERE name = current_user")
    period = of_year(year)
    due = [month for month in period.months() if next_month(month) <= today]
    firms = coverage(session)
    open_months = sum(len(one.months) for one in unsubmitted(session, period, today) if not one.held)
    whole = rollups.of_park(session, period, METHOD)
    target = session.scalar("SELECT emission_tco2 FROM shared.park_target WHERE year = :year", year=year)
    return {
        "due": len(due) * firms["joined"], "submitted": len(due) * firms["joined"] - open_months, "firms": firms,
        "members_only": whole.members_only, "coverage": whole.coverage, "own_target": park and park.own_target,
        "target_tco2": target, "open": today <= period.end,
    }  # fmt: skip


def set_target(session: Session, *, year: int, emission_tco2: Decimal | None, actor: str) -> None:
    """Sets or removes (None) the target of a year [tCO2]."""
    of_year(year)
    if emission_tco2 is None:
        session.execute("DELETE FROM shared.park_target WHERE year = :year", {"year": year})
    elif emission_tco2 < 0:
        raise InvalidInput(field="target", reason="a target cannot be negative", remedy="Give tonnes of CO2, 0 or more.")
    else:
        session.execute(
            "INSERT INTO shared.park_target (park, year, emission_tco2) VALUES (current_user, :year, :tonnes) "
            "ON CONFLICT (park, year) DO UPDATE SET emission_tco2 = excluded.emission_tco2",
            {"year": year, "tonnes": emission_tco2},
        )
    audit.record(session, subject=session.role, actor=actor, action="park.target", year=year, emission_tco2=emission_tco2)


def set_own_target(session: Session, *, value: Decimal | None, base_year: int | None, actor: str) -> None:
    """Sets the park's own core target [tCO2/tce] and its base year."""
    if value is not None and value < 0:
        raise InvalidInput(field="own_target", reason="a target cannot be negative", remedy="Give tCO2 per tce, 0 or more.")
    session.execute(
        "UPDATE shared.park SET own_target = :value, base_year = :year WHERE name = current_user",
        {"value": value, "year": base_year},
    )
    audit.record(session, subject=session.role, actor=actor, action="park.own_target", value=value, base_year=base_year)


def last_complete(today: dt.date) -> Period:
    """The last completed calendar month."""
    return named("month", today.replace(day=1) - dt.timedelta(days=1))


def clean_kinds(account_figures: Mapping[str, Any]) -> Sequence[tuple[str, Decimal | None]]:
    """The five kinds of clean energy [tce], in the order they are shown."""
    keys = ("clean_pv_tce", "clean_direct_tce", "clean_traded_tce", "clean_gec_tce", "clean_other_tce")
    return [(key, account_figures[key].value) for key in keys]
