"""Bills by hand: electricity by its windows, gas, water, heat, fuels, output; scans; reading periods split visibly."""

from __future__ import annotations

import base64
import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash import ctx as fired

from dashboards import cards, explained
from dashboards.aria import aria
from dashboards.for_tenants.bill_list import listing
from dashboards.house import house
from dashboards.room import Context, Query, context, refusal
from tenants import activities, clock, documents
from tenants.db import tenant_session
from tenants.entries import Entry, electricity, entry
from tenants.errors import InvalidInput, LingyuanError
from tenants.flows import FLOWS, GASES, OUTSIDE_SCOPES
from tenants.quantities import UNITS, factor_to

OTHERS = (
    "fuel:natural_gas",
    "fuel:diesel",
    "fuel:petrol",
    "fuel:lpg",
    "fuel:lng",
    "fuel:bituminous_coal",
    "fuel:anthracite",
    "heat_in",
    "water",
    "output",
    "value_added",
    "pv_gen",
    "grid_out",
    "direct_in",
    *(f"gas:{gas}" for gas in (*GASES, *OUTSIDE_SCOPES)),
)


def layout(ctx: Context, query: Query) -> Any:
    """The page."""
    say = ctx.say
    with tenant_session(ctx.db, ctx.tenant) as session:
        listed = listing(ctx, session)
        start, end = _last_month(clock.today(session.zone))
    return cards.page(
        say("Bills"),
        html.Div(id="bill-said", **aria(live="polite")),
        cards.split(_electricity(ctx, start, end), _other(ctx, start, end)),
        html.Div(listed, id="bill-list"),
        lead=say("A photo and six numbers are enough. A whole year of bills as a table: use Upload a file."),
        tools=dcc.Link(say("Upload a file"), href="/firm/upload", className="ly-button"),
    )


def _last_month(today: dt.date) -> tuple[str, str]:
    """First and last day of the last completed month."""
    last = today.replace(day=1) - dt.timedelta(days=1)
    return last.replace(day=1).isoformat(), last.isoformat()


def _days(ctx: Context, prefix: str, start: str, end: str) -> Any:
    return dmc.DatePickerInput(
        id=f"{prefix}-days",
        type="range",
        value=[start, end],
        valueFormat="YYYY-MM-DD",
        label=ctx.say("Reading period, first and last day"),
        description=ctx.say("as printed on the bill; it need not be the calendar month"),
    )


def _electricity(ctx: Context, start: str, end: str) -> Any:
    say = ctx.say
    names = {"sharp": say("Sharp"), "peak": say("Peak"), "flat": say("Flat"), "valley": say("Valley")}
    return cards.card(
        say("Electricity bill"),
        _days(ctx, "ebill", start, end),
        html.Div(
            [
                dmc.TextInput(id=f"ebill-{key}", label=f"{name}, kWh", inputProps={"inputMode": "decimal"})
                for key, name in names.items()
            ],
            className="ly-form-row",
        ),
        html.Div(
            [
                dmc.TextInput(id="ebill-total", label=say("Total, kWh"), inputProps={"inputMode": "decimal"}),
                dmc.TextInput(id="ebill-amount", label=say("Amount, CNY"), inputProps={"inputMode": "decimal"}),
                dmc.TextInput(id="ebill-demand", label=say("Maximum demand, kW"), inputProps={"inputMode": "decimal"}),
                dmc.TextInput(id="ebill-factor", label=say("Power factor"), inputProps={"inputMode": "decimal"}),
            ],
            className="ly-form-row",
        ),
        cards.attach_box(
            "ebill-scan", say("Attach photo or PDF"), say, accept="image/*,.pdf", kinds=say("Only photos and PDF are taken here.")
        ),
        dmc.Checkbox(id="ebill-replace", label=say("It replaces what is entered for this period")),
        dmc.Button(say("Enter the bill"), id="ebill-save"),
        note=say("The total, or its windows; what the bill does not say stays empty."),
    )


def _other(ctx: Context, start: str, end: str) -> Any:
    say = ctx.say
    flows = [{"value": flow, "label": explained.flow_name(flow, say)} for flow in OTHERS]
    return cards.card(
        say("Gas, heat, fuel, water, refrigerants, output"),
        dmc.Select(
            id="obill-flow", label=say("What"), data=flows, value="fuel:natural_gas", allowDeselect=False, searchable=True
        ),
        _days(ctx, "obill", start, end),
        html.Div(
            [
                dmc.TextInput(id="obill-value", label=say("Quantity"), inputProps={"inputMode": "decimal"}),
                dmc.Select(id="obill-unit", label=say("Unit"), data=_units("fuel:natural_gas"), value="m3", allowDeselect=False),
            ],
            className="ly-form-row",
        ),
        dmc.Checkbox(id="obill-replace", label=say("It replaces what is entered for this period")),
        dmc.Button(say("Enter"), id="obill-save"),
        note=say(
            "Gas in m³ is taken at 20 °C and turned into Nm³, as gas companies bill it. "
            "Of a refrigerant, enter what was refilled: that is what was lost."
        ),
    )


