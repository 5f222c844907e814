"""The feeder loses nothing and counts nothing twice, however often the server falls."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from park.demo import feed, model
from park.demo.assumptions import assumptions
from park.demo.stream import readings

ZONE = ZoneInfo("Asia/Shanghai")
NOON = int(dt.datetime(2026, 11, 24, 12, 0, tzinfo=ZONE).timestamp())
DAY = "2026-11-24"
KEYS = ("battery", "plating")


def unfold(entries: list[dict[str, Any]]) -> dict[tuple[str, str, str], float]:
    """Every reading by meter, flow and instant of its start."""
    found: dict[tuple[str, str, str], float] = {}
    for one in entries:
        start = dt.datetime.fromisoformat(one["start"])
        for index, value in enumerate(one["values"]):
            if value is not None:
                at = start + dt.timedelta(minutes=index * one["step_minutes"])
                key = (one["meter"], one["flow"], at.isoformat())
                assert found.get(key, value) == value
                found[key] = value
    return found


class Server:
    """Remembers what it acknowledged; falls over when told to, before or after it has written."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str, str], float] = {}
        self.mood = random.Random(0)
        self.trouble = 0.0

    def post(self, token: str, body: bytes) -> int:
        if self.mood.random() < self.trouble:
            return 0
        for key, value in unfold(orjson.loads(body)["readings"]).items():
            assert self.kept.get((token, *key), value) == value
            self.kept[(token, *key)] = value
        return 503 if self.mood.random() < self.trouble else 200


def fed(path: Path, server: Server) -> feed.Feeder:
    return feed.Feeder({key: key for key in KEYS}, feed.Marks(path / "marks.json"), server.post)


def whole_day(until: int) -> dict[tuple[str, str, str, str], float]:
    midnight = NOON - 12 * 3600
    return {
        (key, *where): value
        for key in KEYS
        for where, value in unfold(readings(assumptions().firm(key), ZONE, midnight, until)).items()
    }


def test_what_today_has_counted_comes_first_then_every_minute(tmp_path: Path) -> None:
    server = Server()
    feeder = fed(tmp_path, server)
    assert feeder.round(NOON + 17)
    assert server.kept == whole_day(NOON)
    assert feeder.round(NOON + 60)
    assert server.kept == whole_day(NOON + 60)


@settings(max_examples=12)
@given(st.integers(0, 10**6))
def test_falls_and_restarts_lose_nothing(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    folder, server = tmp_path_factory.mktemp("feed"), Server()
    server.mood, server.trouble = random.Random(seed), 0.4
    now = NOON
    for _ in range(8):
        fed(folder, server).round(now)  # a new feeder each time: only the marks remain
        now += server.mood.choice((60, 120, 900, 3000))
    server.trouble = 0.0
    assert fed(folder, server).round(now)
    assert server.kept == whole_day(now)


def test_over_midnight_the_rest_of_the_day_comes_too(tmp_path: Path) -> None:
    server = Server()
    evening = NOON + 11 * 3600 + 1800
    assert fed(tmp_path, server).round(evening)
    assert fed(tmp_path, server).round(evening + 3600)
    assert server.kept == whole_day(evening + 3600)


def test_after_a_long_pause_it_begins_with_yesterday(tmp_path: Path) -> None:
    marks = feed.Marks(tmp_path / "marks.json")
    for key in KEYS:
        marks.set(key, NOON - 9 * 86_400)
    server = Server()
    assert feed.Feeder({key: key for key in KEYS}, marks, server.post).round(NOON)
    assert min(at for _, _, _, at in server.kept).startswith("2026-11-23T00:00")


def test_quarter_hours_and_minutes_are_the_model_s() -> None:
    firm = assumptions().firm("chillers")
    found = unfold(readings(firm, ZONE, NOON - 12 * 3600, NOON + 12 * 3600))
    for channel, quarters in model.curves(firm, DAY, DAY).items():
        values = [value for (meter, flow, _), value in found.items() if (meter, flow) == (channel.meter, channel.flow)]
        assert len(values) == (96 if channel.parent else 1440)
        assert round(sum(values) * 1000) == quarters.sum()


def test_lost_readings_are_null() -> None:
    firm = assumptions().firm("plating")
    midnight = int(dt.datetime(2026, 6, 17, tzinfo=ZONE).timestamp())
    entries = readings(firm, ZONE, midnight + 8 * 3600, midnight + 12 * 3600)
    gateway = next(one for one in entries if one["meter"] == model.GATEWAY and one["flow"] == "grid_in")
    assert [value is None for value in gateway["values"]] == [False] * 60 + [True] * 120 + [False] * 60


@given(st.integers(0, 2 * 1440), st.integers(0, 2 * 1440))
@settings(max_examples=20)
def test_pieces_fit_together(cut: int, end: int) -> None:
    firm = assumptions().firm("moulding")
    midnight = NOON - 36 * 3600
    cut, end = sorted((cut, end))
    since, middle, until = midnight, midnight + cut * 60, midnight + end * 60
    first, second = unfold(readings(firm, ZONE, since, middle)), unfold(readings(firm, ZONE, middle, until))
    assert not set(first) & set(second)
    assert first | second == unfold(readings(firm, ZONE, since, until))


class Answer(BaseHTTPRequestHandler):
    """Answers with the status it was told."""

    status = 200
    seen: list[tuple[str, str, bytes]] = []  # noqa: RUF012

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    made = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def test_the_door_is_knocked_on_as_a_device_would(server: HTTPServer) -> None:
    door = feed.Door("127.0.0.1", server.server_address[1])
    assert door.post("a.token", b"{}") == 200
    assert Answer.seen[-1] == (feed.PATH, "Bearer a.token", b"{}")


def test_a_closed_door_is_no_answer() -> None:
    server = HTTPServer(("127.0.0.1", 0), Answer)
    port = server.server_address[1]
    server.server_close()
    assert feed.Door("127.0.0.1", port).post("a.token", b"{}") == 0


def test_pauses_grow_and_end() -> None:
    pauses = [feed.pause_s(failed) for failed in range(1, 12)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == feed.LONGEST_PAUSE_S


def test_the_marks_survive(tmp_path: Path) -> None:
    feed.Marks(tmp_path / "x" / "marks.json").set("gears", 17)
    assert feed.Marks(tmp_path / "x" / "marks.json").until == {"gears": 17}
