"""POST /api/v1/readings: the door of devices and programs."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from park.api import description
from park.api.address import Address
from park.api.answers import as_json, in_words
from park.api.parameters import ReadingsQuery
from park.people import tokens
from park.people.tokens import Token
from tenants.db import Database, tenant_session
from tenants.ingest import payload


def blueprint(db: Database) -> Blueprint:
    """The address that writes."""

    def who() -> Token:
        token = tokens.verify(db, request.headers.get("Authorization"))
        token.require("readings:write")
        return token

    def send(token: Token, query: dict[str, Any]) -> Response:
        body = request.get_data(cache=False)
        with tenant_session(db, token.tenant) as session:
            receipt = payload.submit(
                session, body, actor=token.actor, create=query["create"], partial=query["in_part"],
                replace_reason=query.get("replace"),
            )  # fmt: skip
        return as_json({**receipt.as_json(), "rejected": in_words(receipt.rejected)})

    made = Blueprint("readings", __name__, description="Readings in")
    Address(
        "/readings", "sendReadings", "Send readings", who, send, "token", description.RECEIPT,
        "How many values were accepted, unchanged, in conflict or rejected. All of it is committed and published.",
        (400, 401, 403, 413, 422, 503), ReadingsQuery, "POST", description.BODY,
    ).add_to(made)  # fmt: skip
    return made
