"""Every figure of the park explained: formula with its numbers, inputs, factors, completeness; then its tenants."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, html

from dashboards import cards, explained
from dashboards.aria import data
from dashboards.room import Context, Query, context, period_of
from park import rollups
from park.access import park_session
from tenants import period
from tenants.ledger import METHODS, Figure, account

GROUPS = ("Indicators and shares", "Emissions", "Electricity", "Energy use", "Output and water")


def layout(ctx: Context, query: Query) -> Any:
    """The page, for the year to date under the national method."""
    say = ctx.say
    today = ctx.today
    with park_session(ctx.db, ctx.park) as session:
        first = session.scalar("SELECT min(month) FROM flow_month") or today
    methods = [{"value": one.key, "label": say(one.title)} for one in METHODS.values()]
    tools = html.Div(
        [
            dmc.Select(
                id="numbers-method",
                data=methods,
                value="cn_park_2025",
                allowDeselect=False,
                label=say("Accounting method"),
                w=280,
            ),
            cards.period_picker("numbers-period", "ytd", today.replace(day=1), first=first, last=today, say=say),
        ],
        className="ly-tools",
    )
    content = _content(ctx, "cn_park_2025", period.named("ytd", today))
    return cards.page(
        say("Figures explained"),
        html.Div(content, id="numbers-content", className="ly-body"),
        tools=tools,
        lead=say("A total is always a total under one method; methods are never mixed."),
    )


def _content(ctx: Context, method: str, of: period.Period) -> list[Any]:
    with park_session(ctx.db, ctx.park) as session:
        found = rollups.of_park(session, of, method)
        titles = {row.name: row.title for row in session.rows("SELECT name, title FROM tenant")}
        each = rollups.by_tenant(session, of)
        choice = rollups.chosen_year(session, of.factor_year)
    say = ctx.say
    known = [key for key, figure in found.whole.figures.items() if figure.exact is not None or figure.problem]
    parts = {titles[name]: account(sums, method=method, year=of.factor_year, choice=choice) for name, sums in each.items()}
    head = (
        cards.notice(say("Members only: what the park uses beside them is not known"), "neutral") if found.members_only else None
    )
    groups = {title: [key for key in known if _group(found.whole.figures[key]) == title] for title in GROUPS}
    return [
        head,
        *(_listed(ctx, title, [_item(ctx, found, key, parts) for key in keys]) for title, keys in groups.items() if keys),
    ]


def _group(figure: Figure) -> str:
    """Under which heading a figure stands: a quotient by itself, all others by what they count."""
    if figure.indicator.quotient is not None:
        return GROUPS[0]
    unit = figure.unit
    return GROUPS[1] if unit.startswith("tCO2") else GROUPS[2] if unit == "kWh" else GROUPS[3] if unit == "tce" else GROUPS[4]


def _listed(ctx: Context, title: str, items: list[Any]) -> Any:
    listed = dmc.Accordion(items, multiple=True, chevronPosition="left", className="ly-explained")
    return cards.section(ctx.say(title), listed)


def _item(ctx: Context, found: rollups.ParkAccount, key: str, parts: dict[str, Any]) -> Any:
    say = ctx.say
    figure = found.whole.figures[key]
    shown = explained.shown(figure)
    value = f"{shown} {say(figure.unit)}" if shown else say("No value")
    control = dmc.AccordionControl(
        html.Div(
            [html.Span(say(figure.indicator.title)), html.B(value, className="ly-figure", **data(indicator=key))],
            className="ly-line",
        )
    )
    body = [cards.explain_body(explained.explanation(found.whole, key, say), say)]
    if figure.problem is not None:
        problem = explained.said_of(figure.problem, say)
        body.insert(0, cards.notice(problem["message"], "warn", remedy=problem["remedy"]))
    if figure.indicator.products is not None:
        body.append(_of_tenants(ctx, key, figure.unit, parts))
    return dmc.AccordionItem([control, dmc.AccordionPanel(body)], value=key)


def _of_tenants(ctx: Context, key: str, unit: str, parts: dict[str, Any]) -> Any:
    say = ctx.say
    values = {title: one.figures[key] for title, one in parts.items()}
    rows = [
        {"firm": title, "value": explained.shown(one), "formula": html.Code(one.formula, className="ly-formula")}
        for title, one in sorted(values.items(), key=lambda pair: -(pair[1].exact or 0))
        if one.exact
    ]
    columns = [
        cards.Column("firm", say("Firm")),
        cards.Column("value", say(unit), "number"),
        cards.Column("formula", say("Formula")),
    ]
    return (
        html.Div([html.H3(say("Of which"), className="ly-label"), cards.table(columns, rows, caption=say("Of which"))])
        if rows
        else None
    )


def callbacks(app: Dash) -> None:
    """Another method or period."""
    cards.period_callbacks(app, "numbers-period")

    @app.callback(
        Output("numbers-content", "children"),
        Input("numbers-method", "value"),
        Input("numbers-period", "data"),
        prevent_initial_call=True,
    )
    def show(method: str, data: dict[str, str] | None) -> Any:
        ctx = context("park.see")
        return _content(ctx, method if method in METHODS else "cn_park_2025", period_of(ctx, data))
