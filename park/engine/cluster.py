"""A new database cluster and its configuration."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from park.engine.binaries import Binaries
from park.engine.errors import EngineNotCreated
from park.engine.place import SOCKET_PORT, Place

SUPERUSER: Final = "bootstrap"
_OURS: Final = "lingyuan.conf"
_INCLUDE: Final = f"\n# Written anew at each start of the program. To change a value: ALTER SYSTEM.\ninclude '{_OURS}'\n"
# Passwords for everyone, also on the socket; nobody is ever trusted.
_HBA: Final = """\
local all         all        scram-sha-256
local replication bootstrap  scram-sha-256
host  all         all        127.0.0.1/32  scram-sha-256
host  all         all        ::1/128       scram-sha-256
"""
_MB: Final = 1024 * 1024


def create(place: Place, binaries: Binaries, password: str) -> None:
    """Makes the cluster, whole or not at all: it is made beside its place and moved there when it is complete.

    Raises:
        EngineNotCreated.
    """
    draft = place.data.with_name("data.new")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        place.account.own(draft, 0o700)
        with _password_file(place, password) as file:
            result = place.account.run([binaries / "initdb", *_initdb_options(binaries), f"--pwfile={file}", "-D", draft])
        if result.returncode:
            raise EngineNotCreated(data=place.data, reason=_last_lines(result.stderr or result.stdout))
        (draft / "pg_hba.conf").write_text(_HBA, encoding="utf-8")
        (draft / _OURS).write_text("", encoding="utf-8")
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(_INCLUDE)
        if place.account.switch:
            os.chown(draft / _OURS, place.account.uid, place.account.gid)
        draft.rename(place.data)
    except OSError as error:
        raise EngineNotCreated(data=place.data, reason=error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def configure(place: Place, sockets: Path, port: int | None, overrides: Mapping[str, str]) -> None:
    """Writes our part of the configuration. `port`: of the loopback interface; None: socket file only."""
    values = {**_values(place, sockets, port), **overrides}
    text = "".join(f"{key} = {_quoted(value)}\n" for key, value in values.items())
    draft = place.data / f"{_OURS}.new"
    draft.write_text(text, encoding="utf-8")
    if place.account.switch:
        os.chown(draft, place.account.uid, place.account.gid)
    draft.chmod(0o600)
    draft.replace(place.data / _OURS)


def _quoted(value: object) -> str:
    text = str(value).replace("'", "''")
    return f"'{text}'"


def _initdb_options(binaries: Binaries) -> list[str]:
    options = ["-U", SUPERUSER, "-E", "UTF8", "--auth=scram-sha-256", "--no-instructions"]
    if binaries.major >= 17:  # sorts and folds by code point the same way on every computer
        return [*options, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [*options, "--locale=C.UTF-8", "--data-checksums"]


@contextmanager
def _password_file(place: Place, password: str) -> Iterator[Path]:
    descriptor, name = tempfile.mkstemp(prefix=".password-", dir=place.base)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(password + "\n")
        if place.account.switch:
            os.chown(path, place.account.uid, place.account.gid)
        yield path
    finally:
        path.unlink()


def _memory_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MB


def _values(place: Place, sockets: Path, port: int | None) -> dict[str, object]:
    memory = _memory_mb()
    return {
        "listen_addresses": "127.0.0.1" if port else "",
        "port": port or SOCKET_PORT,
        "unix_socket_directories": sockets,
        "unix_socket_permissions": "0700",
        "cluster_name": "lingyuan",
        "password_encryption": "scram-sha-256",
        "max_connections": 100,
        # One transaction may touch the tables of very many schemas: migration, pg_dump.
        "max_locks_per_transaction": 1024,
        "shared_buffers": f"{min(max(memory // 8, 128), 1024)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "random_page_cost": 1.1,
        "jit": "off",
        "wal_compression": "on",
        "min_wal_size": "256MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "idle_in_transaction_session_timeout": "10min",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "logging_collector": "on",
        "log_destination": "stderr",  # jsonlog and csvlog write the details of errors even when they are switched off
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "log_directory": place.log,
        "log_filename": "postgres-%a.log",  # one per weekday, overwritten after a week
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": 0,
        # Statements and the details of errors may hold passwords and people's names.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_lock_waits": "on",
    }


def _last_lines(text: str, count: int = 4) -> str:
    return " | ".join(line.strip() for line in text.strip().splitlines()[-count:])
