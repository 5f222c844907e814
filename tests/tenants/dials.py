"""Short ways to make registers for tests: readings as a dial shows them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tenants.db import Database
from tenants.db import tenant_session as tenant_session
from tenants.ingest.accept import accept
from tenants.ingest.receipt import Receipt
from tenants.ingest.series import Register
from tests.tenants.readings import TODAY, instant


def register(
    meter: str, start: str | int, readings: Sequence[float | None], *, flow: str = "grid_in", every: int = 15, row: int = 1
) -> Register:
    """Readings [units] every so many minutes; None is left out."""
    begin = start if isinstance(start, int) else instant(start)
    there = [i for i, one in enumerate(readings) if one is not None]
    return Register(
        meter, flow, np.array([begin + 60 * every * i for i in there], np.int64),
        np.array([round(1000 * (readings[i] or 0)) for i in there], np.int64), np.array([row + i for i in there], np.int32),
    )  # fmt: skip


def send(db: Database, tenant: str, *several: Register, replace: str | None = None) -> Receipt:
    """One submission in its own transaction, new meters allowed."""
    with tenant_session(db, tenant) as session:
        return accept(
            session, several, source="http", name="test", sha256="0" * 64, actor="test", replace_reason=replace,
            create_missing=True, today=TODAY,
        )  # fmt: skip
