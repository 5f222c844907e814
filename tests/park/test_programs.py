"""Programs under watch: real processes, really killed."""

from __future__ import annotations

import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from park import programs
from park.programs import PortTaken, Process, answers, born, end_earlier_run, end_group, last_line, require_free, shorten


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Waits for the condition; fails if it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    return born(pid) == "0"


def test_output_number_and_ending(tmp_path: Path) -> None:
    process = Process("web", [sys.executable, "-c", "print('hello', flush=True); raise SystemExit('no such table')"], tmp_path)
    process.start()
    until(lambda: not process.alive())
    assert process.ending() == "exit 1: no such table"
    assert "hello" in (tmp_path / "logs/web.log").read_text(encoding="utf-8")
    assert (tmp_path / "logs").stat().st_mode & 0o777 == 0o700
    process.end()
    assert not (tmp_path / "run/web.pid").exists()


def test_signal_is_told(tmp_path: Path) -> None:
    process = Process("web", ["/bin/sleep", "60"], tmp_path)
    process.start()
    assert process.process
    os.kill(process.process.pid, signal.SIGKILL)
    until(lambda: not process.alive())
    assert process.ending() == "signal 9"
    process.end()


def test_ctrl_c_at_the_terminal_does_not_reach_it(tmp_path: Path) -> None:
    process = Process("web", ["/bin/sleep", "60"], tmp_path)
    process.start()
    assert process.process
    assert os.getsid(process.process.pid) != os.getsid(0)
    process.end()
    assert not process.alive()


def test_orphans_of_a_killed_program_end_before_it_starts_again(tmp_path: Path) -> None:
    process = Process("web", ["/bin/sh", "-c", "sleep 60 & echo $! ; wait"], tmp_path)
    process.start()
    until(lambda: last_line(process.output))
    orphan = int(last_line(process.output))
    assert process.process
    os.kill(process.process.pid, signal.SIGKILL)
    until(lambda: not process.alive())
    assert not gone(orphan)
    process.start()
    until(lambda: gone(orphan))
    process.end()


def test_group_that_ignores_the_request_is_ended_by_force() -> None:
    stubborn = subprocess.Popen(
        ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"], start_new_session=True, stdout=subprocess.PIPE
    )
    assert stubborn.stdout
    stubborn.stdout.readline()
    begun = time.monotonic()
    end_group(stubborn.pid, grace_s=0.5)
    assert stubborn.wait(timeout=5) == -signal.SIGKILL
    assert 0.4 < time.monotonic() - begun < 3
    stubborn.stdout.close()


def test_programs_of_a_killed_supervisor_are_ended_strangers_are_not(tmp_path: Path) -> None:
    ours = subprocess.Popen(["/bin/sleep", "60"], start_new_session=True)
    stranger = subprocess.Popen(["/bin/sleep", "60"], start_new_session=True)
    (tmp_path / "web.pid").write_text(f"{ours.pid} {born(ours.pid)}\n", encoding="utf-8")
    (tmp_path / "worker.pid").write_text(f"{stranger.pid} 12345\n", encoding="utf-8")  # the number was reused
    (tmp_path / "old.pid").write_text("999999999 77\n", encoding="utf-8")
    (tmp_path / "broken.pid").write_text("", encoding="utf-8")
    end_earlier_run(tmp_path)
    assert ours.wait(timeout=5) == -signal.SIGTERM
    assert stranger.poll() is None
    assert {path.name for path in tmp_path.iterdir()} == {"broken.pid"}
    stranger.kill()
    stranger.wait()


def test_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)):
            require_free("127.0.0.1", port)
    require_free("127.0.0.1", port)


def test_a_web_server_answers_an_open_port_alone_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    class Quiet(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    assert answers("0.0.0.0", server.server_port)
    server.shutdown()
    thread.join()
    monkeypatch.setattr(programs, "ANSWER_S", 0.2)
    assert not answers("127.0.0.1", server.server_port), "it listens, and nobody is at work"
    server.server_close()
    assert not answers("127.0.0.1", server.server_port)


def test_log_is_shortened_under_a_program_that_goes_on_writing(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    with path.open("ab", buffering=0) as writer:
        writer.write(b"a" * 1000)
        shorten(path, limit=100)
        writer.write(b"after\n")
    assert path.read_bytes() == b"after\n"
    assert (tmp_path / "web.log.1").read_bytes() == b"a" * 1000


def test_last_line_of_nothing_and_of_much(tmp_path: Path) -> None:
    path = tmp_path / "log"
    assert last_line(path) == ""
    path.write_bytes(b"x" * 10000 + b"\n\xff\xfe the end \n\n")
    assert last_line(path).endswith("the end")


def test_program_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-such-program"):
        Process("web", ["/no-such-program"], tmp_path).start()


def test_born_tells_processes_apart() -> None:
    assert born(os.getpid()) == born(os.getpid()) != "0"
    assert born(999_999_999) == "0"
    zombie = subprocess.Popen(["/bin/true"])
    until(lambda: programs.born(zombie.pid) == "0")
    zombie.wait()
