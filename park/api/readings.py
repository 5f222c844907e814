"""POST /api/v1/readings: the door of devices and programs."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from park.api.answers import as_json
from park.people import tokens
from park.words import reject
from tenants.curves.steps import STEPS
from tenants.db import Database, tenant_session
from tenants.flows import FLOWS
from tenants.ingest import payload
from tenants.ingest.receipt import Receipt


class ReadingsQuery(Schema):
    """How the body is taken."""

    create = fields.Boolean(load_default=False, metadata={"description": "Make meters that do not exist."})
    partial = fields.Boolean(load_default=False, metadata={"description": "Leave out what cannot be taken instead of refusing all."})
    replace = fields.String(validate=validate.Length(1, 500), metadata={"description": "Why different values replace stored ones."})


_HEAD: dict[str, Any] = {
    "meter": {"type": "string", "description": "The meter's name."},
    "flow": {"type": "string", "enum": list(FLOWS), "description": "Default: the meter's flow of this unit."},
    "step_minutes": {"type": "integer", "enum": list(STEPS)},
    "unit": {"type": "string", "examples": ["kWh", "kW", "MWh", "m3", "GJ"]},
    "quality": {"type": "string", "enum": ["measured", "estimated"], "default": "measured"},
}
_INSTANT = {"type": "string", "format": "date-time", "description": "With its offset: 2026-03-01T00:15:00+08:00"}
_ITEM = {
    "type": "object",
    "required": ["meter", "start", "step_minutes", "unit", "values"],
    "properties": {**_HEAD, "start": _INSTANT, "values": {"type": "array", "items": {"type": ["number", "null"]}}},
}
_ROW = {
    "type": "object",
    "required": ["meter", "unit", "value"],
    "properties": {**_HEAD, "start": _INSTANT, "end": _INSTANT, "value": {"type": ["number", "null"]}},
}
SCHEMA = {
    "oneOf": [
        {"type": "object", "required": ["readings"], "properties": {"readings": {"type": "array", "items": _ITEM}}},
        {"type": "object", "required": ["rows"],
         "properties": {"rows": {"type": "array", "maxItems": payload.MOST_ROWS, "items": _ROW}}},
    ]
}  # fmt: skip
_BODY = {
    "required": True,
    "content": {"application/json": {"schema": SCHEMA}},
    "description": "Either `readings`: arrays of one meter each, or `rows`: single values. A null is a missing value. "
    "Sending the same again changes nothing; a different value is listed as a conflict and not applied.",
}


def as_dict(receipt: Receipt, lang: str | None) -> dict[str, Any]:
    """A receipt with its rejects in words."""
    words = [(one, reject(one.reason, one.remedy, one.facts, lang)) for one in receipt.rejected]
    return {
        **receipt.as_json(),
        "rejected": [
            {"row": one.row, **({"where": one.facts["where"]} if "where" in one.facts else {}), "reason": why, "remedy": remedy}
            for one, (why, remedy) in words
        ],
    }


def blueprint(db: Database) -> Blueprint:
    """The address that writes."""
    made = Blueprint("readings", __name__, description="Readings in")

    @made.route("/readings", methods=["POST"])
    @made.doc(security=[{"token": []}], requestBody=_BODY)
    @made.arguments(ReadingsQuery, location="query")
    @made.response(200, description="How many values were accepted, unchanged, in conflict or rejected: committed and published.")
    def send(query: dict[str, Any]) -> Response:
        token = tokens.verify(db, request.headers.get("Authorization"))
        token.require("readings:write")
        with tenant_session(db, token.tenant) as session:
            receipt = payload.submit(
                session, request.get_data(cache=False), actor=token.actor, create=query["create"], partial=query["partial"],
                replace_reason=query.get("replace"),
            )  # fmt: skip
        return as_json(as_dict(receipt, request.accept_languages.best_match(["zh", "en"], "zh")))

    return made
