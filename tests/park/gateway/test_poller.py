"""A line read in step with the clock: dead meters last, a line that is down, times within and beyond the tolerance."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from park.gateway import register_map, schedule, state
from park.gateway.buffer import Buffer
from park.gateway.conversation import Values
from park.gateway.errors import AnswerRefused, NoAnswer, NoConnection
from park.gateway.plan import Device, Line, Wanted
from park.gateway.poller import ATTEMPTS, Poller

MOMENT = 1_772_294_400
MAP = register_map.ready()["acrel-adl400"]
ENERGY = Wanted("energy_import", "grid_in", 15)
POWER = Wanted("power", None, 1, True, 15, Decimal(2))


class Scripted:
    """A conversation in which devices take their time [s] and say what they are told to."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.says: dict[str, Values | Exception] = {}
        self.takes: dict[str, float] = {}
        self.asked: list[tuple[str, int]] = []

    def read(self, device: Device, quantities: Sequence[str], attempts: int) -> Values:
        self.asked.append((device.name, attempts))
        self.clock.now += self.takes.get(device.name, 0.1) * (attempts if isinstance(self.says.get(device.name), NoAnswer) else 1)
        said = self.says.get(device.name, {one: Decimal(5) for one in quantities})
        if isinstance(said, Exception):
            raise said
        return said

    def close(self) -> None:
        """Nothing to close."""


class Clock:
    """A clock that only moves when somebody moves it."""

    def __init__(self) -> None:
        self.now = float(MOMENT)

    def __call__(self) -> float:
        return self.now


class Floor:
    """A buffer, a poller, its clock and its script."""

    def __init__(self, folder: Path, devices: list[Device]) -> None:
        self.clock = Clock()
        self.script = Scripted(self.clock)
        self.buffer = Buffer(folder / "b.db", 50)
        self.stop = threading.Event()
        line = Line("bus", "modbus-rtu", "127.0.0.1", 1)
        self.told = 0
        self.poller = Poller(line, devices, self.buffer, self.script, 10, self.stop, self.tell, self.clock)

    def tell(self) -> None:
        self.told += 1

    def stored(self) -> list[tuple[str, int, str]]:
        return self.buffer._db.execute("SELECT meter, at, value FROM reading ORDER BY seq").fetchall()


def device(name: str, *wanted: Wanted, timeout_s: float = 1.5) -> Device:
    return Device(name, "bus", "1", name, MAP, timeout_s, wanted or (ENERGY,))


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path, [device("a"), device("b"), device("c")])
    yield made
    made.buffer.close()


def test_readings_in_time_count_for_the_moment_later_ones_for_themselves(floor: Floor) -> None:
    floor.script.takes = {"a": 2.0, "b": 18.0}
    floor.poller.round(MOMENT, 15)
    assert [(meter, at - MOMENT) for meter, at, _ in floor.stored()] == [("a", 0), ("b", 0), ("c", 20)]
    assert floor.told == 3


def test_a_dead_meter_comes_last_and_is_asked_once(floor: Floor) -> None:
    floor.script.says = {"a": NoAnswer(address="1", timeout_s=1.5)}
    floor.script.takes = {"a": 1.5}
    floor.poller.round(MOMENT, 15)
    assert floor.script.asked == [("a", ATTEMPTS), ("b", ATTEMPTS), ("c", ATTEMPTS)]
    floor.script.asked.clear()
    floor.clock.now = MOMENT + 900
    floor.poller.round(MOMENT + 900, 15)
    assert floor.script.asked == [("b", ATTEMPTS), ("c", ATTEMPTS), ("a", 1)]
    assert floor.buffer.failures() == {"a": 2, "b": 0, "c": 0}
    floor.script.says.clear()
    floor.poller.round(MOMENT + 1800, 15)
    assert floor.buffer.failures()["a"] == 0


def test_dead_meters_do_not_take_the_time_of_the_next_moment(tmp_path: Path) -> None:
    """Forty dead meters of 1.5 s each on a bus that is read each minute: as many are tried as there is time for."""
    floor = Floor(tmp_path, [device(f"{i}", Wanted("energy_import", None, 1)) for i in range(41)])
    dead = {f"{i}": NoAnswer(address=str(i), timeout_s=1.5) for i in range(40)}
    floor.script.says = dict(dead)
    floor.script.takes = dict.fromkeys(dead, 1.5)
    floor.poller._failures.update(dict.fromkeys(dead, 3))
    floor.poller.round(MOMENT, 1)
    assert floor.script.asked[0][0] == "40"
    assert 30 < len(floor.script.asked) < 41
    assert floor.clock.now <= MOMENT + 60
    floor.buffer.close()


