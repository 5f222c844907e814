"""Every error as a page or as JSON: what happened, what to do, and nothing of how the program is built."""

from __future__ import annotations

import secrets

import structlog
from dash.exceptions import DependencyException, InvalidResourceError
from flask import Flask, Response, g, jsonify, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from dashboards import session
from dashboards.mount import ForgedRequest
from dashboards.public.pages import render, wants_json
from park.people.sessions import NotSignedIn
from park.words import say
from tenants.errors import LingyuanError, NotAllowed, Unavailable

log = structlog.get_logger("web")


class PageMissing(LingyuanError):
    """There is no such page."""

    status = 404
    remedy = "Check the address, or start from the first page."


class MethodWrong(LingyuanError):
    """This address cannot be used in this way."""

    status = 405
    remedy = "Go back and use the page's own buttons."


class TooLarge(LingyuanError):
    """What was sent is too large."""

    status = 413
    remedy = "Send a smaller file, or split it."


class TypeWrong(LingyuanError):
    """What was sent is not of the kind expected here."""

    status = 415
    remedy = "Send JSON, or use the page's own form."


class RequestBroken(LingyuanError):
    """The request could not be understood."""

    status = 400
    remedy = "Go back, reload the page, and try again."


class Unexpected(LingyuanError):
    """Something went wrong on our side. It was written down as {reference}."""

    status = 500
    remedy = "Nothing was half saved. Try again; if it comes back, tell the operator the number."


_BY_STATUS: dict[int, type[LingyuanError]] = {
    400: RequestBroken, 403: NotAllowed, 404: PageMissing, 405: MethodWrong, 413: TooLarge, 415: TypeWrong, 503: Unavailable,
}  # fmt: skip


def install(server: Flask) -> None:
    """Teaches the server to answer errors in words."""
    server.register_error_handler(LingyuanError, answer)
    server.register_error_handler(CSRFError, lambda _: answer(ForgedRequest()))
    server.register_error_handler(HTTPException, _http)
    for missing in (DependencyException, InvalidResourceError):  # a made-up file of a component library
        server.register_error_handler(missing, lambda _: answer(PageMissing()))
    server.register_error_handler(DBAPIError, _database)
    server.register_error_handler(Exception, _unexpected)


def answer(error: LingyuanError) -> Response:
    """The error in the shape the asker can read, with its status."""
    if isinstance(error, Unavailable):
        g.who = None  # the page that says so must not ask the database who reads it
    said = say(error, session.lang())
    api = request.path.startswith("/api/")
    if api or wants_json() or "/_" in request.path:
        response = jsonify(error=said) if api else jsonify(said)
        response.status_code = error.status
    elif isinstance(error, Unavailable):
        response = render_without_database(said)
    else:
        response = render("error.html", error.status, error=said, number=error.status, sign_in=isinstance(error, NotSignedIn))
    if error.status in (429, 503):
        g.retry_after = error.facts.get("seconds", 5)
    return response


def render_without_database(said: dict[str, object]) -> Response:
    """A page that asks nobody who the reader is, for the database is away."""
    from flask import render_template

    return Response(render_template("away.html", error=said), 503)


def _http(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:
        return Response(status=error.code, headers=list(error.get_headers()))
    made = _BY_STATUS.get(error.code or 500)
    if made is None:
        made = RequestBroken if (error.code or 500) < 500 else Unexpected
    response = answer(made(reference="-"))
    for name, value in error.get_headers():
        if name == "Allow":  # what a 405 has to say
            response.headers[name] = value
    return response


def _database(error: DBAPIError) -> Response:
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or state in ("53100", "53300", "57014", "57P01", "57P02", "57P03"):
        log.warning("database away", sqlstate=state)
        return answer(Unavailable())
    return _unexpected(error)


def _unexpected(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    log.error("unexpected", reference=reference, path=request.path, method=request.method, exc_info=error)
    return answer(Unexpected(reference=reference))
