"""The whole program, wired: `wsgi:create_app()` is what the web server starts. Nothing imports this module."""

from __future__ import annotations

import importlib
import os
from urllib.parse import urlsplit

from flask import Flask
from flask_compress import Compress
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboards import errors, headers, mount, session
from dashboards.health import watch
from dashboards.house import House, move_in
from dashboards.public import pages
from park.config import Settings
from park.installation import attach
from park.people.desk import desk_of
from tenants.db import Database

ROOMS = {"/firm/": "for_tenants", "/park/": "for_park", "/regulator/": "for_regulators"}
OPEN = ("public", "watch", "readings", "figures", "dials", "api-docs")  # blueprints without a door; each asks for itself


def create_app(settings: Settings | None = None, db: Database | None = None) -> Flask:
    """The server: guards first, then protection against forged requests, pages, apps and the HTTP API."""
    settings = settings or Settings.read(os.environ)
    db = db or attach(settings).db
    house = House(db, settings, desk_of(settings, db))
    server = Flask("lingyuan", static_folder=None)
    move_in(server, house)
    _configure(server, house)
    Compress(server)
    headers.install(server)
    session.install(server)
    mount.guard(server, OPEN)
    csrf = CSRFProtect(server)
    server.register_blueprint(pages)
    server.register_blueprint(watch)
    _add_api(server, house, csrf)
    builders = {prefix: importlib.import_module(f"dashboards.{name}").build for prefix, name in ROOMS.items()}
    mount.mount(server, house, builders)
    errors.install(server)
    return server


def _configure(server: Flask, house: House) -> None:
    settings = house.settings
    server.config.update(
        SECRET_KEY=settings.session_secret(), SESSION_COOKIE_NAME="lingyuan_form", SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=house.https, MAX_CONTENT_LENGTH=settings.max_upload_mb * 2**20,
        WTF_CSRF_TIME_LIMIT=None, COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_BR_LEVEL=5,
        TRUSTED_HOSTS=_hosts(settings) if settings.production else None,
    )  # fmt: skip
    if settings.proxies:
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]


def _hosts(settings: Settings) -> list[str]:
    return [host for host in (urlsplit(settings.base_url).hostname, settings.host, "localhost", "127.0.0.1") if host]


def _add_api(server: Flask, house: House, csrf: CSRFProtect) -> None:
    """The HTTP API; its callers show tokens, not cookies, so no foreign page can speak in their name."""
    from park import api

    api.install(server, house.db, house.settings.home / "files", session.who)
    csrf.exempt(server.blueprints["readings"])
