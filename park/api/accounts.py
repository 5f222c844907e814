"""GET /api/v1/account, /meters, /curve for a firm's token; /park/account for the park's own people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from park import rollups
from park.access import park_session
from park.api.answers import as_json
from park.people import tokens
from park.people.sessions import NotSignedIn, Who
from tenants import accounts, period
from tenants.curves.listing import listed
from tenants.curves.read import BY
from tenants.db import Database, tenant_session
from tenants.ledger import METHODS
from tenants.ledger import as_json as account_json


class AccountQuery(Schema):
    """Which account."""

    year = fields.Integer(required=True)
    month = fields.Integer(validate=validate.Range(1, 12))
    method = fields.String(load_default="cn_park_2025", validate=validate.OneOf(list(METHODS)))


class CurveQuery(Schema):
    """Which part of a curve; `to` is an inclusive local day."""

    meter = fields.String()
    start = fields.Date(required=True, data_key="from")
    end = fields.Date(required=True, data_key="to")
    by = fields.String(load_default="interval", validate=validate.OneOf(BY))


def _period(query: dict[str, Any]) -> period.Period:
    return period.of_month(query["year"], query["month"]) if "month" in query else period.of_year(query["year"])


def blueprint(db: Database, person: Callable[[], Who | None]) -> Blueprint:
    """The addresses that read."""
    made = Blueprint("figures", __name__, description="Curves and accounts")

    def tenant() -> str:
        token = tokens.verify(db, request.headers.get("Authorization"))
        token.require("data:read")
        return token.tenant

    @made.route("/account")
    @made.doc(security=[{"token": []}])
    @made.arguments(AccountQuery, location="query")
    @made.response(200, description="The figures with formula, inputs, factors and completeness; numbers are strings.")
    def account(query: dict[str, Any]) -> Response:
        with tenant_session(db, tenant()) as session:
            return as_json(account_json(accounts.of_tenant(session, _period(query), query["method"])))

    @made.route("/curve")
    @made.doc(security=[{"token": []}])
    @made.arguments(CurveQuery, location="query")
    @made.response(200, description="A list with start, value, unit and completeness.")
    def curve(query: dict[str, Any]) -> Response:
        with tenant_session(db, tenant()) as session:
            return as_json(listed(session, query["start"], query["end"], by=query["by"], meter=query.get("meter")))

    @made.route("/park/account")
    @made.arguments(AccountQuery, location="query")
    @made.response(200, description="The park's figures, for its administrators signed in with the browser.")
    def park_account(query: dict[str, Any]) -> Response:
        who = person()
        if who is None:
            raise NotSignedIn()
        who.require("park.see")
        with park_session(db, who.park or "") as session:
            found = rollups.of_park(session, _period(query), query["method"])
        extra = {"members_only": found.members_only, "coverage": found.coverage}
        return as_json({**extra, **account_json(found.whole)})

    return made


