"""From real meters to the real platform's database, while gateway, web server, worker and PostgreSQL are killed in turn.

And by MQTT: gateway, broker, subscriber, each a process of its own that is killed.
"""

from __future__ import annotations

import json
import logging
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from pymodbus import FramerType
from werkzeug.serving import make_server

from park import engine as database_engine
from park import members, parks
from park.bench.ground import Ground, ground
from park.config import Settings
from park.gateway import configuration, register_map, state
from park.gateway.buffer import Buffer
from park.gateway.carrier import Carrier
from park.gateway.errors import BufferMissing
from park.gateway.http_carrier import HttpCarrier
from park.gateway.mqtt_carrier import MqttCarrier
from park.gateway.plan import Plan
from park.gateway.sender import Sender
from park.people import tokens
from tenants import publish, topology
from tenants.curves.listing import listed
from tenants.db import Database, tenant_session
from tenants.ingest.judge import IS_REGISTER, UNKNOWN_METER
from tenants.registers.store import read_all
from tests.brokers import Broker, broker, needs_mosquitto
from tests.park.gateway import fast
from tests.park.gateway.meters import Dial, Dlt645Meter, ModbusMeter, counting, dlt645, modbus
from tests.park.gateway.plans import plan
from tests.park.gateway.test_buffer import reading
from tests.standing import standing
from wsgi import create_app

PROGRAMS = ("gateway", "web", "gateway", "engine", "gateway", "worker")
BY_MQTT = ("broker and gateway", "broker and subscriber", "gateway", "subscriber", "broker")


@pytest.fixture
def dials() -> dict[str, Dial]:
    return {"a": counting("100", "0.25"), "b": counting("200", "0.1"), "c": counting("300", "0.01")}


@pytest.fixture
def lines(dials: dict[str, Dial]) -> Iterator[list[int]]:
    """The ports of a Modbus TCP meter, an RTU bus and a DL/T 645 bus."""
    maps = register_map.ready()
    with ExitStack() as stack:
        tcp = modbus(ModbusMeter(1, maps["schneider-pm5000"], {"energy_import": dials["a"]}))
        rtu = modbus(ModbusMeter(2, maps["acrel-adl400"], {"energy_import": dials["b"]}), framer=FramerType.RTU)
        gate = dlt645(Dlt645Meter("000000000003", {"energy_import": dials["c"]}))
        yield [stack.enter_context(one) for one in (tcp, rtu, gate)]


def made(folder: Path, url: str, token: str, lines: list[int]) -> Plan:
    """The gateway's configuration."""
    wires = ("modbus-tcp", "modbus-rtu", "dlt645")
    maps, addresses = ("schneider-pm5000", "acrel-adl400", "dlt645-2007"), ("1", "2", "000000000003")
    return plan(
        folder, url=url, create=True,
        lines=[f"name: {wire}, wire: {wire}, host: 127.0.0.1, port: {port}" for wire, port in zip(wires, lines, strict=True)],
        devices=[
            f"name: {name}, line: {wire}, map: {of}, address: {address}, send: [{{read: energy_import, flow: grid_in, every: 1}}]"
            for name, wire, of, address in zip("abc", wires, maps, addresses, strict=True)
        ],
        token=token,
    )  # fmt: skip


def ordeal(folder: Path, lines: list[int], dials: dict[str, Dial], kills: int) -> None:
    dice = random.Random(11)
    with standing(folder / "home") as found:
        park = parks.create(found.house.db, found.house.owner, title="floor", province="重庆", actor="test")["park"]
        tenant = members.create(found.house.db, found.house.owner, park=park, title="firm", actor="test")
        _, token = tokens.create(found.house.db, tenant=tenant, title="t", scopes=["readings:write"], actor="test")
        ready = made(folder, found.url, token, lines)
        with ExitStack() as running:
            process = running.enter_context(fast.running("gateway", ready.file))
            for number in range(kills):
                time.sleep(dice.uniform(0.6, 2.0))
                program = PROGRAMS[number % len(PROGRAMS)]
                if program == "gateway":
                    fast.killed(process)
                    running.close()
                    process = running.enter_context(fast.running("gateway", ready.file))
                elif found.kill(program):
                    time.sleep(0.3)
                    found.answers()
            time.sleep(1.5)
            fast.ended(process)
        found.answers()
        send_the_rest(ready)
        found.house.db.dispose()
        check(found.house.db, tenant, ready, dials, kills)


