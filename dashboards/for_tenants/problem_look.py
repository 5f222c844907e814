"""One problem: its picture with the suspected part marked, and what to do about it, shown in the picture before it is done."""

from __future__ import annotations

import datetime as dt
from typing import Any

import dash_mantine_components as dmc
import numpy as np
from dash import html

from dashboards import cards, explained, figures
from dashboards.aria import aria
from dashboards.room import Context
from park import problems as words
from park.words import say as in_words
from tenants import clock
from tenants.calc.quality.estimate import CannotEstimate
from tenants.db import TenantSession
from tenants.errors import LingyuanError
from tenants.flows import ESTIMATED
from tenants.quality import repair
from tenants.quality.evidence import history
from tenants.quality.problems import Problem
from tenants.quality.repair import METHODS, Repair
from tenants.topology import load

BESIDE_DAYS = 2  # shown before and after, and as much as the problem is long
MOST_DAYS = 62
REASONS = ("Checked with the workshop", "The meter or its gateway was faulty", "The plant was at rest", "The line was down")


def form(ctx: Context) -> Any:
    """The drawer's content before a problem is chosen: it stands in the page from the start, so that callbacks find its parts."""
    say = ctx.say
    return html.Div(
        [
            html.Div(id="problem-told"),
            html.Div(id="problem-picture"),
            dmc.RadioGroup([], id="problem-choice", label=say("What shall become of it?"), size="sm"),
            dmc.TextInput(
                id="problem-total", label=say("Total of the stretch"), inputProps={"inputMode": "decimal"}, debounce=600,
                style={"display": "none"},
            ),
            dmc.Autocomplete(
                id="problem-reason", label=say("Reason"), data=[say(one) for one in REASONS],
                placeholder=say("one sentence, kept with your name"),
            ),
            html.Div(id="problem-refused", **aria(live="polite")),
            dmc.Button(say("Save the decision"), id="problem-save"),
        ],
        className="ly-body",
    )  # fmt: skip


def told(ctx: Context, problem: Problem) -> Any:
    """What is thought wrong, why, and what may be done about its cause."""
    remedy = words.remedy(problem, ctx.lang)
    return [html.P(words.sentence(problem, ctx.lang)), html.P(remedy, className="ly-note")]


def choices(ctx: Context, session: TenantSession, problem: Problem) -> list[Any]:
    """The ways out, estimates first with what each comes to; those that do not work say why and cannot be chosen."""
    say = ctx.say
    rule = words.rule_of(problem.rule)
    found = repair.choices(session, problem)
    able, unable = [], []
    for method in rule.methods:
        name, proposal = say(METHODS[method]), found.get(method)
        if isinstance(proposal, CannotEstimate):
            reason = in_words(proposal, ctx.lang)["message"]
            unable.append(dmc.Radio(value=f"replace:{method}", label=name, description=reason, disabled=True))
        else:
            able.append(dmc.Radio(value=f"replace:{method}", label=name, description=_comes_to(ctx, problem, proposal)))
    told = [dmc.Radio(value="leave", label=say("Leave it as it is"), description=say("Known; the data is not touched."))]
    if problem.rule not in ("gap", "gaps"):
        fine = say("The values are right; this is not shown again.")
        told.insert(0, dmc.Radio(value="accept", label=say("True as it is"), description=fine))
    return [*able, *told, *unable]


def _comes_to(ctx: Context, problem: Problem, proposal: Repair | None) -> str:
    say, unit = ctx.say, ctx.say(problem.unit)
    if proposal is None:
        return say("counts as entered by you")
    total = words.quantity(proposal.total)
    if proposal.quality == ESTIMATED:
        return say("{total} {unit}, kept as an estimate", total=total, unit=unit)
    return say("{total} {unit}, counts as corrected by you", total=total, unit=unit)


def picture(ctx: Context, session: TenantSession, problem: Problem, choice: str | None, total: str | None) -> Any:
    """The curve around the problem, with the values of the chosen method."""
    say = ctx.say
    rule = words.rule_of(problem.rule)
    if not rule.shape:
        return html.Div()
    seen = history(session, load(session).channels[problem.channel], *_days(problem))
    values = np.where(seen.line(seen.quality) > 0, seen.line(seen.values), np.nan) * 60 / seen.step / 1000
    drawn, note, failed = np.full(values.size, np.nan), "", ""
    if choice and choice.startswith("replace:") and (choice != "replace:given" or total):
        try:
            proposal = repair.propose(session, problem, choice.removeprefix("replace:"), total)
            at = np.searchsorted(seen.starts, proposal.start)
            known = (at < values.size) & (proposal.step == seen.step)
            drawn[at[known]] = proposal.values[known] * 60 / seen.step / 1000
            note = _comes_to(ctx, problem, proposal)
        except LingyuanError as error:
            failed = in_words(error, ctx.lang)["message"]
    zone = session.zone
    unit = words.REGISTER_RATES.get(problem.unit) or f"{say(problem.unit)}/h"
    figure = figures.suspect_curve(
        dt.datetime.fromtimestamp(int(seen.starts[0]), zone),
        seen.step,
        values,
        unit=unit,
        name=explained.flow_name(problem.flow, say),
        missing=say("Missing"),
        marked=figures.Marked(problem.start.replace(tzinfo=None), problem.end.replace(tzinfo=None), say("In doubt")),
        estimated=seen.line(seen.quality) == ESTIMATED,
        estimated_name=say("Estimated"),
        proposed=drawn,
        proposed_name=say("Would be"),
    )
    summary = note or say("{meter}: the marked part is in doubt.", meter=problem.meter)
    graph = cards.graph("problem-figure", figure, summary, lang=ctx.lang, height=280)
    return html.Div([graph, html.P(failed, className="ly-note") if failed else None])


def _days(problem: Problem) -> tuple[int, int]:
    """The days that the picture shows: the problem, and some before and after it."""
    first, last = (clock.number_of(at.date()) for at in (problem.start, problem.end))
    beside = min(max(BESIDE_DAYS, last - first), 14)
    if problem.rule == "level_shift":
        return first - 28, first + 28
    if last - first > MOST_DAYS:
        return first - beside, first + MOST_DAYS
    return first - beside, last + beside
