"""What the park enters for firms that have not joined, and its public loads: one sheet of accounts by months."""

from __future__ import annotations

import base64
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash import ctx as fired

from dashboards import cards
from dashboards.aria import aria
from dashboards.room import Context, Query, context, refusal
from park import held
from park.access import park_session
from park.notation import enumerated, number
from park.words import reject as reject_words
from park.words import say as said
from tenants.errors import InvalidInput, LingyuanError
from tenants.ingest.workbook import understand_held
from tenants.ingest.workbook.result import HeldSheet

NEW_FIRM, NEW_PUBLIC = "+firm", "+public"


def layout(ctx: Context, query: Query) -> Any:
    """The page."""
    say = ctx.say
    return html.Div(
        [
            dcc.Store("held-file"),
            cards.page(
                say("Figures entered for firms"),
                cards.card(
                    say("One sheet for all firms"),
                    cards.upload_box(
                        "held-upload",
                        say("Drop the sheet here, or choose it"),
                        say("account number, account name, one column per month"),
                        say("Choose the sheet"),
                        say,
                    ),
                    html.Div(id="held-preview", **aria(live="polite")),
                    note=say(
                        "The sheet as the grid company or the finance office gives it. Nothing is written before you say so."
                    ),
                ),
                html.Div(_accounts(ctx), id="held-accounts"),
                lead=say(
                    "Firms that have not joined yet count in the park's total through what you enter here; "
                    "it is marked as entered by the park."
                ),
            ),
        ]
    )


def _accounts(ctx: Context, said_: Any = None) -> Any:
    rows = held.accounts(ctx.db, ctx.park)
    if not rows:
        return said_
    waiting = held.unbound(ctx.db, ctx.park)
    parts = [said_, _binding(ctx, waiting), _bound(ctx, [row for row in rows if row.tenant is not None])]
    return html.Div(parts, className="ly-body")


def _bound(ctx: Context, rows: list[Any]) -> Any:
    say = ctx.say
    columns = [
        cards.Column("no", say("Account number")),
        cards.Column("name", say("Account name")),
        cards.Column("firm", say("Firm")),
        cards.Column("months", say("Months in the sheet"), "number"),
        cards.Column("how", say("Figures")),
    ]
    lines = [
        {
            "no": row.account_no,
            "name": row.account_name,
            "firm": row.title,
            "months": str(row.months),
            "how": cards.status_chip(say("Entered by the park"), "undefined")
            if row.held
            else cards.status_chip(say("Reports itself"), "good"),
        }
        for row in rows
    ]
    listed = cards.table(columns, lines, caption=say("Accounts and their firms"), empty=say("None bound yet."))
    return cards.section(say("Accounts and their firms"), listed)


def _binding(ctx: Context, waiting: list[held.Unbound]) -> Any:
    say = ctx.say
    if not waiting:
        return None
    columns = [
        cards.Column("no", say("Account number")),
        cards.Column("name", say("Account name")),
        cards.Column("months", say("Months in the sheet"), "number"),
        cards.Column("firm", say("Belongs to")),
        cards.Column("do", ""),
    ]
    return cards.section(
        say("Accounts to bind: {count}", count=len(waiting)),
        cards.table(columns, _to_bind(ctx, waiting), caption=say("Accounts to bind")),
        note=say("Bound once; next time the sheet is entered by itself."),
        tools=dmc.Button(say("Bind all as chosen"), id={"type": "held-do", "what": "bind"}, size="compact-sm"),
    )


def _to_bind(ctx: Context, waiting: list[held.Unbound]) -> list[dict[str, Any]]:
    """A row per account that no firm is known for, with the firms to choose from."""
    say = ctx.say
    with park_session(ctx.db, ctx.park) as session:
        firms = session.rows("SELECT name, title FROM tenant WHERE state = 'active' ORDER BY title")
    options = [
        {"value": NEW_FIRM, "label": say("+ a new firm of this name")},
        {"value": NEW_PUBLIC, "label": say("+ new public load")},
        *({"value": row.name, "label": row.title} for row in firms),
    ]
    return [
        {
            "no": one.account_no,
            "name": one.account_name,
            "months": str(one.months),
            "firm": dmc.Select(
                id={"type": "bind-to", "no": one.account_no},
                data=options,
                value=one.guess or NEW_FIRM,
                searchable=True,
                size="sm",
                **aria(label=say("Firm of {name}", name=one.account_name)),
            ),
            "do": dmc.Button(say("Bind"), id={"type": "bind", "no": one.account_no}, size="compact-sm", variant="default"),
        }
        for one in waiting
    ]


