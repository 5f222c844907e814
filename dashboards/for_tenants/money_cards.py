"""Cards of the month's money: what electricity cost and why, what each price window cost, what could be saved."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from dash import dcc

from dashboards import cards
from dashboards.room import Context
from park.notation import change, energy, number, yuan
from tenants import money
from tenants.calc.finding import Finding
from tenants.calc.tariff import PeriodCost
from tenants.db import TenantSession
from tenants.period import Period

BASES = {
    "bill": "from your bills",
    "windows": "estimated with your window prices",
    "average": "estimated with your average price",
    "none": "no price entered",
}


PERIOD_NAMES = {"sharp": "Sharp", "peak": "Peak", "flat": "Flat", "valley": "Valley", "deep_valley": "Deep valley"}


FINDING_DAYS = 90


def cost(ctx: Context, session: TenantSession, of: Period, today: dt.date) -> Any:
    say = ctx.say
    now, before = money.cost(session, of), money.cost(session, of.before())
    if now.cny is None:
        link = dcc.Link(say("Enter a price"), href="/firm/settings", className="ly-button")
        return cards.card(
            say("Electricity cost"),
            cards.empty_state(
                say("No price yet"),
                say("One number is enough: your average price per kWh. Or enter a bill with its amount."),
                link,
                symbol="yuan",
            ),
        )
    shown = yuan(now.cny, ctx.lang)
    whole = of.complete(today)
    reason = _why(ctx, now, before) if whole else say("the month is still running")
    price = say("{price} CNY/kWh on average", price=number(now.average_price, 4)) if now.average_price is not None else ""
    return cards.indicator_card(
        say("Electricity cost"),
        shown.number,
        shown.unit,
        say=say,
        data_indicator="electricity_cost_cny",
        status="neutral" if now.estimate else None,
        status_text=say("Estimate") if now.estimate else "",
        changes=[cards.Change(change(now.cny, before.cny), say("against last month"))] if before.cny and whole else [],
        note=" · ".join(filter(None, (price, reason, say(BASES[now.basis])))),
    )


def _why(ctx: Context, now: money.Money, before: money.Money) -> str:
    """One reason for the change of cost: the amount used, or the price of a kWh, whichever did more."""
    if before.cny is None or now.cny is None or not before.wh or not now.wh:
        return ""
    assert now.average_price is not None
    assert before.average_price is not None
    by_amount = (now.wh - before.wh) * before.average_price / 1000
    by_price = now.wh * (now.average_price - before.average_price) / 1000
    if abs(by_amount) >= abs(by_price):
        return ctx.say("mainly because of {change} electricity", change=change(now.wh, before.wh))
    return ctx.say("mainly because a kWh cost {change}", change=change(now.average_price, before.average_price))


def by_window(ctx: Context, session: TenantSession, of: Period) -> Any:
    """What each price window cost, or used where no window price is entered; nothing without published windows."""
    say = ctx.say
    parts = money.priced(session, of).periods
    if parts:
        whole = sum((part.cny for part in parts.values()), Decimal(0))
        shares = [
            (name, float(part.cny / whole) if whole else 0.0, window_text(ctx, part.wh, part)) for name, part in parts.items()
        ]
    else:
        curve, table = (
            money.load_curve(session, "grid_in", of.start, of.end - dt.timedelta(days=1)),
            money.windows_of(session.region),
        )
        used = money.window_energy(curve, table) if curve is not None and table is not None and curve.step <= 30 else {}
        shares = [(name, wh / sum(used.values()), window_text(ctx, wh, None)) for name, wh in used.items() if sum(used.values())]
    if not shares:
        return None
    title = say("Cost by price window") if parts else say("Use by price window")
    rows = [
        cards.Share(say(PERIOD_NAMES[name]), share, "valley" if name == "deep_valley" else name, text)
        for name, share, text in shares
    ]
    return cards.card(title, cards.share_bar(rows, label=title), note=say("estimated with your window prices") if parts else "")


def window_text(ctx: Context, wh: int, part: PeriodCost | None) -> str:
    """Energy of a price window and, where priced, its cost and price per kWh."""
    used = energy(wh, ctx.lang)
    if part is None:
        return str(used)
    price = ctx.say("{price} CNY/kWh", price=number(part.cny / part.wh * 1000 if part.wh else None, 4))
    return f"{used} · {yuan(part.cny, ctx.lang, 0)} · {price}"


def savings(ctx: Context, found: tuple[Finding, ...]) -> Any:
    say = ctx.say
    best = money.best(found)
    if not found:
        return cards.notice(
            say("With a 15-minute load curve this page also says what could be saved. The grid company gives it on request.")
        )
    if not best:
        return cards.section(say("What could be saved"), cards.notice(say("Nothing stands out in the last 90 days."), "good"))
    worth = sum((one.yuan_per_month for one in best if one.yuan_per_month), Decimal(0))
    title = say("Could save about {yuan} CNY a month", yuan=number(worth, 0)) if worth else say("What could be saved")
    return cards.section(
        title, *[finding(ctx, one) for one in best], note=say("Estimates from the last 90 days of your load curve")
    )


def finding(ctx: Context, one: Finding) -> Any:
    """One finding as a card."""
    say = ctx.say
    monthly = one.yuan_per_month
    return cards.finding_card(
        say(one.title),
        say(one.reason, **_said(ctx, one.facts)),
        say("about {yuan}", yuan=number(monthly, 0)) if monthly is not None else None,
        say(one.remedy, **_said(ctx, one.facts)) if one.remedy else "",
        per=say("CNY a month"),
        basis=say(one.yuan_why, **_said(ctx, one.facts))
        if monthly is None and one.yuan_why
        else say("estimated with your own price"),
        status="warn" if one.state == "found" else "neutral",
    )


def _said(ctx: Context, facts: dict[str, Any]) -> dict[str, Any]:
    return {key: ctx.say(PERIOD_NAMES[value]) if value in PERIOD_NAMES else value for key, value in facts.items()}
