"""kill -9 of the web server, the worker and PostgreSQL while readings arrive: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import json
import random
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from park import members, parks
from park.people import tokens
from tenants import publish
from tenants.curves.listing import listed
from tenants.db import tenant_session
from tests.standing import Standing, standing

FIRST = date(2010, 1, 1)  # long enough ago that no sender comes to tomorrow
METERS = ("m1", "m2")
PROGRAMS = ("web", "engine", "worker")


@dataclass
class Sender:
    """Sends one day of one meter after the other; a day counts as sent when the server has said so."""

    found: Standing
    token: str
    meter: str
    acknowledged: dict[int, list[int]] = field(default_factory=dict)
    refusals: dict[int, str] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        dice = random.Random(self.meter)
        day = 0
        while not self.stop.is_set():
            wh = [dice.randrange(100_000) for _ in range(96)]
            while not self.stop.is_set() and not self._send(day, wh):
                time.sleep(0.2)
            day += 1

    def _send(self, day: int, wh: list[int]) -> bool:
        start = f"{FIRST + timedelta(days=day)}T00:00:00+08:00"
        item = {"meter": self.meter, "flow": "grid_in", "start": start, "step_minutes": 15, "unit": "kWh",
                "values": [v / 1000 for v in wh]}  # fmt: skip
        asked = urllib.request.Request(
            f"{self.found.url}/api/v1/readings?create=true", data=json.dumps({"readings": [item]}).encode(), method="POST",
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                receipt = json.load(answer)
        except urllib.error.HTTPError as error:
            self.refusals[error.code] = error.read().decode()
            return False
        except (OSError, ValueError):
            return False
        assert receipt["accepted"] + receipt["unchanged"] == 96, receipt
        self.acknowledged[day] = wh
        return True


def bombard(folder: Path, kills: int) -> None:
    dice = random.Random(7)
    with standing(folder) as found:
        park = parks.create(found.house.db, found.house.owner, title="kills", province="重庆", actor="test")["park"]
        tenant = members.create(found.house.db, found.house.owner, park=park, title="firm", actor="test")
        _, token = tokens.create(found.house.db, tenant=tenant, title="t", scopes=["readings:write"], actor="test")
        senders = [Sender(found, token, meter) for meter in METERS]
        threads = [threading.Thread(target=sender.run, daemon=True) for sender in senders]
        for thread in threads:
            thread.start()
        for number in range(kills):
            time.sleep(dice.uniform(0.5, 2.0))
            hit(found, PROGRAMS[number % len(PROGRAMS)])
            time.sleep(0.3)
            assert found.answers() < 30
        time.sleep(1.0)
        for sender, thread in zip(senders, threads, strict=True):
            sender.stop.set()
            thread.join(30)
        found.answers()
        found.house.db.dispose()
        check(found, tenant, senders, kills)


def hit(found: Standing, program: str) -> None:
    """Kills the program; waits for it if it is just coming back from the last kill."""
    for _ in range(300):
        if found.kill(program):
            return
        time.sleep(0.1)
    raise TimeoutError(f"{program} did not come back")


def check(found: Standing, tenant: str, senders: list[Sender], kills: int) -> None:
    assert sum(len(sender.acknowledged) for sender in senders) > kills
    refusals = {code: text for sender in senders for code, text in sender.refusals.items()}
    assert {code: text for code, text in refusals.items() if code not in (500, 503)} == {}
    with tenant_session(found.house.db, tenant) as session:
        for sender in senders:
            last = FIRST + timedelta(days=max(sender.acknowledged))
            rows = listed(session, FIRST, last, by="interval", meter=sender.meter)
            stored = [round(float(row["kWh"]) * 1000) for row in rows]
            for day, wh in sender.acknowledged.items():
                assert stored[day * 96 : day * 96 + 96] == wh, f"{sender.meter} day {day}"
        assert publish.check(session) == []


def test_three_kills(tmp_path: Path) -> None:
    bombard(tmp_path, 3)


@pytest.mark.long
def test_twenty_kills(tmp_path: Path) -> None:
    bombard(tmp_path, 21)
