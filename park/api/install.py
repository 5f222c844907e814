"""Puts the API on the server: its addresses, its description, its errors as JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from park.api import description, dials, figures, readings
from park.api.answers import problem, refused
from park.people.sessions import Who
from tenants.db import Database
from tenants.errors import LingyuanError

PREFIX = "/api/v1"
_ABOUT = """Readings in, curves and accounts out.

A firm's owner makes tokens on the settings page; `Authorization: Bearer <token>` shows one. Errors are
`{"error": {code, message, remedy, facts}}`, in Chinese, or in English with `Accept-Language: en`."""


class _Api(Api):  # type: ignore[misc]
    """The library's API without its own form of errors: ours is described with each address."""

    DEFAULT_ERROR_RESPONSE_NAME = None


def install(server: Flask, db: Database, files: Path, person: Callable[[], Who | None]) -> None:
    """Adds the API to the server.

    Args:
        files: folder of uploaded files.
        person: who is signed in with the browser, for the park's addresses.
    """
    server.config.update(
        API_TITLE="Lingyuan", API_VERSION="v1", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": _ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
            "servers": [{"url": "/"}],
        },
    )  # fmt: skip
    api = _Api(server)
    api.spec.components.schema("Problem", description.PROBLEM)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer", "description": "A token of the firm."})
    api.spec.components.security_scheme(
        "session", {"type": "apiKey", "in": "cookie", "name": "lingyuan", "description": "Somebody signed in with the browser."}
    )
    for made in (readings.blueprint(db), figures.blueprint(db, person), dials.blueprint(db)):
        made.register_error_handler(LingyuanError, problem)
        made.register_error_handler(HTTPException, refused)
        api.register_blueprint(made, url_prefix=PREFIX)
