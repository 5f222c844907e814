"""Idempotency keys, floods and the list of devices, over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from flask_smorest import Api
from werkzeug.test import TestResponse

from park.api import readings
from park.api.answers import problem
from park.flood import Flood
from tenants import devices, requests
from tenants.db import Database, tenant_session
from tenants.errors import LingyuanError
from tests.park.api.conftest import Device, device_of
from tests.park.api.test_readings import item


def send(device: Device, key: str, body: Any, query: str = "create=true") -> TestResponse:
    headers = {**device.headers, "Idempotency-Key": key}
    return device.server.test_client().post(f"/api/v1/readings?{query}", headers=headers, json=body)


def test_the_same_key_and_body_get_the_same_answer_word_for_word(device: Device) -> None:
    body = {"readings": [item([1.25, None, 1.5])]}
    first, again = send(device, "k1", body), send(device, "k1", body)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.data == again.data
    assert again.get_json()["accepted"] == 2  # the first answer; without a key it would say unchanged
    assert device.send(body).get_json()["unchanged"] == 2


def test_the_same_key_with_anything_else_is_refused(device: Device, db: Database, tenant: str) -> None:
    body = {"readings": [item([1])]}
    send(device, "k1", body)
    for other, query in (({"readings": [item([2], first=1)]}, "create=true"), (body, "create=true&partial=true")):
        refused = send(device, "k1", other, query)
        assert (refused.status_code, refused.get_json()["error"]["code"]) == (422, "key_reused")
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM batch") == 1


def test_twenty_at_once_have_one_effect(device: Device, db: Database, tenant: str) -> None:
    body = {"readings": [item([1, 2, 3])]}
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: send(device, "k", body), range(20)))
    assert {one.status_code for one in answers} == {200}
    assert len({one.data for one in answers}) == 1
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM batch") == 1
        assert session.scalar("SELECT readings FROM device") == 3


def test_two_senders_may_use_one_key_and_a_refusal_is_not_remembered(
    server: Flask, device: Device, db: Database, tenant: str
) -> None:
    other = device_of(server, db, tenant)
    assert send(device, "1", {"readings": [item([1])]}).status_code == 200
    assert send(other, "1", {"readings": [item([2], first=1)]}).status_code == 200
    late = {"readings": [item([3], meter="M9")]}
    assert send(device, "2", late, "create=false").status_code == 422
    send(device, "3", {"readings": [item([3], first=9, meter="M9")]})
    assert send(device, "2", late, "create=false").get_json()["accepted"] == 1
    assert send(device, "a\x7f", late).status_code == 422


def test_keys_are_forgotten_after_a_week(device: Device, db: Database, tenant: str) -> None:
    body = {"readings": [item([1])]}
    send(device, "old", body)
    with tenant_session(db, tenant) as session:
        assert requests.prune(session) == 0
        session.execute("UPDATE request SET at = at - interval '8 days'")
        assert requests.prune(session) == 1
    assert send(device, "old", body).get_json()["unchanged"] == 1


def test_devices_are_listed_with_what_was_refused(device: Device, db: Database, tenant: str) -> None:
    sender = device.token.split(".")[0] if device.token else ""
    device.send({"readings": [item([1, 2], signal=87), item([5], meter="M2")]})
    assert device.send({"readings": [item([1], meter="M7")]}, "").status_code == 422
    assert device.send(b"{").status_code == 400
    device.send({"readings": [item([-4], first=7)]}, "partial=true")
    with tenant_session(db, tenant) as session:
        found = {one.meter: one for one in devices.listed(session)}
    assert {one.sender for one in found.values()} == {sender}
    assert sorted(found) == ["", "M1", "M2"]
    assert (found["M1"].readings, found["M1"].signal, found["M1"].errors) == (3, 87, 1)
    assert found["M1"].error is not None
    assert "negative" in found["M1"].error["reason"]
    assert found["M2"].until is not None
    assert found["M2"].lag is not None
    assert found["M2"].until.isoformat() == "2025-02-28T16:15:00+00:00"
    assert (found[""].errors, found[""].readings) == (2, 0)


def test_a_flood_is_told_when_to_come_again(db: Database, tenant: str, device: Device) -> None:
    """A server of its own with small buckets: the third request is one too many, and another sender notices nothing."""
    now = [0.0]
    server = Flask("flood")
    server.config.update(API_TITLE="t", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    made = readings.blueprint(db, Flood(requests_per_minute=2, readings_per_minute=100, clock=lambda: now[0]))
    made.register_error_handler(LingyuanError, problem)
    Api(server).register_blueprint(made, url_prefix="/api/v1")
    wild, calm = Device(server, device.token), device_of(server, db, tenant)
    assert [wild.send({"readings": [item([1])]}).status_code for _ in range(3)] == [200, 200, 429]
    told = wild.send({"readings": [item([1])]})
    assert 1 <= int(told.headers["Retry-After"]) <= 31
    assert calm.send({"readings": [item([1])]}).status_code == 200
    now[0] = float(told.headers["Retry-After"])
    assert wild.send({"readings": [item(list(range(96)) * 3)]}).status_code == 200  # overdrawn: 288 of 100
    now[0] += 60
    assert wild.send({"readings": [item([1])]}).status_code == 429
    now[0] += 120
    assert wild.send({"readings": [item([1])]}).status_code == 200