def check(db: Database, tenant: str, ready: Plan, dials: dict[str, Dial], kills: int) -> None:
    """The database holds what the buffer counted, each number one that the dial showed, and no more."""
    counts = state.counts(ready.buffer)
    assert counts["waiting"] == counts["aside"] == counts["dropped"] == counts["conflicting"] == 0
    assert counts["stored"] == counts["delivered"] > 3 * kills
    arrived = 0
    with tenant_session(db, tenant) as session:
        known = topology.load(session)
        for name, dial in dials.items():
            meter = known.meter_named(name)
            assert meter is not None, name
            (channel,) = known.of_meter(meter.id)
            rows = read_all(session, channel.id).rows
            values = [Decimal(int(one)) / 1000 for one in rows.value]
            assert values == sorted(set(values))
            assert set(values) <= set(dial.seen)  # type: ignore[attr-defined]
            arrived += len(values)
            days = listed(session, date.today() - timedelta(days=1), date.today() + timedelta(days=1), by="day", meter=name)
            assert sum(Decimal(str(one["kWh"])) for one in days) <= values[-1] - values[0]
        assert publish.check(session) == []
    assert arrived == counts["delivered"]


def send_the_rest(ready: Plan) -> None:
    """What was read in the last second is sent by hand: that is what --once is for."""
    with fast.running("gateway", ready.file, "--once", "--json") as once:
        told = once.communicate(timeout=90)[0]
    assert json.loads(told[told.index(b"{\n") :])["sent"], told


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[int]:
    """The port of a web server on which the whole program answers."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def test_everything_arrives_while_gateway_and_server_come_and_go(
    tmp_path: Path, db: Database, tenant: str, lines: list[int], dials: dict[str, Dial]
) -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = create_app(Settings(home=tmp_path / "home", secret="b" * 40), db)
    _, token = tokens.create(db, tenant=tenant, title="t", scopes=["readings:write"], actor="test")
    with serving(app) as port:
        ready = made(tmp_path, f"http://127.0.0.1:{port}", token, lines)
        with fast.running("gateway", ready.file) as process:
            time.sleep(2.5)
            fast.killed(process)
    with fast.running("gateway", ready.file) as process:
        time.sleep(2.5)  # nobody at the other end
        fast.killed(process)
    with serving(app, port):
        with fast.running("gateway", ready.file) as process:
            time.sleep(3)
            fast.ended(process)
        send_the_rest(ready)
        refusals_come_back(HttpCarrier(replace(ready.server, create_meters=False), "en"), tmp_path / "other.db")
    check(db, tenant, ready, dials, 2)


@pytest.mark.long
def test_everything_arrives_while_all_are_killed_twenty_times_each(
    tmp_path: Path, lines: list[int], dials: dict[str, Dial]
) -> None:
    ordeal(tmp_path, lines, dials, 20 * len(PROGRAMS))


class Chain:
    """Gateway, broker and subscriber, started and killed."""

    def __init__(self, found: Ground, running: Broker, ready: Plan) -> None:
        self.found, self.broker, self.ready = found, running, ready
        self.subscriber: subprocess.Popen[bytes] | None = None
        self.gateway: subprocess.Popen[bytes] | None = None
        self._stack = ExitStack()

    def start(self, name: str) -> None:
        if name == "broker":
            self.broker.start()
        elif name == "gateway":
            self.gateway = self._stack.enter_context(fast.running("gateway", self.ready.file))
        else:
            environ = {**self.found.environ, "LINGYUAN_MQTT_URL": self.broker.url, "LINGYUAN_LANG": "en"}
            call = [sys.executable, "-m", "park.cli", "mqtt"]
            quiet = subprocess.DEVNULL
            self.subscriber = subprocess.Popen(call, cwd=fast.ROOT, env=environ, stdout=quiet, stderr=quiet)

    def kill(self, name: str) -> None:
        if name == "broker":
            self.broker.kill()
        elif name == "gateway" and self.gateway is not None:
            fast.killed(self.gateway)
        elif self.subscriber is not None:
            self.subscriber.kill()
            self.subscriber.wait(20)

    def delivered(self, more_than: int) -> int:
        """How many the platform has answered, as soon as they are more than that."""
        end, count = time.monotonic() + 60, more_than
        while count <= more_than:
            assert time.monotonic() < end, "readings are not taken any more"
            time.sleep(0.1)
            with suppress(BufferMissing):  # the gateway has only just been started
                count = state.counts(self.ready.buffer)["delivered"]
        return count

    def end(self) -> None:
        """Kills the gateway once more and sends what waits."""
        self.kill("gateway")
        buffer, carrier = Buffer(self.ready.buffer, 50), MqttCarrier(self.ready.server)
        try:
            assert Sender(buffer, carrier, threading.Event(), threading.Event()).empty()
        finally:
            carrier.close()
            buffer.close()

    def close(self) -> None:
        self._stack.close()
        if self.subscriber is not None:
            self.subscriber.terminate()
            self.subscriber.wait(30)


def by_mqtt(folder: Path, ours: Settings, lines: list[int], dials: dict[str, Dial], strikes: int) -> None:
    dice = random.Random(23)
    with ground(ours) as found:
        tenant = found.tenants(1)[0]
        _, token = tokens.create(found.house.db, tenant=tenant, title="t", scopes=["readings:write"], actor="test")
        with broker(found.house, folder / "broker") as running:
            made(folder, "http://127.0.0.1", token, lines)
            file = folder / "gateway.yaml"
            text = file.read_text(encoding="utf-8")
            way = f"mqtt: {{host: 127.0.0.1, port: {running.port}, tls: false}}"
            file.write_text(text.replace('url: "http://127.0.0.1"', way), encoding="utf-8")
            chain = Chain(found, running, configuration.read(file))
            try:
                strike(chain, strikes, dice)
                refusals_come_back(MqttCarrier(replace(chain.ready.server, create_meters=False)), folder / "other.db")
            finally:
                chain.close()
        check(found.house.db, tenant, chain.ready, dials, strikes)


def strike(chain: Chain, strikes: int, dice: random.Random) -> None:
    """Kills and starts again, and sees each time that the readings go on; the subscriber stays away while some come in."""
    chain.start("subscriber")
    chain.start("gateway")
    chain.delivered(0)
    for number in range(strikes):
        time.sleep(dice.uniform(0.0, 0.8))
        names = BY_MQTT[number % len(BY_MQTT)].split(" and ")
        for name in reversed(names):
            chain.kill(name)
            time.sleep(dice.uniform(0.2, 1.0))
        for name in names:
            chain.start(name)
        chain.delivered(chain.delivered(-1))
    chain.end()


def refusals_come_back(carrier: Carrier, file: Path) -> None:
    """Powers for a meter that nobody has made and for the register a: all set aside, though each series is named once."""
    buffer = Buffer(file, 50)
    buffer.store([reading(i, meter=name, form="rows") for i in range(3) for name in ("nobody", "a")])
    try:
        assert Sender(buffer, carrier, threading.Event(), threading.Event()).empty()
    finally:
        carrier.close()
        buffer.close()
    counts = state.counts(file)
    assert (counts["waiting"], counts["aside"], counts["delivered"]) == (0, 6, 0)
    with closing(sqlite3.connect(file)) as db:
        told = set(db.execute("SELECT meter, reason FROM reading"))
    assert told == {("nobody", UNKNOWN_METER.format(meter="nobody")), ("a", IS_REGISTER.format(meter="a"))}


@needs_mosquitto
def test_by_mqtt_everything_arrives_while_broker_subscriber_and_gateway_are_killed(
    tmp_path: Path, engine_settings: Settings, engine: database_engine.Running, lines: list[int], dials: dict[str, Dial]
) -> None:
    by_mqtt(tmp_path, engine_settings, lines, dials, 2)


@needs_mosquitto
@pytest.mark.long
def test_by_mqtt_everything_arrives_while_all_are_killed_twenty_times_each(
    tmp_path: Path, engine_settings: Settings, engine: database_engine.Running, lines: list[int], dials: dict[str, Dial]
) -> None:
    by_mqtt(tmp_path, engine_settings, lines, dials, 10 * len(BY_MQTT))
