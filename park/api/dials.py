"""GET /api/v1/events and /rest for a firm's token: what was done to its registers, what goes through none of its sub-meters."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from park.api import description
from park.api.address import Address
from park.api.answers import as_json
from park.api.parameters import EventsQuery, RestQuery
from park.people import tokens
from tenants.db import Database, tenant_session
from tenants.registers.events import listed
from tenants.rest import unmetered


def blueprint(db: Database) -> Blueprint:
    """The addresses."""

    def who() -> str:
        token = tokens.verify(db, request.headers.get("Authorization"))
        token.require("data:read")
        return token.tenant

    def events(tenant: str, query: dict[str, Any]) -> Response:
        with tenant_session(db, tenant) as session:
            return as_json([one.as_json() for one in listed(session, query.get("meter"), withdrawn=query["withdrawn"])])

    def rest(tenant: str, query: dict[str, Any]) -> Response:
        with tenant_session(db, tenant) as session:
            found = unmetered(session, query["start"], query["end"], meter=query.get("meter"), by_month=query["by"] == "month")
            return as_json([one.as_json() for one in found])

    made = Blueprint("dials", __name__, description="Registers and sub-meters")
    Address("/events", "listEvents", "What was done to the firm's registers", who, events, "token", description.EVENTS,
            "Exchanges, resets, multipliers, clocks that were off; the newest first.", (401, 403, 422, 503), EventsQuery,
            ).add_to(made)  # fmt: skip
    Address("/rest", "readRest", "What goes through a meter and through none behind it", who, rest, "token", description.REST,
            "One entry for each meter with others of the same flow behind it, over the time that all of them have values.",
            (401, 403, 404, 422, 503), RestQuery).add_to(made)  # fmt: skip
    return made
