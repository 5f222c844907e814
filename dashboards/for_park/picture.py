"""The parts of the progress page: path, obstacles, energy, flow, clean kinds, ranking, submission."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dash import dcc, html

from dashboards import cards, explained, figures
from dashboards.aria import data
from dashboards.cards.words import Say
from dashboards.room import Context
from park import progress, rollups
from park.notation import MISSING, change, enumerated, number
from park.notation import energy as energy_text
from park.notation import month as month_text
from tenants.db import Session
from tenants.period import Period

CLEAN_NAMES = {
    "clean_pv_tce": ("Self-use of PV", "pv_self"),
    "clean_direct_tce": ("Direct line", "direct"),
    "clean_traded_tce": ("Traded green power", "traded"),
    "clean_gec_tce": ("Green certificates", "certificates"),
    "clean_other_tce": ("Other non-fossil energy", "other_clean"),
}
USERS = {"": "Other firms", progress.REST: "Not assigned to a firm"}
LONGEST_LIST = 8


def path(ctx: Context, session: Session, today: dt.date) -> Any:
    """Emission of each year against the path of targets, with this year's likely end."""
    say = ctx.say
    years = progress.path(session, today)
    if not any(one.target is not None for one in years):
        return _no_targets(say)
    guess = progress.forecast(session, today)
    band = None
    if guess is not None:
        band = figures.Band(float(guess.low), float(guess.value), float(guess.high), say("Likely at the year's end"))
    drawn = figures.emission_path(
        [one.year for one in years],
        [_float(one.target) for one in years],
        [_float(one.emission) if one.complete else None for one in years],
        unit="tCO2",
        target_name=say("Target"),
        actual_name=say("Emission"),
        forecast=band,
        forecast_year=today.year if band else None,
        decimals=0,
    )
    return cards.chart_card(say("Path to the target"), "progress-path", drawn, _likely(guess, today, say), lang=ctx.lang)


def _no_targets(say: Say) -> Any:
    link = dcc.Link(say("Set targets"), href="/park/settings", className="ly-button")
    why = say("Set the emission you aim at for each year; the path appears here.")
    return cards.card(say("Path to the target"), cards.empty_state(say("No targets yet"), why, link, symbol="flag"))


def _likely(guess: progress.Forecast | None, today: dt.date, say: Say) -> str:
    if guess is None:
        return say("The year's end cannot be estimated yet: last year's months are not complete.")
    return say(
        "Likely at the end of {year}: {value} tCO2 ({low} to {high}), from {count} complete months and last year's other months.",
        year=today.year,
        value=number(guess.value),
        low=number(guess.low),
        high=number(guess.high),
        count=guess.months,
    )


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def obstacles(ctx: Context, session: Session, now: rollups.ParkAccount, limit: Decimal | None, today: dt.date) -> Any:
    """The five largest things between the park and its limit or own target."""
    say = ctx.say
    found = progress.holding_back(session, now, limit, today)
    rows = [_obstacle(one, say, ctx.lang) for one in found]
    body = html.Ol(rows, className="ly-obstacles") if rows else html.P(say("Nothing found."), className="ly-note")
    return cards.card(say("What holds us back"), body, note=say("The five largest, with their size"))


def _obstacle(one: progress.Obstacle, say: Say, lang: str) -> Any:
    if one.kind == "fuel":
        title, flow = one.title.rsplit(" · ", 1)
        text = say("{firm} burns {fuel}", firm=title, fuel=explained.flow_name(flow, say))
        amount = f"{number(one.amount, 0)} tCO2"
    elif one.kind == "green_power":
        text, amount = (
            say("Green power missing to the limit or own target"),
            str(energy_text(int(one.amount * 1000), lang, places=0)),
        )
    else:
        text, amount = say("Months not confirmed: {names}", names=one.title), say("{count} firms", count=number(one.amount))
    return html.Li([html.Span(text), html.B(amount, className="ly-figure")])


def energy(ctx: Context, now: rollups.ParkAccount, before: rollups.ParkAccount) -> Any:
    """Energy use at both values, electricity and its own generation, intensity."""
    keys = (
        "energy_equivalent_tce",
        "energy_calorific_tce",
        "consumption_kwh",
        "pv_generation_share",
        "pv_self_use_share",
        "direct_share",
        "energy_per_output",
        "emission_per_output",
    )
    return cards.grid(
        *[explained.card(now.whole, key, ctx.say, changes=_changes(ctx, now, before, key), brief=True) for key in keys]
    )


def _changes(ctx: Context, now: rollups.ParkAccount, before: rollups.ParkAccount, key: str) -> tuple[cards.Change, ...]:
    value, earlier = now.whole.figures[key].value, before.whole.figures[key].value
    text = change(value, earlier)
    return () if text == MISSING else (cards.Change(text, ctx.say("year on year")),)


