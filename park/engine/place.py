"""Where the embedded database lives: data, socket, logs. HOME/postgres, or /var/lib/lingyuan where HOME is closed to it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from park.engine.account import Account, account_for
from park.engine.errors import AccountShutOut, FolderClosed, FolderGone, NoSocketFolder

OUTSIDE: Final = Path("/var/lib/lingyuan")
LONGEST_SOCKET: Final = 107  # bytes that the system allows for the path of a socket file
SOCKET_PORT: Final = 5432  # only part of the socket file's name
_NOTE: Final = "home"

log = structlog.get_logger("engine")


@dataclass(frozen=True)
class Place:
    """The folders of one installation's engine and the account that owns what PostgreSQL writes."""

    home: Path
    base: Path
    account: Account

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.base / "data"

    @property
    def log(self) -> Path:
        """PostgreSQL's log folder."""
        return self.base / "log"

    @property
    def exists(self) -> bool:
        """Whether there is a database."""
        return (self.data / "PG_VERSION").is_file()


def link_of(home: Path) -> Path:
    """HOME/postgres: the base folder itself, or the link that notes where it is."""
    return home / "postgres"


def known_place(home: Path) -> Place | None:
    """Where the database is, if its folder was made before. Makes nothing."""
    link = link_of(home)
    if not link.is_dir():
        return None
    base = link.resolve()
    return Place(home, base, account_for(base / "data"))


def make_place(home: Path) -> Place:
    """Where the database is or shall be, its folders made.

    Raises:
        FolderClosed: neither HOME nor `OUTSIDE` can be used.
    """
    account = account_for(link_of(home) / "data")
    make_home(home)
    try:
        base = _base(home, account)
        place = Place(home, base, account)
        account.own(place.log, 0o700)
    except OSError as error:
        raise FolderClosed(path=error.filename or home, reason=error.strerror or error) from error
    return place


def make_home(home: Path) -> None:
    """Makes HOME: others may pass through it as far as the engine needs, never list it."""
    try:
        home.mkdir(parents=True, mode=0o711, exist_ok=True)
    except OSError as error:
        raise FolderClosed(path=home, reason=error.strerror) from error


def _base(home: Path, account: Account) -> Path:
    link = link_of(home)
    if link.is_symlink():
        if link.exists():
            return link.resolve()
        raise FolderGone(path=os.readlink(link))
    if link.is_dir() or account.reaches(home):
        link.mkdir(mode=0o711, exist_ok=True)
        if account.reaches(link):
            return link.resolve()
        raise AccountShutOut(path=link, account=account.name)
    return _outside(home, account, link)


def _outside(home: Path, account: Account, link: Path) -> Path:
    """A folder under `OUTSIDE` for a HOME that the account cannot enter, noted in HOME by a link."""
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
    for old in sorted(OUTSIDE.glob(f"{digest}*")):
        # Left by an earlier HOME of this name. Its passwords went with it; whether its data may go is not ours to say.
        log.warning("database of an earlier installation is still there", folder=str(old))
    base = Path(tempfile.mkdtemp(prefix=f"{digest}-", dir=OUTSIDE))
    base.chmod(0o711)
    (base / _NOTE).write_text(f"{home}\n", encoding="utf-8")
    if not account.reaches(base):
        (base / _NOTE).unlink()
        base.rmdir()
        raise AccountShutOut(path=OUTSIDE, account=account.name)
    link.symlink_to(base)
    log.info("LINGYUAN_HOME is closed to the database's account; data kept outside", account=account.name, folder=str(base))
    return base


def socket_folder(place: Place) -> Path:
    """A folder for the socket file: owned by the engine's account, closed to others, its path short enough.

    Raises:
        FolderClosed: no candidate can be used.
    """
    for folder in _candidates(place):
        too_long = len(os.fsencode(folder / f".s.PGSQL.{SOCKET_PORT}")) > LONGEST_SOCKET
        if too_long or "," in str(folder):  # libpq would read a comma as a list of hosts
            continue
        with contextlib.suppress(OSError):
            folder.parent.mkdir(mode=0o755, exist_ok=True)
            if not folder.exists() or _is_ours(folder, place.account):
                place.account.own(folder, 0o700)
            if _is_ours(folder, place.account) and place.account.reaches(folder):
                return folder
    raise NoSocketFolder(path=place.base / "run")


def _candidates(place: Place) -> Iterator[Path]:
    name = hashlib.sha256(os.fsencode(place.base)).hexdigest()[:12]
    yield place.base / "run"
    if place.account.switch:
        yield Path("/run/lingyuan") / name
    elif runtime := os.environ.get("XDG_RUNTIME_DIR"):
        yield Path(runtime) / f"lingyuan-{name}"
    yield Path("/tmp") / f"lingyuan-{place.account.uid}-{name}"


def _is_ours(folder: Path, account: Account) -> bool:
    """Whether it is a real folder of the engine's account: in /tmp anybody may have put something else there."""
    found = folder.lstat()
    return folder.is_dir() and not folder.is_symlink() and found.st_uid == account.uid
