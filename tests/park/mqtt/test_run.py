"""Readings over a real mosquitto: committed, then acknowledged; what is broken is refused, told and stops nobody."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
import sqlalchemy as sa

from park.mqtt import intake
from park.mqtt.link import Link
from park.people import tokens
from tenants import devices
from tenants.db import tenant_session
from tenants.errors import Unavailable
from tests.brokers import needs_mosquitto
from tests.park.mqtt.conftest import World, eventually, subscribing

pytestmark = needs_mosquitto
START = dt.datetime(2025, 3, 1, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def rows(*values: float, meter: str = "M1", first: int = 0, **more: Any) -> dict[str, Any]:
    """Quarter hours, one by one."""
    return {
        "rows": [
            {"meter": meter, "unit": "kWh", "start": (START + dt.timedelta(minutes=15 * (first + i))).isoformat(),
             "value": value, **more}
            for i, value in enumerate(values)
        ]
    }  # fmt: skip


def stored(world: World, tenant: str) -> list[int]:
    """The first intervals of the only curve."""
    with tenant_session(world.house.db, tenant) as session:
        found = session.scalar("SELECT values FROM curve WHERE total > 0")
    return [] if found is None else list(found)


def noted(world: World, tenant: str) -> dict[str, devices.Device]:
    with tenant_session(world.house.db, tenant) as session:
        return {one.meter: one for one in devices.listed(session)}


def test_readings_are_committed_and_whoever_asks_is_answered(world: World) -> None:
    tenant = world.tenants()
    gateway = world.gateway(tenant)
    gateway.send(rows(1.5, 2.5, signal=64), "readings/a/1")
    told = gateway.answer("a/1")
    assert (told["status"], told["rows"], told["rejected"]) == (200, 2, [])
    assert stored(world, tenant)[:3] == [1500, 2500, 0]
    item = {"meter": "M1", "unit": "kWh", "step_minutes": 15, "start": START.isoformat(), "values": [1.5, 2.5, 3.5]}
    gateway.send({"readings": [item]}, ResponseTopic=f"ly/{gateway.id}/answers/here", CorrelationData=b"7")
    told = eventually(lambda: next((one for one in gateway.answers if one["correlation"] == b"7"), None))
    assert told["topic"] == f"ly/{gateway.id}/answers/here"
    assert stored(world, tenant)[:3] == [1500, 2500, 3500]
    found = noted(world, tenant)["M1"]
    assert (found.door, found.signal, found.readings) == ("mqtt", 64, 5)


def test_mqtt_3_devices_and_registers(world: World) -> None:
    tenant = world.tenants()
    new, old = world.gateway(tenant), world.gateway(tenant, five=False)
    register = {"meter": "R1", "unit": "kWh", "at": [START.isoformat()], "readings": [100]}
    new.send({"registers": [register]}, "readings/1")
    assert new.answer("1")["rejected"] == []
    later = {**register, "at": [(START + dt.timedelta(minutes=15)).isoformat()], "readings": [101.25]}
    old.send({"registers": [later]}, "readings/2")
    assert old.answer("2")["rejected"] == []
    assert stored(world, tenant)[0] == 1250


def test_poison_is_told_and_stops_nobody(world: World) -> None:
    tenant = world.tenants()
    gateway = world.gateway(tenant)
    gateway.send(rows(1.0), "readings/0")
    gateway.answer("0")
    before = world.subscriber.counts["messages"]
    gateway.send(b"\xff{", "readings/1")
    gateway.send(b"[" * 100_000, "readings/2")
    gateway.send(b'{"rows": [' + b" " * (1 << 20) + b"]}", "readings/3")
    gateway.send(rows(5.0, meter="unknown"), "readings/4", create=False)
    gateway.send(rows(-1.0, 7.0, first=1), "readings/5")
    gateway.send({"nothing": 1}, "tasmota/plug/tele/SENSOR")
    gateway.send(rows(9.0, first=3), "readings/6")
    assert gateway.answer("6")["rejected"] == []
    assert [gateway.answer(str(n)).get("status") for n in (1, 2, 4, 5)] == [400, 400, 200, 200]
    assert gateway.answer("4")["rejected"][0]["where"] == "rows[0].meter"
    assert [one["row"] for one in gateway.answer("5")["rejected"]] == [1]
    assert stored(world, tenant)[:4] == [1000, 0, 7000, 9000]
    found = noted(world, tenant)
    assert found[""].errors >= 3
    assert "negative" in str(found["M1"].error)
    assert world.subscriber.counts["messages"] > before + 4
    assert world.subscriber.fault is None


def test_a_withdrawn_token_is_refused(world: World) -> None:
    tenant = world.tenants()
    gateway = world.gateway(tenant)
    gateway.send(rows(1.0), "readings/1")
    gateway.answer("1")
    tokens.revoke(world.house.db, tenant=tenant, token=gateway.id, actor="test")
    threading.Event().wait(1.1)  # what is known of a token is good for a second
    gateway.send(rows(2.0, first=1), "readings/2")
    assert gateway.answer("2")["status"] == 401
    assert stored(world, tenant)[:2] == [1000, 0]


def test_nobody_reads_or_writes_elsewhere(world: World) -> None:
    """The broker's own rules: another's topics are closed, and so are all answers but one's own."""
    mine, theirs = world.tenants(), world.tenants()
    gateway, other = world.gateway(mine), world.gateway(theirs)
    gateway.client.subscribe([("ly/#", 1), (f"ly/{other.id}/answers/#", 1)])
    other.send(rows(1.0), "readings/secret")
    other.answer("secret")
    gateway.client.publish(f"ly/{other.id}/readings/forged", b'{"rows": []}', 1)
    gateway.send(rows(2.0), "readings/own")
    assert gateway.answer("own")["rows"] == 1
    assert all(one["topic"].startswith(f"ly/{gateway.id}/") for one in gateway.answers)
    assert [one.get("reference") for one in other.answers] == ["secret"]


