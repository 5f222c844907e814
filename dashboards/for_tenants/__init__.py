"""What a firm's people see: their month, energy, carbon, files and bills, meters, certificates, settings."""

from __future__ import annotations

from dash import Dash
from flask import Flask

from dashboards.for_tenants import bills, carbon, certificates, data, devices, energy, files, overview, settings_page, upload
from dashboards.room import Context, Page, build_room
from park.config import Settings
from tenants.db import Database, tenant_session

PREFIX = "/firm/"
PAGES = (
    Page("", "Overview", "home", overview.layout, "firm.see", overview.callbacks),
    Page("upload", "Upload a file", "upload", upload.layout, "firm.enter", upload.callbacks),
    Page("bills", "Bills", "file", bills.layout, "firm.enter", bills.callbacks),
    Page("energy", "Energy", "bolt", energy.layout, "firm.see", energy.callbacks),
    Page("data", "Data", "calendar", data.layout, "firm.see", data.callbacks),
    Page("carbon", "Carbon", "leaf", carbon.layout, "firm.see", carbon.callbacks),
    Page("devices", "Meters and devices", "meter", devices.layout, "firm.enter", devices.callbacks),
    Page("certificates", "Green power and offsets", "certificate", certificates.layout, "firm.enter", certificates.callbacks),
    Page("settings", "Settings", "settings", settings_page.layout, "firm.settings", settings_page.callbacks),
)


def _place(ctx: Context) -> tuple[str, str, bool]:
    with tenant_session(ctx.db, ctx.tenant) as session:
        row = session.row(
            "SELECT t.title, p.title AS park, p.demo FROM shared.tenant t JOIN shared.park p ON p.name = t.park "
            "WHERE t.name = current_user"
        )
    assert row is not None
    return row.title, row.park, row.demo


def build(server: Flask, db: Database, settings: Settings) -> Dash:
    """The firms' app, and the address of their own files."""
    server.add_url_rule("/firm/file/<uuid:document>", "firm_file", files.send)
    return build_room(server, room="firm", prefix=PREFIX, title="零园 Lingyuan", pages=PAGES, place=_place)
