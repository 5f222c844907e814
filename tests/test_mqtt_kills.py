"""kill -9 of broker, subscriber and PostgreSQL, a cut line, while readings come over MQTT: what was answered is there, once."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from park import members, parks
from park.bench.fleet import many_files
from park.people import tokens
from tenants import publish
from tenants.curves.listing import listed
from tenants.db import tenant_session
from tests.brokers import Broker, broker, free_port, needs_mosquitto
from tests.park.mqtt.conftest import Gateway
from tests.standing import Standing, standing
from tests.test_kills import hit

FIRST = date(2010, 1, 1)  # long enough ago that no sender comes to tomorrow
METERS = ("m1", "m2")
FAULTS = ("broker", "engine", "line", "mqtt")
ANSWER_S = 3.0
PATIENCE_S = 180.0  # a disk that writes back what all the other tests have left may hold a commit up for long


@dataclass
class Line:
    """The wire between subscriber and broker: it can be cut."""

    port: int
    to: int
    server: socket.socket = field(init=False)
    ends: list[socket.socket] = field(default_factory=list)
    open: bool = True

    def __post_init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                here, _ = self.server.accept()
            except OSError:
                return
            try:
                there = socket.create_connection(("127.0.0.1", self.to), 2) if self.open else None
            except OSError:
                there = None
            if there is None:
                here.close()
                continue
            there.settimeout(None)
            self.ends += [here, there]
            for a, b in ((here, there), (there, here)):
                threading.Thread(target=_pass_on, args=(a, b), daemon=True).start()

    def cut(self, seconds: float) -> None:
        """Cuts the wire for a while."""
        self.open = False
        self._hang_up()
        time.sleep(seconds)
        self.open = True

    def _hang_up(self) -> None:
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.ends.clear()

    def close(self) -> None:
        self.server.close()
        self._hang_up()


def _pass_on(here: socket.socket, there: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := here.recv(65536):
            there.sendall(piece)
    for end in (here, there):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@dataclass
class Sender:
    """Sends one day of a meter after the other, again and again until the platform has answered that it has it."""

    gateway: Gateway
    meter: str
    answered: dict[int, list[int]] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    refused: list[object] = field(default_factory=list)

    def run(self) -> None:
        dice, day = random.Random(self.meter), 0
        while not self.stop.is_set():
            wh = [dice.randrange(100_000) for _ in range(96)]
            while not self.stop.is_set() and not self._send(day, wh):
                pass
            day += 1

    def _send(self, day: int, wh: list[int]) -> bool:
        reference = f"{self.meter}-{day}"
        item = {"meter": self.meter, "flow": "grid_in", "start": f"{FIRST + timedelta(days=day)}T00:00:00+08:00",
                "step_minutes": 15, "unit": "kWh", "values": [v / 1000 for v in wh]}  # fmt: skip
        try:
            self.gateway.send({"readings": [item]}, f"readings/{reference}")
            answer = self.gateway.answer(reference, ANSWER_S)
        except (TimeoutError, RuntimeError, ValueError):
            time.sleep(0.2)
            return False
        if answer["status"] != 200 or answer["rejected"] or answer["conflicting"]:
            self.refused.append(answer)
        self.answered[day] = wh
        return True


def bombard(folder: Path, faults: int) -> None:
    dice, port, behind = random.Random(7), free_port(), free_port()
    many_files(4096)
    line = Line(port, behind)
    with standing(folder / "home", LINGYUAN_MQTT_URL=f"mqtt://127.0.0.1:{port}") as found:
        park = parks.create(found.house.db, found.house.owner, title="kills", province="重庆", actor="test")["park"]
        tenant = members.create(found.house.db, found.house.owner, park=park, title="firm", actor="test")
        made = [tokens.create(found.house.db, tenant=tenant, title=m, scopes=["readings:write"], actor="test") for m in METERS]
        with broker(found.house, folder / "broker", behind) as running:
            gateways = [Gateway(public, token.partition(".")[2], behind) for public, token in made]
            senders = [Sender(gateway, meter) for gateway, meter in zip(gateways, METERS, strict=True)]
            threads = [threading.Thread(target=sender.run, daemon=True) for sender in senders]
            for thread in threads:
                thread.start()
            for number in range(faults):
                before = sum(len(sender.answered) for sender in senders)
                _strike(found, running, line, FAULTS[number % len(FAULTS)], dice)
                _wait(senders, before + 3, folder)
            for sender, thread in zip(senders, threads, strict=True):
                sender.stop.set()
                thread.join(30)
            for gateway in gateways:
                gateway.close()
        found.answers()
        found.house.db.dispose()
        _check(found, tenant, senders)
    line.close()


def _strike(found: Standing, running: Broker, line: Line, fault: str, dice: random.Random) -> None:
    time.sleep(dice.uniform(0.2, 1.0))
    if fault == "broker":
        running.kill()
        time.sleep(0.3)
        running.start()
    elif fault == "line":
        line.cut(dice.uniform(0.3, 1.5))
    else:
        hit(found, fault)


def _wait(senders: list[Sender], answered: int, folder: Path) -> None:
    """Until readings are answered again; if not, says what broker and subscriber have said last, and where the latter stands."""
    deadline = time.monotonic() + PATIENCE_S
    while sum(len(sender.answered) for sender in senders) < answered:
        if time.monotonic() > deadline:
            logs = (folder / "broker" / "log", folder / "home" / "logs" / "mqtt.log")
            said = "\n".join(f"{path}:\n{path.read_text(encoding='utf-8')[-4000:]}" for path in logs if path.exists())
            pytest.fail(f"readings are not taken any more: {[len(sender.answered) for sender in senders]}\n{said}")
        time.sleep(0.1)


def _check(found: Standing, tenant: str, senders: list[Sender]) -> None:
    assert [sender.refused for sender in senders] == [[], []]
    with tenant_session(found.house.db, tenant) as session:
        for sender in senders:
            last = FIRST + timedelta(days=max(sender.answered))
            rows = listed(session, FIRST, last, by="interval", meter=sender.meter)
            stored = [round(float(row["kWh"]) * 1000) for row in rows]
            for day, wh in sender.answered.items():
                assert stored[day * 96 : day * 96 + 96] == wh, f"{sender.meter} day {day}"
        assert session.scalar("SELECT count(*) FROM conflict") == 0
        assert publish.check(session) == []


@needs_mosquitto
def test_three_faults(tmp_path: Path) -> None:
    bombard(tmp_path, 3)


@needs_mosquitto
@pytest.mark.long
def test_each_fault_twenty_times(tmp_path: Path) -> None:
    bombard(tmp_path, 80)
