"""The park's firms: invite one or a pasted list, approve, suspend, hand over held ones; who sees what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash import ctx as fired

from dashboards import cards
from dashboards.aria import aria
from dashboards.house import house
from dashboards.room import Context, Query, context, refusal
from park import members, parks, progress
from park.access import accounts_session, park_session
from park.notation import number
from park.people import invitations, joining, pasted
from park.words import say as said
from tenants.errors import LingyuanError
from tenants.period import named

STATES: dict[str, tuple[str, cards.Status]] = {
    "waiting": ("Waiting for your yes", "warn"),
    "provisioning": ("Being prepared", "neutral"),
    "active": ("Joined", "good"),
    "suspended": ("Suspended", "bad"),
}
CONSENTS = {"month": "Months", "day": "Months and days", "interval": "Months, days and 15 minutes"}


def layout(ctx: Context, query: Query) -> Any:
    """The page."""
    return html.Div([dcc.Store("tenants-again"), html.Div(_content(ctx), id="tenants-content")])


def _content(ctx: Context) -> Any:
    say = ctx.say
    with park_session(ctx.db, ctx.park) as session:
        park = parks.own(session)
        rows = progress.ranking(session, named("ytd", ctx.today))
        states = {row.name: row for row in session.rows("SELECT name, state, credit_code FROM tenant")}
        waiting = session.rows("SELECT name, title, credit_code, created FROM tenant WHERE state = 'waiting' ORDER BY created")
        counts = progress.coverage(session)
    claims = joining.claims(ctx.db, ctx.park)
    now = dt.datetime.now(dt.UTC)
    invited = {row.tenant for row in invitations.listed(ctx.db, park=ctx.park) if invitations.open_at(row, now)}
    return cards.page(
        say("Firms of the park"),
        html.Div(id="tenants-said", **aria(live="polite")),
        cards.stat_row(
            [
                cards.Stat(say("Joined"), str(counts["joined"])),
                cards.Stat(say("Entered by the park"), str(counts["held"])),
                cards.Stat(say("Public loads"), str(counts["public"])),
                cards.Stat(say("Waiting"), str(counts["waiting"] + len(claims))),
            ]
        ),
        _waiting(ctx, waiting, claims),
        *(
            (_list(ctx, rows, states, invited), _invite(ctx, park))
            if rows
            else (_invite(ctx, park), _list(ctx, rows, states, invited))
        ),
        lead=say("By default you see a firm's months only; days and 15 minutes if the firm says so."),
    )


def _waiting(ctx: Context, waiting: Any, claims: Any) -> Any:
    say = ctx.say
    if not waiting and not claims:
        return None
    rows = [
        {
            "firm": row.title,
            "code": row.credit_code or "",
            "what": say("wants to join"),
            "do": _buttons(ctx, {"type": "decide", "what": "approve", "id": row.name}, None),
        }
        for row in waiting
    ] + [
        {
            "firm": row.title,
            "code": row.credit_code or "",
            "what": say("{person} ({contact}) wants to take over what you enter", person=row.name, contact=row.contact),
            "do": _buttons(
                ctx,
                {"type": "decide", "what": "hand", "id": str(row.id)},
                {"type": "decide", "what": "refuse", "id": str(row.id)},
            ),
        }
        for row in claims
    ]
    columns = [
        cards.Column("firm", say("Firm")),
        cards.Column("code", say("Credit code")),
        cards.Column("what", say("Asks")),
        cards.Column("do", ""),
    ]
    return cards.section(say("Waiting for your decision"), cards.table(columns, rows, caption=say("Waiting for your decision")))


def _buttons(ctx: Context, yes: dict[str, str], no: dict[str, str] | None) -> Any:
    made = [dmc.Button(ctx.say("Let in") if no is None else ctx.say("Hand over"), id=yes, size="compact-sm")]
    if no is not None:
        made.append(dmc.Button(ctx.say("Refuse"), id=no, size="compact-sm", variant="default"))
    return html.Span(made, className="ly-actions")


def _invite(ctx: Context, park: Any) -> Any:
    say = ctx.say
    link = f"{house().settings.base_url}/join/{park.code}"
    return cards.section(
        say("Invite firms"),
        cards.split(
            cards.card(
                say("Paste a list"),
                dmc.Textarea(
                    id="tenants-list",
                    autosize=True,
                    minRows=4,
                    maxRows=14,
                    label=say("One firm per line: name, credit code, account number, mobile or e-mail"),
                    placeholder="重庆某某机械有限公司\t91500000MA5U0000XX\t5001234567\t13800000000",
                ),
                dmc.Button(say("Check and add"), id="tenants-add"),
                html.Div(id="tenants-added"),
                note=say("With a contact the firm gets an invitation; without one you enter its figures until it joins."),
            ),
            cards.card(
                say("Or show the code"),
                html.Img(
                    src=f"/join/{park.code}/qr.svg", alt=say("QR code of the join link"), width=180, height=180, className="ly-qr"
                ),
                html.P([html.Span(park.code, className="ly-code"), dcc.Clipboard(content=link, className="ly-copy")]),
                html.P(link, className="ly-note ly-break"),
                note=say("Free; by default the park sees months only."),
            ),
        ),
    )


def _list(ctx: Context, rows: list[progress.Member], states: Any, invited: set[str]) -> Any:
    say = ctx.say
    if not rows:
        return cards.empty_state(
            say("No firm yet"), say("Paste a list above, or show the code at the next meeting."), symbol="factory"
        )
    table = [_row(ctx, one, states[one.tenant], one.tenant in invited) for one in rows]
    columns = [
        cards.Column("firm", say("Firm")),
        cards.Column("state", say("State")),
        cards.Column("emission", say("Emission, tCO2"), "number"),
        cards.Column("completeness", say("Completeness"), "number"),
        cards.Column("sees", say("You see")),
        cards.Column("do", ""),
    ]
    return cards.section(say("All firms, this year to date"), cards.table(columns, table, caption=say("All firms")))


def _row(ctx: Context, one: progress.Member, row: Any, invited: bool) -> dict[str, Any]:
    say = ctx.say
    text, status = STATES[row.state]
    if one.kind == "public":
        chip = cards.status_chip(say("Public loads"), "neutral")
    elif one.held:
        chip = (
            cards.status_chip(say("Invited"), "warn") if invited else cards.status_chip(say("Entered by the park"), "undefined")
        )
    else:
        chip = cards.status_chip(say(text), status)
    do = None
    if not one.held and row.state in ("active", "suspended"):
        what, label = ("suspend", say("Suspend")) if row.state == "active" else ("resume", say("End suspension"))
        do = dmc.Button(label, id={"type": "decide", "what": what, "id": one.tenant}, size="compact-sm", variant="default")
    return {
        "firm": html.Span([html.Span(one.title), html.Span(row.credit_code or "", className="ly-note")], className="ly-stack"),
        "state": chip,
        "emission": number(one.emission_tco2, 2),
        "completeness": f"{number(one.completeness * 100, 1)} %" if one.completeness is not None else None,
        "sees": say(CONSENTS[one.consent]),
        "do": do,
    }


def _decide(ctx: Context, what: str, which: str) -> str:
    desk = house().desk
    if what in ("hand", "refuse"):
        joining.decide_claim(desk, ctx.who, which, yes=what == "hand")  # type: ignore[arg-type]
        return ctx.say("Handed over.") if what == "hand" else ctx.say("Refused.")
    state = {"approve": "provisioning", "suspend": "suspended", "resume": "active"}[what]
    with park_session(ctx.db, ctx.park) as session:
        members.decide(session, which, state, ctx.who.actor)
    if what == "approve":
        with accounts_session(ctx.db) as session:
            joining.tell_owners(session, which, desk)
    return {
        "approve": ctx.say("Let in. Its workspace is being prepared."),
        "suspend": ctx.say("Suspended. Nothing was deleted."),
        "resume": ctx.say("The suspension has ended."),
    }[what]


def callbacks(app: Dash) -> None:
    """Decisions and the pasted list."""

    @app.callback(
        Output("tenants-content", "children"),
        Input({"type": "decide", "what": ALL, "id": ALL}, "n_clicks"),
        Input("tenants-again", "data"),
        prevent_initial_call=True,
    )
    def decide(clicks: list[int | None], again: Any) -> Any:
        ctx = context("park.decide")
        pressed = fired.triggered_id
        if pressed == "tenants-again":
            return _content(ctx)
        if not any(clicks) or not isinstance(pressed, dict):
            return no_update
        try:
            text, status, remedy = _decide(ctx, pressed["what"], pressed["id"]), "good", ""
        except LingyuanError as error:
            words = said(error, ctx.lang)
            text, status, remedy = words["message"], "bad", words["remedy"]
        page = _content(ctx)
        return html.Div([cards.notice(text, status, remedy=remedy), page])  # type: ignore[arg-type]

    @app.callback(
        Output("tenants-added", "children"),
        Output("tenants-again", "data"),
        Input("tenants-add", "n_clicks"),
        State("tenants-list", "value"),
        prevent_initial_call=True,
    )
    def add(clicks: int | None, text: str | None) -> Any:
        ctx = context("park.invite")
        if not clicks or not (text or "").strip():
            return cards.notice(ctx.say("Paste at least one line."), "warn"), no_update
        try:
            done = pasted.add(house().desk, ctx.who, text or "", ctx.lang)
        except LingyuanError as error:
            return refusal(ctx, error), no_update
        return _added(ctx, done), no_update if done.refused else clicks


def _added(ctx: Context, done: Any) -> Any:
    say = ctx.say
    head = say(
        "{ok} firms added, {invited} of them invited; {bad} lines refused.",
        ok=done.added,
        invited=done.invited,
        bad=len(done.refused),
    )
    if not done.refused:
        return cards.notice(head, "good")
    columns = [
        cards.Column("row", say("Line"), "number"),
        cards.Column("firm", say("Firm")),
        cards.Column("why", say("Why")),
        cards.Column("remedy", say("What to do")),
    ]
    rows = [{"row": str(one.row), "firm": one.title, "why": one.message, "remedy": one.remedy} for one in done.refused]
    return html.Div([cards.notice(head, "warn"), cards.table(columns, rows, caption=say("Refused lines"))])
