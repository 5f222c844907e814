"""Registers over HTTP: sent, their events read, the unmetered rest."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from flask import Flask

from tenants import sites
from tenants.db import Database, tenant_session
from tenants.registers import events
from tests.park.api.conftest import device_of

AT = [f"2026-02-20T{hour:02}:{minute:02}:00+08:00" for hour in range(4) for minute in (0, 15, 30, 45)]


def test_registers_their_events_and_the_rest(server: Flask, db: Database, tenant: str) -> None:
    device = device_of(server, db, tenant)
    body = {"registers": [{"meter": "gate", "unit": "kWh", "at": AT, "readings": [100 + i for i in range(16)]},
                          {"meter": "line", "unit": "kWh", "at": AT, "readings": [i / 4 for i in range(16)]}]}  # fmt: skip
    answer = device.send(body)
    assert answer.status_code == 200
    assert (answer.json["accepted"], answer.json["meters"][0]["step_minutes"]) == (32, 0)
    with tenant_session(db, tenant) as session:
        sites.change_meter(session, "line", actor="test", parent="gate")
        noon = dt.datetime(2026, 2, 20, 2, tzinfo=session.zone)
        made = events.set_multiplier(session, "line", at=noon, multiplier=Decimal(2), actor="test")
    [told] = device.get("/events?meter=line").json
    assert (told["id"], told["kind"], told["multiplier"], told["final"]) == (str(made.id), "multiplier", "2", None)
    assert device.get("/events?meter=gate").json == []
    [rest] = device.get("/rest?from=2026-02-20&to=2026-02-20").json
    assert (rest["meter"], rest["children"], rest["total"], rest["behind"]) == ("gate", ["line"], "12", "4")  # whole hours
    assert device.get("/rest?from=2026-02-20&to=2026-02-20&meter=line").status_code == 404
    assert device.get("/rest?from=2026-02-20").status_code == 422
    assert device_of(server, db, tenant, "readings:write").get("/events").status_code == 403


def test_what_cannot_be_taken_is_named(server: Flask, db: Database, tenant: str) -> None:
    device = device_of(server, db, tenant)
    item = {"meter": "1#", "unit": "kWh", "at": AT[:1], "readings": [-1]}
    answer = device.send({"registers": [item]})
    assert answer.status_code == 422
    assert answer.json["error"]["problems"][0]["where"] == "registers[0].readings[0]"
