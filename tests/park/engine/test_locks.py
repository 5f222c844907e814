"""One changes, many use; the system frees what a dead process held."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from park.engine.errors import EngineBusy, FolderClosed
from park.engine.locks import Use, changing, is_used


def test_second_waits_and_then_says_so(tmp_path: Path) -> None:
    with changing(tmp_path), pytest.raises(EngineBusy) as caught, changing(tmp_path, patience_s=0.2):
        pass
    assert caught.value.status == 503
    assert (tmp_path / "engine.lock").read_text(encoding="utf-8").strip() == str(os.getpid())
    with changing(tmp_path, patience_s=0):
        pass


def test_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from park.engine.locks import changing\n"
        "with changing(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert holder.stdout
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(EngineBusy), changing(tmp_path, patience_s=0):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    with changing(tmp_path, patience_s=0):
        pass


def test_last_user(tmp_path: Path) -> None:
    first, second = Use(tmp_path), Use(tmp_path)
    assert not is_used(tmp_path)
    first.begin()
    second.begin()
    assert is_used(tmp_path)
    assert not first.end()
    assert second.end()
    assert not second.end()
    assert not is_used(tmp_path)


def test_home_without_rights_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderClosed, match=r"engine\.lock"), changing(tmp_path / "absent"):
        pass
