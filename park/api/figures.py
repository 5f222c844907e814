"""GET /api/v1/meters, /curve, /problems, /account for a firm's token; /park/account for the park's own people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from park import problems, statement
from park.access import park_session
from park.api import description
from park.api.address import Address
from park.api.answers import as_json, language
from park.api.parameters import AccountQuery, CurveQuery, ProblemsQuery
from park.people import tokens
from park.people.sessions import NotSignedIn, Who
from tenants import sites
from tenants.curves.listing import listed
from tenants.db import Database, tenant_session
from tenants.errors import InvalidInput, NotFound
from tenants.quality import worth
from tenants.quality.problems import DECIDED, STATES
from tenants.quality.problems import listed as listed_problems
from tenants.topology import load

MOST_FINE_DAYS = 400  # of intervals or hours in one answer


def blueprint(db: Database, person: Callable[[], Who | None]) -> Blueprint:
    """The addresses that read."""
    made = Blueprint("figures", __name__, description="Curves and accounts out")
    for one in (*_of_tenant(db), _of_park(db, person)):
        one.add_to(made)
    return made


def _of_tenant(db: Database) -> list[Address[str]]:
    def who() -> str:
        token = tokens.verify(db, request.headers.get("Authorization"))
        token.require("data:read")
        return token.tenant

    def meters(tenant: str, query: dict[str, Any]) -> Response:
        with tenant_session(db, tenant) as session:
            return as_json(sites.describe(load(session)))

    def curve(tenant: str, query: dict[str, Any]) -> Response:
        _check_length(query)
        wanted = {name: query.get(name) for name in ("by", "meter", "flow")}
        with tenant_session(db, tenant) as session:
            return as_json(listed(session, query["start"], query["end"], **wanted))  # type: ignore[arg-type]

    def found(tenant: str, query: dict[str, Any]) -> Response:
        states = {"open": ("open",), "decided": DECIDED, "all": STATES}[query["state"]]
        with tenant_session(db, tenant) as session:
            price = worth.price(session)
            return as_json([problems.told(one, language(), price) for one in listed_problems(session, states)])

    def account(tenant: str, query: dict[str, Any]) -> Response:
        period = statement.period_of(query["year"], query.get("month"))
        with tenant_session(db, tenant) as session:
            return as_json(statement.of_tenant(session, period, query["method"], language()))

    return [
        Address("/meters", "listMeters", "The firm's meters and their flows", who, meters, "token", description.METERS,
                "One entry for each flow of a meter.", (401, 403, 503)),
        Address("/curve", "readCurve", "A load curve, or its sums", who, curve, "token", description.CURVE,
                "A list with start, the quantity under the name of its unit, and completeness.", (401, 403, 404, 422, 503),
                CurveQuery),
        Address("/problems", "listProblems", "What looks wrong in the firm's data", who, found, "token", description.PROBLEMS,
                "The problems with the most energy at stake first; `yuan` where the firm's price is known.", (401, 403, 422, 503),
                ProblemsQuery),
        Address("/account", "readAccount", "The firm's account of a year or month under one method", who, account, "token",
                description.ACCOUNT, "The figures with formula, inputs, factors and completeness; numbers are strings.",
                (401, 403, 422, 503), AccountQuery),
    ]  # fmt: skip


def _of_park(db: Database, person: Callable[[], Who | None]) -> Address[str]:
    def who() -> str:
        found = person()
        if found is None:
            raise NotSignedIn()
        found.require("park.see")
        if found.park is None:  # an operator who has not picked one
            raise NotFound(what="park", name="")
        return found.park

    def account(park: str, query: dict[str, Any]) -> Response:
        period = statement.period_of(query["year"], query.get("month"))
        with park_session(db, park) as session:
            return as_json(statement.of_park(session, period, query["method"], language()))

    return Address(
        "/park/account", "readParkAccount", "The park's account, for its administrators signed in with the browser", who, account,
        "session", description.PARK_ACCOUNT, "The park's figures: its members, and the remainder to its own totals where known.",
        (401, 403, 404, 422, 503), AccountQuery,
    )  # fmt: skip


def _check_length(query: dict[str, Any]) -> None:
    days = (query["end"] - query["start"]).days
    if query["by"] in ("interval", "hour") and days >= MOST_FINE_DAYS:
        raise InvalidInput(field="to", reason="at most {most} days of intervals or hours are given at once", most=MOST_FINE_DAYS,
                           remedy="Ask for a part, or sum by day.")  # fmt: skip
