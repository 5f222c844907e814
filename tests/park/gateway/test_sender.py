"""From the buffer to the platform through every fault of line and server: nothing lost, nothing doubled, in order."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from park.gateway import schedule, state
from park.gateway.buffer import Buffer
from park.gateway.http_carrier import HttpCarrier
from park.gateway.plan import Server
from park.gateway.sender import Sender
from tests.park.gateway.meters import free_port
from tests.park.gateway.platform import TOKEN, Platform, listening
from tests.park.gateway.test_buffer import reading


class Way:
    """A buffer, its sender and a platform; pauses are counted, not waited."""

    def __init__(self, folder: Path, platform: Platform) -> None:
        self.platform = platform
        self.buffer = Buffer(folder / "b.db", 50)
        self.carrier = HttpCarrier(Server("http", TOKEN, url=platform.url, timeout_s=2.0))
        self.waited: list[float] = []
        stop = threading.Event()
        stop.wait = lambda timeout=None: bool(self.waited.append(timeout or 0))  # type: ignore[method-assign]
        self.sender = Sender(self.buffer, self.carrier, stop, threading.Event())

    def close(self) -> None:
        self.carrier.close()
        self.buffer.close()


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with listening(Platform()) as made:
        yield made


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    with listening(Platform()) as found:
        made = Way(tmp_path, found)
        yield made
        made.close()


FAULTS = st.lists(st.sampled_from(["", "before", "after", "503", "500", "429", "413", "401", "504", "404"]), max_size=12)


CASES = {"faults": FAULTS, "count": st.integers(1, 30), "meters": st.integers(1, 3), "most": st.integers(1, 8)}
FOLDERS = [HealthCheck.function_scoped_fixture]


@settings(max_examples=8, suppress_health_check=FOLDERS)
@given(**CASES)
def test_no_fault_loses_or_doubles_a_reading(
    platform: Platform, tmp_path_factory: pytest.TempPathFactory, faults: list[str], count: int, meters: int, most: int
) -> None:
    platform.__init__(port=platform.port, faults=list(faults))  # type: ignore[misc]
    with closing(Way(tmp_path_factory.mktemp("way"), platform)) as way:
        through_faults(way, count, meters, most)


@pytest.mark.long
@settings(max_examples=300, suppress_health_check=FOLDERS)
@given(**CASES)
def test_no_fault_in_many_orders(
    platform: Platform, tmp_path_factory: pytest.TempPathFactory, faults: list[str], count: int, meters: int, most: int
) -> None:
    platform.__init__(port=platform.port, faults=list(faults))  # type: ignore[misc]
    with closing(Way(tmp_path_factory.mktemp("way"), platform)) as way:
        through_faults(way, count, meters, most)


def through_faults(way: Way, count: int, meters: int, most: int) -> None:
    """All readings arrive once, in the order of their meter."""
    platform = way.platform
    way.sender._most = way.carrier.most = most
    truth = [reading(i, meter=f"{i % meters}#") for i in range(count)]
    way.buffer.store(truth)
    assert way.sender.empty()
    again = False
    while way.buffer.resend():  # a single reading that was called too large
        again = True
        assert way.sender.empty()
    assert {(m, at): value for (m, _, at), value in platform.readings.items()} == {
        (one.meter, schedule.written(one.at)): one.value for one in truth
    }
    assert platform.doubled == 0
    for meter in {one.meter for one in truth} if not again else ():
        moments = [at for m, at in platform.order if m == meter]
        assert moments == sorted(moments)
    counts = state.counts(way.buffer.path)
    assert (counts["waiting"], counts["aside"], counts["delivered"]) == (0, 0, count)


def test_a_batch_that_is_repeated_has_the_same_key_and_bytes(way: Way) -> None:
    way.platform.faults = ["after", "503", "before"]
    way.buffer.store([reading(0)])
    way.sender.empty(patient=False)
    way.buffer.store([reading(1)])  # does not slip into the batch that is under way
    way.sender.empty()
    bodies = way.platform.bodies
    assert len(set(bodies[:4])) == 1
    assert len(bodies) == 5
    assert len(way.platform.readings) == 2
    assert way.platform.doubled == 0


@pytest.mark.parametrize(("whole", "places"), [(False, True), (True, True), (True, False)])
def test_what_is_refused_is_set_aside_with_its_reason_and_blocks_nothing(way: Way, whole: bool, places: bool) -> None:
    way.platform.unknown, way.platform.whole, way.platform.places = {"丙"}, whole, places
    way.buffer.store([reading(i, meter="甲乙丙丁"[i % 4]) for i in range(20)])
    assert way.sender.empty()
    counts = state.counts(way.buffer.path)
    assert (counts["waiting"], counts["aside"], counts["delivered"]) == (0, 5, 15)
    assert {meter for meter, _, _ in way.platform.readings} == {"甲", "乙", "丁"}
    assert way.platform.doubled == 0
    way.platform.unknown.clear()
    assert way.buffer.resend() == 5
    assert way.sender.empty()
    assert len(way.platform.readings) == 20


def test_a_line_that_is_cut_for_an_hour(tmp_path: Path) -> None:
    """Sixty minutes with nobody at the other end, a try each minute; then everything is there, in order, once."""
    port = free_port()
    way = Way(tmp_path, Platform(port=port))
    for minute in range(60):
        way.buffer.store([reading(60 * minute + i, meter=f"{i}#") for i in range(3)])
        assert not way.sender.empty(patient=False)
    assert state.counts(way.buffer.path)["waiting"] == 180
    with listening(way.platform, port):
        assert way.sender.empty()
    assert len(way.platform.readings) == 180
    assert way.platform.doubled == 0
    assert [at for m, at in way.platform.order if m == "1#"] == sorted(at for m, at in way.platform.order if m == "1#")
    way.close()


def test_waiting_grows_and_has_an_end(way: Way) -> None:
    way.platform.faults = ["500"] * 12
    way.buffer.store([reading(0)])
    assert way.sender.empty()
    assert way.waited[0] < 2
    assert all(48 <= one <= 72 for one in way.waited[7:12])
    assert sorted(way.waited[:6]) == way.waited[:6]


def test_a_token_that_is_refused_keeps_the_readings_and_says_so(way: Way) -> None:
    way.platform.faults = ["401"] * 3
    way.buffer.store([reading(0)])
    assert not way.sender.empty(patient=False)
    problem = kept(way)
    assert problem is not None
    assert problem["code"] == "token_refused"
    assert problem["facts"]["problem"] == "This token is not valid."
    assert way.sender.empty()
    assert kept(way) is None


def kept(way: Way) -> Any:
    """The problem that is kept for --status."""
    found = way.buffer._db.execute("SELECT value FROM fact WHERE name = 'problem'").fetchone()
    return json.loads(found[0]) if found else None


@pytest.mark.parametrize(("date", "ahead"), [("Tue, 24 Nov 2020 15:00:00 GMT", True), (None, False), ("yesterday", None)])
def test_a_clock_that_differs_is_told(way: Way, date: str | None, ahead: bool | None) -> None:
    way.platform.date = date
    way.buffer.store([reading(0)])
    way.sender.empty()
    found = way.buffer._db.execute("SELECT value FROM fact WHERE name = 'clock_ahead_s'").fetchone()
    assert found is None if ahead is None else (abs(int(found[0])) > 30) == ahead


def test_what_answers_is_not_the_platform(way: Way) -> None:
    way.platform.faults = ["404", "302", "200"]
    way.buffer.store([reading(0)])
    assert way.sender.empty()
    assert len(way.platform.bodies) == 4
    assert state.counts(way.buffer.path)["delivered"] == 1


def test_it_ends_when_told(way: Way) -> None:
    stop, woken = threading.Event(), threading.Event()
    sender = Sender(way.buffer, way.carrier, stop, woken)
    thread = threading.Thread(target=sender.run)
    thread.start()
    stop.set()
    woken.set()
    began = time.monotonic()
    thread.join(10)
    assert time.monotonic() - began < 5
    assert not thread.is_alive()
