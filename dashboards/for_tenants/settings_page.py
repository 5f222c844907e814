"""What the firm decides: what the park sees, what electricity costs, its sites, how exact its meters are, its people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, html, no_update
from dash import ctx as fired

from dashboards import cards
from dashboards.aria import aria
from dashboards.cards.words import Say
from dashboards.for_tenants import exactness
from dashboards.for_tenants.bills import decimal_of
from dashboards.for_tenants.money_cards import PERIOD_NAMES
from dashboards.house import house
from dashboards.room import Context, Query, context, refusal
from park.notation import number
from park.people import invitations, memberships
from park.people.roles import ROLES
from tenants import consent, money, sites, tariffs
from tenants.calc.tariff import AveragePrice
from tenants.db import TenantSession, tenant_session
from tenants.errors import InvalidInput, LingyuanError, NotFound

CONSENTS = (("month", "Months only"), ("day", "Months and days"), ("interval", "Months, days and every 15 minutes"))
PERIODS = ("sharp", "peak", "flat", "valley")


def layout(ctx: Context, query: Query) -> Any:
    """The page."""
    return html.Div(_content(ctx), id="firm-settings")


def _content(ctx: Context, said: Any = None) -> Any:
    with tenant_session(ctx.db, ctx.tenant) as session:
        parts = [
            _consent(ctx, session),
            cards.grid(_average(ctx, session), _windows(ctx, session), columns=2),
            _tariffs(ctx, session),
            _sites(ctx, session),
        ]
        parts.append(exactness.form(ctx, session))
    return cards.page(ctx.say("Settings"), html.Div(said, **aria(live="polite")), *parts, _people(ctx))


def _consent(ctx: Context, session: TenantSession) -> Any:
    say = ctx.say
    return cards.card(
        say("What the park sees of you"),
        dmc.RadioGroup(
            dmc.Stack([dmc.Radio(label=say(text), value=key) for key, text in CONSENTS]),
            id="consent",
            value=consent.current(session),
            **aria(label=say("What the park sees of you")),
        ),
        note=say("The database enforces it. A quarter-hour curve tells about shifts and orders: show it only if you want to."),
    )


def _average(ctx: Context, session: TenantSession) -> Any:
    say = ctx.say
    held = tariffs.on(session, ctx.today)
    price = str(held.price / 1000) if isinstance(held, AveragePrice) else ""
    return cards.card(
        say("One average price"),
        dmc.TextInput(id="price-average", label=say("CNY per kWh"), value=price, placeholder="0.68"),
        dmc.Button(say("Save"), id="price-average-save"),
        note=say("The bill's amount divided by its kWh. Simple, and good enough for a first look."),
    )


def _windows(ctx: Context, session: TenantSession) -> Any:
    say = ctx.say
    table = money.windows_of(session.region)
    if table is None:
        return cards.card(
            say("Price per window"), cards.notice(say("No published windows of {region} are known here.", region=session.region))
        )
    inputs = [
        dmc.TextInput(id={"type": "price", "period": name}, label=f"{say(PERIOD_NAMES[name])}, {say('CNY per kWh')}")
        for name in PERIODS
    ]
    return cards.card(
        say("Price per window"),
        html.Div(inputs, className="ly-form-row"),
        dmc.TextInput(
            id={"type": "price-demand", "of": "windows"}, label=say("Demand charge, CNY per kW and month; empty if you pay none")
        ),
        dmc.Button(say("Save"), id={"type": "price-save", "of": "windows"}),
        note=say("Windows of {area}: {document}", area=table.area, document=table.document),
    )


def _tariffs(ctx: Context, session: TenantSession) -> Any:
    say = ctx.say
    rows = []
    for one in tariffs.listed(session):
        prices = {"average": one.tariff.price} if isinstance(one.tariff, AveragePrice) else dict(one.tariff.prices)
        order = ["average", *PERIODS, *prices]
        text = " · ".join(
            f"{say(PERIOD_NAMES.get(key, 'Average'))} {number(prices[key] / 1000, 4)}" for key in sorted(prices, key=order.index)
        )
        rows.append({"from": one.valid_from.isoformat(), "prices": text})
    if not rows:
        return None
    columns = [cards.Column("from", say("Valid from")), cards.Column("prices", say("CNY per kWh"))]
    return cards.section(say("Your prices"), cards.table(columns, rows, caption=say("Your prices")))


def _sites(ctx: Context, session: TenantSession) -> Any:
    say = ctx.say
    rows = [
        {
            "name": one.name,
            "region": one.region,
            "zone": one.zone,
            "boundary": _span(one.in_boundary_from, one.in_boundary_to, say),
            "zero": say("yes") if one.zero_export else say("no"),
        }
        for one in sites.list_sites(session)
    ]
    columns = [
        cards.Column("name", say("Site")),
        cards.Column("region", say("Province of the grid factor")),
        cards.Column("zone", say("Zone")),
        cards.Column("boundary", say("Inside the park's boundary")),
        cards.Column("zero", say("Zero export declared")),
    ]
    return cards.section(
        say("Sites"), cards.table(columns, rows, caption=say("Sites"), empty=say("Made with the first file or bill."))
    )


def _span(first: dt.date | None, last: dt.date | None, say: Say) -> str:
    """The days a site lies inside the boundary."""
    if first is None and last is None:
        return say("always")
    return " ".join(filter(None, (say("from {day}", day=first) if first else "", say("to {day}", day=last) if last else "")))


def _people(ctx: Context) -> Any:
    say = ctx.say
    rows = [
        {
            "name": one.name,
            "contact": one.mobile or one.email,
            "role": say(ROLES[one.role].title),
            "do": dmc.Button(say("Remove"), id={"type": "person-remove", "id": str(one.id)}, size="compact-sm", variant="default")
            if one.user_id != ctx.who.user
            else None,
        }
        for one in memberships.people(ctx.db, tenant=ctx.tenant)
    ]
    columns = [
        cards.Column("name", say("Name")),
        cards.Column("contact", say("Mobile or e-mail")),
        cards.Column("role", say("Role")),
        cards.Column("do", ""),
    ]
    form = html.Div(
        [
            dmc.TextInput(id="person-contact", label=say("Mobile or e-mail")),
            dmc.Select(
                id="person-role",
                label=say("Role"),
                value="member",
                allowDeselect=False,
                data=[{"value": key, "label": say(ROLES[key].title)} for key in ("member", "owner")],
            ),
            dmc.Button(say("Invite"), id="person-invite"),
        ],
        className="ly-form-row",
    )
    return cards.section(say("People"), form, cards.table(columns, rows, caption=say("People")))


def callbacks(app: Dash) -> None:
    """Everything that is saved here, form by form."""
    for each in (_chooses_consent, _saves_average, _saves_windows, _invites, _removes, _saves_exactness):
        each(app)


PAGE = "firm-settings"


def _saved(change: Callable[[Context], object]) -> Any:
    """The page after a change: with what the change says, or with the reason why it was not made."""
    ctx = context("firm.settings")
    try:
        said = change(ctx)
    except LingyuanError as error:
        return _content(ctx, refusal(ctx, error))
    return _content(ctx, said)


def _chooses_consent(app: Dash) -> None:
    @app.callback(Output(PAGE, "children"), Input("consent", "value"), prevent_initial_call=True)
    def save(level: str | None) -> Any:
        ctx = context("firm.settings")
        with tenant_session(ctx.db, ctx.tenant) as session:
            if consent.current(session) == level:
                return no_update
        return _saved(lambda ctx: _consented(ctx, level or ""))


def _consented(ctx: Context, level: str) -> Any:
    with tenant_session(ctx.db, ctx.tenant) as session:
        consent.choose(session, level, actor=ctx.who.actor)
    return cards.notice(ctx.say("Saved. The park sees it so from now on."), "good")


def _saves_average(app: Dash) -> None:
    @app.callback(
        Output(PAGE, "children", allow_duplicate=True),
        Input("price-average-save", "n_clicks"),
        State("price-average", "value"),
        prevent_initial_call=True,
    )
    def save(clicks: int | None, average: str | None) -> Any:
        if not clicks:
            return no_update
        return _saved(lambda ctx: _save_prices(ctx, {"average": decimal_of(average, "average")}, None))


def _saves_windows(app: Dash) -> None:
    @app.callback(
        Output(PAGE, "children", allow_duplicate=True),
        # By pattern: where no windows are published there is no such form.
        Input({"type": "price-save", "of": ALL}, "n_clicks"),
        State({"type": "price", "period": ALL}, "value"),
        State({"type": "price-demand", "of": ALL}, "value"),
        prevent_initial_call=True,
    )
    def save(clicks: list[int | None], windows: list[str | None], demand: list[str | None]) -> Any:
        if not any(clicks):
            return no_update
        return _saved(lambda ctx: _save_prices(ctx, _window_prices(windows, demand[0]), "windows"))


def _window_prices(windows: list[str | None], demand: str | None) -> dict[str, Decimal | None]:
    prices = {name: decimal_of(text, name) for name, text in zip(PERIODS, windows, strict=True)}
    extra = decimal_of(demand, "demand")
    return {**prices, **({"demand": extra} if extra is not None else {})}


def _invites(app: Dash) -> None:
    @app.callback(
        Output(PAGE, "children", allow_duplicate=True),
        Input("person-invite", "n_clicks"),
        State("person-contact", "value"),
        State("person-role", "value"),
        prevent_initial_call=True,
    )
    def save(clicks: int | None, contact: str | None, role: str) -> Any:
        return _saved(lambda ctx: _invited(ctx, role, contact or "")) if clicks else no_update


def _invited(ctx: Context, role: str, contact: str) -> Any:
    made = invitations.invite(house().desk, ctx.who, role=role, contact=contact, lang=ctx.lang)
    return cards.notice(ctx.say("Invited. The link was sent; it works once, for 72 hours: {link}", link=made.link), "good")


def _removes(app: Dash) -> None:
    @app.callback(
        Output(PAGE, "children", allow_duplicate=True),
        Input({"type": "person-remove", "id": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def save(clicks: list[int | None]) -> Any:
        pressed = fired.triggered_id
        if not any(clicks) or not isinstance(pressed, dict):
            return no_update
        return _saved(lambda ctx: _removed(ctx, pressed["id"]))


def _removed(ctx: Context, person: str) -> Any:
    memberships.remove(house().desk, ctx.who, _known(person))
    return cards.notice(ctx.say("Removed."), "good")


def _known(person: str) -> UUID:
    """The id of a button; whoever sends another is told that there is no such person."""
    try:
        return UUID(person)
    except ValueError as error:
        raise NotFound(what="person", name=person) from error


def _saves_exactness(app: Dash) -> None:
    @app.callback(
        Output(PAGE, "children", allow_duplicate=True),
        Input("exactness-save", "n_clicks"),
        State({"type": "exactness", "part": ALL, "of": ALL}, "value"),
        State({"type": "exactness", "part": ALL, "of": ALL}, "id"),
        prevent_initial_call=True,
    )
    def save(clicks: int | None, values: list[str | None], ids: list[dict[str, str]]) -> Any:
        return _saved(lambda ctx: exactness.save(ctx, values, ids)) if clicks else no_update


def _save_prices(ctx: Context, prices: dict[str, Any], area: str | None) -> Any:
    empty = [key for key, value in prices.items() if value is None]
    if empty:
        raise InvalidInput(field=empty[0], reason="it is empty", remedy="Write yuan per kWh, for example 0.68.")
    with tenant_session(ctx.db, ctx.tenant) as session:
        milli = {key: int((value * 1000).to_integral_value()) for key, value in prices.items()}
        tariffs.set_tariff(
            session,
            valid_from=ctx.today.replace(month=1, day=1),
            prices=milli,
            actor=ctx.who.actor,
            area=session.region if area else None,
        )
    return cards.notice(ctx.say("Saved."), "good")
