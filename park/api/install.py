"""Puts the API on the server: its addresses, its description, its errors as JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, request
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from park.api.answers import as_json
from park.people.sessions import Who
from park.words import say
from tenants.db import Database
from tenants.errors import LingyuanError

PREFIX = "/api/v1"


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
            "info": {"description": "Readings in, curves and accounts out. Errors name the place and the remedy."},
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        },
    )  # fmt: skip
    from park.api import accounts, readings

    api = Api(server)
    for made in (readings.blueprint(db), accounts.blueprint(db, person)):
        made.register_error_handler(LingyuanError, _problem)
        made.register_error_handler(HTTPException, _refused)
        api.register_blueprint(made, url_prefix=PREFIX)


def _language() -> str:
    return request.accept_languages.best_match(["zh", "en"], "zh") or "zh"


def _problem(error: LingyuanError) -> Response:
    answer = as_json({"error": say(error, _language())}, error.status)
    if error.status == 503:
        answer.headers["Retry-After"] = "5"
    return answer


def _refused(error: HTTPException) -> Response:
    code = (error.name or "refused").lower().replace(" ", "_")
    return as_json({"error": {"code": code, "message": error.description or "", "remedy": ""}}, error.code or 500)