def _units(flow: str) -> list[str]:
    wanted = FLOWS[flow].unit
    names = ["m3", "万m3"] if wanted == "Nm3" else []
    shown = {
        "nm3": "Nm3",
        "万nm3": "万Nm3",
        "kwh": "kWh",
        "mwh": "MWh",
        "万kwh": "万kWh",
        "gj": "GJ",
        "mj": "MJ",
        "kg": "kg",
        "t": "t",
        "m3": "m3",
        "元": "元",
        "万元": "万元",
        "cny": "CNY",
    }
    fitting = [shown[name] for name in UNITS if name in shown and factor_to(name, wanted) is not None]
    return list(dict.fromkeys(names + fitting))


def decimal_of(text: str | None, field: str) -> Decimal | None:
    """The number a person typed, thousands separators allowed; None if nothing was."""
    plain = (text or "").replace(",", "").replace("，", "").strip()
    if not plain:
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise InvalidInput(
            field=field, reason="'{given}' is not a number", remedy="Write it like 12345.67.", given=text
        ) from error
    if not value.is_finite():
        raise InvalidInput(field=field, reason="'{given}' is not a number", remedy="Write it like 12345.67.", given=text)
    return value


def period_of(days: list[str | None] | None) -> tuple[dt.date, dt.date]:
    """First day and first day after, from a range picker whose last day is included."""
    if not days or None in days or len(days) != 2:
        raise InvalidInput(field="period", reason="two days are needed", remedy="Choose the first and the last day of the bill.")
    first, last = (dt.date.fromisoformat(str(one)[:10]) for one in days)
    return first, last + dt.timedelta(days=1)


def _enter(ctx: Context, one: Entry, replace: bool) -> Any:
    say = ctx.say
    reason = say("corrected by hand") if replace else None
    with tenant_session(ctx.db, ctx.tenant) as session:
        activities.add(session, one, actor=ctx.who.actor, replace_reason=reason)
        listed = listing(ctx, session)
    link = dcc.Link(say("See the month"), href=f"/firm/?month={one.start:%Y-%m}", className="ly-button")
    return cards.notice(say("Entered."), "good", action=link), listed


def callbacks(app: Dash) -> None:
    """Entering and removing."""

    @app.callback(
        Output("obill-unit", "data"), Output("obill-unit", "value"), Input("obill-flow", "value"), prevent_initial_call=True
    )
    def units(flow: str) -> Any:
        found = _units(flow) if flow in FLOWS else []
        return found, found[0] if found else None

    @app.callback(Output("ebill-scan-name", "children"), Input("ebill-scan", "filename"), prevent_initial_call=True)
    def named(name: str | None) -> Any:
        return name or ""

    @app.callback(
        Output("bill-said", "children"),
        Output("bill-list", "children"),
        Input("ebill-save", "n_clicks"),
        Input("obill-save", "n_clicks"),
        Input({"type": "bill-remove", "id": ALL}, "n_clicks"),
        State("ebill-days", "value"),
        State("ebill-sharp", "value"),
        State("ebill-peak", "value"),
        State("ebill-flat", "value"),
        State("ebill-valley", "value"),
        State("ebill-total", "value"),
        State("ebill-amount", "value"),
        State("ebill-demand", "value"),
        State("ebill-factor", "value"),
        State("ebill-scan", "contents"),
        State("ebill-scan", "filename"),
        State("ebill-replace", "checked"),
        State("obill-flow", "value"),
        State("obill-days", "value"),
        State("obill-value", "value"),
        State("obill-unit", "value"),
        State("obill-replace", "checked"),
        prevent_initial_call=True,
    )
    def save(clicks: int | None, other: int | None, removed: list[int | None], *given: Any) -> Any:
        ctx = context("firm.enter")
        pressed = fired.triggered_id
        try:
            if pressed == "ebill-save" and clicks:
                return _enter(ctx, _from_bill(ctx, given[:11]), bool(given[11]))
            if pressed == "obill-save" and other:
                flow, days, value, unit, replace = given[12:]
                amount = decimal_of(value, "quantity")
                if amount is None:
                    raise InvalidInput(field="quantity", reason="it is empty", remedy="Enter the quantity on the bill.")
                return _enter(ctx, entry(flow, amount, unit, *period_of(days)), bool(replace))
            if isinstance(pressed, dict) and any(removed):
                with tenant_session(ctx.db, ctx.tenant) as session:
                    activities.remove(session, pressed["id"], actor=ctx.who.actor, reason=ctx.say("removed by hand"))
                    return cards.notice(ctx.say("Removed; it is kept in the history."), "good"), listing(ctx, session)
        except LingyuanError as error:
            return refusal(ctx, error), no_update
        return no_update, no_update


def _from_bill(ctx: Context, given: tuple[Any, ...]) -> Entry:
    days, sharp, peak, flat, valley, total, amount, demand, factor, scan, name = given
    typed = {
        "sharp": sharp,
        "peak": peak,
        "flat": flat,
        "valley": valley,
        "amount": amount,
        "max_demand": demand,
        "power_factor": factor,
    }
    items = {key: value for key, text in typed.items() if (value := decimal_of(text, key)) is not None}
    start, end = period_of(days)
    made = electricity(start, end, items, total_kwh=decimal_of(total, "total"))
    if not scan:
        return made
    content = base64.b64decode(str(scan).partition(",")[2])
    with tenant_session(ctx.db, ctx.tenant) as session:
        stored = documents.store(session, house().settings.home / "files", name=str(name), content=content, actor=ctx.who.actor)
    return electricity(start, end, items, total_kwh=decimal_of(total, "total"), document=stored.id)
