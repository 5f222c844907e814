"""The five guiding indicators of the national trial: the one that is computed, and the four that nobody has recorded yet."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards import cards, explained
from dashboards.room import Context
from park import rollups
from park.notation import number
from tenants.calc.limits import judge
from tenants.factors import limits

# Annex 3 names them; their data come from product statistics, waste and water books that this version does not keep.
NOT_RECORDED = (
    ("Energy per product at level 2 of its standard or better", "all products"),
    ("Industrial solid waste used", "≥ 80 %"),
    ("Waste heat, cold and pressure used", "≥ 50 %"),
    ("Industrial water reused", "≥ 80 %"),
)


def guiding(ctx: Context, now: rollups.ParkAccount) -> Any:
    """A card with a line for each: value, threshold, and how it stands."""
    say = ctx.say
    figure = now.whole.figures["clean_energy_share"]
    found = judge(
        limits(),
        "clean_energy_share",
        figure.exact,
        now.whole.figures["energy_equivalent_tce"].exact,
        year=now.whole.year,
        jurisdiction="national",
    )
    shown = explained.shown(figure)
    chip = _standing(ctx, found.status) if shown else cards.status_chip(say("No value"), "neutral")
    threshold = f"≥ {number(found.limit.limit)} %" if found.limit is not None else ""
    rows = [_row(say("Clean energy share"), f"{shown} %" if shown else "", threshold, chip)]
    rows += [
        _row(say(name), "", say(limit), cards.status_chip(say("Not yet recorded"), "undefined")) for name, limit in NOT_RECORDED
    ]
    return cards.card(
        say("Five guiding indicators"),
        html.Ul(rows, className="ly-targets"),
        note=say("They guide; only carbon per unit of energy decides."),
    )


def _standing(ctx: Context, status: str) -> Any:
    return cards.status_chip(ctx.say("Reached"), "good") if status == "met" else cards.status_chip(ctx.say("Not reached"), "warn")


def _row(name: str, value: str, threshold: str, chip: Any) -> Any:
    return html.Li(
        [html.Span(name), html.Span([html.B(value, className="ly-figure"), " ", html.Span(threshold, className="ly-note")]), chip]
    )
