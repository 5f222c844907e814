"""Readings that cannot be true, sent over HTTP, are problems with a rule's id; what was sent is kept; scope and words."""

from __future__ import annotations

from typing import Any

from flask import Flask

from tenants.db import Database, tenant_session
from tenants.quality import find
from tests.park.api.conftest import Device, device_of
from tests.tenants.calc.quality.histories import workshop

START = "2026-03-02T00:00:00+08:00"


def body(values: list[Any], meter: str = "总表") -> dict[str, Any]:
    """Quarter hours from the beginning of March on."""
    return {"readings": [{"meter": meter, "start": START, "step_minutes": 15, "unit": "kWh", "values": values}]}


def load(days: int) -> list[Any]:
    """A workshop's kWh."""
    return [float(one) / 1000 for one in workshop(days)]


def test_unit_negative_huge_gap_and_frozen_are_flagged_with_their_rules(device: Device, db: Database, tenant: str) -> None:
    values = load(40)
    values[10 * 96 : 11 * 96] = [one * 1000 for one in values[10 * 96 : 11 * 96]]
    values[15 * 96 + 40] = -3.5
    values[16 * 96 + 40] = 9e9
    values[20 * 96 + 30 : 20 * 96 + 60] = [None] * 30
    values[25 * 96 + 30 : 25 * 96 + 70] = [29.876] * 40
    answer = device.send(body(values), "create=true&partial=true")
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert len(answer.json["rejected"]) == 2
    with tenant_session(db, tenant) as session:
        session.execute("UPDATE channel SET until = date '2026-04-11'")
        find.find(session)
        day = session.row("SELECT \"values\" FROM curve WHERE day = date '2026-03-12'")
    assert day is not None
    assert day.values[40] == round(values[10 * 96 + 40] * 1000)  # raw kept
    found = device.get("/problems").json
    rules = [one["rule"] for one in found]
    assert {"unit_slip", "negative", "too_large", "gap", "stuck"} <= set(rules)
    assert rules[0] == "unit_slip"
    energies = [float(one["energy"]) for one in found]
    assert energies == sorted(energies, reverse=True)
    slip = found[0]
    assert "about 1000 times the usual" in slip["sentence"]
    assert (slip["meter"], slip["unit"], slip["status"], slip["methods"]) == ("总表", "kWh", "open", ["rescale", "comparable"])


def test_what_is_no_number_is_refused_whole(device: Device) -> None:
    for bad in ("NaN", "1e308", "1e999", "-Infinity"):
        text = f'{{"readings":[{{"meter":"x","start":"{START}","step_minutes":15,"unit":"kWh","values":[{bad}]}}]}}'
        assert device.send(text).status_code in (400, 422), bad


def test_a_token_that_may_only_write_does_not_see_problems(server: Flask, db: Database, tenant: str) -> None:
    assert device_of(server, db, tenant, "readings:write").get("/problems").status_code == 403
    assert Device(server, None).get("/problems").status_code == 401


def test_the_state_is_one_of_three(quiet: Device) -> None:
    assert quiet.get("/problems?state=all").json == []
    assert quiet.get("/problems?state=whatever").status_code == 422
