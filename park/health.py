"""Whether the program is fit to serve: the database answers, the schema is the code's, the disk has room. No tenant data."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path
from typing import Final

from alembic.script import ScriptDirectory

from park.access import accounts_session
from park.config import Settings
from tenants.db import Database
from tenants.errors import LingyuanError

LEAST_FREE: Final = 0.05  # of the disk
OLDEST_POSTGRESQL: Final = 160000


@functools.cache
def _head() -> str | None:
    return ScriptDirectory(str(Path(__file__).parent / "migrations")).get_current_head()


def problems(db: Database, settings: Settings) -> list[str]:
    """Reasons not to send people here, as stable names; empty if all is well."""
    found = []
    try:
        with accounts_session(db) as session:
            if session.scalar("SELECT version_num FROM shared.alembic_version") != _head():
                found.append("schema_behind")
            if int(session.scalar("SELECT current_setting('server_version_num')")) < OLDEST_POSTGRESQL:
                found.append("postgresql_too_old")
    except LingyuanError:
        return ["database_away"]
    home = settings.home if settings.home.exists() else Path("/")
    disk = shutil.disk_usage(home)
    if disk.free < LEAST_FREE * disk.total:
        found.append("disk_nearly_full")
    return found
