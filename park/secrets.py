"""The installation's secrets: one file each in HOME/secrets, readable by its owner alone, opened only when asked for.

The web process asks for `app`, `viewer` and `session`; it never asks for `migrator` or `bootstrap`.
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from tenants.errors import LingyuanError

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class SecretMissing(LingyuanError):
    """The secret {name} is not in {folder}."""

    status = 500
    remedy = "Restore that folder from the backup that holds the same database, or choose another LINGYUAN_HOME."


class SecretExposed(LingyuanError):
    """The secret file {path} can be read by other accounts of this computer (mode {mode})."""

    status = 500
    remedy = "Run `chmod 600 {path}`, and replace the secret if somebody may have read it."


class SecretUnreadable(LingyuanError):
    """The secret file {path} cannot be opened: {reason}."""

    status = 500
    remedy = "Run the program as the account that owns LINGYUAN_HOME."


@dataclass(frozen=True)
class Secrets:
    """The secrets in one folder, by name."""

    folder: Path

    def has(self, name: str) -> bool:
        """Whether the secret exists; does not open it."""
        return os.path.exists(self._path(name))

    def read(self, name: str) -> str:
        """The secret's text.

        Raises:
            SecretMissing, SecretExposed, SecretUnreadable.
        """
        path = self._path(name)
        try:
            with path.open(encoding="utf-8") as file:
                mode = os.fstat(file.fileno()).st_mode & 0o777
                if mode & 0o077:
                    raise SecretExposed(path=path, mode=f"{mode:04o}")
                return file.read().strip()
        except FileNotFoundError as error:
            raise SecretMissing(name=name, folder=self.folder) from error
        except PermissionError as error:
            raise SecretUnreadable(path=path, reason=error.strerror) from error

    def create(self, name: str) -> str:
        """The secret's text; made at random (256 bits) the first time it is asked for."""
        if not self.has(name):
            self.write(name, secrets.token_hex(32), replace=False)
        return self.read(name)

    def write(self, name: str, text: str, *, replace: bool = True) -> None:
        """Stores the secret whole or not at all; without `replace` the first of two writers wins."""
        path = self._path(name)
        draft = self.folder / f".{name}.{secrets.token_hex(6)}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except PermissionError as error:
            raise SecretUnreadable(path=path, reason=error.strerror) from error
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            if replace:
                draft.replace(path)
            else:
                _link_first(draft, path)
        finally:
            draft.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"unusable secret name {name!r}")
        return self.folder / name


def _link_first(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
