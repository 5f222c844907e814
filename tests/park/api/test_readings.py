"""Readings over HTTP: any order, any doubling, any parts give the same; what cannot be taken is named by its place."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from park import api
from park.access import accounts_session
from park.people import tokens
from tenants.db import Database, make_engine, tenant_session
from tests.databases import Installed, new_park, new_tenant
from tests.park.api.conftest import Device, device_of
from tests.tenants.readings import digest

START = dt.datetime(2025, 3, 1, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def item(values: list[Any], first: int = 0, **more: Any) -> dict[str, Any]:
    """Quarter-hours of one meter, from the first of March on."""
    start = START + dt.timedelta(minutes=15 * first)
    return {"meter": "M1", "unit": "kWh", "step_minutes": 15, "start": start.isoformat(), "values": values, **more}


def row(value: Any, slot: int = 0, **more: Any) -> dict[str, Any]:
    """One reading of a device."""
    return {"meter": "M1", "unit": "kWh", "start": (START + dt.timedelta(minutes=15 * slot)).isoformat(), "value": value, **more}


def test_a_body_is_taken_and_published(device: Device, db: Database, tenant: str) -> None:
    body = {"readings": [item([1.25, None, 1.5]), item([0.5], unit="MWh", meter="M2")]}
    first = device.send(body)
    assert first.status_code == 200
    told = first.get_json()
    assert (told["rows"], told["accepted"], told["unchanged"], told["conflicting"], told["rejected"]) == (4, 3, 0, 0, [])
    assert [(one["name"], one["total"], one["unit"], one["missing"]) for one in told["meters"]] == [
        ("M1", "2.75", "kWh", 1), ("M2", "500", "kWh", 0),
    ]  # fmt: skip
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT sum(quantity) FROM shared.flow_month WHERE tenant = current_user") == 502_750
        before = digest(session)
    again = device.send(body).get_json()
    assert (again["accepted"], again["unchanged"], again["batch"]) == (0, 3, None)
    with tenant_session(db, tenant) as session:
        assert digest(session) == before


def test_a_different_value_is_a_conflict_until_somebody_says_why(device: Device, db: Database, tenant: str) -> None:
    device.send({"readings": [item([1, 2])]})
    told = device.send({"readings": [item([1, 3])]}).get_json()
    assert (told["accepted"], told["unchanged"], told["conflicting"]) == (0, 1, 1)
    (conflict,) = told["conflicts"]
    assert (conflict["kept"], conflict["offered"], conflict["start"]) == ("2", "3", "2025-03-01T00:15:00+08:00")
    assert device.send({"readings": [item([1, 3])]}, "replace=misread").get_json()["accepted"] == 1
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT sum(quantity) FROM shared.flow_day WHERE tenant = current_user AND quantity > 0") == 4000
        assert session.scalar("SELECT count(*) FROM curve_former WHERE reason = 'misread'") == 1


# ---- any order, any doubling, any parts ----

VALUES = st.lists(st.one_of(st.none(), st.integers(0, 10**7).map(lambda wh: wh / 1000)), min_size=1, max_size=120)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[list[Any], list[bytes]]:
    """A curve, and bodies that say it: cut, doubled, shuffled, as arrays or rows, spread over several requests."""
    values = draw(VALUES)
    slots = [slot for slot, value in enumerate(values) if value is not None]
    sent = draw(st.permutations([*slots, *draw(st.lists(st.sampled_from(slots), max_size=20))])) if slots else []
    cuts = sorted(draw(st.sets(st.integers(0, len(sent)), max_size=4)))
    parts = [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    made = []
    for part in parts:
        if draw(st.booleans()):
            body: dict[str, Any] = {"rows": [row(values[slot], slot) for slot in part]}
        else:
            body = {"readings": [item([values[slot]], slot) for slot in part]}
        made.append(json.dumps(body).encode())
    return values, made


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(said=bodies())
def test_whatever_the_order_the_doubling_and_the_parts(
    installed: Installed, server: Flask, db: Database, park_of_many: str, said: tuple[list[Any], list[bytes]]
) -> None:
    values, parts = said
    straight, broken = new_tenant(installed, park_of_many), new_tenant(installed, park_of_many)
    answer = device_of(server, db, straight).send({"readings": [item(values)]})
    assert answer.status_code == 200, answer.text
    device = device_of(server, db, broken)
    for body in parts:
        answer = device.send(body)
        assert answer.status_code == 200, answer.text
        assert answer.get_json()["conflicts"] == []
    assert facts(db, broken) == facts(db, straight)


def facts(db: Database, tenant: str) -> dict[str, list[Any]]:
    """Stored values and published sums: bytes, not floats."""
    with tenant_session(db, tenant) as session:
        return {
            "curve": [tuple(one) for one in session.rows(
                "SELECT day, values, quality, total FROM curve WHERE total > 0 ORDER BY day")],
            "day": [tuple(one) for one in session.rows(
                "SELECT flow, day, quantity, measured, estimated, backed, missing, expected FROM shared.flow_day "
                "WHERE tenant = current_user AND quantity > 0 ORDER BY 1, 2")],
            "month": [tuple(one) for one in session.rows(
                "SELECT flow, month, quantity, measured, estimated, backed FROM shared.flow_month "
                "WHERE tenant = current_user AND quantity > 0 ORDER BY 1, 2")],
        }  # fmt: skip


@pytest.fixture(scope="session")
def park_of_many(installed: Installed) -> str:
    """A park for many tenants."""
    return new_park(installed)


def test_twenty_at_once_have_one_effect(device: Device, db: Database, tenant: str) -> None:
    body = json.dumps({"readings": [item([1, 2, 3, 4])]})
    with ThreadPoolExecutor(20) as threads:
        answers = [one.get_json() for one in threads.map(lambda _: device.send(body), range(20))]
    assert sorted(one["accepted"] for one in answers) == [0] * 19 + [4]
    assert sum(one["batch"] is not None for one in answers) == 1
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT sum(total) FROM curve") == 10_000


# ---- what cannot be taken ----

LATER = (dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0) + dt.timedelta(days=400)).isoformat()
WRONG: dict[str, tuple[Any, str, str]] = {
    "naive time": ({"readings": [item([1], start="2025-03-01T00:00:00")]}, "readings[0].start", "offset"),
    "impossible time": ({"readings": [item([1], start="2025-02-30T00:00:00+08:00")]}, "readings[0].start", "time"),
    "a time beside the grid": ({"readings": [item([1], start="2025-03-01T00:07:00+08:00")]}, "readings[0].values[0]", ""),
    "the future": ({"readings": [item([1], start=LATER)]}, "readings[0].values[0]", ""),
    "1970": ({"readings": [item([1], start="1970-01-01T00:00:00Z")]}, "readings[0].values[0]", ""),
    "negative": ({"readings": [item([1, 2]), item([1, -5], 10)]}, "readings[1].values[1]", ""),
    "absurd": ({"readings": [item([1e30])]}, "readings[0].values[0]", ""),
    "text": ({"readings": [item([1, "2"])]}, "readings[0].values[1]", "number"),
    "true": ({"readings": [item([True])]}, "readings[0].values[0]", "number"),
    "another unit": ({"readings": [item([1], flow="grid_in", unit="m3")]}, "readings[0].unit", ""),
    "mixed units": ({"readings": [item([1]), item([1], unit="furlong")]}, "readings[1].unit", ""),
    "unknown step": ({"readings": [item([1], step_minutes=7)]}, "readings[0].step_minutes", ""),
    "unknown field": ({"readings": [item([1], colour="red")]}, "readings[0].colour", "field"),
    "no meter": ({"readings": [{"start": START.isoformat(), "step_minutes": 15, "unit": "kWh", "values": [1]}]},
                 "readings[0].meter", "missing"),
    "row of nothing": ({"rows": [row(1), {}]}, "rows[1].meter", "missing"),
    "row with two times": ({"rows": [row(1, end=START.isoformat())]}, "rows[0]", "start or end"),
    "row of text": ({"rows": [row("1")]}, "rows[0].value", "number"),
}  # fmt: skip


@pytest.mark.parametrize("what", list(WRONG))
def test_mistakes_are_named_by_their_place(quiet: Device, db: Database, quiet_tenant: str, what: str) -> None:
    body, where, why = WRONG[what]
    answer = quiet.send(body)
    assert answer.status_code == 422, answer.text
    error = answer.get_json()["error"]
    assert where in [one["where"] for one in error["problems"]], error
    assert where in error["message"]
    assert why in error["problems"][0]["reason"]
    assert error["problems"][0]["remedy"]
    assert "{" not in error["message"] + error["remedy"]
    with tenant_session(db, quiet_tenant) as session:
        assert session.scalar("SELECT count(*) FROM meter") == 0, "nothing half-written"


def test_an_unknown_meter_is_named(device: Device) -> None:
    answer = device.send({"readings": [item([1, 2])]}, "")
    assert answer.status_code == 422
    (problem,) = answer.get_json()["error"]["problems"]
    assert (problem["where"], problem["reason"]) == ("readings[0].meter", "There is no meter named M1")


def test_good_readings_are_taken_if_one_says_so(device: Device) -> None:
    told = device.send({"readings": [item([1, -5, 2])]}, "create=true&partial=true").get_json()
    assert told["accepted"] == 2
    assert [one["where"] for one in told["rejected"]] == ["readings[0].values[1]"]


def test_duplicates_that_contradict_each_other_are_not_taken(device: Device, db: Database, tenant: str) -> None:
    told = device.send({"rows": [row(1), row(2), row(3, 1), row(3, 1)]}).get_json()
    assert told["conflicting"] == 2
    assert {one["kept"] for one in told["conflicts"]} == {None}
    with tenant_session(db, tenant) as session:
        assert session.scalar("SELECT sum(total) FROM curve") == 3000


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"readings": [{"values": [NaN]}]}', b'{"readings": [], "rows": []}', b'{"x": 1}',
     b'{"readings": 5}', b'{"rows": [' + b"{}," * 10_000 + b"{}]}"],
)  # fmt: skip
def test_what_is_no_body_is_told(quiet: Device, body: bytes) -> None:
    answer = quiet.send(body)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["code"] == "payload_unreadable"
    assert "readings" in answer.get_json()["error"]["remedy"]


def test_a_huge_body_is_refused_before_it_is_read(quiet: Device) -> None:
    answer = quiet.send(b'{"readings": [' + b" " * (2 << 20) + b"]}")
    assert answer.status_code == 413
    assert answer.get_json()["error"]["message"] == "The body is larger than 1 MB."


def test_errors_come_in_the_askers_language(server: Flask, quiet: Device) -> None:
    client = server.test_client()
    said = client.post("/api/v1/readings", headers={"Authorization": f"Bearer {quiet.token}"}, data=b"{")
    assert said.get_json()["error"]["message"].startswith("请求内容无法读取")
    assert quiet.send(b"{").get_json()["error"]["message"].startswith("The body cannot be read")


# ---- who may ----


def test_only_a_valid_token_of_the_right_scope(server: Flask, device: Device, db: Database, tenant: str) -> None:
    body = {"readings": [item([1])]}
    assert Device(server, None).send(body).status_code == 401
    assert Device(server, "x" * 20).send(body).status_code == 401
    assert device.token
    assert Device(server, device.token[:-1] + "_").send(body).status_code == 401
    reader = device_of(server, db, tenant, "data:read")
    answer = reader.send(body)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "scope_missing")
    assert device_of(server, db, tenant, "readings:write").get("/meters").status_code == 403
    assert Device(server, None).send(body).headers["WWW-Authenticate"] == "Bearer"


def test_expired_and_revoked_tokens(device: Device, db: Database, tenant: str) -> None:
    assert device.token
    public = device.token.partition(".")[0]
    with accounts_session(db) as session:
        session.execute("UPDATE shared.token SET expires = now() - interval '1 day' WHERE id = :id", {"id": public})
    assert device.send({"readings": []}).get_json()["error"]["code"] == "token_expired"
    with accounts_session(db) as session:
        session.execute("UPDATE shared.token SET expires = now() + interval '1 day' WHERE id = :id", {"id": public})
    assert device.send({"readings": []}).status_code == 200
    tokens.revoke(db, tenant=tenant, token=public, actor="test")
    assert device.send({"readings": []}).status_code == 401, "from the next request on"


def test_a_suspended_firms_devices_are_refused(device: Device, db: Database, tenant: str) -> None:
    with accounts_session(db) as session:
        session.execute("UPDATE shared.tenant SET state = 'suspended' WHERE name = :t", {"t": tenant})
    assert device.send({"readings": []}).status_code == 401


def test_a_token_opens_one_firm_only(installed: Installed, server: Flask, device: Device, db: Database, park: str) -> None:
    other = device_of(server, db, new_tenant(installed, park))
    device.send({"readings": [item([1, 2])]})
    assert other.get("/meters").get_json() == []
    assert other.get("/curve?from=2025-03-01&to=2025-03-01&meter=M1").status_code == 404
    assert other.send({"readings": [item([9])]}, "").status_code == 422, "the name of a meter of another firm is unknown"


def test_cookies_and_forms_open_nothing(server: Flask, device: Device) -> None:
    """The door takes no cookie, so a foreign page cannot speak in anybody's name."""
    client = server.test_client()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = client.post("/api/v1/readings", data=b"{}", headers={"Content-Type": kind, "Origin": "https://evil.example"})
        assert answer.status_code in (401, 403)


@pytest.mark.parametrize("query", ["replce=typo", "create=perhaps", "replace=", "partial=5"])
def test_parameters_that_make_no_sense(quiet: Device, query: str) -> None:
    answer = quiet.send({"readings": []}, query)
    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.get_json()["error"]["message"]


def test_while_the_database_is_away(settings: Any) -> None:
    engine = make_engine(sa.URL.create("postgresql+psycopg", username="x", password="x", host="127.0.0.1", port=1, database="x"))
    server = Flask("away")
    api.install(server, Database("x1", engine, engine), settings.home, lambda: None)
    token = "ly" + "a" * 12 + "." + "b" * 43
    answer = Device(server, token).send({"readings": []})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.get_json()["error"]["code"] == "unavailable"
