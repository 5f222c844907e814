"""What the firm decides: what the park sees, what electricity costs, its sites, its people, its device tokens."""

from __future__ import annotations

import datetime as dt
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash import ctx as fired

from dashboards import cards
from dashboards.aria import aria
from dashboards.cards.words import Say
from dashboards.for_tenants.bills import decimal_of
from dashboards.for_tenants.money_cards import PERIOD_NAMES
from dashboards.house import house
from dashboards.room import Context, Query, context, refusal
from park.notation import number
from park.people import invitations, memberships, tokens
from park.people.roles import ROLES
from tenants import consent, money, sites, tariffs
from tenants.calc.tariff import AveragePrice
from tenants.db import TenantSession, tenant_session
from tenants.errors import InvalidInput, LingyuanError

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
    return cards.page(ctx.say("Settings"), html.Div(said, **aria(live="polite")), *parts, _people(ctx), _tokens(ctx))


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
        text = " · ".join(f"{say(PERIOD_NAMES.get(key, 'Average'))} {number(value / 1000, 4)}" for key, value in prices.items())
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


def _tokens(ctx: Context) -> Any:
    say = ctx.say
    with tenant_session(ctx.db, ctx.tenant) as session:
        zone = session.zone
    rows = [
        {
            "title": one.title,
            "id": one.id,
            "used": f"{one.used.astimezone(zone):%Y-%m-%d %H:%M}" if one.used else say("never"),
            "state": say("Revoked") if one.revoked else f"{say('until')} {one.expires:%Y-%m-%d}",
            "do": None
            if one.revoked
            else dmc.Button(say("Revoke"), id={"type": "token-revoke", "id": one.id}, size="compact-sm", variant="default"),
        }
        for one in tokens.listed(ctx.db, ctx.tenant)
    ]
    columns = [
        cards.Column("title", say("Device or program")),
        cards.Column("id", say("Public part")),
        cards.Column("used", say("Last used")),
        cards.Column("state", say("Valid")),
        cards.Column("do", ""),
    ]
    form = html.Div(
        [
            dmc.TextInput(id="token-title", label=say("Device or program")),
            dmc.MultiSelect(
                id="token-scopes",
                label=say("May"),
                value=["readings:write"],
                data=[
                    {"value": "readings:write", "label": say("send readings")},
                    {"value": "data:read", "label": say("read data")},
                ],
            ),
            dmc.Button(say("Make a token"), id="token-make"),
        ],
        className="ly-form-row",
    )
    return cards.section(
        say("Device tokens"),
        form,
        cards.table(columns, rows, caption=say("Device tokens"), empty=say("None yet.")),
        note=say("Devices send to POST /api/v1/readings; the description is at /api/v1/openapi.json"),
    )


def callbacks(app: Dash) -> None:
    """Everything that is saved here."""

    @app.callback(
        Output("firm-settings", "children"),
        Input("consent", "value"),
        Input("price-average-save", "n_clicks"),
        Input({"type": "price-save", "of": ALL}, "n_clicks"),
        Input("person-invite", "n_clicks"),
        Input({"type": "person-remove", "id": ALL}, "n_clicks"),
        Input("token-make", "n_clicks"),
        Input({"type": "token-revoke", "id": ALL}, "n_clicks"),
        State("price-average", "value"),
        State({"type": "price", "period": ALL}, "value"),
        State({"type": "price-demand", "of": ALL}, "value"),
        State("person-contact", "value"),
        State("person-role", "value"),
        State("token-title", "value"),
        State("token-scopes", "value"),
        prevent_initial_call=True,
    )
    def save(*given: Any) -> Any:
        ctx = context("firm.settings")
        try:
            said = _save(ctx, fired.triggered_id, given)
        except LingyuanError as error:
            return _content(ctx, refusal(ctx, error))
        return no_update if said is None else _content(ctx, said)


def _save(ctx: Context, pressed: Any, given: tuple[Any, ...]) -> Any:
    (
        level,
        average_clicks,
        windows_clicks,
        invite_clicks,
        remove_clicks,
        token_clicks,
        revoke_clicks,
        average,
        windows,
        demand,
        contact,
        role,
        title,
        scopes,
    ) = given
    say, actor = ctx.say, ctx.who.actor
    if pressed == "consent":
        with tenant_session(ctx.db, ctx.tenant) as session:
            if consent.current(session) == level:
                return None
            consent.choose(session, level, actor=actor)
        return cards.notice(say("Saved. The park sees it so from now on."), "good")
    if pressed == "price-average-save" and average_clicks:
        return _save_prices(ctx, {"average": decimal_of(average, "average")}, None)
    if isinstance(pressed, dict) and pressed["type"] == "price-save" and any(windows_clicks):
        prices = {name: decimal_of(text, name) for name, text in zip(PERIODS, windows, strict=True)}
        extra = decimal_of(demand[0], "demand")
        return _save_prices(ctx, {**prices, **({"demand": extra} if extra is not None else {})}, "windows")
    if pressed == "person-invite" and invite_clicks:
        made = invitations.invite(house().desk, ctx.who, role=role, contact=contact or "", lang=ctx.lang)
        return cards.notice(say("Invited. The link was sent; it works once, for 72 hours: {link}", link=made.link), "good")
    if pressed == "token-make" and token_clicks:
        _, whole = tokens.create(ctx.db, tenant=ctx.tenant, title=title or "", scopes=scopes or [], actor=actor)
        copy = html.Div(
            [
                html.Code(whole, id="token-whole", className="ly-break"),
                dcc.Clipboard(target_id="token-whole", className="ly-copy"),
            ]
        )
        return cards.notice(html.Div([say("The token, shown this once:"), copy]), "good")
    if isinstance(pressed, dict) and pressed["type"] == "person-remove" and any(remove_clicks):
        memberships.remove(house().desk, ctx.who, pressed["id"])
        return cards.notice(say("Removed."), "good")
    if isinstance(pressed, dict) and pressed["type"] == "token-revoke" and any(revoke_clicks):
        tokens.revoke(ctx.db, tenant=ctx.tenant, token=pressed["id"], actor=actor)
        return cards.notice(say("Revoked."), "good")
    return None


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
