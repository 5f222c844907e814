"""A firm's data: what is measured, estimated and missing day by day, what looks wrong, and repair in place."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash import ctx as fired

from dashboards import cards
from dashboards.aria import aria
from dashboards.for_tenants import problem_list, problem_look, year_calendar
from dashboards.room import Context, Query, context, refusal
from park import problems as words
from tenants import clock
from tenants.db import TenantSession, tenant_session
from tenants.errors import InvalidInput, LingyuanError
from tenants.quality import coverage, decide, find
from tenants.quality import problems as kept


def layout(ctx: Context, query: Query) -> Any:
    """The page."""
    say = ctx.say
    with tenant_session(ctx.db, ctx.tenant) as session:
        years = coverage.years(session)
        if not years:
            return cards.page(say("Data"), problem_list.nothing_yet(ctx))
        listed = problem_list.listing(ctx, session)
        topology, channels = year_calendar.channels(session)
        last = session.scalar("SELECT max(day) FROM curve") or clock.today(session.zone)
        calendars = year_calendar.calendars(ctx, session, last.year, None)
    meters = [{"value": str(one.id), "label": year_calendar.label(ctx, topology, one)} for one in channels]
    tools = html.Div(
        [
            dmc.Select(
                id="data-meter", value="all", data=[{"value": "all", "label": say("All meters")}, *meters], allowDeselect=False,
                w=230, **aria(label=say("Meter")),
            ),
            dmc.Select(
                id="data-year", value=str(last.year), data=[str(year) for year in years], allowDeselect=False, w=100,
                **aria(label=say("Year")),
            ),
        ],
        className="ly-tools",
    )  # fmt: skip
    return cards.page(
        say("Data"),
        html.Div(id="data-said", **aria(live="polite")),
        html.Div(listed, id="data-problems", className="ly-body"),
        cards.section(
            say("Day by day"), html.Div(calendars, id="data-calendars", className="ly-body"), tools=tools,
            note=say("One square is a day."),
        ),
        dcc.Store(id="problem-id"),
        cards.explain_drawer("problem-drawer", "problem-body", say("Problem"), say, problem_look.form(ctx)),
        lead=say("Nothing is filled in or thrown away by itself: you decide, and every decision can be taken back."),
    )  # fmt: skip


def _uuid(given: Any) -> UUID | None:
    """The id a button or store carries; None for anything else."""
    try:
        return UUID(str(given).partition(" ")[0])
    except ValueError:
        return None


def callbacks(app: Dash) -> None:
    """Looking at a problem, deciding, taking back, checking again; another meter or year."""
    _looking(app)
    _deciding(app)
    _choosing(app)


def _looking(app: Dash) -> None:
    @app.callback(
        Output("problem-drawer", "opened"),
        Output("problem-drawer", "title"),
        Output("problem-told", "children"),
        Output("problem-choice", "children"),
        Output("problem-choice", "value"),
        Output("problem-total", "value"),
        Output("problem-reason", "value"),
        Output("problem-id", "data"),
        Input({"type": "problem-look", "id": ALL}, "n_clicks"),
        Input("data-said", "children"),
        prevent_initial_call=True,
    )
    def look(clicks: list[int | None], said: Any) -> Any:
        if fired.triggered_id == "data-said":  # something was decided: the drawer has done its work
            return False, *(no_update,) * 7
        wanted = _uuid(fired.triggered_id.get("id")) if isinstance(fired.triggered_id, dict) else None
        if not any(clicks) or wanted is None:
            return (no_update,) * 8
        ctx = context("firm.see")
        with tenant_session(ctx.db, ctx.tenant) as session:
            problem = kept.get(session, wanted)
            title = f"{words.title(problem, ctx.lang)} · {problem.meter}"
            options = problem_look.choices(ctx, session, problem)
        stack = dmc.Stack(options, gap=8, mt=8)
        # A number that is new each time: the same problem looked at again is drawn again.
        return True, title, problem_look.told(ctx, problem), stack, options[0].value, "", "", f"{problem.id} {time.time_ns()}"

    @app.callback(
        Output("problem-picture", "children"),
        Output("problem-total", "style"),
        Input("problem-choice", "value"),
        Input("problem-total", "value"),
        Input("problem-id", "data"),
        prevent_initial_call=True,
    )
    def preview(choice: Any, total: Any, stored: Any) -> Any:
        wanted = _uuid(stored)
        if wanted is None or not isinstance(choice, str):
            return no_update, no_update
        ctx = context("firm.see")
        style = {} if choice == "replace:given" else {"display": "none"}
        with tenant_session(ctx.db, ctx.tenant) as session:
            return problem_look.picture(ctx, session, kept.get(session, wanted), choice, str(total or "")), style


def _deciding(app: Dash) -> None:
    @app.callback(
        Output("data-said", "children"),
        Output("problem-refused", "children"),
        Output("data-problems", "children"),
        Input("problem-save", "n_clicks"),
        Input({"type": "problem-undo", "id": ALL}, "n_clicks"),
        Input({"type": "problem-more", "id": ALL}, "n_clicks"),
        Input({"type": "problem-check", "id": ALL}, "n_clicks"),
        Input("problem-id", "data"),
        State("problem-choice", "value"),
        State("problem-total", "value"),
        State("problem-reason", "value"),
        prevent_initial_call=True,
    )
    def act(save: Any, undone: Any, more: Any, check: Any, stored: Any, choice: Any, total: Any, reason: Any) -> Any:
        pressed = fired.triggered_id
        if pressed == "problem-id":  # another problem is looked at: what was said about the last one is gone
            return no_update, None, no_update
        ctx = context("firm.see")
        if pressed == "problem-save" and save and isinstance(choice, str):
            return _save(ctx, _uuid(stored), choice, str(total or ""), str(reason or ""))
        kind = str(pressed.get("type")) if isinstance(pressed, dict) else ""
        clicked = {"problem-undo": undone, "problem-more": more, "problem-check": check}.get(kind) or []
        if not isinstance(clicked, list) or not any(clicked):
            return (no_update,) * 3
        if kind == "problem-undo":
            return _undo(ctx, _uuid(pressed["id"]))
        if kind == "problem-check":
            return _check(ctx)
        with tenant_session(ctx.db, ctx.tenant) as session:
            return no_update, no_update, problem_list.listing(ctx, session, every=True)


def _choosing(app: Dash) -> None:
    @app.callback(
        Output("data-calendars", "children"),
        Input("data-meter", "value"),
        Input("data-year", "value"),
        Input("data-said", "children"),
        prevent_initial_call=True,
    )
    def calendar(meter: Any, year: Any, said: Any) -> Any:
        if not str(year).isdecimal() or not 2000 <= int(year) <= 2098 or not (meter == "all" or str(meter).isdecimal()):
            return no_update
        ctx = context("firm.see")
        with tenant_session(ctx.db, ctx.tenant) as session:
            return year_calendar.calendars(ctx, session, int(year), None if meter == "all" else int(meter))


def _save(ctx: Context, wanted: UUID | None, choice: str, total: str, reason: str) -> Any:
    """Writes the decision; a refusal stands beside the button and nothing is lost."""
    ctx.who.require("firm.enter")
    if wanted is None:
        return (no_update,) * 3
    try:
        with tenant_session(ctx.db, ctx.tenant) as session:
            done = _decided(session, wanted, choice, total, reason, ctx.who.actor)
            said = ctx.say(
                {"accepted": "Kept as true.", "left": "Left as it is.", "replaced": "Replaced: {total} {unit}."}[done[0].state],
                total=words.quantity(done[1]), unit=ctx.say(done[0].unit),
            )  # fmt: skip
            listed = problem_list.listing(ctx, session)
            return cards.notice(said, "good", action=problem_list.undo_button(ctx, done[0])), None, listed
    except LingyuanError as error:
        return no_update, refusal(ctx, error), no_update


def _decided(session: TenantSession, wanted: UUID, choice: str, total: str, reason: str, actor: str) -> tuple[kept.Problem, int]:
    if choice == "accept":
        return decide.confirm(session, wanted, actor=actor, reason=reason), 0
    if choice == "leave":
        return decide.leave(session, wanted, actor=actor, reason=reason), 0
    if not choice.startswith("replace:"):
        raise InvalidInput(field="choice", reason="nothing is chosen", remedy="Choose what shall become of it.")
    method = choice.removeprefix("replace:")
    done, repaired = decide.replace(session, wanted, method=method, actor=actor, reason=reason, total=total)
    return done, repaired.total


def _undo(ctx: Context, wanted: UUID | None) -> Any:
    ctx.who.require("firm.enter")
    if wanted is None:
        return (no_update,) * 3
    try:
        with tenant_session(ctx.db, ctx.tenant) as session:
            decide.undo(session, wanted, actor=ctx.who.actor, reason=ctx.say("taken back by hand"))
            said = cards.notice(ctx.say("Taken back: everything is as before."), "good")
            return said, None, problem_list.listing(ctx, session)
    except LingyuanError as error:
        return refusal(ctx, error), no_update, no_update


def _check(ctx: Context) -> Any:
    ctx.who.require("firm.enter")
    with tenant_session(ctx.db, ctx.tenant) as session:
        found = find.find(session)
        text = ctx.say("Checked: {changed} new or changed, {gone} gone.", changed=found.changed, gone=found.gone)
        return cards.notice(text, "good"), no_update, problem_list.listing(ctx, session)
