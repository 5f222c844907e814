"""The gate when the database goes away in the middle: all or nothing, and the retry is taken once."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tenants.curves import store
from tenants.db import Session, tenant_session
from tenants.errors import Unavailable
from tenants.ingest import accept
from tests.databases import Installed
from tests.tenants.readings import days, send, series

D = "2026-02-27"
PLACES = [(store, "_both"), (store, "_keep_former"), (Session, "copy_in"), (accept, "publish"), (accept.audit, "record")]


@pytest.mark.parametrize(("owner", "name"), PLACES, ids=[name for _, name in PLACES])
def test_a_lost_connection_leaves_the_state_before(
    installed: Installed, tenant: str, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    send(installed.db, tenant, series("A", D, [1] * 10))
    done = getattr(owner, name)

    def killed(session: Session, *given: Any, **named: Any) -> Any:
        with psycopg.connect(installed.superuser, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(%s)", (session.driver.info.backend_pid,))
        return done(session, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, killed)
        with pytest.raises(Unavailable):
            send(installed.db, tenant, series("A", D, [2] * 20), replace="corrected")
    with tenant_session(installed.db, tenant) as session:
        assert days(session, "grid_in")[D].quantity == 10
        assert session.scalar("SELECT count(*) FROM curve_former") == 0
        assert session.scalar("SELECT count(*) FROM batch") == 1
    answer = send(installed.db, tenant, series("A", D, [2] * 20), replace="corrected")
    assert answer.accepted == 20
    with tenant_session(installed.db, tenant) as session:
        assert days(session, "grid_in")[D].quantity == 40
        assert session.scalar("SELECT count(*) FROM curve_former") == 1
