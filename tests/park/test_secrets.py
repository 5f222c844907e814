"""Secrets: closed to others, made once, never half written."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from park.secrets import SecretExposed, SecretMissing, Secrets, SecretUnreadable


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    return Secrets(tmp_path / "secrets")


def test_made_once(secrets: Secrets) -> None:
    assert not secrets.has("app")
    made = secrets.create("app")
    assert len(made) == 64
    assert secrets.create("app") == secrets.read("app") == made
    assert secrets.create("viewer") != made


def test_closed_to_other_accounts(secrets: Secrets) -> None:
    before = os.umask(0)
    try:
        secrets.create("app")
    finally:
        os.umask(before)
    assert secrets.folder.stat().st_mode & 0o777 == 0o700
    assert (secrets.folder / "app").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_open_file_is_refused(secrets: Secrets, mode: int) -> None:
    secrets.create("app")
    (secrets.folder / "app").chmod(mode)
    with pytest.raises(SecretExposed, match="app"):
        secrets.read("app")


def test_missing(secrets: Secrets) -> None:
    with pytest.raises(SecretMissing, match="migrator"):
        secrets.read("migrator")


def test_denied(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    with pytest.raises(SecretUnreadable, match="Permission denied"):
        secrets.read("app")


@pytest.mark.parametrize("name", ["../app", "", "App", "a/b", "a" * 33, ".app"])
def test_names_cannot_leave_the_folder(secrets: Secrets, name: str) -> None:
    with pytest.raises(ValueError, match="unusable"):
        secrets.read(name)


def test_all_of_many_that_make_it_at_once_get_the_same(secrets: Secrets) -> None:
    found: list[str] = []
    gate = threading.Barrier(12)

    def make() -> None:
        gate.wait()
        found.append(secrets.create("app"))

    threads = [threading.Thread(target=make) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert len(set(found)) == 1
    assert [path.name for path in secrets.folder.iterdir()] == ["app"], "no draft is left"


def test_write_replaces(secrets: Secrets) -> None:
    secrets.create("app")
    secrets.write("app", "new")
    assert secrets.read("app") == "new"


def test_only_the_asked_file_is_opened(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("app", "migrator"):
        secrets.create(name)
    opened: list[str] = []
    real = Path.open

    def note(path: Path, *args: object, **options: object) -> object:
        opened.append(path.name)
        return real(path, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", note)
    secrets.read("app")
    assert secrets.has("migrator")
    assert opened == ["app"]
