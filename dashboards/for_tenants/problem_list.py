"""What looks wrong in the firm's data, the most energy first; and what has been decided."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboards import cards, explained
from dashboards.cards.status import Status
from dashboards.room import Context
from park import problems as words
from park.notation import number
from tenants.db import TenantSession
from tenants.quality import problems, worth
from tenants.quality.problems import Problem

FEW = 5
STATE_WORDS = {"accepted": "True as it is", "replaced": "Replaced by an estimate", "left": "Left as it is"}
GRAVE = {"gap", "gaps", "unit_slip", "stuck", "above_rated"}


def listing(ctx: Context, session: TenantSession, *, every: bool = False) -> list[Any]:
    """The open problems and the decided ones."""
    say, found = ctx.say, problems.listed(session)
    price = worth.price(session) if found else None
    shown = found if every else found[:FEW]
    more = (
        dmc.Button(
            say("Show the other {count}", count=len(found) - FEW), id={"type": "problem-more", "id": "all"}, variant="default"
        )
        if len(found) > len(shown)
        else None
    )
    check = dmc.Button(say("Check now"), id={"type": "problem-check", "id": "now"}, variant="default", size="compact-sm")
    if found:
        open_ = cards.section(
            say("What looks wrong"),
            *(_card(ctx, one, price) for one in shown),
            more,
            tools=check,
            note=_summary(ctx, found, price),
        )
    else:
        done = cards.empty_state(
            say("Nothing looks wrong"),
            say("New data is checked as it comes in: gaps, spikes, stuck values, wrong units, meters and bills that disagree."),
            check, symbol="check",
        )  # fmt: skip
        open_ = cards.section(say("What looks wrong"), done)
    return [open_, _decided(ctx, session)]


def _summary(ctx: Context, found: list[Problem], price: Decimal | None) -> str:
    say = ctx.say
    if price is None:
        return say("{count} open, the most energy first", count=len(found))
    return say("{count} open, the most energy first; yuan at {price} a kWh", count=len(found), price=number(price, 3))


def _card(ctx: Context, one: Problem, price: Decimal | None) -> Any:
    say, yuan = ctx.say, worth.yuan(one, price)
    look = dmc.Button(
        say("Look and decide"), id={"type": "problem-look", "id": str(one.id)}, size="compact-sm", variant="light",
        **{"aria-label": f"{say('Look and decide')}: {words.title(one, ctx.lang)}, {one.meter}"},
    )  # fmt: skip
    status: Status = "bad" if one.rule in GRAVE else "warn"
    return cards.finding_card(
        f"{words.title(one, ctx.lang)} · {one.meter}",
        words.sentence(one, ctx.lang),
        words.quantity(one.energy),
        words.remedy(one, ctx.lang),
        per=say(one.unit),
        basis=say("at stake, about {yuan} CNY", yuan=number(yuan, 0 if yuan >= 100 else 2)) if yuan else say("at stake"),
        confidence=explained.flow_name(one.flow, say),
        status=status,
        action=look,
    )


def _decided(ctx: Context, session: TenantSession) -> Any:
    say, found = ctx.say, problems.decided(session, most=30)
    if not found:
        return html.Div()
    columns = [
        cards.Column("when", say("When")),
        cards.Column("what", say("What")),
        cards.Column("state", say("Decision")),
        cards.Column("reason", say("Reason")),
        cards.Column("do", ""),
    ]
    rows = [
        {
            "when": f"{one.decided:%Y-%m-%d %H:%M}",
            "what": f"{words.title(one, ctx.lang)} · {one.meter} · {' – '.join(words.span(one.start, one.end))}",
            "state": say(STATE_WORDS[one.state]) if one.state in STATE_WORDS else one.state,
            "reason": one.reason,
            "do": undo_button(ctx, one),
        }
        for one in found
    ]
    return cards.section(
        say("Decided"), cards.table(columns, rows, caption=say("Decided")), note=say("Everything can be taken back.")
    )


def undo_button(ctx: Context, one: Problem) -> Any:
    """Takes the decision back."""
    return dmc.Button(
        ctx.say("Undo"), id={"type": "problem-undo", "id": str(one.id)}, size="compact-sm", variant="default",
        **{"aria-label": f"{ctx.say('Undo')}: {words.title(one, ctx.lang)}, {one.meter}"},
    )  # fmt: skip


def nothing_yet(ctx: Context) -> Any:
    """For a firm without readings."""
    link = dcc.Link(ctx.say("Upload a file"), href="/firm/upload", className="ly-button")
    return cards.empty_state(
        ctx.say("No readings yet"),
        ctx.say("Once there are some, this page shows day by day what is measured, what is missing and what looks wrong."),
        link, symbol="calendar",
    )  # fmt: skip
