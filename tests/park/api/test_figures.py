"""What is read over HTTP: curves, accounts, meters; the parameters' mistakes; the park's door for its own people."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask

from tenants.db import Database
from tests import people
from tests.browsing import Browser
from tests.databases import Installed, new_tenant
from tests.park.api.conftest import Device, device_of
from tests.tenants.readings import send, series


@pytest.fixture
def filled(db: Database, tenant: str) -> str:
    """A tenant with two days of readings."""
    send(db, tenant, series("总表", "2025-03-01", [1_250] * 192), series("空压机", "2025-03-01", [250] * 96))
    return tenant


@pytest.fixture(scope="module")
def reader(server: Flask, db: Database, quiet_tenant: str) -> Device:
    """A device of a tenant that has something to read."""
    send(db, quiet_tenant, series("总表", "2025-03-01", [1_250] * 96))
    return device_of(server, db, quiet_tenant)


def test_meters(device: Device, filled: str) -> None:
    assert [(one["meter"], one["flow"], one["unit"], one["since"]) for one in device.get("/meters").get_json()] == [
        ("总表", "grid_in", "kWh", "2025-03-01"), ("空压机", "grid_in", "kWh", "2025-03-01"),
    ]  # fmt: skip


def test_curves(device: Device, filled: str) -> None:
    fine = device.get("/curve?from=2025-03-01&to=2025-03-01&by=interval&meter=总表").get_json()
    assert len(fine) == 96
    assert fine[0] == {"start": "2025-03-01T00:00:00+08:00", "kWh": "1.25", "completeness": 1.0, "estimated": 0.0}
    days = device.get("/curve?from=2025-03-01&to=2025-03-02").get_json()
    assert [(one["start"][:10], one["kWh"]) for one in days] == [("2025-03-01", "144"), ("2025-03-02", "120")]
    assert [one["completeness"] for one in days] == [1.0, 0.5], "the second meter is missing on the second day"


def test_an_account(device: Device, filled: str) -> None:
    told = device.get("/account?year=2025&month=3").get_json()
    assert (told["method"], told["period"]) == ("cn_park_2025", {"start": "2025-03-01", "end": "2025-04-01"})
    (emission,) = [one for one in told["figures"] if one["key"] == "emission_tco2"]
    assert Decimal(emission["value"]) == 264 * Decimal("0.8325") / 1000
    assert emission["factors"][0]["value"] == "0.8325"
    assert emission["title"] == "Carbon emission"


def test_a_missing_factor_lists_the_years(device: Device, db: Database, tenant: str) -> None:
    send(db, tenant, series("总表", "2018-03-01", [1_250] * 96))
    answer = device.get("/account?year=2018&method=ghgp_location")
    assert answer.status_code == 422
    error = answer.get_json()["error"]
    assert error["code"] == "factor_year_missing"
    assert "2021" in error["message"]


WRONG = {
    "/curve": ("from", "is missing"),
    "/curve?from=2025-03-01": ("to", "is missing"),
    "/curve?from=yesterday&to=2025-03-01": ("from", "is not a day such as 2026-03-01"),
    "/curve?from=2025-03-02&to=2025-03-01": ("to", "before"),
    "/curve?from=0001-01-01&to=9999-12-31": ("to", "more than 20 years"),
    "/curve?from=2025-01-01&to=2026-12-31&by=interval": ("to", "at most 400 days"),
    "/curve?from=2025-03-01&to=2025-03-01&by=week": ("by", "is none of the values"),
    "/curve?from=2025-03-01&to=2025-03-01&flow=love": ("flow", "is none of the values"),
    "/curve?from=2025-03-01&to=2025-03-01&meter=": ("meter", "is empty or too long"),
    "/account": ("year", "is missing"),
    "/account?year=MMXXV": ("year", "is not a whole number"),
    "/account?year=99999": ("year", "99999"),
    "/account?year=99999&month=1": ("year", "99999"),
    "/account?year=2025&month=13": ("month", "is no month"),
    "/account?year=2025&method=mine": ("method", "is none of the values"),
    "/account?year=2025&tenant=t_other": ("tenant", "is not a known parameter"),
}  # fmt: skip


@pytest.mark.parametrize("path", list(WRONG))
def test_parameters_that_make_no_sense(reader: Device, path: str) -> None:
    answer = reader.get(path)
    assert answer.status_code == 422
    message = answer.get_json()["error"]["message"]
    assert all(part in message for part in WRONG[path]), message
    assert "{" not in message


@pytest.mark.parametrize("query", ["meter=nowhere", "meter=总表&flow=pv_gen", "flow=heat_in"])
def test_what_is_not_there(reader: Device, query: str) -> None:
    answer = reader.get(f"/curve?from=2025-03-01&to=2025-03-01&{query}")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "not_found")


def test_a_token_that_may_not_read(server: Flask, db: Database, filled: str) -> None:
    writer = device_of(server, db, filled, "readings:write")
    for path in ("/meters", "/account?year=2025", "/curve?from=2025-03-01&to=2025-03-01", "/account?year=nonsense"):
        assert writer.get(path).status_code == 403, path
        assert Device(server, None).get(path).status_code == 401, "before anything else is looked at"


# ---- the park's door ----


def test_the_park_asks_with_its_session(installed: Installed, server: Flask, db: Database, filled: str, park: str) -> None:
    send(db, new_tenant(installed, park), series("总表", "2025-03-01", [1_000] * 96))
    browser = Browser(server)
    browser.sign_in(people.enrolled(db, "park_admin", park=park).value)
    told = browser.get("/api/v1/park/account?year=2025&month=3").get_json()
    assert (told["park"], told["members_only"], told["coverage"], told["remainder"]) == (park, True, None, [])
    figures = {one["key"]: one for one in told["figures"]}
    assert Decimal(figures["emission_tco2"]["value"]) == 360 * Decimal("0.8325") / 1000
    assert told["members"] == told["figures"]


def test_nobody_else_sees_the_park(server: Flask, device: Device, db: Database, filled: str, park: str) -> None:
    assert Browser(server).get("/api/v1/park/account?year=2025").status_code == 401
    assert device.get("/park/account?year=2025").status_code == 401, "a firm's token is no session"
    for role, place in (("owner", {"tenant": filled}), ("regulator", {}), ("auditor", {"park": park}), ("operator", {})):
        browser = Browser(server)
        browser.sign_in(people.enrolled(db, role, **place).value)
        answer = browser.get("/api/v1/park/account?year=2025")
        assert answer.status_code == (404 if role == "operator" else 403), role  # an operator has to pick a park first
        assert answer.is_json
