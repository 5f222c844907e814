"""Benches of the MQTT door, with a real mosquitto and the subscriber as it runs, on this machine."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
from numpy.typing import NDArray

from park.bench import broker, fleet
from park.bench.fleet import Device
from park.bench.ground import Ground, ground
from park.bench.report import Report
from park.config import Settings
from park.people import tokens
from tenants.curves.store import read_range
from tenants.db import tenant_session
from tenants.ingest.accept import accept
from tenants.ingest.series import Series
from tenants.topology import load

Progress = Callable[[str], None]
METERS = 20
ZONE = ZoneInfo("Asia/Shanghai")
PATIENCE_S = 300.0


@dataclass(frozen=True)
class Sent:
    """What one tenant sends: its token, and the values [Wh] of its meters, shape (meters, intervals), from `first` on."""

    tenant: str
    user: str
    password: str
    first: dt.datetime
    wh: NDArray[np.int64]

    def bodies(self, first: int, end: int) -> list[str]:
        """One message per value: interval after interval, in each all meters."""
        return [
            json.dumps({"rows": [{"meter": f"m{meter}", "flow": "grid_in", "unit": "kWh", "start": self.start(slot),
                                  "value": int(self.wh[meter, slot]) / 1000}]})
            for slot in range(first, end) for meter in range(self.wh.shape[0])
        ]  # fmt: skip

    def start(self, slot: int) -> str:
        """When an interval begins."""
        return (self.first + dt.timedelta(minutes=15 * slot)).isoformat()

    def device(self, first: int, end: int) -> Device:
        """The gateway that sends them."""
        return Device(self.user, self.password, f"ly/{self.user}/readings", self.bodies(first, end))


def messages(settings: Settings, say: Progress, *, tenants: int = 20) -> Report:
    """Messages per second from the devices' sockets into committed curves: 60,000 of 20 firms with 20 meters each."""
    report = Report("mqtt")
    slots = 60_000 // (tenants * METERS)
    with ground(settings) as found:
        sent = _prepared(found, tenants, slots, say)
        with _door(found) as port:
            seconds, sending = _through(found, port, sent, 0, slots, say)
        lost, doubled = _compared(found, sent, slots)
    count = tenants * METERS * slots
    report.figures |= {"messages": count, "tenants": tenants, "seconds": round(seconds, 2), "sending_s": round(sending, 2)}
    report.at_least("messages per second", count / seconds, 5000)
    report.at_most("lost", lost, 0)
    report.at_most("doubled", doubled, 0)
    return report


def quarter_hour(settings: Settings, say: Progress, *, tenants: int = 2300) -> Report:
    """A platform's quarter hour: 20 meters of each tenant send a value in a message of its own, all at once. Twice: connections
    that have never seen these tenants, and, as in every later quarter hour, connections that have."""
    report = Report("devices")
    with ground(settings) as found:
        sent = _prepared(found, tenants, 2, say)
        with _door(found) as port:
            cold, _ = _through(found, port, sent, 0, 1, say)
            warm, sending = _through(found, port, sent, 1, 2, say)
        lost, doubled = _compared(found, sent, 2)
    report.figures |= {
        "meters": tenants * METERS, "tenants": tenants, "first_s": round(cold, 2), "later_s": round(warm, 2),
        "sending_s": round(sending, 2), "messages_per_s": round(tenants * METERS / warm),
    }  # fmt: skip
    report.at_most("seconds, first quarter hour", cold, 20)
    report.at_most("seconds, later ones", warm, 20)
    report.at_most("lost", lost, 0)
    report.at_most("doubled", doubled, 0)
    return report