def test_two_that_contradict_each_other_are_taken_in_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Together they would be one submission that says two things, of which neither is taken."""
    tenant = world.tenants()
    gateway = world.gateway(tenant)
    gateway.send(rows(1.0, first=9), "readings/0")
    gateway.answer("0")
    hold = threading.Lock()
    sent = Link.acknowledge
    with hold:
        monkeypatch.setattr(Link, "acknowledge", lambda self, messages: (hold.acquire(), hold.release(), sent(self, messages)))
        gateway.send(rows(1.0, first=8), "readings/x")  # keeps the hand busy while the others come
        gateway.send(rows(5.0), "readings/1")
        gateway.send(rows(6.0), "readings/2")
        gateway.send(rows(2.0, first=1), "readings/3")
    assert gateway.answer("3")["rows"] == 1
    assert (gateway.answer("1")["conflicting"], gateway.answer("2")["conflicting"]) == (0, 1)
    assert stored(world, tenant)[:2] == [5000, 2000]


def test_nothing_is_acknowledged_before_its_commit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """R6: while COMMIT hangs there is neither an answer nor an acknowledgement, and nobody else sees the row."""
    tenant = world.tenants()
    gateway = world.gateway(tenant)
    gateway.send(rows(1.0), "readings/0")
    gateway.answer("0")
    acknowledged: list[str] = []
    reached, go, commit, sent = threading.Event(), threading.Event(), sa.Connection.commit, Link.acknowledge

    def slow(self: sa.Connection) -> None:
        if threading.current_thread().name.startswith("hand"):
            reached.set()
            go.wait(20)
        commit(self)

    def acknowledge(self: Link, messages: Any) -> None:
        acknowledged.extend(one.topic for one in messages)
        sent(self, messages)

    monkeypatch.setattr(sa.Connection, "commit", slow)
    monkeypatch.setattr(Link, "acknowledge", acknowledge)
    gateway.send(rows(2.0, first=1), "readings/1")
    assert reached.wait(10)
    threading.Event().wait(0.3)
    assert (acknowledged, [one["reference"] for one in gateway.answers], stored(world, tenant)[1]) == ([], ["0"], 0)
    go.set()
    assert gateway.answer("1")["rows"] == 1
    assert stored(world, tenant)[1] == 2000
    eventually(lambda: acknowledged)


def test_what_was_committed_and_not_acknowledged_comes_again_and_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6: the connection breaks between COMMIT and acknowledgement."""
    tenant = world.tenants()
    gateway = world.gateway(tenant)
    sent, cut = Link.acknowledge, threading.Event()

    def acknowledge(self: Link, messages: Any) -> None:
        if not cut.is_set() and any(one.topic.endswith("/twice") for one in messages):
            cut.set()
            self._client._sock.shutdown(2)  # type: ignore[union-attr]
            eventually(lambda: not self.connected.is_set())
        sent(self, messages)

    monkeypatch.setattr(Link, "acknowledge", acknowledge)
    gateway.send(rows(1.0, 2.0), "readings/twice")
    eventually(lambda: len([one for one in gateway.answers if one["reference"] == "twice"]) == 2, 20)
    assert stored(world, tenant)[:2] == [1000, 2000]
    with tenant_session(world.house.db, tenant) as session:
        assert session.scalar("SELECT count(*) FROM batch") == 1


