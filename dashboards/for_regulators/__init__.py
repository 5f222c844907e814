"""What regulators see: parks compared, and one park's summary. Summary views only."""

from __future__ import annotations

from dash import Dash
from flask import Flask

from dashboards.for_regulators import compare, one_park
from dashboards.room import Context, Page, build_room
from park.config import Settings
from tenants.db import Database

PREFIX = "/regulator/"
PAGES = (
    Page("", "Parks compared", "compare", compare.layout, "summary.see", compare.callbacks),
    Page("park", "One park", "flag", one_park.layout, "summary.see", in_nav=False),
)


def _place(ctx: Context) -> tuple[str, str, bool]:
    return ctx.say("Regulator"), ctx.say("Summaries of the parks"), False


def build(server: Flask, db: Database, settings: Settings) -> Dash:
    """The regulators' app."""
    return build_room(server, room="regulator", prefix=PREFIX, title="零园 Lingyuan", pages=PAGES, place=_place)
