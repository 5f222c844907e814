"""The gateway as a process: a real Modbus server, a bus of RTU frames, DL/T 645 meters, a platform that comes and goes.

Killed at any point, cut off at any point: what was stored arrives, once.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from pymodbus import FramerType
from structlog.testing import capture_logs

from park.gateway import opening, register_map, state
from park.gateway.buffer import COUNTED, Buffer
from park.gateway.errors import BufferMissing
from park.gateway.plan import Plan
from park.gateway.run import Gateway
from tests.park.gateway import fast
from tests.park.gateway.meters import Dial, Dlt645Meter, ModbusMeter, counting, dlt645, free_port, modbus
from tests.park.gateway.plans import plan
from tests.park.gateway.platform import Platform, listening
from tests.park.gateway.test_buffer import reading

MAPS = register_map.ready()


@dataclass
class Floor:
    """Three lines with five meters, one of them dead; their dials; the plan of the gateway."""

    dials: dict[str, Dial]
    port: int
    plan: Plan
    config: Path

    def counts(self) -> dict[str, int]:
        try:
            return state.counts(self.plan.buffer)
        except BufferMissing:
            return dict.fromkeys((*COUNTED, "waiting"), 0)


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    dials = {name: counting(start, "0.01") for name, start in (("a", "100"), ("b", "200"), ("c", "300"), ("d", "400"))}
    iem, adl = MAPS["schneider-iem3000"], MAPS["acrel-adl400"]
    dials["b"] = counting("200", "0.1")
    port = free_port()
    with ExitStack() as stack:
        tcp = stack.enter_context(modbus(ModbusMeter(1, iem, {"energy_import": dials["a"]})))
        dead = ModbusMeter(9, adl, {"energy_import": counting()}, dead=True)
        rtu = stack.enter_context(modbus(ModbusMeter(2, adl, {"energy_import": dials["b"]}), dead, framer=FramerType.RTU))
        gate = [Dlt645Meter(f"00000000000{i}", {"energy_import": dials[name]}) for i, name in ((3, "c"), (4, "d"))]
        bus = stack.enter_context(dlt645(*gate))
        made = plan(
            tmp_path, url=f"http://127.0.0.1:{port}",
            lines=[
                f"name: tcp, wire: modbus-tcp, host: 127.0.0.1, port: {tcp}",
                f"name: rtu, wire: modbus-rtu, host: 127.0.0.1, port: {rtu}",
                f"name: gate, wire: dlt645, host: 127.0.0.1, port: {bus}",
            ],
            devices=[
                "name: a, line: tcp, map: schneider-iem3000, address: 1, send: [{read: energy_import, every: 1}]",
                "name: b, line: rtu, map: acrel-adl400, address: 2, send: [{read: energy_import, every: 1}]",
                "name: x, line: rtu, map: acrel-adl400, address: 9, timeout_s: 0.2, send: [{read: energy_import, every: 1}]",
                "name: c, line: gate, map: dlt645-2007, address: 000000000003, send: [{read: energy_import, every: 1}]",
                "name: d, line: gate, map: dlt645-2007, address: 000000000004, send: [{read: energy_import, every: 1}]",
            ],
        )  # fmt: skip
        yield Floor(dials, port, made, tmp_path / "gateway.yaml")


def until(true: Callable[[], bool], patience_s: float = 30.0) -> None:
    end = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def all_there(floor: Floor, platform: Platform) -> None:
    """Everything that was ever stored is at the platform, once, with the number that the dial showed."""
    counts = floor.counts()
    assert counts["waiting"] == counts["aside"] == counts["dropped"] == 0
    assert counts["stored"] == counts["delivered"] == len(platform.readings) > 0
    assert platform.doubled == 0
    for (meter, _, _), value in platform.readings.items():
        assert value in floor.dials[meter].seen  # type: ignore[attr-defined]
    for meter in "abcd":
        values = [value for (m, _, at), value in sorted(platform.readings.items(), key=lambda one: one[0][2]) if m == meter]
        assert values
        assert values == sorted(set(values))  # a dial that moves on with each look: none twice, none out of its order


def drained(floor: Floor, platform: Platform) -> None:
    """Lets a gateway work undisturbed until nothing waits, then ends it."""
    before = len(platform.readings)
    with fast.running("gateway", floor.config) as process:
        until(lambda: len(platform.readings) > before + 4 and floor.counts()["waiting"] < 8)
        fast.ended(process)
    # What was read in the last second is sent by hand: that is what --once is for.
    with fast.running("gateway", floor.config, "--once", "--json") as once:
        told = once.communicate(timeout=60)[0]
    assert json.loads(told[told.index(b"{\n") :])["sent"], told


def ordeal(floor: Floor, times: int, seed: int) -> Platform:
    """Kills the gateway and cuts the line, so many times each, at random moments."""
    chance, platform = random.Random(seed), Platform(port=floor.port)
    with ExitStack() as up:
        is_up = False
        for _ in range(times):
            with fast.running("gateway", floor.config) as process:
                for _ in range(2):
                    time.sleep(chance.uniform(0.4, 1.6))
                    up.close()
                    is_up = not is_up
                    if is_up:
                        up.enter_context(listening(platform, floor.port))
                        platform.faults += chance.choices(["", "before", "after", "503"], k=3)
                fast.killed(process)
        up.close()
        up.enter_context(listening(platform, floor.port))
        platform.faults.clear()
        drained(floor, platform)
    return platform


@pytest.mark.long
def test_killed_and_cut_off_twenty_times(floor: Floor) -> None:
    all_there(floor, ordeal(floor, 20, seed=2007))


def test_it_ends_cleanly_and_tells_what_it_did(floor: Floor) -> None:
    platform = Platform(port=floor.port)
    with listening(platform, floor.port), fast.running("gateway", floor.config) as process:
        until(lambda: len(platform.readings) > 8)
        memory = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        began = time.monotonic()
        told = fast.ended(process)
        assert time.monotonic() - began < 10
    lines = [json.loads(line) for line in told.decode().splitlines()]
    assert [lines[0]["event"], lines[-1]["event"]] == ["begins", "ends"]
    assert [line["device"] for line in lines if line["event"] == "no reading"] == ["x"]  # told once, not each second
    status = state.status(floor.plan)
    assert [one["device"] for one in status["devices"] if one["failures"]] == ["x"]
    assert status["devices"][2]["problem"]["code"] == "no_answer"
    resident_kb = int(next(line for line in memory.splitlines() if line.startswith("VmRSS")).split()[1])
    assert resident_kb < 90_000


def test_short_room_is_told_before_anything_is_refused(tmp_path: Path) -> None:
    made = plan(
        tmp_path, url="http://127.0.0.1:1", lines=["name: l, wire: modbus-tcp, host: h"],
        devices=["name: d, line: l, map: huawei-sun2000, send: [{read: energy_yield}]"],
    )  # fmt: skip
    buffer = Buffer(made.buffer, 1)
    gateway = Gateway(made, buffer, opening.carrier(made.server, "en"))
    told: list[str] = []
    stored = 0
    while buffer.store([reading(stored + i) for i in range(250)]):
        stored += 250
        with capture_logs() as lines:
            gateway.upkeep()
        told += [one["event"] for one in lines]
    with capture_logs() as lines:
        gateway.upkeep()
    assert set(told[:-1]) == {"the buffer fills up"}
    assert [one["log_level"] for one in lines] == ["error"]
    assert state.counts(made.buffer)["stored"] == stored
    buffer.close()
