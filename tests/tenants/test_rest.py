"""The unmetered rest: what goes through a meter and through none behind it, only where all of them can tell."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tenants import sites
from tenants.db import Database, tenant_session
from tenants.errors import NotFound
from tenants.rest import unmetered
from tests.tenants.dials import register, send
from tests.tenants.readings import send as send_values
from tests.tenants.readings import series

FIRST, LAST = dt.date(2026, 1, 31), dt.date(2026, 2, 1)


def test_parent_less_children(db: Database, tenant: str) -> None:
    send(db, tenant, register("gate", "2026-01-31", [100 + 2 * i for i in range(2 * 96 + 1)]))
    send_values(db, tenant, series("line 1", "2026-01-31", [500] * (2 * 96)))
    send_values(db, tenant, series("line 2", "2026-01-31", [1000] * 96 + [None] * 48 + [1000] * 48))
    send_values(db, tenant, series("roof", "2026-01-31", [100] * (2 * 96), flow="pv_gen"))
    with tenant_session(db, tenant) as session:
        for name in ("line 1", "line 2", "roof"):
            sites.change_meter(session, name, actor="test", parent="gate")
        [one] = unmetered(session, FIRST, LAST)
        assert (one.meter, one.children) == ("gate", ("line 1", "line 2"))
        assert (one.total, one.behind, one.rest) == (144 * 2100, 144 * 1500, 144 * 600)  # half a day cannot be compared
        assert (one.completeness, one.share) == (Decimal("0.75"), Decimal("0.2857"))
        assert one.as_json()["rest"] == "86.4"
        months = unmetered(session, FIRST, LAST, meter="gate", by_month=True)
        assert [(each.start, each.end, each.rest) for each in months] == [
            (FIRST, FIRST, 96 * 600), (LAST, LAST, 48 * 600),
        ]  # fmt: skip
        with pytest.raises(NotFound):
            unmetered(session, FIRST, LAST, meter="roof")
        with pytest.raises(NotFound):
            unmetered(session, FIRST, LAST, meter="nobody's")