def test_while_the_database_is_away_messages_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = world.tenants()
    gateway = world.gateway(tenant)
    gateway.send(rows(1.0), "readings/0")
    gateway.answer("0")
    away, tried, real = threading.Event(), threading.Event(), intake.tenant_session

    def session(*arguments: Any, **more: Any) -> Any:
        if away.is_set():
            tried.set()
            raise Unavailable()
        return real(*arguments, **more)

    monkeypatch.setattr(intake, "tenant_session", session)
    away.set()
    for number in range(1, 4):
        gateway.send(rows(float(number), first=number), f"readings/{number}")
    assert tried.wait(5)
    threading.Event().wait(0.3)
    assert [one["reference"] for one in gateway.answers] == ["0"]
    away.clear()
    assert gateway.answer("3")["rows"] == 1
    assert stored(world, tenant)[:4] == [1000, 1000, 2000, 3000]


def test_a_fault_of_ours_is_buried_and_the_others_are_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = world.tenants()
    gateway = world.gateway(tenant)
    take = intake.take

    def faulty(session: Any, parcels: Any, *, door: str) -> Any:
        if any(b'"M-bad"' in one.body for one in parcels):
            raise ZeroDivisionError
        return take(session, parcels, door=door)

    monkeypatch.setattr(intake, "take", faulty)
    gateway.send(rows(1.0), "readings/1")
    gateway.send(rows(1.0, meter="M-bad"), "readings/2")
    gateway.send(rows(2.0, first=1), "readings/3")
    assert gateway.answer("2")["status"] == 500
    assert gateway.answer("3")["rows"] == 1
    assert stored(world, tenant)[:2] == [1000, 2000]
    [buried] = (world.house.settings.home / "unread").glob("*.json")
    assert b"M-bad" in buried.read_bytes()


def test_refusals_are_told_to_all_where_the_operator_wants_it(world: World) -> None:
    tenant = world.tenants()
    world.subscriber.replies.tell_refusals = True
    try:
        gateway = world.gateway(tenant, five=False)
        gateway.send(b"{")
        assert eventually(lambda: gateway.answers)[0]["status"] == 400
    finally:
        world.subscriber.replies.tell_refusals = False


def test_what_comes_while_no_subscriber_is_there_waits_in_the_broker(world: World) -> None:
    tenant = world.tenants()
    gateway = world.gateway(tenant)
    world.subscriber.link.stop()  # for good: this is the last test
    gateway.send(rows(4.0), "readings/late")
    with subscribing(world.house, world.broker.url, mqtt_version="3.1.1"):
        # without MQTT 5 no property says that meters may be made, so it is refused, by the meter's name
        assert gateway.answer("late", 20)["rejected"][0]["where"] == "rows[0].meter"
