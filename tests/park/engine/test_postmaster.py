"""Whose process is it, and what is left of a dead one."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from park.engine import postmaster
from park.engine.postmaster import disown, is_postgres, recorded, running
from tests.park.test_programs import until

RECORD = "4242\n/data\n1700000000\n5432\n/run/x\n\n  262157   98304\nready   \n"


def test_record(tmp_path: Path) -> None:
    assert recorded(tmp_path) is None
    (tmp_path / "postmaster.pid").write_text(RECORD, encoding="utf-8")
    found = recorded(tmp_path)
    assert found
    assert (found.pid, found.port, found.host, found.state) == (4242, 5432, "/run/x", "ready")


def test_record_while_it_starts(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text("4242\n/data\n1700000000\n", encoding="utf-8")
    found = recorded(tmp_path)
    assert found
    assert found.state == "starting"


def test_we_are_not_a_postmaster(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(RECORD.replace("4242", str(os.getpid())), encoding="utf-8")
    assert running(tmp_path) is None


def test_process_is_known_by_its_data_folder(tmp_path: Path) -> None:
    stand_in = subprocess.Popen(["/bin/sh", "-c", "sleep 60; true", "postgres", "-D", str(tmp_path)], start_new_session=True)
    try:
        until(lambda: is_postgres(stand_in.pid, tmp_path))  # the system shows the words a moment after the start
        assert not is_postgres(stand_in.pid, tmp_path / "other")
    finally:
        os.killpg(stand_in.pid, signal.SIGKILL)
        stand_in.wait()
    assert not is_postgres(stand_in.pid, tmp_path)


def test_disown_keeps_what_guards_the_shared_memory(tmp_path: Path) -> None:
    sockets = tmp_path / "run"
    sockets.mkdir()
    (sockets / ".s.PGSQL.5432.lock").touch()
    path = tmp_path / "postmaster.pid"
    path.write_text(RECORD, encoding="utf-8")
    path.chmod(0o600)
    disown(tmp_path, sockets)
    assert path.read_text(encoding="utf-8").splitlines()[1:] == RECORD.splitlines()[1:]
    assert path.read_text(encoding="utf-8").splitlines()[0] == str(os.getpid())
    assert path.stat().st_mode & 0o777 == 0o600
    assert not list(sockets.iterdir())
    path.unlink()
    disown(tmp_path, sockets)
    assert not path.exists()


def test_tell_gives_up_in_time(tmp_path: Path) -> None:
    deaf = subprocess.Popen(
        ["/bin/sh", "-c", "trap '' INT; echo up; while :; do sleep 0.1; done", "postgres", str(tmp_path)],
        start_new_session=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert deaf.stdout
    deaf.stdout.readline()
    assert not postmaster.tell(deaf.pid, tmp_path, signal.SIGINT, 0.3)
    assert postmaster.tell(deaf.pid, tmp_path, signal.SIGKILL, 5.0)
    deaf.wait()
    deaf.stdout.close()
    assert postmaster.tell(deaf.pid, tmp_path, signal.SIGINT, 0.3)
