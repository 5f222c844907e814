"""The operating-system account that PostgreSQL runs as. It refuses root, so root hands it to an account without rights."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from park.engine.errors import NoAccount

UNPRIVILEGED: Final = ("postgres", "nobody")
ROOT: Final = 0


@dataclass(frozen=True)
class Account:
    """An account of this computer; `switch` says whether we must change to it to run something as it."""

    name: str
    uid: int
    gid: int
    switch: bool

    def run(
        self, command: Sequence[str | Path], *, environ: Mapping[str, str] | None = None, timeout_s: float | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The finished command with its output, run as this account in `/` with a bare environment (no secrets in it)."""
        bare = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", **(environ or {})}
        words = [str(word) for word in command]
        return subprocess.run(
            words, env=bare, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=timeout_s, check=False, start_new_session=True,
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
        )  # fmt: skip

    def reaches(self, path: Path) -> bool:
        """Whether this account can enter the folder (or run the file): asked of the system, not guessed from modes."""
        if not self.switch:
            return os.access(path, os.X_OK)
        return self.run(["/bin/sh", "-c", 'test -x "$1"', "sh", path]).returncode == 0

    def own(self, path: Path, mode: int) -> None:
        """Makes the folder, or takes it over, with this owner and mode."""
        path.mkdir(mode=mode, exist_ok=True)
        if self.switch:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)


def account_for(data: Path) -> Account:
    """The account that owns the data folder; before there is one: ourselves, or as root the first of `UNPRIVILEGED`.

    Raises:
        NoAccount: we are root and there is none.
    """
    uid = os.geteuid()
    if uid != ROOT:
        return Account(_name(uid), uid, os.getegid(), switch=False)
    if data.exists() and data.stat().st_uid != ROOT:
        owner = data.stat()
        return Account(_name(owner.st_uid), owner.st_uid, owner.st_gid, switch=True)
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid, switch=True)
    raise NoAccount(tried=", ".join(UNPRIVILEGED))


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