def _prepared(found: Ground, tenants: int, slots: int, say: Progress) -> list[Sent]:
    """Tenants whose meters have sent before, with a token each, and what they will send now: two days ago."""
    say(f"making {tenants} tenants with {METERS} meters each")
    midnight = dt.datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight - dt.timedelta(days=2 + slots // 96)
    before = int(first.timestamp()) - 900
    random, made = np.random.default_rng(46), []
    for name in found.tenants(tenants, lambda done: say(f"{done} of {tenants}") if done % 500 == 0 else None):
        user, token = tokens.create(found.house.db, tenant=name, title="bench", scopes=["readings:write"], actor="bench")
        known = [
            Series(f"m{meter}", "grid_in", 15, np.array([before], np.int64), np.array([0], np.int64), np.ones(1, np.uint8),
                   np.array([meter + 1], np.int32))
            for meter in range(METERS)
        ]  # fmt: skip
        with tenant_session(found.house.db, name) as session:
            accept(session, known, source="http", name="", sha256="", actor="bench", create_missing=True)
        made.append(Sent(name, user, token.partition(".")[2], first, random.integers(1, 500_000, (METERS, slots))))
    found.house.db.dispose()
    return made


@contextmanager
def _door(found: Ground) -> Iterator[int]:
    """Broker and subscriber, connected; gives the broker's port."""
    broker.program(install=True)
    fleet.many_files(65_536)
    with TemporaryDirectory(prefix="lingyuan-broker-") as folder, broker.broker(found.house, Path(folder)) as running:
        log = found.house.settings.home / "mqtt.log"
        with log.open("wb") as output:
            environ = {**found.environ, "LINGYUAN_MQTT_URL": running.url}
            subscriber = subprocess.Popen([sys.executable, "-m", "park.cli", "mqtt"], env=environ, stdout=output, stderr=output)
        try:
            _await(lambda: b"connected" in log.read_bytes(), 60, subscriber)
            yield running.port
        finally:
            subscriber.terminate()
            subscriber.wait(60)


def _through(found: Ground, port: int, sent: Sequence[Sent], first: int, end: int, say: Progress) -> tuple[float, float]:
    """Seconds from the first byte sent until every value is committed and published, and until the broker had them all."""
    say(f"sending {len(sent) * METERS * (end - first)} messages")
    wanted = sum(int(one.wh[:, :end].sum()) for one in sent)
    with (
        TemporaryDirectory(prefix="lingyuan-fleet-") as folder,
        psycopg.connect(found.superuser, dbname=found.house.database, autocommit=True) as owner,
        fleet.start(port, [one.device(first, end) for one in sent], Path(folder)) as sending,
    ):

        def arrived() -> bool:
            row = owner.execute("SELECT sum(quantity) FROM shared.flow_month").fetchone()
            return row is not None and row[0] is not None and int(row[0]) >= wanted

        _await(arrived, PATIENCE_S, sending)
        done = time.time()
        said = json.loads(sending.communicate()[0])
    return done - said["start"], said["seconds"]


def _await(there: Callable[[], bool], patience_s: float, watched: subprocess.Popen[bytes] | None = None) -> None:
    deadline = time.monotonic() + patience_s
    while not there():
        if time.monotonic() > deadline or (watched is not None and watched.poll() not in (None, 0)):
            raise TimeoutError("not everything arrived")
        time.sleep(0.1)


def _compared(found: Ground, sent: Sequence[Sent], slots: int) -> tuple[int, int]:
    """How many of the values that were sent are not in the curves, and how many intervals hold something that was not sent."""
    lost = doubled = 0
    for one in sent:
        with tenant_session(found.house.db, one.tenant) as session:
            topology = load(session)
            by_channel = {c.id: int(topology.meters[c.meter].name[1:]) for c in topology.channels.values()}
            day = (one.first.date() - dt.date(1970, 1, 1)).days
            stored = np.zeros((METERS, slots), np.int64)
            total = 0
            curves = read_range(session, list(by_channel), day - 1, day + slots // 96 + 1)[15]
            for channel, number, values in zip(curves.channel.tolist(), curves.day.tolist(), curves.values, strict=True):
                total += int(values.sum())
                at = (number - day) * 96
                if at >= 0:
                    part = values[: max(slots - at, 0)]
                    stored[by_channel[channel], at : at + part.size] = part
        lost += int((stored != one.wh).sum())
        doubled += int(total != int(one.wh.sum()))
    return lost, doubled
