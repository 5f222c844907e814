"""Where the park stands against zero carbon, and what holds it back: the administrator's one page, by importance."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash import ctx as fired

from dashboards import cards, explained
from dashboards.for_park import guiding, picture
from dashboards.room import Context, Query, context, period_of
from park import parks, progress, rollups
from park.access import park_session
from park.notation import change, number
from park.notation import energy as energy_text
from park.notation import period as period_text
from park.words import tell
from tenants import period
from tenants.db import Session
from tenants.ledger import verdict

EVERY_MS = 3000  # how often a page asks whether anything new was published
VERDICTS: dict[str, tuple[str, cards.Status]] = {
    "met": ("Within the national limit", "good"),
    "not_met": ("Above the national limit", "bad"),
    "not_defined": ("No national limit for a park of this size", "undefined"),
    "not_determinable": ("Cannot be judged yet", "neutral"),
}


def layout(ctx: Context, query: Query) -> Any:
    """The page, for the period in the address or the year to date."""
    today = ctx.today
    with park_session(ctx.db, ctx.park) as session:
        first = session.scalar("SELECT min(month) FROM flow_month") or today.replace(day=1)
        shown = _shown(session, period.named("ytd", today))
        picker = cards.period_picker("progress-period", "ytd", today.replace(day=1), first=first, last=today, say=ctx.say)
        content = _content(ctx, session, period.named("ytd", today), today)
    return html.Div(
        [
            dcc.Interval("progress-clock", interval=EVERY_MS),
            dcc.Store("progress-shown", data=shown),
            cards.page(
                ctx.say("Progress to zero carbon"), html.Div(content, id="progress-content", className="ly-body"), tools=picker
            ),
            cards.explain_drawer("progress-drawer", "progress-how", ctx.say("How this is computed"), ctx.say),
        ]
    )


def _shown(session: Session, of: period.Period) -> str:
    """What the content says: another period, or another number of publications by the park's tenants, and it is outdated.

    The period is part of it, because a tick of the clock overtakes the choice of a period that is still under way: then it
    is the tick that has to bring it.
    """
    return f"{of.kind} {of.start} {session.scalar('SELECT coalesce(sum(revision), 0) FROM published')}"


def _content(ctx: Context, session: Session, of: period.Period, today: dt.date) -> list[Any]:
    park = parks.own(session)
    now = rollups.of_park(session, of, progress.METHOD)
    before = rollups.of_park(session, of.year_before(), progress.METHOD)
    members = progress.ranking(session, of)
    if not any(one.emission_tco2 is not None for one in members):
        return [_nothing_yet(ctx)]
    judged = progress.judged(session, now, today)
    limit = judged.limit.limit if judged.limit else None
    return [
        _headline(ctx, session, park, now, before, judged),
        *_remarks(ctx, now),
        cards.split(picture.path(ctx, session, today), picture.obstacles(ctx, session, now, limit or park.own_target, today)),
        cards.section(ctx.say("Energy use and structure"), picture.energy(ctx, now, before)),
        cards.split(picture.flow(ctx, session, now), picture.clean(ctx, now)),
        cards.split(
            picture.ranking(ctx, members),
            html.Div([picture.submission(ctx, session, of, today), guiding.guiding(ctx, now)], className="ly-body"),
        ),
    ]


def _nothing_yet(ctx: Context) -> Any:
    say = ctx.say
    links = [
        dcc.Link(say("Invite firms"), href="/park/tenants", className="ly-button"),
        dcc.Link(say("Enter a sheet for all firms"), href="/park/held", className="ly-button"),
    ]
    return cards.empty_state(
        say("No figure yet"),
        say(
            "As soon as a firm uploads a file or bill, or you enter the sheet of account numbers and months, "
            "the park's figures appear here."
        ),
        html.Div(links, className="ly-actions"),
        symbol="target",
    )


def _headline(
    ctx: Context, session: Session, park: Any, now: rollups.ParkAccount, before: rollups.ParkAccount, judged: Any
) -> Any:
    say = ctx.say
    figure, earlier = now.whole.figures["carbon_per_energy"], before.whole.figures["carbon_per_energy"]
    text, status = VERDICTS[judged.status]
    marks = []
    if judged.limit is not None:
        marks.append(cards.Mark(say("National limit"), float(judged.limit.limit), number(judged.limit.limit, 2), "limit"))
    if park.own_target is not None:
        marks.append(cards.Mark(say("Own target"), float(park.own_target), number(park.own_target, 2)))
    title = say("Carbon per unit of energy, members only") if now.members_only else say("Carbon per unit of energy")
    partial = [period_text(now.period, ctx.lang)]
    if now.period.kind != "year" or not now.period.complete(ctx.today):
        partial.append(say("the indicator is annual: this is a partial year"))
    return cards.headline_card(
        title,
        explained.shown(figure),
        "tCO2/tce",
        say=say,
        data_indicator="carbon_per_energy",
        verdict=status,
        verdict_text=say(text),
        verdict_note=_why(ctx, session, judged, now),
        at=float(figure.value) if figure.value is not None else None,
        marks=marks,
        stats=_stats(ctx, session, now),
        changes=[cards.Change(change(figure.value, earlier.value), say("year on year"), _better(figure.value, earlier.value))]
        if earlier.value
        else [],
        partial=" · ".join(partial),
        method=explained.method_line(now.whole, figure, say),
        completeness=explained.completeness(figure.completeness, figure.estimated_share),
        explain="carbon_per_energy",
    )


def _why(ctx: Context, session: Session, judged: Any, now: rollups.ParkAccount) -> str:
    """Why it is judged so; for a part of a year also how the last whole year stood."""
    reason = tell(judged.reason, judged.facts, ctx.lang) if judged.reason else ""
    year = now.period.end.year - 1 if now.period.end.month > 1 else now.period.end.year - 2
    if judged.status != "not_determinable" or now.members_only:
        return reason
    whole = rollups.of_park(session, period.of_year(year), progress.METHOD)
    value = explained.shown(whole.whole.figures["carbon_per_energy"])
    if value is None:
        return reason
    found = verdict(whole.whole, members_only=whole.members_only)
    last = ctx.say(
        "{year}, the last whole year: {value} tCO2/tce, {verdict}.",
        year=year,
        value=value,
        verdict=ctx.say(VERDICTS[found.status][0]),
    )
    return f"{reason} {last}".strip()


def _remarks(ctx: Context, now: rollups.ParkAccount) -> list[Any]:
    """What stands in the way of the figures: a total below the firms' sum, a factor that is missing."""
    found = [problem for problem in (now.problem, now.whole.figures["carbon_per_energy"].problem) if problem is not None]
    said = [explained.said_of(problem, ctx.say) for problem in found]
    return [cards.notice(one["message"], "bad", remedy=one["remedy"]) for one in said]


