"""POST /api/v1/readings: the door of devices and programs."""

from __future__ import annotations

import hashlib

from flask import Response, request
from flask_smorest import Blueprint

from park.api.answers import as_json
from park.people import tokens
from tenants.db import Database, tenant_session
from tenants.ingest import payload
from tenants.ingest.accept import accept

_BODY = {
    "required": True,
    "content": {"application/json": {"schema": payload.SCHEMA}},
    "description": "Either `readings`: arrays of one meter each, or `rows`: at most 10,000 single values. "
    "Times carry an offset. A null is a missing value. Sending the same again changes nothing.",
}


def blueprint(db: Database) -> Blueprint:
    """The address that writes."""
    made = Blueprint("readings", __name__, description="Readings in")

    @made.route("/readings", methods=["POST"])
    @made.doc(security=[{"token": []}], requestBody=_BODY)
    @made.response(200, description="How many values were accepted, unchanged, in conflict or rejected, committed and published.")
    def send() -> Response:
        token = tokens.verify(db, request.headers.get("Authorization"))
        token.require("readings:write")
        body = request.get_data(cache=False)
        parsed = payload.parse(body)
        with tenant_session(db, token.tenant) as session:
            receipt = accept(
                session, parsed.series, source="http", name="", sha256=hashlib.sha256(body).hexdigest(), actor=token.actor,
                replace_reason=parsed.replace_reason, create_missing=parsed.create_missing, rejected=parsed.rejected,
            )  # fmt: skip
        return as_json(receipt.as_dict())

    return made
