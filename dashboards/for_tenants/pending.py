"""A dropped file between preview and confirmation: kept in the firm's own folder for a day, under a random name."""

from __future__ import annotations

import re
import secrets
import time
from pathlib import Path

from tenants.errors import LingyuanError

KEPT_S = 86_400
_NAME = re.compile(r"[0-9a-f]{32}")


class PreviewGone(LingyuanError):
    """This preview is no longer there."""

    status = 410
    remedy = "Drop the file again."


def keep(home: Path, tenant: str, content: bytes) -> str:
    """The random name under which the content waits."""
    folder = home / "pending" / tenant
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in folder.iterdir():
        if time.time() - old.stat().st_mtime > KEPT_S:
            old.unlink(missing_ok=True)
    name = secrets.token_hex(16)
    (folder / name).write_bytes(content)
    return name


def find(home: Path, tenant: str, name: str | None) -> Path:
    """The waiting file; only of this firm.

    Raises:
        PreviewGone
    """
    path = home / "pending" / tenant / (name or "")
    if not name or not _NAME.fullmatch(name) or not path.is_file():
        raise PreviewGone()
    return path


def drop(home: Path, tenant: str, name: str) -> None:
    """Forgets a waiting file."""
    find(home, tenant, name).unlink(missing_ok=True)
