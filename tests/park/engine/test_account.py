"""Which account PostgreSQL runs as."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from park.engine import account
from park.engine.account import account_for
from park.engine.errors import NoAccount
from tests.park.engine.conftest import as_root


@as_root
def test_root_takes_the_first_that_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "UNPRIVILEGED", ("no-such-account", "nobody"))
    found = account_for(tmp_path / "data")
    assert (found.name, found.uid, found.switch) == ("nobody", pwd.getpwnam("nobody").pw_uid, True)


@as_root
def test_root_keeps_to_the_owner_of_the_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    os.chown(data, 65534, 65534)
    assert account_for(data).uid == 65534


@as_root
def test_no_account_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "UNPRIVILEGED", ("no-such-account",))
    with pytest.raises(NoAccount, match="no-such-account"):
        account_for(tmp_path / "data")


def test_an_ordinary_user_stays_who_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    found = account_for(tmp_path)
    assert (found.name, found.uid, found.switch) == ("4242", 4242, False)


@as_root
def test_reach_is_asked_of_the_system(open_folder: Path) -> None:
    found = account_for(open_folder / "data")
    closed = open_folder / "closed"
    inner = closed / "inner"
    inner.mkdir(parents=True)
    assert found.reaches(inner)
    closed.chmod(0o700)
    assert not found.reaches(inner)
    assert not found.reaches(open_folder / "absent")


@as_root
def test_a_command_has_no_rights_and_no_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LINGYUAN_SECRET", "canary")
    found = account_for(tmp_path / "data")
    result = found.run(["/bin/sh", "-c", "id -u; id -G; pwd; env"])
    uid, groups, folder, *environ = result.stdout.splitlines()
    assert (int(uid), groups, folder) == (found.uid, str(found.gid), "/")
    assert "canary" not in " ".join(environ)