def _preview(ctx: Context, sheet: HeldSheet) -> Any:
    say = ctx.say
    months = sorted({month for row in sheet.rows for month in row.months})
    total = sum(quantity for row in sheet.rows for quantity in row.months.values())
    span = f"{months[0]:%Y-%m} – {months[-1]:%Y-%m}" if months else "—"
    lines: list[Any] = [
        cards.stat_row(
            [
                cards.Stat(say("Accounts"), str(len(sheet.rows))),
                cards.Stat(say("Months"), span),
                cards.Stat(say("Total"), number(total / 10**7, 2), "万kWh"),
                cards.Stat(say("Rows refused"), str(len(sheet.rejected))),
            ]
        )
    ]
    if sheet.rejected:
        columns = [
            cards.Column("row", say("Row"), "number"),
            cards.Column("why", say("Why")),
            cards.Column("remedy", say("What to do")),
        ]
        words = [(one.row, reject_words(one.reason, one.remedy, one.facts, ctx.lang)) for one in sheet.rejected]
        rows = [{"row": str(row), "why": why, "remedy": remedy} for row, (why, remedy) in words]
        lines.append(cards.table(columns, rows, caption=say("Refused rows")))
    lines += [cards.notice(say(note.template, **note.facts)) for note in sheet.notes]
    if sheet.rows:
        lines.append(dmc.Button(say("Enter these months"), id={"type": "held-do", "what": "enter"}))
    return html.Div(lines)


def _read(ctx: Context, data: dict[str, str] | None) -> HeldSheet:
    if not data:
        raise InvalidInput(field="file", reason="no file was chosen", remedy="Drop the sheet again.")
    content = base64.b64decode(data["content"].partition(",")[2])
    return understand_held(content, data["name"], ctx.today.year)


def callbacks(app: Dash) -> None:
    """Preview, entering, binding."""

    @app.callback(
        Output("held-preview", "children"),
        Output("held-file", "data"),
        Input("held-upload", "contents"),
        State("held-upload", "filename"),
        prevent_initial_call=True,
    )
    def look(content: str | None, name: str | None) -> Any:
        ctx = context("park.hold")
        data = {"content": content or "", "name": name or ""}
        try:
            return _preview(ctx, _read(ctx, data)), data
        except LingyuanError as error:
            return refusal(ctx, error), None

    @app.callback(
        Output("held-accounts", "children"),
        # By pattern: a button that is not on the page must not stop the other one.
        Input({"type": "held-do", "what": ALL}, "n_clicks"),
        Input({"type": "bind", "no": ALL}, "n_clicks"),
        State("held-file", "data"),
        State({"type": "bind-to", "no": ALL}, "value"),
        State({"type": "bind-to", "no": ALL}, "id"),
        prevent_initial_call=True,
    )
    def write(do: list[int | None], bind: list[int | None], data: Any, chosen: list[str], ids: list[dict[str, str]]) -> Any:
        ctx = context("park.hold")
        if not (any(do) or any(bind)) or not isinstance(fired.triggered_id, dict):
            return no_update
        choices = {one["no"]: value for one, value in zip(ids, chosen, strict=True)}
        try:
            return _accounts(ctx, _write(ctx, fired.triggered_id, data, choices))
        except LingyuanError as error:
            return _accounts(ctx, refusal(ctx, error))


def _write(ctx: Context, pressed: dict[str, str], data: Any, choices: dict[str, str]) -> Any:
    """What was pressed: the sheet entered, all accounts bound as chosen, or one of them."""
    if pressed == {"type": "held-do", "what": "enter"}:
        return _entered(ctx, held.import_sheet(ctx.db, ctx.park, _read(ctx, data), actor=ctx.who.actor))
    if pressed == {"type": "held-do", "what": "bind"}:
        for account, target in choices.items():
            _bind(ctx, account, target)
        return cards.notice(ctx.say("Bound. New firms' books are being prepared."), "good")
    account = pressed.get("no", "")
    if account in choices:
        _bind(ctx, account, choices[account])
    return cards.notice(ctx.say("Bound."), "good") if account in choices else None


def _bind(ctx: Context, account: str, target: str) -> None:
    actor = ctx.who.actor
    if target in (NEW_FIRM, NEW_PUBLIC):
        held.bind_to_new(ctx.db, ctx.park, account, actor=actor, kind="firm" if target == NEW_FIRM else "public")
    else:
        held.bind(ctx.db, ctx.park, account, target, actor=actor)


def _entered(ctx: Context, done: held.Entered) -> Any:
    say = ctx.say
    text = say(
        "{matched} accounts matched: {entered} months entered, {unchanged} unchanged; {unbound} accounts to bind.",
        matched=done.matched,
        entered=done.entered,
        unchanged=done.unchanged,
        unbound=len(done.unbound),
    )
    parts = [cards.notice(text, "good" if not done.refused else "warn")]
    if done.own:
        parts.append(
            cards.notice(
                say("These firms report themselves; their rows were left out: {names}", names=enumerated(done.own, ctx.lang))
            )
        )
    for row, account, error in done.refused[:10]:
        words = said(error, ctx.lang)
        parts.append(cards.notice(f"{row} · {account}: {words['message']}", "warn", remedy=words["remedy"]))
    return html.Div(parts)