def test_a_line_that_is_down_fails_at_once_for_all(floor: Floor) -> None:
    floor.script.says = {"a": NoConnection(host="h", port=1, problem="refused")}
    floor.poller.round(MOMENT, 15)
    assert floor.script.asked == [("a", ATTEMPTS)]
    assert floor.buffer.failures() == {"a": 1, "b": 1, "c": 1}


def test_what_nobody_foresaw_in_one_meter_does_not_end_the_reading(floor: Floor) -> None:
    floor.script.says = {"b": RuntimeError("an answer of no known form")}
    floor.poller.round(MOMENT, 15)
    assert [meter for meter, *_ in floor.stored()] == ["a", "c"]
    assert floor.buffer.failures()["b"] == 1


def test_what_was_read_is_kept_where_a_part_fails(tmp_path: Path) -> None:
    floor = Floor(tmp_path, [device("a", ENERGY, Wanted("energy_export", "grid_out", 15))])
    refused = AnswerRefused(address="1", quantity="energy_export", problem="it has no such register")
    floor.script.says = {"a": {"energy_import": Decimal("7.5"), "energy_export": refused}}
    floor.poller.round(MOMENT, 15)
    assert floor.stored() == [("a", MOMENT, "7.5")]
    problem = floor.buffer._db.execute("SELECT problem, failures FROM device").fetchone()
    assert "energy_export" in problem[0]
    assert problem[1] == 0
    floor.buffer.close()


def test_only_what_is_due_is_read(tmp_path: Path) -> None:
    floor = Floor(tmp_path, [device("a", ENERGY, POWER)])
    for minute in range(32):
        floor.clock.now = MOMENT + 60 * minute
        floor.poller.round(MOMENT + 60 * minute, 1)
    floor.buffer.close_intervals(MOMENT + 60 * 32)
    rows = floor.buffer._db.execute("SELECT form, at, value, step FROM reading ORDER BY form, at").fetchall()
    assert rows == [
        ("registers", MOMENT, "5", 0), ("registers", MOMENT + 900, "5", 0), ("registers", MOMENT + 1800, "5", 0),
        ("rows", MOMENT, "10", 15), ("rows", MOMENT + 900, "10", 15),
    ]  # fmt: skip
    floor.buffer.close()


def test_the_same_moment_is_not_counted_twice(floor: Floor) -> None:
    floor.poller.round(MOMENT, 15)
    floor.clock.now = MOMENT + 5
    floor.poller.round(MOMENT, 15)
    assert len(floor.stored()) == 3


def test_moments_come_without_drift_and_a_slow_round_leaves_some_out(floor: Floor) -> None:
    began: list[float] = []
    waits: list[float] = []

    def wait(timeout: float | None = None) -> bool:
        waits.append(timeout or 0)
        floor.clock.now += timeout or 0
        return False

    def round_(moment: int, shortest: int) -> None:
        began.append(floor.clock.now - moment)
        took = 2000.0 if len(began) == 3 else 7.3
        floor.clock.now += took
        moments.append(moment)
        if len(began) == 6:
            floor.stop.set()

    moments: list[int] = []
    floor.stop.wait = wait  # type: ignore[method-assign]
    floor.poller.round = round_  # type: ignore[method-assign]
    floor.poller.run()
    assert all(0 <= one < 0.001 for one in began)
    assert [(one - MOMENT) // 900 for one in moments] == [1, 2, 3, 6, 7, 8]
    assert max(waits) <= 1.0  # it listens for the end and for a clock that is set


def test_a_clock_that_is_set_back_is_followed(floor: Floor) -> None:
    moments: list[int] = []

    def wait(timeout: float | None = None) -> bool:
        floor.clock.now += timeout or 0
        return False

    def round_(moment: int, shortest: int) -> None:
        moments.append(moment)
        floor.clock.now = floor.clock.now - 86_400 if len(moments) == 1 else floor.clock.now + 1
        if len(moments) == 3:
            floor.stop.set()

    floor.stop.wait = wait  # type: ignore[method-assign]
    floor.poller.round = round_  # type: ignore[method-assign]
    floor.poller.run()
    assert moments == [MOMENT + 900, MOMENT + 900 - 86_400 + 900, MOMENT + 900 - 86_400 + 1800]
    assert schedule.due(moments[-1], 15)


def test_a_full_disk_does_not_end_the_reading(floor: Floor) -> None:
    floor.buffer._db.execute("PRAGMA max_page_count = 1")
    floor.poller.round(MOMENT, 15)
    floor.buffer._db.execute("PRAGMA max_page_count = 100000")
    floor.clock.now = MOMENT + 900
    floor.poller.round(MOMENT + 900, 15)
    assert state.counts(floor.buffer.path)["waiting"] >= 3
