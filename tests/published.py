"""Published sums for tests, written as a tenant writes them."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from tenants.db import Database, tenant_session


def publish(
    db: Database, tenant: str, month: dt.date, flow: str, quantity: int, *, missing: int = 0, region: str = "重庆"
) -> None:
    """One month of one flow [milli-units], measured."""
    with tenant_session(db, tenant) as session:
        session.execute(
            "INSERT INTO shared.flow_month (tenant, site, flow, month, park, zone, region, quantity, measured, estimated, "
            "backed, missing, expected) VALUES (current_user, :site, :flow, :month, :park, '', :region, :q, :q, 0, :q, "
            ":missing, 43200)",
            {"site": uuid4(), "flow": flow, "month": month, "park": session.park, "region": region, "q": quantity,
             "missing": missing},
        )  # fmt: skip
