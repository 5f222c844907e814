"""Parks compared in one year: only like with like, the others grey with their reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html

from dashboards import cards
from dashboards.for_regulators import export, words
from dashboards.room import Context, Query, context, download
from park import summaries
from park.access import regulator_session
from park.notation import moment, number
from park.notation import year as year_text
from park.summaries import ParkRow

CHINA = ZoneInfo("Asia/Shanghai")


def layout(ctx: Context, query: Query) -> Any:
    """The page of a year (default: this one)."""
    this = ctx.today.year
    wanted = query.get("year", "")
    return html.Div(_content(ctx, int(wanted) if wanted.isdigit() and 2000 <= int(wanted) <= this else this), id="compare")


def _content(ctx: Context, year: int) -> Any:
    say = ctx.say
    with regulator_session(ctx.db) as session:
        rows = summaries.compared(session, year)
        months = max((row.months + row.held_back for row in rows), default=12)
        before = summaries.compared(session, year - 1, months or 12)  # the same months, else a part is compared with a whole
    refreshed = max((row.refreshed for row in rows if row.refreshed), default=None)
    lead = say("Completed months only, refreshed once a day, provisional until the park closes them.")
    tools = html.Div(
        [_years(ctx, year), dmc.Button(say("Excel"), id="compare-export", variant="default"), dcc.Download(id="compare-file")],
        className="ly-tools",
    )
    if not any(row.months for row in rows):
        empty = cards.empty_state(say("No summaries yet"), say("They appear the night after the first month is complete."))
        return cards.page(say("Parks compared"), empty, lead=lead, tools=tools)
    return cards.page(
        say("Parks compared"),
        cards.stat_row(_stats(ctx, rows)),
        cards.section(
            say("Parks compared, {year}", year=year_text(year, ctx.lang)),
            cards.table(_columns(ctx), _table(ctx, rows, before), caption=say("Parks compared")),
            note=say("As of {when}", when=moment(refreshed, CHINA, ctx.lang)) if refreshed else "",
        ),
        cards.notice(
            say(
                "A figure is shown only if at least three firms are in it and none makes up more than 80 %. Ranks are given only "
                "to closed years under one method with at least 90 % coverage."
            )
        ),
        lead=lead,
        tools=tools,
    )


def _years(ctx: Context, year: int) -> Any:
    this = ctx.today.year
    options = [{"value": str(one), "label": year_text(one, ctx.lang)} for one in (this, this - 1)]
    return dmc.SegmentedControl(id="compare-year", value=str(year), data=options, size="sm")


def _stats(ctx: Context, rows: Sequence[ParkRow]) -> list[cards.Stat]:
    say = ctx.say
    submitted = sum(int(row.facts.get("submitted", 0)) for row in rows)
    due = sum(int(row.facts.get("due", 0)) for row in rows)
    standing = [words.standing(row, say)[1] for row in rows]
    return [
        cards.Stat(say("Parks"), str(len(rows))),
        cards.Stat(say("Months submitted / due"), f"{number(submitted)} / {number(due)}"),
        cards.Stat(say("Below own target"), str(standing.count("good"))),
        cards.Stat(say("Above own target"), str(standing.count("warn"))),
        cards.Stat(say("No target, or not shown"), str(standing.count("undefined") + standing.count("neutral"))),
    ]


def _columns(ctx: Context) -> list[cards.Column]:
    say = ctx.say
    return [
        cards.Column("park", say("Park")),
        cards.Column("core", say("Core, tCO2/tce"), "number"),
        cards.Column("standing", say("Target")),
        cards.Column("emission", say("Emission, tCO2"), "number"),
        cards.Column("emission_change", say("Year on year"), "number"),
        cards.Column("energy", say("Energy, tce"), "number"),
        cards.Column("energy_change", say("Year on year"), "number"),
        cards.Column("green", say("Clean energy share"), "number"),
        cards.Column("coverage", say("Coverage"), "number"),
        cards.Column("completeness", say("Completeness"), "number"),
        cards.Column("months", say("Months shown"), "number"),
    ]


def _table(ctx: Context, rows: Sequence[ParkRow], before: Sequence[ParkRow]) -> list[dict[str, Any]]:
    earlier = {row.park: row for row in before}
    return [_line(ctx, row, earlier.get(row.park)) for row in rows]


def _line(ctx: Context, row: ParkRow, before: ParkRow | None) -> dict[str, Any]:
    say = ctx.say
    text, status = words.standing(row, say)
    same_months = before is not None and before.months == row.months
    place = f"{row.province} · {say('Demo data')}" if row.demo else row.province
    title = [
        dcc.Link(row.title, href=f"/regulator/park?park={row.park}", className="ly-park"),
        html.Span(place, className="ly-note"),
    ]

    def changed(key: str) -> str | None:
        return words.change(row.figures[key], before.figures[key]) if before and same_months else None

    chip, note = cards.status_chip(text, status), html.Span(words.not_ranked(row, say), className="ly-note")
    return {
        "park": html.Span(title, className="ly-stack"),
        "core": number(row.core, 4),
        "standing": html.Span([chip, note], className="ly-stack"),
        "emission": words.figure(row, "emission_tco2", say),
        "emission_change": changed("emission_tco2"),
        "energy": words.figure(row, "energy_equivalent_tce", say),
        "energy_change": changed("energy_equivalent_tce"),
        "green": f"{number(row.clean_share * 100, 2)} %" if row.clean_share is not None else say("Not shown"),
        "coverage": words.coverage_text(row, say),
        "completeness": f"{number(row.completeness * 100, 1)} %" if row.completeness is not None else None,
        "months": f"{row.months}" + (f" (+{row.held_back} {say('held back')})" if row.held_back else ""),
    }


def callbacks(app: Dash) -> None:
    """Another year; the table as a workbook."""

    @app.callback(Output("compare", "children"), Input("compare-year", "value"), prevent_initial_call=True)
    def another_year(year: str) -> Any:
        return _content(context("summary.see"), int(year))

    @app.callback(
        Output("compare-file", "data"),
        Input("compare-export", "n_clicks"),
        State("compare-year", "value"),
        prevent_initial_call=True,
    )
    def workbook(_: int | None, year: str) -> Any:
        ctx = context("summary.see")
        with regulator_session(ctx.db) as session:
            rows = summaries.compared(session, int(year))
        return download(export.workbook(rows, int(year), ctx.say), f"lingyuan-parks-{year}.xlsx")
