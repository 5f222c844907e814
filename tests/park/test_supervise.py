"""The supervisor: what dies comes back, told to stop everything ends in order and in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from park import engine, supervise
from park.config import Settings
from park.supervise import LONGEST_PAUSE_S, AlreadyRunning, Supervisor, pause_s
from tests.park.test_programs import gone, until

HOUSE = """
import json, os, sys
from pathlib import Path
from park import supervise
from park.config import Settings
from park.programs import Database, Process
home = Path(sys.argv[1])
supervise.STOP_S = float(os.environ.get("TEST_STOP_S", supervise.STOP_S))
watched = [Process(name, command, home) for name, command in json.loads(sys.argv[2])]
settings = Settings.read({"LINGYUAN_HOME": str(home)})
if len(sys.argv) > 3:
    watched.insert(0, Database(settings))
def report(template, **facts):
    print(template.format(**facts), flush=True)
sys.exit(supervise.run(settings, watched, report, lambda: print("all up", flush=True)))
"""
SLEEP = ["/bin/sleep", "600"]
STUBBORN = ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"]


class House:
    """A supervisor in a process of its own."""

    def __init__(self, home: Path, programs: list[tuple[str, list[str]]], *, database: bool = False) -> None:
        import json

        self.home = home
        self.said = home.with_name(home.name + ".said")
        command = [sys.executable, "-c", HOUSE, str(home), json.dumps(programs), *(["database"] if database else [])]
        with self.said.open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)

    def text(self) -> str:
        """What it told the terminal."""
        return self.said.read_text(encoding="utf-8")

    def pid(self, name: str) -> int:
        """The number of one of its programs; 0 while there is none."""
        try:
            words = (self.home / f"run/{name}.pid").read_text(encoding="utf-8").split()
        except FileNotFoundError:
            return 0
        return int(words[0]) if words else 0

    def up(self) -> None:
        """Waits until all is up."""
        until(lambda: "all up" in self.text() or self.process.poll() is not None, 60)
        assert "all up" in self.text(), self.text()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """The exit code after this signal."""
        self.process.send_signal(number)
        return self.process.wait(timeout=40)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    import tempfile

    made: list[House] = []
    base = Path(tempfile.mkdtemp(prefix="ly-", dir="/tmp"))
    base.chmod(0o755)

    def make(*programs: tuple[str, list[str]], again: bool = False, **options: Any) -> House:
        home = made[-1].home if again else base / f"home{len(made)}"
        made.append(House(home, list(programs), **options))
        return made[-1]

    yield make
    for one in made:
        if one.process.poll() is None:
            one.stop()
        engine.stop(Settings.read({"LINGYUAN_HOME": str(one.home)}))
    subprocess.run(["rm", "-rf", str(base)], check=False)


def test_killed_programs_come_back(house: Callable[..., House]) -> None:
    found = house(("web", SLEEP), ("worker", SLEEP))
    found.up()
    for name in ("web", "worker", "web"):
        before = found.pid(name)
        other = found.pid("worker" if name == "web" else "web")
        os.kill(before, signal.SIGKILL)
        until(lambda name=name, before=before: found.pid(name) not in (0, before))  # type: ignore[misc]
        assert found.pid("worker" if name == "web" else "web") == other, "the other one is left alone"
    assert "web ended (signal 9)" in found.text()
    assert found.stop() == 0


def test_stops_in_order_and_leaves_nothing(house: Callable[..., House]) -> None:
    found = house(("web", SLEEP), ("worker", SLEEP), ("feeder", SLEEP))
    found.up()
    pids = [found.pid(name) for name in ("web", "worker", "feeder")]
    begun = time.monotonic()
    assert found.stop() == 0
    assert time.monotonic() - begun < 5
    stopped = [line.split()[0] for line in found.text().splitlines() if line.endswith("has stopped.")]
    assert stopped == ["feeder", "worker", "web"]
    assert all(gone(pid) for pid in pids)
    assert sorted(path.name for path in (found.home / "run").iterdir()) == ["supervisor.pid"]


def test_ctrl_c_stops_it_as_well(house: Callable[..., House]) -> None:
    found = house(("web", SLEEP))
    found.up()
    assert found.stop(signal.SIGINT) == 0


def test_one_that_will_not_end_is_ended_in_time(house: Callable[..., House], monkeypatch: pytest.MonkeyPatch) -> None:
    assert supervise.STOP_S <= 30
    monkeypatch.setenv("TEST_STOP_S", "11")
    found = house(("web", SLEEP), ("worker", STUBBORN))
    found.up()
    stubborn = found.pid("worker")
    begun = time.monotonic()
    assert found.stop() == 1, "a stop by force is told"
    assert 2.5 < time.monotonic() - begun < 11
    assert gone(stubborn)


def test_pause_grows_and_has_an_end() -> None:
    pauses = [pause_s(n) for n in range(1, 20)]
    assert pauses[0] == 0
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_S


def test_one_that_cannot_start_is_tried_ever_more_rarely_and_does_not_hurt_the_others(house: Callable[..., House]) -> None:
    found = house(("web", SLEEP), ("worker", ["/bin/sh", "-c", "echo the port is taken; exit 3"]), ("feeder", ["/no-such"]))
    until(lambda: found.text().count("worker ended (exit 3: the port is taken)") >= 4, 30)
    assert "again in 0.0 s" in found.text()
    assert "again in 1.0 s" in found.text()
    web = found.pid("web")
    assert not gone(web)
    assert found.stop() == 0
    assert gone(web)


def test_second_supervisor_of_the_same_home_is_refused(house: Callable[..., House], tmp_path: Path) -> None:
    found = house(("web", SLEEP))
    found.up()
    with pytest.raises(AlreadyRunning, match=str(found.process.pid)):
        Supervisor([], found.home / "run").serve()
    assert found.process.poll() is None


def test_after_a_killed_supervisor_the_next_one_clears_up(house: Callable[..., House]) -> None:
    first = house(("web", SLEEP))
    first.up()
    orphan = first.pid("web")
    first.stop(signal.SIGKILL)
    assert not gone(orphan)
    second = house(("web", SLEEP), again=True)
    second.up()
    assert gone(orphan)
    assert second.stop() == 0


def test_database_comes_back_and_stops_last(house: Callable[..., House]) -> None:
    found = house(("web", SLEEP), database=True)
    found.up()
    settings = Settings.read({"LINGYUAN_HOME": str(found.home)})
    for _ in range(3):
        before = engine.status(settings).pid
        assert before
        os.kill(before, signal.SIGKILL)
        begun = time.monotonic()
        until(lambda before=before: engine.status(settings).state == "running" and engine.status(settings).pid != before, 15)  # type: ignore[misc]
        with psycopg.connect(engine.superuser(settings, engine.ensure(settings))) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert time.monotonic() - begun < 15
    assert found.stop() == 0
    assert engine.status(settings).state == "stopped"
    stopped = [line.split()[0] for line in found.text().splitlines() if line.endswith("has stopped.")]
    assert stopped == ["web", "engine"]


def test_its_log_is_json_and_tells_what_fell(house: Callable[..., House]) -> None:
    import json

    found = house(("web", SLEEP))
    found.up()
    os.kill(found.pid("web"), signal.SIGKILL)
    until(lambda: len(log_of(found)) >= 3)
    found.stop()
    events = [json.loads(line) for line in log_of(found)]
    assert [event["event"] for event in events][:3] == ["started", "ended", "started"]
    assert {"name": "web", "ending": "signal 9", "fell": 1}.items() <= events[1].items()


def log_of(found: House) -> list[str]:
    return (found.home / "logs/supervisor.jsonl").read_text(encoding="utf-8").splitlines()


class Fake:
    """A watched thing that does what the test says."""

    base = False

    def __init__(self, name: str, faults: int = 0) -> None:
        self.name = name
        self.faults = faults
        self.calls: list[str] = []
        self.living = False

    def start(self) -> None:
        self.calls.append("start")
        if self.faults:
            self.faults -= 1
            raise OSError("disk full")
        self.living = True

    def alive(self) -> bool:
        return self.living

    def ready(self) -> bool:
        return self.living

    def ending(self) -> str:
        return "gone"

    def tend(self) -> None:
        self.calls.append("tend")

    def stop(self) -> None:
        self.living = False
        self.calls.append("stop")

    def end(self) -> None:
        self.calls.append("end")


def test_start_that_fails_is_told_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "FIRST_PAUSE_S", 0.01)
    fake = Fake("web", faults=2)
    said: list[str] = []

    def report(template: str, **facts: Any) -> None:
        said.append(template.format(**facts))

    supervisor = Supervisor([fake], tmp_path, report)
    assert supervisor.serve(lambda: os.kill(os.getpid(), signal.SIGTERM)) == 0
    assert fake.calls == ["start", "start", "start", "stop", "end"]
    assert "web ended (disk full); starting it again in 0.0 s." in said


def test_fault_in_the_callback_stops_everything(tmp_path: Path) -> None:
    fake = Fake("web")

    def fail() -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        Supervisor([fake], tmp_path).serve(fail)
    assert fake.calls == ["start", "stop", "end"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_housekeeping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "TEND_S", 0.0)
    monkeypatch.setattr(supervise, "LOOK_S", 0.01)
    fake = Fake("web")
    fake.tend = lambda: (fake.calls.append("tend"), os.kill(os.getpid(), signal.SIGTERM))  # type: ignore[assignment,func-returns-value,return-value]
    Supervisor([fake], tmp_path).serve()
    assert "tend" in fake.calls
