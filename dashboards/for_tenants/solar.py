"""PV: how much of the electricity it gives; for a firm without, what its own curve says about whether it is worth a survey."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np

from dashboards import cards, explained
from dashboards.room import Context
from park.notation import energy, number, percent
from tenants import accounts, money, tariffs
from tenants.calc.tariff import cost
from tenants.db import TenantSession
from tenants.period import Period

SUNNY_HOURS = (9, 16)  # most of a day's sun; only the firm's own use and price in these hours are told, no yield is made up
KEYS = ("pv_generation_kwh", "pv_self_use_kwh", "pv_generation_share", "pv_self_use_share", "pv_self_consumption_rate")


def solar(ctx: Context, session: TenantSession, of: Period) -> Any:
    """The section for the month."""
    say = ctx.say
    account = accounts.of_tenant(session, of, "ghgp_location")
    if not account.figures["pv_generation_kwh"].exact:
        return _worth_it(ctx, session, of)
    figures = account.figures
    stats = [
        cards.Stat(say(figures[key].indicator.title), explained.shown(figures[key]) or say("No value"), figures[key].unit, key)
        for key in KEYS
    ]
    buttons = cards.explain_button("pv_self_use_kwh", say, about=say("PV"))
    return cards.card(
        say("PV"),
        cards.stat_row(stats),
        tools=buttons,
        note=say("Generation share counts exported power too; self-use share does not."),
    )


def _worth_it(ctx: Context, session: TenantSession, of: Period) -> Any:
    """Use and price while the sun shines: what every kWh of own PV would replace."""
    say = ctx.say
    curve = money.load_curve(session, "grid_in", of.start, of.end - dt.timedelta(days=1))
    if curve is None or not curve.measured.any():
        return cards.card(
            say("Is PV worth it?"), note=say("With a 15-minute load curve this page says how much of your use PV could replace.")
        )
    slots = np.arange(curve.values.shape[1]) * curve.step // 60
    sunny = curve.measured & ((slots >= SUNNY_HOURS[0]) & (slots < SUNNY_HOURS[1]))
    wh, whole = int(curve.values[sunny].sum()), int(curve.values[curve.measured].sum())
    stats = [
        cards.Stat(say("Used between 9:00 and 16:00"), *energy(wh, ctx.lang)),
        cards.Stat(say("Share of the month's use"), percent(Decimal(wh) / whole if whole else None)),
    ]
    held = tariffs.on(session, of.start)
    if held is not None and wh:
        price = cost(curve.values, sunny, curve.days, step=curve.step, tariff=held).cny / wh * 1000
        stats.append(cards.Stat(say("Your price in these hours"), number(price, 4), say("CNY/kWh")))
    return cards.card(
        say("Is PV worth it?"),
        cards.stat_row(stats),
        note=say(
            "Every kWh of your own PV used in these hours need not be bought. What a roof yields and when it pays back "
            "needs a survey; nothing is assumed here."
        ),
    )
