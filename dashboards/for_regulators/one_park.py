"""One park's summary: its year, its months, how complete they are. Nothing of a single firm."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from dash import dcc, html

from dashboards import cards
from dashboards.figures import path as figures
from dashboards.for_regulators import words
from dashboards.room import Context, Query, not_here
from park import summaries
from park.access import regulator_session
from park.notation import month as month_text
from park.notation import number
from park.notation import year as year_text
from park.summaries import PARTS, TOTALS, ParkRow
from tenants.ledger import INDICATORS, METHODS


def layout(ctx: Context, query: Query) -> Any:
    """The summary of the park named in the address."""
    today = ctx.today
    with regulator_session(ctx.db) as session:
        found = {year: {row.park: row for row in summaries.compared(session, year)} for year in (today.year, today.year - 1)}
        park = query.get("park", "")
        if park not in found[today.year]:
            return not_here(ctx, "/regulator/")
        months = summaries.trend(session, park, today)
    now, before = (found[year][park] for year in (today.year, today.year - 1))
    say = ctx.say
    return cards.page(
        now.title,
        *[_year(ctx, row, year) for row, year in ((now, today.year), (before, today.year - 1)) if row.months or row.held_back],
        _trend(ctx, months),
        *_months(ctx, months),
        lead=f"{now.province} · {say('Completed months only, refreshed once a day, provisional until the park closes them.')}",
        tools=dcc.Link(say("All parks"), href="/regulator/", className="ly-button"),
    )


def _year(ctx: Context, row: ParkRow, year: int) -> Any:
    say = ctx.say
    text, status = words.standing(row, say)
    target = words.own_target(row)
    marks = [cards.Mark(say("Own target"), float(target), number(target, 2))] if target is not None else []
    firms = row.facts.get("firms", {})
    return cards.headline_card(
        say("Carbon emission per unit of energy use") + " · " + year_text(year, ctx.lang),
        number(row.core, 4) if row.core is not None else None,
        "tCO2/tce",
        say=say,
        data_indicator="carbon_per_energy",
        verdict=status,
        verdict_text=text,
        verdict_note=words.not_ranked(row, say),
        at=float(row.core) if row.core is not None else None,
        marks=marks,
        partial=say("{count} completed months", count=row.months)
        + (" · " + say("{count} held back", count=row.held_back) if row.held_back else ""),
        stats=[
            _stat(row, say("Emission"), "emission_tco2", "tCO2", say),
            _stat(row, say("Energy use (equivalent)"), "energy_equivalent_tce", "tce", say),
            cards.Stat(
                say("Clean energy share"),
                f"{number(row.clean_share * 100, 2)} %" if row.clean_share is not None else say("Not shown"),
            ),
            cards.Stat(say("Energy coverage"), words.coverage_text(row, say)),
            cards.Stat(say("Firms joined / held"), f"{firms.get('joined', 0)} / {firms.get('held', 0)}"),
            cards.Stat(say("Months submitted / due"), f"{row.facts.get('submitted', 0)} / {row.facts.get('due', 0)}"),
        ],
        method=say(METHODS[summaries.METHOD].title),
        completeness=_completeness(row),
    )


def _stat(row: ParkRow, title: str, key: str, unit: str, say: cards.Say) -> cards.Stat:
    """What is not shown has no unit."""
    return cards.Stat(title, words.figure(row, key, say), "" if words.why_hidden(row, key, say) else unit, key)


def _completeness(row: ParkRow) -> cards.Completeness | None:
    if row.completeness is None:
        return None
    known = float(row.completeness)
    return cards.Completeness(known, 0.0, 1.0 - known)


def _by_month(months: list[Any]) -> dict[dt.date, dict[str, Any]]:
    found: dict[dt.date, dict[str, Any]] = defaultdict(dict)
    for row in months:
        found[row.month][row.figure] = row
    return dict(found)


def _trend(ctx: Context, months: list[Any]) -> Any:
    say = ctx.say
    found = _by_month(months)
    if not found:
        return cards.empty_state(say("No summaries yet"), say("They appear the night after the first month is complete."))
    cores = [_core(rows) for rows in found.values()]
    shown = [one for one in cores if one is not None]
    if not shown:
        return cards.empty_state(say("No month can be shown."), say("The table says of each month why."))
    summary = say(
        "From {low} to {high} tCO2/tce over {count} shown months.",
        low=number(min(shown), 4), high=number(max(shown), 4), count=len(shown),
    )  # fmt: skip
    line = figures.Line(
        say("Carbon emission per unit of energy use"), [None if one is None else float(one) for one in cores], "actual"
    )
    drawn = figures.trend([f"{month:%Y-%m}" for month in found], [line], unit="tCO2/tce", decimals=4)
    return cards.chart_card(say("Month by month"), "park-trend", drawn, summary, lang=ctx.lang)


def _core(rows: dict[str, Any]) -> Decimal | None:
    emission, energy = (rows[key].value if key in rows else None for key in TOTALS)
    return emission / energy if emission is not None and energy else None


def _months(ctx: Context, months: list[Any]) -> list[Any]:
    """The table below the picture; nothing where the picture already says that there is nothing."""
    if not months:
        return []
    say = ctx.say
    columns = [
        cards.Column("month", say("Month")),
        *(cards.Column(key, f"{say(INDICATORS[key].title)}, {INDICATORS[key].unit}", "number") for key in (*TOTALS, *PARTS)),
        cards.Column("note", say("Note")),
    ]
    rows = [
        {
            "month": html.Span(month_text(month, ctx.lang), className="ly-nowrap"),
            **{key: number(row.value, 2) for key, row in figures_.items()},
            "note": "；".join(sorted({say(words.HIDDEN[row.hidden]) for row in figures_.values() if row.hidden})),
        }
        for month, figures_ in sorted(_by_month(months).items(), reverse=True)
    ]
    return [cards.section(say("Months"), cards.table(columns, rows, caption=say("Months")))]
