"""What the park's people see: progress, tenants, the firms it enters itself, its totals and targets."""

from __future__ import annotations

from typing import Any

from dash import Dash, dcc
from flask import Flask

from dashboards.for_park import held, numbers, progress, settings_page, tenants
from dashboards.room import Context, Page, build_room
from park import parks
from park.access import park_session
from park.config import Settings
from tenants.db import Database

__all__ = ["PAGES", "PREFIX", "build", "held", "numbers", "progress", "settings_page", "tenants"]

PREFIX = "/park/"
PAGES = (
    Page("", "Progress", "target", progress.layout, "park.see", progress.callbacks),
    Page("tenants", "Firms", "factory", tenants.layout, "park.see", tenants.callbacks),
    Page("held", "Entered for firms", "file", held.layout, "park.hold", held.callbacks),
    Page("figures", "Figures explained", "help", numbers.layout, "park.see", numbers.callbacks),
    Page("settings", "Totals and targets", "settings", settings_page.layout, "park.settings", settings_page.callbacks),
)


def _place(ctx: Context) -> tuple[str, str, bool]:
    with park_session(ctx.db, ctx.park) as session:
        park = parks.own(session)
    return park.title, park.province, park.demo


def _tools(ctx: Context) -> Any:
    if not ctx.who.may("park.pick"):
        return None
    return dcc.Link(ctx.say("Other park"), href="/workspaces", refresh=True, className="ly-button")


def build(server: Flask, db: Database, settings: Settings) -> Dash:
    """The park's app."""
    return build_room(server, room="park", prefix=PREFIX, title="零园 Lingyuan", pages=PAGES, place=_place, tools=_tools)
