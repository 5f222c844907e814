"""Answers in JSON: results, and errors in the same words as on every other door."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from park.plain import to_json
from park.words import placed, say, t
from tenants.errors import InvalidInput, LingyuanError
from tenants.ingest.payload import PayloadRefused
from tenants.ingest.series import Reject

RETRY_AFTER_S = "5"


class BodyTooLarge(LingyuanError):
    """The body is larger than {most} MB."""

    status = 413
    remedy = "Send it in parts: the order does not matter, and what is sent twice changes nothing."


class BodyBroken(LingyuanError):
    """The body could not be received whole."""

    status = 400
    remedy = "Send it again: what is sent twice changes nothing."


def language() -> str:
    """The language the asker prefers; Chinese unless English is asked for."""
    return request.accept_languages.best_match(["zh", "en"], "zh") or "zh"


def as_json(value: Any, status: int = 200) -> Response:
    """An answer."""
    return Response(to_json(value), status=status, mimetype="application/json")


def problem(error: LingyuanError) -> Response:
    """The answer to a request that failed: code, message, remedy, facts; of a refused body also every place, at most 100."""
    said = say(error, language())
    if isinstance(error, PayloadRefused):
        said["problems"] = in_words(error.problems)
    answer = as_json({"error": said}, error.status)
    if error.status in (429, 503):
        answer.headers["Retry-After"] = str(error.facts.get("seconds", RETRY_AFTER_S))
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def refused(error: HTTPException) -> Response:
    """The answer to a request that the server below does not take."""
    if isinstance(error, RequestEntityTooLarge):
        return problem(BodyTooLarge(most=(request.max_content_length or 0) // 2**20))
    for name, reason in _wrong_parameters(error):
        return problem(InvalidInput(field=name, reason=reason, remedy="/api/v1/openapi.json describes the parameters."))
    return problem(BodyBroken()) if error.code == 400 else _plain(error)


def _wrong_parameters(error: HTTPException) -> list[tuple[str, str]]:
    """Names of query parameters with what is wrong with them."""
    messages: Any = getattr(error, "data", {}).get("messages", {})
    query = messages.get("query", {}) if isinstance(messages, dict) else {}
    return [(name, str(reasons[0])) for name, reasons in sorted(query.items()) if reasons]


def _plain(error: HTTPException) -> Response:
    code = (error.name or "refused").lower().replace(" ", "_")
    said = {"code": code, "message": t(error.name, language()), "remedy": "", "facts": {}}
    answer = as_json({"error": said}, error.code or 500)
    for name, value in error.get_headers():
        if name == "Allow":
            answer.headers[name] = value
    return answer


def in_words(rejects: list[Reject]) -> list[dict[str, Any]]:
    """Refused places in the asker's language."""
    return placed(rejects, language())
