"""POST /api/v1/readings: the door of devices and programs."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request
from flask_smorest import Blueprint

from park.api import description
from park.api.address import Address
from park.api.answers import in_words
from park.api.parameters import ReadingsQuery
from park.flood import Flood
from park.people import tokens
from park.people.tokens import Token
from park.plain import to_json
from tenants import devices, requests
from tenants.db import Database, TenantSession, tenant_session
from tenants.devices import Heard, Refusal
from tenants.errors import LingyuanError
from tenants.ingest import payload
from tenants.requests import Answer, Request


def blueprint(db: Database, flood: Flood | None = None) -> Blueprint:
    """The address that writes."""
    floods = flood or Flood()

    def who() -> Token:
        token = tokens.verify(db, request.headers.get("Authorization"))
        token.require("readings:write")
        floods.admit(token.id)
        return token

    def send(token: Token, query: dict[str, Any]) -> Response:
        body, key = request.get_data(cache=False), request.headers.get("Idempotency-Key")
        asked = None if key is None else Request.of(token.id, key, body, orjson.dumps(query, option=orjson.OPT_SORT_KEYS))
        try:
            with tenant_session(db, token.tenant) as session:
                answer = _answered(session, token, query, body, asked, floods)
        except LingyuanError as error:
            _note(db, token, error, floods)
            raise
        return Response(answer.body, status=answer.status, mimetype="application/json")

    made = Blueprint("readings", __name__, description="Readings in")
    Address(
        "/readings", "sendReadings", "Send readings", who, send, "token", description.RECEIPT,
        "How many values were accepted, unchanged, in conflict or rejected. All of it is committed and published.",
        (400, 401, 403, 413, 422, 429, 503), ReadingsQuery, "POST", description.BODY, description.IDEMPOTENCY,
    ).add_to(made)  # fmt: skip
    return made


def _answered(
    session: TenantSession, token: Token, query: dict[str, Any], body: bytes, asked: Request | None, floods: Flood
) -> Answer:
    """The answer: of an earlier request with the same key, or of this one, kept for the next."""
    if asked is not None:
        session.lock()
        if before := requests.earlier(session, asked):
            return before
    receipt = payload.submit(
        session, body, actor=token.actor, create=query["create"], partial=query["in_part"], replace_reason=query.get("replace"),
        sender=token.id,
    )  # fmt: skip
    floods.charge(token.id, receipt.rows)
    answer = Answer(200, to_json({**receipt.as_json(), "rejected": in_words(receipt.rejected)}).decode())
    if asked is not None:
        requests.keep(session, asked, answer)
    return answer


def _note(db: Database, token: Token, error: LingyuanError, floods: Flood) -> None:
    """Tells the firm's list of devices what was refused, so that somebody who can help sees it."""
    if error.status >= 500:
        return
    refused = error.facts["count"] if isinstance(error, payload.PayloadRefused) else 1
    floods.charge(token.id, refused)
    with tenant_session(db, token.tenant) as session:
        devices.note(session, [Heard(token.id, errors=refused, refusal=Refusal.of(error))], door="http")
