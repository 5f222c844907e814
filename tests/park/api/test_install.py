"""The description: OpenAPI 3.1, every address in it, and a server that does what it says (schemathesis)."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi import checks

from tenants.db import Database
from tenants.ingest.payload import MOST_ROWS
from tests.databases import Installed, new_park, new_tenant
from tests.park.api.conftest import Device, device_of
from tests.park.api.test_readings import item, row
from tests.tenants.readings import send, series

PREFIX = "/api/v1"


@pytest.fixture(scope="session")
def description(server: Flask) -> dict[str, Any]:
    """The description as anybody gets it."""
    answer = server.test_client().get(f"{PREFIX}/openapi.json")
    assert answer.status_code == 200
    return dict(answer.get_json())


def test_every_address_is_described(server: Flask, description: dict[str, Any]) -> None:
    rules = {rule.rule for rule in server.url_map.iter_rules() if rule.rule.startswith(PREFIX) and "openapi" not in rule.rule}
    names = ("readings", "meters", "curve", "problems", "events", "rest", "account", "park/account")
    assert rules == set(description["paths"]) == {f"{PREFIX}/{name}" for name in names}
    assert description["openapi"] == "3.1.0"
    for path in description["paths"].values():
        for operation in path.values():
            assert operation["security"]
            assert operation["operationId"]
            assert {"200", "401", "403", "503"} <= set(operation["responses"])
            assert all("schema" in one["content"]["application/json"] for one in operation["responses"].values())


def test_its_schemas_are_schemas(description: dict[str, Any]) -> None:
    """Every schema is valid JSON Schema 2020-12, as OpenAPI 3.1 wants it, and refers to what is there."""
    found = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            found.extend(value for key, value in node.items() if key == "schema")
            if "$ref" in node:
                target = description
                for part in node["$ref"].removeprefix("#/").split("/"):
                    target = target[part]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(description)
    assert len(found) > 20
    for schema in found:
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


@pytest.mark.parametrize(
    ("body", "fits"),
    [
        ({"readings": [item([1, None, 2.5])]}, True), ({"rows": [row(1)]}, True), ({"rows": [row(None)]}, True),
        ({"readings": [item(["1"])]}, False), ({"readings": [item([1], step_minutes=7)]}, False), ({"rows": [{}]}, False),
        ({"readings": [], "rows": []}, False), ({"rows": [row(1, end="2025-03-01T00:15:00+08:00")]}, False),
        ({"rows": [row(1)] * (MOST_ROWS + 1)}, False),
    ],
)  # fmt: skip
def test_the_bodies_schema_and_the_door_agree(description: dict[str, Any], device: Device, body: Any, fits: bool) -> None:
    schema = description["paths"][f"{PREFIX}/readings"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert jsonschema_rs.is_valid(schema, body) is fits
    assert (device.send(json.dumps(body)).status_code == 200) is fits


# ---- schemathesis ----

CHECKS = [
    schemathesis.checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance, checks.unsupported_method, checks.ignored_auth,
]  # fmt: skip


@pytest.fixture(scope="session")
def described(server: Flask) -> Any:
    """The description as schemathesis reads it."""
    return schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", server)


@pytest.fixture(scope="session")
def fuzzer(installed: Installed, server: Flask, db: Database) -> Device:
    """A device of a tenant that has something to read."""
    tenant = new_tenant(installed, new_park(installed))
    send(db, tenant, series("M1", "2025-03-01", [1_000] * 96))
    return device_of(server, db, tenant)


@pytest.mark.parametrize("operation", ["sendReadings", "listMeters", "readCurve", "readAccount", "readParkAccount"])
def test_no_request_breaks_the_server(described: Any, fuzzer: Device, operation: str) -> None:
    """Requests that fit the description and requests that do not; never a fault of ours, always an answer as described."""
    wanted = described.find_operation_by_id(operation)

    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    @given(case=wanted.as_strategy() | wanted.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
    def ask(case: Any) -> None:
        case.call_and_validate(headers=fuzzer.headers, checks=CHECKS)

    ask()