def flow(ctx: Context, session: Session, now: rollups.ParkAccount) -> Any:
    """Where the energy comes from and who uses it, in tce at equivalent value."""
    say = ctx.say
    links = progress.energy_flow(session, now.period, now.remainder)
    sources = list(dict.fromkeys(link.source for link in links))
    users = list(dict.fromkeys(link.target for link in links))
    if not links:
        return cards.card(say("Energy flow"), html.P(say("No figure yet"), className="ly-note"))
    nodes = [
        *(figures.Node(key, explained.flow_name(key, say), explained.FLOW_MEANINGS.get(key, "")) for key in sources),
        *(figures.Node(key, say(USERS.get(key, key))) for key in users),
    ]
    drawn = figures.sankey(nodes, [figures.Link(one.source, one.target, float(one.tce)) for one in links], unit="tce")
    total = sum((one.tce for one in links), Decimal(0))
    # A stream to one firm says more than the one to all the small firms together.
    largest = max(links, key=lambda one: (one.target not in USERS, one.tce))
    summary = say(
        "{total} tce in all; the largest stream is {source} to {target}.",
        total=number(total),
        source=explained.flow_name(largest.source, say),
        target=say(USERS.get(largest.target, largest.target)),
    )
    return cards.chart_card(say("Energy flow"), "progress-flow", drawn, summary, lang=ctx.lang, height=420)


def clean(ctx: Context, now: rollups.ParkAccount) -> Any:
    """The clean share in its kinds, with the second reading."""
    say = ctx.say
    figure, whole = now.whole.figures["clean_energy_share"], now.whole.figures["energy_equivalent_tce"].value
    shares = [
        cards.Share(say(name), float(value / whole) if value is not None and whole else None, meaning)
        for (key, value) in progress.clean_kinds(now.whole.figures)
        for name, meaning in (CLEAN_NAMES[key],)
    ]
    second = now.whole.figures["clean_energy_share_with_gas"]
    return cards.card(
        say("Clean energy share"),
        html.Div(
            [
                html.Span(
                    explained.shown(figure) or say("No value"), className="ly-figure", **data(indicator="clean_energy_share")
                ),
                html.Span("%", className="ly-unit"),
            ],
            className="ly-number",
        ),
        cards.share_bar(shares, label=say("Clean energy share"), rest=say("Not clean")),
        html.P(
            say(
                "The definition is not published. With natural gas counted it would be {value} %.",
                value=explained.shown(second) or say("No value"),
            ),
            className="ly-note",
        ),
        tools=cards.explain_button("clean_energy_share", say, about=say("Clean energy share")),
    )


def ranking(ctx: Context, members: Sequence[progress.Member]) -> Any:
    """Tenants by emission, with intensity and year on year. Who has no figure is hatched, not zero."""
    say = ctx.say
    largest = max((one.emission_tco2 for one in members if one.emission_tco2 is not None), default=None)
    rows = [_ranked(ctx, one, largest) for one in members]
    return cards.card(
        say("Firms by emission"),
        cards.ranking_bars(rows, label=say("Firms by emission")),
        note=say("Total; year on year; kgCO2 per 10,000 CNY of output"),
    )


def _ranked(ctx: Context, one: progress.Member, largest: Decimal | None) -> cards.Ranked:
    say = ctx.say
    notes = []
    if one.year_on_year is not None:
        notes.append(change(one.emission_tco2, one.year_before_tco2))
    if one.kg_per_10k_cny is not None:
        notes.append(f"{number(one.kg_per_10k_cny, 1)} kg")
    share = float(one.emission_tco2 / largest) if one.emission_tco2 is not None and largest else None
    chip = say("Public loads") if one.kind == "public" else say("Entered by the park") if one.held else ""
    return cards.Ranked(
        one.title,
        f"{number(one.emission_tco2, 0)} tCO2" if one.emission_tco2 is not None else say("No data yet"),
        share,
        note=" · ".join(notes),
        chip=chip,
    )


def submission(ctx: Context, session: Session, of: Period, today: dt.date) -> Any:
    """Who has not confirmed which month, with a reminder to copy."""
    say = ctx.say
    open_ = [one for one in progress.unsubmitted(session, of, today) if not one.held]
    if not open_:
        return cards.card(say("Completeness and submission"), cards.notice(say("Every firm has confirmed every month."), "good"))
    rows = [
        {"firm": one.title, "months": _months(ctx, one.months), "empty": _months(ctx, one.empty)} for one in open_[:LONGEST_LIST]
    ]
    columns = [
        cards.Column("firm", say("Firm")),
        cards.Column("months", say("Not confirmed")),
        cards.Column("empty", say("Without data")),
    ]
    return cards.card(
        say("Completeness and submission"),
        cards.table(columns, rows, caption=say("Who has not submitted")),
        html.Div(
            [
                html.Span(say("Reminder to copy"), className="ly-label"),
                dcc.Clipboard(target_id="reminder", className="ly-copy"),
                html.P(_reminder(ctx, open_), id="reminder", className="ly-note"),
            ]
        ),
        note=say("{count} firms have months that are not confirmed", count=len(open_)),
    )


def _months(ctx: Context, months: Sequence[dt.date]) -> str:
    if not months:
        return ""
    if len(months) == 1:
        return month_text(months[0], ctx.lang)
    return ctx.say("{first} to {last} ({count})", first=f"{months[0]:%Y-%m}", last=f"{months[-1]:%Y-%m}", count=len(months))


def _reminder(ctx: Context, open_: Sequence[progress.Unsubmitted]) -> str:
    names = enumerated((one.title for one in open_), ctx.lang)
    return ctx.say(
        "Dear colleagues of {names}: please upload the missing months' electricity and gas and confirm them. Thank you.",
        names=names,
    )