def _better(now: Decimal | None, before: Decimal | None) -> bool | None:
    return None if now is None or before is None or now == before else now < before


def _stats(ctx: Context, session: Session, now: rollups.ParkAccount) -> list[cards.Stat]:
    say = ctx.say
    firms = progress.coverage(session)
    emission, energy = now.whole.figures["emission_tco2"], now.whole.figures["energy_equivalent_tce"]
    coverage = say("not known") if now.coverage is None else f"{number(now.coverage * 100, 1)} %"
    gap = sum(one.quantity for one in now.remainder if one.flow == "grid_in")
    offsets = session.scalar(
        "SELECT sum(tonnes) FROM offset_year WHERE year = :year AND status = 'retired'", year=now.period.factor_year
    )
    rolling = rollups.of_park(session, period.named("rolling", now.period.end - dt.timedelta(days=1)), progress.METHOD)
    over_a_year = explained.shown(rolling.whole.figures["carbon_per_energy"]) or say("No value")
    return [
        cards.Stat(say("Rolling 12 months"), over_a_year, "tCO2/tce", "carbon_per_energy_rolling"),
        cards.Stat(say("Emission"), explained.shown(emission) or say("No value"), "tCO2", "emission_tco2"),
        cards.Stat(say("Energy use (equivalent)"), explained.shown(energy) or say("No value"), "tce", "energy_equivalent_tce"),
        cards.Stat(say("Firms joined / held by the park"), f"{firms['joined']} / {firms['held']}"),
        cards.Stat(say("Energy coverage"), coverage),
        cards.Stat(
            say("Gap to the park's own total"), *((say("not known"), "") if now.members_only else energy_text(gap, ctx.lang))
        ),
        cards.Stat(say("Offsets retired, never deducted"), number(offsets or 0), "tCO2e"),
    ]


def callbacks(app: Dash) -> None:
    """Another period, something newly published, a figure to explain."""
    cards.period_callbacks(app, "progress-period")

    @app.callback(
        Output("progress-content", "children"),
        Output("progress-shown", "data"),
        Input("progress-clock", "n_intervals"),
        Input("progress-period", "data"),
        State("progress-shown", "data"),
        prevent_initial_call=True,
    )
    def renew(_: int | None, data: dict[str, str] | None, seen: str | None) -> Any:
        ctx = context("park.see")
        with park_session(ctx.db, ctx.park) as session:
            of = period_of(ctx, data)
            shown = _shown(session, of)
            return (no_update, no_update) if shown == seen else (_content(ctx, session, of, ctx.today), shown)

    @app.callback(
        Output("progress-drawer", "opened"),
        Output("progress-how", "children"),
        Input({"type": "explain", "key": ALL}, "n_clicks"),
        State("progress-period", "data"),
        prevent_initial_call=True,
    )
    def explain(clicks: list[int], data: dict[str, str] | None) -> Any:
        if not any(clicks) or not isinstance(fired.triggered_id, dict):
            return no_update, no_update
        ctx = context("park.see")
        with park_session(ctx.db, ctx.park) as session:
            found = rollups.of_park(session, period_of(ctx, data), progress.METHOD)
        return True, cards.explain_body(explained.explanation(found.whole, fired.triggered_id["key"], ctx.say), ctx.say)
