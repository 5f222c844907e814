"""Where data and socket are put."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from park.engine import place
from park.engine.account import Account
from park.engine.errors import FolderClosed
from park.engine.place import Place, known_place, make_place, socket_folder
from tests.park.engine.conftest import as_root

US = Account("us", os.geteuid(), os.getegid(), switch=False)


def test_looking_makes_nothing(open_folder: Path) -> None:
    assert known_place(open_folder / "home") is None
    assert not list(open_folder.iterdir())


def test_home_can_be_passed_but_not_listed(open_folder: Path) -> None:
    made = make_place(open_folder / "a/home")
    assert made.home.stat().st_mode & 0o777 == 0o711
    assert made.log.stat().st_mode & 0o777 == 0o700
    assert made.log.stat().st_uid == made.account.uid
    assert known_place(made.home) == made


def test_socket_lies_in_home_when_its_path_is_short(open_folder: Path) -> None:
    found = socket_folder(Place(open_folder, open_folder, US))
    assert found == open_folder / "run"
    assert found.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("length", [60, 90, 120, 200])
def test_socket_path_is_never_too_long(open_folder: Path, length: int) -> None:
    base = open_folder / ("x" * length)
    base.mkdir()
    found = socket_folder(Place(base, base, US))
    assert len(os.fsencode(found / ".s.PGSQL.5432")) <= 107
    if found != base / "run":
        found.rmdir()


def test_two_homes_never_share_a_socket_folder(open_folder: Path) -> None:
    found = []
    for name in ("x" * 120, "y" * 120):
        (open_folder / name).mkdir()
        found.append(socket_folder(Place(open_folder / name, open_folder / name, US)))
    assert len(set(found)) == 2
    for folder in found:
        folder.rmdir()


@as_root
@pytest.mark.parametrize("trap", ["folder of another account", "link"])
def test_trap_in_a_public_folder_is_not_used(open_folder: Path, monkeypatch: pytest.MonkeyPatch, trap: str) -> None:
    laid = open_folder / "laid"
    if trap == "link":
        target = open_folder / "target"
        target.mkdir()
        laid.symlink_to(target)
    else:
        laid.mkdir()
        os.chown(laid, 65534, 65534)
    good = open_folder / "good"
    monkeypatch.setattr(place, "_candidates", lambda _: iter([laid, good]))
    assert socket_folder(Place(open_folder, open_folder, US)) == good
    assert laid.lstat().st_uid == (0 if trap == "link" else 65534), "and it is not taken over"


def test_no_place_for_a_socket_is_told(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_candidates", lambda _: iter([Path("/proc/nowhere")]))
    with pytest.raises(FolderClosed, match="socket"):
        socket_folder(Place(open_folder, open_folder, US))


@as_root
def test_outside_that_cannot_be_used_is_told(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = open_folder / "root"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(place, "OUTSIDE", closed / "lib")
    with pytest.raises(FolderClosed) as caught:
        make_place(closed / "home")
    assert "LINGYUAN_HOME" in caught.value.remedy
    assert not list((closed / "lib").iterdir())
