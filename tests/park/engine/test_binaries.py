"""PostgreSQL's programs: found without importing the wheel, copied where a closed folder hides them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from park import engine
from park.config import Settings
from park.engine import binaries, place
from park.engine.account import account_for
from park.engine.binaries import binaries_for, wheel_package
from park.engine.errors import BinariesMissing, BinariesUnusable
from tests.park.engine.conftest import SMALL, as_root, wheel_in


def test_the_wheels_python_layer_is_not_imported() -> None:
    code = "import sys; from park.engine import binaries as b; assert b.wheel_package(); print(b.PACKAGE in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


def test_reachable_programs_are_used_where_they_are(
    settings: Settings, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = wheel_in(open_folder)
    monkeypatch.setattr(binaries, "wheel_package", lambda: package)
    found = binaries_for(settings, account_for(open_folder), open_folder)
    assert found.folder == package / "pginstall/bin"
    assert found.major >= 18
    assert not list(open_folder.glob("programs-*"))


@as_root
def test_programs_in_a_closed_folder_are_copied_and_work(
    open_folder: Path, make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    package = wheel_package()
    assert package
    closed = open_folder / "root"
    closed.mkdir(mode=0o700)
    hidden = wheel_in(closed)
    monkeypatch.setattr(binaries, "wheel_package", lambda: hidden)
    settings = make_settings(closed / "home")
    running = engine.ensure(settings, SMALL)
    with psycopg.connect(engine.superuser(settings, running)) as connection:
        connection.execute("CREATE EXTENSION btree_gist")  # needs lib and share of the copy too
    found = place.known_place(settings.home)
    assert found
    (copy,) = found.base.glob("programs-*")
    assert os.path.realpath(f"/proc/{running.pid}/exe").startswith(str(copy))
    engine.stop(settings)
    server = hidden / "pginstall/bin/postgres"
    server.unlink()  # only a link to the real one
    shutil.copyfile(package / "pginstall/bin/postgres", server)  # as after an upgrade of the wheel
    server.chmod(0o755)
    assert engine.ensure(settings, SMALL).started
    (renewed,) = found.base.glob("programs-*")
    assert renewed != copy


@as_root
def test_copy_that_was_interrupted_is_made_again(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = wheel_package()
    assert package

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(binaries.shutil, "copytree", fail)
        with pytest.raises(OSError, match="No space"):
            binaries._copied(package, open_folder)
    assert not list(open_folder.iterdir()), "nothing half copied is left"
    assert (binaries._copied(package, open_folder) / binaries.PACKAGE / "pginstall/bin/initdb").is_file()


def program(folder: Path, script: str) -> Path:
    """A folder with a program `postgres` that is this shell script."""
    folder.mkdir(parents=True)
    path = folder / "postgres"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'postgres (PostgreSQL) 15.9'", "PostgreSQL 15"),
        ("echo 'libpq.so.5: cannot open shared object file' >&2; exit 127", "cannot open shared object"),
        ("echo hello", "hello"),
        ("exit 1", "ended with 1"),
    ],
)
def test_pg_bindir_that_cannot_be_used(
    open_folder: Path, make_settings: Callable[..., Settings], script: str, reason: str
) -> None:
    folder = program(open_folder / "bin", script)
    settings = make_settings(open_folder / "home", PG_BINDIR=str(folder))
    with pytest.raises(BinariesUnusable, match=reason):
        engine.ensure(settings)


def test_pg_bindir_is_used(open_folder: Path, make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(open_folder / "home", PG_BINDIR=str(wheel_in(open_folder) / "pginstall/bin"))
    assert engine.ensure(settings, SMALL).started


def test_no_wheel(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(binaries, "wheel_package", lambda: None)
    with pytest.raises(BinariesMissing, match="not found"):
        engine.ensure(settings)
    monkeypatch.setattr(binaries, "wheel_package", lambda: tmp_path)
    with pytest.raises(BinariesMissing, match=str(tmp_path)):
        engine.ensure(settings)
